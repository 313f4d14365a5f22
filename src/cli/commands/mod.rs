//! The subcommands: one module for each word a user can type after `forward-pass`.
//!
//! What belongs here: reading the arguments, calling the modules below, and printing. A command never uses another one.

pub mod cells;
#[cfg(unix)]
pub mod clean;
pub mod completions;
pub mod data;
pub mod edition;
pub mod export;
pub mod kernel;
pub mod lint;
pub mod new;
pub mod repl;
pub mod review;
pub mod run;
pub mod test;
