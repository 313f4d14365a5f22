//! `run`: runs a notebook and prints its outputs; `-o` writes the executed notebook.
//!
//! It compares nothing, and never overwrites its input.

mod parameters;

use std::path::Path;

use anyhow::{Result, anyhow};

use crate::cli::args::RunArgs;
use crate::cli::engine::Engine;
use crate::cli::exit::{Exit, usage};
use crate::cli::files::{folder_of, make_folder, write_atomically};
use crate::cli::lang::Lang;
use crate::cli::notebook::ipynb::Notebook;
use crate::cli::outcome::{End, Event, MimeBundle, Output, Stream, Waiting};
use crate::cli::runner::execute::{self, Step};
use crate::cli::runner::executed;
use crate::cli::runner::rules::Expect;
use crate::cli::runner::settings;
use crate::cli::streams;
use crate::cli::terminal::cell_end;
use crate::cli::terminal::shown::{self, Passage, visible};
use crate::cli::terminal::style::{BAD, QUIET};

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
    let notebook = parameters::injected(notebook, &args.parameters)?;
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
            let head = format!("{QUIET}[{}] skipped: {}{QUIET:#}", shown::name(&cell.id), visible(reason));
            streams::println!("{}", shown::report(&head));
            continue;
        }
        streams::println!("{}", shown::report(&format!("{QUIET}[{}]{QUIET:#}", shown::name(&cell.id))));
        let (mut waiting, mut passage) = (Waiting::default(), Passage::default());
        let interrupter = session.interrupter();
        let (outcome, _) = execute::cell(session.as_mut(), cell, &mut |event| {
            show(event, &mut waiting, &mut passage);
            if streams::is_failed() {
                interrupter.interrupt();
            }
        })?;
        for output in waiting.rest() {
            streams::print!("{}", output_text(&output, &mut passage));
        }
        streams::print!("{}", passage.rest());
        changes.push(executed::change(at, &outcome, changes.len() as u64 + 1));
        for note in &outcome.notes {
            streams::eprintln!("{QUIET}note: {}{QUIET:#}", visible(note));
        }
        let Some(words) = cell_end::predicate(&outcome.end, Lang::En) else { continue };
        let (head, report) = (format!("`{}` {words}", shown::name(&cell.id)), cell_end::compiler_report(&outcome.end));
        let text = format!("{BAD}{}{BAD:#}\n{}", visible(&head), visible(&report));
        streams::println!("{}", shown::report(&text));
        if rules.expect == Expect::Success || outcome.end == End::Interrupted {
            exit = if outcome.end == End::Interrupted { Exit::Interrupted } else { Exit::Failed };
            break;
        }
    }
    if let Some(output) = &args.output {
        make_folder(folder_of(output))?;
        write_atomically(output, notebook.with_changes(&changes).as_bytes())?;
    }
    Ok(exit)
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

fn show(event: Event, waiting: &mut Waiting, passage: &mut Passage) {
    match event {
        Event::Progress(words) => streams::eprintln!("{QUIET}{}{QUIET:#}", visible(&words)),
        Event::Output(output) => {
            if let Some(output) = waiting.pass(output) {
                streams::print!("{}", output_text(&output, passage));
            }
        }
    }
}

/// An output as the terminal shows it; figures by their text twin.
fn output_text(output: &Output, passage: &mut Passage) -> String {
    match output {
        Output::Stream { stream: Stream::Stdout, text } => passage.pass(text),
        Output::Stream { stream: Stream::Stderr, text } => format!("{QUIET}{}{QUIET:#}", passage.pass(text)),
        Output::Rich { data, .. } => passage.pass(&bundle_text(data)),
    }
}

/// The text of a bundle, or its types where it has none.
fn bundle_text(data: &MimeBundle) -> String {
    match data.get("text/plain").or_else(|| data.get("text/markdown")) {
        Some(text) => format!("{}\n", text.trim_end_matches('\n')),
        None => {
            let types: Vec<&str> = data.keys().map(String::as_str).collect();
            format!("<{}>\n", types.join(", "))
        }
    }
}
