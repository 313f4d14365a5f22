//! The subcommands, one module each.
//!
//! What belongs here: reading the arguments, calling the modules below, and printing. No command uses another, except
//! that `repl` asks `data` which sets are missing.

pub mod cells;
pub mod clean;
pub mod completions;
pub mod data;
pub mod edition;
pub mod exercises;
pub mod export;
pub mod fmt;
pub mod kernel;
pub mod learn;
pub mod lint;
pub mod new;
pub mod repl;
pub mod review;
pub mod run;
pub mod site;
pub mod test;
pub mod warm;

use std::path::PathBuf;

use super::args::{Foreign, RunnerArgs};
use super::engine::Engine;
use super::files;
use super::notebook::chapter;
use super::runner::options::Options;
use super::streams;
use super::terminal::shown::name;
use super::terminal::style::QUIET;

/// The notebooks that these paths name. What only has the name of one is skipped, and reported.
fn asked_for(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let found = chapter::asked_for(paths)?;
    for (path, what) in &found.skipped {
        let path = files::shown_path(path);
        streams::eprintln!("{QUIET}skipped {}: it is {what}, not a file{QUIET:#}", name(&path));
    }
    Ok(found.files)
}

/// The runner's options, from the arguments that `test` and `review` share.
fn runner_options(engine: Engine, args: &RunnerArgs) -> Options {
    Options {
        engine,
        jobs: args.jobs,
        timeout: args.timeout,
        compile_timeout: args.compile_timeout,
        one_by_one: args.one_by_one,
        allow_shell: args.allow_shell,
        skip_foreign: args.foreign == Foreign::Skip,
        fail_fast: false,
        portable: false,
    }
}
