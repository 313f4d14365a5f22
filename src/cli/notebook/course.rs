//! Course > Section > Cell: the model of what a learner walks through, and the search for a place in it.
//!
//! It reads no files and knows no notebook format.

use std::collections::BTreeMap;

use crate::cli::outcome::Output;
use crate::cli::suggest::nearest;

/// A chapter: its sections in teaching order.
#[derive(Clone, Debug, Default)]
pub struct Course {
    pub sections: Vec<Section>,
}

/// One notebook's worth of teaching.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// `5` for `05-three-layer-network`; its place in the list, from 1, if the name has no number.
    pub number: usize,
    /// The file's name without number and extension: `three-layer-network`.
    pub name: String,
    /// The first heading of the notebook, or its name.
    pub title: String,
    /// The data set that its cells need.
    pub requires: Option<String>,
    pub cells: Vec<Cell>,
}

/// A piece of prose or code.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// The readable id that names the cell in every report; `cell-3` if the notebook has none.
    pub id: String,
    pub kind: CellKind,
    pub source: String,
    pub tags: Vec<String>,
    /// The `forward_pass` block of the cell's metadata, each value as text.
    pub settings: BTreeMap<String, String>,
    /// The stored outputs, streams joined.
    pub outputs: Vec<Output>,
    /// A stored `error` output: its name and text.
    pub stored_error: Option<String>,
    /// The line of the notebook file where the cell's source starts, from 1.
    pub line: usize,
}

/// What a cell holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CellKind {
    #[default]
    Markdown,
    Code,
    Raw,
}

/// The result of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// Indices into `sections`, and into its `cells` when a cell was named.
    Found { section: usize, cell: Option<usize> },
    /// Nothing has this name; similar names, best first.
    DidYouMean(Vec<String>),
}

impl Section {
    /// The title without its number: `2. Sigmoid` -> `Sigmoid`.
    pub fn bare_title(&self) -> &str {
        match self.title.split_once(". ") {
            Some((number, rest)) if number.parse::<usize>().is_ok() => rest,
            _ => &self.title,
        }
    }
}

impl Course {
    /// Finds a section by number (`5`, `05`) or by the start of its name or title, or a cell by its id, which may
    /// follow its section: `shapes/exercise`. Of cells with one id, that of section `here` comes first.
    pub fn find(&self, place: &str, here: usize) -> Lookup {
        let wanted = place.trim().to_lowercase();
        if let Some((section, cell)) = wanted.split_once('/')
            && let Lookup::Found { section, cell: None } = self.find(section, here)
            && let Some(cell) = self.sections[section].cells.iter().position(|it| it.id == cell)
        {
            return Lookup::Found { section, cell: Some(cell) };
        }
        let found = self
            .section_by_number(&wanted)
            .or_else(|| self.section_where(|name| name == wanted))
            .map(|section| Lookup::Found { section, cell: None })
            .or_else(|| self.cell_by_id(&wanted, here))
            .or_else(|| {
                let section = (!wanted.is_empty()).then(|| self.section_where(|name| name.starts_with(&wanted)))??;
                Some(Lookup::Found { section, cell: None })
            });
        found.unwrap_or_else(|| {
            let names = self.names();
            let mut near = nearest(&wanted, &names);
            if near.is_empty() && wanted.chars().count() > 2 {
                near = names.into_iter().filter(|name| name.contains(&wanted)).take(3).collect();
            }
            Lookup::DidYouMean(near)
        })
    }

    fn section_by_number(&self, wanted: &str) -> Option<usize> {
        let number: usize = wanted.parse().ok()?;
        self.sections.iter().position(|section| section.number == number)
    }

    fn section_where(&self, holds: impl Fn(&str) -> bool) -> Option<usize> {
        self.sections.iter().position(|section| {
            let full_name = format!("{:02}-{}", section.number, section.name);
            let titles = [section.title.as_str(), section.bare_title()].map(str::to_lowercase);
            holds(&section.name.to_lowercase()) || titles.iter().any(|title| holds(title)) || holds(&full_name)
        })
    }

    fn cell_by_id(&self, wanted: &str, here: usize) -> Option<Lookup> {
        let sections = std::iter::once(here).chain(0..self.sections.len());
        sections.into_iter().find_map(|section| {
            let cell = self.sections.get(section)?.cells.iter().position(|cell| cell.id == wanted)?;
            Some(Lookup::Found { section, cell: Some(cell) })
        })
    }

    fn names(&self) -> Vec<String> {
        let sections = self.sections.iter().map(|section| section.name.clone());
        let cells = self.sections.iter().flat_map(|section| section.cells.iter().map(|cell| cell.id.clone()));
        sections.chain(cells).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course() -> Course {
        let section = |number, name: &str, title: &str, ids: &[&str]| Section {
            number,
            name: name.into(),
            title: title.into(),
            requires: None,
            cells: ids.iter().map(|id| Cell { id: (*id).into(), ..Cell::default() }).collect(),
        };
        Course {
            sections: vec![
                section(1, "step-function", "The step function", &["step-array", "step-plot", "exercise"]),
                section(5, "three-layer-network", "Three layers", &["layer-one", "exercise"]),
                section(6, "softmax", "6. Softmax", &["softmax-overflow"]),
            ],
        }
    }

    #[test]
    fn places_are_found_by_number_name_title_and_cell_id() {
        let cases = [
            ("5", (1, None)),
            ("05", (1, None)),
            ("softmax", (2, None)),
            ("Three layers", (1, None)),
            ("6. soft", (2, None)),
            ("step-function/step-plot", (0, Some(1))),
            ("5/layer-one", (1, Some(0))),
            ("three", (1, None)),
            ("01-step-function", (0, None)),
            ("step-plot", (0, Some(1))),
            ("softmax-overflow", (2, Some(0))),
        ];
        for (words, (section, cell)) in cases {
            assert_eq!(course().find(words, 0), Lookup::Found { section, cell }, "{words}");
        }
    }

    #[test]
    fn a_cell_of_the_current_section_comes_first() {
        let found = |here, words| course().find(words, here);
        assert_eq!(found(1, "exercise"), Lookup::Found { section: 1, cell: Some(1) });
        assert_eq!(found(2, "exercise"), Lookup::Found { section: 0, cell: Some(2) });
        assert_eq!(found(1, "1/exercise"), Lookup::Found { section: 0, cell: Some(2) });
        assert_eq!(found(9, "layer-one"), Lookup::Found { section: 1, cell: Some(0) });
    }

    #[test]
    fn a_misspelt_place_gets_the_nearest_names() {
        assert_eq!(course().find("sofmax", 0), Lookup::DidYouMean(vec!["softmax".into(), "softmax-overflow".into()]));
        assert_eq!(course().find("step-plto", 0), Lookup::DidYouMean(vec!["step-plot".into()]));
        assert_eq!(course().find("plot", 0), Lookup::DidYouMean(vec!["step-plot".into()]));
        assert_eq!(course().find("transformer", 0), Lookup::DidYouMean(vec![]));
        assert_eq!(course().find("", 0), Lookup::DidYouMean(vec![]));
        assert_eq!(course().find("9", 0), Lookup::DidYouMean(vec![]));
    }
}
