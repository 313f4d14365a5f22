//! Dependencies: what `:dep` lines ask for, and the libraries that cargo makes of them.
//!
//! It compiles no cell; `build` talks to cargo, `inputs` judges whether a build is still the right one.

mod build;
mod cargo;
mod early;
mod inputs;
mod record;
mod prebuilt;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

pub use build::build;
pub use early::Early;
pub use inputs::dep_info;

use super::cache::Lock;
pub use crate::cli::syntax::dependency::Dependency;

/// tokio as a cell that awaits needs it: as it was asked for, with what a runtime is made of.
pub fn tokio(dependencies: &[Dependency]) -> Dependency {
    let asked = dependencies.iter().find(|one| one.name() == "tokio");
    asked.map_or_else(|| Dependency::of("tokio", "1.34"), Dependency::clone).with_features(&["rt", "rt-multi-thread"])
}

/// The libraries for a set of dependencies.
#[derive(Clone, Debug, Default)]
pub struct Built {
    /// `ndarray` and its library, for `--extern`.
    pub externs: Vec<(String, PathBuf)>,
    /// The libraries that those are built on: a cell may hold their types, and cannot name them.
    pub inner: Vec<(String, PathBuf)>,
    /// What cells have in common, compiled.
    pub shared: Option<PathBuf>,
    /// For `-L`: `dependency=/...`, `native=/...`.
    pub search_paths: Vec<String>,
    /// What cargo tells a crate that it compiles.
    pub env: BTreeMap<String, String>,
    /// Every crate of the graph by name, with a hash of its content: as long as it is the same, so are its types.
    pub fingerprints: BTreeMap<String, String>,
    /// Keeps the libraries from being thrown away while they are used.
    pub hold: Option<Arc<Lock>>,
}

/// Why there are no libraries, where that is nobody's fault but the `:dep` line's, the network's or the disk's.
#[derive(Clone, Debug, PartialEq)]
pub enum NotBuilt {
    Interrupted,
    TimedOut,
    /// In words, with the next step.
    Refused(String),
}

impl fmt::Display for NotBuilt {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            NotBuilt::Interrupted => f.write_str("interrupted"),
            NotBuilt::TimedOut => f.write_str("the build of the dependencies took too long"),
            NotBuilt::Refused(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for NotBuilt {}

#[cfg(test)]
mod tests;
