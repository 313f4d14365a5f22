//! Which cells of a notebook are still the same in a later version of it: those with the same id and the same source.
//!
//! Outputs and metadata may differ.

use std::collections::HashMap;

use super::super::course::CellKind;
use super::Notebook;

/// What makes a cell the same. An id that was made up from its place counts for nothing.
type Identity<'a> = (CellKind, Option<&'a str>, &'a str);

impl Notebook {
    /// The place of each cell in a later version; `None` if it changed or is missing.
    pub fn places_in(&self, later: &Notebook) -> Vec<Option<usize>> {
        let (ours, theirs) = (self.by_identity(), later.by_identity());
        let mut places = vec![None; self.cells.len()];
        for (identity, cells) in &ours {
            // Among equal cells the order decides, unless one was added or removed: it could be any of them.
            if let Some(others) = theirs.get(identity).filter(|others| others.len() == cells.len()) {
                cells.iter().zip(others).for_each(|(cell, other)| places[*cell] = Some(*other));
            }
        }
        places
    }

    /// Whether another version has the same text.
    pub fn has_text_of(&self, other: &Notebook) -> bool {
        self.text == other.text
    }

    fn by_identity(&self) -> HashMap<Identity<'_>, Vec<usize>> {
        let mut all: HashMap<Identity, Vec<usize>> = HashMap::new();
        for (at, cell) in self.cells.iter().enumerate() {
            let id = self.places.get(at).and_then(|place| Some(&self.text[place.id.clone()?]));
            all.entry((cell.kind, id, &cell.source)).or_default().push(at);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn notebook(cells: &[(&str, &str)]) -> Notebook {
        let cell = |(id, source): &(&str, &str)| {
            let mut cell = json!({"cell_type": "code", "source": source, "outputs": []});
            if !id.is_empty() {
                cell["id"] = json!(id);
            }
            cell
        };
        let cells: Vec<_> = cells.iter().map(cell).collect();
        Notebook::parse(&json!({"cells": cells, "nbformat": 4}).to_string()).unwrap()
    }

    #[test]
    fn a_cell_is_the_same_by_its_id_and_source() {
        type Cells = &'static [(&'static str, &'static str)];
        let cases: [(Cells, Cells, &[Option<usize>]); 7] = [
            (&[("a", "1"), ("b", "2")], &[("a", "1"), ("b", "2")], &[Some(0), Some(1)]),
            (&[("a", "1"), ("b", "2")], &[("x", "0"), ("b", "2"), ("a", "1")], &[Some(2), Some(1)]),
            (&[("a", "1"), ("b", "2")], &[("a", "1 + 0"), ("b", "2")], &[None, Some(1)]),
            (&[("a", "1")], &[("b", "1")], &[None]),
            // Without ids, a new first cell does not move the outputs of the others.
            (&[("", "1"), ("", "2")], &[("", "0"), ("", "1"), ("", "2")], &[Some(1), Some(2)]),
            (&[("", "1"), ("", "1")], &[("", "1"), ("", "1"), ("", "1")], &[None, None]),
            (
                &[("a", "1"), ("a", "1"), ("a", "2")],
                &[("a", "1"), ("a", "1"), ("a", "2")],
                &[Some(0), Some(1), Some(2)],
            ),
        ];
        for (before, after, places) in cases {
            assert_eq!(notebook(before).places_in(&notebook(after)), places, "{before:?} {after:?}");
        }
    }
}
