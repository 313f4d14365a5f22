//! What is stored beside the code: execution counts, ids, outputs of one machine and one moment.
//!
//! It reads the notebook's own JSON where the model has made good what is missing there.

use std::collections::HashMap;
use std::path::Path;

use serde_json::Value;

use super::Finding;
use crate::cli::notebook::course::{Cell, CellKind};
use crate::cli::notebook::ipynb::Notebook;
use crate::cli::outcome::Output;
use crate::cli::runner::{rules, volatile};

pub fn findings(notebook: &Notebook, json: &Value, folder: &Path) -> Vec<Finding> {
    let mut findings = counts(notebook, json);
    findings.extend(ids(notebook, json));
    findings.extend(outputs(notebook, folder));
    findings
}

fn of_cell(cell: &Cell, lint: &'static str, words: String, help: &'static str) -> Finding {
    Finding { lint, cell: Some(cell.id.clone()), line: cell.line, words, help }
}

/// Counts that go up, with gaps or without, come from running from top to bottom.
fn counts(notebook: &Notebook, json: &Value) -> Vec<Finding> {
    let mut last: Option<(u64, &str)> = None;
    let mut findings = Vec::new();
    for (at, cell) in notebook.cells.iter().enumerate() {
        let Some(count) = json["cells"][at]["execution_count"].as_u64() else { continue };
        if let Some((earlier, id)) = last.filter(|(earlier, _)| count <= *earlier) {
            let words = format!("was run as number {count}, and `{id}` above it as number {earlier}");
            let help = "run the notebook from top to bottom before you store it";
            findings.push(of_cell(cell, "execution-order", words, help));
        }
        last = Some((count, &cell.id));
    }
    findings
}

fn ids(notebook: &Notebook, json: &Value) -> Vec<Finding> {
    let (major, minor) = (json["nbformat"].as_u64().unwrap_or(4), json["nbformat_minor"].as_u64().unwrap_or(0));
    let help = "save it as nbformat 4.5, and give each cell a name of its own";
    if (major, minor) < (4, 5) && !notebook.cells.is_empty() {
        let words = format!("is of nbformat {major}.{minor}, which gives cells no ids: reports count them instead");
        return vec![Finding { lint: "cell-ids", cell: None, line: 1, words, help }];
    }
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut findings = Vec::new();
    for (at, cell) in notebook.cells.iter().enumerate() {
        match json["cells"][at]["id"].as_str() {
            None => findings.push(of_cell(cell, "cell-ids", "has no id".into(), help)),
            Some(id) => {
                if let Some(other) = seen.insert(id, at + 1) {
                    findings.push(of_cell(cell, "cell-ids", format!("has the id of cell {other}, too"), help));
                }
            }
        }
    }
    findings
}

fn outputs(notebook: &Notebook, folder: &Path) -> Vec<Finding> {
    let code = notebook.cells.iter().filter(|cell| cell.kind == CellKind::Code && !is_ignored(cell));
    let unstable = code.filter_map(|cell| {
        let what = texts(cell).find_map(|text| volatile::find(text, folder))?;
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
