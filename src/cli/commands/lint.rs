//! `lint`: checks notebooks without running them; `--fix` repairs what is safe.
//!
//! Nothing is run.

mod fix;
mod names;
mod order;
mod prose;
mod stored;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::{Value, json};

use super::asked_for;
use crate::cli::args::{Format, LintArgs};
use crate::cli::exit::{Exit, usage};
use crate::cli::files;
use crate::cli::notebook::course::CellKind;
use crate::cli::notebook::ipynb::Notebook;
use crate::cli::notebook::ipynb::file::read_text;
use crate::cli::runner::report::github::annotation;
use crate::cli::runner::rules::{Rules, Settings, allows};
use crate::cli::runner::settings;
use crate::cli::streams;
use crate::cli::suggest::nearest;
use crate::cli::terminal::plural::count;
use crate::cli::terminal::shown::{self, visible};
use crate::cli::terminal::style::{BAD, GOOD, QUIET};

/// The names of all lints; `args/help.rs` and `docs/testing.md` say what each of them finds.
pub const LINTS: &[&str] = &[
    "execution-order",
    "used-before",
    "runs-once",
    "unstable-output",
    "cell-ids",
    "quoted-number",
    "unreadable",
    "rules",
];

/// Something wrong, and its place.
#[derive(Debug)]
struct Finding {
    lint: &'static str,
    /// `None`: the notebook as a whole.
    cell: Option<String>,
    /// The line of the file, from 1.
    line: usize,
    message: String,
    help: &'static str,
}

pub fn run(args: &LintArgs) -> Result<Exit> {
    let allowed = allowed(&args.allow)?;
    let paths = asked_for(&args.paths)?;
    if paths.is_empty() {
        streams::eprintln!("error: nothing to lint: no notebook was found\nhelp: name a notebook or a folder of them");
        return Ok(Exit::NothingToTest);
    }
    let mut all = Vec::new();
    for path in &paths {
        if args.fix {
            fix::repair(path)?;
        }
        let mut findings = of_file(path)?;
        findings.retain(|finding| !allowed.contains(finding.lint));
        if args.format != Format::Json {
            findings.iter().for_each(|finding| print_finding(path, finding, args.format));
        }
        all.extend(findings.into_iter().map(|finding| (path.clone(), finding)));
    }
    match args.format {
        Format::Json => streams::println!("{}", shown::json(&document(&all))),
        _ => print_summary(paths.len(), all.len()),
    }
    Ok(if all.is_empty() { Exit::Passed } else { Exit::Failed })
}

fn allowed(names: &[String]) -> Result<BTreeSet<&str>> {
    let known: Vec<String> = LINTS.iter().map(|name| name.to_string()).collect();
    if let Some(name) = names.iter().find(|name| !known.contains(name)) {
        let hint = match nearest(name, &known).first() {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the lints are {}", known.join(", ")),
        };
        return Err(usage(format!("unknown lint `{name}`\nhelp: {hint}")));
    }
    Ok(names.iter().map(String::as_str).collect())
}

fn of_file(path: &Path) -> Result<Vec<Finding>> {
    let notebook = match Notebook::read(path) {
        Ok(notebook) => notebook,
        Err(error) => {
            let message = format!("{error:#}");
            return Ok(vec![Finding { lint: "unreadable", cell: None, line: 1, message, help: "" }]);
        }
    };
    let text = read_text(path)?;
    let json: Value = serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(&text))?;
    let folder = std::path::absolute(path)?.parent().map(Path::to_path_buf).unwrap_or_default();
    let (settings, mut findings) = rules(path, &notebook);
    if matches!(notebook.language.as_str(), "" | "rust") {
        findings.extend(order::findings(&notebook));
    }
    findings.extend(stored::findings(&notebook, &json, &settings, &folder));
    findings.extend(prose::findings(&notebook));
    findings.retain(|finding| !is_allowed(finding, &notebook, &settings));
    findings.sort_by_key(|finding| finding.line);
    Ok(findings)
}

/// Whether the author allows it, in the cell's settings or in the notebook's.
fn is_allowed(finding: &Finding, notebook: &Notebook, settings: &Settings) -> bool {
    let cell = notebook.cells.iter().find(|cell| Some(&cell.id) == finding.cell.as_ref());
    allows(settings, finding.lint) || cell.is_some_and(|cell| allows(&cell.settings, finding.lint))
}

/// The settings of the notebook, and what is wrong with them or with those of a cell.
fn rules(path: &Path, notebook: &Notebook) -> (Settings, Vec<Finding>) {
    let whole = |error: String| Finding { lint: "rules", cell: None, line: 1, message: error, help: "" };
    let settings = match settings::of_notebook(path, notebook) {
        Ok(settings) => settings,
        Err(error) => return (Settings::new(), vec![whole(format!("{error:#}"))]),
    };
    let code = notebook.cells.iter().filter(|cell| cell.kind == CellKind::Code);
    let wrong = code.filter_map(|cell| {
        let message = Rules::of(cell, &settings).err()?;
        Some(Finding { lint: "rules", cell: Some(cell.id.clone()), line: cell.line, message, help: "" })
    });
    let wrong = wrong.collect();
    (settings, wrong)
}

fn print_finding(path: &Path, finding: &Finding, format: Format) {
    let cell = finding.cell.as_ref().map(|id| format!("`{}` ", shown::name(id))).unwrap_or_default();
    let place = format!("{}:{}", files::shown_path(path), finding.line);
    let (place, message) = (shown::name(&place), format!("{cell}{}", finding.message));
    let mut text = format!("{place} {BAD}{}{BAD:#} {}\n", finding.lint, visible(&message));
    if !finding.help.is_empty() {
        text += &format!("{QUIET}help: {}{QUIET:#}\n", finding.help);
    }
    streams::print!("{}", shown::report(&text));
    if format == Format::Github {
        streams::print!("{}", annotation("warning", path, finding.line, finding.lint, &message));
    }
}

fn print_summary(notebooks: usize, findings: usize) {
    let notebooks = count(notebooks, "notebook");
    match findings {
        0 => streams::println!("{GOOD}ok{GOOD:#} {notebooks}, nothing found"),
        some => streams::println!("{notebooks}, {BAD}{} found{BAD:#}", count(some, "problem")),
    }
}

fn document(all: &[(PathBuf, Finding)]) -> Value {
    let finding = |(path, it): &(PathBuf, Finding)| {
        let path = files::shown_path(path);
        json!({"path": path, "line": it.line, "cell": it.cell, "lint": it.lint, "message": it.message})
    };
    json!({"format": 1, "findings": all.iter().map(finding).collect::<Vec<_>>()})
}
