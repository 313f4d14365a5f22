//! Walking: the next step, the one before, another section, the rest of it.
//!
//! How a cell runs is in `running`.

use super::steps::Step;
use super::{Repl, Then, is_expected_to_fail, is_skipped, output, steps};
use crate::cli::notebook::course::Lookup;
use crate::cli::outcome::End;
use crate::cli::syntax::names;
use crate::cli::terminal::style::{HEADING, visible};
use crate::cli::terminal::{highlight, markdown};

/// A seven, to begin with.
pub(super) const DRAWING: &str = "classify_drawing(\"
********
       *
      *
     *
    *
   *
   *
\")?";

impl Repl {
    /// Goes to the beginning of a section, with a session that is fresh, as a notebook's is.
    pub(super) fn enter(&mut self, section: usize) {
        if !self.ran.is_empty() || self.own_lines > 0 {
            self.queue.reset();
        }
        self.done.clear();
        self.belongings.forget();
        self.section = section;
        self.steps = steps::steps(self.here());
        self.next = 0;
        self.ran.clear();
        self.shown_stored.clear();
        self.own_lines = 0;
        self.session_begins = self.journal.len();
        self.hand_in_setup();
    }

    /// The first code cell brings the names; it runs behind the reader's first paragraph.
    pub(super) fn hand_in_setup(&mut self) {
        let first = self.steps.iter().find_map(|step| step.code).filter(|at| !is_skipped(self.cell(*at)));
        self.setup = first.map(|at| (at, self.queue.run(&self.shelf.course.sections[self.section].cells[at].source)));
        self.ran.extend(first);
    }

    /// The section's first line, and where its data is absent, how to have it.
    pub(super) fn announce(&mut self) {
        self.title();
        self.offer_data();
    }

    /// `2 of 7 · Sigmoid · 14 cells`
    fn title(&mut self) {
        let section = self.here();
        let (count, cells) = (self.shelf.course.sections.len(), section.cells.len());
        let text = self.screen.lang.opening(self.section + 1, count, section.bare_title(), cells);
        let text = self.screen.look.paint(HEADING, &text);
        self.screen.line(&text);
        self.screen.blank();
    }

    /// Enter: the next step, or the next section after the last one. `false` if a cell failed.
    pub(super) fn step(&mut self) -> bool {
        if self.next >= self.steps.len() {
            if self.section + 1 >= self.shelf.course.sections.len() {
                let text = self.screen.lang.was_the_last();
                self.screen.say(&text);
                return true;
            }
            self.enter(self.section + 1);
            self.announce();
        }
        let step = self.steps[self.next].clone();
        self.next += 1;
        self.note_seen(&step);
        self.show_prose(&step);
        let passed = step.code.is_none_or(|at| {
            self.show_cell(at);
            self.run_cell(at)
        });
        if self.next == self.steps.len() {
            self.close();
        }
        self.screen.blank();
        passed
    }

    fn note_seen(&mut self, step: &Step) {
        let section = self.here().name.clone();
        for at in step.prose.iter().chain(&step.code) {
            let cell = self.cell(*at).id.clone();
            self.progress.note(&section, &cell);
        }
    }

    /// A cell's code for the reader's own line: this cell's, or the one's that has the name or defines it. Enter goes on
    /// behind it.
    pub(super) fn edit(&mut self, name: &str) -> Then {
        let code = if name.is_empty() {
            self.current_code().map(|at| self.cell(at).source.clone()).ok_or_else(|| self.screen.lang.no_code_yet())
        } else {
            self.code_named(name).ok_or_else(|| self.screen.lang.nothing_to_edit(name))
        };
        match code {
            Ok(code) => self.on_the_line(&code),
            Err(message) => {
                self.fail(&message);
                Then::ReadOn
            }
        }
    }

    /// Code for the reader to change; to a program it is shown.
    pub(super) fn on_the_line(&mut self, code: &str) -> Then {
        if self.interactive {
            return Then::Edit(code.trim_end().to_owned());
        }
        self.show_source_code(code);
        Then::ReadOn
    }

    /// The code that a name stands for; the reader's place moves to its cell.
    fn code_named(&mut self, name: &str) -> Option<String> {
        let defines = |code: &str| names::defined(code).iter().any(|defined| defined == name);
        let codes = || self.steps.iter().enumerate().filter_map(|(step, it)| Some((step, it.code?)));
        let by_id = codes().find(|(_, at)| self.cell(*at).id == name);
        let (step, at) = by_id.or_else(|| codes().find(|(_, at)| defines(&self.cell(*at).source))).unzip();
        if let Some(step) = step {
            self.next = step + 1;
        }
        // What the reader has made of it goes before what the chapter has.
        let own = self.journal.iter().skip(self.session_begins).filter(|entry| entry.is_own);
        let mut own = own.filter(|entry| by_id.is_none() && defines(&entry.code));
        let own = own.next_back().map(|entry| entry.code.clone());
        own.or_else(|| at.map(|at| self.cell(at).source.clone()))
    }

    fn show_prose(&mut self, step: &Step) {
        for at in &step.prose {
            let source = &self.cell(*at).source;
            // The line above the section has named it.
            let heading = source.lines().next().filter(|line| line.trim_start_matches('#').trim() == self.here().title);
            let prose = heading.map_or(source.as_str(), |heading| &source[heading.len()..]);
            let text = markdown::render(prose, &self.screen.look);
            self.screen.line(&text);
            self.screen.blank();
        }
    }

    pub(super) fn show_cell(&mut self, at: usize) {
        let code = self.cell(at).source.clone();
        self.show_source_code(&code);
    }

    fn show_source_code(&mut self, code: &str) {
        let code = highlight::rust(&visible(code.trim_end()), &self.screen.look);
        let lines: Vec<String> =
            code.lines().map(|line| if line.is_empty() { String::new() } else { format!("    {line}") }).collect();
        self.screen.line(&lines.join("\n"));
        self.screen.blank();
    }

    /// What comes after a section.
    fn close(&mut self) {
        let sections = &self.shelf.course.sections;
        let last = self.steps.last().and_then(|step| step.prose.last()).map_or("", |at| &self.cell(*at).source);
        let last = last.lines().next_back().unwrap_or_default();
        let text = match sections.get(self.section + 1) {
            // The prose has just named it.
            Some(next) if last.contains(next.bare_title()) => self.screen.lang.closing_briefly(self.here().number),
            Some(next) => self.screen.lang.closing(self.here().number, next.bare_title()),
            None => self.screen.lang.closing_chapter(),
        };
        let name = self.name_to_change();
        self.screen.blank();
        self.screen.faint(&text);
        if let Some(name) = name.filter(|_| self.interactive) {
            let text = self.screen.lang.edit_hint(name);
            self.screen.faint(&text);
        }
    }

    /// The first name of this section that its last prose speaks of: the exercises say what to change.
    fn name_to_change(&self) -> Option<String> {
        let last = *self.steps.last()?.prose.last()?;
        let spoken = names::mentioned(&self.cell(last).source);
        let cells = self.steps.iter().filter_map(|step| step.code);
        let mut names = cells.flat_map(|at| names::defined(&self.cell(at).source));
        names.find(|name| name.len() > 1 && spoken.contains(name))
    }

    pub(super) fn back(&mut self) {
        if self.next < 2 {
            match (self.section, self.next) {
                (0, 0) => {
                    let text = self.screen.lang.at_the_beginning();
                    return self.screen.faint(&text);
                }
                (before, 0) => self.enter(before - 1),
                _ => self.next = 0,
            }
            return self.announce();
        }
        self.next -= 1;
        let step = self.steps[self.next - 1].clone();
        self.show_prose(&step);
        if let Some(at) = step.code {
            self.show_cell(at);
            let text = self.screen.lang.back_hint();
            self.screen.faint(&text);
        }
    }

    pub(super) fn again(&mut self) {
        match self.current_code() {
            Some(at) => drop(self.run_cell(at)),
            None => self.fail(&self.screen.lang.nothing_to_repeat()),
        }
    }

    /// The code cell shown last.
    pub(super) fn current_code(&self) -> Option<usize> {
        self.steps[..self.next.min(self.steps.len())].iter().rev().find_map(|step| step.code)
    }

    pub(super) fn run_section(&mut self) -> bool {
        if let Some(set) = self.absent_set() {
            self.next = self.steps.len();
            let text = self.screen.lang.left_out(self.here().number, set);
            self.screen.say(&text);
            return true;
        }
        if self.next >= self.steps.len() {
            let text = self.screen.lang.section_is_done();
            self.screen.faint(&text);
        }
        let rest = self.cells_to_run(self.next.min(self.steps.len())..self.steps.len());
        self.foretell(&rest);
        while self.next < self.steps.len() {
            if !self.step() {
                // The next cells come one by one.
                self.foretell(&[]);
                return false;
            }
        }
        true
    }

    pub(super) fn run_all(&mut self) {
        while self.run_section() && self.section + 1 < self.shelf.course.sections.len() {
            self.enter(self.section + 1);
            self.title();
        }
    }

    /// `false` if there is no such place.
    pub(super) fn goto(&mut self, place: &str) -> bool {
        match self.find_place(place, "goto") {
            Some((section, None)) => {
                self.enter(section);
                self.announce();
            }
            Some((section, Some(cell))) => self.goto_cell(section, cell),
            None => return false,
        }
        true
    }

    /// The section that a place is in, and the cell if it is one; what else could have been meant is said.
    pub(super) fn find_place(&mut self, place: &str, command: &str) -> Option<(usize, Option<usize>)> {
        match self.shelf.course.find(place) {
            Lookup::Found { section, cell } => Some((section, cell)),
            Lookup::DidYouMean(names) => {
                let lang = self.screen.lang;
                let help = match names.first() {
                    Some(name) => lang.did_you_mean(format!(":{command} {name}")),
                    None => lang.see_sections(),
                };
                self.fail_with_help(&lang.no_place(place), &help);
                None
            }
        }
    }

    /// Into the middle: the code before it that has not run yet runs first, quietly.
    pub(super) fn goto_cell(&mut self, section: usize, cell: usize) {
        if section != self.section {
            self.enter(section);
            self.announce();
        }
        let Some(target) = self.steps.iter().position(|step| step.holds(cell)) else { return };
        let mut before = self.cells_to_run(0..target);
        before.retain(|at| !self.ran.contains(at));
        self.foretell(&before);
        let mut ran = 0;
        for at in before {
            self.ran.insert(at);
            ran += 1;
            let code = self.cell(at).source.clone();
            let ticket = self.queue.run(&code);
            if let Some(Ok(outcome)) = self.wait(ticket, None)
                && outcome.end != End::Passed
                && !is_expected_to_fail(self.cell(at))
            {
                let text = self.screen.lang.earlier_failed(&self.cell(at).id);
                self.fail(&text);
                output::end(&mut self.screen, &outcome);
                self.foretell(&[]);
                return;
            }
        }
        self.count_belongings("");
        if ran > 0 && self.interactive {
            let text = self.screen.lang.ran_before(ran);
            self.screen.faint(&text);
            self.screen.blank();
        }
        self.next = target;
        self.step();
    }

    /// The cells of these steps, without those that are left out.
    fn cells_to_run(&self, steps: std::ops::Range<usize>) -> Vec<usize> {
        let cells = self.steps[steps].iter().filter_map(|step| step.code);
        cells.filter(|at| !is_skipped(self.cell(*at)) && self.absent_for(*at).is_none()).collect()
    }

    /// These cells will come next, one after the other.
    fn foretell(&mut self, cells: &[usize]) {
        let codes = cells.iter().map(|at| self.cell(*at).source.clone()).collect();
        self.queue.script(codes);
    }

    /// The code that Enter will run, if it is known.
    pub(super) fn next_code(&self) -> Option<String> {
        let at = self.steps.get(self.next)?.code.filter(|at| self.absent_for(*at).is_none())?;
        Some(self.cell(at).source.clone())
    }
}
