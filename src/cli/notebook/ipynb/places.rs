//! The byte ranges of a notebook's cells and outputs in its text, and the lines of the file.
//!
//! Nothing is changed here.

use std::ops::Range;

use sha2::{Digest, Sha256};

use super::spans::Node;
use super::{Notebook, spans};

/// The byte ranges of a cell's parts.
#[derive(Clone, Debug)]
pub struct Place {
    pub cell: Range<usize>,
    /// Its id, in quotes; `None` if the notebook has none.
    pub id: Option<Range<usize>>,
    pub outputs: Option<Range<usize>>,
    pub execution_count: Option<Range<usize>>,
    /// The line of the file for each line of the source.
    pub source_lines: Vec<usize>,
}

impl Place {
    pub fn new(cell: &Node, lines: &LineIndex) -> Place {
        let source = cell.get("source");
        let source_lines = match source {
            Some(node) if node.items().is_empty() => vec![lines.line(node.range.start)],
            Some(node) => node.items().iter().map(|item| lines.line(item.range.start)).collect(),
            None => Vec::new(),
        };
        Place {
            cell: cell.range.clone(),
            id: cell.get("id").map(|node| node.range.clone()),
            outputs: cell.get("outputs").map(|node| node.range.clone()),
            execution_count: cell.get("execution_count").map(|node| node.range.clone()),
            source_lines,
        }
    }
}

/// Byte offset to line number.
pub struct LineIndex(Vec<usize>);

impl LineIndex {
    pub fn new(text: &str) -> LineIndex {
        LineIndex(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect())
    }

    pub fn line(&self, offset: usize) -> usize {
        self.0.partition_point(|newline| *newline < offset) + 1
    }
}

impl Notebook {
    /// The line of the file that holds a line of a cell, both from 1.
    pub fn file_line(&self, cell: usize, line: usize) -> usize {
        let Some(place) = self.places.get(cell) else { return 1 };
        let at = line.clamp(1, place.source_lines.len().max(1)) - 1;
        place.source_lines.get(at).copied().unwrap_or(1)
    }

    /// The line of the file that holds a line of a stored output, both from 1; the output is named as in a
    /// difference: `stdout`, `text/plain`, `image/png (output 2)`.
    pub fn output_line(&self, cell: usize, part: &str, line: usize) -> Option<usize> {
        let outputs = self.places.get(cell)?.outputs.clone()?;
        let node = spans::scan(&self.text[outputs.clone()], outputs.start);
        let texts = self.texts_of(&node, part);
        let mut passed = 1;
        let found = texts.iter().find(|text| {
            passed += self.string(text).matches('\n').count();
            // The line may end in this piece, or continue in the next one.
            passed > line || passed == line && !self.string(text).ends_with('\n')
        });
        Some(LineIndex::new(&self.text).line(found.or(texts.last())?.range.start))
    }

    /// The strings that make up a part of the outputs, in order.
    fn texts_of<'a>(&self, outputs: &'a Node, part: &str) -> Vec<&'a Node> {
        let is = |output: &Node, key: &str, value: &str| output.get(key).is_some_and(|it| self.string(it) == value);
        let mut texts = Vec::new();
        let mut rich = 0;
        for output in outputs.items() {
            let holds = match (part, output.get("data")) {
                ("error", _) if is(output, "output_type", "error") => Some(output),
                ("stdout" | "stderr", None) if is(output, "name", part) => output.get("text"),
                (_, Some(data)) => {
                    rich += 1;
                    let (mime, number) = part.split_once(" (output ").unwrap_or((part, "1)"));
                    let its = number.trim_end_matches(')').parse() == Ok(rich);
                    data.get(mime).filter(|_| its)
                }
                _ => None,
            };
            texts.extend(holds.into_iter().flat_map(|node| match node.items() {
                items if items.is_empty() => vec![node],
                items => items,
            }));
        }
        texts
    }

    fn string(&self, node: &Node) -> String {
        serde_json::from_str(&self.text[node.range.clone()]).unwrap_or_default()
    }

    /// A short text that changes whenever a cell's source or stored outputs do.
    pub fn fingerprint(&self, cell: usize) -> String {
        let mut hasher = Sha256::new();
        hasher.update(self.cells[cell].source.as_bytes());
        hasher.update([0]);
        if let Some(outputs) = self.places.get(cell).and_then(|place| place.outputs.clone()) {
            hasher.update(&self.text.as_bytes()[outputs]);
        }
        hasher.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}
