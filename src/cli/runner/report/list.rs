//! `--list`: what would run, and what would not, with nothing run.

use serde_json::{Value, json};

use super::super::execute::code_cells;
use super::super::filter::Chosen;
use super::super::rules::{Expect, Rules};
use super::super::settings;
use crate::cli::args::Format;
use crate::cli::files;
use crate::cli::notebook::course::Cell;
use crate::cli::notebook::ipynb::Notebook;
use crate::cli::terminal::report::{BAD, QUIET};

/// The list as text or as JSON.
pub fn text(chosen: &[Chosen], format: Format) -> String {
    match format {
        Format::Json => {
            let notebooks: Vec<Value> = chosen.iter().map(value).collect();
            format!("{:#}\n", json!({"format": 1, "notebooks": notebooks}))
        }
        _ => chosen.iter().map(lines).collect(),
    }
}

/// A cell's id, its line in the file, and what is special about it.
fn cells(chosen: &Chosen) -> anyhow::Result<Vec<(String, usize, String)>> {
    let notebook = Notebook::read(&chosen.path)?;
    let settings = settings::of_notebook(&chosen.path, &notebook)?;
    let is_chosen = |at: &usize| chosen.cells.as_ref().is_none_or(|cells| cells.contains(at));
    let cells = code_cells(&notebook).filter(|(at, _)| is_chosen(at));
    let told = cells.map(|(at, cell)| (cell.id.clone(), notebook.file_line(at, 1), special(cell, &settings)));
    Ok(told.collect())
}

fn special(cell: &Cell, settings: &super::super::rules::Settings) -> String {
    let rules = match Rules::of(cell, settings) {
        Ok(rules) => rules,
        Err(error) => return error.lines().next().unwrap_or_default().to_string(),
    };
    let mut words = Vec::new();
    if let Some(skip) = &rules.skip {
        words.push(format!("skipped: {}", skip.reason.as_deref().unwrap_or("no reason is given")));
    }
    words.extend(match &rules.expect {
        Expect::Success => None,
        Expect::Failure => Some("has to fail".into()),
        Expect::Panic(_) => Some("has to panic".into()),
        Expect::CompileError(_) => Some("has to be refused by the compiler".into()),
    });
    if rules.ignore_output {
        words.push("run without comparing".into());
    }
    words.join(", ")
}

fn lines(chosen: &Chosen) -> String {
    let path = files::shown_path(&chosen.path);
    let cells = match cells(chosen) {
        Ok(cells) => cells,
        Err(error) => return format!("{path}\n  {BAD}{error:#}{BAD:#}\n"),
    };
    let mut text = format!("{path}\n");
    for (id, line, special) in cells {
        let special = if special.is_empty() { special } else { format!(" ({special})") };
        text += &format!("  {id}{special} {QUIET}line {line}{QUIET:#}\n");
    }
    text
}

fn value(chosen: &Chosen) -> Value {
    let path = files::shown_path(&chosen.path);
    match cells(chosen) {
        Ok(cells) => {
            let cells = cells.into_iter().map(|(id, line, special)| json!({"id": id, "line": line, "note": special}));
            json!({"path": path, "cells": cells.collect::<Vec<_>>()})
        }
        Err(error) => json!({"path": path, "error": format!("{error:#}")}),
    }
}
