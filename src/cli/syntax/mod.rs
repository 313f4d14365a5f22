//! Rust read as text: splitting a cell, completing a name, `:dep` lines, short type names, the library's source.
//!
//! What never belongs here: compiling or running anything.

pub mod complete;
pub mod dependency;
pub mod input;
pub mod library;
pub mod names;
pub mod split;
pub mod types;
