//! The REPL, behind a pipe and at a terminal.

mod exercises;
mod moves;
mod piped;
mod terminal;
