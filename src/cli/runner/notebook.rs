//! One notebook under test: its cells run and judged.
//!
//! What is never green, whatever the cells say, is in `problems`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

use super::filter::Chosen;
use super::pool::Pool;
use super::problems::Problem;
use super::report::progress::Progress;
use super::rules::{Rules, Settings};
use super::stop::{Control, Halt};
use super::verdict::Verdict;
use super::{compare, execute, portability, problems, settings, verdict};
use crate::cli::args::{Choice, Foreign};
use crate::cli::engine::{Engine, Session};
use crate::cli::files;
use crate::cli::notebook::course::Cell;
use crate::cli::notebook::ipynb::Notebook;
use crate::cli::outcome::{End, Outcome};

/// What all notebooks of one run share.
pub struct Bench<'a> {
    pub engine: Engine,
    pub choice: &'a Choice,
    pub fail_fast: bool,
    /// What is not portable is a problem.
    pub portable: bool,
    pub control: &'a Control,
    pub progress: &'a Progress,
}

/// One notebook's results.
#[derive(Default)]
pub struct NotebookReport {
    pub path: PathBuf,
    /// None where it could not be read; then `problems` says why.
    pub notebook: Option<Notebook>,
    pub settings: Settings,
    pub cells: Vec<CellReport>,
    /// What is wrong with the notebook as a whole: each makes it red.
    pub problems: Vec<Problem>,
    /// What would be, had its author not allowed it: counted aloud.
    pub allowed: Vec<Problem>,
    /// Why it was left out whole.
    pub left_out: Option<String>,
    /// The edition whose run this one is compared with.
    pub shared_with: Option<PathBuf>,
}

/// One code cell's result.
pub struct CellReport {
    /// Its place among all cells.
    pub at: usize,
    pub id: String,
    pub rules: Rules,
    pub verdict: Verdict,
    pub outcome: Option<Outcome>,
    pub took: Duration,
    /// How many stored parts were compared.
    pub compared: usize,
    /// How many stored parts are nothing but a gap.
    pub given_up: usize,
    /// What the stock kernel would do otherwise; only of cells that are green here.
    pub not_portable: Vec<String>,
    /// Where its changed figures were written.
    pub pictures: Vec<PathBuf>,
}

impl NotebookReport {
    pub fn fails(&self) -> bool {
        !self.problems.is_empty() || self.cells.iter().any(|cell| cell.verdict.is_failure())
    }

    /// Changed outputs are stored by then.
    pub fn fails_after_accept(&self) -> bool {
        let fails = |cell: &CellReport| cell.verdict.is_failure() && !matches!(cell.verdict, Verdict::Changed(_));
        self.cells.iter().any(fails) || self.problems.iter().any(|problem| problem.kind != problems::NOTHING_COMPARED)
    }

    /// What counts at the end of a run.
    pub fn fails_finally(&self, accept: bool) -> bool {
        if accept { self.fails_after_accept() } else { self.fails() }
    }

    /// Nothing in it could be tested.
    pub fn has_nothing(&self) -> bool {
        let no_code = |problem: &Problem| problem.kind == problems::NO_CODE;
        self.left_out.is_some() || self.cells.is_empty() && self.problems.iter().chain(&self.allowed).any(no_code)
    }

    pub fn is_broken(&self) -> bool {
        self.problems.iter().any(|problem| problem.kind == problems::TOOL_FAILED)
    }

    pub fn is_interrupted(&self) -> bool {
        self.cells.iter().any(|cell| cell.verdict == Verdict::Failed(End::Interrupted))
    }

    /// Every cell that was to run did: another edition can be judged by it.
    fn ran_whole(&self) -> bool {
        !self.is_broken() && !self.cells.iter().any(|cell| matches!(cell.verdict, Verdict::NotRun { .. }))
    }

    pub fn count(&self, holds: impl Fn(&CellReport) -> bool) -> usize {
        self.cells.iter().filter(|cell| holds(cell)).count()
    }

    pub fn took(&self) -> Duration {
        self.cells.iter().map(|cell| cell.took).sum()
    }
}

impl CellReport {
    fn new(at: usize, cell: &Cell) -> CellReport {
        CellReport {
            at,
            id: cell.id.clone(),
            rules: Rules::default(),
            verdict: Verdict::Passed,
            outcome: None,
            took: Duration::ZERO,
            compared: 0,
            given_up: 0,
            not_portable: Vec::new(),
            pictures: Vec::new(),
        }
    }
}

/// Runs and judges one notebook; `pool` keeps a session that the worker's next notebook may use. With an edition of the
/// same code that ran already, nothing runs again: what came there is judged by what is stored here.
pub fn test_notebook(
    bench: &Bench,
    pool: &mut Pool,
    worker: usize,
    chosen: &Chosen,
    edition: Option<&NotebookReport>,
) -> NotebookReport {
    let path = &chosen.path;
    let mut report = NotebookReport { path: path.clone(), ..NotebookReport::default() };
    let read = Notebook::read(path).and_then(|notebook| {
        let settings = settings::of_notebook(path, &notebook)?;
        Ok((notebook, settings))
    });
    let (notebook, settings) = match read {
        Ok(read) => read,
        Err(error) => {
            report.problems.push(Problem::new(problems::UNREADABLE, format!("{error:#}")));
            return report;
        }
    };
    match notebook.other_language() {
        Some(words) if bench.choice.foreign == Foreign::Skip => report.left_out = Some(words),
        Some(words) => {
            let help = "help: leave it out, choose the Rust kernel, or pass `--foreign skip`";
            report.problems.push(Problem::new(problems::OTHER_LANGUAGE, format!("{words}\n{help}")));
        }
        None => {
            let mut runner = Runner { bench, worker, path, notebook: &notebook, settings: &settings, chosen };
            let edition = edition.filter(|edition| edition.ran_whole());
            report.shared_with = edition.map(|edition| edition.path.clone());
            let tested = match edition {
                Some(edition) => runner.judge_cells_of(edition),
                None => runner.run_cells(pool),
            };
            match tested {
                Ok(cells) => report.cells = cells,
                Err(error) => report.problems.push(Problem::new(problems::TOOL_FAILED, format!("{error:#}"))),
            }
            bench.control.unregister(worker);
        }
    }
    report.notebook = Some(notebook);
    report.settings = settings;
    if report.left_out.is_none() {
        problems::find(&mut report, bench.portable);
    }
    report
}

/// What a cell gives, by its place among the code cells, and how long that took.
type Outcomes<'a> = dyn FnMut(usize, &Cell, &Rules) -> Result<(Outcome, Duration)> + 'a;

/// The cells of one notebook, one after the other.
struct Runner<'a> {
    bench: &'a Bench<'a>,
    worker: usize,
    path: &'a Path,
    notebook: &'a Notebook,
    settings: &'a Settings,
    chosen: &'a Chosen,
}

impl Runner<'_> {
    /// Runs the cells in a session of their own.
    fn run_cells(&mut self, pool: &mut Pool) -> Result<Vec<CellReport>> {
        let mut reports = self.reports();
        let (Some(last), false) = (self.last(), self.is_halted(&mut reports)) else { return Ok(reports) };
        let defaults = Rules::of(&Cell::default(), self.settings).unwrap_or_default();
        let mut session = pool.take(self.path, self.notebook, &defaults)?;
        self.bench.control.register(self.worker, session.interrupter());
        let script = execute::script(self.notebook, self.settings, last + 1);
        session.script(if self.bench.choice.one_by_one { Vec::new() } else { script });
        let count = reports.len();
        self.walk(&mut reports, &mut |number, cell, rules| {
            self.run_cell(session.as_mut(), (number, count), cell, rules)
        })?;
        pool.give_back(self.path, self.notebook, &defaults, session);
        Ok(reports)
    }

    /// Judges what came of the same cells in another edition.
    fn judge_cells_of(&self, edition: &NotebookReport) -> Result<Vec<CellReport>> {
        let mut reports = self.reports();
        if self.is_halted(&mut reports) {
            return Ok(reports);
        }
        self.walk(&mut reports, &mut |number, cell, _| {
            let outcome = edition.cells.get(number).and_then(|it| it.outcome.clone());
            Ok((outcome.with_context(|| format!("`{}` did not run in the other edition", cell.id))?, Duration::ZERO))
        })?;
        Ok(reports)
    }

    fn reports(&self) -> Vec<CellReport> {
        execute::code_cells(self.notebook).map(|(at, cell)| CellReport::new(at, cell)).collect()
    }

    /// The last cell that has to run, by its place among the code cells.
    fn last(&self) -> Option<usize> {
        let cells: Vec<usize> = execute::code_cells(self.notebook).map(|(at, _)| at).collect();
        cells.into_iter().rposition(|at| self.is_chosen(at))
    }

    /// One cell after the other, each judged by what `outcome` gives for it.
    fn walk(&self, reports: &mut [CellReport], outcome: &mut Outcomes) -> Result<()> {
        let last = self.last();
        let mut stopped: Option<String> = None;
        for (number, report) in reports.iter_mut().enumerate() {
            let cell = &self.notebook.cells[report.at];
            let reason = match (self.bench.control.halted(), &stopped) {
                (Some(Halt::Interrupted), _) => Some("the run was interrupted".to_string()),
                (Some(Halt::Failed(why)), _) => Some(why),
                (None, stopped) => stopped.clone(),
            };
            if last.is_none_or(|last| number > last) {
                report.verdict = Verdict::LeftOut;
            } else if let Some(verdict) = self.before(cell, report, reason) {
                report.verdict = verdict;
            } else {
                let (outcome, took) = outcome(number, cell, &report.rules)?;
                let ends_session = verdict::ends_session(&outcome.end);
                self.judge(cell, report, outcome, took);
                if ends_session && report.verdict.is_failure() {
                    stopped = Some(format!("`{}` ended the process, and the variables with it", cell.id));
                }
            }
            if self.bench.fail_fast && report.verdict.is_failure() {
                let name = files::shown_path(self.path);
                self.bench.control.fail(format!("`{}` failed in {name}", cell.id));
            }
        }
        Ok(())
    }

    fn is_chosen(&self, at: usize) -> bool {
        self.chosen.cells.as_ref().is_none_or(|cells| cells.contains(&at))
    }

    /// The run was stopped before this notebook began.
    fn is_halted(&self, reports: &mut [CellReport]) -> bool {
        let why = match self.bench.control.halted() {
            None => return false,
            Some(Halt::Interrupted) => "the run was interrupted".to_string(),
            Some(Halt::Failed(why)) => why,
        };
        reports.iter_mut().for_each(|report| report.verdict = Verdict::NotRun { why: why.clone() });
        true
    }

    /// The verdict on a cell that does not come to run.
    fn before(&self, cell: &Cell, report: &mut CellReport, stopped: Option<String>) -> Option<Verdict> {
        match Rules::of(cell, self.settings) {
            Err(error) => return Some(Verdict::BadRules(error)),
            Ok(rules) => report.rules = rules,
        }
        match (&report.rules.skip, stopped) {
            (Some(_), _) if !self.is_chosen(report.at) => Some(Verdict::LeftOut),
            (Some(skip), _) => Some(Verdict::Skipped { reason: skip.reason.clone() }),
            (None, Some(why)) => Some(Verdict::NotRun { why }),
            (None, None) => None,
        }
    }

    fn run_cell(
        &self,
        session: &mut dyn Session,
        (number, count): (usize, usize),
        cell: &Cell,
        rules: &Rules,
    ) -> Result<(Outcome, Duration)> {
        let (choice, name) = (self.bench.choice, files::shown_path(self.path));
        self.bench.progress.cell(&name, number + 1, count, &cell.id);
        let compile = rules.compile_timeout.unwrap_or(choice.compile_timeout);
        session.limit(Some(compile), Some(rules.run_timeout.unwrap_or(choice.timeout)));
        execute::cell(session, cell, &mut |event| self.bench.progress.event(&name, &event))
    }

    fn judge(&self, cell: &Cell, report: &mut CellReport, outcome: Outcome, took: Duration) {
        let rules = &mut report.rules;
        let is_chosen = self.is_chosen(report.at);
        rules.ignore_output |= !is_chosen;
        report.verdict = verdict::judge(cell, &outcome, rules);
        if !report.verdict.is_failure() {
            report.not_portable = portability::reasons(&cell.source, &outcome);
        }
        if !rules.ignore_output {
            (report.compared, report.given_up) = compare::part_counts(&cell.outputs, &rules.measure);
        }
        if !is_chosen && report.verdict == Verdict::Passed {
            report.verdict = Verdict::LeftOut;
        }
        report.took = took;
        report.outcome = Some(outcome);
    }
}
