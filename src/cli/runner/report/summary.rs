//! The summary of a run: what ran, what was compared, what was skipped and why, as text and as JSON.
//!
//! It only counts.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::wording::NO_REASON;
use crate::cli::runner::problems;
use crate::cli::runner::result::{CellReport, NotebookReport};
use crate::cli::runner::verdict::Verdict;
use crate::cli::terminal::plural::count;
use crate::cli::terminal::shown;
use crate::cli::terminal::style::{BAD, QUIET, STRONG};

/// The counts of a run.
pub struct Summary {
    notebooks: usize,
    failed_notebooks: usize,
    left_out_notebooks: usize,
    ran: usize,
    shared: usize,
    compared: usize,
    gaps_only: usize,
    failed: usize,
    skipped: usize,
    reasons: BTreeSet<String>,
    left_out: usize,
    not_run: usize,
    ignored: usize,
    not_portable: usize,
    allowed: BTreeSet<&'static str>,
    normalised: BTreeSet<String>,
    can_accept: bool,
    nothing: bool,
    took: Duration,
}

impl Summary {
    pub fn of(reports: &[NotebookReport], accept: bool, took: Duration) -> Summary {
        let all = || reports.iter().flat_map(|report| &report.cells);
        let total = |holds: &dyn Fn(&CellReport) -> bool| all().filter(|cell| holds(cell)).count();
        let reason = |cell: &CellReport| match &cell.verdict {
            Verdict::Skipped { reason } => Some(reason.clone().unwrap_or_else(|| NO_REASON.into())),
            _ => None,
        };
        let editions = reports.iter().filter(|report| report.shared_with.is_some());
        let shared = editions.map(|report| report.count(|cell| cell.outcome.is_some())).sum();
        Summary {
            notebooks: reports.len(),
            failed_notebooks: reports.iter().filter(|report| report.fails_finally(accept)).count(),
            left_out_notebooks: reports.iter().filter(|report| report.left_out.is_some()).count(),
            ran: total(&|cell| cell.outcome.is_some()) - shared,
            shared,
            compared: all().map(|cell| cell.compared).sum(),
            gaps_only: all().map(|cell| cell.gaps_only).sum(),
            failed: total(&|cell| cell.verdict.is_failure()),
            skipped: total(&|cell| matches!(cell.verdict, Verdict::Skipped { .. })),
            reasons: all().filter_map(reason).collect(),
            left_out: total(&|cell| cell.verdict == Verdict::LeftOut && cell.outcome.is_none()),
            not_run: total(&CellReport::is_not_run),
            ignored: total(&|cell| {
                cell.rules.ignore_output && cell.outcome.is_some() && cell.verdict != Verdict::LeftOut
            }),
            not_portable: total(&|cell| !cell.not_portable.is_empty()),
            allowed: reports.iter().flat_map(|report| report.allowed.iter().map(|it| it.kind)).collect(),
            normalised: reports.iter().flat_map(problems::normalised).collect(),
            can_accept: all().any(|cell| matches!(cell.verdict, Verdict::Changed(_))),
            nothing: reports.iter().all(NotebookReport::has_nothing),
            took,
        }
    }

    /// The summary for people.
    pub fn text(&self, accept: bool) -> String {
        let mut items = vec![
            count(self.notebooks, "notebook"),
            format!("{} run", count(self.ran, "cell")),
            format!("{} compared", count(self.compared, "output")),
        ];
        if self.failed_notebooks > 0 {
            items.push(format!("{BAD}{} failed{BAD:#}", count(self.failed_notebooks, "notebook")));
        }
        let reasons: Vec<_> = self.reasons.iter().map(|reason| shown::visible(reason)).collect();
        let because = if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join("; ")) };
        let rest = [
            (self.shared, "cell", "shared between editions and run once".into()),
            (self.skipped, "cell", format!("skipped{because}")),
            (self.not_run, "cell", "not run".into()),
            (self.left_out, "cell", "excluded by `--filter`".into()),
            (self.ignored, "cell", "run without comparison".into()),
            (self.gaps_only, "output", "covered by a gap".into()),
            (self.not_portable, "cell", "not portable".into()),
            (self.left_out_notebooks, "notebook", "in another language skipped".into()),
        ];
        items.extend(rest.iter().filter(|(n, ..)| *n > 0).map(|(n, noun, what)| format!("{} {what}", count(*n, noun))));
        items.extend(self.allowed.iter().map(|kind| format!("allowed: {kind}")));
        items.extend(self.normalised.iter().map(|it| shown::visible(it).into_owned()));
        let seconds = self.took.as_secs_f64();
        let mut text = format!("\n{} {QUIET}in {seconds:.1} s{QUIET:#}\n", items.join(", "));
        if self.failed_notebooks > 0 && self.can_accept && !accept {
            let help = "help: store the new outputs with `--accept` if they are right, or look at each with `review`";
            text += &format!("{QUIET}{help}{QUIET:#}\n");
        }
        if self.nothing {
            text += &format!("{STRONG}nothing to test{STRONG:#}: no notebook with a Rust code cell\n");
        }
        shown::report(&text)
    }

    /// The summary in JSON.
    pub fn value(&self) -> Value {
        json!({
            "notebooks": self.notebooks, "notebooks_failed": self.failed_notebooks,
            "notebooks_left_out": self.left_out_notebooks,
            "cells_run": self.ran, "cells_shared": self.shared, "cells_failed": self.failed,
            "outputs_compared": self.compared, "outputs_given_up": self.gaps_only,
            "cells_skipped": self.skipped, "skip_reasons": self.reasons,
            "cells_left_out": self.left_out, "cells_not_run": self.not_run, "cells_not_compared": self.ignored,
            "cells_not_portable": self.not_portable, "allowed": self.allowed,
            "normalised": self.normalised, "seconds": self.took.as_secs_f64(),
        })
    }
}
