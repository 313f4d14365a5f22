//! The session's work: cells and the reader's lines are run, and their outputs shown as they arrive.
//!
//! It never moves the reader's place.

use std::collections::{BTreeSet, HashSet};
use std::sync::mpsc::Sender;

use anyhow::Result;

use super::hints::{self, KnownVariables};
use super::journal::{Entry, Journal};
use super::place::Place;
use super::screen::Screen;
use super::{moves, output, watch};
use crate::cli::engine::Session;
use crate::cli::engine::thread::queue::Queue;
use crate::cli::engine::thread::{Definitions, Ticket};
use crate::cli::outcome::{End, Outcome};
use crate::cli::syntax::input::{Reading, reading};
use crate::cli::syntax::names;

pub struct Work {
    queue: Queue,
    /// The section's first code cell, queued before the reader reaches it.
    setup: Option<(usize, Ticket)>,
    /// The code cells queued since the session was reset.
    pub ran: HashSet<usize>,
    /// Cells whose stored output was shown while the session was busy.
    shown_stored: Vec<(usize, Ticket)>,
    /// How many lines the reader has run since the session was reset.
    own_lines: usize,
    pub journal: Journal,
    pub known: KnownVariables,
    pub last: Last,
    /// The session did not start.
    is_dead: bool,
}

/// What ran last.
#[derive(Default)]
pub struct Last {
    pub outcome: Option<Outcome>,
    /// The cell of the section, if it was one.
    pub cell: Option<usize>,
    /// What the reader typed, if it was no cell.
    pub line: String,
    /// The last of rustc's error codes.
    pub error_code: Option<String>,
}

impl Work {
    /// Starts the session in the background.
    pub fn start(begin: impl FnOnce() -> Result<Box<dyn Session>> + Send + 'static) -> Work {
        Work {
            queue: Queue::start(begin),
            setup: None,
            ran: HashSet::new(),
            shown_stored: Vec::new(),
            own_lines: 0,
            journal: Journal::default(),
            known: KnownVariables::default(),
            last: Last::default(),
            is_dead: false,
        }
    }

    /// A fresh session for the section, with its first cell queued.
    pub fn begin_section(&mut self, place: &Place) {
        if !self.ran.is_empty() || self.own_lines > 0 {
            self.queue.reset();
        }
        self.forget();
        self.queue_setup(place);
    }

    /// Forgets every variable and item.
    pub fn reset(&mut self, place: &Place, screen: &mut Screen) {
        let ticket = self.queue.reset();
        self.forget();
        if !screen.interactive {
            self.wait(screen, ticket, None);
        }
        self.queue_setup(place);
        screen.faint(&screen.lang.forgotten());
    }

    fn forget(&mut self) {
        self.ran.clear();
        self.shown_stored.clear();
        self.own_lines = 0;
        self.journal.begin_session();
        self.known = KnownVariables::default();
    }

    /// The first cell runs while the reader reads.
    fn queue_setup(&mut self, place: &Place) {
        let first = place.setup().filter(|at| !place.is_skipped(*at));
        self.setup = first.map(|at| (at, self.queue.run(&place.cell(at).source)));
        self.ran.extend(first);
    }

    pub fn is_busy(&mut self) -> bool {
        self.queue.is_busy()
    }

    /// Text that threads print between cells goes to this printer.
    pub fn print_late(&self, printer: Sender<String>) {
        self.queue.print_late(printer);
    }

    /// Nothing while the session is busy.
    pub fn definitions(&mut self) -> Definitions {
        self.queue.definitions()
    }

    /// Prefetches a cell.
    pub fn expect(&mut self, code: &str) {
        self.queue.expect(code);
    }

    /// Announces the cells that run next, so that they can be batched.
    pub fn script(&self, place: &Place, cells: &[usize]) {
        self.queue.script(cells.iter().map(|at| place.cell(*at).source.clone()).collect());
    }

    /// The code that has run in this session: the section's cells, then the reader's lines.
    pub fn code_so_far(&self, place: &Place) -> Vec<String> {
        let cells = place.code_cells().filter(|at| self.ran.contains(at)).map(|at| place.cell(at).source.as_str());
        cells.chain(self.journal.own_code()).map(str::to_owned).collect()
    }

    /// Runs a cell and shows its outputs; while the session is starting, the stored ones. `false` if it failed.
    pub fn run_cell(&mut self, place: &Place, screen: &mut Screen, at: usize) -> bool {
        let lang = screen.lang;
        let not_run = place.missing_data_of(at).map(|set| lang.not_here(set));
        if let Some(why) = not_run.or_else(|| place.is_skipped(at).then(|| lang.skipped())) {
            show_stored(place, screen, at, &why);
            return true;
        }
        let early = self.setup.take_if(|(setup, _)| *setup == at).map(|(_, ticket)| ticket);
        if screen.interactive && self.is_dead {
            show_stored(place, screen, at, &lang.no_live_rust());
            return true;
        }
        let was_busy = screen.interactive && self.queue.is_busy();
        let cell = place.cell(at);
        let ticket = early.unwrap_or_else(|| self.queue.run(&cell.source));
        self.ran.insert(at);
        if was_busy {
            self.shown_stored.push((at, ticket));
            show_stored(place, screen, at, &lang.starting());
            return true;
        }
        let passed = self.wait_and_show(screen, ticket, &place.figure_name(at));
        self.last.cell = Some(at);
        if passed {
            self.note_done(&cell.source, Some(at));
        }
        if passed || place.is_expected_to_fail(at) {
            return true;
        }
        screen.failed = true;
        hints::after_failure(self, place, screen);
        false
    }

    /// Runs an earlier cell without showing its outputs.
    pub fn run_quietly(&mut self, place: &Place, screen: &mut Screen, at: usize) -> Option<Outcome> {
        self.ran.insert(at);
        let ticket = self.queue.run(&place.cell(at).source);
        self.wait(screen, ticket, None)?.ok()
    }

    /// Runs the cell shown last again.
    pub fn again(&mut self, place: &Place, screen: &mut Screen) {
        match place.current_code() {
            Some(at) => drop(self.run_cell(place, screen, at)),
            None => screen.fail(&screen.lang.nothing_to_repeat()),
        }
    }

    /// Runs what the reader typed.
    pub fn run_line(&mut self, place: &Place, screen: &mut Screen, code: &str) {
        let code = match reading(code) {
            Reading::Complete(code) => code,
            Reading::Incomplete => code.to_owned(),
        };
        self.own_lines += 1;
        let ticket = self.queue.run(&code);
        (self.last.outcome, self.last.cell) = (None, None);
        self.last.line.clone_from(&code);
        if self.wait_and_show(screen, ticket, &format!("own-{}", self.own_lines)) {
            self.note_done(&code, None);
            // `:goto` must not run the chapter's version over the reader's.
            self.ran.extend(place.cells_replaced_by(&code));
        } else {
            screen.failed = true;
            self.report_setup(place, screen);
            hints::after_failure(self, place, screen);
        }
    }

    /// Runs code whose outcome only the REPL wants.
    pub fn run_hidden(&mut self, screen: &mut Screen, code: &str) -> Option<Result<Outcome>> {
        let ticket = self.queue.run(code);
        self.wait(screen, ticket, None)
    }

    /// Undoes what the last input did to the session.
    pub fn undo_last(&mut self, screen: &mut Screen) -> Option<Result<Outcome>> {
        let ticket = self.queue.undo();
        self.wait(screen, ticket, None)
    }

    /// `:undo`
    pub fn undo(&mut self, screen: &mut Screen) {
        // What remains is the section's first cell, which the reader has not run.
        if !self.journal.has_undo() {
            return screen.fail(&screen.lang.nothing_to_undo());
        }
        match self.undo_last(screen) {
            Some(Ok(outcome)) if outcome.end == End::Passed => {
                let entry = self.journal.undo();
                if let Some(at) = entry.as_ref().and_then(|entry| entry.cell) {
                    self.ran.remove(&at);
                }
                self.known = KnownVariables::default();
                self.note_variables("");
                let line = entry.as_ref().and_then(|entry| entry.code.lines().map(str::trim).find(|it| !it.is_empty()));
                screen.faint(&screen.lang.undone(line.unwrap_or("…")));
            }
            Some(Err(error)) => screen.fail(&format!("{error:#}")),
            _ => screen.fail(&screen.lang.nothing_to_undo()),
        }
    }

    /// The variables that the reader's own lines defined and that exist.
    pub fn own_variables(&mut self) -> Vec<String> {
        if self.own_lines == 0 || self.queue.is_busy() {
            return Vec::new();
        }
        let own: BTreeSet<String> = self.journal.own_code().flat_map(names::defined).collect();
        let existing = self.definitions().variables.into_iter().map(|variable| variable.name);
        existing.filter(|name| own.contains(name)).collect()
    }

    /// An input ran to its end: it can be undone and exported.
    fn note_done(&mut self, code: &str, cell: Option<usize>) {
        self.note_variables(code);
        if let Some(outcome) = &self.last.outcome {
            self.journal.add(Entry { code: code.to_owned(), outputs: outcome.outputs.clone(), cell });
        }
    }

    /// Compares the variables with those before `code` ran, unless the session is busy.
    pub fn note_variables(&mut self, code: &str) {
        if !self.queue.is_busy() {
            let now = self.definitions().variables.into_iter().map(|variable| variable.name).collect();
            self.known.update(now, code);
        }
    }

    /// Reports what has happened in the background: the session did not start, or cells that were shown with their
    /// stored outputs have run.
    pub fn catch_up(&mut self, place: &Place, screen: &mut Screen) {
        if let Some(error) = self.queue.start_failure() {
            self.is_dead = true;
            screen.error(&screen.lang.only_stored(format!("{error:#}")));
        }
        if self.shown_stored.is_empty() || self.queue.is_busy() {
            return;
        }
        let mut same = !self.is_dead;
        for (at, ticket) in std::mem::take(&mut self.shown_stored) {
            let Some(Ok(outcome)) = self.queue.poll(ticket) else { continue };
            let cell = place.cell(at);
            if output::plain_text(&outcome.outputs) != output::plain_text(&cell.outputs) {
                same = false;
                screen.faint(&screen.lang.ran_live(&cell.id));
                output::show_outcome(screen, &outcome, &cell.id);
            }
        }
        if same {
            screen.faint(&screen.lang.live_is_ready());
        }
    }

    /// A line may have failed because the section's first cell did: then that error is shown too.
    fn report_setup(&mut self, place: &Place, screen: &mut Screen) {
        let Some((at, ticket)) = self.setup else { return };
        let Some(outcome) = self.queue.poll(ticket) else { return };
        self.setup = None;
        if let Ok(outcome) = outcome
            && outcome.end != End::Passed
        {
            screen.error(&screen.lang.setup_failed(&place.cell(at).id));
            output::show_end(screen, &outcome);
        }
    }

    /// Waits for the section's first cell; its outcome is shown when the reader reaches it.
    pub fn finish_setup(&mut self, screen: &mut Screen) {
        let Some((_, ticket)) = self.setup.take() else { return };
        if let Some(Err(error)) = self.wait(screen, ticket, None) {
            screen.error(&format!("{error:#}"));
        }
    }

    fn wait_and_show(&mut self, screen: &mut Screen, ticket: Ticket, name: &str) -> bool {
        let outcome = self.wait(screen, ticket, Some(name));
        if let Some(moved) = screen.moved.take() {
            moves::attend(&mut self.queue, screen, moved, name);
        }
        match outcome {
            Some(Ok(outcome)) => {
                let passed = output::show_end(screen, &outcome);
                self.last.error_code = hints::error_code(&outcome).or(self.last.error_code.take());
                self.last.outcome = Some(outcome);
                passed
            }
            Some(Err(error)) => {
                screen.error(&format!("{error:#}"));
                false
            }
            None => {
                screen.faint(&screen.lang.cancelled());
                true
            }
        }
    }

    fn wait(&mut self, screen: &mut Screen, ticket: Ticket, name: Option<&str>) -> Option<Result<Outcome>> {
        watch::wait(&mut self.queue, screen, ticket, name)
    }
}

fn show_stored(place: &Place, screen: &mut Screen, at: usize, why: &str) {
    let (cell, name, lang) = (place.cell(at), place.figure_name(at), screen.lang);
    for output in &cell.outputs {
        output::show(screen, output, &name);
    }
    screen.fresh_line();
    screen.faint(&if cell.outputs.is_empty() { lang.nothing_stored(why) } else { lang.stored(why) });
}
