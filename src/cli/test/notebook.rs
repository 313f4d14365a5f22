//! One notebook under test: its cells run and judged.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;

use crate::cli::args::TestArgs;
use crate::cli::compare;
use crate::cli::execute;
use crate::cli::ipynb::Notebook;
use crate::cli::outcome::{End, Outcome};
use crate::cli::rules::{self, Rules, Settings};
use crate::cli::settings;
use crate::cli::verdict::{self, Verdict};

use super::pool::Pool;
use super::tell;

/// One notebook's results.
pub struct NotebookReport {
    pub path: PathBuf,
    /// None where it could not be read; then `problems` says why.
    pub notebook: Option<Notebook>,
    pub settings: Settings,
    pub cells: Vec<CellReport>,
    /// What is wrong with the notebook as a whole: each makes it red.
    pub problems: Vec<String>,
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
}

impl NotebookReport {
    pub fn fails(&self) -> bool {
        !self.problems.is_empty() || self.cells.iter().any(|cell| cell.verdict.is_failure())
    }

    /// Changed outputs are stored by then.
    pub fn fails_after_accept(&self) -> bool {
        let fails = |cell: &CellReport| cell.verdict.is_failure() && !matches!(cell.verdict, Verdict::Changed(_));
        self.cells.iter().any(fails) || self.problems.iter().any(|problem| problem != NOTHING_COMPARED)
    }

    /// No code cell at all.
    pub fn has_nothing(&self) -> bool {
        self.notebook.is_some() && self.cells.is_empty() && self.problems.is_empty()
    }

    pub fn is_interrupted(&self) -> bool {
        self.cells.iter().any(|cell| cell.verdict == Verdict::Failed(End::Interrupted))
    }

    pub fn count(&self, holds: impl Fn(&CellReport) -> bool) -> usize {
        self.cells.iter().filter(|cell| holds(cell)).count()
    }
}

const NOTHING_COMPARED: &str =
    "nothing was compared: no output is stored\nhelp: look at what it shows, then store it with `--accept`";

/// Runs and judges one notebook; `pool` keeps a session that the next notebook may use.
pub fn test_notebook(pool: &mut Pool, path: &Path, args: &TestArgs) -> Result<NotebookReport> {
    let mut report = NotebookReport {
        path: path.to_path_buf(),
        notebook: None,
        settings: Settings::new(),
        cells: Vec::new(),
        problems: Vec::new(),
    };
    let read = Notebook::read(path).and_then(|notebook| {
        let settings = settings::of_notebook(path, &notebook)?;
        Ok((notebook, settings))
    });
    let (notebook, settings) = match read {
        Ok(read) => read,
        Err(error) => {
            report.problems.push(format!("{error:#}"));
            return Ok(report);
        }
    };
    report.problems.extend(refuse_other_language(&notebook));
    if report.problems.is_empty() {
        report.cells = test_cells(pool, path, &notebook, &settings, args)?;
        report.problems = problems(&report.cells, &settings);
    }
    report.notebook = Some(notebook);
    report.settings = settings;
    Ok(report)
}

fn refuse_other_language(notebook: &Notebook) -> Option<String> {
    let language = notebook.language.as_str();
    (!language.is_empty() && language != "rust").then(|| {
        format!(
            "its kernel speaks {language}, and only Rust is run here\nhelp: leave it out, or choose the Rust kernel"
        )
    })
}

fn test_cells(
    pool: &mut Pool,
    path: &Path,
    notebook: &Notebook,
    settings: &Settings,
    args: &TestArgs,
) -> Result<Vec<CellReport>> {
    let mut reports = Vec::new();
    if execute::code_cells(notebook).next().is_none() {
        return Ok(reports);
    }
    let defaults = Rules::of(&Default::default(), settings).unwrap_or_default();
    let mut session = pool.take(path, notebook, &defaults)?;
    let mut stopped: Option<String> = None;
    for (at, cell) in execute::code_cells(notebook) {
        let mut report = CellReport {
            at,
            id: cell.id.clone(),
            rules: Rules::default(),
            verdict: Verdict::Passed,
            outcome: None,
            took: Duration::ZERO,
            compared: 0,
        };
        match Rules::of(cell, settings) {
            Err(error) => report.verdict = Verdict::BadRules(error),
            Ok(rules) => report.rules = rules,
        }
        if let (Verdict::Passed, Some(skip)) = (&report.verdict, &report.rules.skip) {
            report.verdict = Verdict::Skipped { reason: skip.reason.clone() };
        } else if let (Verdict::Passed, Some(why)) = (&report.verdict, &stopped) {
            report.verdict = Verdict::NotRun { why: why.clone() };
        } else if report.verdict == Verdict::Passed {
            let (outcome, took) = execute::cell(session.as_mut(), cell, &mut |event| tell::progress(&event))?;
            report.verdict = verdict::judge(cell, &outcome, &report.rules);
            report.took = took;
            report.compared = if report.rules.ignore_output { 0 } else { compare::part_count(&cell.outputs) };
            if verdict::ends_session(&outcome.end) && report.verdict.is_failure() {
                stopped = Some(format!("`{}` ended the process, and the variables with it", cell.id));
            }
            report.outcome = Some(outcome);
        }
        if args.fail_fast && report.verdict.is_failure() {
            stopped.get_or_insert_with(|| format!("`{}` failed", cell.id));
        }
        reports.push(report);
    }
    pool.give_back(path, notebook, &defaults, session);
    Ok(reports)
}

/// What is never green: nothing compared, a cell skipped without a word why, a normaliser that does nothing.
fn problems(cells: &[CellReport], settings: &Settings) -> Vec<String> {
    let mut problems = Vec::new();
    let compared: usize = cells.iter().map(|cell| cell.compared).sum();
    let expects = cells.iter().any(|cell| cell.rules.expect != rules::Expect::Success);
    if compared == 0 && !cells.is_empty() && !expects && !rules::allows(settings, "nothing-compared") {
        problems.push(NOTHING_COMPARED.to_string());
    }
    for cell in cells {
        if cell.verdict == (Verdict::Skipped { reason: None }) && !rules::allows(settings, "skip-without-reason") {
            problems.push(format!(
                "`{}` is skipped without a reason\n\
                 help: add `\"forward_pass\": {{\"reason\": \"...\"}}` to its metadata",
                cell.id
            ));
        }
    }
    problems
}
