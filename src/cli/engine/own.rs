//! Our own engine: cells are split and compiled by rustc directly, and run in a process of ours.
//!
//! `session` goes through them in order: split, state, generate, rustc, types and diagnostics, process.

pub mod cache;
mod cell_commands;
mod compile;
mod deps;
mod listener;
mod output;
pub mod process;
mod scratch;
mod session;
mod shell;
mod state;
pub mod stop;

pub use session::OwnSession;
