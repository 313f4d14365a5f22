//! rustc's JSON messages, turned into diagnostics in the cell's own lines and columns.
//!
//! Generated code is never shown; errors inside it are classified, so that the next pass can avoid them.

mod notes;

use serde_json::Value;

use super::super::source::line_and_column;
use super::generated::{Generated, Origin};
use super::types::RESERVED;
use crate::cli::engine::caret;
use crate::cli::outcome::{Diagnostic, Span};

/// An error, with the parts of the generated code that it touches.
#[derive(Clone, Debug, Default)]
pub struct Fault {
    pub diagnostic: Diagnostic,
    pub code: String,
    /// Variables that it prevents from being stored or put back.
    pub touches: Vec<Touch>,
    /// The variable that cannot be loaded under its written type.
    pub load: Option<String>,
    /// The loaded variable into which a value of the cell is put.
    pub holder: Option<String>,
    /// The variable whose drop at the end of the cell uses a borrow.
    pub dropped: Option<String>,
    /// It touches the generated code that shows the final expression.
    pub in_show: bool,
    /// Its primary span is the final expression as a whole.
    pub is_final: bool,
    /// The bytes of the cell where its primary spans begin.
    pub at: Vec<usize>,
    /// Earlier items that it touches, by address.
    pub earlier: Vec<usize>,
}

/// A variable that an error touches at the cell's end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touch {
    pub name: String,
    pub role: Role,
    pub is_primary: bool,
}

/// The last message of a failed compilation, which says how many errors there were.
pub fn is_summary(message: &Value) -> bool {
    message["message"].as_str().is_some_and(|text| text.starts_with("aborting due to"))
}

/// What was to become of a variable at the cell's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It is new and stored.
    Stored,
    /// It is new and dropped before others are stored.
    Released,
    /// It was loaded and is put back.
    PutBack,
}

impl Fault {
    fn touch(&mut self, name: &str, role: Role, is_primary: bool) {
        self.touches.push(Touch { name: name.to_owned(), role, is_primary });
    }

    /// The variable that the message is about: the first name in backticks.
    pub fn subject(&self) -> Option<String> {
        let is_name = |word: &&str| !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '_');
        let quoted = self.diagnostic.message.split('`').nth(1)?.trim_start_matches('*');
        quoted.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().filter(is_name).map(str::to_owned)
    }
}

/// Locates rustc's spans in the cell.
pub struct Locator<'a> {
    pub generated: &'a Generated,
    pub code: &'a str,
    /// The name of the generated file.
    pub file: &'a str,
}

impl Locator<'_> {
    /// The errors among rustc's messages.
    pub fn faults(&self, messages: &[Value]) -> Vec<Fault> {
        let errors = messages.iter().filter(|message| message["level"] == "error");
        let real = errors.filter(|message| !is_summary(message));
        let mut faults: Vec<Fault> = real.map(|message| self.fault(message)).collect();
        // One closing bracket too many closes several of the generated ones.
        faults.dedup_by(|next, before| {
            let is_same = next.diagnostic == before.diagnostic;
            if is_same {
                before.touches.append(&mut next.touches);
                before.dropped = before.dropped.take().or(next.dropped.take());
            }
            is_same
        });
        faults
    }

    /// Is one of the messages, or of their notes, about this cell?
    pub fn is_about(&self, messages: &[Value]) -> bool {
        let shown = messages.iter().filter(|message| message["level"] == "error" || message["level"] == "note");
        shown
            .map(|message| self.fault(message))
            .any(|fault| fault.in_show || fault.load.is_some() || !fault.at.is_empty() || !fault.touches.is_empty())
    }

    fn fault(&self, message: &Value) -> Fault {
        let mut fault = Fault {
            code: message["code"]["code"].as_str().unwrap_or_default().to_owned(),
            diagnostic: Diagnostic {
                code: message["code"]["code"].as_str().map(str::to_owned),
                level: "error".to_owned(),
                message: self.worded(message["message"].as_str().unwrap_or_default()),
                ..Diagnostic::default()
            },
            ..Fault::default()
        };
        let mut elsewhere = Vec::new();
        for span in message["spans"].as_array().into_iter().flatten() {
            self.place(span, &mut fault, &mut elsewhere);
        }
        for child in message["children"].as_array().into_iter().flatten() {
            self.note(child, &mut fault);
        }
        let notes = elsewhere.into_iter().filter(|note| !fault.diagnostic.notes.contains(note)).collect::<Vec<_>>();
        fault.diagnostic.notes.extend(notes);
        self.reword(&mut fault);
        fault.diagnostic.rendered = caret::render(&fault.diagnostic, self.code);
        fault
    }

    /// Words an error as if the generated code did not exist.
    fn reword(&self, fault: &mut Fault) {
        let code = self.code;
        if fault.diagnostic.spans.is_empty() && !code.trim().is_empty() && fault.earlier.is_empty() {
            // An error beyond the cell's end, such as an unclosed bracket, is reported at its end.
            let end = code.trim_end().len();
            fault.diagnostic.spans.push(span_of(code, end, end, None, true));
        }
        let message = &fault.diagnostic.message;
        let is_mismatched =
            message.starts_with("mismatched closing delimiter") || message.contains("unclosed delimiter");
        if (is_mismatched || message.starts_with("unexpected closing delimiter"))
            && let Some((at, bracket)) = stray_bracket(code)
        {
            fault.diagnostic.message = format!("unexpected closing delimiter: `{bracket}`");
            fault.diagnostic.spans = vec![span_of(code, at, at + bracket.len_utf8(), None, true)];
        } else if is_mismatched {
            // The mismatched bracket may be a generated one.
            fault.diagnostic.message = "this cell contains an unclosed delimiter".to_owned();
        }
        // Only the generated closure is around it.
        let is_stray = fault.code == "E0267" && fault.diagnostic.spans.iter().all(|span| span.is_primary);
        if is_stray && let Some(word) = fault.diagnostic.message.split('`').nth(1) {
            let outside = format!("`{word}` outside of a loop or labeled block");
            for span in &mut fault.diagnostic.spans {
                span.label = Some(format!("cannot {outside}"));
            }
            fault.diagnostic.message = outside;
            fault.code = "E0268".to_owned();
            fault.diagnostic.code = Some(fault.code.clone());
        }
        // The bracket after the cell is a generated one.
        let is_at_end = fault.earlier.is_empty() && fault.at.iter().all(|at| code.get(*at..).is_none_or(is_blank));
        if is_at_end && let Some(before) = fault.diagnostic.message.strip_suffix("found `}`") {
            fault.diagnostic.message = format!("{before}found the end of the cell");
        }
    }

    /// rustc's words, without generated names and places.
    fn worded(&self, text: &str) -> String {
        let mark = format!("@{}:", self.file);
        let mut pieces = text.split(&mark);
        let mut worded = cleaned(pieces.next().unwrap_or_default());
        for piece in pieces {
            let length = piece.find(|c: char| !(c.is_ascii_digit() || c == ':' || c == ' ')).unwrap_or(piece.len());
            let (place, rest) = piece.split_at(length);
            let numbers: Vec<usize> = place.split([':', ' ']).filter_map(|number| number.parse().ok()).collect();
            let in_cell = |pair: &[usize]| {
                let at = self.generated.byte_at(*pair.first()?, *pair.get(1)?)?;
                let (line, column) = line_and_column(self.code, self.generated.range_in_cell(at, at, self.code)?.start);
                Some(format!("{line}:{column}"))
            };
            let places: Option<Vec<String>> = numbers.chunks(2).map(in_cell).collect();
            if let Some(places) = places.filter(|places| !places.is_empty()) {
                worded.push_str(&format!("@cell:{}", places.join(": ")));
            }
            worded.push_str(&cleaned(rest));
        }
        worded
    }

    fn place(&self, span: &Value, fault: &mut Fault, elsewhere: &mut Vec<String>) {
        let is_primary = span["is_primary"] == true;
        let label = span["label"].as_str().map(|label| self.worded(label)).filter(|label| !label.is_empty());
        let Some((start, end)) = self.bytes_of(span) else { return };
        let is_drop = |label: &str| label.contains("when `") && label.contains("` is dropped");
        if let Some(label) = label.as_deref().filter(|label| is_drop(label)) {
            fault.dropped = label.split("when `").nth(1).and_then(|rest| rest.split('`').next()).map(str::to_owned);
        }
        if let Some(range) = self.generated.range_in_cell(start, end, self.code) {
            // Code that only shows the final expression has no place of its own.
            let is_shown = |at: usize| matches!(self.generated.origin(at).0, Origin::Show { .. });
            fault.in_show |= is_shown(start);
            let is_all_show = is_shown(start) && self.generated.in_cell_between(start, end).is_none();
            if !is_primary && is_all_show {
                return;
            }
            if is_primary && !is_all_show {
                fault.at.push(range.start);
                fault.is_final |= is_shown(start);
            }
            fault.diagnostic.spans.push(span_of(self.code, range.start, range.end, label, is_primary));
            return;
        }
        match self.generated.origin(start) {
            (Origin::Store(name), _) => fault.touch(name, Role::Stored, is_primary),
            (Origin::Release(name), _) => fault.touch(name, Role::Released, is_primary),
            (Origin::PutBack(name), _) => fault.touch(name, Role::PutBack, is_primary),
            (Origin::Load(name), _) if is_primary => fault.load = Some(name.clone()),
            (Origin::Load(name), _) => {
                let is_holder =
                    |label: &String| label.contains("appears in the type of") || label.contains("outside of");
                if label.as_ref().is_some_and(is_holder) {
                    fault.holder = Some(name.clone());
                }
            }
            (Origin::Earlier(item, from), offset) => {
                fault.earlier.push(std::sync::Arc::as_ptr(item) as usize);
                let (line, _) = line_and_column(&item.text, from + offset);
                let text = item.text.lines().nth(line - 1).unwrap_or_default().trim();
                let label = label.map(|label| format!(" ({label})")).unwrap_or_default();
                elsewhere.push(format!("note: in an item of an earlier cell: `{text}`{label}"));
            }
            (Origin::File(file), offset) => {
                let at = span_of(self.code, file.at.start, file.at.end, None, true);
                if is_primary && !fault.diagnostic.spans.contains(&at) {
                    fault.at.push(file.at.start);
                    fault.diagnostic.spans.push(at);
                }
                let (line, _) = line_and_column(&file.text, offset);
                let text = file.text.lines().nth(line - 1).unwrap_or_default().trim();
                let label = label.map(|label| format!(" ({label})")).unwrap_or_default();
                elsewhere.push(format!("note: in `{}`: `{text}`{label}", file.name));
            }
            (Origin::Other | Origin::Cell(_) | Origin::Show { .. }, _) => {}
        }
    }

    /// The bytes of a span in the generated text, outside whatever macro it is in.
    fn bytes_of(&self, span: &Value) -> Option<(usize, usize)> {
        let is_here = |span: &Value| span["file_name"].as_str().is_some_and(|name| name.ends_with(self.file));
        let mut span = span;
        while !is_here(span) {
            span = span.get("expansion")?.get("span")?;
        }
        // Inside a macro of the user's own, the call is the better place.
        while let Some(call) = span.get("expansion").and_then(|expansion| expansion.get("span")) {
            if !is_here(call) {
                break;
            }
            span = call;
        }
        Some((span["byte_start"].as_u64()? as usize, span["byte_end"].as_u64()? as usize))
    }
}

/// The first closing bracket without a matching opening one.
fn stray_bracket(code: &str) -> Option<(usize, char)> {
    let error = code.parse::<proc_macro2::TokenStream>().err()?;
    let at = error.span().byte_range().start;
    let bracket = code.get(at..)?.chars().next().filter(|bracket| matches!(bracket, ')' | ']' | '}'))?;
    Some((at, bracket))
}

/// Only blanks and comments.
fn is_blank(text: &str) -> bool {
    text.parse::<proc_macro2::TokenStream>().is_ok_and(|tokens| tokens.is_empty())
}

fn span_of(code: &str, start: usize, end: usize, label: Option<String>, is_primary: bool) -> Span {
    let (line, column) = line_and_column(code, start);
    let (end_line, end_column) = line_and_column(code, end);
    Span { line, column, end_line, end_column, label, is_primary }
}

/// Without the reserved prefixes of generated names.
fn cleaned(text: &str) -> String {
    text.replace(RESERVED, "").replace("fp_rt::", "")
}

/// An error of the session's own, in rustc's form.
pub fn refusal(message: String, notes: Vec<String>, spans: Vec<Span>, code: &str) -> Diagnostic {
    let mut diagnostic = Diagnostic { level: "error".to_owned(), message, notes, spans, ..Diagnostic::default() };
    diagnostic.rendered = caret::render(&diagnostic, code);
    diagnostic
}
