//! The steps of a section, one for each press of Enter: some prose and the code cell after it.
//!
//! It neither shows nor runs them.

use crate::cli::notebook::course::{CellKind, Section};
use crate::cli::notebook::exercise;

/// Prose, then at most one code cell, as indices into the section's cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    pub prose: Vec<usize>,
    pub code: Option<usize>,
    /// The stub and the check of an exercise, which the prompt does not run.
    pub exercise: Option<(usize, usize)>,
}

impl Step {
    /// The last of its cells.
    pub fn last(&self) -> usize {
        let check = self.exercise.map(|(_, check)| check);
        check.or(self.code).or(self.prose.last().copied()).unwrap_or(0)
    }

    pub fn holds(&self, cell: usize) -> bool {
        self.cells().any(|at| at == cell)
    }

    /// All of its cells.
    pub fn cells(&self) -> impl Iterator<Item = usize> {
        let exercise = self.exercise.into_iter().flat_map(|(stub, check)| [stub, check]);
        self.prose.iter().copied().chain(self.code).chain(exercise)
    }
}

/// The steps of a section; prose after the last code is a step of its own, and so is each exercise. Raw and empty cells
/// are left out.
pub fn steps(section: &Section) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut step = Step::default();
    for (at, cell) in section.cells.iter().enumerate() {
        let follows = |after: usize| section.cells.get(at + after).map_or("", |cell| cell.id.as_str());
        match cell.kind {
            // The stub and the check of the exercise in the step before.
            _ if steps.last().is_some_and(|step: &Step| step.holds(at)) => {}
            CellKind::Markdown if exercise::is_check(follows(2)) => {
                steps.extend(Some(std::mem::take(&mut step)).filter(|step| !step.prose.is_empty()));
                steps.push(Step { prose: vec![at], code: None, exercise: Some((at + 1, at + 2)) });
            }
            _ if cell.source.trim().is_empty() => {}
            CellKind::Markdown => step.prose.push(at),
            CellKind::Code => {
                step.code = Some(at);
                steps.push(std::mem::take(&mut step));
            }
            CellKind::Raw => {}
        }
    }
    if !step.prose.is_empty() {
        steps.push(step);
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::notebook::course::Cell;

    #[test]
    fn prose_belongs_to_the_code_after_it() {
        let cell = |kind, source: &str| Cell { kind, source: source.into(), ..Cell::default() };
        let (prose, code) = (CellKind::Markdown, CellKind::Code);
        let section = Section {
            cells: vec![
                cell(prose, "# A"),
                cell(prose, "more"),
                cell(code, "1"),
                cell(code, "2"),
                cell(CellKind::Raw, "raw"),
                cell(code, ""),
                cell(prose, "end"),
            ],
            ..Section::default()
        };
        let step = |prose: &[usize], code| Step { prose: prose.to_vec(), code, exercise: None };
        let found = steps(&section);
        assert_eq!(found, [step(&[0, 1], Some(2)), step(&[], Some(3)), step(&[6], None)]);
        assert_eq!(found.iter().map(Step::last).collect::<Vec<_>>(), [2, 3, 6]);
    }

    #[test]
    fn an_exercise_is_a_step_of_its_own_and_runs_nothing() {
        let cell = |kind, id: &str| Cell { kind, id: id.into(), source: "1".into(), ..Cell::default() };
        let (prose, code) = (CellKind::Markdown, CellKind::Code);
        let cells = vec![
            cell(code, "setup"),
            cell(prose, "end"),
            cell(prose, "exercise-nand"),
            cell(code, "nand-yours"),
            cell(code, "nand-check"),
            cell(prose, "exercise-other"),
            cell(code, "other-check"),
        ];
        let found = steps(&Section { cells, ..Section::default() });
        let step = |prose: &[usize], code, exercise| Step { prose: prose.to_vec(), code, exercise };
        let exercise = step(&[2], None, Some((3, 4)));
        assert_eq!(found, [step(&[], Some(0), None), step(&[1], None, None), exercise, step(&[5], Some(6), None)]);
        assert_eq!(found[2].last(), 4);
    }
}
