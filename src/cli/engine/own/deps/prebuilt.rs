//! A library with what cells have in common: functions of generic crates, compiled for the types that most cells use.
//!
//! rustc takes a generic function from a library that has it already for the same types, where neither is optimised. It
//! is the same code that the cell would have been compiled to, so this can be seen in nothing but the time. The texts
//! were chosen by what the chapter's cells were made of: of their functions four in five are here.

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
