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
use crate::cli::terminal::shown::{self, visible};
use crate::cli::terminal::style::{BAD, QUIET};

/// The list as text.
pub fn text(chosen: &[Chosen]) -> String {
    shown::report(&chosen.iter().map(lines).collect::<String>())
}

/// Whether some notebook could not be listed.
pub fn has_unreadable(chosen: &[Chosen]) -> bool {
    chosen.iter().any(|chosen| listed(chosen).is_err())
}

/// The list as JSON.
pub fn document(chosen: &[Chosen]) -> Value {
    json!({"format": 1, "notebooks": chosen.iter().map(value).collect::<Vec<_>>()})
}

/// What `--list` says of one notebook.
struct Listed {
    /// A message if its kernel is for another language.
    foreign: Option<String>,
    /// The id of each chosen cell, its line in the file, and a note on its rules.
    cells: Vec<(String, usize, String)>,
}

fn listed(chosen: &Chosen) -> Result<Listed> {
    let notebook = Notebook::read(&chosen.path)?;
    let settings = settings::of_notebook(&chosen.path, &notebook)?;
    let steps = execute::steps(&notebook, &settings).into_iter().filter(|step| chosen.has(step.at));
    let cells = steps.map(|step| (step.cell.id.clone(), notebook.file_line(step.at, 1), note(&step))).collect();
    let foreign = notebook.other_language();
    // Cells of another language never run.
    Ok(Listed { cells: if foreign.is_some() { Vec::new() } else { cells }, foreign })
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
    let path = shown::name(&files::shown_path(&chosen.path));
    let Listed { foreign, cells } = match listed(chosen) {
        Ok(listed) => listed,
        Err(error) => return format!("{path}\n  {BAD}{}{BAD:#}\n", visible(&format!("{error:#}"))),
    };
    let foreign = foreign.map(|why| format!(" {QUIET}({}){QUIET:#}", visible(&why))).unwrap_or_default();
    let mut text = format!("{path}{foreign}\n");
    for (id, line, note) in cells {
        let note = if note.is_empty() { note } else { format!(" ({})", visible(&note)) };
        text += &format!("  {}{note} {QUIET}line {line}{QUIET:#}\n", shown::name(&id));
    }
    text
}

fn value(chosen: &Chosen) -> Value {
    let path = files::shown_path(&chosen.path);
    match listed(chosen) {
        Ok(Listed { foreign, cells }) => {
            let cells = cells.into_iter().map(|(id, line, note)| json!({"id": id, "line": line, "note": note}));
            json!({"path": path, "cells": cells.collect::<Vec<_>>(), "other_language": foreign})
        }
        Err(error) => json!({"path": path, "error": format!("{error:#}")}),
    }
}
