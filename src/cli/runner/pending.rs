//! Pending changes: new outputs in a file beside their notebook, `NAME.ipynb.new`, for `review` to accept or reject.
//!
//! A change belongs to one version of its cell: once the cell's source or stored outputs change, it is stale.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::accept;
use super::result::{CellReport, NotebookReport, Problem};
use super::verdict::Verdict;
use crate::cli::files::{Lock, write_here};
use crate::cli::notebook::ipynb::{CellChange, ErrorChange, Notebook, output_values, outputs_of};
use crate::cli::outcome::Output;

/// The version of the file format.
const FORMAT: u64 = 1;

/// One cell's pending change.
#[derive(Clone, Debug)]
pub struct Pending {
    pub id: String,
    fingerprint: String,
    pub outputs: Vec<Output>,
    keep_error: bool,
}

/// The file beside a notebook.
pub fn file_of(notebook: &Path) -> PathBuf {
    let mut name = notebook.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

impl Pending {
    pub fn of(change: &CellChange, notebook: &Notebook) -> Pending {
        Pending {
            id: notebook.cells[change.cell].id.clone(),
            fingerprint: notebook.fingerprint(change.cell),
            outputs: change.outputs.clone(),
            keep_error: change.error == ErrorChange::Keep,
        }
    }

    /// The change, unless it is stale.
    pub fn for_notebook(&self, notebook: &Notebook) -> Option<CellChange> {
        let cell = notebook.cells.iter().position(|cell| cell.id == self.id)?;
        let error = if self.keep_error { ErrorChange::Keep } else { ErrorChange::Remove };
        (notebook.fingerprint(cell) == self.fingerprint).then(|| CellChange {
            cell,
            outputs: self.outputs.clone(),
            error,
            execution_count: None,
        })
    }
}

/// Writes the changes of a notebook that ran, for `review`; those of cells that did not run stay. Each change that
/// cannot be stored is returned as a problem.
pub fn write(report: &NotebookReport) -> Result<Vec<Problem>> {
    let Some(notebook) = &report.notebook else { return Ok(Vec::new()) };
    let (changes, refused) = accept::changes(report, notebook, notebook);
    let ran = |id: &str| {
        let is_judged = |cell: &CellReport| !cell.is_not_run() && cell.verdict != Verdict::LeftOut;
        report.cells.iter().any(|cell| cell.id == id && is_judged(cell))
    };
    update(&report.path, true, &mut |old| {
        let rest = old.into_iter().filter(|old| !ran(&old.id) && old.for_notebook(notebook).is_some());
        rest.chain(changes.iter().map(|change| Pending::of(change, notebook))).collect()
    })?;
    Ok(refused)
}

/// Drops the changes to cells that have changed since.
pub fn drop_stale(notebook: &Path) -> Result<()> {
    // Where the notebook cannot be read, nothing is known to be stale.
    let Ok(read) = Notebook::read(notebook) else { return Ok(()) };
    let is_fresh = |change: &Pending| change.for_notebook(&read).is_some();
    update(notebook, false, &mut |old| old.into_iter().filter(is_fresh).collect())
}

/// Drops the change of one cell, once it is answered.
pub fn forget(notebook: &Path, id: &str) -> Result<()> {
    update(notebook, false, &mut |old| old.into_iter().filter(|other| other.id != id).collect())
}

/// Changes the file of pending changes, one process at a time; without changes it is removed. With `anew`, a file that
/// cannot be read is written from scratch.
fn update(notebook: &Path, anew: bool, new: &mut dyn FnMut(Vec<Pending>) -> Vec<Pending>) -> Result<()> {
    let file = file_of(notebook);
    let _lock = Lock::of(&file);
    let old = match read(notebook) {
        Err(_) if anew => Vec::new(),
        old => old?,
    };
    let is_missing = old.is_empty() && std::fs::symlink_metadata(&file).is_err();
    let changes = new(old);
    if changes.is_empty() && is_missing {
        return Ok(());
    }
    if changes.is_empty() {
        return std::fs::remove_file(&file).with_context(|| format!("cannot remove {}", file.display()));
    }
    let changes = changes.iter().map(|change| {
        json!({"cell": change.id, "fingerprint": change.fingerprint, "keep_error": change.keep_error,
            "outputs": output_values(&change.outputs, None)})
    });
    let document = json!({"forward_pass_pending": FORMAT, "changes": changes.collect::<Vec<_>>()});
    // A link in the place of this file leads somewhere that nobody named.
    write_here(&file, format!("{document:#}\n").as_bytes())
}

/// The pending changes of a notebook.
pub fn read(notebook: &Path) -> Result<Vec<Pending>> {
    let file = file_of(notebook);
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", file.display())),
    };
    parse(&text).with_context(|| {
        format!("cannot use {}\nhelp: remove it, then write it again with `test --pending`", file.display())
    })
}

fn parse(text: &str) -> Result<Vec<Pending>> {
    let document: Value = serde_json::from_str(text).context("it is not JSON")?;
    let version = document["forward_pass_pending"].as_u64();
    ensure!(version == Some(FORMAT), "it is not a file of pending changes in this version's format");
    let changes = document["changes"].as_array().context("it has no list of changes")?;
    let text = |value: &Value, key: &str| value[key].as_str().map(str::to_string).context("a change is incomplete");
    let pending = |value: &Value| {
        Ok(Pending {
            id: text(value, "cell")?,
            fingerprint: text(value, "fingerprint")?,
            outputs: outputs_of(value["outputs"].as_array().context("a change has no outputs")?),
            keep_error: value["keep_error"] == true,
        })
    };
    changes.iter().map(pending).collect()
}
