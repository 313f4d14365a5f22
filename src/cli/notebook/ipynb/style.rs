//! The formatting of a notebook file: indent, line ends, escaping.
//!
//! New JSON is printed in the same style as the rest of the file.

use std::ops::Range;

use serde_json::{Value, json};

use super::Notebook;

/// The style of one file.
pub struct Style {
    /// `None`: everything on one line.
    indent: Option<String>,
    line_end: &'static str,
    ascii_only: bool,
}

impl Style {
    pub fn of(notebook: &Notebook) -> Style {
        let text = &notebook.text;
        let first = notebook.places.first().map_or(0, |place| place.cell.start);
        let before = &text[text[..first].rfind('\n').map_or(first, |at| at + 1)..first];
        let is_indented = !before.is_empty() && before.chars().all(|c| c == ' ' || c == '\t');
        // A cell is two levels deep.
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

    pub fn list(&self, items: &[String], depth: usize) -> String {
        if items.is_empty() {
            return "[]".into();
        }
        let separator = format!(",{}{}", if self.indent.is_none() { " " } else { "" }, self.new_line(depth + 1));
        format!("[{}{}{}]", self.new_line(depth + 1), items.join(&separator), self.new_line(depth))
    }

    pub fn print(&self, value: &Value, depth: usize) -> String {
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

    /// The empty range where a new last member of an object is inserted.
    pub fn before_close(&self, text: &str, object: &Range<usize>) -> Range<usize> {
        let inner = text[object.start..object.end - 1].trim_end();
        let at = object.start + inner.len();
        at..at
    }

    pub fn member(&self, key: &str, value: &str) -> String {
        format!(",{}\"{key}\": {value}", if self.indent.is_none() { " ".into() } else { self.new_line(3) })
    }
}
