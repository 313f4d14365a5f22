//! Live Rust: cells and the reader's own lines go into the session, and what comes is shown.
//!
//! Where the reader stands is in `walking`.

use anyhow::Result;

use super::live::{News, Ticket, Wish};
use super::{Repl, is_expected_to_fail, is_skipped, plain_text, show, types};
use crate::cli::command::input::{Reading, reading};
use crate::cli::course::Cell;
use crate::cli::look::{BAD, GOOD};
use crate::cli::outcome::{End, Event, Outcome};
use crate::cli::{highlight, interrupt};

impl Repl {
    /// Runs a cell of the chapter and shows what comes; while the session is starting, what is stored.
    pub(super) fn run_cell(&mut self, at: usize) -> bool {
        let cell = self.cell(at).clone();
        if is_skipped(&cell) {
            self.show_stored(&cell, "this cell is marked as not to be run");
            return true;
        }
        let early = self.setup.take_if(|(setup, _)| *setup == at).map(|(_, ticket)| ticket);
        if self.interactive && self.dead {
            self.show_stored(&cell, "there is no live Rust");
            return true;
        }
        if self.interactive && self.live.is_busy() {
            let ticket = early.unwrap_or_else(|| self.live.submit(&cell.source));
            self.ran.insert(at);
            self.shown_stored.push((at, ticket));
            self.show_stored(&cell, "live Rust is still starting");
            return true;
        }
        let ticket = early.unwrap_or_else(|| self.live.submit(&cell.source));
        self.ran.insert(at);
        let name = format!("{:02}-{}", self.here().number, cell.id);
        let passed = self.wait_and_show(ticket, &name);
        self.last_cell = Some(at);
        if passed || is_expected_to_fail(&cell) {
            return true;
        }
        self.failed = true;
        false
    }

    pub(super) fn show_stored(&mut self, cell: &Cell, why: &str) {
        let name = format!("{:02}-{}", self.here().number, cell.id);
        for output in &cell.outputs {
            show::output(&mut self.screen, output, &name);
        }
        self.screen.fresh_line();
        let text = if cell.outputs.is_empty() { format!("({why})") } else { format!("(stored output: {why})") };
        self.screen.faint(&text);
    }

    /// Cells that were shown as stored have run by now, perhaps: says so, and shows where the live output differs.
    pub(super) fn catch_up(&mut self) {
        if let Some(error) = self.live.start_failure() {
            self.dead = true;
            self.screen.error(&format!("there is no live Rust, and stored outputs are shown: {error:#}"));
        }
        if self.shown_stored.is_empty() || self.live.is_busy() {
            return;
        }
        let mut same = !self.dead;
        for (at, ticket) in std::mem::take(&mut self.shown_stored) {
            let Some(Ok(outcome)) = self.live.poll(ticket) else { continue };
            let cell = self.cell(at).clone();
            if plain_text(&outcome.outputs) != plain_text(&cell.outputs) {
                same = false;
                self.screen.faint(&format!("`{}` has run live now, and shows:", cell.id));
                self.show_outcome(&outcome, &cell.id);
            }
        }
        if same {
            self.screen.faint("live Rust is ready; the cells above gave the same outputs");
        }
    }

    pub(super) fn own_line(&mut self, code: &str) {
        let code = match reading(code) {
            Reading::Complete(code) => code,
            Reading::Incomplete => code.to_owned(),
        };
        self.own_lines += 1;
        let ticket = self.live.submit(&code);
        let name = format!("own-{}", self.own_lines);
        self.last_outcome = None;
        self.last_cell = None;
        if self.wait_and_show(ticket, &name) {
            if let Some(outcome) = &self.last_outcome {
                self.journal.push((code, outcome.outputs.clone()));
            }
        } else {
            self.failed = true;
            self.explain_setup();
        }
    }

    /// A line may fail because the section's first cell has: then that is the error to look at.
    fn explain_setup(&mut self) {
        let Some((at, ticket)) = self.setup else { return };
        let Some(outcome) = self.live.poll(ticket) else { return };
        self.setup = None;
        if let Ok(outcome) = outcome
            && outcome.end != End::Passed
        {
            let id = self.cell(at).id.clone();
            self.screen.error(&format!("the section's first cell, `{id}`, failed before that:"));
            show::end(&mut self.screen, &outcome);
        }
    }

    fn note_error(&mut self, outcome: &Outcome) {
        if let End::CompileError(diagnostics) = &outcome.end {
            let code = diagnostics.iter().find_map(|diagnostic| diagnostic.code.clone());
            self.last_error = code.filter(|code| code.starts_with('E')).or(self.last_error.take());
        }
    }

    /// The type of an expression: it is compiled inside a closure that is never called.
    pub(super) fn show_type(&mut self, expression: &str) {
        let known = if self.live.is_busy() { Vec::new() } else { self.live.variables() };
        if let Some(variable) = known.iter().find(|variable| variable.name == expression) {
            let text = types::short(&variable.type_name);
            return self.screen.line(&text);
        }
        let ticket = self.live.submit(&type_question(expression));
        match self.wait(ticket, None) {
            Some(Ok(outcome)) if outcome.end == End::Passed => {
                let text = types::short(plain_text(&outcome.outputs).trim());
                self.screen.line(&text);
            }
            Some(Ok(Outcome { end: End::CompileError(diagnostics), .. })) => {
                // The places are those of the question; the words are about the expression.
                let message = diagnostics.first().map_or_else(String::new, |first| first.message.clone());
                self.fail(&format!("`{expression}` has no type: {message}"));
            }
            Some(Ok(outcome)) => {
                show::end(&mut self.screen, &outcome);
            }
            Some(Err(error)) => self.fail(&format!("{error:#}")),
            None => self.screen.faint("taken back: it had not begun"),
        }
    }

    pub(super) fn undo(&mut self) {
        let ticket = self.live.undo();
        match self.wait(ticket, None) {
            Some(Ok(outcome)) if outcome.end == End::Passed => {
                self.journal.pop();
                self.screen.faint("what the last line did is undone");
            }
            Some(Err(error)) => self.fail(&format!("{error:#}")),
            _ => self.fail("there is nothing to go back to\nhelp: `:reset` begins anew"),
        }
    }

    /// What this cell gave against what is stored.
    pub(super) fn show_diff(&mut self) {
        let (Some(at), Some(outcome)) = (self.last_cell.or(self.current_code()), &self.last_outcome) else {
            return self.fail("no cell of the chapter has been run yet\nhelp: press Enter, then `:diff`");
        };
        let (stored, came) = (plain_text(&self.cell(at).outputs), plain_text(&outcome.outputs));
        if stored == came {
            return self.screen.line("the same as in the chapter");
        }
        let look = self.screen.look;
        let diff = similar::TextDiff::from_lines(stored.as_str(), came.as_str());
        let lines = diff.iter_all_changes().map(|change| match change.tag() {
            similar::ChangeTag::Equal => format!("  {}", change.value().trim_end()),
            similar::ChangeTag::Delete => look.paint(BAD, &format!("- {}", change.value().trim_end())),
            similar::ChangeTag::Insert => look.paint(GOOD, &format!("+ {}", change.value().trim_end())),
        });
        let text: Vec<String> = lines.collect();
        self.screen.line("- in the chapter, + came now");
        self.screen.line(&text.join("\n"));
    }

    pub(super) fn wait_and_show(&mut self, ticket: Ticket, name: &str) -> bool {
        match self.wait(ticket, Some(name)) {
            Some(Ok(outcome)) => {
                let passed = show::end(&mut self.screen, &outcome);
                self.note_error(&outcome);
                self.last_outcome = Some(outcome);
                passed
            }
            Some(Err(error)) => {
                self.screen.error(&format!("{error:#}"));
                false
            }
            None => {
                self.screen.faint("taken back: it had not begun");
                true
            }
        }
    }

    /// Waits for a cell. With a name, its outputs are shown as they come, and all that came are in the outcome too.
    pub(super) fn wait(&mut self, ticket: Ticket, name: Option<&str>) -> Option<Result<Outcome>> {
        let Repl { live, screen, .. } = self;
        screen.begin();
        let mut doing = String::from("running");
        let mut came = false;
        let mut hush = show::Hush::default();
        interrupt::take();
        let outcome = live.wait(ticket, &mut |news| {
            match news {
                News::Event(Event::Output(output)) => {
                    came = true;
                    if let Some(name) = name {
                        hush.pass(screen, &output, name);
                    }
                }
                News::Event(Event::Progress(text)) | News::Behind(text) => doing = text,
                News::Tick => {}
            }
            screen.busy(&doing);
            if interrupt::take() { Wish::Stop } else { Wish::GoOn }
        });
        screen.clear_spinner();
        if let Some(name) = name {
            let ended = outcome.as_ref().and_then(|outcome| outcome.as_ref().ok());
            for output in ended.filter(|_| !came).map_or(&[][..], |outcome| &outcome.outputs) {
                hush.pass(screen, output, name);
            }
            hush.release(screen, ended.map(|outcome| &outcome.end), name);
        }
        screen.finish();
        outcome
    }

    pub(super) fn show_outcome(&mut self, outcome: &Outcome, name: &str) {
        for output in &outcome.outputs {
            show::output(&mut self.screen, output, name);
        }
        show::end(&mut self.screen, outcome);
    }

    pub(super) fn list_variables(&mut self) {
        if self.live.is_busy() && self.interactive {
            return self.screen.faint("live Rust is still starting");
        }
        self.settle();
        let variables = self.live.variables();
        if variables.is_empty() {
            return self.screen.faint("no variables yet: `let x = 1;` makes one");
        }
        for variable in variables {
            let text = format!("{}: {}", variable.name, types::short(&variable.type_name));
            let text = highlight::rust(&text, &self.screen.look);
            self.screen.line(&text);
        }
    }

    /// Waits until all that was handed in has run.
    pub(super) fn settle(&mut self) {
        if let Some((_, ticket)) = self.setup {
            // Its outcome is shown when the reader comes to the cell.
            let outcome = self.wait(ticket, None);
            if let Some(Err(error)) = outcome {
                self.screen.error(&format!("{error:#}"));
            }
            self.setup = None;
        }
    }

    pub(super) fn reset(&mut self) {
        let ticket = self.live.reset();
        self.ran.clear();
        self.shown_stored.clear();
        self.own_lines = 0;
        if !self.interactive {
            self.wait(ticket, None);
        }
        self.hand_in_setup();
        self.screen.faint("every variable and item is forgotten; the section's first cell runs again by itself");
    }
}

/// A cell that prints the type of an expression without running it; generated names are reserved.
fn type_question(expression: &str) -> String {
    format!(
        "{{ fn __fp_of<T>(_: &T) -> ::std::marker::PhantomData<T> {{ ::std::marker::PhantomData }} \
         fn __fp_name<T, F: FnOnce() -> ::std::marker::PhantomData<T>>(_: F) -> &'static str {{ \
         ::std::any::type_name::<T>() }} \
         ::std::println!(\"{{}}\", __fp_name(|| __fp_of(&({expression})))); }};"
    )
}
