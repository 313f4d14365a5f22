//! Splices new outputs into a notebook's text; every other byte stays.
//!
//! New JSON has its keys in nbformat's order.

use std::ops::Range;

use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};
use serde_json::{Map, Value, json};

use super::style::Style;
use super::{Notebook, density, read_output, spans};
use crate::cli::notebook::normalize;
use crate::cli::outcome::{MimeBundle, Output, RichKind, Stream};

/// The new outputs of one cell.
#[derive(Clone, Debug, Default)]
pub struct CellChange {
    /// Its place among all cells.
    pub cell: usize,
    pub outputs: Vec<Output>,
    pub error: ErrorChange,
    /// `None`: the count stays as it is.
    pub execution_count: Option<u64>,
}

/// What happens to a stored `error` output.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ErrorChange {
    #[default]
    Remove,
    Keep,
    /// The name and text of the error that ended the cell.
    Store(String, String),
}

/// A stored output and its text.
struct Raw<'a> {
    text: &'a str,
    /// `None`: an error, or an unknown output type.
    output: Option<Output>,
    is_error: bool,
}

impl Notebook {
    /// The text with these cells changed.
    pub fn with_changes(&self, changes: &[CellChange]) -> String {
        let style = Style::of(self);
        let mut edits: Vec<(Range<usize>, String)> = Vec::new();
        for change in changes {
            let Some(place) = self.places.get(change.cell) else { continue };
            let count = change.execution_count.or_else(|| self.stored_count(change.cell));
            let outputs = self.new_outputs(change, count, &style);
            match (&place.outputs, outputs) {
                (Some(range), Some(outputs)) => edits.push((range.clone(), outputs)),
                (None, Some(outputs)) => {
                    edits.push((style.before_close(&self.text, &place.cell), style.member("outputs", &outputs)));
                }
                (_, None) => {}
            }
            if let (Some(count), Some(range)) = (change.execution_count, &place.execution_count) {
                edits.push((range.clone(), count.to_string()));
            }
        }
        edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
        let mut text = self.text.clone();
        for (range, new) in edits {
            text.replace_range(range, &new);
        }
        text
    }

    fn stored_count(&self, cell: usize) -> Option<u64> {
        let range = self.places.get(cell)?.execution_count.clone()?;
        self.text[range].parse().ok()
    }

    /// The list of outputs; `None` if it stays as it is. Unchanged outputs keep their bytes; in a changed one, only the
    /// changed text is replaced, so that unknown fields stay.
    fn new_outputs(&self, change: &CellChange, count: Option<u64>, style: &Style) -> Option<String> {
        let stored = self.stored_outputs(change.cell);
        let mut placed = vec![false; change.outputs.len()];
        let mut items: Vec<String> = Vec::new();
        // The new output in each item, if any.
        let mut holds: Vec<Option<usize>> = Vec::new();
        for (at, raw) in stored.iter().enumerate() {
            let Some(old) = &raw.output else {
                let stays = !raw.is_error || change.error == ErrorChange::Keep;
                items.extend(stays.then(|| raw.text.to_string()));
                holds.resize(items.len(), None);
                continue;
            };
            let Some(new) = counterpart(old, at, &stored, &change.outputs) else { continue };
            placed[new] = true;
            items.extend(renewed(raw, at, &stored, &change.outputs[new], style));
            holds.resize(items.len(), Some(new));
        }
        for (new, output) in change.outputs.iter().enumerate().filter(|(new, _)| !placed[*new]) {
            // Before the outputs that come after it.
            let place = holds.iter().position(|held| held.is_some_and(|held| held > new)).unwrap_or(items.len());
            items.insert(place, style.print(&output_value(output, count), 4));
            holds.insert(place, Some(new));
        }
        if let ErrorChange::Store(name, message) = &change.error {
            let traceback: Vec<&str> = message.lines().collect();
            let value = json!({"ename": name, "evalue": message.lines().next().unwrap_or_default(),
                "output_type": "error", "traceback": traceback});
            items.push(style.print(&value, 4));
        }
        let unchanged = items.len() == stored.len() && items.iter().zip(&stored).all(|(new, old)| new == old.text);
        (!unchanged).then(|| style.list(&items, 3))
    }

    fn stored_outputs(&self, cell: usize) -> Vec<Raw<'_>> {
        let Some(range) = self.places.get(cell).and_then(|place| place.outputs.clone()) else { return Vec::new() };
        let node = spans::scan(&self.text[range.clone()], range.start);
        let raw = |text: &'_ str| {
            let value: Value = serde_json::from_str(text).unwrap_or_default();
            (read_output(&value), value["output_type"] == "error")
        };
        let items = node.items().into_iter().map(|item| &self.text[item.range.clone()]);
        items.map(|text| (text, raw(text))).map(|(text, (output, is_error))| Raw { text, output, is_error }).collect()
    }
}

/// The new output that replaces a stored one: streams by name, rich outputs by order.
fn counterpart(old: &Output, at: usize, stored: &[Raw], new: &[Output]) -> Option<usize> {
    let is_rich = |output: &Output| matches!(output, Output::Rich { .. });
    match old {
        Output::Stream { stream, .. } => {
            new.iter().position(|it| matches!(it, Output::Stream { stream: its, .. } if its == stream))
        }
        Output::Rich { .. } => {
            let earlier = stored[..at].iter().filter(|raw| raw.output.as_ref().is_some_and(is_rich)).count();
            new.iter().enumerate().filter(|(_, it)| is_rich(it)).nth(earlier).map(|(at, _)| at)
        }
    }
}

/// The text that replaces a stored output. If a stream is stored in pieces, the first one takes the whole new text.
fn renewed(raw: &Raw, at: usize, stored: &[Raw], new: &Output, style: &Style) -> Option<String> {
    let same_stream = |raw: &&Raw| match (&raw.output, new) {
        (Some(Output::Stream { stream: a, .. }), Output::Stream { stream: b, .. }) => a == b,
        _ => false,
    };
    let (old, is_first) = match new {
        Output::Stream { .. } => {
            let pieces = stored.iter().filter(same_stream).filter_map(|raw| raw.output.clone());
            (pieces.collect(), !stored[..at].iter().any(|raw| same_stream(&raw)))
        }
        Output::Rich { .. } => (Vec::from_iter(raw.output.clone()), true),
    };
    if normalize::outputs(old) == normalize::outputs([new.clone()]) {
        return Some(raw.text.to_string());
    }
    is_first.then(|| respliced(raw, new, style))
}

/// A notebook's JSON as Jupyter writes it: an indent of 1 and a final newline.
pub fn as_jupyter_writes(notebook: &Value) -> serde_json::Result<Vec<u8>> {
    let mut text = Vec::new();
    notebook.serialize(&mut Serializer::with_formatter(&mut text, PrettyFormatter::with_indent(b" ")))?;
    text.push(b'\n');
    Ok(text)
}

/// Outputs in nbformat 4.
pub fn output_values(outputs: &[Output], count: Option<u64>) -> Vec<Value> {
    outputs.iter().map(|output| output_value(output, count)).collect()
}

/// An output in nbformat 4.
fn output_value(output: &Output, count: Option<u64>) -> Value {
    match output {
        Output::Stream { stream, text } => {
            let name = if *stream == Stream::Stderr { "stderr" } else { "stdout" };
            json!({"name": name, "output_type": "stream", "text": lines(text)})
        }
        Output::Rich { kind: RichKind::Result, data } => {
            let metadata = density::metadata(data);
            let data = data_value(data);
            json!({"data": data, "execution_count": count, "metadata": metadata, "output_type": "execute_result"})
        }
        Output::Rich { kind: RichKind::Display, data } => {
            json!({"data": data_value(data), "metadata": density::metadata(data), "output_type": "display_data"})
        }
    }
}

fn data_value(data: &MimeBundle) -> Value {
    Value::Object(data.iter().map(|(mime, text)| (mime.clone(), mime_value(mime, text))).collect::<Map<_, _>>())
}

fn mime_value(mime: &str, text: &str) -> Value {
    match mime {
        mime if mime.ends_with("json") => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
        "image/svg+xml" | "application/javascript" => lines(text),
        mime if mime.starts_with("text/") => lines(text),
        _ => json!(text),
    }
}

/// Text as nbformat stores it: a list of lines with their line ends.
fn lines(text: &str) -> Value {
    Value::Array(text.split_inclusive('\n').map(|line| json!(line)).collect())
}

/// A stored output with the text of the new one.
fn respliced(raw: &Raw, new: &Output, style: &Style) -> String {
    let node = spans::scan(raw.text, 0);
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    match (new, &raw.output) {
        (Output::Stream { text, .. }, _) => {
            let Some(old) = node.get("text") else { return style.print(&output_value(new, None), 4) };
            edits.push((old.range.clone(), style.print(&lines(text), 5)));
        }
        (Output::Rich { data, .. }, Some(Output::Rich { data: old, .. })) => {
            let Some(place) = node.get("data") else { return style.print(&output_value(new, None), 4) };
            if old.keys().eq(data.keys()) {
                for (mime, text) in data.iter().filter(|(mime, text)| old.get(*mime) != Some(*text)) {
                    let new = style.print(&mime_value(mime, text), 6);
                    edits.extend(place.get(mime).map(|old| (old.range.clone(), new)));
                }
            } else {
                edits.push((place.range.clone(), style.print(&data_value(data), 5)));
            }
            edits.extend(node.get("metadata").and_then(|place| {
                let (old, new) = (density::metadata(old), density::metadata(data));
                (old != new).then(|| (place.range.clone(), style.print(&Value::Object(new), 5)))
            }));
        }
        _ => {}
    }
    edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut text = raw.text.to_string();
    for (range, new) in edits {
        text.replace_range(range, &new);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": 3,
   "id": "a",
   "metadata": {"x":  1.00},
   "outputs": [
    {
     "name": "stdout",
     "mine": [],
     "output_type": "stream",
     "text": "1\n"
    }
   ],
   "source": [
    "println!(\"1\")"
   ]
  }
 ],
 "metadata": {},
 "nbformat": 4,
 "nbformat_minor": 5
}
"#;

    fn stdout(text: &str) -> Output {
        Output::Stream { stream: Stream::Stdout, text: text.into() }
    }

    fn changed(text: &str, outputs: Vec<Output>) -> String {
        Notebook::parse(text).unwrap().with_changes(&[CellChange { outputs, ..CellChange::default() }])
    }

    #[test]
    fn what_did_not_change_keeps_every_byte() {
        assert_eq!(changed(TEXT, vec![stdout("1\n")]), TEXT);
        let new = changed(TEXT, vec![stdout("2\n3\n")]);
        let expected = TEXT.replace("\"text\": \"1\\n\"", "\"text\": [\n      \"2\\n\",\n      \"3\\n\"\n     ]");
        assert_eq!(new, expected);
        assert_eq!(changed(TEXT, vec![]).matches("\"outputs\": []").count(), 1);
    }

    #[test]
    fn the_files_own_style_is_followed() {
        let windows = TEXT.replace('\n', "\r\n");
        let new = changed(&windows, vec![stdout("2\n")]);
        assert_eq!(new.matches('\n').count(), new.matches("\r\n").count());
        let bom = format!("\u{feff}{TEXT}");
        assert!(changed(&bom, vec![stdout("2\n")]).starts_with("\u{feff}{\n \"cells\""));
        let compact =
            r#"{"cells": [{"cell_type": "code", "metadata": {}, "source": "\u00e9", "outputs": []}], "nbformat": 4}"#;
        let new = changed(compact, vec![stdout("값\n")]);
        let list = r#"[{"name": "stdout", "output_type": "stream", "text": ["\uac12\n"]}]"#;
        assert_eq!(new, compact.replace("[]", list));
        let without = r#"{"cells": [{"cell_type": "code", "source": "1"}], "nbformat": 4}"#;
        assert!(changed(without, vec![stdout("1\n")]).contains(r#""source": "1", "outputs": [{"name""#));
    }

    #[test]
    fn what_is_written_reads_back_the_same() {
        let bundle = [("text/plain", "a\nb"), ("application/json", r#"{"a":[1]}"#), ("image/png", "AAAA")];
        let data: MimeBundle = bundle.iter().map(|(mime, text)| (mime.to_string(), text.to_string())).collect();
        let outputs = vec![stdout("x\n"), Output::Rich { kind: RichKind::Result, data }];
        let new = Notebook::parse(&changed(TEXT, outputs.clone())).unwrap();
        assert_eq!(new.cells[0].outputs, outputs);
    }
}
