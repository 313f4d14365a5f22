//! Where the reader is: the section, its steps, and the step that comes next.
//!
//! It shows and runs nothing.

use std::ops::Range;

use super::super::data;
use super::guess::Ask;
use super::steps::{Step, steps};
use crate::cli::notebook::chapter::Chapter;
use crate::cli::notebook::course::{Cell, Section};
use crate::cli::runner::rules::{Expect, Rules, Settings};
use crate::cli::syntax::names;

pub struct Place {
    pub chapter: Chapter,
    pub section: usize,
    /// The section before that, in this session.
    from: Option<usize>,
    pub steps: Vec<Step>,
    /// The step that Enter shows next.
    pub next: usize,
}

impl Place {
    /// The start of the first section.
    pub fn new(chapter: Chapter) -> Place {
        let mut place = Place { chapter, section: 0, from: None, steps: Vec::new(), next: 0 };
        place.enter(0);
        place
    }

    /// Goes to the start of a section.
    pub fn enter(&mut self, section: usize) {
        if section != self.section {
            self.from = Some(self.section);
        }
        self.section = section;
        self.steps = steps(self.here());
        self.next = 0;
    }

    /// Takes the next step of the section.
    pub fn advance(&mut self) -> Option<Step> {
        let step = self.steps.get(self.next).cloned()?;
        self.next += 1;
        Some(step)
    }

    pub fn is_at_end(&self) -> bool {
        self.next >= self.steps.len()
    }

    pub fn next_section(&self) -> Option<usize> {
        Some(self.section + 1).filter(|section| *section < self.sections().len())
    }

    pub fn sections(&self) -> &[Section] {
        &self.chapter.course.sections
    }

    pub fn here(&self) -> &Section {
        &self.sections()[self.section]
    }

    pub fn cell(&self, at: usize) -> &Cell {
        &self.here().cells[at]
    }

    /// The last cell shown.
    pub fn current_cell(&self) -> Option<usize> {
        self.next.checked_sub(1).and_then(|at| self.steps.get(at)).map(Step::last)
    }

    /// The code cell shown last.
    pub fn current_code(&self) -> Option<usize> {
        self.steps[..self.next.min(self.steps.len())].iter().rev().find_map(|step| step.code)
    }

    /// The code cells of the section.
    pub fn code_cells(&self) -> impl Iterator<Item = usize> {
        self.steps.iter().filter_map(|step| step.code)
    }

    /// The section's first code cell, which defines the names that the others use.
    pub fn setup(&self) -> Option<usize> {
        self.code_cells().next()
    }

    /// The code cells of these steps, without those that are skipped.
    pub fn cells_to_run(&self, steps: Range<usize>) -> Vec<usize> {
        let cells = self.steps[steps].iter().filter_map(|step| step.code);
        cells.filter(|at| self.missing_data_of(*at).is_none() && !self.is_skipped(*at)).collect()
    }

    /// The code that Enter will run, if it is known.
    pub fn next_code(&self) -> Option<&str> {
        let at = self.steps.get(self.next)?.code.filter(|at| self.missing_data_of(*at).is_none())?;
        Some(&self.cell(at).source)
    }

    /// The guess that the prose of a step asks for.
    pub fn ask(&self, step: &Step) -> Option<Ask<'_>> {
        step.code?;
        step.prose.iter().find_map(|at| {
            let settings = &self.cell(*at).settings;
            let after = settings.get("guess_after").map_or("", String::as_str);
            Some(Ask { question: settings.get("guess")?, after })
        })
    }

    /// The cell is marked to be skipped, or its data is missing.
    pub fn is_skipped(&self, at: usize) -> bool {
        self.rules(at).skip.is_some()
    }

    pub fn is_expected_to_fail(&self, at: usize) -> bool {
        self.rules(at).expect != Expect::Success
    }

    /// A mistake in a cell's tags is the runner's to report.
    fn rules(&self, at: usize) -> Rules {
        Rules::of(self.cell(at), &Settings::new()).unwrap_or_default()
    }

    /// The data set that this section needs and that is missing.
    pub fn missing_data(&self) -> Option<String> {
        self.here().requires.clone().filter(|set| data::is_absent(set))
    }

    /// The same for one code cell; the section's first cell only defines names.
    pub fn missing_data_of(&self, at: usize) -> Option<String> {
        let own = self.cell(at).settings.get("requires").cloned().filter(|set| data::is_absent(set));
        own.or_else(|| if self.setup() == Some(at) { None } else { self.missing_data() })
    }

    /// The name that a cell's figures are saved under.
    pub fn figure_name(&self, at: usize) -> String {
        format!("{:02}-{}", self.here().number, self.cell(at).id)
    }

    /// `sigmoid 4/14> `: the section, and how many of its cells the reader has seen.
    pub fn prompt(&self, width: usize) -> String {
        let section = self.here();
        let seen = self.current_cell().map_or(0, |at| at + 1);
        let name = if width < 60 { section.number.to_string() } else { section.name.clone() };
        format!("{name} {seen}/{}> ", section.cells.len())
    }

    /// The names that `:goto` takes: sections, then cells.
    pub fn names(&self) -> Vec<String> {
        let sections = self.sections().iter().map(|section| section.name.clone());
        let cells = self.sections().iter().flat_map(|section| section.cells.iter().map(|cell| cell.id.clone()));
        sections.chain(cells).collect()
    }

    /// The last prose before the exercises.
    pub fn last_prose(&self) -> Option<usize> {
        let before = self.steps.iter().take_while(|step| step.exercise.is_none());
        before.filter_map(|step| step.prose.last()).last().copied()
    }

    /// The number of another section with such code: the one that the reader comes from, or the nearest before this
    /// one, or any.
    pub fn section_where(&self, is_meant: impl Fn(&str) -> bool) -> Option<usize> {
        let before = (0..self.section).rev();
        let places = self.from.into_iter().chain(before).chain(self.section + 1..self.sections().len());
        let mut others = places.filter(|at| *at != self.section).map(|at| &self.sections()[at]);
        let found = others.find(|section| section.cells.iter().any(|cell| is_meant(&cell.source)));
        found.map(|section| section.number)
    }

    /// The cells that define nothing but what this code defines too: the code takes their place.
    pub fn cells_replaced_by(&self, code: &str) -> Vec<usize> {
        let own = names::defined(code);
        let is_replaced = |at: &usize| {
            let names = names::defined(&self.cell(*at).source);
            !names.is_empty() && names.iter().all(|name| own.contains(name))
        };
        self.code_cells().filter(is_replaced).collect()
    }

    /// The cell to change for the exercises of the last prose: the only one that defines a name from the prose's code
    /// spans, or sets a field of that name. A name of several cells is passed over: the hint might name the wrong one.
    pub fn cell_to_change(&self) -> Option<&str> {
        let last = self.last_prose()?;
        let cells: Vec<usize> = self.code_cells().collect();
        let names = code_spans(&self.cell(last).source).flat_map(names::mentioned);
        let mut found = names.filter(|name| name.chars().count() > 1).filter_map(|name| {
            let sets = |code: &str| defines(code, &name) || has_field(code, &name);
            let mut found = cells.iter().filter(|at| sets(&self.cell(**at).source));
            found.next().filter(|_| found.next().is_none())
        });
        found.next().map(|at| self.cell(*at).id.as_str())
    }
}

/// The code in backticks.
fn code_spans(prose: &str) -> impl Iterator<Item = &str> {
    prose.split('`').skip(1).step_by(2)
}

/// Whether the code has `name: value`, as in a struct.
fn has_field(code: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(name).any(|(at, _)| {
        let after = &code[at + name.len()..];
        !code[..at].ends_with(is_word) && after.starts_with(": ")
    })
}

/// Whether this code defines a name.
pub fn defines(code: &str, name: &str) -> bool {
    names::defined(code).iter().any(|defined| defined == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::lang::Lang;
    use crate::cli::notebook::chapter;

    #[test]
    fn the_exercises_of_each_section_lead_to_the_cell_to_change() {
        let mut place = Place::new(chapter::chapter(Lang::En).expect("the chapter is part of the program"));
        let cells: Vec<Option<String>> = (0..place.sections().len())
            .map(|section| {
                place.enter(section);
                place.cell_to_change().map(str::to_owned)
            })
            .collect();
        let cells: Vec<Option<&str>> = cells.iter().map(Option::as_deref).collect();
        let expected = [Some("weighted-sum"), Some("my-sigmoid"), None, None, None, Some("scores"), None, None];
        assert_eq!(cells, expected);
    }

    #[test]
    fn a_field_is_a_whole_word_before_a_colon() {
        assert!(has_field("Weights { w1: a, w2: b }", "w2"));
        assert!(!has_field("Weights { aw2: b }", "w2") && !has_field("w2::f()", "w2") && !has_field("w20: b", "w2"));
    }
}
