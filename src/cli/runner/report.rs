//! Reports of a test run: for people, as JSON, as JUnit XML, as GitHub annotations.
//!
//! They only describe results; what passes and what fails is decided in `verdict` and `problems`.

mod diff;
pub mod github;
pub mod human;
pub mod json;
pub mod junit;
pub mod list;
pub mod progress;
pub mod summary;
mod wording;
