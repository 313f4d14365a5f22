//! Documents: the course, notebook text, stable output text, the chapter's notebooks and its glossary.
//!
//! What never belongs here: running a cell, or printing. A notebook is text that is read and written.

pub mod chapter;
pub mod course;
pub mod glossary;
pub mod ipynb;
pub mod normalize;
