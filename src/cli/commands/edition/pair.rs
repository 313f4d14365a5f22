//! Pairs of prose cells, original and translation, and which of the two has changed since they were matched.
//!
//! It cannot judge a translation; it only reports what has to be reviewed.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{cells, id, is_prose, text};

/// A prose cell that has to be reviewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prose {
    pub cell: String,
    pub why: &'static str,
}

/// The prose cells of a translation that no longer match their originals.
pub fn stale(original: &Value, other: &Value) -> Vec<Prose> {
    let both = cells(other).iter().filter(|cell| is_prose(cell)).filter_map(|cell| {
        let counterpart = cells(original).iter().find(|it| id(it) == id(cell) && is_prose(it))?;
        why(counterpart, cell).map(|why| Prose { cell: id(cell), why })
    });
    both.collect()
}

fn why(original: &Value, cell: &Value) -> Option<&'static str> {
    let Some((of, own)) = stored(cell) else {
        return Some("not yet translated");
    };
    match (of == fingerprint(original), own == fingerprint(cell)) {
        (true, true) => None,
        (false, true) => Some("the original has changed"),
        (true, false) => Some("the translation has changed: does the original say the same?"),
        (false, false) => Some("both texts have changed"),
    }
}

/// Marks the chosen prose cells as matching their originals, and returns them.
pub fn settle(original: &Value, other: &mut Value, chosen: impl Fn(&str) -> bool) -> Vec<String> {
    let mut settled = Vec::new();
    for cell in other["cells"].as_array_mut().into_iter().flatten() {
        let counterpart = cells(original).iter().find(|it| id(it) == id(cell));
        let Some(counterpart) = counterpart.filter(|it| is_prose(it) && is_prose(cell) && chosen(&id(cell))) else {
            continue;
        };
        let pair = format!("{} {}", fingerprint(counterpart), fingerprint(cell));
        if !cell["metadata"].is_object() {
            cell["metadata"] = json!({});
        }
        if !cell["metadata"]["forward_pass"].is_object() {
            cell["metadata"]["forward_pass"] = json!({});
        }
        cell["metadata"]["forward_pass"]["pair"] = Value::String(pair);
        settled.push(id(cell));
    }
    settled
}

/// Removes the pair from a cell that was copied into another edition and is not yet translated there.
pub fn forget(cell: &mut Value) {
    if let Some(block) = cell["metadata"]["forward_pass"].as_object_mut() {
        block.shift_remove("pair");
    }
}

fn stored(cell: &Value) -> Option<(&str, &str)> {
    cell["metadata"]["forward_pass"]["pair"].as_str()?.split_once(' ')
}

fn fingerprint(cell: &Value) -> String {
    Sha256::digest(text(&cell["source"]).as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{carry, compare};
    use super::*;

    fn notebook(prose: &str, code: &str) -> Value {
        json!({"cells": [
            {"cell_type": "markdown", "id": "title", "metadata": {}, "source": [prose]},
            {"cell_type": "code", "id": "sum", "metadata": {}, "outputs": [], "source": [code]},
        ], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    }

    #[test]
    fn a_new_edition_starts_untranslated_and_is_matched_on_request() {
        let original = notebook("# Sums", "1 + 1");
        let mut other = carry(&original, None);
        assert_eq!(stale(&original, &other), [Prose { cell: "title".into(), why: "not yet translated" }]);
        assert_eq!(settle(&original, &mut other, |_| true), ["title"]);
        assert!(compare(&original, &other).is_none());
    }

    #[test]
    fn a_text_that_changed_makes_its_counterpart_stale() {
        let original = notebook("# Sums", "1 + 1");
        let mut korean = notebook("# 합", "1 + 1");
        settle(&original, &mut korean, |_| true);
        let why = |original: &Value, other: &Value| stale(original, other).first().map(|prose| prose.why);
        assert_eq!(why(&original, &korean), None);
        assert_eq!(why(&notebook("# All sums", "1 + 1"), &korean), Some("the original has changed"));
        korean["cells"][0]["source"] = json!(["# 모든 합"]);
        let asked = "the translation has changed: does the original say the same?";
        assert_eq!(why(&original, &korean), Some(asked));
        assert_eq!(why(&notebook("# All sums", "1 + 1"), &korean), Some("both texts have changed"));
    }

    #[test]
    fn carrying_brings_code_and_outputs_and_leaves_the_prose() {
        let mut korean = notebook("# 합", "1 + 1");
        settle(&notebook("# Sums", "1 + 1"), &mut korean, |_| true);
        let mut changed = notebook("# Sums", "2 + 2");
        changed["cells"][1]["outputs"] = json!([{"output_type": "stream", "name": "stdout", "text": ["4\n"]}]);
        assert_eq!(compare(&changed, &korean).cells, ["sum"]);
        let carried = carry(&changed, Some(&korean));
        assert_eq!(carried["cells"][0], korean["cells"][0]);
        assert_eq!(carried["cells"][1], changed["cells"][1]);
        assert!(compare(&changed, &carried).is_none());
    }

    #[test]
    fn cells_that_one_edition_lacks_or_has_elsewhere_are_named() {
        let original = notebook("# Sums", "1 + 1");
        let mut short = original.clone();
        short["cells"].as_array_mut().unwrap().pop();
        assert_eq!(compare(&original, &short).cells, ["sum"]);
        assert_eq!(compare(&short, &original).cells, ["sum"]);
        let mut turned = original.clone();
        turned["cells"].as_array_mut().unwrap().reverse();
        assert_eq!(compare(&original, &turned).cells, ["order"]);
    }
}
