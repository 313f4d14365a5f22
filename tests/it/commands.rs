//! The other subcommands.

mod completions;
mod data;
mod editions;
mod export;
mod kernel;
mod lint;
mod new_course;
