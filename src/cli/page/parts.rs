//! Which parts of a cell a page shows, folds or leaves out, by the tags and metadata of Jupyter and of its converters.

use serde_json::Value;

use crate::cli::notebook::course::{Cell, CellKind};
use crate::cli::outcome::Stream;

/// How a part of a cell is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Shown,
    /// Behind a line to click on.
    Folded,
    Removed,
}

impl Part {
    /// The text of the part as the page has it; `details` puts it behind a line.
    pub fn applied(self, text: String, details: impl FnOnce(&str) -> String) -> String {
        match self {
            _ if text.is_empty() => text,
            Part::Shown => text,
            Part::Folded => details(&text),
            Part::Removed => String::new(),
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Parts {
    pub cell: Part,
    pub input: Part,
    pub outputs: Part,
    stdout: bool,
    stderr: bool,
}

impl Parts {
    pub fn of(cell: &Cell, metadata: &Value) -> Parts {
        // `remove-cell`, `remove_cell` and so on.
        let has = |name: &str| cell.tags.iter().any(|tag| tag.replace('_', "-") == name);
        let is_set = |value: &Value| value.as_bool() == Some(true);
        let jupyter = &metadata["jupyter"];
        let is_code = cell.kind == CellKind::Code;
        let part = |removed: bool, folded: bool| match (removed, folded) {
            (true, _) => Part::Removed,
            (_, true) => Part::Folded,
            _ => Part::Shown,
        };
        let hides_input = has("hide-input") || is_set(&jupyter["source_hidden"]) || is_set(&metadata["hide_input"]);
        let outputs_hidden = is_set(&jupyter["outputs_hidden"]) || is_set(&metadata["collapsed"]);
        let hides_output = is_code && (has("hide-output") || has("hide-outputs") || outputs_hidden);
        Parts {
            cell: part(has("remove-cell"), has("hide-cell")),
            input: part(has("remove-input"), hides_input),
            outputs: part(has("remove-output") || has("remove-outputs"), hides_output),
            stdout: !has("remove-stdout"),
            stderr: !has("remove-stderr"),
        }
    }

    /// Whether what was printed there is shown.
    pub fn shows(&self, stream: Stream) -> bool {
        if stream == Stream::Stderr { self.stderr } else { self.stdout }
    }
}
