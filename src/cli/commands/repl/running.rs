//! Live Rust: cells and the reader's own lines go into the session, and what comes is shown.
//!
//! Where the reader stands is in `walking`.

use anyhow::Result;

use super::{Done, Repl, is_expected_to_fail, is_skipped, output, plain_text, save};
use crate::cli::engine::thread::Ticket;
use crate::cli::engine::thread::queue::{Reply, Update};
use crate::cli::notebook::course::Cell;
use crate::cli::outcome::{End, Event, Outcome, Waiting};
use crate::cli::syntax::input::{Reading, reading};
use crate::cli::syntax::{library, types};
use crate::cli::terminal::style::{BAD, GOOD};
use crate::cli::terminal::{highlight, interrupt};

impl Repl {
    /// Runs a cell of the chapter and shows what comes; while the session is starting, what is stored.
    pub(super) fn run_cell(&mut self, at: usize) -> bool {
        let cell = self.cell(at).clone();
        if is_skipped(&cell) {
            self.show_stored(&cell, &self.screen.lang.skipped());
            return true;
        }
        if let Some(set) = self.absent_for(at) {
            self.show_stored(&cell, &self.screen.lang.not_here(set));
            return true;
        }
        let early = self.setup.take_if(|(setup, _)| *setup == at).map(|(_, ticket)| ticket);
        if self.interactive && self.dead {
            self.show_stored(&cell, &self.screen.lang.no_live_rust());
            return true;
        }
        if self.interactive && self.queue.is_busy() {
            let ticket = early.unwrap_or_else(|| self.queue.run(&cell.source));
            self.ran.insert(at);
            self.shown_stored.push((at, ticket));
            self.show_stored(&cell, &self.screen.lang.starting());
            return true;
        }
        let ticket = early.unwrap_or_else(|| self.queue.run(&cell.source));
        self.ran.insert(at);
        let name = format!("{:02}-{}", self.here().number, cell.id);
        let passed = self.wait_and_show(ticket, &name);
        self.last_cell = Some(at);
        if passed {
            self.note_done(&cell.source, Some(at));
        }
        if passed || is_expected_to_fail(&cell) {
            return true;
        }
        self.failed = true;
        self.add_what_is_known_of_last();
        false
    }

    pub(super) fn show_stored(&mut self, cell: &Cell, why: &str) {
        let name = format!("{:02}-{}", self.here().number, cell.id);
        for output in &cell.outputs {
            output::output(&mut self.screen, output, &name);
        }
        self.screen.fresh_line();
        let lang = self.screen.lang;
        let text = if cell.outputs.is_empty() { lang.nothing_stored(why) } else { lang.stored(why) };
        self.screen.faint(&text);
    }

    /// Cells that were shown as stored have run by now, perhaps: says so, and shows where the live output differs.
    pub(super) fn catch_up(&mut self) {
        if let Some(error) = self.queue.start_failure() {
            self.dead = true;
            let text = self.screen.lang.only_stored(format!("{error:#}"));
            self.screen.error(&text);
        }
        if self.shown_stored.is_empty() || self.queue.is_busy() {
            return;
        }
        let mut same = !self.dead;
        for (at, ticket) in std::mem::take(&mut self.shown_stored) {
            let Some(Ok(outcome)) = self.queue.poll(ticket) else { continue };
            let cell = self.cell(at).clone();
            if plain_text(&outcome.outputs) != plain_text(&cell.outputs) {
                same = false;
                let text = self.screen.lang.ran_live(&cell.id);
                self.screen.faint(&text);
                self.show_outcome(&outcome, &cell.id);
            }
        }
        if same {
            let text = self.screen.lang.live_is_ready();
            self.screen.faint(&text);
        }
    }

    pub(super) fn own_line(&mut self, code: &str) {
        let code = match reading(code) {
            Reading::Complete(code) => code,
            Reading::Incomplete => code.to_owned(),
        };
        self.own_lines += 1;
        let ticket = self.queue.run(&code);
        let name = format!("own-{}", self.own_lines);
        self.last_outcome = None;
        self.last_cell = None;
        if self.wait_and_show(ticket, &name) {
            self.note_done(&code, None);
        } else {
            self.failed = true;
            self.explain_setup();
            self.add_what_is_known_of_last();
        }
    }

    /// An input has run to its end: it can be taken back, and written out.
    fn note_done(&mut self, code: &str, cell: Option<usize>) {
        self.count_belongings(code);
        let Some(outcome) = &self.last_outcome else { return };
        let is_own = cell.is_none();
        self.journal.push(save::Entry { code: code.to_owned(), outputs: outcome.outputs.clone(), is_own });
        self.done.push(Done { cell });
    }

    fn add_what_is_known_of_last(&mut self) {
        if let Some(outcome) = self.last_outcome.take() {
            self.add_what_is_known(&outcome);
            self.last_outcome = Some(outcome);
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
        let known = if self.queue.is_busy() { Vec::new() } else { self.queue.definitions().variables };
        if let Some(variable) = known.iter().find(|variable| variable.name == expression) {
            let text = types::short(&variable.type_name);
            return self.screen.line(&text);
        }
        let ticket = self.queue.run(&type_question(expression));
        match self.wait(ticket, None) {
            Some(Ok(outcome)) if outcome.end == End::Passed => {
                let text = types::short(plain_text(&outcome.outputs).trim());
                self.screen.line(&text);
                // The question itself is no step that `:undo` should go back by.
                let ticket = self.queue.undo();
                self.wait(ticket, None);
            }
            Some(Ok(Outcome { end: End::CompileError(diagnostics), .. })) => {
                // Of a function for many types its head is all that can be said.
                if let Some(found) = library::find(expression).into_iter().find(|found| found.is_public) {
                    let look = self.screen.look;
                    let head = library::fitted(&found.signature(), look.width);
                    return self.screen.line(&highlight::rust(&head, &look));
                }
                // The places are those of the question; the words are about the expression.
                let message = diagnostics.first().map_or_else(String::new, |first| first.message.clone());
                self.fail(&self.screen.lang.no_type(expression, message));
            }
            Some(Ok(outcome)) => {
                output::end(&mut self.screen, &outcome);
            }
            Some(Err(error)) => self.fail(&format!("{error:#}")),
            None => self.screen.faint(&self.screen.lang.taken_back()),
        }
    }

    pub(super) fn undo(&mut self) {
        let ticket = self.queue.undo();
        match self.wait(ticket, None) {
            Some(Ok(outcome)) if outcome.end == End::Passed => {
                self.journal.pop();
                if let Some(Done { cell: Some(at) }) = self.done.pop() {
                    self.ran.remove(&at);
                }
                self.belongings.forget();
                self.count_belongings("");
                let text = self.screen.lang.undone();
                self.screen.faint(&text);
            }
            Some(Err(error)) => self.fail(&format!("{error:#}")),
            _ => self.fail(&self.screen.lang.nothing_to_undo()),
        }
    }

    /// What this cell gave against what is stored.
    pub(super) fn show_diff(&mut self) {
        let (Some(at), Some(outcome)) = (self.last_cell.or(self.current_code()), &self.last_outcome) else {
            return self.fail(&self.screen.lang.nothing_ran());
        };
        let (stored, came) = (plain_text(&self.cell(at).outputs), plain_text(&outcome.outputs));
        if stored == came {
            let text = self.screen.lang.same_as_stored();
            return self.screen.line(&text);
        }
        let look = self.screen.look;
        let diff = similar::TextDiff::from_lines(stored.as_str(), came.as_str());
        let lines = diff.iter_all_changes().map(|change| match change.tag() {
            similar::ChangeTag::Equal => format!("  {}", change.value().trim_end()),
            similar::ChangeTag::Delete => look.paint(BAD, &format!("- {}", change.value().trim_end())),
            similar::ChangeTag::Insert => look.paint(GOOD, &format!("+ {}", change.value().trim_end())),
        });
        let text: Vec<String> = lines.collect();
        let legend = self.screen.lang.diff_legend();
        self.screen.line(&legend);
        self.screen.line(&text.join("\n"));
    }

    pub(super) fn wait_and_show(&mut self, ticket: Ticket, name: &str) -> bool {
        match self.wait(ticket, Some(name)) {
            Some(Ok(outcome)) => {
                let passed = output::end(&mut self.screen, &outcome);
                self.note_error(&outcome);
                self.last_outcome = Some(outcome);
                passed
            }
            Some(Err(error)) => {
                self.screen.error(&format!("{error:#}"));
                false
            }
            None => {
                let text = self.screen.lang.taken_back();
                self.screen.faint(&text);
                true
            }
        }
    }

    /// Waits for a cell. With a name, its outputs are shown as they come, and all that came are in the outcome too.
    pub(super) fn wait(&mut self, ticket: Ticket, name: Option<&str>) -> Option<Result<Outcome>> {
        let Repl { queue, screen, .. } = self;
        screen.begin();
        let mut doing = screen.lang.running();
        let mut came = false;
        let mut hush = output::Hush::default();
        let mut waiting = Waiting::default();
        interrupt::take();
        let outcome = queue.wait(ticket, &mut |update| {
            match update {
                Update::Event(Event::Output(output)) => {
                    came = true;
                    if let Some(name) = name
                        && let Some(output) = waiting.pass(output)
                    {
                        hush.pass(screen, &output, name);
                    }
                    if let Some(words) = waiting.words() {
                        doing = words.to_owned();
                    }
                }
                Update::Event(Event::Progress(text)) | Update::Behind(text) => doing = text,
                Update::Tick => {
                    if let Some(name) = name {
                        hush.pause(screen, name);
                    }
                }
            }
            screen.busy(&doing);
            if interrupt::take() { Reply::Stop } else { Reply::Continue }
        });
        screen.clear_spinner();
        if let Some(name) = name {
            let ended = outcome.as_ref().and_then(|outcome| outcome.as_ref().ok());
            for output in ended.filter(|_| !came).map_or(&[][..], |outcome| &outcome.outputs) {
                hush.pass(screen, output, name);
            }
            for output in waiting.rest() {
                hush.pass(screen, &output, name);
            }
            hush.release(screen, ended.map(|outcome| &outcome.end), name);
        }
        screen.finish();
        outcome
    }

    pub(super) fn show_outcome(&mut self, outcome: &Outcome, name: &str) {
        for output in &outcome.outputs {
            output::output(&mut self.screen, output, name);
        }
        output::end(&mut self.screen, outcome);
    }

    pub(super) fn list_variables(&mut self) {
        if self.queue.is_busy() && self.interactive {
            let text = self.screen.lang.starting();
            return self.screen.faint(&text);
        }
        self.settle();
        let variables = self.queue.definitions().variables;
        if variables.is_empty() {
            let text = self.screen.lang.no_variables();
            return self.screen.faint(&text);
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
        let ticket = self.queue.reset();
        self.ran.clear();
        self.shown_stored.clear();
        self.own_lines = 0;
        self.session_begins = self.journal.len();
        self.done.clear();
        self.belongings.forget();
        if !self.interactive {
            self.wait(ticket, None);
        }
        self.hand_in_setup();
        let text = self.screen.lang.forgotten();
        self.screen.faint(&text);
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
