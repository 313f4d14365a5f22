//! One integration binary: everything is tested through the prelude or through the `forward-pass` command.

mod cells;
mod data;
mod editions;
mod engine;
mod engines;
mod export;
mod figures;
mod kernel;
mod lint;
mod mnist;
mod network;
mod new_course;
mod notebooks;
mod runner;
mod runner_compares;
mod runner_foreign;
mod runner_options;
mod runner_reports;
mod tidy;
mod train;
mod weights;
mod zoo;
mod numpy;
mod repl;
mod repl_terminal;
