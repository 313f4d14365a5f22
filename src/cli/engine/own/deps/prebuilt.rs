//! A library of functions that many cells need: generic functions, compiled for the types that most cells use.
//!
//! Without optimisation, rustc takes a generic function from a library that already has it for the same types. The code
//! is the same as if the cell contained it, so only the compile time differs. The texts cover four in five of the
//! functions in the chapter's cells.

use super::Dependency;

const PLAIN: &str = include_str!("prebuilt/plain.rs.txt");
const ARRAYS: &str = include_str!("prebuilt/arrays.rs.txt");
const CHAPTER: &str = include_str!("prebuilt/chapter.rs.txt");

/// The source of that library for these crates.
pub fn text(dependencies: &[&Dependency]) -> String {
    let has = |name: &str| dependencies.iter().any(|one| one.name().replace('-', "_") == name);
    let of_arrays = ["ndarray::*", "forward_pass::prelude::*"].map(|path| format!("use {path};\n{ARRAYS}"));
    let of_arrays = match [has("ndarray"), has("forward_pass")] {
        [true, _] => Some(&of_arrays[0]),
        [false, true] => Some(&of_arrays[1]),
        [false, false] => None,
    };
    let parts = [
        Some(("plain", PLAIN)),
        of_arrays.map(|text| ("arrays", text.as_str())),
        has("forward_pass").then_some(("chapter", CHAPTER)),
    ];
    let modules = parts.into_iter().flatten();
    let modules = modules.map(|(name, text)| format!("#[doc(hidden)]\npub mod __fp_{name} {{\n{text}}}\n"));
    format!("#![allow(warnings)]\n{}", modules.collect::<String>())
}
