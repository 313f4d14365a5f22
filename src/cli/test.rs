//! `test`: executes notebooks and compares what comes with what is stored; `--accept` stores it.
//!
//! What is green and what is red is decided in `verdict`; this finds, runs, tells and counts.

mod accept;
mod notebook;
mod pool;
mod tell;

use std::path::PathBuf;

use anyhow::{Result, bail};

use super::Exit;
use super::args::TestArgs;
use super::session::Engine;
use super::shelf;
use notebook::{NotebookReport, test_notebook};

pub fn run(engine: Engine, args: &TestArgs) -> Result<Exit> {
    let paths = find(&args.paths)?;
    if args.accept && std::env::var_os("CI").is_some() {
        bail!("`--accept` writes nothing where CI is set\nhelp: accept on your own machine and commit the result");
    }
    let mut pool = pool::Pool::new(engine);
    let mut reports = Vec::new();
    for path in &paths {
        let report = test_notebook(&mut pool, path, args)?;
        tell::notebook(&report, args);
        if args.accept {
            accept::store(&report)?;
        }
        let interrupted = report.is_interrupted();
        reports.push(report);
        if interrupted {
            break;
        }
    }
    tell::summary(&reports);
    Ok(exit(&reports, args))
}

fn exit(reports: &[NotebookReport], args: &TestArgs) -> Exit {
    if reports.iter().any(NotebookReport::is_interrupted) {
        return Exit::Interrupted;
    }
    if reports.iter().all(NotebookReport::has_nothing) {
        return Exit::NothingToTest;
    }
    let red = |report: &NotebookReport| if args.accept { report.fails_after_accept() } else { report.fails() };
    if reports.iter().any(red) { Exit::Failed } else { Exit::Passed }
}

/// The notebooks asked for, absolute, each once.
fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if paths.is_empty() {
        match shelf::all_notebooks() {
            Some(folder) => found = shelf::notebooks_below(&folder)?,
            None => bail!("no notebooks found\nhelp: name a notebook or a folder"),
        }
    }
    for path in paths {
        let path = std::path::absolute(path)?;
        if path.is_dir() {
            found.extend(shelf::notebooks_below(&path)?);
        } else if path.is_file() {
            found.push(path);
        } else {
            return Err(super::usage(format!(
                "there is no notebook or folder {}\nhelp: check the path",
                path.display()
            )));
        }
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|path| seen.insert(path.clone()));
    Ok(found)
}
