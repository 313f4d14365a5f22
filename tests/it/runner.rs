//! `run`, `test` and `review` on notebooks made for the test.

mod compares;
mod editions;
mod foreign;
mod mutants;
mod options;
mod reports;
mod strangers;
mod verdicts;
