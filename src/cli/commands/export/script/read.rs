//! A script with `// %%` lines as a notebook of nbformat 4: scripts of `export`, and Jupytext's.
//!
//! Outputs are empty until the notebook runs.

use std::path::Path;

use anyhow::{Context, Result, bail};
use regex::Regex;
use serde_json::{Map, Value, json};

use super::{marks_a_cell, special, yaml};
use crate::cli::notebook::ipynb::as_jupyter_writes;

/// The minor version of nbformat for a script that names none.
const MINOR: u64 = 5;

/// The notebook's text: indented by 1, with a final newline, as Jupyter writes it.
pub fn read(text: &str, path: &Path) -> Result<String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines: Vec<&str> = text.strip_suffix('\n').unwrap_or(text).split('\n').collect();
    let marker = Regex::new(r"^//\s*%%(?:\s|$)")?;
    let starts: Vec<usize> = (0..lines.len()).filter(|&at| marker.is_match(lines[at])).collect();
    let head = starts.first().map_or(&lines[..], |&first| &lines[..first]);
    let (metadata, minor) = header(head).with_context(|| format!("cannot read the header of {}", path.display()))?;
    if starts.is_empty() && metadata.is_none() {
        bail!("{} has no line `// %%`, so it has no cells\nhelp: begin each cell with such a line", path.display());
    }
    let mut cells = Vec::new();
    for (nth, &start) in starts.iter().enumerate() {
        let end = starts.get(nth + 1).copied().unwrap_or(lines.len());
        let place = || format!("line {} of {}", start + 1, path.display());
        cells.push(cell(lines[start], body(&lines, start, end), minor, nth).with_context(place)?);
    }
    let metadata = metadata.unwrap_or_else(rust);
    let notebook = json!({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": minor});
    Ok(String::from_utf8(as_jupyter_writes(&notebook)?)?)
}

/// The lines of a cell, without the blank line that the format puts before the next cell.
fn body<'a>(lines: &'a [&'a str], start: usize, end: usize) -> &'a [&'a str] {
    let body = &lines[start + 1..end];
    match body.split_last() {
        Some((last, rest)) if end < lines.len() && last.trim().is_empty() => rest,
        _ => body,
    }
}

/// The metadata, if there is a header, and the minor version of nbformat.
fn header(lines: &[&str]) -> Result<(Option<Map<String, Value>>, u64)> {
    let is_rule = |line: &&str| line.trim_end() == "// ---";
    let open = lines.iter().position(is_rule);
    let close = open.and_then(|open| Some(open + 1 + lines[open + 1..].iter().position(is_rule)?));
    let (Some(open), Some(close)) = (open, close) else { return Ok((None, MINOR)) };
    let yaml: Vec<&str> = lines[open + 1..close].iter().map(|line| uncommented(line)).collect();
    let mut metadata = yaml::jupyter(&yaml, open + 2)?;
    let minor = metadata.shift_remove("nbformat_minor").and_then(|minor| minor.as_u64()).unwrap_or(MINOR);
    if let Some(Value::Object(jupytext)) = metadata.get_mut("jupytext") {
        jupytext.shift_remove("text_representation");
        if jupytext.is_empty() {
            metadata.shift_remove("jupytext");
        }
    }
    Ok((Some(metadata), minor))
}

/// The metadata of a script without a header.
fn rust() -> Map<String, Value> {
    let kernel = json!({"display_name": "Rust", "language": "rust", "name": "rust"});
    Map::from_iter([("kernelspec".to_string(), kernel)])
}

fn cell(marker: &str, body: &[&str], minor: u64, nth: usize) -> Result<Value> {
    let marker = marker.trim_start_matches('/').trim_start().trim_start_matches('%').trim();
    let (kind, mut options) = options(marker)?;
    let id = options.shift_remove("id").or_else(|| (minor >= 5).then(|| json!(format!("cell-{}", nth + 1))));
    let attachments = options.shift_remove("attachments");
    let metadata = match options.get("metadata") {
        Some(Value::Object(metadata)) if options.len() == 1 => metadata.clone(),
        _ => options,
    };
    let code = kind == "code";
    let lines = body.iter().map(|line| if code { unescaped(line) } else { prose(line) });
    let source = lines.collect::<Vec<_>>().join("\n");
    let source: Vec<&str> = source.split_inclusive('\n').collect();
    let members = [
        ("attachments", attachments),
        ("cell_type", Some(json!(kind))),
        ("execution_count", code.then_some(Value::Null)),
        ("id", id),
        ("metadata", Some(Value::Object(metadata))),
        ("outputs", code.then(|| json!([]))),
        ("source", Some(json!(source))),
    ];
    Ok(members.into_iter().filter_map(|(key, value)| Some((key, value?))).collect())
}

/// What follows `%%`: a title, `[kind]`, and `key=value` pairs or one JSON object.
fn options(marker: &str) -> Result<(&'static str, Map<String, Value>)> {
    let (mut kind, mut options, mut title, mut rest) = ("code", Map::new(), Vec::new(), marker);
    while !rest.is_empty() {
        let word = rest.split_whitespace().next().unwrap_or_default();
        if let Some(known) = kind_of(word) {
            kind = known;
            rest = rest[word.len()..].trim_start();
        } else if rest.starts_with('{') {
            let (value, after) = value(rest)?;
            options.extend(value.as_object().cloned().unwrap_or_default());
            rest = after;
        } else if let Some((key, after)) = rest.split_once('=').filter(|(key, _)| is_key(key)) {
            let (value, after) = value(after).with_context(|| format!("the value of `{key}`"))?;
            options.insert(key.into(), value);
            rest = after;
        } else {
            title.push(word);
            rest = rest[word.len()..].trim_start();
        }
    }
    if !title.is_empty() {
        options.insert("title".into(), json!(title.join(" ")));
    }
    Ok((kind, options))
}

fn kind_of(word: &str) -> Option<&'static str> {
    match word {
        "[markdown]" | "[md]" => Some("markdown"),
        "[raw]" => Some("raw"),
        "[code]" => Some("code"),
        _ => None,
    }
}

/// Whether this word may precede a `=`.
pub fn is_key(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// The JSON value at the beginning of a text, and the text after it.
fn value(text: &str) -> Result<(Value, &str)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let value = values.next().context("it is missing")?.context("it is not JSON")?;
    let end = values.byte_offset();
    Ok((value, text[end..].trim_start()))
}

fn uncommented(line: &str) -> &str {
    line.strip_prefix("// ").or_else(|| line.strip_prefix("//")).unwrap_or(line)
}

/// Undoes `escaped_prose`.
fn prose(line: &str) -> &str {
    let line = uncommented(line);
    line.strip_prefix("// ").filter(|inner| marks_a_cell().is_match(inner)).unwrap_or(line)
}

/// Undoes `escaped`.
fn unescaped(line: &str) -> &str {
    let inner = line.strip_prefix("// ").or_else(|| line.strip_prefix("//"));
    inner.filter(|inner| special().is_match(inner)).unwrap_or(line)
}
