//! `--format github`: annotations that GitHub shows at the line of the file.
//!
//! The form is that of workflow commands; what they need escaped is escaped here.

use super::super::annotation::{command, in_repository};
use super::super::notebook::{CellReport, NotebookReport};
use super::wording::{line_in_file, verdict_details, verdict_words};

/// One notebook's annotations, a line each.
pub fn annotations(report: &NotebookReport) -> String {
    let mut text = String::new();
    let file = in_repository(&report.path);
    for problem in &report.problems {
        text += &command("error", &file, 1, &report_title(report), &problem.text);
    }
    for cell in &report.cells {
        let line = line_in_file(report, cell);
        if cell.verdict.is_failure() {
            text += &command("error", &file, line, &title(cell), &message(cell));
        }
        for reason in &cell.not_portable {
            text += &command("warning", &file, line, &format!("`{}` is not portable", cell.id), reason);
        }
    }
    text
}

fn report_title(report: &NotebookReport) -> String {
    report.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn title(cell: &CellReport) -> String {
    format!("`{}`: {}", cell.id, cell.verdict.word())
}

fn message(cell: &CellReport) -> String {
    format!("`{}` {}\n{}", cell.id, verdict_words(&cell.verdict), verdict_details(&cell.verdict)).trim_end().to_string()
}
