//! Problems that make a notebook red whatever its cells do: nothing compared, a cell skipped without a reason, a
//! normaliser without effect. An author can allow each kind by name; the report then lists it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::compare::{self, Use};
use super::result::{
    CellReport, GREEDY_NORMALISER, NO_CODE, NOT_PORTABLE, NOTHING_COMPARED, NotebookReport, Problem,
    SKIP_WITHOUT_REASON, UNUSED_NORMALISER,
};
use super::rules::{Expect, allows};
use super::settings;
use super::verdict::Verdict;

/// Finds the problems of a notebook that ran; those that its author allows are kept apart.
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
             help: leave it out, or add `\"forward_pass\": {\"allow\": \"no-code\"}` to its metadata",
        )];
    }
    let mut problems = Vec::new();
    // A notebook that was stopped cannot be blamed for comparing nothing.
    if !report.cells.iter().any(CellReport::is_not_run) {
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
    // An expected failure is compared, too: it has to occur.
    let expects = report.cells.iter().any(|cell| cell.rules.expect != Expect::Success && cell.outcome.is_some());
    let bad = report.cells.iter().any(|cell| matches!(cell.verdict, Verdict::BadRules(_)));
    if compared > 0 || expects || bad {
        return None;
    }
    let has_new = report.cells.iter().any(|cell| matches!(cell.verdict, Verdict::Changed(_)));
    let look = if has_new { "\nhelp: look at what it shows, then store it with `--accept`" } else { SHOW_HELP };
    let why = if report.cells.iter().all(|cell| matches!(cell.verdict, Verdict::Skipped { .. })) {
        "every cell was skipped".to_string()
    } else if report.cells.iter().any(|cell| cell.gaps_only > 0) {
        format!("every stored output is nothing but a gap{look}")
    } else {
        format!("no output is stored{look}")
    };
    Some(Problem::new(NOTHING_COMPARED, format!("nothing was compared: {why}")))
}

fn skipped(cell: &CellReport) -> Option<Problem> {
    let no_reason =
        matches!(&cell.verdict, Verdict::Skipped { reason } if reason.as_deref().unwrap_or("").trim().is_empty());
    no_reason.then(|| {
        let help = "help: add `\"forward_pass\": {\"reason\": \"...\"}` to its metadata";
        Problem::new(SKIP_WITHOUT_REASON, format!("`{}` is skipped without a reason\n{help}", cell.id))
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
    for (name, Total { uses, reason }) in totals(report) {
        if uses.matched == 0 && !project.contains(&name) {
            let text = format!("the normaliser `{name}` ({reason}) matches nothing\n{UNUSED_HELP}");
            problems.push(Problem::new(UNUSED_NORMALISER, text));
        } else if uses.matched > 0 && !uses.left_something {
            let help = "help: write a narrower pattern, or set `ignore_output` with a reason";
            let text = format!("the normaliser `{name}` matches everything that it sees: nothing is left to compare");
            problems.push(Problem::new(GREEDY_NORMALISER, format!("{text}\n{help}")));
        }
    }
    problems
}

/// The next step where no cell shows anything that could be stored.
const SHOW_HELP: &str = "\nhelp: print something in a cell, or allow `nothing-compared`";

/// The next step for a normaliser without a match.
pub const UNUSED_HELP: &str = "help: remove it, or fix its pattern";

/// What a normaliser did in a whole notebook.
#[derive(Default)]
struct Total {
    uses: Use,
    reason: String,
}

/// The normalisers that changed something, with their reasons.
pub fn normalised(report: &NotebookReport) -> Vec<String> {
    let used = totals(report).into_iter().filter(|(_, total)| total.uses.matched > 0);
    used.map(|(name, total)| format!("normalised by `{name}` ({})", total.reason)).collect()
}

/// What each normaliser did in the cells that were compared.
fn totals(report: &NotebookReport) -> BTreeMap<String, Total> {
    let mut all: BTreeMap<String, Total> = BTreeMap::new();
    for cell in report.cells.iter().filter(|cell| !cell.rules.ignore_output) {
        let Some(outcome) = &cell.outcome else { continue };
        let measure = &cell.rules.measure;
        // Only fresh outputs count: the stored ones have been through the normalisers already.
        let uses = compare::normaliser_uses(&outcome.outputs, measure);
        for (normaliser, its) in measure.normalisers.iter().zip(uses) {
            let total = all.entry(normaliser.name.clone()).or_default();
            total.reason.clone_from(&normaliser.reason);
            total.uses.matched += its.matched;
            total.uses.left_something |= its.left_something;
        }
    }
    all
}

/// The normalisers of project files that matched in none of the notebooks, with their file.
pub fn unused_in_project(reports: &[NotebookReport]) -> Vec<(PathBuf, String)> {
    let mut all: BTreeSet<(PathBuf, String)> = BTreeSet::new();
    let mut used: BTreeSet<(PathBuf, String)> = BTreeSet::new();
    for report in reports.iter().filter(|report| !allows(&report.settings, UNUSED_NORMALISER)) {
        let Some((file, names)) = settings::project_normalisers(&report.path) else { continue };
        all.extend(names.into_iter().map(|name| (file.clone(), name)));
        let matched = totals(report).into_iter().filter(|(_, total)| total.uses.matched > 0);
        used.extend(matched.map(|(name, _)| (file.clone(), name)));
    }
    all.difference(&used).cloned().collect()
}
