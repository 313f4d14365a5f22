//! The results of a test run as data: notebooks, their cells, and the problems of a notebook as a whole.
//!
//! Nothing is run, judged or printed here.

use std::path::PathBuf;
use std::time::Duration;

use super::rules::{Rules, Settings};
use super::verdict::Verdict;
use crate::cli::files::Origin;
use crate::cli::notebook::ipynb::Notebook;
use crate::cli::outcome::{End, Outcome};

pub const UNREADABLE: &str = "unreadable";
pub const OTHER_LANGUAGE: &str = "other-language";
pub const TOOL_FAILED: &str = "tool-failed";
pub const NO_CODE: &str = "no-code";
pub const NOTHING_COMPARED: &str = "nothing-compared";
pub const SKIP_WITHOUT_REASON: &str = "skip-without-reason";
pub const UNUSED_NORMALISER: &str = "unused-normaliser";
pub const GREEDY_NORMALISER: &str = "greedy-normaliser";
pub const NOT_PORTABLE: &str = "not-portable";
pub const UNSTABLE: &str = "unstable-output";
pub const CHANGED_MEANWHILE: &str = "changed-meanwhile";

/// Something wrong with a notebook as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// One of the words above. Where an author can allow the problem, it is also the word for `allow`.
    pub kind: &'static str,
    /// What is wrong, and the next step on a second line.
    pub text: String,
}

/// One notebook's results.
#[derive(Default)]
pub struct NotebookReport {
    pub path: PathBuf,
    pub origin: Origin,
    /// `None` when it could not be read; `problems` then says why.
    pub notebook: Option<Notebook>,
    pub settings: Settings,
    pub cells: Vec<CellReport>,
    /// Each of them makes the notebook red.
    pub problems: Vec<Problem>,
    /// Problems that the author allows: listed in the report, but not red.
    pub allowed: Vec<Problem>,
    /// Why the whole notebook was left out.
    pub left_out: Option<String>,
    /// The edition that ran in its place.
    pub shared_with: Option<PathBuf>,
}

/// One code cell's result.
pub struct CellReport {
    /// Its place among all cells.
    pub at: usize,
    pub id: String,
    pub rules: Rules,
    pub verdict: Verdict,
    /// With normalised outputs; `None` when it did not run.
    pub outcome: Option<Outcome>,
    pub took: Duration,
    /// How many stored parts were compared.
    pub compared: usize,
    /// How many stored parts consist of nothing but a gap.
    pub gaps_only: usize,
    /// What the stock kernel would do differently; only for cells that pass here.
    pub not_portable: Vec<String>,
    /// The files of its changed figures.
    pub pictures: Vec<PathBuf>,
}

impl Problem {
    pub fn new(kind: &'static str, text: impl Into<String>) -> Problem {
        Problem { kind, text: text.into() }
    }
}

impl NotebookReport {
    pub fn fails(&self) -> bool {
        !self.problems.is_empty() || self.cells.iter().any(|cell| cell.verdict.is_failure())
    }

    /// As [`fails`](Self::fails), once changed outputs have been stored.
    pub fn fails_after_accept(&self) -> bool {
        let fails = |cell: &CellReport| cell.verdict.is_failure() && !matches!(cell.verdict, Verdict::Changed(_));
        self.cells.iter().any(fails) || self.problems.iter().any(|problem| problem.kind != NOTHING_COMPARED)
    }

    /// Whether `--accept` stored the cell's new output: it changed, and no problem refuses it.
    pub fn is_stored(&self, cell: &CellReport) -> bool {
        let refusal = format!("`{}` was not stored", cell.id);
        matches!(cell.verdict, Verdict::Changed(_)) && !self.problems.iter().any(|it| it.text.starts_with(&refusal))
    }

    /// Whether it counts as failed at the end of a run.
    pub fn fails_finally(&self, accept: bool) -> bool {
        if accept { self.fails_after_accept() } else { self.fails() }
    }

    /// Nothing in it could be tested.
    pub fn has_nothing(&self) -> bool {
        let no_code = |problem: &Problem| problem.kind == NO_CODE;
        self.left_out.is_some() || self.cells.is_empty() && self.problems.iter().chain(&self.allowed).any(no_code)
    }

    pub fn is_broken(&self) -> bool {
        self.problems.iter().any(|problem| problem.kind == TOOL_FAILED)
    }

    pub fn is_interrupted(&self) -> bool {
        self.cells.iter().any(|cell| cell.verdict == Verdict::Failed(End::Interrupted))
    }

    /// Every cell that should run did, so another edition can be judged by its outcomes.
    pub fn ran_whole(&self) -> bool {
        !self.is_broken() && !self.cells.iter().any(CellReport::is_not_run)
    }

    /// The run was stopped before any of its cells.
    pub fn is_not_run(&self) -> bool {
        self.cells.iter().all(CellReport::is_not_run)
    }

    pub fn count(&self, holds: impl Fn(&CellReport) -> bool) -> usize {
        self.cells.iter().filter(|cell| holds(cell)).count()
    }

    pub fn took(&self) -> Duration {
        self.cells.iter().map(|cell| cell.took).sum()
    }
}

impl CellReport {
    pub fn new(at: usize, id: &str, rules: Rules) -> CellReport {
        CellReport {
            at,
            id: id.to_string(),
            rules,
            verdict: Verdict::Passed,
            outcome: None,
            took: Duration::ZERO,
            compared: 0,
            gaps_only: 0,
            not_portable: Vec::new(),
            pictures: Vec::new(),
        }
    }

    pub fn is_not_run(&self) -> bool {
        matches!(self.verdict, Verdict::NotRun { .. })
    }
}
