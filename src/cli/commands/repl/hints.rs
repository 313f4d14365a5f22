//! What else there is to say when something failed: where a missing name has gone, that a crash cost nothing.
//!
//! The error itself is shown by `show`; this only adds what the REPL knows and rustc cannot.

use super::{Repl, output};
use crate::cli::outcome::{End, Outcome};
use crate::cli::syntax::names;
use crate::cli::terminal::style::NOTE;

/// The session's variables as they were after the last input, and which line took those that are gone.
#[derive(Default)]
pub struct Belongings {
    pub known: Vec<String>,
    /// A name, and the line that moved it away.
    gone: Vec<(String, String)>,
}

impl Belongings {
    /// Another input has run: these variables are there now.
    pub fn compare(&mut self, now: Vec<String>, code: &str) {
        let line = code.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        let missing = self.known.iter().filter(|name| !line.is_empty() && !now.contains(name));
        self.gone.extend(missing.map(|name| (name.clone(), line.to_owned())));
        self.gone.retain(|(name, _)| !now.contains(name));
        self.known = now;
    }

    pub fn forget(&mut self) {
        *self = Belongings::default();
    }

    fn taken_by(&self, name: &str) -> Option<&str> {
        self.gone.iter().rev().find(|(gone, _)| gone == name).map(|(_, line)| line.as_str())
    }
}

impl Repl {
    /// Compares the variables with those before; nothing while the session is at work.
    pub(super) fn count_belongings(&mut self, code: &str) {
        if !self.queue.is_busy() {
            let now = self.queue.definitions().variables.into_iter().map(|variable| variable.name).collect();
            self.belongings.compare(now, code);
        }
    }

    /// After an input that failed: what the REPL knows of it.
    pub(super) fn add_what_is_known(&mut self, outcome: &Outcome) {
        match &outcome.end {
            End::CompileError(diagnostics) => {
                let missing = diagnostics.iter().filter_map(|diagnostic| names::missing(&diagnostic.message));
                let mut told: Vec<String> = missing.filter_map(|name| self.whereabouts(name)).collect();
                told.dedup();
                for text in told {
                    self.say_help(&text);
                }
                let code = diagnostics.iter().find_map(|it| it.code.clone()).filter(|code| code.starts_with('E'));
                if let Some(code) = code.filter(|_| self.interactive) {
                    let text = self.screen.lang.explain_hint(code);
                    self.screen.faint(&text);
                }
            }
            End::Killed { .. } | End::Exited(_) | End::Interrupted | End::TimedOut { .. } => {
                let before = self.belongings.known.clone();
                if !before.is_empty() && !self.queue.is_busy() {
                    let now: Vec<String> = self.queue.definitions().variables.into_iter().map(|variable| variable.name).collect();
                    if before.iter().all(|name| now.contains(name)) {
                        let text = self.screen.lang.still_there();
                        self.say_note(&text);
                    }
                }
            }
            _ => {}
        }
    }

    /// Where a name that is not there has gone, or where the chapter has it.
    fn whereabouts(&self, name: &str) -> Option<String> {
        let lang = self.screen.lang;
        if let Some(line) = self.belongings.taken_by(name) {
            return Some(lang.moved_away(name, line));
        }
        let defines = |source: &str| names::defined(source).iter().any(|defined| defined == name);
        let here = self.steps.iter().filter_map(|step| step.code).filter(|at| !self.ran.contains(at));
        if let Some(cell) = here.map(|at| self.cell(at)).find(|cell| defines(&cell.source)) {
            return Some(lang.not_yet_run(name, &cell.id));
        }
        let mut others = self.shelf.course.sections.iter().filter(|section| section.number != self.here().number);
        let other = others.find(|section| section.cells.iter().any(|cell| defines(&cell.source)))?;
        Some(lang.another_section(name, other.number))
    }

    /// A line may fail because the section's first cell has: then that is the error to look at.
    pub(super) fn explain_setup(&mut self) {
        let Some((at, ticket)) = self.setup else { return };
        let Some(outcome) = self.queue.poll(ticket) else { return };
        self.setup = None;
        if let Ok(outcome) = outcome
            && outcome.end != End::Passed
        {
            let text = self.screen.lang.setup_failed(&self.cell(at).id);
            self.screen.error(&text);
            output::end(&mut self.screen, &outcome);
        }
    }

    fn say_help(&mut self, text: &str) {
        let head = self.screen.look.paint(NOTE, &self.screen.lang.help());
        self.screen.complain(&format!("{head}: {text}"));
    }

    fn say_note(&mut self, text: &str) {
        let head = self.screen.look.paint(NOTE, &self.screen.lang.note());
        self.screen.complain(&format!("{head}: {text}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_is_gone_was_taken_by_a_line() {
        let mut all = Belongings::default();
        all.compare(vec!["v".into(), "x".into()], "let v = 1; let x = 2;");
        all.compare(vec!["w".into(), "x".into()], "\n  let w = v;");
        assert_eq!((all.taken_by("v"), all.taken_by("x")), (Some("let w = v;"), None));
        all.compare(vec!["v".into()], "let v = 3;");
        assert_eq!((all.taken_by("v"), all.taken_by("x")), (None, Some("let v = 3;")));
        all.forget();
        assert_eq!(all.taken_by("x"), None);
    }
}
