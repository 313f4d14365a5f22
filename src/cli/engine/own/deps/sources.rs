//! What the path dependencies of a build were made from, and whether they look at their place.
//!
//! It reads what rustc and build scripts have written about it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::graph::{Graph, Package};
use super::inputs::{self, Inputs};
use super::roots::Roots;
use super::wrapper::looks_at;

pub struct Sources<'a> {
    graph: &'a Graph,
    /// What is in here was made by the build.
    entry: &'a Path,
    files: BTreeSet<PathBuf>,
    variables: BTreeSet<String>,
    is_placed: bool,
}

impl<'a> Sources<'a> {
    pub fn new(graph: &'a Graph, entry: &'a Path) -> Sources<'a> {
        Sources { graph, entry, files: BTreeSet::new(), variables: BTreeSet::new(), is_placed: false }
    }

    /// What the library of a path dependency was compiled from.
    pub fn add_library(&mut self, package: &Package, library: &Path) {
        let text = fs::read_to_string(dep_info_of(library)).unwrap_or_default();
        let (files, variables) = inputs::dep_info(&text, &package.folder);
        self.files.extend(files.into_iter().filter(|file| !file.starts_with(self.entry)));
        self.files.extend(inputs::manifests(&package.folder));
        // Cargo runs it once it is there.
        self.files.insert(package.folder.join("build.rs"));
        self.is_placed |= variables.iter().any(|name| inputs::is_of_place(name));
        self.variables.extend(variables.into_iter().filter(|name| !inputs::is_set_by_cargo(name)));
    }

    /// What a build script depends on, which has written into this folder.
    pub fn add_script(&mut self, package: &Package, out: &Path) {
        let printed = out.with_file_name("output");
        let text = fs::read_to_string(&printed).unwrap_or_default();
        let (files, variables) = inputs::build_script(&text, &package.folder);
        if package.is_local {
            let written = inputs::all_files(out);
            self.is_placed |= inputs::declares_nothing(&text);
            self.is_placed |= looks_at(self.graph, written.iter().chain([&printed]).map(PathBuf::as_path));
            self.files.extend(files);
        }
        self.variables.extend(variables);
    }

    /// All of it, as seen from these roots, and whether the path dependencies look at their place.
    pub fn inputs(mut self, roots: &Roots, looks_around: bool) -> (Inputs, bool) {
        let graph = self.graph;
        self.is_placed |= graph.local().next().is_some() && looks_around;
        self.is_placed |= looks_at(graph, self.files.iter().map(PathBuf::as_path));
        let is_own = |file: &PathBuf| graph.local().any(|package| is_seen_from(file, &package.folder));
        let files = self.files.into_iter().map(|file| if is_own(&file) { roots.relative(&file) } else { file });
        let packages = graph.local().map(|package| roots.relative(&package.folder)).collect();
        (Inputs::of(files.collect(), self.variables, packages, roots), self.is_placed)
    }
}

/// As written, with every `..` in it: a file of the package, or a manifest above it.
fn is_seen_from(file: &Path, package: &Path) -> bool {
    let is_above = |folder: &Path| package.starts_with(folder);
    file.starts_with(package) || (file.ends_with("Cargo.toml") && file.parent().is_some_and(is_above))
}

/// `libx-0123.rlib` -> `x-0123.d`, beside it.
fn dep_info_of(library: &Path) -> PathBuf {
    let stem = library.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    library.with_file_name(format!("{}.d", stem.strip_prefix("lib").unwrap_or(&stem)))
}
