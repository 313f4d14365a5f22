//! Our own engine: it splits cells, compiles them with rustc directly, and runs them in a process of its own.
//!
//! `source` -> `state` -> `compile::{generate, rustc, types, diagnostics}` -> `process`; `session` takes a cell through them.

pub mod cache;
mod cell_commands;
mod compile;
mod deps;
mod halt;
mod listener;
mod output;
pub mod process;
mod scratch;
mod session;
mod shell;
mod source;
mod state;
pub mod stop;

pub use session::OwnSession;
