//! `--accept`: fresh outputs replace the stored ones, and nothing else changes.
//!
//! Outputs with a time or a path of this machine are refused.

use std::path::Path;

use anyhow::Result;

use super::compare::{self, gaps, normalised};
use super::pending::Pending;
use super::result::{CHANGED_MEANWHILE, CellReport, NotebookReport, Problem, UNSTABLE};
use super::rules::allows;
use super::verdict::Verdict;
use super::volatile;
use crate::cli::files::{Edited, Origin, edit};
use crate::cli::notebook::course::Cell;
use crate::cli::notebook::ipynb::{CellChange, ErrorChange, Notebook};
use crate::cli::outcome::{End, MimeBundle, Outcome, Output, Stream, join_streams};

/// Stores every changed output of a notebook; each one that is not stored becomes a problem. The outputs go into the
/// file as it is now, to the cells that are still what ran. True if the file was edited meanwhile.
pub fn store(report: &mut NotebookReport) -> Result<bool> {
    let Some(notebook) = &report.notebook else { return Ok(false) };
    let mut refused = Vec::new();
    let mut is_edited = false;
    if report.cells.iter().any(|cell| matches!(cell.verdict, Verdict::Changed(_))) {
        let edited = edit(&report.path, &report.origin, &mut |bytes| {
            let now = Notebook::of_bytes(bytes)?;
            is_edited = !now.has_text_of(notebook);
            let changes;
            (changes, refused) = self::changes(report, notebook, &now);
            Ok((!changes.is_empty()).then(|| now.with_changes(&changes).into_bytes()))
        })?;
        if let Edited::Refused(why) = edited {
            refused = vec![Problem::new(CHANGED_MEANWHILE, format!("no output was stored: {why}"))];
        }
    }
    report.problems.extend(refused);
    Ok(is_edited)
}

/// The changes to store in the notebook as it is now, and a problem for each change that cannot be stored.
pub fn changes(report: &NotebookReport, ran: &Notebook, now: &Notebook) -> (Vec<CellChange>, Vec<Problem>) {
    let (mut changes, mut refused) = (Vec::new(), Vec::new());
    let folder = report.path.parent().unwrap_or(Path::new("/"));
    let places = ran.places_in(now);
    for cell in report.cells.iter().filter(|cell| matches!(cell.verdict, Verdict::Changed(_))) {
        let Some(outcome) = &cell.outcome else { continue };
        let Some(at) = places[cell.at] else {
            refused.push(Problem::new(CHANGED_MEANWHILE, format!("`{}` {MEANWHILE}", cell.id)));
            continue;
        };
        let stored = &now.cells[at];
        let outputs = outputs(cell, stored, outcome);
        match volatile::of_outputs(&stored.outputs, &outputs, &cell.rules.measure, folder) {
            Some(what) if !allows(&report.settings, UNSTABLE) && !allows(&stored.settings, UNSTABLE) => {
                refused.push(refusal(&cell.id, &what));
            }
            _ => changes.push(change(at, outputs, outcome)),
        }
    }
    (changes, refused)
}

/// Stores an accepted change; false if it cannot be stored any more, because its cell changed while it was looked at.
pub fn answered(path: &Path, origin: &Origin, change: &Pending) -> Result<bool> {
    let mut is_fresh = false;
    let edited = edit(path, origin, &mut |bytes| {
        let now = Notebook::of_bytes(bytes)?;
        let change = change.for_notebook(&now);
        is_fresh = change.is_some();
        Ok(change.map(|change| now.with_changes(&[change]).into_bytes()))
    })?;
    Ok(is_fresh && edited == Edited::Done)
}

/// Why a cell's output is not stored.
pub const MEANWHILE: &str =
    "was not stored: the cell has changed since it ran\nhelp: your edit is still there; run it again";

fn change(cell: usize, outputs: Vec<Output>, outcome: &Outcome) -> CellChange {
    // An expected failure keeps the error that the stock kernel stored for it.
    let error = if outcome.end == End::Passed { ErrorChange::Remove } else { ErrorChange::Keep };
    CellChange { cell, outputs, error, execution_count: None }
}

fn refusal(id: &str, what: &str) -> Problem {
    let text = format!(
        "`{id}` was not stored: its output contains {what}\n\
         help: print something that is the same in every run, add a normaliser, or allow `{UNSTABLE}`"
    );
    Problem::new(UNSTABLE, text)
}

/// The fresh outputs as they are, except that a stored output stays where it counts as the same, a stored line where it
/// differs only in what is normalised, and a stored gap where it matches.
fn outputs(report: &CellReport, cell: &Cell, outcome: &Outcome) -> Vec<Output> {
    let measure = &report.rules.measure;
    let mut rich = 0;
    let is_ignored =
        |output: &&Output| measure.ignore_stderr && matches!(output, Output::Stream { stream: Stream::Stderr, .. });
    let ignored = cell.outputs.iter().filter(is_ignored).cloned();
    let merged = outcome.outputs.iter().filter(|output| !is_ignored(output)).cloned().map(|new| {
        let old = counterpart(&cell.outputs, &new, rich);
        rich += usize::from(matches!(new, Output::Rich { .. }));
        let Some(old) = old else { return new };
        if compare::compare(std::slice::from_ref(old), std::slice::from_ref(&new), measure).is_empty() {
            return old.clone();
        }
        let new = normalised::with_stored_lines(old, new, measure);
        match measure.ellipsis.as_deref().filter(|mark| !mark.is_empty()) {
            Some(mark) => with_gaps(old, new, mark),
            None => new,
        }
    });
    join_streams(merged.chain(ignored))
}

fn counterpart<'a>(stored: &'a [Output], new: &Output, rich: usize) -> Option<&'a Output> {
    match new {
        Output::Stream { stream, .. } => {
            stored.iter().find(|old| matches!(old, Output::Stream { stream: its, .. } if its == stream))
        }
        Output::Rich { .. } => stored.iter().filter(|old| matches!(old, Output::Rich { .. })).nth(rich),
    }
}

fn with_gaps(old: &Output, new: Output, mark: &str) -> Output {
    match (old, new) {
        (Output::Stream { text: old, .. }, Output::Stream { stream, text }) => {
            Output::Stream { stream, text: gaps::merge(old, &text, mark) }
        }
        (Output::Rich { data: old, .. }, Output::Rich { kind, data }) => {
            let merge = |(mime, text): (String, String)| {
                let is_text = compare::is_text(&mime);
                let old = old.get(&mime).filter(|old| is_text && old.contains(mark));
                let text = old.map_or(text.clone(), |old| gaps::merge(old, &text, mark));
                (mime, text)
            };
            Output::Rich { kind, data: data.into_iter().map(merge).collect::<MimeBundle>() }
        }
        (_, new) => new,
    }
}
