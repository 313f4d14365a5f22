//! The arguments; their doc comments are the help.
//!
//! Longer help texts are in `args/help.rs`.

mod course;
mod data;
pub mod help;
mod kernel;
mod runner;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
pub use course::{EditionAction, EditionArgs, ExercisesArgs, ExportArgs, LearnArgs, NewArgs, SiteArgs, Target};
pub use data::{DataAction, DataArgs, FetchArgs, KnownSet, VerifyArgs};
pub use kernel::{KERNEL_NAME, KernelAction, KernelArgs, KernelInstallArgs, KernelPlace, KernelUninstallArgs};
pub use runner::{CellsArgs, FmtArgs, Foreign, Format, LintArgs, ReviewArgs, RunArgs, RunnerArgs, TestArgs, WarmArgs};

use crate::cli::engine::Engine;
use crate::cli::lang::Lang;
use crate::cli::terminal::picture::Images;

/// A chapter on neural networks that runs, and a test tool for Rust notebooks
///
/// Running a notebook runs its code, and the build scripts of its dependencies, as you: read it first if you do not
/// trust its author.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
    /// The engine that compiles and runs cells
    #[arg(long, global = true, value_enum, default_value_t)]
    pub engine: EngineChoice,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Walk through the chapter, with live Rust at the prompt
    ///
    /// Press Enter to run the next cell. Anything you type is Rust and runs in the same session; a colon starts a
    /// command, and `:help` lists the commands. Ctrl-C stops a running cell, Ctrl-D quits. Your input, your progress
    /// and the figures are saved in the state folder (`$XDG_STATE_HOME/forward-pass`).
    ///
    /// Examples: `forward-pass repl` starts at the beginning; `forward-pass repl --section softmax` at a section;
    /// `forward-pass repl -c 'sigmoid(&array![0.0, 2.0])'` runs one line; `forward-pass repl mine.ipynb` walks through
    /// your own notebook. Lines from a pipe run one after the other.
    Repl(ReplArgs),
    /// Run a notebook and print its outputs
    Run(RunArgs),
    /// Run notebooks and compare their outputs with the stored ones
    Test(TestArgs),
    /// Review changed outputs one at a time: accept, reject, or leave for later
    Review(ReviewArgs),
    /// Compare the chapter's editions in different languages, or copy code and outputs between them
    Edition(EditionArgs),
    /// Check notebooks without running them
    Lint(LintArgs),
    /// Format the Rust of notebooks with rustfmt
    ///
    /// The settings of the nearest rustfmt.toml apply. Lines of commands, such as `:dep`, outputs and ids stay as they
    /// are. A cell that is not valid Rust is named and left alone.
    Fmt(FmtArgs),
    /// Convert a notebook to a program, a page or a script, or a script to a notebook, without running it
    Export(ExportArgs),
    /// Make a web site of the chapter, or of a folder of notebooks, for any static host
    ///
    /// The chapter's site has figures that move, computed in the browser by the library itself. They are compiled for
    /// WebAssembly, which needs a clone of the project and `rustup target add wasm32-unknown-unknown`. Browsers run
    /// them only on pages from a server: `forward-pass site -o site --serve 8000` is one.
    Site(SiteArgs),
    /// Copy the chapter's notebooks into a folder of your own, to solve the exercises there
    Learn(LearnArgs),
    /// List the chapter's exercises and which of them you have solved, or check them all
    Exercises(ExercisesArgs),
    /// Create a course: a crate with a notebook, a test and a CI workflow, ready to run
    New(NewArgs),
    /// Download the real digits, or check the downloaded files
    Data(DataArgs),
    /// Use Rust in Jupyter: install, remove or list kernels
    Kernel(KernelArgs),
    /// Build the crates of notebooks and compile their cells, for a cache that others share; no cell runs
    ///
    /// On a machine of many users, or in the image of a container, the first cell then answers at once: sessions look
    /// first into the folders of `FORWARD_PASS_CACHE_SHARED`, or into `/usr/local/share/forward-pass/cache`. What is in
    /// them is found from any copy of the notebooks and of the crates that they name by a path, as long as the sources,
    /// the toolchain and this program are the same. Only folders that root or you own, and that nobody else can write
    /// to, are used.
    Warm(WarmArgs),
    /// Empty the cache of compiled dependencies and cells, except for files in use
    Clean,
    /// Print a completion script for a shell
    ///
    /// Save it where the shell looks for completions:
    ///
    /// bash: `forward-pass completions bash > ~/.local/share/bash-completion/completions/forward-pass`
    ///
    /// zsh: `forward-pass completions zsh > FOLDER/_forward-pass`, where FOLDER is one of `$fpath`
    ///
    /// fish: `forward-pass completions fish > ~/.config/fish/completions/forward-pass.fish`
    Completions { shell: Shell },
    /// Print the manual page (`forward-pass man | man -l -`), or write one page for each subcommand into a folder
    Man { folder: Option<PathBuf> },
    /// Run the cells of a plain text file, separated by `%%` lines, and print how each of them ended
    #[command(hide = true)]
    Cells(CellsArgs),
}

#[derive(Debug, clap::Args)]
pub struct ReplArgs {
    /// A notebook, or a folder of notebooks, to walk through instead of the chapter
    pub path: Option<PathBuf>,
    /// How to show figures in the terminal
    #[arg(long, value_enum, default_value = "auto", value_name = "HOW")]
    pub images: Images,
    /// Print no colours, rules or animations, for screen readers
    #[arg(long)]
    pub plain: bool,
    /// The language of the chapter and of messages [default: from LC_ALL or LANG]
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    pub lang: Option<Lang>,
    /// Start at this section or cell: a number, a name, or a cell's id
    #[arg(long, value_name = "PLACE")]
    pub section: Option<String>,
    /// Run this instead of reading input: Rust, or a command such as `:run`; can be repeated
    #[arg(short, long = "code", value_name = "CODE")]
    pub code: Vec<String>,
    /// Use vi key bindings instead of emacs ones
    #[arg(long)]
    pub vi: bool,
}

/// The engines by their names on the command line.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum EngineChoice {
    /// The built-in engine, which compiles cells with rustc directly
    #[default]
    Own,
    /// The engine of the stock Jupyter kernel; needs a build with `--features evcxr`
    Evcxr,
}

impl From<EngineChoice> for Engine {
    fn from(choice: EngineChoice) -> Engine {
        match choice {
            EngineChoice::Own => Engine::Own,
            EngineChoice::Evcxr => Engine::Evcxr,
        }
    }
}
