//! `--list`: prints what would run; nothing is run.

use anyhow::Result;
use serde_json::{Value, json};

use super::wording::NO_REASON;
use crate::cli::files;
use crate::cli::notebook::ipynb::Notebook;
use crate::cli::runner::execute::{self, Step};
use crate::cli::runner::filter::Chosen;
use crate::cli::runner::rules::Expect;
use crate::cli::runner::settings;
use crate::cli::terminal::style::{BAD, QUIET};

/// The list as text.
pub fn text(chosen: &[Chosen]) -> String {
    chosen.iter().map(lines).collect()
}

/// The list as JSON.
pub fn document(chosen: &[Chosen]) -> Value {
    json!({"format": 1, "notebooks": chosen.iter().map(value).collect::<Vec<_>>()})
}

/// The id of each chosen cell, its line in the file, and a note on its rules.
fn cells(chosen: &Chosen) -> Result<Vec<(String, usize, String)>> {
    let notebook = Notebook::read(&chosen.path)?;
    let settings = settings::of_notebook(&chosen.path, &notebook)?;
    let steps = execute::steps(&notebook, &settings).into_iter().filter(|step| chosen.has(step.at));
    Ok(steps.map(|step| (step.cell.id.clone(), notebook.file_line(step.at, 1), note(&step))).collect())
}

fn note(step: &Step) -> String {
    let rules = match &step.rules {
        Ok(rules) => rules,
        Err(error) => return error.lines().next().unwrap_or_default().to_string(),
    };
    let mut notes = Vec::new();
    if let Some(skip) = &rules.skip {
        notes.push(format!("skipped: {}", skip.reason.as_deref().unwrap_or(NO_REASON)));
    }
    notes.extend(match &rules.expect {
        Expect::Success => None,
        Expect::Failure => Some("must fail".into()),
        Expect::Panic(_) => Some("must panic".into()),
        Expect::CompileError(_) => Some("must not compile".into()),
    });
    if rules.ignore_output {
        notes.push("run without comparison".into());
    }
    notes.join(", ")
}

fn lines(chosen: &Chosen) -> String {
    let path = files::shown_path(&chosen.path);
    let cells = match cells(chosen) {
        Ok(cells) => cells,
        Err(error) => return format!("{path}\n  {BAD}{error:#}{BAD:#}\n"),
    };
    let mut text = format!("{path}\n");
    for (id, line, note) in cells {
        let note = if note.is_empty() { note } else { format!(" ({note})") };
        text += &format!("  {id}{note} {QUIET}line {line}{QUIET:#}\n");
    }
    text
}

fn value(chosen: &Chosen) -> Value {
    let path = files::shown_path(&chosen.path);
    match cells(chosen) {
        Ok(cells) => {
            let cells = cells.into_iter().map(|(id, line, note)| json!({"id": id, "line": line, "note": note}));
            json!({"path": path, "cells": cells.collect::<Vec<_>>()})
        }
        Err(error) => json!({"path": path, "error": format!("{error:#}")}),
    }
}
