//! `--junit FILE`: a test suite a notebook, a test case a code cell, one more for the notebook as a whole.
//!
//! What is red for its outcome is a failure; what could not be judged is an error.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::super::notebook::{CellReport, NotebookReport};
use super::super::problems::TOOL_FAILED;
use super::super::verdict::Verdict;
use super::wording::{line_in_file, verdict_details, verdict_words};
use crate::cli::files;
use crate::cli::files::write_atomically;
use crate::cli::notebook::normalize;
use crate::cli::outcome::{End, Output, Stream};

pub fn write(path: &Path, reports: &[NotebookReport], took: Duration) -> Result<()> {
    let mut all = Report::new("forward-pass test");
    all.set_time(took);
    all.add_test_suites(reports.iter().map(suite));
    let xml = all.to_string().with_context(|| format!("cannot write {}", path.display()))?;
    write_atomically(path, xml.as_bytes())
}

fn suite(report: &NotebookReport) -> TestSuite {
    let name = files::shown_path(&report.path);
    let mut suite = TestSuite::new(name.as_str());
    suite.set_time(report.took());
    if let Some(words) = &report.left_out {
        let mut status = TestCaseStatus::skipped();
        status.set_message(words.as_str());
        suite.add_test_case(case("(notebook)", &name, status));
    }
    for problem in &report.problems {
        let kind = if problem.kind == TOOL_FAILED { NonSuccessKind::Error } else { NonSuccessKind::Failure };
        let status = not_good(kind, problem.kind, &problem.text, &problem.text);
        suite.add_test_case(case("(notebook)", &name, status));
    }
    suite.add_test_cases(report.cells.iter().map(|cell| cell_case(report, cell, &name)));
    suite
}

fn cell_case(report: &NotebookReport, cell: &CellReport, notebook: &str) -> TestCase {
    let words = verdict_words(&cell.verdict);
    let status = match &cell.verdict {
        Verdict::Passed => TestCaseStatus::success(),
        Verdict::Skipped { .. } | Verdict::NotRun { .. } | Verdict::LeftOut => {
            let mut status = TestCaseStatus::skipped();
            status.set_type(cell.verdict.word()).set_message(if words.is_empty() { "left out" } else { &words });
            status
        }
        verdict => {
            let is_error = matches!(verdict, Verdict::BadRules(_) | Verdict::Failed(End::Interrupted));
            let kind = if is_error { NonSuccessKind::Error } else { NonSuccessKind::Failure };
            let place = format!("{notebook}:{}", line_in_file(report, cell));
            let details = format!("`{}` {words}\n{place}\n{}", cell.id, verdict_details(verdict));
            not_good(kind, verdict.word(), &words, &details)
        }
    };
    let mut case = case(&cell.id, notebook, status);
    case.set_time(cell.took).set_assertions(cell.compared);
    if cell.verdict.is_failure() {
        for output in cell.outcome.iter().flat_map(|outcome| normalize::outputs(outcome.outputs.clone())) {
            match output {
                Output::Stream { stream: Stream::Stdout, text } => case.set_system_out(text),
                Output::Stream { stream: Stream::Stderr, text } => case.set_system_err(text),
                Output::Rich { .. } => &mut case,
            };
        }
    }
    case
}

fn case(name: &str, notebook: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    case.set_classname(notebook);
    case
}

fn not_good(kind: NonSuccessKind, word: &str, message: &str, details: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(word).set_message(message).set_description(details);
    status
}
