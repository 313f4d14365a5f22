//! A notebook as a page, in HTML or Markdown: prose, code and stored outputs.
//!
//! What belongs here: turning cells into text for readers, and making a stranger's HTML harmless. Nothing here reads
//! arguments from the command line, runs a cell, or decides where a page is written.

pub mod addresses;
mod anchors;
mod beside;
mod frame;
pub mod html;
mod language;
pub mod markdown;
mod mathml;
mod parts;
mod prose;
mod sanitize;
mod screen;
mod shown;
pub mod source;
mod tags;
pub mod written;

pub use self::prose::{code, fragment};
pub use self::shown::escaped;
use self::source::Source;
use self::written::Exported;
