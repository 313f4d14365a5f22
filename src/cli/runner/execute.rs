//! Runs a notebook's code cells one after the other, in a session of their own.
//!
//! Nothing is compared or printed here.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Result;

use super::portability;
use super::rules::{Rules, Settings};
use crate::cli::engine::{self, Engine, Session, SessionOptions};
use crate::cli::notebook::course::{Cell, CellKind};
use crate::cli::notebook::ipynb::Notebook;
use crate::cli::notebook::normalize;
use crate::cli::outcome::{Event, Outcome};

/// The default compile limit of a cell; it has to cover a first build of the dependencies.
pub const COMPILE_TIMEOUT: Duration = Duration::from_secs(1200);

/// A code cell to run.
pub struct Step<'a> {
    /// Its place among all cells.
    pub at: usize,
    pub cell: &'a Cell,
    /// `Err` when its tags or settings are invalid.
    pub rules: Result<Rules, String>,
}

/// Starts a session in the notebook's folder.
pub fn session(
    engine: Engine,
    path: &Path,
    notebook: &Notebook,
    run_timeout: Option<Duration>,
    compile_timeout: Option<Duration>,
    shell: bool,
) -> Result<Box<dyn Session>> {
    let options = SessionOptions {
        folder: folder_of(path),
        compile_timeout: Some(compile_timeout.unwrap_or(COMPILE_TIMEOUT)),
        run_timeout,
        dependencies: notebook.dependencies(),
        shell,
    };
    engine::start(engine, options)
}

/// The code cells that are not empty, with their places among all cells.
pub fn code_cells(notebook: &Notebook) -> impl Iterator<Item = (usize, &Cell)> {
    let cells = notebook.cells.iter().enumerate();
    cells.filter(|(_, cell)| cell.kind == CellKind::Code && !cell.source.trim().is_empty())
}

/// The code cells with their rules.
pub fn steps<'a>(notebook: &'a Notebook, settings: &Settings) -> Vec<Step<'a>> {
    code_cells(notebook).map(|(at, cell)| Step { at, cell, rules: Rules::of(cell, settings) }).collect()
}

/// The sources of the steps that will run, for a session that may compile them in batches.
pub fn script(steps: &[Step]) -> Vec<String> {
    let runs = |step: &&Step| step.rules.as_ref().is_ok_and(|rules| rules.skip.is_none());
    steps.iter().filter(runs).map(|step| step.cell.source.clone()).collect()
}

/// Runs a cell; returns its outcome, outputs normalised, and how long it took.
pub fn cell(session: &mut dyn Session, cell: &Cell, events: &mut dyn FnMut(Event)) -> Result<(Outcome, Duration)> {
    let begun = Instant::now();
    let mut outcome = session.run(&cell.source, events)?;
    let took = begun.elapsed();
    // What the stock kernel would do depends on the outputs as they were written.
    outcome.beyond_stock = portability::reasons(&cell.source, &outcome);
    outcome.outputs = normalize::outputs(outcome.outputs);
    Ok((outcome, took))
}

fn folder_of(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    path.parent().map(Path::to_path_buf).unwrap_or_default()
}
