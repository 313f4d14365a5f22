//! Diagnostics for a cell that does not compile, or that uses a variable whose type has a private name.

use std::collections::BTreeSet;

use super::super::source::Source;
use super::super::state::State;
use super::diagnostics::{Fault, refusal};
use super::learn::BORROWS;
use super::plan::Plan;
use crate::cli::engine::caret;
use crate::cli::outcome::Diagnostic;

/// The faults as the user sees them.
pub fn shown(faults: Vec<Fault>, state: &State, dropped: &[String], plan: &Plan, source: &Source) -> Vec<Diagnostic> {
    let variables: BTreeSet<String> =
        state.variables.keys().cloned().chain(source.cell.bindings().into_iter().map(|bind| bind.name)).collect();
    let variables = &variables;
    let words = source.cell.words().names;
    let dropped: Vec<&String> = dropped.iter().filter(|name| words.contains(*name)).collect();
    let follows = |fault: &Fault| fault.is_final && !BORROWS.contains(&fault.code.as_str());
    let has_own_place = faults.iter().any(|fault| !fault.at.is_empty() && !follows(fault));
    let mut diagnostics = Vec::new();
    for fault in faults {
        // Errors in generated code alone, or about the value as a whole, follow from an error with a place in the cell.
        if has_own_place && (fault.at.is_empty() || follows(&fault)) && fault.earlier.is_empty() {
            continue;
        }
        let mut diagnostic = fault.diagnostic;
        declared_earlier(&mut diagnostic, plan, &source.code);
        chosen_too_late(&mut diagnostic);
        command_after_code(&mut diagnostic, &source.code);
        variable_in_a_function(&mut diagnostic, &fault.code, &fault.at, variables, source);
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

/// A loaded variable is declared in an earlier cell, where rustc's advice does not reach.
fn declared_earlier(diagnostic: &mut Diagnostic, plan: &Plan, code: &str) {
    let is_immutable = matches!(diagnostic.code.as_deref(), Some("E0384" | "E0596"));
    let name = diagnostic.message.split('`').nth(1).unwrap_or_default().trim_start_matches('*');
    if is_immutable && plan.load.iter().any(|loaded| loaded == name) {
        diagnostic.notes.push(format!("help: make it mutable where it is declared: `let mut {name}`"));
        diagnostic.rendered = caret::render(diagnostic, code);
    }
}

/// Functions see items and not variables.
fn variable_in_a_function(
    diagnostic: &mut Diagnostic,
    code: &str,
    at: &[usize],
    variables: &BTreeSet<String>,
    source: &Source,
) {
    let in_item = source.items().any(|(part, _)| at.iter().any(|at| part.range.contains(at)));
    let name = diagnostic.message.split('`').nth(1).unwrap_or_default();
    if code == "E0425" && in_item && variables.contains(name) {
        let help = format!("help: `{name}` is a variable, which functions do not see: pass it, or make it a `const`");
        diagnostic.rendered.push_str(&format!("  = {help}\n"));
        diagnostic.notes.push(help);
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

/// Commands are read before the first Rust of a cell; below it they are read as Rust.
fn command_after_code(diagnostic: &mut Diagnostic, code: &str) {
    let Some(span) = diagnostic.spans.iter_mut().find(|span| span.is_primary) else { return };
    let line = code.lines().nth(span.line.saturating_sub(1)).unwrap_or_default();
    let word = line.trim().split([' ', '=']).next().unwrap_or_default();
    let is_name = |name: &str| name.starts_with(|c: char| c.is_alphabetic());
    let is_first = line.chars().take(span.column.saturating_sub(1)).all(|c| c.is_whitespace() || c == '!');
    if !is_first {
        return;
    }
    if word.strip_prefix(':').is_some_and(is_name) && diagnostic.message.contains("found `:`") {
        span.end_line = span.line;
        span.end_column = span.column + word.chars().count();
        span.label = None;
        diagnostic.message = format!("a command such as `{word}` stands at the top of a cell, before any Rust");
        diagnostic.notes = vec!["help: move this line to the top, or to a cell of its own".to_owned()];
    } else if word.strip_prefix('!').is_some_and(is_name) && span.column > 1 {
        let help = format!("help: a shell command such as `{word}` stands at the top of a cell, before any Rust");
        diagnostic.notes.push(help);
    } else {
        return;
    }
    diagnostic.rendered = caret::render(diagnostic, code);
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
