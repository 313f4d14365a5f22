//! Rust as text: splitting cells, indenting, completing names, `:dep` lines, short type names, the library's source.
//!
//! Nothing here compiles or runs code.

pub mod complete;
pub mod dependency;
pub mod indent;
pub mod input;
pub mod library;
pub mod names;
pub mod split;
pub mod types;
