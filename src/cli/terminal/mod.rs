//! Output for the terminal: style, messages in two languages, Markdown, pictures, and how a cell ended.
//!
//! Modules here turn data into text or query the terminal. They never decide what is shown.

pub mod cell_end;
pub mod highlight;
pub mod interrupt;
pub mod keys;
pub mod markdown;
pub mod messages;
pub mod picture;
pub mod plural;
pub mod shown;
pub mod style;
