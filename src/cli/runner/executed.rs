//! Executed notebooks: what each cell gave, as `run -o` and `test --write` store it in a copy.
//!
//! The notebook itself stays as it is.

use std::path::{Component, Path, PathBuf};

use anyhow::{Result, bail};

use super::result::NotebookReport;
use crate::cli::files::{folder_of, make_folder, shown_path, write_atomically};
use crate::cli::lang::Lang;
use crate::cli::notebook::ipynb::{CellChange, ErrorChange};
use crate::cli::outcome::{End, Outcome};
use crate::cli::terminal::cell_end;

/// Writes a copy with the new outputs of all cells that ran into a folder, below it as below the current folder.
pub fn write(report: &NotebookReport, folder: &Path) -> Result<()> {
    let Some(notebook) = &report.notebook else { return Ok(()) };
    let ran = report.cells.iter().filter_map(|cell| Some((cell.at, cell.outcome.as_ref()?)));
    let changes: Vec<CellChange> = (1..).zip(ran).map(|(count, (at, outcome))| change(at, outcome, count)).collect();
    let path = folder.join(relative(&report.path));
    if path.canonicalize().is_ok_and(|it| Some(it) == report.path.canonicalize().ok()) {
        bail!("`--write {}` would overwrite {}\nhelp: name another folder", folder.display(), shown_path(&report.path));
    }
    make_folder(folder_of(&path))?;
    write_atomically(&path, notebook.with_changes(&changes).as_bytes())
}

/// The path below the current folder; elsewhere, its folders from the root.
fn relative(path: &Path) -> PathBuf {
    let shown = PathBuf::from(shown_path(path));
    shown.components().filter(|part| matches!(part, Component::Normal(_))).collect()
}

/// What is stored in a cell after it ran.
pub fn change(cell: usize, outcome: &Outcome, count: u64) -> CellChange {
    let error = match &outcome.end {
        // The stock kernel stores no error for these: their output describes it.
        End::Passed | End::Panicked { .. } | End::ReturnedError { .. } => ErrorChange::Remove,
        end => {
            let details = cell_end::compiler_report(end);
            let words =
                if details.is_empty() { cell_end::predicate(end, Lang::En).unwrap_or_default() } else { details };
            ErrorChange::Store("Error".to_string(), words)
        }
    };
    CellChange { cell, outputs: outcome.outputs.clone(), error, execution_count: Some(count) }
}
