//! Editions: notebooks of one name in neighbouring folders whose code is the same, cell by cell. Their code runs once, in
//! the folder of the first, and what each of them stores is compared with what came.
//!
//! It only tells which belong together. Whatever could make a second run differ keeps them apart: another cell, another
//! limit, another expected end, or a folder that holds more than notebooks, which a cell might read.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::execute::code_cells;
use super::filter::Chosen;
use super::rules::{Expect, Rules};
use super::settings;
use super::settings::PROJECT_FILE;
use crate::cli::notebook::course::Cell;
use crate::cli::notebook::ipynb::Notebook;

/// What is done with the code of a notebook: two with the same plan give the same.
#[derive(PartialEq)]
struct Plan {
    /// The folder that holds the editions' folders, and the notebook's own name.
    place: (PathBuf, PathBuf),
    limits: (Option<Duration>, Option<Duration>),
    steps: Vec<Step>,
}

/// What is done with a cell.
#[derive(PartialEq)]
struct Step {
    id: String,
    source: String,
    is_chosen: bool,
    is_skipped: bool,
    expect: Expect,
    limits: (Option<Duration>, Option<Duration>),
}

/// The notebooks by their places, those together that run once; in the order of the first of each group.
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

/// None where the notebook has to run by itself.
fn plan(chosen: &Chosen) -> Option<Plan> {
    let path = chosen.path.canonicalize().ok()?;
    let folder = path.parent()?;
    if !holds_only_notebooks(folder) {
        return None;
    }
    let notebook = Notebook::read(&chosen.path).ok()?;
    let settings = settings::of_notebook(&chosen.path, &notebook).ok()?;
    let defaults = Rules::of(&Cell::default(), &settings).ok()?;
    let step = |(at, cell): (usize, &Cell)| {
        let rules = Rules::of(cell, &settings).ok()?;
        Some(Step {
            id: cell.id.clone(),
            source: cell.source.clone(),
            is_chosen: chosen.cells.as_ref().is_none_or(|cells| cells.contains(&at)),
            is_skipped: rules.skip.is_some(),
            expect: rules.expect,
            limits: (rules.run_timeout, rules.compile_timeout),
        })
    };
    Some(Plan {
        place: (folder.parent()?.to_path_buf(), path.file_name()?.into()),
        limits: (defaults.run_timeout, defaults.compile_timeout),
        steps: code_cells(&notebook).map(step).collect::<Option<_>>()?,
    })
}

/// Notebooks, their settings, and what waits for `review`: nothing that a cell would read.
fn holds_only_notebooks(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.into_iter().all(|entry| {
        let Ok(name) = entry.map(|entry| entry.file_name().to_string_lossy().into_owned()) else { return false };
        let ends = [".ipynb", ".ipynb.new", PROJECT_FILE];
        ends.iter().any(|end| name.ends_with(end)) || matches!(name.as_str(), ".ipynb_checkpoints" | ".DS_Store")
    })
}
