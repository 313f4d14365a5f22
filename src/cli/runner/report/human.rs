//! The report of `test` for people: a line for each notebook, a diff for each difference.
//!
//! It returns coloured text and prints nothing; colours are stripped when stdout does not support them.

use super::diff::diff;
use super::wording::{line_in_file, printed, shown_name, verdict_message};
use crate::cli::files;
use crate::cli::outcome::Stream;
use crate::cli::runner::compare::Difference;
use crate::cli::runner::result::{CellReport, NOTHING_COMPARED, NotebookReport, Problem};
use crate::cli::runner::verdict::Verdict;
use crate::cli::terminal::cell_end::compiler_report;
use crate::cli::terminal::plural::count;
use crate::cli::terminal::shown::{self, visible};
use crate::cli::terminal::style::{BAD, GOOD, QUIET, STRONG};

/// Longer diffs are cut.
const MOST_LINES: usize = 60;

/// One notebook's line, followed by its problems and those of its cells.
pub fn notebook(report: &NotebookReport, accept: bool) -> String {
    let (word, style) = match report {
        report if report.left_out.is_some() => ("left out", QUIET),
        report if report.has_nothing() => ("no code", QUIET),
        report if accept && report.fails() && !report.fails_after_accept() => ("accepted", STRONG),
        report if report.fails() => ("FAILED", BAD),
        report if report.is_not_run() => ("not run", QUIET),
        _ => ("ok", GOOD),
    };
    let path = visible_path(&report.path);
    let cells = count(report.count(|cell| cell.outcome.is_some()), "cell");
    let how = match &report.shared_with {
        Some(edition) => format!("shared with {}, run once", visible_path(edition)),
        None => format!("{:.1} s", report.took().as_secs_f64()),
    };
    let mut text = format!("{style}{word}{style:#} {path} {QUIET}({cells}, {how}){QUIET:#}\n");
    let problems = report.problems.iter().filter(|problem| !is_settled(report, problem, accept));
    for message in report.left_out.iter().chain(problems.map(|problem| &problem.text)) {
        text += &format!("  {}\n", indented(&visible(message)));
    }
    for problem in &report.allowed {
        let first = problem.text.lines().next().unwrap_or_default();
        text += &format!("  {QUIET}allowed: {}{QUIET:#}\n", visible(first));
    }
    let mut before: Option<&Verdict> = None;
    for cell in &report.cells {
        // Cells that one failure kept from running are reported together.
        if !cell.is_not_run() || before != Some(&cell.verdict) {
            text += &cell_text(report, cell, accept);
        }
        before = Some(&cell.verdict);
    }
    shown::report(&text)
}

fn visible_path(path: &std::path::Path) -> String {
    shown::name(&files::shown_path(path))
}

/// Nothing was compared, but now something is stored: the next run compares it.
fn is_settled(report: &NotebookReport, problem: &Problem, accept: bool) -> bool {
    accept && problem.kind == NOTHING_COMPARED && report.cells.iter().any(|cell| report.is_stored(cell))
}

fn cell_text(report: &NotebookReport, cell: &CellReport, accept: bool) -> String {
    let mut text = String::new();
    let is_stored = accept && report.is_stored(cell);
    let message = match &cell.verdict {
        Verdict::Changed(_) if is_stored => "did not match its stored output; the new one is stored now".into(),
        Verdict::Changed(_) if accept => format!("{}, and the new one was not stored", verdict_message(&cell.verdict)),
        verdict => verdict_message(verdict),
    };
    if !message.is_empty() {
        let style = match cell.verdict.is_failure() {
            true if is_stored => STRONG,
            true => BAD,
            false => QUIET,
        };
        let place = format!("{}:{}", visible_path(&report.path), line_in_file(report, cell));
        let name = match &cell.verdict {
            Verdict::NotRun { .. } => not_run_names(report, cell),
            _ => format!("`{}`", shown_name(cell)),
        };
        text += &format!("\n  {QUIET}{place}{QUIET:#} {style}{name} {}{style:#}\n", indented(&message));
    }
    match &cell.verdict {
        Verdict::Changed(differences) => {
            text.extend(differences.iter().map(|difference| difference_text(difference) + "\n"));
        }
        Verdict::Failed(end) | Verdict::OtherFailure(_, end) => {
            text.extend(visible(&compiler_report(end)).lines().map(|line| format!("    {line}\n")));
        }
        _ => {}
    }
    text += &printed_text(cell);
    text.extend(
        cell.pictures.iter().map(|path| format!("    {QUIET}{}{QUIET:#}\n", visible(&path.display().to_string()))),
    );
    for note in cell.outcome.iter().flat_map(|outcome| &outcome.notes) {
        text += &format!("  {QUIET}`{}`: {}{QUIET:#}\n", shown_name(cell), visible(note));
    }
    let not_portable = cell.not_portable.iter().map(|it| visible(it));
    text.extend(not_portable.map(|it| format!("  {STRONG}`{}` is not portable{STRONG:#}: {it}\n", shown_name(cell))));
    text
}

/// What a failed cell printed before it ended.
fn printed_text(cell: &CellReport) -> String {
    let mut text = String::new();
    for (stream, lines) in printed(cell) {
        let name = if stream == Stream::Stdout { "stdout" } else { "stderr" };
        text += &format!("    {STRONG}{name}{STRONG:#} before it ended\n");
        text.extend(lines.iter().map(|line| format!("    {QUIET}| {line}{QUIET:#}\n")));
    }
    text
}

/// `` `b` ``, or `` `b` and 3 cells more ``.
fn not_run_names(report: &NotebookReport, cell: &CellReport) -> String {
    let rest = report.cells.iter().skip_while(|it| it.at != cell.at).skip(1);
    let more = rest.take_while(|it| it.verdict == cell.verdict).count();
    let more = if more > 0 { format!(" and {} more", count(more, "cell")) } else { String::new() };
    format!("`{}`{more}", shown_name(cell))
}

/// A difference as a diff, `-` stored and `+` fresh, below the numbers that moved.
pub fn difference_text(difference: &Difference) -> String {
    shown::report(&difference_lines(difference))
}

fn difference_lines(difference: &Difference) -> String {
    let mut text = format!("    {STRONG}{}{STRONG:#}", visible(&difference.part));
    match (&difference.stored, &difference.fresh) {
        (None, _) => text += " is new",
        (_, None) => text += " is missing",
        _ => {}
    }
    if let Some(description) = &difference.description {
        return format!("{text}: {}", visible(description));
    }
    let moved = difference.moved.iter().take(3).map(|moved| format!("\n      {}", moved.description()));
    text.extend(moved);
    if difference.moved.len() > 3 {
        text += &format!("\n      and {} more", count(difference.moved.len() - 3, "number"));
    }
    let stored = difference.stored.as_deref().unwrap_or_default();
    let fresh = difference.fresh.as_deref().unwrap_or_default();
    let is_binary = difference.part.starts_with("image/") && !difference.part.starts_with("image/svg");
    if is_binary {
        return text;
    }
    // Figures are for looking at, not reading.
    let most = if difference.part.starts_with("image/") { 10 } else { MOST_LINES };
    text + "\n" + &diff(stored, fresh, most)
}

/// A problem of the notebook as a whole.
pub fn problem_text(text: &str) -> String {
    shown::report(&format!("  {}\n", indented(&visible(text))))
}

fn indented(text: &str) -> String {
    text.replace('\n', "\n  ")
}
