//! `test`: executes notebooks and compares what comes with what is stored; `--accept` stores it.
//!
//! What is green and what is red is decided in `verdict` and `test/problems`; this finds, runs, tells and counts.

mod watch;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;

use crate::cli::args::{Format, TestArgs};
use crate::cli::engine::Engine;
use crate::cli::exit::{Exit, usage};
use crate::cli::files;
use crate::cli::notebook::chapter;
use crate::cli::runner::filter::Chosen;
use crate::cli::runner::notebook::{Bench, NotebookReport};
use crate::cli::runner::pending::Pending;
use crate::cli::runner::report::progress::Progress;
use crate::cli::runner::report::summary::Summary;
use crate::cli::runner::report::{github, human, json, junit, list};
use crate::cli::runner::stop::Control;
use crate::cli::runner::{self, accept, filter, pending, pictures, problems, workers};
use crate::cli::terminal::interrupt;
use crate::cli::terminal::report::{QUIET, count};

pub fn run(engine: Engine, args: &TestArgs) -> Result<Exit> {
    if (args.accept || args.pending) && files::in_ci() {
        let option = if args.accept { "--accept" } else { "--pending" };
        return Err(usage(format!(
            "`{option}` writes nothing where CI is set\nhelp: accept on your own machine and commit the result"
        )));
    }
    let chosen = match chosen(args)? {
        Ok(chosen) => chosen,
        Err(nothing) => {
            anstream::eprintln!("error: {nothing}");
            return Ok(Exit::NothingToTest);
        }
    };
    if args.list {
        anstream::print!("{}", list::text(&chosen, args.format));
        return Ok(Exit::Passed);
    }
    interrupt::watch();
    if args.watch { watch_and_test(engine, args, chosen) } else { test_once(engine, args, &chosen) }
}

/// The notebooks to test; the inner `Err` says why there are none.
fn chosen(args: &TestArgs) -> Result<Result<Vec<Chosen>, String>> {
    let paths = chapter::asked_for(&args.choice.paths)?;
    if paths.is_empty() {
        return Ok(Err("nothing to test: no notebook was found\nhelp: name a notebook or a folder of them".into()));
    }
    let all = paths.len();
    let chosen = match filter::filter(paths, &args.choice.filter) {
        Ok(chosen) => chosen,
        Err(nothing) => return Ok(Err(nothing)),
    };
    let Some((part, parts)) = args.shard else { return Ok(Ok(chosen)) };
    let chosen = filter::shard(chosen, (part, parts));
    if chosen.is_empty() {
        return Ok(Err(format!(
            "nothing to test: part {part} of {parts} holds none of {all} notebooks\nhelp: make at most {all} parts"
        )));
    }
    Ok(Ok(chosen))
}

fn test_once(engine: Engine, args: &TestArgs, chosen: &[Chosen]) -> Result<Exit> {
    let begun = Instant::now();
    let (control, progress) = (Control::default(), Progress::new(chosen.len()));
    let bench = Bench {
        engine,
        choice: &args.choice,
        fail_fast: args.fail_fast,
        portable: args.portable,
        control: &control,
        progress: &progress,
    };
    let mut reports = Vec::new();
    let tested = workers::test_all(&bench, chosen, runner::jobs(args.choice.jobs), &mut |mut report| {
        let kept = keep(&mut report, args);
        match args.format {
            Format::Json => {}
            Format::Human => progress.say(&human::notebook(&report, args.accept)),
            Format::Github => {
                progress.say(&(human::notebook(&report, args.accept) + &github::annotations(&report)));
            }
        }
        reports.push(report);
        kept
    });
    progress.finish();
    let broken_normalisers = normalisers_for_nothing(&reports, args);
    let took = begun.elapsed();
    let exit = exit(&reports, args, control.is_interrupted(), !broken_normalisers.is_empty());
    let summary = Summary::of(&reports, args.accept, took);
    if args.format == Format::Json {
        anstream::println!("{:#}", json::document(&reports, args.accept, &summary, exit));
    } else {
        anstream::print!("{}", summary.text(args.accept));
    }
    broken_normalisers.iter().for_each(|words| anstream::eprintln!("error: {words}"));
    if let Some(file) = &args.junit {
        junit::write(file, &reports, took)?;
    }
    tested.map(|()| exit)
}

/// Stores what is to be stored of a report: outputs, pending changes, pictures.
fn keep(report: &mut NotebookReport, args: &TestArgs) -> Result<()> {
    pictures::save(report, args.pictures.as_deref())?;
    if args.accept {
        accept::store(report)?;
        pending::drop_stale(&report.path)?;
    }
    if args.pending
        && let Some(notebook) = &report.notebook
    {
        let (changes, _) = accept::changes(report, notebook);
        let waiting: Vec<Pending> = changes.iter().map(|change| Pending::of(change, notebook)).collect();
        pending::write(&report.path, &waiting)?;
    }
    Ok(())
}

/// Normalisers of a project that matched in none of its notebooks: to be blamed only when whole folders were tested.
fn normalisers_for_nothing(reports: &[NotebookReport], args: &TestArgs) -> Vec<String> {
    let choice = &args.choice;
    let whole = choice.filter.is_empty() && args.shard.is_none() && choice.paths.iter().all(|path| path.is_dir());
    let all_ran = reports.iter().all(|report| report.cells.iter().all(|cell| cell.verdict.word() != "not-run"));
    if !whole || !all_ran {
        return Vec::new();
    }
    let unused = problems::unused_in_project(reports);
    let words = |(file, name): (PathBuf, String)| {
        let file = files::shown_path(&file);
        format!("the normaliser `{name}` of {file} matches nothing\nhelp: take it out, or mend its pattern")
    };
    unused.into_iter().map(words).collect()
}

fn exit(reports: &[NotebookReport], args: &TestArgs, interrupted: bool, more_is_wrong: bool) -> Exit {
    if interrupted || reports.iter().any(NotebookReport::is_interrupted) {
        return Exit::Interrupted;
    }
    if reports.iter().any(NotebookReport::is_broken) {
        return Exit::Broken;
    }
    if reports.iter().all(NotebookReport::has_nothing) {
        return Exit::NothingToTest;
    }
    let red = |report: &NotebookReport| report.fails_finally(args.accept);
    if more_is_wrong || reports.iter().any(red) { Exit::Failed } else { Exit::Passed }
}

fn watch_and_test(engine: Engine, args: &TestArgs, chosen: Vec<Chosen>) -> Result<Exit> {
    let paths: Vec<PathBuf> = chosen.iter().map(|chosen| chosen.path.clone()).collect();
    let mut again = chosen;
    loop {
        let watch = watch::Watch::new(&paths)?;
        if test_once(engine, args, &again)? == Exit::Interrupted {
            return Ok(Exit::Interrupted);
        }
        anstream::eprintln!("{QUIET}watching {}; Ctrl-C ends it{QUIET:#}", count(paths.len(), "notebook"));
        let Some(changed) = watch.wait() else { return Ok(Exit::Interrupted) };
        again = match filter::filter(changed, &args.choice.filter) {
            Ok(chosen) => chosen,
            Err(nothing) => {
                anstream::eprintln!("error: {nothing}");
                Vec::new()
            }
        };
    }
}
