//! Diagnostics for a cell that does not compile, or whose variable cannot outlive it.

use super::super::source::{Source, line_and_column};
use super::diagnostics::{Fault, Touch, refusal};
use super::plan::Plan;
use super::types::{TypeText, Unnameable};
use crate::cli::engine::caret;
use crate::cli::outcome::{Diagnostic, Span};

/// The faults as the user sees them.
pub fn shown(faults: Vec<Fault>, dropped: &[String], plan: &Plan, source: &Source) -> Vec<Diagnostic> {
    let words = source.cell.words().names;
    let dropped: Vec<&String> = dropped.iter().filter(|name| words.contains(*name)).collect();
    let has_own_place = faults.iter().any(|fault| !fault.at.is_empty());
    let mut diagnostics = Vec::new();
    for fault in faults {
        // Errors in generated code alone follow from an error with a place in the cell.
        if has_own_place && fault.at.is_empty() && fault.earlier.is_empty() {
            continue;
        }
        let mut diagnostic = fault.diagnostic;
        as_if_never_loaded(&mut diagnostic, plan, &source.code);
        chosen_too_late(&mut diagnostic);
        for name in dropped.iter().filter(|name| diagnostic.message.contains(&format!("`{name}`"))) {
            let note = format!("note: variable `{name}` was dropped: a type it depends on was redefined");
            diagnostic.rendered.push_str(&format!("  = {note}\n"));
            diagnostic.notes.push(note);
        }
        if !diagnostics.contains(&diagnostic) {
            diagnostics.push(diagnostic);
        }
    }
    diagnostics
}

/// A loaded variable is declared outside the closure around the cell, and rustc words an assignment to it accordingly.
fn as_if_never_loaded(diagnostic: &mut Diagnostic, plan: &Plan, code: &str) {
    let tail = "`, as it is not declared as mutable";
    let name = diagnostic.message.strip_prefix("cannot assign to `").and_then(|rest| rest.strip_suffix(tail));
    if let Some(name) = plan.load.iter().find(|loaded| name == Some(loaded.as_str())) {
        diagnostic.message = format!("cannot assign twice to immutable variable `{name}`");
        diagnostic.code = Some("E0384".to_owned());
        diagnostic.notes.push(format!("help: make it mutable where it is declared: `let mut {name}`"));
        diagnostic.rendered = caret::render(diagnostic, code);
    }
}

/// After `?`, rustc needs the type of a plain `1` before its fallback to `i32`, and reports `!`.
fn chosen_too_late(diagnostic: &mut Diagnostic) {
    if diagnostic.notes.iter().any(|note| note.contains("`?` operator cannot convert from `!`")) {
        let help =
            "help: annotate the type of a number, as in `1_i64`, or of the result, as in `let total: i64 = ...?;`";
        diagnostic.rendered.push_str(&format!("  = {help}\n"));
        diagnostic.notes.push(help.to_owned());
    }
}

pub fn cannot_persist(name: &str, type_text: &TypeText, why: Unnameable, code: &str) -> Diagnostic {
    let (what, help) = match why {
        Unnameable::Closure => (
            "its type contains a closure, which a later cell cannot name",
            format!("help: box it, as in `let {name}: Box<dyn Fn(i32) -> i32> = Box::new(...);`, or collect its items"),
        ),
        Unnameable::Future => (
            "its type is a future, which a later cell cannot name",
            format!(
                "help: `.await` it in this cell, or box it, as in `let {name} = Box::pin(...) as \
                 std::pin::Pin<Box<dyn Future<Output = i32>>>;`"
            ),
        ),
        Unnameable::Function => (
            "its type is that of a single function, which a later cell cannot name",
            format!("help: make it a function pointer, as in `let {name}: fn(i32) -> i32 = ...;`"),
        ),
        Unnameable::Opaque => (
            "its type is hidden behind `impl`",
            format!("help: box it, as in `let {name}: Box<dyn Trait> = Box::new(...);`"),
        ),
    };
    let shown = type_text.shown();
    let shown = shown
        .split("{closure@")
        .next()
        .filter(|head| head.len() < shown.len())
        .map_or(shown.clone(), |head| format!("{head}closure ..."));
    let inside = "help: or put the statements in braces, `{ ... }`, if no later cell needs the variable".to_owned();
    let message = format!("variable `{name}` cannot outlive its cell: {what}");
    refusal(message, vec![format!("note: its type is `{shown}`"), help, inside], binding_place(name, code), code)
}

pub fn cannot_be_named(fault: &Fault, code: &str) -> Diagnostic {
    let name = fault.load.as_deref().unwrap_or_default();
    let message = format!("variable `{name}` cannot be used after its cell: the name of its type is private");
    let why = format!("note: {}", fault.diagnostic.message);
    let help = format!(
        "help: make that module `pub`, or make `{name}` a `Box<dyn ...>`, or use it in the cell that defines it"
    );
    refusal(message, vec![why, help], Vec::new(), code)
}

pub fn cannot_outlive(fault: &Fault, code: &str) -> Diagnostic {
    // What moves is the value that is borrowed from; what is used later is the borrow.
    let borrows = |touch: &&Touch| !(touch.put_back || touch.is_primary && fault.touches.len() > 1);
    let stored = fault.touches.iter().find(borrows).or(fault.touches.first());
    let name = stored.map(|touch| touch.name.as_str()).unwrap_or_default();
    let message = format!("variable `{name}` cannot outlive its cell: it borrows from another value");
    let why = format!("note: {}", fault.diagnostic.message);
    let help = format!(
        "help: store a copy that owns its data (`.clone()`, `.to_owned()`, `.to_vec()`), \
         or put the statements that use `{name}` in braces"
    );
    let mut diagnostic = refusal(message, vec![why, help], fault.diagnostic.spans.clone(), code);
    diagnostic.code = fault.diagnostic.code.clone();
    diagnostic
}

fn binding_place(name: &str, code: &str) -> Vec<Span> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let found = code.match_indices(name).map(|(at, _)| at).filter(|at| {
        let before = code[..*at].chars().next_back().is_none_or(|c| !is_word(c));
        let after = code[at + name.len()..].chars().next().is_none_or(|c| !is_word(c));
        let words: Vec<&str> =
            code[..*at].split(|c: char| !is_word(c)).filter(|word| !word.is_empty()).rev().take(2).collect();
        before && after && words.contains(&"let")
    });
    let Some(at) = found.last() else { return Vec::new() };
    let ((line, column), (end_line, end_column)) = (line_and_column(code, at), line_and_column(code, at + name.len()));
    vec![Span { line, column, end_line, end_column, label: None, is_primary: true }]
}
