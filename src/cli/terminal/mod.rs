//! What people see at a terminal: style, messages in two languages, Markdown, pictures, and how a cell ended.
//!
//! What never belongs here: deciding what is shown. Everything here turns data into text, or asks the terminal.

pub mod cell_end;
pub mod highlight;
pub mod interrupt;
pub mod markdown;
pub mod messages;
pub mod picture;
pub mod plural;
pub mod style;
