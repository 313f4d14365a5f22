//! Checks what is stored beside the code: execution counts, ids, and outputs that differ from run to run.
//!
//! It reads the notebook's JSON where the model fills in missing values.

use std::collections::HashMap;
use std::path::Path;

use serde_json::Value;

use super::Finding;
use crate::cli::notebook::course::{Cell, CellKind};
use crate::cli::notebook::ipynb::Notebook;
use crate::cli::outcome::Output;
use crate::cli::runner::rules::{Rules, Settings};
use crate::cli::runner::{rules, volatile};

pub fn findings(notebook: &Notebook, json: &Value, settings: &Settings, folder: &Path) -> Vec<Finding> {
    let mut findings = counts(notebook, json);
    findings.extend(ids(notebook, json));
    findings.extend(outputs(notebook, settings, folder));
    findings
}

fn of_cell(cell: &Cell, lint: &'static str, message: String, help: &'static str) -> Finding {
    Finding { lint, cell: Some(cell.id.clone()), line: cell.line, message, help }
}

/// Counts that increase, with or without gaps, come from a run from top to bottom.
fn counts(notebook: &Notebook, json: &Value) -> Vec<Finding> {
    let mut last: Option<(u64, &str)> = None;
    let mut findings = Vec::new();
    for (at, cell) in notebook.cells.iter().enumerate() {
        let Some(count) = json["cells"][at]["execution_count"].as_u64() else { continue };
        if let Some((earlier, id)) = last.filter(|(earlier, _)| count <= *earlier) {
            let message = format!("has the execution count {count}, and `{id}` above it has {earlier}");
            let help = "run the notebook from top to bottom before you save it";
            findings.push(of_cell(cell, "execution-order", message, help));
        }
        last = Some((count, &cell.id));
    }
    findings
}

fn ids(notebook: &Notebook, json: &Value) -> Vec<Finding> {
    let (major, minor) = (json["nbformat"].as_u64().unwrap_or(4), json["nbformat_minor"].as_u64().unwrap_or(0));
    let help = "save it as nbformat 4.5, and give each cell an id of its own";
    if (major, minor) < (4, 5) && !notebook.cells.is_empty() {
        let message = format!("nbformat {major}.{minor} has no cell ids: reports use numbers instead");
        return vec![Finding { lint: "cell-ids", cell: None, line: 1, message, help }];
    }
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut findings = Vec::new();
    for (at, cell) in notebook.cells.iter().enumerate() {
        match json["cells"][at]["id"].as_str() {
            None => findings.push(of_cell(cell, "cell-ids", "has no id".into(), help)),
            Some(id) => {
                if let Some(other) = seen.insert(id, at + 1) {
                    findings.push(of_cell(cell, "cell-ids", format!("has the same id as cell {other}"), help));
                }
            }
        }
    }
    findings
}

fn outputs(notebook: &Notebook, settings: &Settings, folder: &Path) -> Vec<Finding> {
    let code = notebook.cells.iter().filter(|cell| cell.kind == CellKind::Code && !is_ignored(cell));
    let unstable = code.filter_map(|cell| {
        // What a normaliser replaces may differ.
        let measure = Rules::of(cell, settings).unwrap_or_default().measure;
        let what = texts(cell).find_map(|text| volatile::find(&measure.normal(text.to_owned()), folder))?;
        let help = "print something that stays the same, or tag the cell `ignore-output`";
        Some(of_cell(cell, "unstable-output", format!("stores {what}"), help))
    });
    unstable.collect()
}

fn is_ignored(cell: &Cell) -> bool {
    cell.tags.iter().any(|tag| tag == "ignore-output" || tag == "nbval-ignore-output")
        || cell.settings.get("ignore_output").is_some_and(|value| value == "true")
        || rules::allows(&cell.settings, "unstable-output")
}

fn texts(cell: &Cell) -> impl Iterator<Item = &str> {
    cell.outputs.iter().flat_map(|output| match output {
        Output::Stream { text, .. } => vec![text.as_str()],
        Output::Rich { data, .. } => {
            let plain = data.iter().filter(|(mime, _)| *mime == "text/plain" || *mime == "text/markdown");
            plain.map(|(_, text)| text.as_str()).collect()
        }
    })
}
