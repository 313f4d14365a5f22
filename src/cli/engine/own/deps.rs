//! Dependencies: what `:dep` lines ask for, and the libraries that cargo builds from them.
//!
//! It compiles no cell. `build` runs cargo; `inputs` decides whether a build is up to date.

mod build;
mod cargo;
mod graph;
mod inputs;
mod layer;
mod prebuilt;
mod prefetch;
mod record;
mod roots;
mod seed;
mod sources;
mod wrapper;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

pub use build::build;
pub use inputs::dep_info;
pub use layer::{existing, layer, layer_of};
pub use prefetch::Prefetch;
pub use record::{path_of_entry, variables};

use super::cache::Lock;
pub use crate::cli::syntax::dependency::Dependency;

/// tokio as a cell with `.await` needs it: as asked for, with the features of a runtime.
pub fn tokio(dependencies: &[Dependency]) -> Dependency {
    let asked = dependencies.iter().find(|one| one.name() == "tokio");
    asked.map_or_else(|| Dependency::of("tokio", "1.34"), Dependency::clone).with_features(&["rt", "rt-multi-thread"])
}

/// The libraries for a set of dependencies.
#[derive(Clone, Debug, Default)]
pub struct Libraries {
    /// `ndarray` and its library, for `--extern`.
    pub externs: Vec<(String, PathBuf)>,
    /// Transitive dependencies: a cell may hold their types, and cannot name them.
    pub transitive: Vec<(String, PathBuf)>,
    /// Functions that many cells need, compiled.
    pub prebuilt: Option<PathBuf>,
    /// For `-L`: `dependency=/...`, `native=/...`.
    pub search_paths: Vec<String>,
    /// The variables that cargo sets for a crate that it compiles.
    pub env: BTreeMap<String, String>,
    /// Every crate of the graph, with a hash of its content: while that is the same, so are its types.
    pub fingerprints: BTreeMap<String, String>,
    /// All libraries of the graph, each with a hash of its content.
    pub rlibs: BTreeMap<PathBuf, String>,
    /// The build's own folder.
    pub folder: PathBuf,
    /// It is in a shared cache.
    pub is_shared: bool,
    /// The sources of the path dependencies, where they are now.
    pub sources: Vec<PathBuf>,
    /// The folders of path dependencies that were elsewhere when they were built, and where they are now.
    pub moved: Vec<(PathBuf, PathBuf)>,
    /// A procedural macro among the crates may look at files and variables around a cell.
    pub looks_around: bool,
    /// Keeps the libraries from being evicted while they are used.
    pub _lock: Option<Arc<Lock>>,
}

/// Why a build ended without libraries, other than by a failure of our own.
#[derive(Clone, Debug, PartialEq)]
pub enum NotBuilt {
    Interrupted,
    TimedOut,
    /// The message, with the next step.
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
