//! The report of `test` for people: a line for each notebook, a diff for each difference.
//!
//! It returns coloured text and prints nothing; colours are stripped when stdout does not support them.

use std::time::Duration;

use similar::{ChangeTag, TextDiff};

use super::wording::{line_in_file, shortened, verdict_message};
use crate::cli::files;
use crate::cli::runner::compare::Difference;
use crate::cli::runner::result::{CellReport, NotebookReport};
use crate::cli::runner::verdict::Verdict;
use crate::cli::terminal::cell_end::compiler_report;
use crate::cli::terminal::plural::count;
use crate::cli::terminal::style::{BAD, GOOD, QUIET, STRONG};

/// Lines around a change.
const CONTEXT: usize = 3;
/// Longer diffs are cut.
const MOST_LINES: usize = 60;
/// Longer texts are cut before they are compared.
const MOST_DIFFED: usize = 1 << 20;

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
    let path = files::shown_path(&report.path);
    let cells = count(report.count(|cell| cell.outcome.is_some()), "cell");
    let how = match &report.shared_with {
        Some(edition) => format!("shared with {}, run once", files::shown_path(edition)),
        None => format!("{:.1} s", report.took().as_secs_f64()),
    };
    let mut text = format!("{style}{word}{style:#} {path} {QUIET}({cells}, {how}){QUIET:#}\n");
    for message in report.left_out.iter().chain(report.problems.iter().map(|problem| &problem.text)) {
        text += &format!("  {}\n", indented(message));
    }
    for problem in &report.allowed {
        let first = problem.text.lines().next().unwrap_or_default();
        text += &format!("  {QUIET}allowed: {first}{QUIET:#}\n");
    }
    let mut before: Option<&Verdict> = None;
    for cell in &report.cells {
        // Cells that one failure kept from running are reported together.
        if !cell.is_not_run() || before != Some(&cell.verdict) {
            text += &cell_text(report, cell);
        }
        before = Some(&cell.verdict);
    }
    text
}

fn cell_text(report: &NotebookReport, cell: &CellReport) -> String {
    let mut text = String::new();
    let message = verdict_message(&cell.verdict);
    if !message.is_empty() {
        let style = if cell.verdict.is_failure() { BAD } else { QUIET };
        let place = format!("{}:{}", files::shown_path(&report.path), line_in_file(report, cell));
        let name = match &cell.verdict {
            Verdict::NotRun { .. } => not_run_names(report, cell),
            _ => format!("`{}`", cell.id),
        };
        text += &format!("\n  {style}{name} {}{style:#} {QUIET}{place}{QUIET:#}\n", indented(&message));
    }
    match &cell.verdict {
        Verdict::Changed(differences) => {
            text.extend(differences.iter().map(|difference| difference_text(difference) + "\n"));
        }
        Verdict::Failed(end) | Verdict::OtherFailure(_, end) => {
            text.extend(compiler_report(end).lines().map(|line| format!("    {line}\n")));
        }
        _ => {}
    }
    text.extend(cell.pictures.iter().map(|path| format!("    {QUIET}{}{QUIET:#}\n", path.display())));
    for note in cell.outcome.iter().flat_map(|outcome| &outcome.notes) {
        text += &format!("  {QUIET}`{}`: {note}{QUIET:#}\n", cell.id);
    }
    text.extend(
        cell.not_portable.iter().map(|it| format!("  {STRONG}`{}` is not portable{STRONG:#}: {it}\n", cell.id)),
    );
    text
}

/// `` `b` ``, or `` `b` and 3 cells more ``.
fn not_run_names(report: &NotebookReport, cell: &CellReport) -> String {
    let rest = report.cells.iter().skip_while(|it| it.at != cell.at).skip(1);
    let more = rest.take_while(|it| it.verdict == cell.verdict).count();
    let more = if more > 0 { format!(" and {} more", count(more, "cell")) } else { String::new() };
    format!("`{}`{more}", cell.id)
}

/// A difference as a diff, `-` stored and `+` fresh, below the numbers that moved.
pub fn difference_text(difference: &Difference) -> String {
    let mut text = format!("    {STRONG}{}{STRONG:#}", difference.part);
    match (&difference.stored, &difference.fresh) {
        (None, _) => text += " is new",
        (_, None) => text += " is missing",
        _ => {}
    }
    if let Some(description) = &difference.description {
        return format!("{text}: {description}");
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

fn diff(stored: &str, fresh: &str, most: usize) -> String {
    let (stored, fresh) = (beginning(stored), beginning(fresh));
    let diff = TextDiff::configure().timeout(Duration::from_secs(1)).diff_lines(stored, fresh);
    let mut lines: Vec<String> = Vec::new();
    for (at, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if at > 0 {
            lines.push(format!("    {QUIET}...{QUIET:#}"));
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let (sign, style) = match change.tag() {
                ChangeTag::Delete => ('-', BAD),
                ChangeTag::Insert => ('+', GOOD),
                ChangeTag::Equal => (' ', QUIET),
            };
            let line = shortened(change.value().trim_end_matches('\n'), 200);
            lines.push(format!("    {style}{sign} {line}{style:#}"));
        }
    }
    if lines.len() > most {
        let cut = lines.len() - most;
        lines.truncate(most);
        lines.push(format!("    {QUIET}({} more){QUIET:#}", count(cut, "line")));
    }
    lines.join("\n")
}

fn beginning(text: &str) -> &str {
    let mut end = text.len().min(MOST_DIFFED);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

pub fn indented(text: &str) -> String {
    text.replace('\n', "\n  ")
}
