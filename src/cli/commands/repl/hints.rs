//! Hints after a failure: where a missing name was moved or is defined, that a crash lost nothing.
//!
//! The error itself is shown by `output`; this adds what the REPL knows and rustc can't.

use std::collections::HashSet;

use super::place::{Place, defines};
use super::python;
use super::screen::Screen;
use super::work::Work;
use crate::cli::lang::Lang;
use crate::cli::outcome::{End, Outcome};
use crate::cli::syntax::names::{self, Missing};
use crate::cli::terminal::cell_end::operators;

/// The names of the session's variables after the last input, and the lines that moved the missing ones.
#[derive(Default)]
pub struct KnownVariables {
    names: Vec<String>,
    /// A name, and the line that moved it.
    moved: Vec<(String, String)>,
}

impl KnownVariables {
    /// `code` has run, and left these variables.
    pub fn update(&mut self, now: Vec<String>, code: &str) {
        let line = code.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        let missing = self.names.iter().filter(|name| !line.is_empty() && !now.contains(name));
        self.moved.extend(missing.map(|name| (name.clone(), line.to_owned())));
        self.moved.retain(|(name, _)| !now.contains(name));
        self.names = now;
    }

    fn moved_by(&self, name: &str) -> Option<&str> {
        self.moved.iter().rev().find(|(moved, _)| moved == name).map(|(_, line)| line.as_str())
    }
}

/// Shows what the REPL knows about the last failure.
pub fn after_failure(work: &mut Work, place: &Place, screen: &mut Screen) {
    let Some(outcome) = &work.last.outcome else { return };
    match &outcome.end {
        End::CompileError(diagnostics) => {
            let missing = diagnostics.iter().filter_map(|diagnostic| names::missing(&diagnostic.message));
            let whereabouts = missing.filter_map(|it| whereabouts(it, &work.known, &work.ran, place, screen.lang));
            let own_line = work.last.cell.is_none().then_some(work.last.line.as_str());
            let advice = own_line.and_then(|line| python::advice(line, diagnostics, screen.lang));
            let mut hints: Vec<String> = advice.map_or_else(|| whereabouts.collect(), |advice| vec![advice]);
            hints.dedup();
            for hint in hints {
                screen.help(&hint);
            }
            if let Some(code) = error_code(outcome).filter(|_| screen.interactive) {
                screen.faint(&screen.lang.explain_hint(code));
            }
        }
        End::Panicked { .. } => about_operators(work, place, screen),
        End::Killed { .. } | End::Exited(_) | End::Interrupted | End::TimedOut { .. } => {
            let before = work.known.names.clone();
            if !before.is_empty() && !work.is_busy() {
                let now = work.definitions().variables;
                if before.iter().all(|name| now.iter().any(|variable| variable.name == *name)) {
                    screen.note(&screen.lang.still_there());
                }
            }
        }
        _ => {}
    }
}

/// Names the shapes behind the panic of an operator on arrays.
fn about_operators(work: &mut Work, place: &Place, screen: &mut Screen) {
    let Some(outcome) = &work.last.outcome else { return };
    let (end, at) = (outcome.end.clone(), work.last.cell);
    let variables = if work.is_busy() { Vec::new() } else { work.definitions().variables };
    let variables = variables.iter().map(|it| (it.name.as_str(), it.type_name.as_str()));
    let code = at.map_or(work.last.line.as_str(), |at| place.cell(at).source.as_str());
    let Some(question) = operators::question(&end, code, variables) else { return };
    let answer = if question.code.is_empty() { None } else { work.run_hidden(screen, &question.code) };
    let answer = answer.and_then(Result::ok).filter(|answer| answer.end == End::Passed);
    if answer.is_some() {
        // `:undo` is for the reader's own lines.
        work.undo_last(screen);
    }
    screen.help(&question.advice(answer.as_ref(), screen.lang));
}

/// rustc's code for the error, such as `E0382`.
pub fn error_code(outcome: &Outcome) -> Option<String> {
    let End::CompileError(diagnostics) = &outcome.end else { return None };
    diagnostics.iter().find_map(|diagnostic| diagnostic.code.clone()).filter(|code| code.starts_with('E'))
}

/// Which line moved a missing name away, or which cell or section defines it.
fn whereabouts(
    missing: Missing<'_>,
    known: &KnownVariables,
    ran: &HashSet<usize>,
    place: &Place,
    lang: Lang,
) -> Option<String> {
    let Missing { name, is_function } = missing;
    if let Some(line) = known.moved_by(name) {
        return Some(lang.moved_away(name, line));
    }
    let mut cells = place.code_cells().filter(|at| !ran.contains(at)).map(|at| place.cell(at));
    // What is called is no array of that name.
    let defines = |code: &str| if is_function { names::defines_function(code, name) } else { defines(code, name) };
    if let Some(cell) = cells.find(|cell| defines(&cell.source)) {
        return Some(lang.not_yet_run(name, &cell.id));
    }
    match place.section_where(defines) {
        Some(section) => Some(lang.another_section(name, section)),
        None => (is_function && METHODS.contains(&name)).then(|| lang.is_a_method(name)),
    }
}

/// Functions of NumPy that are methods of Rust's numbers.
const METHODS: [&str; 16] = [
    "abs", "acos", "asin", "atan", "ceil", "cos", "cosh", "exp", "floor", "ln", "log10", "log2", "round", "sin",
    "sqrt", "tan",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_variable_was_moved_by_a_line() {
        let mut known = KnownVariables::default();
        known.update(vec!["v".into(), "x".into()], "let v = 1; let x = 2;");
        known.update(vec!["w".into(), "x".into()], "\n  let w = v;");
        assert_eq!((known.moved_by("v"), known.moved_by("x")), (Some("let w = v;"), None));
        known.update(vec!["v".into()], "let v = 3;");
        assert_eq!((known.moved_by("v"), known.moved_by("x")), (None, Some("let v = 3;")));
    }
}
