//! The floor of the command line, and its map. Each module uses only those below it:
//!
//! ```text
//! main
//!   cli        dispatch, errors, exit codes
//!   repl, run, test, cells, edition, lint, export, new, data, kernel, clean, completions   what the subcommands do
//!   report, session, command   words for the terminal; live Rust; one typed line
//!   markdown, highlight        prose and code as lines for the terminal
//!   compare, shelf, ipynb      stored against fresh; where the notebooks stand; notebook text
//!   complete, ending, types    how a word goes on; how a cell ended; types as people write them
//!   look                       what the terminal bears: width, colour, decoration
//!   split, dependency          a cell's text in its parts, as Rust; what `:dep` asks for
//!   normalize, course, glossary, words   stable text; Course > Section > Cell; terms; what the REPL says
//!   outcome                    what one cell produced
//! ```
//!
//! What never happens here: a module below `session` starts a process; anything but `data`
//! touches the network; anything but `test --accept`, `review` and `edition sync` writes outputs into a notebook; a
//! panic because of what a file or a reader said.

pub mod annotation;
pub mod args;
pub mod cells;
#[cfg(unix)]
pub mod clean;
pub mod command;
pub mod compare;
pub mod complete;
pub mod completions;
pub mod course;
pub mod data;
pub mod dependency;
pub mod edition;
pub mod ending;
pub mod execute;
pub mod exit;
pub mod export;
pub mod files;
#[cfg(test)]
pub mod fuzz;
pub mod glossary;
pub mod highlight;
pub mod interrupt;
pub mod ipynb;
pub mod kernel;
pub mod lang;
pub mod library;
pub mod lint;
pub mod look;
pub mod markdown;
pub mod new;
pub mod normalize;
pub mod outcome;
pub mod picture;
pub mod portable;
pub mod repl;
pub mod report;
pub mod rules;
pub mod run;
pub mod session;
pub mod settings;
pub mod shelf;
pub mod split;
pub mod suggest;
pub mod test;
pub mod types;
pub mod unstable;
pub mod verdict;
pub mod words;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};
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
        Command::Review(args) => test::review::run(engine, &args),
        Command::Edition(args) => edition::run(&args),
        Command::Lint(args) => lint::run(&args),
        Command::Export(args) => export::run(&args),
        Command::New(args) => new::run(&args),
        Command::Data(args) => data::run(&args),
        Command::Kernel(args) => kernel::run(engine, &args),
        #[cfg(unix)]
        Command::Clean => clean::run(),
        Command::Completions { shell } => completions::completions(shell),
        Command::Man { folder } => completions::man(folder.as_deref()),
        Command::Cells(args) => cells::run(engine, &args),
    }
}
