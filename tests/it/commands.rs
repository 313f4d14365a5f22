//! The other subcommands.

mod completions;
mod data;
mod editions;
mod exercises;
mod export;
mod hooks;
mod kernel;
mod lint;
mod new_course;
mod round_trips;
mod site;
