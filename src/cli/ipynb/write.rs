//! New outputs into a notebook's text: spliced in where the old ones stood, every other byte kept.
//!
//! It follows the file's own indent, line ends and way of escaping, and nbformat's order of keys.

use std::ops::Range;

use serde_json::{Map, Value, json};

use super::{Notebook, read_output};
use crate::cli::normalize;
use crate::cli::outcome::{MimeBundle, Output, RichKind, Stream};

/// What is to stand in one cell.
#[derive(Clone, Debug, Default)]
pub struct CellChange {
    /// Its place among all cells.
    pub cell: usize,
    pub outputs: Vec<Output>,
    /// The name and text of the error that ended it.
    pub error: Option<(String, String)>,
    /// None: the count stays as it is.
    pub execution_count: Option<u64>,
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
            match &place.outputs {
                Some(range) => edits.push((range.clone(), outputs)),
                None => edits.push((style.before_close(&self.text, &place.cell), style.member("outputs", &outputs))),
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

    /// The list of outputs; one that says the same as the stored one keeps its bytes, unknown fields included.
    fn new_outputs(&self, change: &CellChange, count: Option<u64>, style: &Style) -> String {
        let stored = self.stored_outputs(change.cell);
        let mut items: Vec<String> = Vec::new();
        for (at, output) in change.outputs.iter().enumerate() {
            let same = |text: &&&str| {
                let value = serde_json::from_str(text).ok();
                value.as_ref().and_then(read_output).is_some_and(|old| says_the_same(&old, output))
            };
            match stored.get(at).filter(same) {
                Some(text) => items.push(text.to_string()),
                None => items.push(style.print(&output_value(output, count), 4)),
            }
        }
        if let Some((name, words)) = &change.error {
            let traceback: Vec<&str> = words.lines().collect();
            let value = json!({"ename": name, "evalue": words.lines().next().unwrap_or_default(),
                "output_type": "error", "traceback": traceback});
            items.push(style.print(&value, 4));
        }
        style.list(&items, 3)
    }

    fn stored_outputs(&self, cell: usize) -> Vec<&str> {
        let Some(range) = self.places.get(cell).and_then(|place| place.outputs.clone()) else { return Vec::new() };
        let node = super::spans::scan(&self.text[range.clone()], range.start);
        node.items().iter().map(|item| &self.text[item.range.clone()]).collect()
    }
}

fn says_the_same(old: &Output, new: &Output) -> bool {
    normalize::outputs([old.clone()]) == normalize::outputs([new.clone()])
}

/// An output as nbformat 4 has it.
fn output_value(output: &Output, count: Option<u64>) -> Value {
    match output {
        Output::Stream { stream, text } => {
            let name = if *stream == Stream::Stderr { "stderr" } else { "stdout" };
            json!({"name": name, "output_type": "stream", "text": lines(text)})
        }
        Output::Rich { kind: RichKind::Result, data } => {
            json!({"data": data_value(data), "execution_count": count, "metadata": {}, "output_type": "execute_result"})
        }
        Output::Rich { kind: RichKind::Display, data } => {
            json!({"data": data_value(data), "metadata": {}, "output_type": "display_data"})
        }
    }
}

fn data_value(data: &MimeBundle) -> Value {
    let mut map = Map::new();
    for (mime, text) in data {
        let value = match mime.as_str() {
            mime if mime.ends_with("json") => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
            "image/svg+xml" | "application/javascript" => lines(text),
            mime if mime.starts_with("text/") => lines(text),
            _ => json!(text),
        };
        map.insert(mime.clone(), value);
    }
    Value::Object(map)
}

/// nbformat stores text as a list of lines, each with its line end.
fn lines(text: &str) -> Value {
    Value::Array(text.split_inclusive('\n').map(|line| json!(line)).collect())
}

/// How the file is written.
struct Style {
    /// None: all on one line.
    indent: Option<String>,
    line_end: &'static str,
    ascii_only: bool,
}

impl Style {
    fn of(notebook: &Notebook) -> Style {
        let text = &notebook.text;
        let first = notebook.places.first().map_or(0, |place| place.cell.start);
        let before = &text[text[..first].rfind('\n').map_or(first, |at| at + 1)..first];
        let is_indented = !before.is_empty() && before.chars().all(|c| c == ' ' || c == '\t');
        // A cell stands two levels deep.
        let indent = is_indented.then(|| before[..before.len().div_ceil(2)].to_string());
        Style {
            indent,
            line_end: if text.contains("\r\n") { "\r\n" } else { "\n" },
            ascii_only: text.is_ascii() && text.contains("\\u"),
        }
    }

    fn new_line(&self, depth: usize) -> String {
        self.indent.as_ref().map_or_else(String::new, |indent| format!("{}{}", self.line_end, indent.repeat(depth)))
    }

    fn list(&self, items: &[String], depth: usize) -> String {
        if items.is_empty() {
            return "[]".into();
        }
        let separator = format!(",{}{}", if self.indent.is_none() { " " } else { "" }, self.new_line(depth + 1));
        format!("[{}{}{}]", self.new_line(depth + 1), items.join(&separator), self.new_line(depth))
    }

    fn print(&self, value: &Value, depth: usize) -> String {
        match value {
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.print(item, depth + 1)).collect();
                self.list(&items, depth)
            }
            Value::Object(map) if map.is_empty() => "{}".into(),
            Value::Object(map) => {
                let member = |(key, value): (&String, &Value)| {
                    format!("{}: {}", self.escape(&json!(key).to_string()), self.print(value, depth + 1))
                };
                let members: Vec<String> = map.iter().map(member).collect();
                let list = self.list(&members, depth);
                format!("{{{}}}", &list[1..list.len() - 1])
            }
            scalar => self.escape(&scalar.to_string()),
        }
    }

    fn escape(&self, json: &str) -> String {
        if !self.ascii_only || json.is_ascii() {
            return json.to_string();
        }
        let escaped = json.chars().map(|c| match c {
            c if c.is_ascii() => c.to_string(),
            c => c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
        });
        escaped.collect()
    }

    /// The empty range where a new last member of an object goes.
    fn before_close(&self, text: &str, object: &Range<usize>) -> Range<usize> {
        let inner = text[object.start..object.end - 1].trim_end();
        let at = object.start + inner.len();
        at..at
    }

    fn member(&self, key: &str, value: &str) -> String {
        format!(",{}\"{key}\": {value}", if self.indent.is_none() { " ".into() } else { self.new_line(3) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "{\n \"cells\": [\n  {\n   \"cell_type\": \"code\",\n   \"execution_count\": 3,\n   \"id\": \"a\",\n   \
        \"metadata\": {\"x\":  1.00},\n   \"outputs\": [\n    {\n     \"name\": \"stdout\",\n     \"mine\": [],\n     \
        \"output_type\": \"stream\",\n     \"text\": \"1\\n\"\n    }\n   ],\n   \"source\": [\n    \"println!(\\\"1\\\")\"\n   \
        ]\n  }\n ],\n \"metadata\": {},\n \"nbformat\": 4,\n \"nbformat_minor\": 5\n}\n";

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
        let expected = TEXT
            .replace("     \"mine\": [],\n", "")
            .replace("\"text\": \"1\\n\"", "\"text\": [\n      \"2\\n\",\n      \"3\\n\"\n     ]");
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
