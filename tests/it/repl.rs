//! The REPL, behind a pipe and at a terminal.

mod moves;
mod piped;
mod terminal;
