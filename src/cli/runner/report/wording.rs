//! Messages for verdicts, and their lines: the same in text, XML, JSON and annotations.
//!
//! Nothing is printed or coloured here.

use super::diff::{same_characters, window};
use crate::cli::lang::Lang;
use crate::cli::outcome::{End, Output, Stream};
use crate::cli::runner::compare::Difference;
use crate::cli::runner::result::{CellReport, NotebookReport};
use crate::cli::runner::rules::Expect;
use crate::cli::runner::verdict::Verdict;
use crate::cli::terminal::cell_end;
use crate::cli::terminal::shown::{marked, name, visible};

/// Shown where an author gives no reason for a skip.
pub const NO_REASON: &str = "no reason given";

/// The last lines that a failed cell printed, of each stream.
const MOST_PRINTED: usize = 10;
const WIDEST_PRINTED: usize = 200;

/// A cell's id, as it may be printed.
pub fn shown_name(cell: &CellReport) -> String {
    name(&cell.id)
}

/// A verdict in words; empty for a cell that passed.
pub fn verdict_message(verdict: &Verdict) -> String {
    visible(&message(verdict)).into_owned()
}

fn message(verdict: &Verdict) -> String {
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

/// The lines below [`verdict_message`]: the compiler's errors, or the differences in short; then what it had printed.
pub fn verdict_details(cell: &CellReport) -> String {
    let mut details = match &cell.verdict {
        Verdict::Changed(differences) => differences.iter().map(|it| difference_message(it) + "\n").collect(),
        Verdict::Failed(end) | Verdict::OtherFailure(_, end) => visible(&cell_end::compiler_report(end)).into_owned(),
        _ => String::new(),
    };
    for (stream, lines) in printed(cell) {
        let stream = if stream == Stream::Stdout { "stdout" } else { "stderr" };
        details += &format!("{stream} before it ended:\n");
        details.extend(lines.iter().map(|line| format!("| {line}\n")));
    }
    details
}

/// What a failed cell printed last, without what the message repeats.
pub fn printed(cell: &CellReport) -> Vec<(Stream, Vec<String>)> {
    let (Verdict::Failed(end) | Verdict::OtherFailure(_, end)) = &cell.verdict else { return Vec::new() };
    let outputs = cell.outcome.iter().flat_map(|outcome| &outcome.outputs);
    let streams = outputs.filter_map(|output| match output {
        Output::Stream { stream: Stream::Stderr, text } => {
            Some((Stream::Stderr, cell_end::without_end(text.clone(), end)))
        }
        Output::Stream { stream, text } => Some((*stream, text.clone())),
        Output::Rich { .. } => None,
    });
    streams.filter_map(|(stream, text)| Some((stream, last_lines(&text)?))).collect()
}

fn last_lines(text: &str) -> Option<Vec<String>> {
    let all: Vec<&str> = text.trim_end().lines().collect();
    let shown = all.iter().skip(all.len().saturating_sub(MOST_PRINTED));
    let mut lines: Vec<String> = shown.map(|line| window(&visible(line), 0, WIDEST_PRINTED)).collect();
    if all.len() > MOST_PRINTED {
        lines.insert(0, format!("({} lines before)", all.len() - MOST_PRINTED));
    }
    (!text.trim().is_empty()).then_some(lines)
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
    let part = visible(&difference.part);
    let line = |text: &Option<String>| {
        let at = difference.line.unwrap_or(1) - 1;
        text.as_deref().unwrap_or_default().lines().nth(at).unwrap_or_default().to_owned()
    };
    let (stored, fresh) = (line(&difference.stored), line(&difference.fresh));
    let from = same_characters(&stored, &fresh);
    let quoted = |line: &str, from: usize| match line {
        "" => "an empty line".to_owned(),
        line => format!("`{}`", marked(&window(line, from, 80))),
    };
    match (&difference.stored, &difference.fresh, &difference.description) {
        (_, _, Some(description)) => format!("{part}: {}", visible(description)),
        (None, _, _) => format!("{part} is new: {}", quoted(&fresh, 0)),
        (_, None, _) => format!("{part} is missing: {}", quoted(&stored, 0)),
        _ if !difference.moved.is_empty() => {
            let moved: Vec<String> = difference.moved.iter().take(3).map(|moved| moved.description()).collect();
            format!("{part}: {}", moved.join("; "))
        }
        _ => {
            let (stored, fresh) = (quoted(&stored, from), quoted(&fresh, from));
            format!("{part}, line {}: {stored} became {fresh}", difference.line.unwrap_or(1))
        }
    }
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
