//! `test`: runs notebooks and compares their outputs with the stored ones; `--accept` stores the new ones.
//!
//! What passes and what fails is decided in `runner`; this selects notebooks, prints reports and sets the exit code.

mod watch;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;
use watch::Watch;

use super::{asked_for, runner_options};
use crate::cli::args::{Format, RunnerArgs, TestArgs};
use crate::cli::engine::Engine;
use crate::cli::exit::{Exit, usage};
use crate::cli::files;
use crate::cli::runner::filter::{self, Chosen};
use crate::cli::runner::options::Options;
use crate::cli::runner::report::progress::Progress;
use crate::cli::runner::report::summary::Summary;
use crate::cli::runner::report::{github, human, json, junit, list};
use crate::cli::runner::result::{CellReport, NotebookReport};
use crate::cli::runner::{self, accept, executed, pending, pictures, problems};
use crate::cli::streams;
use crate::cli::terminal::plural::count;
use crate::cli::terminal::style::QUIET;
use crate::cli::terminal::{interrupt, shown};

pub fn run(engine: Engine, args: &TestArgs) -> Result<Exit> {
    if (args.accept || args.pending) && files::in_ci() {
        let option = if args.accept { "--accept" } else { "--pending" };
        return Err(usage(format!(
            "`{option}` writes nothing when CI is set\nhelp: accept on your own machine and commit the result"
        )));
    }
    let chosen = match chosen(args)? {
        Ok(chosen) => chosen,
        Err(nothing) => {
            streams::eprintln!("error: {}", shown::visible(&nothing));
            return Ok(Exit::NothingToTest);
        }
    };
    if args.list {
        match args.format {
            Format::Json => streams::println!("{}", shown::json(&list::document(&chosen))),
            _ => streams::print!("{}", list::text(&chosen)),
        }
        return Ok(if list::has_unreadable(&chosen) { Exit::Failed } else { Exit::Passed });
    }
    interrupt::watch();
    if args.watch { watch_and_test(engine, args, chosen) } else { test_once(engine, args, &chosen) }
}

/// The notebooks to test; the inner `Err` says why there are none.
fn chosen(args: &TestArgs) -> Result<Result<Vec<Chosen>, String>> {
    let paths = asked_for(&args.runner.paths)?;
    if paths.is_empty() {
        return Ok(Err("nothing to test: no notebook was found\nhelp: name a notebook or a folder of them".into()));
    }
    let all = paths.len();
    let chosen = match filter::filter(paths, &args.runner.filter) {
        Ok(chosen) => chosen,
        Err(nothing) => return Ok(Err(nothing)),
    };
    let Some((part, parts)) = args.shard else { return Ok(Ok(chosen)) };
    let chosen = filter::shard(chosen, (part, parts));
    if chosen.is_empty() {
        return Ok(Err(format!(
            "nothing to test: part {part} of {parts} has none of the {all} notebooks\n\
             help: use at most {all} parts"
        )));
    }
    Ok(Ok(chosen))
}

fn test_once(engine: Engine, args: &TestArgs, chosen: &[Chosen]) -> Result<Exit> {
    // Before anything runs: a folder that cannot be made must not cost the results.
    let folders = [args.junit.as_deref().map(files::folder_of), args.pictures.as_deref(), args.write.as_deref()];
    folders.into_iter().flatten().try_for_each(files::make_folder)?;
    let begun = Instant::now();
    let options =
        Options { fail_fast: args.fail_fast, portable: args.portable, ..runner_options(engine, &args.runner) };
    let mut reports = Vec::new();
    let mut stored = Ok(());
    let interrupted = runner::test_all(&options, chosen, &mut |progress, mut report| {
        if stored.is_err() {
            return;
        }
        stored = store(&mut report, args, progress);
        match args.format {
            Format::Json => {}
            Format::Human => progress.print(&human::notebook(&report, args.accept)),
            Format::Github => {
                progress.print(&(human::notebook(&report, args.accept) + &github::annotations(&report)));
            }
        }
        reports.push(report);
    });
    let unused_normalisers = unused_normalisers(&reports, args);
    let took = begun.elapsed();
    let exit = exit(&reports, args, interrupted, !unused_normalisers.is_empty());
    let summary = Summary::of(&reports, args.accept, took);
    if args.format == Format::Json {
        streams::println!("{}", shown::json(&json::document(&reports, args.accept, &summary, exit)));
    } else {
        streams::print!("{}", summary.text(args.accept));
    }
    unused_normalisers.iter().for_each(|message| streams::eprintln!("error: {}", shown::visible(message)));
    if let Some(file) = &args.junit {
        junit::write(file, &reports, took)?;
    }
    stored.map(|()| exit)
}

/// Writes what the arguments ask for: pictures, outputs, pending changes.
fn store(report: &mut NotebookReport, args: &TestArgs, progress: &Progress) -> Result<()> {
    pictures::save(report, args.pictures.as_deref())?;
    if let Some(folder) = &args.write {
        executed::write(report, folder)?;
    }
    if args.accept {
        if accept::store(report)? {
            progress.note(&format!("{} was edited while it ran; the edits stay", files::shown_path(&report.path)));
        }
        pending::drop_stale(&report.path)?;
    }
    if args.pending {
        pending::write(report)?;
    }
    Ok(())
}

/// Errors for project-wide normalisers without a match; only reported when whole folders were tested.
fn unused_normalisers(reports: &[NotebookReport], args: &TestArgs) -> Vec<String> {
    let RunnerArgs { filter, paths, .. } = &args.runner;
    let whole = filter.is_empty() && args.shard.is_none() && paths.iter().all(|path| path.is_dir());
    if !whole || reports.iter().any(|report| report.cells.iter().any(CellReport::is_not_run)) {
        return Vec::new();
    }
    let message = |(file, name): (PathBuf, String)| {
        let file = files::shown_path(&file);
        format!("the normaliser `{name}` of {file} matches nothing\n{}", problems::UNUSED_HELP)
    };
    problems::unused_in_project(reports).into_iter().map(message).collect()
}

fn exit(reports: &[NotebookReport], args: &TestArgs, interrupted: bool, has_errors: bool) -> Exit {
    if interrupted || reports.iter().any(NotebookReport::is_interrupted) {
        return Exit::Interrupted;
    }
    if reports.iter().any(NotebookReport::is_broken) {
        return Exit::Broken;
    }
    if reports.iter().all(NotebookReport::has_nothing) {
        return Exit::NothingToTest;
    }
    let fails = |report: &NotebookReport| report.fails_finally(args.accept && !args.fail);
    if has_errors || reports.iter().any(fails) { Exit::Failed } else { Exit::Passed }
}

fn watch_and_test(engine: Engine, args: &TestArgs, mut chosen: Vec<Chosen>) -> Result<Exit> {
    let paths: Vec<PathBuf> = chosen.iter().map(|chosen| chosen.path.clone()).collect();
    loop {
        let mut watch = Watch::new(&paths);
        let exit = test_once(engine, args, &chosen)?;
        if exit == Exit::Interrupted || streams::is_failed() {
            return Ok(exit);
        }
        streams::eprintln!("{QUIET}watching {}; Ctrl-C stops{QUIET:#}", count(paths.len(), "notebook"));
        let Some(changed) = watch.wait() else { return Ok(Exit::Interrupted) };
        chosen = match filter::filter(changed, &args.runner.filter) {
            Ok(chosen) => chosen,
            Err(nothing) => {
                streams::eprintln!("error: {}", shown::visible(&nothing));
                Vec::new()
            }
        };
    }
}
