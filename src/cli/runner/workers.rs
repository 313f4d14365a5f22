//! `--jobs`: notebooks side by side, each whole in one worker, editions of one code in the same; their reports come in
//! the notebooks' order.
//!
//! Nothing is compared or told here.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};

use anyhow::Result;

use super::editions;
use super::filter::Chosen;
use super::notebook::{Bench, NotebookReport, test_notebook};
use super::pool::Pool;

/// Tests all of them; each report is handed on as soon as those before it were.
pub fn test_all(
    bench: &Bench,
    chosen: &[Chosen],
    jobs: usize,
    on_report: &mut dyn FnMut(NotebookReport) -> Result<()>,
) -> Result<()> {
    let (next, groups) = (AtomicUsize::new(0), editions::groups(chosen));
    let (sender, reports) = channel();
    std::thread::scope(|scope| {
        scope.spawn(|| bench.control.watch());
        for worker in 0..jobs.clamp(1, groups.len().max(1)) {
            let (sender, next, groups) = (sender.clone(), &next, &groups);
            scope.spawn(move || work(bench, chosen, groups, worker, next, &sender));
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut told = 0;
        let mut result = Ok(());
        for (at, report) in reports {
            waiting.insert(at, report);
            while let Some(report) = waiting.remove(&told) {
                told += 1;
                result = result.and_then(|()| on_report(report));
            }
        }
        bench.control.finish();
        result
    })
}

fn work(
    bench: &Bench,
    chosen: &[Chosen],
    groups: &[Vec<usize>],
    worker: usize,
    next: &AtomicUsize,
    sender: &Sender<(usize, NotebookReport)>,
) {
    let mut pool = Pool::new(bench.engine, bench.choice.allow_shell);
    while let Some(group) = groups.get(next.fetch_add(1, Ordering::SeqCst)) {
        // The first one runs, and the others are compared with it.
        let mut reports: Vec<NotebookReport> = Vec::new();
        for at in group {
            reports.push(test_notebook(bench, &mut pool, worker, &chosen[*at], reports.first()));
            bench.progress.notebook_done();
        }
        for (at, report) in group.iter().zip(reports) {
            if sender.send((*at, report)).is_err() {
                return;
            }
        }
    }
}
