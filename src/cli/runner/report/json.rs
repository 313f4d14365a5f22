//! `--format json`: the whole run as one document, printed at its end.
//!
//! `format` is incremented when a field changes its meaning; fields may be added.

use serde_json::{Value, json};

use super::summary::Summary;
use super::wording::{line_in_cell, line_in_file, verdict_message};
use crate::cli::exit::Exit;
use crate::cli::files;
use crate::cli::outcome::{Diagnostic, End, Phase};
use crate::cli::runner::compare::Difference;
use crate::cli::runner::result::{CellReport, NotebookReport, Problem};
use crate::cli::runner::verdict::{Verdict, end_word};

/// The version of the format.
const FORMAT: u32 = 1;

pub fn document(reports: &[NotebookReport], accept: bool, summary: &Summary, exit: Exit) -> Value {
    json!({
        "format": FORMAT,
        "exit_code": exit as u8,
        "summary": summary.value(),
        "notebooks": reports.iter().map(|report| notebook(report, accept)).collect::<Vec<_>>(),
    })
}

fn notebook(report: &NotebookReport, accept: bool) -> Value {
    let verdict = match report {
        report if report.left_out.is_some() => "left-out",
        report if report.has_nothing() => "no-code",
        report if report.fails_finally(accept) => "failed",
        report if report.fails() => "accepted",
        report if report.is_not_run() => "not-run",
        _ => "passed",
    };
    json!({
        "path": files::shown_path(&report.path),
        "verdict": verdict,
        "left_out": report.left_out,
        "shared_with": report.shared_with.as_deref().map(files::shown_path),
        "problems": report.problems.iter().map(problem).collect::<Vec<_>>(),
        "allowed": report.allowed.iter().map(problem).collect::<Vec<_>>(),
        "seconds": report.took().as_secs_f64(),
        "cells": report.cells.iter().map(|it| cell(report, it)).collect::<Vec<_>>(),
    })
}

fn problem(problem: &Problem) -> Value {
    json!({"kind": problem.kind, "message": problem.text})
}

fn cell(report: &NotebookReport, cell: &CellReport) -> Value {
    let differences = match &cell.verdict {
        Verdict::Changed(differences) => differences.as_slice(),
        _ => &[],
    };
    json!({
        "id": cell.id,
        "verdict": cell.verdict.word(),
        "failed": cell.verdict.is_failure(),
        "message": verdict_message(&cell.verdict),
        "cell_line": line_in_cell(&cell.verdict),
        "file_line": line_in_file(report, cell),
        "end": cell.outcome.as_ref().map(|outcome| end(&outcome.end)),
        "differences": differences.iter().map(difference).collect::<Vec<_>>(),
        "outputs_compared": cell.compared,
        "not_portable": cell.not_portable,
        "notes": cell.outcome.as_ref().map_or(&[][..], |outcome| &outcome.notes),
        "pictures": cell.pictures.iter().map(|path| path.display().to_string()).collect::<Vec<_>>(),
        "seconds": cell.took.as_secs_f64(),
    })
}

fn end(end: &End) -> Value {
    let mut value = match end {
        End::Panicked { message, .. } | End::ReturnedError { message, .. } => json!({"message": message}),
        End::CompileError(diagnostics) => {
            json!({"diagnostics": diagnostics.iter().map(diagnostic).collect::<Vec<_>>()})
        }
        End::Exited(code) => json!({"exit_code": code}),
        End::Killed { signal, stack_overflow } => json!({"signal": signal, "stack_overflow": stack_overflow}),
        End::TimedOut { phase, seconds } => {
            json!({"phase": if *phase == Phase::Compile { "compile" } else { "run" }, "after_seconds": seconds})
        }
        End::Passed | End::Interrupted => json!({}),
    };
    value["word"] = json!(end_word(end));
    value
}

fn diagnostic(diagnostic: &Diagnostic) -> Value {
    let primary = diagnostic.spans.iter().find(|span| span.is_primary);
    json!({
        "code": diagnostic.code,
        "message": diagnostic.message,
        "line": primary.map(|span| span.line),
        "column": primary.map(|span| span.column),
        "rendered": diagnostic.rendered,
    })
}

fn difference(difference: &Difference) -> Value {
    let moved = difference
        .moved
        .iter()
        .map(|it| json!({"line": it.line, "stored": it.stored, "fresh": it.fresh, "words": it.description()}));
    json!({
        "part": difference.part,
        "stored": difference.stored,
        "fresh": difference.fresh,
        "line": difference.line,
        "moved": moved.collect::<Vec<_>>(),
        "words": difference.description,
    })
}
