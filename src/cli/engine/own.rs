//! Our own engine: it splits cells, compiles them with rustc directly, and runs them in a process of its own.
//!
//! `session` takes a cell through `source`, `state`, `compile` (generate, rustc, types, diagnostics) and `process`.

pub mod cache;
mod cell_commands;
mod compile;
mod deps;
mod elf;
mod files;
mod halt;
mod limits;
mod listener;
mod output;
mod pipe;
pub mod process;
mod scratch;
mod session;
mod shell;
mod source;
mod state;
mod statics;
pub mod stop;

pub use compile::toolchain::version;
pub use session::OwnSession;
