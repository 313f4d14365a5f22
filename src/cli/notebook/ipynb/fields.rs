//! Changes of a notebook's other fields: sources, ids, execution counts, one more cell. Every other byte stays.
//!
//! Outputs are changed in `write`.

use std::collections::HashSet;
use std::ops::Range;

use serde_json::{Value, json};

use super::spans::Node;
use super::style::Style;
use super::{Notebook, spans};

/// What [`Notebook::repaired`] changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repairs {
    /// Cells with a new id.
    pub ids: usize,
    /// Cells with a new execution count.
    pub counts: usize,
    /// Only nbformat 4.5 has ids.
    pub has_format: bool,
    /// The stock kernel writes `pygment_lexer` for `pygments_lexer`.
    pub has_lexer: bool,
}

type Edits = Vec<(Range<usize>, String)>;

impl Notebook {
    /// The text with these sources in the cells of these places.
    pub fn with_sources(&self, sources: &[(usize, String)]) -> String {
        let (root, style) = (self.root(), Style::of(self));
        let cells = cells_of(&root);
        let mut edits = Edits::new();
        for (at, source) in sources {
            let Some(node) = cells.get(*at).and_then(|cell| cell.get("source")) else { continue };
            let is_list = self.text[node.range.clone()].starts_with('[');
            let lines: Vec<&str> = source.split_inclusive('\n').collect();
            let value = if is_list { json!(lines) } else { json!(source) };
            edits.push((node.range.clone(), style.print(&value, 3)));
        }
        self.spliced(edits)
    }

    /// The text with another cell after one of its cells.
    pub fn with_cell_after(&self, at: usize, cell: &Value) -> String {
        let (root, style) = (self.root(), Style::of(self));
        let Some(node) = cells_of(&root).get(at).copied() else { return self.text.clone() };
        let end = node.range.end;
        let list = style.list(&[style.print(cell, 2)], 1);
        // Without the brackets, and without the line of the second one.
        let item = list[1..list.len() - 1].trim_end();
        self.spliced(vec![(end..end, format!(",{}{item}", if item.starts_with('{') { " " } else { "" }))])
    }

    /// The text without a cell that is not the first.
    pub fn without_cell(&self, at: usize) -> String {
        let root = self.root();
        let cells = cells_of(&root);
        match (cells.get(at.wrapping_sub(1)), cells.get(at)) {
            (Some(before), Some(cell)) => self.spliced(vec![(before.range.end..cell.range.end, String::new())]),
            _ => self.text.clone(),
        }
    }

    /// The text with an id of its own in each cell, with counts that increase, and without the stock kernel's typo.
    pub fn repaired(&self) -> (String, Repairs) {
        let root = self.root();
        let mut edits = Edits::new();
        let mut repairs = Repairs::default();
        self.repair_ids(&root, &mut edits, &mut repairs);
        self.repair_counts(&root, &mut edits, &mut repairs);
        let info = root.get("metadata").and_then(|metadata| metadata.get("language_info"));
        let wrong = info.and_then(|info| info.get("pygment_lexer").filter(|_| info.get("pygments_lexer").is_none()));
        if let Some(key) = wrong.and_then(|node| node.key.clone()) {
            edits.push((key, "\"pygments_lexer\"".into()));
            repairs.has_lexer = true;
        }
        (self.spliced(edits), repairs)
    }

    fn repair_ids(&self, root: &Node, edits: &mut Edits, repairs: &mut Repairs) {
        let cells = cells_of(root);
        let stored: Vec<Option<String>> =
            cells.iter().map(|cell| self.value(cell.get("id")?).as_str().map(str::to_owned)).collect();
        let mut used: HashSet<String> = stored.iter().flatten().cloned().collect();
        let mut seen = HashSet::new();
        let style = Style::of(self);
        for (at, (cell, id)) in cells.iter().zip(&stored).enumerate() {
            match id {
                Some(id) if seen.insert(id) => {}
                Some(id) => {
                    let new = json!(unused(&format!("{id}-"), 2, &mut used)).to_string();
                    edits.extend(cell.get("id").map(|node| (node.range.clone(), new)));
                    repairs.ids += 1;
                }
                None => {
                    let new = json!(unused("cell-", at + 1, &mut used)).to_string();
                    // Where nbformat has it, after these.
                    let before = cell.get("execution_count").or_else(|| cell.get("cell_type"));
                    let Some(end) = before.map(|node| node.range.end) else { continue };
                    edits.push((end..end, style.member("id", &new)));
                    repairs.ids += 1;
                }
            }
        }
        let minor = root.get("nbformat_minor");
        if minor.is_none_or(|minor| self.value(minor).as_u64() < Some(5)) && !cells.is_empty() {
            repairs.has_format = true;
            match (minor, root.get("nbformat")) {
                (Some(minor), _) => edits.push((minor.range.clone(), "5".into())),
                (None, Some(major)) => edits.push((major.range.end..major.range.end, ", \"nbformat_minor\": 5".into())),
                (None, None) => {}
            }
        }
    }

    fn repair_counts(&self, root: &Node, edits: &mut Edits, repairs: &mut Repairs) {
        let counted: Vec<(&Node, &Node, u64)> = cells_of(root)
            .into_iter()
            .filter_map(|cell| {
                let node = cell.get("execution_count")?;
                Some((cell, node, self.value(node).as_u64()?))
            })
            .collect();
        if counted.is_sorted_by(|(.., a), (.., b)| a < b) {
            return;
        }
        for (number, (cell, node, count)) in counted.iter().enumerate() {
            let new = (number + 1).to_string();
            repairs.counts += usize::from(*count != number as u64 + 1);
            edits.push((node.range.clone(), new.clone()));
            let outputs = cell.get("outputs").map(Node::items).unwrap_or_default();
            let counts = outputs.iter().filter_map(|output| output.get("execution_count"));
            edits.extend(counts.map(|node| (node.range.clone(), new.clone())));
        }
    }

    fn root(&self) -> Node {
        let json = self.text.strip_prefix('\u{feff}').unwrap_or(&self.text);
        spans::scan(json, self.text.len() - json.len())
    }

    fn value(&self, node: &Node) -> Value {
        serde_json::from_str(&self.text[node.range.clone()]).unwrap_or_default()
    }

    fn spliced(&self, mut edits: Edits) -> String {
        edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
        let mut text = self.text.clone();
        for (range, new) in edits {
            text.replace_range(range, &new);
        }
        text
    }
}

fn cells_of(root: &Node) -> Vec<&Node> {
    root.get("cells").map(Node::items).unwrap_or_default()
}

/// The first of `a-2`, `a-3` and so on that no cell has.
fn unused(stem: &str, first: usize, used: &mut HashSet<String>) -> String {
    // An id has 64 characters at most.
    let stem: String = stem.chars().take(56).collect();
    let id = (first..).map(|number| format!("{stem}{number}")).find(|id| !used.contains(id));
    let id = id.expect("there are more numbers than cells");
    used.insert(id.clone());
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{
 "cells": [
  {
   "cell_type": "markdown",
   "metadata": {"x": 1.00},
   "source": "a\nb"
  },
  {
   "cell_type": "code",
   "execution_count": 7,
   "id": "a",
   "metadata": {},
   "outputs": [
    {"execution_count": 7, "output_type": "execute_result"}
   ],
   "source": [
    "1"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": 7,
   "id": "a",
   "metadata": {},
   "outputs": [],
   "source": []
  }
 ],
 "metadata": {"language_info": {"name": "rust", "pygment_lexer": "rust"}},
 "nbformat": 4,
 "nbformat_minor": 4
}
"#;

    #[test]
    fn sources_are_replaced_in_their_own_form() {
        let notebook = Notebook::parse(TEXT).unwrap();
        let text = notebook.with_sources(&[(0, "\"c\"".into()), (1, "2\n3".into())]);
        let expected =
            TEXT.replace(r#""a\nb""#, r#""\"c\"""#).replace("    \"1\"\n   ]", "    \"2\\n\",\n    \"3\"\n   ]");
        assert_eq!(text, expected);
    }

    #[test]
    fn a_cell_is_put_in_and_taken_out() {
        let notebook = Notebook::parse(TEXT).unwrap();
        let with = notebook.with_cell_after(1, &json!({"cell_type": "raw", "source": []}));
        let added = ",\n  {\n   \"cell_type\": \"raw\",\n   \"source\": []\n  }";
        assert!(with.contains(&format!("\"1\"\n   ]\n  }}{added},\n  {{\n")), "{with}");
        let with = Notebook::parse(&with).unwrap();
        assert_eq!(with.cells.len(), 4);
        assert_eq!(with.without_cell(2), TEXT);
        let compact = r#"{"cells": [{"cell_type": "raw", "source": "1"}], "nbformat": 4}"#;
        let text = Notebook::parse(compact).unwrap().with_cell_after(0, &json!({"cell_type": "raw"}));
        assert!(text.contains(r#""source": "1"}, {"cell_type": "raw"}]"#), "{text}");
    }

    #[test]
    fn repairs_change_what_is_wrong_and_nothing_else() {
        let notebook = Notebook::parse(TEXT).unwrap();
        let (text, repairs) = notebook.repaired();
        assert_eq!(repairs, Repairs { ids: 2, counts: 2, has_format: true, has_lexer: true });
        let expected = TEXT
            .replace("\"markdown\",", "\"markdown\",\n   \"id\": \"cell-1\",")
            .replacen("\"execution_count\": 7", "\"execution_count\": 1", 2)
            .replacen("\"execution_count\": 7", "\"execution_count\": 2", 1)
            .replace("pygment_lexer", "pygments_lexer")
            .replace("\"nbformat_minor\": 4", "\"nbformat_minor\": 5");
        let second = expected.rfind("\"id\": \"a\"").unwrap();
        let expected = format!("{}\"id\": \"a-2\"{}", &expected[..second], &expected[second + 9..]);
        assert_eq!(text, expected);
        let again = Notebook::parse(&text).unwrap().repaired();
        assert_eq!(again, (text, Repairs::default()));
    }
}
