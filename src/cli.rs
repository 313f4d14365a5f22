//! The command line: dispatch, errors and exit codes, over six rooms and a ground of small files.
//!
//! Imports between the rooms go down only; `tests/it/tidy.rs` has the same table and checks every `use`.
//!
//! ```text
//! commands    one module for each word a user can type after `forward-pass`
//! runner      runs a notebook and judges what it produced: rules, comparison, verdicts, reports
//! args        the arguments, as clap types
//! engine      live Rust: one trait, two engines; sees only `syntax` and the ground
//! notebook    documents: course, notebook text, stable output text, the chapter, the glossary
//! terminal    what people see: style, messages in two languages, Markdown, pictures, how a cell ended
//! syntax      Rust read as text: splitting a cell, `:dep` lines, short type names
//! ground      outcome, exit, lang, suggest, files
//! ```
//!
//! What never happens here: a module below `engine` starts a process; anything but `data` uses the network; anything
//! but `test --accept`, `review` and `edition sync` writes outputs into a notebook; a file or a user's input causes a
//! panic.

pub mod args;
pub mod commands;
pub mod engine;
pub mod exit;
pub mod files;
#[cfg(test)]
pub mod fuzz;
pub mod lang;
pub mod notebook;
pub mod outcome;
pub mod runner;
pub mod suggest;
pub mod syntax;
pub mod terminal;

use std::process::ExitCode;

use args::{Args, Command};
use clap::Parser;
use commands::{cells, completions, data, edition, export, kernel, lint, new, repl, review, run, test};
use exit::{Exit, Misuse};

/// Parses the arguments, runs what they ask for, and turns errors into words and a code.
pub fn main() -> ExitCode {
    let args = Args::parse();
    let exit = dispatch(args).unwrap_or_else(|error| {
        anstream::eprintln!("error: {error:#}");
        if error.is::<Misuse>() { Exit::Usage } else { Exit::Broken }
    });
    ExitCode::from(exit as u8)
}

fn dispatch(args: Args) -> anyhow::Result<Exit> {
    let engine = args.engine.into();
    match args.command {
        Command::Repl(args) => repl::run(engine, &args),
        Command::Run(args) => run::run(engine, &args),
        Command::Test(args) => test::run(engine, &args),
        Command::Review(args) => review::run(engine, &args),
        Command::Edition(args) => edition::run(&args),
        Command::Lint(args) => lint::run(&args),
        Command::Export(args) => export::run(&args),
        Command::New(args) => new::run(&args),
        Command::Data(args) => data::run(&args),
        Command::Kernel(args) => kernel::run(engine, &args),
        #[cfg(unix)]
        Command::Clean => commands::clean::run(),
        Command::Completions { shell } => completions::completions(shell),
        Command::Man { folder } => completions::man(folder.as_deref()),
        Command::Cells(args) => cells::run(engine, &args),
    }
}
