//! A notebook as a script in Jupytext's percent format 1.3, with a line `// %%` before each cell.
//!
//! Ids, tags, metadata and attachments are in that line, so that reading restores the same cells. Outputs and execution
//! counts are left out: running the notebook restores them.

mod read;
mod yaml;

use anyhow::{Context, Result};
pub use read::read;
use regex::Regex;
use serde_json::{Map, Value, json};

use crate::cli::notebook::course::CellKind;
use crate::cli::page::source::Source;

/// Keys of the cell itself that the line holds beside its metadata.
const OWN: [&str; 3] = ["id", "attachments", "metadata"];

/// The version of the percent format.
const FORMAT_VERSION: &str = "1.3";

/// The script of a notebook.
pub fn write(source: &Source) -> Result<String> {
    let mut text = header(&source.json)?;
    for (at, cell) in source.notebook.cells.iter().enumerate() {
        let json = source.cell(at);
        let kind = match cell.kind {
            CellKind::Code => "",
            CellKind::Markdown => " [markdown]",
            CellKind::Raw => " [raw]",
        };
        text.push_str(&format!("\n// %%{kind}{}\n", options(json)?));
        if !cell.source.is_empty() {
            for line in cell.source.split('\n') {
                let line = if cell.kind == CellKind::Code { escaped(line) } else { escaped_prose(line) };
                text.push_str(&line);
                text.push('\n');
            }
        }
    }
    Ok(text)
}

/// The notebook's own metadata as a YAML block, each value as JSON, which is YAML.
fn header(notebook: &Value) -> Result<String> {
    let mut jupytext = notebook["metadata"]["jupytext"].as_object().cloned().unwrap_or_default();
    jupytext.insert(
        "text_representation".into(),
        json!({"extension": ".rs", "format_name": "percent", "format_version": FORMAT_VERSION}),
    );
    let mut lines = vec!["---".to_string(), "jupyter:".to_string()];
    lines.push(format!("  jupytext: {}", Value::Object(jupytext)));
    for (key, value) in notebook["metadata"].as_object().into_iter().flatten().filter(|(key, _)| *key != "jupytext") {
        lines.push(format!("  {}: {value}", serde_json::to_string(key)?));
    }
    if let Some(minor) = notebook["nbformat_minor"].as_u64() {
        lines.push(format!("  nbformat_minor: {minor}"));
    }
    lines.push("---".to_string());
    Ok(lines.iter().map(|line| commented(line) + "\n").collect())
}

/// ` id="setup" tags=["raises-exception"]`
fn options(cell: &Value) -> Result<String> {
    let mut options = Map::new();
    for key in ["id", "attachments"] {
        if let Some(value) = cell.get(key) {
            options.insert(key.into(), value.clone());
        }
    }
    let metadata = cell["metadata"].as_object().cloned().unwrap_or_default();
    let is_plain = |key: &String| !OWN.contains(&key.as_str()) && read::is_key(key);
    if metadata.keys().all(is_plain) {
        options.extend(metadata);
    } else {
        options.insert("metadata".into(), Value::Object(metadata));
    }
    let written = options.iter().map(|(key, value)| Ok(format!(" {key}={}", serde_json::to_string(value)?)));
    written.collect::<Result<String>>().context("a cell's metadata cannot be written")
}

/// A line of prose as a comment.
fn commented(line: &str) -> String {
    if line.is_empty() { "//".into() } else { format!("// {line}") }
}

/// A line of prose as a comment; one that a script would read as the next cell becomes a comment twice.
fn escaped_prose(line: &str) -> String {
    if marks_a_cell().is_match(line) { format!("// // {line}") } else { commented(line) }
}

/// `%%`, and the same after any number of `// `.
fn marks_a_cell() -> &'static Regex {
    static MARK: std::sync::OnceLock<Regex> = std::sync::OnceLock::new();
    MARK.get_or_init(|| Regex::new(r"^(?:// )*\s*%%+(?:\s|$)").expect("the pattern is valid"))
}

/// A line of code; one that a script would read as a kernel command or as the next cell becomes a comment.
fn escaped(line: &str) -> String {
    let needs = special().is_match(line);
    if needs { format!("// {line}") } else { line.to_string() }
}

/// `:dep serde`, `// %%`, and both after any number of `//`.
fn special() -> &'static Regex {
    static SPECIAL: std::sync::OnceLock<Regex> = std::sync::OnceLock::new();
    SPECIAL.get_or_init(|| Regex::new(r"^(?:(?:// |//)*:[a-zA-Z]|(?:// )*//\s*%%)").expect("the pattern is valid"))
}
