//! The command line: dispatch, errors and exit codes.
//!
//! Its modules import only modules below them; `tests/it/tidy.rs` has the same table and checks every `use`.
//!
//! ```text
//! commands    one module for each subcommand
//! runner      runs notebooks and judges their outputs: rules, comparison, verdicts, reports
//! page        a notebook as a page: HTML and Markdown, made harmless
//! args        the arguments, as clap types
//! engine      live Rust: one trait, two engines; imports only `syntax` and the ground
//! notebook    documents: course, notebook files, normalised outputs, the chapter, the glossary
//! terminal    output for people: style, messages in two languages, Markdown, pictures, how a cell ended
//! syntax      Rust as text: splitting a cell, `:dep` lines, short type names
//! ground      outcome, exit, lang, suggest, files, streams, memory
//! ```
//!
//! Invariants: no module below `engine` starts a process; only `data` opens connections; only `test --accept`,
//! `review`, `edition sync`, `fmt` and `lint --fix` change an existing notebook; no file and no input causes a panic.

pub mod args;
pub mod commands;
pub mod engine;
pub mod exit;
pub mod files;
#[cfg(test)]
pub mod fuzz;
pub mod lang;
pub mod memory;
pub mod notebook;
pub mod outcome;
pub mod page;
pub mod runner;
pub mod streams;
pub mod suggest;
pub mod syntax;
pub mod terminal;

use std::process::ExitCode;

use args::{Args, Command};
use clap::Parser;
use commands::{
    cells, completions, data, edition, exercises, export, fmt, kernel, learn, lint, new, repl, review, run, site, test,
};
use exit::{Exit, Misuse};
use terminal::shown::visible;

/// Parses the arguments, runs the subcommand, and turns errors into messages and exit codes.
pub fn main() -> ExitCode {
    streams::survive_limits();
    let exit = Args::try_parse().map_or_else(|error| show(&error), dispatch).unwrap_or_else(|error| {
        streams::eprintln!("{}", terminal::shown::report(&format!("error: {}", visible(&format!("{error:#}")))));
        if error.is::<Misuse>() { Exit::Usage } else { Exit::Broken }
    });
    ExitCode::from(streams::ending().unwrap_or(exit) as u8)
}

/// The help, the version, or what is wrong with the arguments.
fn show(message: &clap::Error) -> anyhow::Result<Exit> {
    let text = message.render();
    if message.use_stderr() {
        streams::to_stderr(format_args!("{}", text.ansi()));
        return Ok(Exit::Usage);
    }
    streams::print!("{}", text.ansi());
    Ok(Exit::Passed)
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
        Command::Fmt(args) => fmt::run(&args),
        Command::Export(args) => export::run(&args),
        Command::Site(args) => site::run(&args),
        Command::Learn(args) => learn::run(&args),
        Command::Exercises(args) => exercises::run(engine, &args),
        Command::New(args) => new::run(&args),
        Command::Data(args) => data::run(&args),
        Command::Kernel(args) => kernel::run(engine, &args),
        Command::Warm(args) => commands::warm::run(engine, &args),
        Command::Clean => commands::clean::run(),
        Command::Completions { shell } => completions::completions(shell),
        Command::Man { folder } => completions::man(folder.as_deref()),
        Command::Cells(args) => cells::run(engine, &args),
    }
}

#[cfg(test)]
mod tests {
    use super::args::help::{LINT, TEST};
    use super::commands::lint::LINTS;
    use super::runner::rules::vocabulary::{ALLOWANCES, LINT_ALLOWANCES, SETTINGS, TAGS, UNFORMATTED};

    #[test]
    fn the_help_and_the_page_name_everything_that_an_author_can_write() {
        let page = include_str!("../docs/testing.md");
        assert!(LINT_ALLOWANCES.iter().all(|name| LINTS.contains(name)));
        for (names, help) in [([SETTINGS, ALLOWANCES, &[UNFORMATTED], TAGS].concat(), TEST), (LINTS.to_vec(), LINT)] {
            for name in names {
                assert!(help.contains(name), "the help does not name `{name}`");
                assert!(page.contains(&format!("`{name}`")), "docs/testing.md does not name `{name}`");
            }
        }
    }
}
