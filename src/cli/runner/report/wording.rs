//! Messages for verdicts, and their lines: the same in text, XML, JSON and annotations.
//!
//! Nothing is printed or coloured here.

use crate::cli::lang::Lang;
use crate::cli::outcome::End;
use crate::cli::runner::compare::Difference;
use crate::cli::runner::result::{CellReport, NotebookReport};
use crate::cli::runner::rules::Expect;
use crate::cli::runner::verdict::Verdict;
use crate::cli::terminal::cell_end;

/// Shown where an author gives no reason for a skip.
pub const NO_REASON: &str = "no reason given";

/// A verdict in one line; empty for a cell that passed.
pub fn verdict_message(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Passed | Verdict::LeftOut => String::new(),
        Verdict::Changed(_) => "does not match its stored output".into(),
        Verdict::Failed(end) => ended(end),
        Verdict::NoFailure(expect) => format!("was expected to {}, but ran to its last line", expected(expect)),
        Verdict::OtherFailure(expect, end) => {
            format!("was expected to {}, but {}", expected(expect), ended(end))
        }
        Verdict::Skipped { reason } => format!("was skipped: {}", reason.as_deref().unwrap_or(NO_REASON)),
        Verdict::NotRun { why } => format!("was not run: {why}"),
        Verdict::BadRules(error) => error.clone(),
    }
}

/// The lines below [`verdict_message`]: the compiler's errors, or the differences in short.
pub fn verdict_details(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Changed(differences) => differences.iter().map(|it| difference_message(it) + "\n").collect(),
        Verdict::Failed(end) | Verdict::OtherFailure(_, end) => cell_end::compiler_report(end),
        _ => String::new(),
    }
}

fn ended(end: &End) -> String {
    cell_end::predicate(end, Lang::En).unwrap_or_default()
}

fn expected(expect: &Expect) -> String {
    match expect {
        Expect::Success => "pass".into(),
        Expect::Failure => "fail".into(),
        Expect::Panic(None) => "panic".into(),
        Expect::Panic(Some(text)) => format!("panic with `{text}`"),
        Expect::CompileError(codes) if codes.is_empty() => "fail to compile".into(),
        Expect::CompileError(codes) => format!("fail to compile with {}", codes.join(", ")),
    }
}

/// A difference in one line: its part, its line, and the numbers that moved.
pub fn difference_message(difference: &Difference) -> String {
    let part = &difference.part;
    let line = |text: &Option<String>| {
        let at = difference.line.unwrap_or(1) - 1;
        let line = text.as_deref().unwrap_or_default().lines().nth(at).unwrap_or_default();
        shortened(line, 80)
    };
    match (&difference.stored, &difference.fresh, &difference.description) {
        (_, _, Some(description)) => format!("{part}: {description}"),
        (None, _, _) => format!("{part} is new: `{}`", line(&difference.fresh)),
        (_, None, _) => format!("{part} is missing: `{}`", line(&difference.stored)),
        _ if !difference.moved.is_empty() => {
            let moved: Vec<String> = difference.moved.iter().take(3).map(|moved| moved.description()).collect();
            format!("{part}: {}", moved.join("; "))
        }
        _ => {
            let (stored, fresh) = (line(&difference.stored), line(&difference.fresh));
            format!("{part}, line {}: `{stored}` became `{fresh}`", difference.line.unwrap_or(1))
        }
    }
}

/// Cuts a long line: one of an SVG can be a page long.
pub fn shortened(line: &str, most: usize) -> String {
    let length = line.chars().count();
    if length <= most {
        return line.to_string();
    }
    format!("{}... ({length} characters)", line.chars().take(most).collect::<String>())
}

/// The line of the cell that a verdict is about.
pub fn line_in_cell(verdict: &Verdict) -> Option<usize> {
    match verdict {
        Verdict::Failed(end) | Verdict::OtherFailure(_, end) => match end {
            End::Panicked { line, .. } | End::ReturnedError { line, .. } => *line,
            End::CompileError(diagnostics) => {
                diagnostics.iter().flat_map(|it| &it.spans).find(|span| span.is_primary).map(|span| span.line)
            }
            _ => None,
        },
        _ => None,
    }
}

/// The line of the file that a cell's verdict is about: in its source, or in the stored output that changed.
pub fn line_in_file(report: &NotebookReport, cell: &CellReport) -> usize {
    let Some(notebook) = &report.notebook else { return 1 };
    let source = || notebook.file_line(cell.at, line_in_cell(&cell.verdict).unwrap_or(1));
    let Verdict::Changed(differences) = &cell.verdict else { return source() };
    let stored = differences.iter().find(|difference| difference.stored.is_some());
    let output = stored.and_then(|it| notebook.output_line(cell.at, &it.part, it.line.unwrap_or(1)));
    output.unwrap_or_else(source)
}
