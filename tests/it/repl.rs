//! The REPL, behind a pipe and at a terminal.

mod piped;
mod terminal;
