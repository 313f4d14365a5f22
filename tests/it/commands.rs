//! The other subcommands.

mod completions;
mod data;
mod editions;
mod exercises;
mod export;
mod fmt;
mod hooks;
mod kernel;
mod lint;
mod new_course;
mod pages;
mod round_trips;
mod site;
