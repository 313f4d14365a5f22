//! One integration binary: everything is tested through the prelude or through the `forward-pass` command.
//!
//! Each part can be run alone by its name: `cargo test --test it runner`, or `library`, `engine`, `repl`, `commands`,
//! `notebooks`, `tidy`.

mod support;

mod library;
mod engine;
mod runner;
mod repl;
mod commands;
mod notebooks;
mod tidy;
