//! Runs notebooks and judges what they produce: rules, comparison, verdicts, reports.
//!
//! What never belongs here: parsing arguments, or deciding how a cell is compiled.

pub mod accept;
pub mod compare;
mod editions;
pub mod execute;
pub mod executed;
pub mod filter;
mod notebook;
pub mod options;
pub mod pending;
pub mod pictures;
mod pool;
mod portability;
pub mod problems;
pub mod report;
pub mod result;
pub mod rules;
pub mod settings;
mod stop;
mod verdict;
pub mod volatile;
mod workers;

use filter::Chosen;
use notebook::Run;
use options::Options;
use report::progress::Progress;
use result::NotebookReport;
use stop::Control;

/// Tests the chosen notebooks and hands on each report in their order; true when the run was interrupted.
pub fn test_all(options: &Options, chosen: &[Chosen], on_report: &mut dyn FnMut(&Progress, NotebookReport)) -> bool {
    let (control, progress) = (Control::default(), Progress::new(chosen.len()));
    let run = Run { options, control: &control, progress: &progress };
    workers::test_all(&run, chosen, &mut |report| on_report(&progress, report));
    progress.finish();
    control.is_interrupted()
}
