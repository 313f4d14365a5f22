//! What a reader is told of a cell that doesn't compile, or whose variable can't live on.

use super::diagnostics::{Fault, Touch, refusal};
use super::generate::Plan;
use super::source::line_and_column;
use super::types::{TypeText, Unnameable};
use crate::cli::engine::caret;
use crate::cli::outcome::{Diagnostic, Span};
use crate::cli::syntax::split::Cell;

/// The faults as the reader sees them.
pub fn shown(faults: Vec<Fault>, lost: &[String], cell: &Cell, plan: &Plan, code: &str) -> Vec<Diagnostic> {
    let words = cell.words().names;
    let has_own_place = faults.iter().any(|fault| !fault.at.is_empty());
    let mut diagnostics = Vec::new();
    for fault in faults {
        // What goes wrong in generated code alone follows from an error that has its place.
        if has_own_place && fault.at.is_empty() && fault.earlier.is_empty() {
            continue;
        }
        let mut diagnostic = fault.diagnostic;
        as_if_never_loaded(&mut diagnostic, plan, code);
        chosen_too_late(&mut diagnostic);
        for name in
            lost.iter().filter(|name| words.contains(*name) && diagnostic.message.contains(&format!("`{name}`")))
        {
            let note = format!("note: `{name}` was given up, because a type that it is made of was defined anew");
            diagnostic.rendered.push_str(&format!("  = {note}\n"));
            diagnostic.notes.push(note);
        }
        if !diagnostics.contains(&diagnostic) {
            diagnostics.push(diagnostic);
        }
    }
    diagnostics
}

/// A loaded variable stands outside of the closure that the cell is: rustc words an assignment to it accordingly.
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

/// Behind a `?` the type of a plain `1` is asked for before rustc has chosen it, and `!` is what it then says.
fn chosen_too_late(diagnostic: &mut Diagnostic) {
    if diagnostic.notes.iter().any(|note| note.contains("`?` operator cannot convert from `!`")) {
        let help =
            "help: say the type of a number, as in `1_i64`, or that of the result, as in `let total: i64 = ...?;`";
        diagnostic.rendered.push_str(&format!("  = {help}\n"));
        diagnostic.notes.push(help.to_owned());
    }
}

pub fn cannot_persist(name: &str, type_text: &TypeText, why: Unnameable, code: &str) -> Diagnostic {
    let (what, help) = match why {
        Unnameable::Closure => (
            "its type holds a closure, which has no name that a later cell could use",
            format!(
                "help: box it, as in `let {name}: Box<dyn Fn(i32) -> i32> = Box::new(...);`, or collect what it yields"
            ),
        ),
        Unnameable::Future => (
            "its type is a future, which has no name that a later cell could use",
            format!(
                "help: `.await` it in this cell, or box it, as in `let {name} = Box::pin(...) as std::pin::Pin<Box<dyn Future<Output = i32>>>;`"
            ),
        ),
        Unnameable::Function => (
            "its type is that of one function",
            format!("help: give it the type of a function pointer, as in `let {name}: fn(i32) -> i32 = ...;`"),
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
    let inside = "help: or put the statements in braces, `{ ... }`, where nothing needs to live on".to_owned();
    let message = format!("the variable `{name}` can't live on after its cell: {what}");
    refusal(message, vec![format!("note: its type is `{shown}`"), help, inside], binding_place(name, code), code)
}

pub fn cannot_be_named(fault: &Fault, code: &str) -> Diagnostic {
    let name = fault.load.as_deref().unwrap_or_default();
    let message = format!("the variable `{name}` can't be used after its cell: the name of its type is private");
    let why = format!("note: {}", fault.diagnostic.message);
    let help = format!(
        "help: make that module `pub`, or keep `{name}` as a `Box<dyn ...>`, or use it in the cell that makes it"
    );
    refusal(message, vec![why, help], Vec::new(), code)
}

pub fn cannot_outlive(fault: &Fault, code: &str) -> Diagnostic {
    // What moves is the value that is borrowed from; what is used later is the borrow.
    let borrows = |touch: &&Touch| !(touch.put_back || touch.is_primary && fault.touches.len() > 1);
    let stored = fault.touches.iter().find(borrows).or(fault.touches.first());
    let name = stored.map(|touch| touch.name.as_str()).unwrap_or_default();
    let message = format!("the variable `{name}` can't live on after its cell: it borrows from another value");
    let why = format!("note: {}", fault.diagnostic.message);
    let help = format!(
        "help: keep a copy that owns its data (`.clone()`, `.to_owned()`, `.to_vec()`), or put the statements that use `{name}` in braces"
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
