//! rustc's JSON messages, turned into diagnostics in the cell's own lines and columns.
//!
//! Generated code is never shown; what is wrong inside it is told apart, for the session to act on.

use serde_json::Value;

use super::source::{Origin, Source, line_and_column};
use super::types::RESERVED;
use crate::cli::engine::caret;
use crate::cli::outcome::{Diagnostic, Span};

/// An error with what the session must know of it beside its text.
#[derive(Clone, Debug, Default)]
pub struct Fault {
    pub diagnostic: Diagnostic,
    pub code: String,
    /// Variables whose storing or putting back it touches.
    pub touches: Vec<Touch>,
    /// The variable whose written type is what is wrong.
    pub load: Option<String>,
    /// It touches the generated showing of the final expression.
    pub in_show: bool,
    /// Bytes of the cell where its main places begin.
    pub at: Vec<usize>,
    /// Indices of earlier items that it touches, by the address of the item.
    pub earlier: Vec<usize>,
}

/// A variable at the cell's end, as an error meets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touch {
    pub name: String,
    /// It was loaded, and is put back; else it is new, and stored.
    pub put_back: bool,
    pub is_primary: bool,
}

/// The errors among rustc's messages.
pub fn faults(messages: &[Value], source: &Source, code: &str, file: &str) -> Vec<Fault> {
    let errors = messages.iter().filter(|message| message["level"] == "error");
    let real = errors.filter(|message| !message["message"].as_str().unwrap_or_default().starts_with("aborting due to"));
    let mut faults: Vec<Fault> = real.map(|message| fault(message, source, code, file)).collect();
    // One bracket too many has closed several of ours.
    faults.dedup_by(|next, before| next.diagnostic == before.diagnostic);
    faults
}

/// Is one of the messages, or of the notes on where it came from, about this source's cell?
pub fn is_about(messages: &[Value], source: &Source, code: &str, file: &str) -> bool {
    let told = messages.iter().filter(|message| message["level"] == "error" || message["level"] == "note");
    told.map(|message| fault(message, source, code, file))
        .any(|fault| fault.in_show || fault.load.is_some() || !fault.at.is_empty() || !fault.touches.is_empty())
}

fn fault(message: &Value, source: &Source, code: &str, file: &str) -> Fault {
    let mut fault = Fault {
        code: message["code"]["code"].as_str().unwrap_or_default().to_owned(),
        diagnostic: Diagnostic {
            code: message["code"]["code"].as_str().map(str::to_owned),
            level: "error".to_owned(),
            message: cleaned(message["message"].as_str().unwrap_or_default()),
            ..Diagnostic::default()
        },
        ..Fault::default()
    };
    let mut elsewhere = Vec::new();
    for span in message["spans"].as_array().into_iter().flatten() {
        place(span, &mut fault, &mut elsewhere, source, code, file);
    }
    for child in message["children"].as_array().into_iter().flatten() {
        note(child, &mut fault, source, code, file);
    }
    let notes = elsewhere.into_iter().filter(|note| !fault.diagnostic.notes.contains(note)).collect::<Vec<_>>();
    fault.diagnostic.notes.extend(notes);
    if fault.diagnostic.spans.is_empty() && !code.trim().is_empty() && fault.earlier.is_empty() {
        // An error beyond the cell's end, as an unclosed bracket gives, is told at its end.
        fault.diagnostic.spans.push(span_of(code, code.trim_end().len(), code.trim_end().len(), None, true));
    }
    let message = &fault.diagnostic.message;
    let is_mismatched = message.starts_with("mismatched closing delimiter") || message.contains("unclosed delimiter");
    if (is_mismatched || message.starts_with("unexpected closing delimiter"))
        && let Some((at, bracket)) = stray_bracket(code)
    {
        fault.diagnostic.message = format!("unexpected closing delimiter: `{bracket}`");
        fault.diagnostic.spans = vec![span_of(code, at, at + bracket.len_utf8(), None, true)];
    } else if is_mismatched {
        // The bracket that does not match may be one of ours.
        fault.diagnostic.message = "this cell contains an unclosed delimiter".to_owned();
    }
    // The bracket behind the cell is ours.
    let is_at_end = fault.earlier.is_empty() && fault.at.iter().all(|at| code.get(*at..).is_none_or(is_blank));
    if is_at_end && let Some(before) = fault.diagnostic.message.strip_suffix("found `}`") {
        fault.diagnostic.message = format!("{before}found the end of the cell");
    }
    fault.diagnostic.rendered = caret::render(&fault.diagnostic, code);
    fault
}

/// The first bracket that closes what was not opened, or what another opened.
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

fn place(span: &Value, fault: &mut Fault, elsewhere: &mut Vec<String>, source: &Source, code: &str, file: &str) {
    let is_primary = span["is_primary"] == true;
    let label = span["label"].as_str().map(cleaned).filter(|label| !label.is_empty());
    let Some((start, end)) = bytes_of(span, file) else { return };
    match source.origin(start) {
        (Origin::Cell(from), offset) => {
            let length = end.saturating_sub(start);
            let at = from + offset;
            if is_primary {
                fault.at.push(at);
            }
            fault.diagnostic.spans.push(span_of(code, at, (at + length).min(code.len()), label, is_primary));
        }
        (Origin::Store(name), _) => fault.touches.push(Touch { name: name.clone(), put_back: false, is_primary }),
        (Origin::PutBack(name), _) => fault.touches.push(Touch { name: name.clone(), put_back: true, is_primary }),
        (Origin::Load(name), _) if is_primary => fault.load = Some(name.clone()),
        (Origin::Load(_), _) => {}
        (Origin::Show, _) => fault.in_show = true,
        (Origin::Earlier(stored, from), offset) => {
            fault.earlier.push(std::sync::Arc::as_ptr(stored) as usize);
            let (line, _) = line_and_column(&stored.text, from + offset);
            let text = stored.text.lines().nth(line - 1).unwrap_or_default().trim();
            let label = label.map(|label| format!(" ({label})")).unwrap_or_default();
            elsewhere.push(format!("note: in an item of an earlier cell: `{text}`{label}"));
        }
        (Origin::Generated, _) => {}
    }
}

/// The bytes of a span in the source, out of whatever macro it lies in.
fn bytes_of(span: &Value, file: &str) -> Option<(usize, usize)> {
    let mut span = span;
    while span["file_name"].as_str().is_none_or(|name| !name.ends_with(file)) {
        span = span.get("expansion")?.get("span")?;
    }
    // Inside a macro of the reader's own, the call is the better place.
    while let Some(call) = span.get("expansion").and_then(|expansion| expansion.get("span")) {
        if call["file_name"].as_str().is_none_or(|name| !name.ends_with(file)) {
            break;
        }
        span = call;
    }
    Some((span["byte_start"].as_u64()? as usize, span["byte_end"].as_u64()? as usize))
}

fn span_of(code: &str, start: usize, end: usize, label: Option<String>, is_primary: bool) -> Span {
    let (line, column) = line_and_column(code, start);
    let (end_line, end_column) = line_and_column(code, end);
    Span { line, column, end_line, end_column, label, is_primary }
}

fn note(child: &Value, fault: &mut Fault, source: &Source, code: &str, file: &str) {
    let level = child["level"].as_str().unwrap_or("note");
    let text = cleaned(child["message"].as_str().unwrap_or_default());
    let spans: Vec<&Value> = child["spans"].as_array().into_iter().flatten().collect();
    let mut places = Vec::new();
    let mut replacement = None;
    let mut outside = false;
    for span in &spans {
        match bytes_of(span, file).map(|(start, _)| (start, source.origin(start))) {
            Some((start, (Origin::Cell(_), _))) => {
                let at = source.in_cell(start).unwrap_or_default();
                places.push(line_and_column(code, at).0);
                replacement = span["suggested_replacement"].as_str().map(cleaned).or(replacement);
            }
            Some((_, (Origin::Store(name), _))) => {
                fault.touches.push(Touch { name: name.clone(), put_back: false, is_primary: false });
                outside = true;
            }
            Some(_) => outside = true,
            None => {}
        }
    }
    if text.contains(RESERVED) || outside && places.is_empty() || text.contains("fp_rt") || text.is_empty() {
        return;
    }
    let is_lint_note = text.starts_with("`#[") || text.contains("originates in the macro");
    let is_build_note = text.contains("full name for the type") || text.contains("--verbose");
    if is_lint_note || is_build_note {
        return;
    }
    let text = text.trim_end().replace('\n', "\n      ");
    let replacement = replacement.filter(|it| !it.trim().is_empty() && spans.len() == 1);
    let replacement = replacement.map(|it| format!(": `{}`", it.trim())).unwrap_or_default();
    fault.diagnostic.notes.push(format!("{level}: {text}{replacement}"));
}

/// Reserved prefixes are ours, not the reader's.
fn cleaned(text: &str) -> String {
    text.replace(RESERVED, "").replace("fp_rt::", "")
}

/// A refusal of the session's own, in the manner of rustc.
pub fn refusal(message: String, notes: Vec<String>, spans: Vec<Span>, code: &str) -> Diagnostic {
    let mut diagnostic = Diagnostic { level: "error".to_owned(), message, notes, spans, ..Diagnostic::default() };
    diagnostic.rendered = caret::render(&diagnostic, code);
    diagnostic
}
