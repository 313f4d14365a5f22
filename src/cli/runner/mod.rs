//! Runs notebooks and judges what they produce: rules, comparison, verdicts, reports.
//!
//! What never belongs here: parsing arguments, or deciding how a cell is compiled.

pub mod accept;
pub mod annotation;
pub mod compare;
pub mod editions;
pub mod execute;
pub mod filter;
pub mod notebook;
pub mod pending;
pub mod pictures;
pub mod pool;
pub mod portability;
pub mod problems;
pub mod report;
pub mod rules;
pub mod settings;
pub mod stop;
pub mod verdict;
pub mod volatile;
pub mod workers;

use anyhow::Result;
use filter::Chosen;
use notebook::{Bench, NotebookReport};
use report::progress::Progress;
use stop::Control;

use crate::cli::args::Choice;
use crate::cli::engine::Engine;

/// Tests all of them with nothing but what `review` asks for; true when it was interrupted.
pub fn test_all(
    engine: Engine,
    choice: &Choice,
    chosen: &[Chosen],
    on_report: &mut dyn FnMut(&Progress, NotebookReport) -> Result<()>,
) -> Result<bool> {
    let (control, progress) = (Control::default(), Progress::new(chosen.len()));
    let bench = Bench { engine, choice, fail_fast: false, portable: false, control: &control, progress: &progress };
    workers::test_all(&bench, chosen, jobs(choice.jobs), &mut |report| on_report(&progress, report))?;
    progress.finish();
    Ok(control.is_interrupted())
}

/// 0 is one for each processor.
pub fn jobs(wanted: usize) -> usize {
    if wanted > 0 { wanted } else { std::thread::available_parallelism().map_or(1, usize::from) }
}
