//! Finds cells that fail when run from top to bottom, or that work only once.
//!
//! It works on names and knows no types: names that a macro or a `use ...::*` may bring are never reported.

use std::collections::{HashMap, HashSet};

use super::names::{Names, Use};
use super::{Finding, names};
use crate::cli::notebook::course::{Cell, CellKind};
use crate::cli::notebook::ipynb::Notebook;
use crate::cli::syntax::split::depth::TooDeep;

pub fn findings(notebook: &Notebook) -> Vec<Finding> {
    let code = notebook.cells.iter().enumerate().filter(|(_, cell)| cell.kind == CellKind::Code);
    let (mut cells, mut findings) = (Vec::new(), Vec::new());
    for (at, cell) in code {
        match names::of(&cell.source) {
            Ok(names) => cells.extend(names.map(|names| Read { at, cell, names })),
            Err(TooDeep(_)) => findings.push(Finding {
                lint: "unreadable",
                cell: Some(cell.id.clone()),
                line: cell.line,
                message: "is too long or nested too deeply to be checked".into(),
                help: "split it into several cells, or name its parts",
            }),
        }
    }
    findings.extend(used_before(notebook, &cells));
    findings.extend(runs_once(notebook, &cells));
    findings
}

struct Read<'a> {
    at: usize,
    cell: &'a Cell,
    names: Names,
}

/// A cell that must fail may use undefined names.
fn may_fail(cell: &Cell) -> bool {
    let fails = ["compile_fail", "raises-exception", "nbval-raises-exception", "skip-execution", "nbval-skip"];
    cell.tags.iter().any(|tag| fails.iter().any(|name| tag.starts_with(name)))
        || cell.settings.contains_key("compile_fail")
}

fn used_before(notebook: &Notebook, cells: &[Read]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut known: HashSet<&str> = HashSet::new();
    let mut any_name = false;
    for (nth, read) in cells.iter().enumerate() {
        any_name |= read.names.has_glob;
        let mut reported = HashSet::new();
        for used in read.names.used.iter().filter(|used| !known.contains(used.name.as_str())) {
            let later = cells[nth + 1..].iter().find(|later| defines(&later.names, used, any_name));
            if let Some(later) = later.filter(|_| !may_fail(read.cell) && reported.insert(&used.name)) {
                let message = format!("uses `{}`, which `{}` defines only later", used.name, later.cell.id);
                findings.push(finding(notebook, read, "used-before", used.line, message));
            }
        }
        known.extend(read.names.variables.iter().chain(&read.names.items).map(String::as_str));
    }
    findings
}

/// After a `use ...::*`, items do not count: they may come from there.
fn defines(names: &Names, used: &Use, any_name: bool) -> bool {
    let as_variable = !used.is_item && names.variables.contains(&used.name);
    as_variable || (!any_name && names.items.contains(&used.name))
}

fn runs_once(notebook: &Notebook, cells: &[Read]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut made_in: HashMap<&str, &str> = HashMap::new();
    for read in cells {
        let mut reported = HashSet::new();
        for change in &read.names.changed {
            let Some(maker) = made_in.get(change.name.as_str()) else { continue };
            if reported.insert(&change.name) {
                let (name, how) = (&change.name, &change.how);
                let message = format!("changes `{name}` of `{maker}` by {how}: running it again gives another result");
                findings.push(finding(notebook, read, "runs-once", change.line, message));
            }
        }
        made_in.extend(read.names.variables.iter().map(|name| (name.as_str(), read.cell.id.as_str())));
    }
    findings
}

fn finding(notebook: &Notebook, read: &Read, lint: &'static str, line: usize, message: String) -> Finding {
    let help = match lint {
        "used-before" => "move the cell that defines it up",
        _ => "start the cell with a fresh copy, or allow `runs-once` in its settings",
    };
    Finding { lint, cell: Some(read.cell.id.clone()), line: notebook.file_line(read.at, line), message, help }
}
