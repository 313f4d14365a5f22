//! Editions: notebooks of the same name in neighbouring folders with the same code, cell by cell. Their code runs once,
//! in the folder of the first one, and the outcomes are compared with the stored outputs of each.
//!
//! This only groups them. Anything that could make a second run differ keeps them apart: a different cell, limit or
//! expected end, or a folder that holds more than notebooks, since a cell might read the other files.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::execute;
use super::filter::Chosen;
use super::rules::{Expect, Rules};
use super::settings::{self, PROJECT_FILE};
use crate::cli::notebook::ipynb::Notebook;

/// Everything that decides the outcomes of a notebook: two notebooks with the same plan have the same outcomes.
#[derive(PartialEq)]
struct Plan {
    /// The folder that holds the editions' folders, and the notebook's file name.
    place: (PathBuf, PathBuf),
    limits: (Option<Duration>, Option<Duration>),
    cells: Vec<CellPlan>,
}

#[derive(PartialEq)]
struct CellPlan {
    id: String,
    source: String,
    is_chosen: bool,
    is_skipped: bool,
    expect: Expect,
    limits: (Option<Duration>, Option<Duration>),
}

/// The places of the notebooks, grouped by those that run once; ordered by the first of each group.
pub fn groups(chosen: &[Chosen]) -> Vec<Vec<usize>> {
    let mut groups: Vec<(Option<Plan>, Vec<usize>)> = Vec::new();
    for (at, notebook) in chosen.iter().enumerate() {
        let has_twin =
            chosen.iter().any(|it| it.path != notebook.path && it.path.file_name() == notebook.path.file_name());
        let plan = if has_twin { plan(notebook) } else { None };
        match groups.iter_mut().find(|(its, _)| plan.is_some() && *its == plan) {
            Some((_, group)) => group.push(at),
            None => groups.push((plan, vec![at])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// `None` when the notebook has to run by itself.
fn plan(chosen: &Chosen) -> Option<Plan> {
    let path = chosen.path.canonicalize().ok()?;
    let folder = path.parent()?;
    if !holds_only_notebooks(folder) {
        return None;
    }
    let notebook = Notebook::read(&chosen.path).ok()?;
    let settings = settings::of_notebook(&chosen.path, &notebook).ok()?;
    let defaults = Rules::of_notebook(&settings).ok()?;
    let cells = execute::steps(&notebook, &settings).into_iter().map(|step| {
        let rules = step.rules.ok()?;
        Some(CellPlan {
            id: step.cell.id.clone(),
            source: step.cell.source.clone(),
            is_chosen: chosen.has(step.at),
            is_skipped: rules.skip.is_some(),
            expect: rules.expect,
            limits: (rules.run_timeout, rules.compile_timeout),
        })
    });
    Some(Plan {
        place: (folder.parent()?.to_path_buf(), path.file_name()?.into()),
        limits: (defaults.run_timeout, defaults.compile_timeout),
        cells: cells.collect::<Option<_>>()?,
    })
}

/// Whether a folder holds nothing but notebooks, their settings and pending changes.
fn holds_only_notebooks(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.into_iter().all(|entry| {
        let Ok(name) = entry.map(|entry| entry.file_name().to_string_lossy().into_owned()) else { return false };
        let ends = [".ipynb", ".ipynb.new", PROJECT_FILE];
        ends.iter().any(|end| name.ends_with(end)) || matches!(name.as_str(), ".ipynb_checkpoints" | ".DS_Store")
    })
}
