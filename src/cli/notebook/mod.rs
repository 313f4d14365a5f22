//! Documents: the course, notebook files, normalised outputs, the chapter's notebooks and its glossary.
//!
//! What never belongs here: running a cell, or printing. A notebook is text to read and write.

pub mod chapter;
pub mod course;
pub mod exercise;
pub mod glossary;
pub mod ipynb;
pub mod normalize;
pub mod progress;
