//! What a pass of rustc over a cell tries; a failed pass changes the plan of the next one.

use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Variables to load, in order of name.
    pub load: Vec<String>,
    /// New variables to store at the cell's end.
    pub store: Vec<String>,
    /// All names that the cell binds: they shadow loaded variables at the cell's end.
    pub bound: BTreeSet<String>,
    /// Loaded variables that the cell moves, or that can't be put back.
    pub gone: BTreeSet<String>,
    /// Loaded variables whose types are inferred from their recipes, and whether recursively.
    pub like: BTreeMap<String, bool>,
    /// `?` leaves the cell.
    pub question: bool,
    /// Where in the cell a `?` follows an `Option`.
    pub option_at: BTreeSet<usize>,
    pub awaits: bool,
    pub show: Show,
    /// The format of errors: `{}`, `{:?}`, `{:#?}`.
    pub error_format: String,
    /// The format of a shown value.
    pub value_format: String,
    pub with_type: bool,
}

/// How the final expression is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// By its own `evcxr_display`, through references and boxes, else by `Debug`: rustc chooses, in one pass.
    #[default]
    Either,
    /// By a plain call of `evcxr_display`.
    Method,
    /// By `Debug` alone.
    Format,
}
