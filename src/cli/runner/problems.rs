//! What is never green, whatever the cells say: nothing compared, a cell skipped without a word why, a normaliser
//! that does nothing. An author can allow each by name; then it is counted aloud.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::compare::Use;
use super::notebook::{CellReport, NotebookReport};
use super::rules::{Expect, allows};
use super::verdict::Verdict;
use super::{compare, settings};

pub const UNREADABLE: &str = "unreadable";
pub const OTHER_LANGUAGE: &str = "other-language";
pub const TOOL_FAILED: &str = "tool-failed";
pub const NO_CODE: &str = "no-code";
pub const NOTHING_COMPARED: &str = "nothing-compared";
const SKIP: &str = "skip-without-reason";
const UNUSED: &str = "unused-normaliser";
const GREEDY: &str = "greedy-normaliser";
const NOT_PORTABLE: &str = "not-portable";
pub const UNSTABLE: &str = "unstable-output";

/// Something wrong with a notebook as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The word for machines; where an author can allow it, the word for that.
    pub kind: &'static str,
    /// What is wrong, and on a second line the next step.
    pub text: String,
}

impl Problem {
    pub fn new(kind: &'static str, text: impl Into<String>) -> Problem {
        Problem { kind, text: text.into() }
    }
}

/// Finds what is wrong with a notebook that ran; what its author allows is kept apart.
pub fn find(report: &mut NotebookReport, portable: bool) {
    if report.problems.is_empty() {
        let found = all(report, portable);
        let (allowed, problems) = found.into_iter().partition(|problem| allows(&report.settings, problem.kind));
        (report.allowed, report.problems) = (allowed, problems);
    }
}

fn all(report: &NotebookReport, portable: bool) -> Vec<Problem> {
    if report.cells.is_empty() {
        return vec![Problem::new(
            NO_CODE,
            "it has no code cell: there is nothing to test\n\
             help: leave it out, or write `\"forward_pass\": {\"allow\": \"no-code\"}` into its metadata",
        )];
    }
    let halted = |cell: &CellReport| matches!(cell.verdict, Verdict::NotRun { .. });
    let mut problems = Vec::new();
    // What did not come to run cannot be blamed for comparing nothing.
    if !report.cells.iter().any(halted) {
        problems.extend(nothing_compared(report));
        problems.extend(normalisers(report));
    }
    problems.extend(report.cells.iter().filter_map(skipped));
    if portable || allows(&report.settings, NOT_PORTABLE) {
        problems.extend(report.cells.iter().filter_map(not_portable));
    }
    problems
}

fn nothing_compared(report: &NotebookReport) -> Option<Problem> {
    let compared: usize = report.cells.iter().map(|cell| cell.compared).sum();
    // An expected failure that has to come is something to be wrong about, too.
    let expects = report.cells.iter().any(|cell| cell.rules.expect != Expect::Success && cell.outcome.is_some());
    let bad = report.cells.iter().any(|cell| matches!(cell.verdict, Verdict::BadRules(_)));
    let given_up = report.cells.iter().any(|cell| cell.given_up > 0);
    let skipped = report.cells.iter().all(|cell| matches!(cell.verdict, Verdict::Skipped { .. }));
    let look = "\nhelp: look at what it shows, then store it with `--accept`";
    let why = match (skipped, given_up) {
        (true, _) if !report.cells.is_empty() => "every cell was skipped".to_string(),
        (_, true) => format!("every stored output is given up with a gap{look}"),
        _ => format!("no output is stored{look}"),
    };
    (compared == 0 && !expects && !bad).then(|| Problem::new(NOTHING_COMPARED, format!("nothing was compared: {why}")))
}

fn skipped(cell: &CellReport) -> Option<Problem> {
    let no_reason =
        matches!(&cell.verdict, Verdict::Skipped { reason } if reason.as_deref().unwrap_or("").trim().is_empty());
    no_reason.then(|| {
        let help = "help: add `\"forward_pass\": {\"reason\": \"...\"}` to its metadata";
        Problem::new(SKIP, format!("`{}` is skipped without a reason\n{help}", cell.id))
    })
}

fn not_portable(cell: &CellReport) -> Option<Problem> {
    let reasons = cell.not_portable.join("; ");
    (!reasons.is_empty()).then(|| Problem::new(NOT_PORTABLE, format!("`{}` is not portable: {reasons}", cell.id)))
}

/// The notebook's own normalisers: each has to match something, and to leave something.
fn normalisers(report: &NotebookReport) -> Vec<Problem> {
    let project = settings::project_normalisers(&report.path).map(|(_, names)| names).unwrap_or_default();
    let mut problems = Vec::new();
    for (name, Uses { its, reason }) in uses(report) {
        if its.matched == 0 && !project.contains(&name) {
            let help = "help: take it out, or mend its pattern";
            let text = format!("the normaliser `{name}` ({reason}) matches nothing\n{help}");
            problems.push(Problem::new(UNUSED, text));
        } else if its.matched > 0 && !its.left_something {
            let help = "help: write a narrower pattern, or set `ignore_output` with a reason";
            let text = format!("the normaliser `{name}` matches everything that it sees: nothing is left to compare");
            problems.push(Problem::new(GREEDY, format!("{text}\n{help}")));
        }
    }
    problems
}

/// A normaliser at work in a notebook.
#[derive(Default)]
struct Uses {
    its: Use,
    reason: String,
}

/// The normalisers that changed something, with their reasons.
pub fn normalised(report: &NotebookReport) -> Vec<String> {
    let uses = uses(report).into_iter().filter(|(_, uses)| uses.its.matched > 0);
    uses.map(|(name, uses)| format!("normalised by `{name}` ({})", uses.reason)).collect()
}

/// What each normaliser did in the cells that were compared.
fn uses(report: &NotebookReport) -> BTreeMap<String, Uses> {
    let mut all: BTreeMap<String, Uses> = BTreeMap::new();
    for cell in report.cells.iter().filter(|cell| !cell.rules.ignore_output) {
        let Some(outcome) = &cell.outcome else { continue };
        let measure = &cell.rules.measure;
        // What came counts: what is stored has gone through the normalisers already.
        let uses = compare::normaliser_uses(&outcome.outputs, measure);
        for (normaliser, its) in measure.normalisers.iter().zip(uses) {
            let sum = all.entry(normaliser.name.clone()).or_default();
            sum.reason.clone_from(&normaliser.reason);
            sum.its.matched += its.matched;
            sum.its.left_something |= its.left_something;
        }
    }
    all
}

/// The normalisers of project files that matched in none of the notebooks, with their file.
pub fn unused_in_project(reports: &[NotebookReport]) -> Vec<(PathBuf, String)> {
    let mut unused: BTreeMap<PathBuf, BTreeSet<String>> = BTreeMap::new();
    let mut used: BTreeSet<(PathBuf, String)> = BTreeSet::new();
    for report in reports.iter().filter(|report| !allows(&report.settings, UNUSED)) {
        let Some((file, names)) = settings::project_normalisers(&report.path) else { continue };
        let uses = uses(report);
        used.extend(uses.iter().filter(|(_, uses)| uses.its.matched > 0).map(|(name, _)| (file.clone(), name.clone())));
        unused.entry(file).or_default().extend(names);
    }
    let all = unused.into_iter().flat_map(|(file, names)| names.into_iter().map(move |name| (file.clone(), name)));
    all.filter(|it| !used.contains(it)).collect()
}
