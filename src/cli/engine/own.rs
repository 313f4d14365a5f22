//! Our own engine: cells are split and compiled by rustc directly, and run in a process of ours.
//!
//! split -> state -> generate -> rustc -> types and diagnostics, then the process; `session` goes through them in order.

pub mod cache;
mod cell_commands;
mod compile;
mod deps;
mod output;
mod listener;
pub mod process;
mod scratch;
mod session;
mod shell;
mod state;
pub mod stop;

pub use session::OwnSession;
