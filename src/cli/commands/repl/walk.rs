//! The walk through the chapter: the next step, the previous one, another section, the rest of it.
//!
//! It moves the place, and runs cells by way of `work`.

use super::place::Place;
use super::question::Question;
use super::screen::Screen;
use super::{Repl, exercises, guess, output, prose};
use crate::cli::notebook::course::Lookup;
use crate::cli::outcome::End;

impl Repl {
    pub(super) fn greet(&mut self) {
        self.screen.say(&self.screen.lang.greeting(env!("CARGO_PKG_VERSION")));
        if let Some(text) = self.where_to_resume() {
            self.screen.faint(&text);
        }
        self.screen.blank();
    }

    /// The cell that the reader saw last in an earlier session.
    fn where_to_resume(&self) -> Option<String> {
        let (name, id) = self.progress.last()?;
        let at = self.place.sections().iter().position(|section| section.name == name)?;
        let section = &self.place.sections()[at];
        let cell = section.cells.iter().position(|cell| cell.id == id)?;
        // Another section may use the same id.
        let is_unique =
            self.place.chapter.course.find(id, self.place.section) == Lookup::Found { section: at, cell: Some(cell) };
        let cell = if is_unique { id.to_owned() } else { format!("{name}/{id}") };
        Some(self.screen.lang.resume(section.bare_title(), cell))
    }

    /// Goes to the start of a section with a fresh session, like a notebook's.
    pub(super) fn enter(&mut self, section: usize) {
        self.guess.take();
        self.place.enter(section);
        self.work.begin_section(&self.place);
    }

    /// The section's first line, and how to get its data if that is missing.
    pub(super) fn announce(&mut self) {
        prose::show_title(&self.place, &mut self.screen);
        self.offer_data();
    }

    /// Enter: the next step, or the next section. A cell whose prose asks for a guess waits for the next line.
    pub(super) fn walk_on(&mut self) {
        if self.place.is_at_end() {
            let Some(next) = self.place.next_section() else {
                return self.screen.say(&self.screen.lang.was_the_last());
            };
            self.enter(next);
            self.announce();
        }
        let Repl { place, screen, guess, .. } = self;
        let asks = screen.interactive && !guess.is_asked(place);
        match place.steps.get(place.next).filter(|_| asks).and_then(|step| Some((step, place.ask(step)?))) {
            Some((step, ask)) => {
                prose::show(place, screen, step);
                screen.say(&screen.lang.guess_first(ask.question));
                guess.ask(place);
            }
            None => drop(self.step()),
        }
    }

    /// The next step of the section, without what has been shown of it. `false` if a cell failed.
    pub(super) fn step(&mut self) -> bool {
        let Repl { place, work, screen, progress, guess, .. } = self;
        let is_shown = guess.is_asked(place);
        let said = guess.take();
        let Some(step) = place.advance() else { return true };
        for at in step.cells() {
            progress.note(&place.here().name, &place.cell(at).id);
        }
        if !is_shown {
            prose::show(place, screen, &step);
        }
        let passed = step.code.is_none_or(|at| work.run_cell(place, screen, at));
        if let (Some(said), Some(ask), Some(at)) = (said, place.ask(&step), step.code.filter(|_| passed)) {
            guess::judge(&said, ask, place, work, screen, at);
        }
        if let Some((yours, check)) = step.exercise {
            if exercises::speaks_of_code(place.cell(check).id.trim_end_matches("-check")) {
                prose::show_code(screen, &place.cell(yours).source);
            }
            screen.faint(&screen.lang.an_exercise(place.cell(check).id.trim_end_matches("-check")));
        }
        if place.is_at_end() {
            prose::show_end(place, screen);
        }
        screen.blank();
        passed
    }

    /// `:back`: the step before, which at the start of a section is the last one of the section before.
    pub(super) fn back(&mut self) {
        self.guess.take();
        match (self.place.section, self.place.next) {
            (0, 0) => return self.screen.faint(&self.screen.lang.at_the_beginning()),
            (section, 0) => {
                self.enter(section - 1);
                prose::show_title(&self.place, &mut self.screen);
                self.place.next = self.place.steps.len();
            }
            (_, 1) => {
                self.place.next = 0;
                return self.announce();
            }
            _ => self.place.next -= 1,
        }
        let Repl { place, screen, .. } = self;
        let Some(step) = place.next.checked_sub(1).and_then(|at| place.steps.get(at)) else { return };
        prose::show(place, screen, step);
        if step.code.is_some() {
            screen.faint(&screen.lang.back_hint());
        }
    }

    /// Runs the rest of the section; `false` if a cell failed.
    pub(super) fn run_section(&mut self) -> bool {
        let Repl { place, work, screen, .. } = self;
        if let Some(set) = place.missing_data() {
            place.next = place.steps.len();
            screen.say(&screen.lang.left_out(place.here().number, set));
            return true;
        }
        if place.is_at_end() {
            screen.faint(&screen.lang.section_is_done());
        }
        let end = place.steps.len();
        work.script(place, &place.cells_to_run(place.next.min(end)..end));
        screen.is_hurried = true;
        let mut goes_on = true;
        while goes_on && !self.place.is_at_end() {
            goes_on = self.step();
        }
        self.screen.is_hurried = false;
        if !goes_on {
            self.work.script(&self.place, &[]);
        }
        goes_on
    }

    pub(super) fn run_all(&mut self) {
        while self.run_section() {
            let Some(next) = self.place.next_section() else { break };
            self.enter(next);
            prose::show_title(&self.place, &mut self.screen);
        }
    }

    /// `false` if there is no such place.
    pub(super) fn goto(&mut self, name: &str) -> bool {
        let Some((section, cell)) = find_place(&self.place, &mut self.screen, name, "goto") else { return false };
        let own = self.work.own_variables();
        if section == self.place.section || own.is_empty() || !self.screen.interactive {
            self.go(section, cell);
            return true;
        }
        let own: Vec<String> = own.iter().map(|name| format!("`{name}`")).collect();
        self.screen.say(&self.screen.lang.leave(self.place.sections()[section].number, own.join(", ")));
        self.question = Some(Question::Leave(section, cell));
        true
    }

    /// To a section, or to a cell of it.
    pub(super) fn go(&mut self, section: usize, cell: Option<usize>) {
        match cell {
            Some(cell) => self.goto_cell(section, cell),
            None => {
                self.enter(section);
                self.announce();
            }
        }
    }

    /// Into the middle of a section: the earlier code that has not run yet runs first, without its output.
    fn goto_cell(&mut self, section: usize, cell: usize) {
        if section != self.place.section {
            self.enter(section);
            self.announce();
        }
        let Repl { place, work, screen, .. } = self;
        let Some(target) = place.steps.iter().position(|step| step.holds(cell)) else { return };
        let mut earlier = place.cells_to_run(0..target);
        earlier.retain(|at| !work.ran.contains(at));
        work.script(place, &earlier);
        for at in &earlier {
            if let Some(outcome) = work.run_quietly(place, screen, *at)
                && outcome.end != End::Passed
                && !place.is_expected_to_fail(*at)
            {
                screen.fail(&screen.lang.earlier_failed(&place.cell(*at).id));
                output::show_end(screen, &outcome);
                return work.script(place, &[]);
            }
        }
        work.note_variables("");
        if !earlier.is_empty() && screen.interactive {
            screen.faint(&screen.lang.ran_before(earlier.len()));
            screen.blank();
        }
        place.next = target;
        self.guess.take();
        self.walk_on();
    }
}

/// The section and, if it is one, the cell of this name; otherwise suggests a name that `command` would take.
pub fn find_place(place: &Place, screen: &mut Screen, name: &str, command: &str) -> Option<(usize, Option<usize>)> {
    match place.chapter.course.find(name, place.section) {
        Lookup::Found { section, cell } => Some((section, cell)),
        Lookup::DidYouMean(names) => {
            let lang = screen.lang;
            let help = match names.first() {
                Some(name) => lang.did_you_mean(format!(":{command} {name}")),
                None => lang.see_sections(),
            };
            screen.fail_with_help(&lang.no_place(name), &help);
            None
        }
    }
}
