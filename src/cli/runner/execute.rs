//! A notebook's code cells, one after the other in a session of their own.
//!
//! It compares nothing and shows nothing; it hands each outcome on.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Result;

use super::rules::{Rules, Settings};
use crate::cli::engine;
use crate::cli::engine::{Engine, Session, SessionOptions};
use crate::cli::notebook::course::{Cell, CellKind};
use crate::cli::notebook::ipynb::Notebook;
use crate::cli::outcome::{Event, Outcome};

/// How long one cell may compile when nobody said otherwise: a first build of dependencies is part of it.
pub const COMPILE_TIMEOUT: Duration = Duration::from_secs(1200);

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

/// The code cells that have code, with their places among all cells.
pub fn code_cells(notebook: &Notebook) -> impl Iterator<Item = (usize, &Cell)> {
    let cells = notebook.cells.iter().enumerate();
    cells.filter(|(_, cell)| cell.kind == CellKind::Code && !cell.source.trim().is_empty())
}

/// The sources of those of the first `count` code cells that will run, for a session that may compile them together.
pub fn script(notebook: &Notebook, settings: &Settings, count: usize) -> Vec<String> {
    let runs = |cell: &Cell| Rules::of(cell, settings).is_ok_and(|rules| rules.skip.is_none());
    let cells = code_cells(notebook).take(count).map(|(_, cell)| cell);
    cells.filter(|cell| runs(cell)).map(|cell| cell.source.clone()).collect()
}

/// Runs a cell and tells how long it took.
pub fn cell(session: &mut dyn Session, cell: &Cell, events: &mut dyn FnMut(Event)) -> Result<(Outcome, Duration)> {
    let begun = Instant::now();
    let outcome = session.run(&cell.source, events)?;
    Ok((outcome, begun.elapsed()))
}

fn folder_of(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    path.parent().map(Path::to_path_buf).unwrap_or_default()
}
