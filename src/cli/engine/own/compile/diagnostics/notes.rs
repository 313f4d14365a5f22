//! The notes and suggestions below an error, in the cell's own lines.
//!
//! A suggestion is shown as the lines that it makes. A note on something in the cell quotes its line.

use std::ops::Range;

use serde_json::Value;

use super::super::generated::Origin;
use super::{Fault, Locator, Role, cleaned};
use crate::cli::engine::own::source::line_and_column;

/// How many alternatives of a suggestion are shown.
const MOST: usize = 4;

/// Where a span of a note is.
enum Place {
    Cell(Range<usize>),
    /// In an item of an earlier cell: its line.
    Earlier(String),
    /// In code that the user did not write.
    Generated,
    /// In a crate.
    Elsewhere,
}

impl Locator<'_> {
    pub(super) fn note(&self, child: &Value, fault: &mut Fault) {
        let level = child["level"].as_str().unwrap_or("note");
        let text = self.worded(child["message"].as_str().unwrap_or_default());
        let spans: Vec<&Value> = child["spans"].as_array().into_iter().flatten().collect();
        let places: Vec<Place> = spans.iter().map(|span| self.place_of(span, fault)).collect();
        let is_suggestion = spans.iter().any(|span| span["suggested_replacement"].is_string());
        let in_cell = places.iter().any(|place| matches!(place, Place::Cell(_)));
        let is_outside = places.iter().any(|place| matches!(place, Place::Generated));
        // The final expression is shown by reference.
        let is_of_reference = fault.in_show && text.starts_with("required for `&");
        if is_about_generated_code(&text) || is_of_reference {
            return;
        }
        let more = if is_suggestion {
            match self.suggestion(&spans, &places) {
                Some(lines) => lines,
                None if is_outside && !in_cell || places.iter().any(|place| matches!(place, Place::Earlier(_))) => {
                    return;
                }
                None => String::new(),
            }
        } else {
            if is_outside && !in_cell {
                return;
            }
            self.labels(&spans, &places, fault)
        };
        let text = without_cargo(&text).trim_end().replace('\n', "\n      ");
        fault.diagnostic.notes.push(format!("{level}: {text}{more}"));
    }

    fn place_of(&self, span: &Value, fault: &mut Fault) -> Place {
        let Some((start, end)) = self.bytes_of(span) else { return Place::Elsewhere };
        if let Some(range) = self.generated.range_in_cell(start, end, self.code) {
            return Place::Cell(range);
        }
        match self.generated.origin(start) {
            (Origin::Store(name), _) => fault.touch(name, Role::Stored, false),
            (Origin::Earlier(item, from), offset) => {
                let (line, _) = line_and_column(&item.text, from + offset);
                let text = item.text.lines().nth(line - 1).unwrap_or_default().trim();
                return Place::Earlier(text.to_owned());
            }
            _ => {}
        }
        Place::Generated
    }

    /// The lines that a suggestion makes; `None` if it changes anything but the cell.
    fn suggestion(&self, spans: &[&Value], places: &[Place]) -> Option<String> {
        let mut edits = Vec::new();
        for (span, place) in spans.iter().zip(places) {
            let new = cleaned(span["suggested_replacement"].as_str().unwrap_or_default());
            match place {
                Place::Cell(range) => edits.push((range.clone(), new)),
                // An import stands at the head of the crate.
                Place::Generated if new.trim_start().starts_with("use ") => edits.push((0..0, new)),
                _ => return None,
            }
        }
        edits.sort_by_key(|(range, _)| (range.start, range.end));
        let are_alternatives = edits.windows(2).any(|pair| pair[0].0.end > pair[1].0.start || pair[0].0 == pair[1].0);
        let made: Vec<String> = if are_alternatives {
            edits.chunks(1).map(|edit| edited(self.code, edit)).take(MOST).collect()
        } else {
            vec![edited(self.code, &edits)]
        };
        let is_short = made.len() == 1 && !made[0].contains('\n');
        let lines = made.iter().flat_map(|text| text.lines()).filter(|line| !line.trim().is_empty());
        Some(match made.first() {
            Some(line) if is_short && line.trim().is_empty() => String::new(),
            Some(line) if is_short => format!(": `{}`", line.trim()),
            _ => format!(":{}", lines.map(|line| format!("\n        {line}")).collect::<String>()),
        })
    }

    /// What rustc writes beside the spans of a note, and the line of the first of them.
    fn labels(&self, spans: &[&Value], places: &[Place], fault: &Fault) -> String {
        let mut labels: Vec<String> = Vec::new();
        for span in spans {
            let label = span["label"].as_str().map(|label| self.worded(label)).unwrap_or_default();
            let says_more = !label.is_empty() && !label.contains("required by ");
            if says_more && !labels.contains(&label) {
                labels.push(label);
            }
        }
        let is_primary = |(span, _): &(&&Value, &Place)| span["is_primary"] == true;
        let shown: Vec<usize> = fault.diagnostic.spans.iter().map(|span| span.line).collect();
        let line = spans.iter().zip(places).find(is_primary).and_then(|(_, place)| match place {
            Place::Cell(range) => {
                let (line, _) = line_and_column(self.code, range.start);
                let text = self.code.lines().nth(line - 1).unwrap_or_default().trim().to_owned();
                (!shown.contains(&line)).then_some(text)
            }
            Place::Earlier(text) => Some(text.clone()),
            Place::Generated | Place::Elsewhere => None,
        });
        let line = line.filter(|line| !line.is_empty()).map(|line| format!(": `{line}`")).unwrap_or_default();
        match labels.as_slice() {
            [] => line,
            [one] if !one.contains(" implements ") => format!("{line} ({one})"),
            _ => format!("{line}:{}", labels.iter().map(|label| format!("\n        {label}")).collect::<String>()),
        }
    }
}

/// The lines of the code that these edits change, as they would be.
fn edited(code: &str, edits: &[(Range<usize>, String)]) -> String {
    let (Some(first), Some(last)) = (edits.first(), edits.last()) else { return String::new() };
    if first.0.is_empty() && first.1.trim_start().starts_with("use ") {
        return first.1.trim().to_owned();
    }
    let start = code[..first.0.start].rfind('\n').map_or(0, |at| at + 1);
    let end = code[last.0.end..].find('\n').map_or(code.len(), |at| last.0.end + at);
    let before: Vec<&str> = code[start..end].lines().collect();
    let mut text = String::new();
    let mut at = start;
    for (range, new) in edits {
        text.push_str(&code[at..range.start]);
        text.push_str(new);
        at = range.end;
    }
    text.push_str(&code[at..end]);
    let lines: Vec<&str> = text.lines().collect();
    let is_new = |line: &&&str| lines.len() <= before.len() + 1 && lines.len() <= 3 || !before.contains(*line);
    let kept: Vec<&str> = lines.iter().filter(is_new).copied().collect();
    let indent = kept.iter().filter(|line| !line.trim().is_empty());
    let indent = indent.map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
    kept.iter().map(|line| line.get(indent..).unwrap_or_default().trim_end()).collect::<Vec<_>>().join("\n")
}

/// There is no Cargo.toml to edit: a crate is added by a line of the cell.
fn without_cargo(text: &str) -> String {
    let heads = ["use `cargo add ", "you might be missing a crate named `"];
    let named = heads.iter().find_map(|head| text.split_once(*head)).and_then(|(_, rest)| rest.split('`').next());
    match named {
        Some(name) => format!("add the crate with a line at the top of the cell: `:dep {name} = \"*\"`"),
        None => text.to_owned(),
    }
}

/// Notes on generated code, lint levels and files that the user does not see.
fn is_about_generated_code(text: &str) -> bool {
    let is_lint_note = text.starts_with("`#[") || text.contains("originates in the macro");
    let is_build_note = text.contains("full name for the type") || text.contains("--verbose");
    text.contains("fp_rt") || text.is_empty() || is_lint_note || is_build_note
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suggestion_is_the_line_as_it_would_be() {
        let code = "let a = 1;\n    if a = 1 { 2 }\nf(a, b)";
        let at = |text: &str| code.find(text).unwrap_or_default();
        let insert = |at: usize, text: &str| (at..at, text.to_owned());
        for (edits, expected) in [
            (vec![insert(at("a = 1 {") + 2, "=")], "if a == 1 { 2 }"),
            (vec![insert(4, "mut ")], "let mut a = 1;"),
            (vec![(at(", b")..at(", b") + 3, String::new())], "f(a)"),
            (vec![insert(at("f(a"), "("), insert(code.len(), ")")], "(f(a, b))"),
            (vec![insert(0, "#[derive(Debug)]\n")], "#[derive(Debug)]\nlet a = 1;"),
            (vec![insert(0, "use std::rc::Rc;\n\n")], "use std::rc::Rc;"),
        ] {
            assert_eq!(edited(code, &edits), expected);
        }
    }
}
