//! One integration binary: everything is tested through the prelude or through the `forward-pass` command.
//!
//! Each part can be run alone by its name: `cargo test --test it runner`, or `library`, `engine`, `repl`, `commands`,
//! `notebooks`, `tidy`.

#![allow(clippy::unwrap_used, reason = "a failed test stops there")]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "tests report what they measured or skipped")]

mod support;

mod library;
mod engine;
mod runner;
mod repl;
mod commands;
mod notebooks;
mod readme;
mod tidy;
