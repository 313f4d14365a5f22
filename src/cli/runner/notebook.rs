//! One notebook under test: its cells are run and judged.
//!
//! Problems of the notebook as a whole are found in `problems`.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use super::execute::{self, Step};
use super::filter::Chosen;
use super::options::Options;
use super::pool::Pool;
use super::report::progress::Progress;
use super::result::{CellReport, NotebookReport, OTHER_LANGUAGE, Problem, TOOL_FAILED, UNREADABLE};
use super::rules::{Rules, Settings};
use super::stop::{Control, Halt};
use super::verdict::Verdict;
use super::{compare, problems, settings, verdict};
use crate::cli::engine::Session;
use crate::cli::files;
use crate::cli::notebook::ipynb::Notebook;
use crate::cli::outcome::Outcome;

/// What all notebooks of one run share.
pub struct Run<'a> {
    pub options: &'a Options,
    pub control: &'a Control,
    pub progress: &'a Progress,
}

/// Runs and judges one notebook; `pool` may keep the session for the worker's next one. With `edition`, an edition of
/// the same code that has already run, nothing runs again: its outcomes are compared with this notebook's outputs.
pub fn test_notebook(
    run: &Run,
    pool: &mut Pool,
    worker: usize,
    chosen: &Chosen,
    edition: Option<&NotebookReport>,
) -> NotebookReport {
    let path = &chosen.path;
    let mut report = NotebookReport { path: path.clone(), origin: chosen.origin.clone(), ..NotebookReport::default() };
    let (notebook, settings) = match read(path) {
        Ok(read) => read,
        Err(error) => {
            report.problems.push(Problem::new(UNREADABLE, format!("{error:#}")));
            return report;
        }
    };
    match notebook.other_language() {
        Some(message) if run.options.skip_foreign => report.left_out = Some(message),
        Some(message) => {
            let help = "help: leave it out, choose the Rust kernel, or pass `--foreign skip`";
            report.problems.push(Problem::new(OTHER_LANGUAGE, format!("{message}\n{help}")));
        }
        None => {
            let steps = execute::steps(&notebook, &settings);
            let runner = Runner { run, worker, notebook: &notebook, settings: &settings, steps: &steps, chosen };
            let edition = edition.filter(|edition| edition.ran_whole());
            report.shared_with = edition.map(|edition| edition.path.clone());
            let tested = match edition {
                Some(edition) => runner.judge_cells_of(edition),
                None => runner.run_cells(pool),
            };
            match tested {
                Ok(cells) => report.cells = cells,
                Err(error) => report.problems.push(Problem::new(TOOL_FAILED, format!("{error:#}"))),
            }
            run.control.unregister(worker);
        }
    }
    report.notebook = Some(notebook);
    report.settings = settings;
    if report.left_out.is_none() {
        problems::find(&mut report, run.options.portable);
    }
    report
}

fn read(path: &Path) -> Result<(Notebook, Settings)> {
    let notebook = Notebook::read(path)?;
    let settings = settings::of_notebook(path, &notebook)?;
    Ok((notebook, settings))
}

/// The outcome of a step, given its number among the steps, and how long it took.
type Outcomes<'a> = dyn FnMut(usize, &Step, &Rules) -> Result<(Outcome, Duration)> + 'a;

/// The cells of one notebook, one after the other.
struct Runner<'a> {
    run: &'a Run<'a>,
    worker: usize,
    notebook: &'a Notebook,
    settings: &'a Settings,
    steps: &'a [Step<'a>],
    chosen: &'a Chosen,
}

impl Runner<'_> {
    /// Runs the cells in a session of their own.
    fn run_cells(&self, pool: &mut Pool) -> Result<Vec<CellReport>> {
        let mut reports = self.reports();
        let (Some(last), false) = (self.last(), self.is_halted(&mut reports)) else { return Ok(reports) };
        let (path, defaults) = (&self.chosen.path, Rules::of_notebook(self.settings).unwrap_or_default());
        let mut session = pool.take(path, self.notebook, &defaults)?;
        self.run.control.register(self.worker, session.interrupter());
        let script = execute::script(&self.steps[..=last]);
        session.script(if self.run.options.one_by_one { Vec::new() } else { script });
        self.walk(&mut reports, &mut |number, step, rules| self.run_cell(session.as_mut(), number, step, rules))?;
        pool.give_back(path, self.notebook, &defaults, session);
        Ok(reports)
    }

    /// Judges this notebook by the outcomes of an edition of it.
    fn judge_cells_of(&self, edition: &NotebookReport) -> Result<Vec<CellReport>> {
        let mut reports = self.reports();
        if self.is_halted(&mut reports) {
            return Ok(reports);
        }
        self.walk(&mut reports, &mut |number, step, _| {
            let outcome = edition.cells.get(number).and_then(|it| it.outcome.clone());
            let outcome = outcome.with_context(|| format!("`{}` did not run in the other edition", step.cell.id))?;
            Ok((outcome, Duration::ZERO))
        })?;
        Ok(reports)
    }

    fn reports(&self) -> Vec<CellReport> {
        let report = |step: &Step| {
            let mut rules = step.rules.clone().unwrap_or_default();
            rules.ignore_output |= !self.chosen.has(step.at);
            CellReport::new(step.at, &step.cell.id, rules)
        };
        self.steps.iter().map(report).collect()
    }

    /// The last cell that has to run, by its number among the steps.
    fn last(&self) -> Option<usize> {
        self.steps.iter().rposition(|step| self.chosen.has(step.at))
    }

    /// Judges each cell by the outcome that `outcome` returns for it.
    fn walk(&self, reports: &mut [CellReport], outcome: &mut Outcomes) -> Result<()> {
        let last = self.last();
        let mut stopped: Option<String> = None;
        for (number, (step, report)) in self.steps.iter().zip(reports).enumerate() {
            let id = &step.cell.id;
            let reason = self.run.control.halted().map(Halt::reason).or_else(|| stopped.clone());
            if last.is_none_or(|last| number > last) {
                report.verdict = Verdict::LeftOut;
            } else if let Some(verdict) = self.without_running(step, reason) {
                report.verdict = verdict;
            } else {
                let (outcome, took) = outcome(number, step, &report.rules)?;
                let ends_session = verdict::ends_session(&outcome.end);
                self.judge(step, report, outcome, took);
                if ends_session && report.verdict.is_failure() {
                    stopped =
                        Some(format!("`{id}` did not run to its end, and later cells may need what it was to define"));
                }
            }
            if self.run.options.fail_fast && report.verdict.is_failure() {
                self.run.control.fail(format!("`{id}` failed in {}", files::shown_path(&self.chosen.path)));
            }
        }
        Ok(())
    }

    /// Marks all cells as not run when the run was stopped before this notebook began.
    fn is_halted(&self, reports: &mut [CellReport]) -> bool {
        let Some(why) = self.run.control.halted().map(Halt::reason) else { return false };
        reports.iter_mut().for_each(|report| report.verdict = Verdict::NotRun { why: why.clone() });
        true
    }

    /// The verdict on a cell that does not run.
    fn without_running(&self, step: &Step, stopped: Option<String>) -> Option<Verdict> {
        let rules = match &step.rules {
            Err(error) => return Some(Verdict::BadRules(error.clone())),
            Ok(rules) => rules,
        };
        match (&rules.skip, stopped) {
            (Some(_), _) if !self.chosen.has(step.at) => Some(Verdict::LeftOut),
            (Some(skip), _) => Some(Verdict::Skipped { reason: skip.reason.clone() }),
            (None, Some(why)) => Some(Verdict::NotRun { why }),
            (None, None) => None,
        }
    }

    fn run_cell(
        &self,
        session: &mut dyn Session,
        number: usize,
        step: &Step,
        rules: &Rules,
    ) -> Result<(Outcome, Duration)> {
        let Run { options, progress, .. } = self.run;
        let name = files::shown_path(&self.chosen.path);
        progress.cell(&name, number + 1, self.steps.len(), &step.cell.id);
        let compile = rules.compile_timeout.unwrap_or(options.compile_timeout);
        session.limit(Some(compile), Some(rules.run_timeout.unwrap_or(options.timeout)));
        execute::cell(session, step.cell, &mut |event| progress.event(&name, &event))
    }

    fn judge(&self, step: &Step, report: &mut CellReport, outcome: Outcome, took: Duration) {
        let rules = &report.rules;
        report.verdict = verdict::judge(step.cell, &outcome, rules);
        if !report.verdict.is_failure() {
            report.not_portable.clone_from(&outcome.beyond_stock);
        }
        if !rules.ignore_output {
            (report.compared, report.gaps_only) = compare::part_counts(&step.cell.outputs, &rules.measure);
        }
        if !self.chosen.has(step.at) && report.verdict == Verdict::Passed {
            report.verdict = Verdict::LeftOut;
        }
        report.took = took;
        report.outcome = Some(outcome);
    }
}
