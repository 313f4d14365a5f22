//! How notebooks are run and judged: filled in by a command from its arguments.

use std::time::Duration;

use crate::cli::engine::Engine;

/// The options of one run.
pub struct Options {
    pub engine: Engine,
    /// How many notebooks run at once; 0 means one per processor.
    pub jobs: usize,
    /// How long a cell may run, unless its rules say otherwise.
    pub timeout: Duration,
    /// How long a cell may compile, unless its rules say otherwise.
    pub compile_timeout: Duration,
    /// Compile each cell on its own instead of in batches.
    pub one_by_one: bool,
    /// Run `!command` lines in the shell.
    pub allow_shell: bool,
    /// Skip notebooks in other languages instead of failing them.
    pub skip_foreign: bool,
    /// Stop at the first failure.
    pub fail_fast: bool,
    /// Cells that are not portable to the stock kernel are problems.
    pub portable: bool,
}

impl Options {
    pub fn workers(&self) -> usize {
        match self.jobs {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            jobs => jobs,
        }
    }
}
