//! `--junit FILE`: a test suite per notebook, a test case per code cell, and one more for each problem of the notebook.
//!
//! A wrong outcome is a failure; a cell that could not be judged is an error.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::wording::{line_in_file, shown_name, verdict_details, verdict_message};
use crate::cli::files::{self, write_atomically};
use crate::cli::outcome::{End, Output, Stream};
use crate::cli::runner::result::{CellReport, NotebookReport, TOOL_FAILED};
use crate::cli::runner::verdict::Verdict;
use crate::cli::terminal::shown::{self, visible};

pub fn write(path: &Path, reports: &[NotebookReport], took: Duration) -> Result<()> {
    let mut all = Report::new("forward-pass test");
    all.set_time(took);
    all.add_test_suites(reports.iter().map(suite));
    let xml = all.to_string().with_context(|| format!("cannot write {}", path.display()))?;
    // Whatever was not shown as text above: XML takes not every character.
    write_atomically(path, visible(&xml).as_bytes())
}

fn suite(report: &NotebookReport) -> TestSuite {
    let name = shown::name(&files::shown_path(&report.path));
    let mut suite = TestSuite::new(name.as_str());
    suite.set_time(report.took());
    if let Some(message) = &report.left_out {
        let mut status = TestCaseStatus::skipped();
        status.set_message(visible(message).as_ref());
        suite.add_test_case(case("(notebook)", &name, status));
    }
    for problem in &report.problems {
        let kind = if problem.kind == TOOL_FAILED { NonSuccessKind::Error } else { NonSuccessKind::Failure };
        let text = visible(&problem.text);
        let status = non_success(kind, problem.kind, &text, &text);
        suite.add_test_case(case("(notebook)", &name, status));
    }
    suite.add_test_cases(report.cells.iter().map(|cell| cell_case(report, cell, &name)));
    suite
}

fn cell_case(report: &NotebookReport, cell: &CellReport, notebook: &str) -> TestCase {
    let message = verdict_message(&cell.verdict);
    let status = match &cell.verdict {
        Verdict::Passed => TestCaseStatus::success(),
        Verdict::Skipped { .. } | Verdict::NotRun { .. } | Verdict::LeftOut => {
            let mut status = TestCaseStatus::skipped();
            status.set_type(cell.verdict.word()).set_message(if message.is_empty() { "left out" } else { &message });
            status
        }
        verdict => {
            let is_error = matches!(verdict, Verdict::BadRules(_) | Verdict::Failed(End::Interrupted));
            let kind = if is_error { NonSuccessKind::Error } else { NonSuccessKind::Failure };
            let place = format!("{notebook}:{}", line_in_file(report, cell));
            let details = format!("`{}` {message}\n{place}\n{}", shown_name(cell), verdict_details(cell));
            non_success(kind, verdict.word(), &message, &details)
        }
    };
    let mut case = case(&shown_name(cell), notebook, status);
    case.set_time(cell.took).set_assertions(cell.compared);
    if cell.verdict.is_failure() {
        for output in cell.outcome.iter().flat_map(|outcome| &outcome.outputs) {
            match output {
                Output::Stream { stream: Stream::Stdout, text } => case.set_system_out(visible(text).as_ref()),
                Output::Stream { stream: Stream::Stderr, text } => case.set_system_err(visible(text).as_ref()),
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

fn non_success(kind: NonSuccessKind, word: &str, message: &str, details: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(word).set_message(message).set_description(details);
    status
}
