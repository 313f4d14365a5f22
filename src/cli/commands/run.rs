//! `run`: runs a notebook and prints its outputs; `-o` writes the executed notebook.
//!
//! It compares nothing, and never overwrites its input.

use std::path::Path;

use anyhow::{Result, anyhow};

use crate::cli::args::RunArgs;
use crate::cli::engine::Engine;
use crate::cli::exit::{Exit, usage};
use crate::cli::files::write_atomically;
use crate::cli::notebook::ipynb::{CellChange, ErrorChange, Notebook};
use crate::cli::outcome::{End, Event, Outcome, Waiting};
use crate::cli::runner::execute::{self, Step};
use crate::cli::runner::rules::Expect;
use crate::cli::runner::settings;
use crate::cli::terminal::report::{self, BAD, QUIET};

pub fn run(engine: Engine, args: &RunArgs) -> Result<Exit> {
    let path = std::path::absolute(&args.notebook)?;
    if !path.is_file() {
        return Err(usage(format!("no notebook at {}\nhelp: check the path", args.notebook.display())));
    }
    let notebook = Notebook::read(&path)?;
    if let Some(message) = notebook.other_language() {
        return Err(usage(format!("cannot run {}: {message}", args.notebook.display())));
    }
    if let Some(output) = &args.output {
        refuse_same_file(&path, output)?;
    }
    let settings = settings::of_notebook(&path, &notebook)?;
    let mut session = execute::session(engine, &path, &notebook, None, None, args.allow_shell)?;
    let steps = execute::steps(&notebook, &settings);
    session.script(execute::script(&steps));
    let mut changes = Vec::new();
    let mut exit = Exit::Passed;
    for Step { at, cell, rules } in steps {
        let rules = rules.map_err(|error| anyhow!("cell `{}`: {error}", cell.id))?;
        if let Some(skip) = &rules.skip {
            let reason = skip.reason.as_deref().unwrap_or("no reason given");
            anstream::println!("{QUIET}[{}] skipped: {reason}{QUIET:#}", cell.id);
            continue;
        }
        anstream::println!("{QUIET}[{}]{QUIET:#}", cell.id);
        let mut waiting = Waiting::default();
        let (outcome, _) = execute::cell(session.as_mut(), cell, &mut |event| show(event, &mut waiting))?;
        for output in waiting.rest() {
            anstream::print!("{}", report::output_text(&output));
        }
        changes.push(change(at, &outcome, changes.len() as u64 + 1));
        for note in &outcome.notes {
            anstream::eprintln!("{QUIET}note: {note}{QUIET:#}");
        }
        let Some(words) = report::end_words(&outcome.end) else { continue };
        anstream::println!("{BAD}`{}` {words}{BAD:#}\n{}", cell.id, report::end_details(&outcome.end));
        if rules.expect == Expect::Success || outcome.end == End::Interrupted {
            exit = if outcome.end == End::Interrupted { Exit::Interrupted } else { Exit::Failed };
            break;
        }
    }
    if let Some(output) = &args.output {
        write_atomically(output, notebook.with_changes(&changes).as_bytes())?;
    }
    Ok(exit)
}

/// What is stored in a cell after it ran.
fn change(cell: usize, outcome: &Outcome, count: u64) -> CellChange {
    let error = match &outcome.end {
        // The stock kernel stores no error for these: their output describes it.
        End::Passed | End::Panicked { .. } | End::ReturnedError { .. } => ErrorChange::Remove,
        end => {
            let details = report::end_details(end);
            let words = if details.is_empty() { report::end_words(end).unwrap_or_default() } else { details };
            ErrorChange::Store("Error".to_string(), words)
        }
    };
    CellChange { cell, outputs: outcome.outputs.clone(), error, execution_count: Some(count) }
}

fn refuse_same_file(input: &Path, output: &Path) -> Result<()> {
    let real = |path: &Path| path.canonicalize().or_else(|_| std::path::absolute(path));
    if real(input)? == real(output)? {
        return Err(usage(format!(
            "`-o {}` would overwrite the notebook that is run\n\
             help: choose another file, or use `test --accept` to store new outputs",
            output.display()
        )));
    }
    Ok(())
}

fn show(event: Event, waiting: &mut Waiting) {
    match event {
        Event::Progress(words) => anstream::eprintln!("{QUIET}{words}{QUIET:#}"),
        Event::Output(output) => {
            if let Some(output) = waiting.pass(output) {
                anstream::print!("{}", report::output_text(&output));
            }
        }
    }
}
