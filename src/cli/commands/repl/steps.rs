//! The steps of a section, one for each press of Enter: some prose and the code cell after it.
//!
//! It neither shows nor runs them.

use crate::cli::notebook::course::{CellKind, Section};

/// Prose, then at most one code cell, as indices into the section's cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    pub prose: Vec<usize>,
    pub code: Option<usize>,
}

impl Step {
    /// The last of its cells.
    pub fn last(&self) -> usize {
        self.code.or(self.prose.last().copied()).unwrap_or(0)
    }

    pub fn holds(&self, cell: usize) -> bool {
        self.code == Some(cell) || self.prose.contains(&cell)
    }
}

/// The steps of a section; prose after the last code is a step of its own. Raw and empty cells are left out.
pub fn steps(section: &Section) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut step = Step::default();
    for (at, cell) in section.cells.iter().enumerate() {
        match cell.kind {
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
        let step = |prose: &[usize], code| Step { prose: prose.to_vec(), code };
        let found = steps(&section);
        assert_eq!(found, [step(&[0, 1], Some(2)), step(&[], Some(3)), step(&[6], None)]);
        assert_eq!(found.iter().map(Step::last).collect::<Vec<_>>(), [2, 3, 6]);
    }
}
