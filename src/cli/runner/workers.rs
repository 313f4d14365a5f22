//! `--jobs`: notebooks in parallel, each in one worker, and editions of the same code in the same worker. Reports are
//! handed on in the order of the notebooks.
//!
//! Nothing is compared or printed here.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread::Builder;

use super::editions;
use super::filter::Chosen;
use super::notebook::{Run, test_notebook};
use super::pool::Pool;
use super::result::NotebookReport;
use crate::cli::streams;

/// Tests all notebooks; each report is handed on as soon as all earlier ones have been.
pub fn test_all(run: &Run, chosen: &[Chosen], on_report: &mut dyn FnMut(NotebookReport)) {
    let (next, groups) = (AtomicUsize::new(0), editions::groups(chosen));
    let (sender, reports) = channel();
    std::thread::scope(|scope| {
        // Also when a report panics: the scope waits for the watching thread.
        let _finish = Finish(run);
        let _ = Builder::new().spawn_scoped(scope, || run.control.watch());
        for worker in 0..run.options.workers().clamp(1, groups.len().max(1)) {
            let (sender, next, groups) = (sender.clone(), &next, &groups);
            let theirs = sender.clone();
            let thread = Builder::new().spawn_scoped(scope, move || work(run, chosen, groups, worker, next, &theirs));
            if thread.is_err() {
                // The system allows no more: those that run do it all, or else this one.
                if worker == 0 {
                    work(run, chosen, groups, worker, next, &sender);
                }
                break;
            }
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut reported = 0;
        for (at, report) in reports {
            waiting.insert(at, report);
            while let Some(report) = waiting.remove(&reported) {
                reported += 1;
                on_report(report);
                if streams::is_failed() {
                    run.control.abandon();
                }
            }
        }
    });
}

/// Ends the watching thread when dropped.
struct Finish<'a>(&'a Run<'a>);

impl Drop for Finish<'_> {
    fn drop(&mut self) {
        self.0.control.finish();
    }
}

fn work(
    run: &Run,
    chosen: &[Chosen],
    groups: &[Vec<usize>],
    worker: usize,
    next: &AtomicUsize,
    sender: &Sender<(usize, NotebookReport)>,
) {
    let mut pool = Pool::new(run.options.engine, run.options.allow_shell);
    while let Some(group) = groups.get(next.fetch_add(1, Ordering::SeqCst)) {
        // The first one runs; the others are compared with its outcomes.
        let mut reports: Vec<NotebookReport> = Vec::new();
        for at in group {
            reports.push(test_notebook(run, &mut pool, worker, &chosen[*at], reports.first()));
            run.progress.notebook_done();
        }
        for (at, report) in group.iter().zip(reports) {
            if sender.send((*at, report)).is_err() {
                return;
            }
        }
    }
}
