//! What `test` says to people: a line a notebook, a readable diff a difference, a summary that counts.

use std::path::Path;

use similar::{ChangeTag, TextDiff};

use crate::cli::args::TestArgs;
use crate::cli::compare::Difference;
use crate::cli::outcome::Event;
use crate::cli::report::{BAD, GOOD, QUIET, STRONG, count, end_details, end_words};
use crate::cli::rules::Expect;
use crate::cli::verdict::Verdict;

use super::notebook::{CellReport, NotebookReport};

/// Lines around a change.
const CONTEXT: usize = 3;
/// A diff longer than this is cut, and says so.
const MOST_LINES: usize = 60;

pub fn progress(event: &Event) {
    if let Event::Progress(words) = event {
        anstream::eprintln!("{QUIET}  {words}{QUIET:#}");
    }
}

/// One notebook's line, and what is to be said about its cells.
pub fn notebook(report: &NotebookReport, args: &TestArgs) {
    let (word, style) = match report {
        report if report.has_nothing() => ("no code", QUIET),
        report if args.accept && report.fails() && !report.fails_after_accept() => ("accepted", STRONG),
        report if report.fails() => ("FAILED", BAD),
        _ => ("ok", GOOD),
    };
    let seconds: f64 = report.cells.iter().map(|cell| cell.took.as_secs_f64()).fold(0.0, |sum, took| sum + took);
    let path = shown_path(&report.path);
    let cells = count(report.count(|cell| cell.outcome.is_some()), "cell");
    anstream::println!("{style}{word}{style:#} {path} {QUIET}({cells}, {seconds:.1} s){QUIET:#}");
    for problem in &report.problems {
        anstream::println!("  {}", indented(problem));
    }
    for cell in report.cells.iter() {
        tell_cell(report, cell);
    }
}

fn tell_cell(report: &NotebookReport, cell: &CellReport) {
    let words = verdict_words(&cell.verdict);
    if !words.is_empty() {
        let style = if cell.verdict.is_failure() { BAD } else { QUIET };
        let line = line_in_cell(&cell.verdict).unwrap_or(1);
        let file_line = report.notebook.as_ref().map_or(1, |notebook| notebook.file_line(cell.at, line));
        let place = format!("{}:{file_line}", shown_path(&report.path));
        anstream::println!("\n  {style}`{}` {}{style:#} {QUIET}{place}{QUIET:#}", cell.id, indented(&words));
    }
    match &cell.verdict {
        Verdict::Changed(differences) => {
            for difference in differences {
                anstream::println!("{}", difference_text(difference));
            }
        }
        Verdict::Failed(end) | Verdict::OtherFailure(_, end) => {
            for line in end_details(end).lines() {
                anstream::println!("    {line}");
            }
        }
        _ => {}
    }
    for note in cell.outcome.iter().flat_map(|outcome| &outcome.notes) {
        anstream::println!("  {QUIET}`{}`: {note}{QUIET:#}", cell.id);
    }
}

/// A verdict in words; nothing for a cell that passed.
pub fn verdict_words(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Passed => String::new(),
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

/// The line of the cell that a verdict is about.
pub fn line_in_cell(verdict: &Verdict) -> Option<usize> {
    use crate::cli::outcome::End;
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

/// A difference for reading: what moved, then the lines, `-` stored and `+` fresh.
pub fn difference_text(difference: &Difference) -> String {
    let mut text = format!("    {STRONG}{}{STRONG:#}", difference.part);
    match (&difference.stored, &difference.fresh) {
        (None, _) => text += " is new",
        (_, None) => text += " did not come",
        _ => {}
    }
    if let Some(words) = &difference.words {
        return format!("{text}: {words}");
    }
    let moved = difference.moved.iter().take(3).map(|moved| format!("\n      {}", moved.words()));
    text.extend(moved);
    if difference.moved.len() > 3 {
        text += &format!("\n      and {} more", count(difference.moved.len() - 3, "number"));
    }
    let stored = difference.stored.as_deref().unwrap_or_default();
    let fresh = difference.fresh.as_deref().unwrap_or_default();
    // A figure is looked at, not read.
    let most = if difference.part.starts_with("image/") { 10 } else { MOST_LINES };
    text + "\n" + &diff(stored, fresh, most)
}

fn diff(stored: &str, fresh: &str, most: usize) -> String {
    let diff = TextDiff::from_lines(stored, fresh);
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
            let line = shortened(change.value().trim_end_matches('\n'));
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

/// A line of an SVG can be a page long.
fn shortened(line: &str) -> String {
    const MOST: usize = 200;
    let length = line.chars().count();
    if length <= MOST {
        return line.to_string();
    }
    format!("{}... ({length} characters)", line.chars().take(MOST).collect::<String>())
}

/// What ran, what was compared, what was not, and why.
pub fn summary(reports: &[NotebookReport]) {
    let all = || reports.iter().flat_map(|report| &report.cells);
    let total = |holds: &dyn Fn(&CellReport) -> bool| all().filter(|cell| holds(cell)).count();
    let ran = total(&|cell| cell.outcome.is_some());
    let compared: usize = all().map(|cell| cell.compared).sum();
    let mut words = vec![
        count(reports.len(), "notebook"),
        format!("{} run", count(ran, "cell")),
        format!("{} compared", count(compared, "output")),
    ];
    let failed = reports.iter().filter(|report| report.fails()).count();
    if failed > 0 {
        words.push(format!("{BAD}{} failed{BAD:#}", count(failed, "notebook")));
    }
    let skipped = total(&|cell| matches!(cell.verdict, Verdict::Skipped { .. }));
    let not_run = total(&|cell| matches!(cell.verdict, Verdict::NotRun { .. }));
    let ignored = total(&|cell| cell.rules.ignore_output && cell.outcome.is_some());
    for (number, what) in [(skipped, "skipped"), (not_run, "not run"), (ignored, "run without comparing")] {
        if number > 0 {
            words.push(format!("{} {what}", count(number, "cell")));
        }
    }
    anstream::println!("\n{}", words.join(", "));
    if failed > 0 {
        anstream::println!("{QUIET}help: where the new outputs are right, store them with `--accept`{QUIET:#}");
    }
    if reports.iter().all(NotebookReport::has_nothing) {
        anstream::println!("nothing to test: no notebook with a code cell");
    }
}

fn indented(text: &str) -> String {
    text.replace('\n', "\n  ")
}

/// Relative to where the reader is, when that is shorter.
pub fn shown_path(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).display().to_string()
}
