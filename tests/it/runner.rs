//! `run`, `test` and `review` on notebooks made for the test.

mod answers;
mod compares;
mod edits;
mod editions;
mod files;
mod foreign;
mod mutants;
mod options;
mod reports;
mod strangers;
mod streams;
mod verdicts;
