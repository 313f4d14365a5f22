//! Verdicts in words, and the places they are about: the same for people, XML, JSON and annotations.
//!
//! It prints nothing, and uses no colours.

use super::super::compare::Difference;
use super::super::notebook::{CellReport, NotebookReport};
use super::super::rules::Expect;
use super::super::verdict::Verdict;
use crate::cli::outcome::End;
use crate::cli::terminal::report::{end_details, end_words};

/// A verdict in words; nothing for a cell that passed.
pub fn verdict_words(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Passed | Verdict::LeftOut => String::new(),
        Verdict::Changed(_) => "shows something else than what is stored".into(),
        Verdict::Failed(end) => end_words(end).unwrap_or_default(),
        Verdict::NoFailure(expect) => format!("was to {}, and ran to its last line", expect_words(expect)),
        Verdict::OtherFailure(expect, end) => {
            format!("was to {}, but {}", expect_words(expect), end_words(end).unwrap_or_default())
        }
        Verdict::Skipped { reason } => format!("was skipped: {}", reason.as_deref().unwrap_or("no reason is given")),
        Verdict::NotRun { why } => format!("was not run: {why}"),
        Verdict::BadRules(error) => error.clone(),
    }
}

/// What there is to say beyond [`verdict_words`]: the compiler's words, what differs in short.
pub fn verdict_details(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Changed(differences) => differences.iter().map(|it| difference_words(it) + "\n").collect(),
        Verdict::Failed(end) | Verdict::OtherFailure(_, end) => end_details(end),
        _ => String::new(),
    }
}

fn expect_words(expect: &Expect) -> String {
    match expect {
        Expect::Success => "pass".into(),
        Expect::Failure => "fail".into(),
        Expect::Panic(None) => "panic".into(),
        Expect::Panic(Some(text)) => format!("panic with `{text}`"),
        Expect::CompileError(codes) if codes.is_empty() => "be refused by the compiler".into(),
        Expect::CompileError(codes) => format!("be refused by the compiler with {}", codes.join(", ")),
    }
}

/// A difference in a line or a few: its part, where, which number and by how much.
pub fn difference_words(difference: &Difference) -> String {
    let part = &difference.part;
    let line = |text: &Option<String>| {
        let at = difference.line.unwrap_or(1) - 1;
        let line = text.as_deref().unwrap_or_default().lines().nth(at).unwrap_or_default();
        shortened(line, 80)
    };
    match (&difference.stored, &difference.fresh, &difference.words) {
        (_, _, Some(words)) => format!("{part}: {words}"),
        (None, _, _) => format!("{part} is new: `{}`", line(&difference.fresh)),
        (_, None, _) => format!("{part} did not come: `{}`", line(&difference.stored)),
        _ if !difference.moved.is_empty() => {
            let moved: Vec<String> = difference.moved.iter().take(3).map(|moved| moved.words()).collect();
            format!("{part}: {}", moved.join("; "))
        }
        _ => {
            let (stored, fresh) = (line(&difference.stored), line(&difference.fresh));
            format!("{part}, line {}: `{stored}` became `{fresh}`", difference.line.unwrap_or(1))
        }
    }
}

/// A line of an SVG can be a page long.
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

/// The line of the file that a cell's verdict is about: of its source, or of the stored output that changed.
pub fn line_in_file(report: &NotebookReport, cell: &CellReport) -> usize {
    let Some(notebook) = &report.notebook else { return 1 };
    let source = || notebook.file_line(cell.at, line_in_cell(&cell.verdict).unwrap_or(1));
    let Verdict::Changed(differences) = &cell.verdict else { return source() };
    let stored = differences.iter().find(|difference| difference.stored.is_some());
    let output = stored.and_then(|it| notebook.output_line(cell.at, &it.part, it.line.unwrap_or(1)));
    output.unwrap_or_else(source)
}
