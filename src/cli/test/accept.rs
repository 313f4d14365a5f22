//! `--accept`: the outputs that came take the place of those stored, and nothing else changes.

use anyhow::Result;

use crate::cli::compare::{self, merge_ellipsis};
use crate::cli::course::Cell;
use crate::cli::files::write_atomically;
use crate::cli::ipynb::CellChange;
use crate::cli::normalize;
use crate::cli::outcome::{MimeBundle, Outcome, Output};
use crate::cli::verdict::Verdict;

use super::notebook::{CellReport, NotebookReport};

/// Stores every changed output of a notebook.
pub fn store(report: &NotebookReport) -> Result<()> {
    let Some(notebook) = &report.notebook else { return Ok(()) };
    let changed = report.cells.iter().filter(|cell| matches!(cell.verdict, Verdict::Changed(_)));
    let changes: Vec<CellChange> = changed.filter_map(|cell| change(cell, &notebook.cells[cell.at])).collect();
    if changes.is_empty() {
        return Ok(());
    }
    write_atomically(&report.path, notebook.with_changes(&changes).as_bytes())
}

/// What a cell's outputs become.
pub fn change(report: &CellReport, cell: &Cell) -> Option<CellChange> {
    let outcome = report.outcome.as_ref()?;
    Some(CellChange { cell: report.at, outputs: outputs(report, cell, outcome), error: None, execution_count: None })
}

/// The fresh outputs; where the author left a gap in the stored ones, or an output counts as the same, the stored
/// one stays.
fn outputs(report: &CellReport, cell: &Cell, outcome: &Outcome) -> Vec<Output> {
    let measure = &report.rules.measure;
    let fresh = normalize::outputs(outcome.outputs.clone());
    let merged = fresh.into_iter().enumerate().map(|(at, new)| {
        let old = counterpart(&cell.outputs, &new, at);
        let Some(old) = old else { return new };
        if compare::compare(std::slice::from_ref(old), std::slice::from_ref(&new), measure).is_empty() {
            return old.clone();
        }
        match measure.ellipsis.as_deref() {
            Some(mark) => with_gaps(old, new, mark),
            None => new,
        }
    });
    merged.collect()
}

fn counterpart<'a>(stored: &'a [Output], new: &Output, at: usize) -> Option<&'a Output> {
    match new {
        Output::Stream { stream, .. } => {
            stored.iter().find(|old| matches!(old, Output::Stream { stream: its, .. } if its == stream))
        }
        Output::Rich { .. } => stored.get(at).filter(|old| matches!(old, Output::Rich { .. })),
    }
}

fn with_gaps(old: &Output, new: Output, mark: &str) -> Output {
    match (old, new) {
        (Output::Stream { text: old, .. }, Output::Stream { stream, text }) => {
            Output::Stream { stream, text: merge_ellipsis(old, &text, mark) }
        }
        (Output::Rich { data: old, .. }, Output::Rich { kind, data }) => {
            let merge = |(mime, text): (String, String)| {
                let text = old.get(&mime).map_or(text.clone(), |old| merge_ellipsis(old, &text, mark));
                (mime, text)
            };
            Output::Rich { kind, data: data.into_iter().map(merge).collect::<MimeBundle>() }
        }
        (_, new) => new,
    }
}
