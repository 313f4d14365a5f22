//! `run`: runs a notebook and prints its outputs; `-o` writes the executed notebook.
//!
//! It compares nothing, and never overwrites its input. With `-o -` the notebook is on stdout, and all else on stderr.

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
use crate::cli::terminal::shown::{self, Passage, print_document, visible};
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
    let is_piped = args.output.as_deref().is_some_and(|output| output.as_os_str() == "-");
    let output = args.output.as_deref().filter(|_| !is_piped);
    if let Some(output) = output {
        refuse_same_file(&path, output)?;
    }
    let print = if is_piped { on_stderr } else { on_stdout };
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
            print(&format!("{}\n", shown::report(&head)));
            continue;
        }
        print(&format!("{}\n", shown::report(&format!("{QUIET}[{}]{QUIET:#}", shown::name(&cell.id)))));
        let mut printed = Printed::new(print);
        let interrupter = session.interrupter();
        let (outcome, _) = execute::cell(session.as_mut(), cell, &mut |event| {
            printed.event(event);
            if streams::is_failed() {
                interrupter.interrupt();
            }
        })?;
        let words = printed.finish(&outcome.end);
        changes.push(executed::change(at, &outcome, changes.len() as u64 + 1));
        for note in &outcome.notes {
            streams::eprintln!("{QUIET}note: {}{QUIET:#}", visible(note));
        }
        let Some(words) = words else { continue };
        let (head, report) = (format!("`{}` {words}", shown::name(&cell.id)), cell_end::compiler_report(&outcome.end));
        let text = format!("{BAD}{}{BAD:#}\n{}", visible(&head), visible(&report));
        print(&format!("{}\n", shown::report(&text)));
        if rules.expect == Expect::Success || outcome.end == End::Interrupted {
            exit = if outcome.end == End::Interrupted { Exit::Interrupted } else { Exit::Failed };
            break;
        }
    }
    if args.output.is_some() {
        store(&notebook.with_changes(&changes), output)?;
    }
    Ok(exit)
}

/// Writes the executed notebook to a file, or to stdout.
fn store(executed: &str, output: Option<&Path>) -> Result<()> {
    let Some(output) = output else {
        print_document(executed);
        return Ok(());
    };
    make_folder(folder_of(output))?;
    write_atomically(output, executed.as_bytes())
}

fn on_stdout(text: &str) {
    streams::print!("{text}");
}

fn on_stderr(text: &str) {
    streams::eprint!("{text}");
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

/// A longer message of an error is printed twice.
const LONGEST_MESSAGE: usize = 1 << 20;

/// What a cell prints while it runs.
struct Printed {
    print: fn(&str),
    waiting: Waiting,
    passage: Passage,
    /// Stderr that may be the report of a panic, whose place is in generated code: `run` words it itself.
    held: String,
    /// The end of what was printed on stderr.
    errors: String,
}

impl Printed {
    fn new(print: fn(&str)) -> Printed {
        let (waiting, passage) = (Waiting::default(), Passage::default());
        Printed { print, waiting, passage, held: String::new(), errors: String::new() }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Progress(words) => streams::eprintln!("{QUIET}{}{QUIET:#}", visible(&words)),
            Event::Output(output) => {
                if let Some(output) = self.waiting.pass(output) {
                    self.output(output);
                }
            }
        }
    }

    fn output(&mut self, output: Output) {
        match output {
            Output::Stream { stream: Stream::Stderr, text } => {
                self.held.push_str(&text);
                // The empty line before a report is a part of it.
                let begins = self.held.find("\nthread '");
                let begins = begins.map(|at| if self.held[..at].ends_with('\n') || at == 0 { at } else { at + 1 });
                let report = if self.held.starts_with("thread '") { Some(0) } else { begins };
                let report = self.held.split_off(report.unwrap_or(self.held.len()));
                self.release();
                self.held = report;
            }
            output => (self.print)(&output_text(&output, &mut self.passage)),
        }
    }

    fn release(&mut self) {
        let text = std::mem::take(&mut self.held);
        if !text.is_empty() {
            self.errors.push_str(&text);
            let begin = self.errors.len().saturating_sub(LONGEST_MESSAGE);
            self.errors.drain(..self.errors.floor_char_boundary(begin));
            let output = Output::Stream { stream: Stream::Stderr, text };
            (self.print)(&output_text(&output, &mut self.passage));
        }
    }

    /// The cell has ended: prints the rest without the report of that end. Returns how it ended, with no message that
    /// is already on stderr.
    fn finish(mut self, end: &End) -> Option<String> {
        for output in std::mem::take(&mut self.waiting).rest() {
            self.output(output);
        }
        if matches!(end, End::Panicked { .. }) {
            self.held = cell_end::without_report(&self.held);
        }
        self.release();
        (self.print)(&self.passage.rest());
        let words = cell_end::predicate(end, Lang::En)?;
        match end {
            End::ReturnedError { message, .. } if self.errors.trim_end().ends_with(message.trim_end()) => {
                let words = words.trim_end().strip_suffix(message.trim_end())?;
                Some(words.trim_end_matches([':', ' ']).to_owned())
            }
            _ => Some(words),
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
