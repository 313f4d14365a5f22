//! Our own engine: cells are split and compiled by rustc directly, and run in a process of ours.
//!
//! split -> state -> generate -> rustc -> types and diagnostics, then the process; `session` goes through them in order.

mod ahead;
pub mod cache;
pub mod child;
mod commands;
mod compile;
mod deps;
mod diagnostics;
mod display;
mod generate;
mod input;
mod kept;
mod listener;
pub mod process;
mod recipe;
mod runtime;
mod rustc;
mod scratch;
mod session;
mod shell;
mod source;
mod state;
pub mod stop;
mod store;
mod streams;
mod together;
mod types;
mod wire;
mod worker;

pub use session::OwnSession;
