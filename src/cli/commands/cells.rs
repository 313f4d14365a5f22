//! `cells`: runs the cells of a plain text file, and prints the outputs of each and how it ended.
//!
//! It continues after a failure, and reads a cell only after printing the result of the previous one: the tests that
//! compare the two engines, the zoo of failing cells and the benchmark talk to it through a pipe.

use std::io::{BufRead, BufReader};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::cli::args::CellsArgs;
use crate::cli::engine::{self, Engine, Interrupter, SessionOptions};
use crate::cli::exit::Exit;
use crate::cli::outcome::{Diagnostic, End, Outcome, Output, Stream};
use crate::cli::streams;
use crate::cli::terminal::interrupt;

/// The line between two cells.
const SEPARATOR: &str = "%%";

/// How often Ctrl-C is checked.
const TICK: Duration = Duration::from_millis(5);

/// With `--ahead`, the time for precompiling a cell before it runs.
const READING: Duration = Duration::from_millis(500);

pub fn run(engine: Engine, args: &CellsArgs) -> Result<Exit> {
    let mut reader: Box<dyn BufRead> = match &args.file {
        Some(path) => {
            let file = std::fs::File::open(path).with_context(|| format!("cannot read `{}`", path.display()))?;
            Box::new(BufReader::new(file))
        }
        None => Box::new(std::io::stdin().lock()),
    };
    let options = SessionOptions {
        folder: std::env::current_dir().context("cannot find the current folder")?,
        compile_timeout: Some(Duration::from_secs(args.compile_timeout.unwrap_or(600))),
        run_timeout: args.timeout.map(Duration::from_secs),
        dependencies: Vec::new(),
        shell: args.allow_shell,
    };
    let mut session = engine::start(engine, options)?;
    interrupt::watch();
    if let Some(path) = &args.script {
        let text = std::fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        let (mut text, mut cells) = (text.as_slice(), Vec::new());
        while let Some(cell) = next_cell(&mut text)? {
            cells.push(cell);
        }
        session.script(cells);
    }
    while let Some(cell) = next_cell(&mut reader)? {
        if args.ahead {
            session.expect("let never = 1; struct Never;");
            session.expect(&cell);
            std::thread::sleep(READING);
        }
        let started = Instant::now();
        let outcome = while_watching(&session.interrupter(), || session.run(&cell, &mut |_| {}))?;
        let time = args.time.then(|| started.elapsed());
        if args.json {
            streams::println!("{}", as_json(&outcome));
        } else {
            streams::print!("{}", as_text(&outcome, time));
        }
        if streams::is_failed() {
            break;
        }
    }
    if args.variables {
        for variable in session.variables() {
            streams::println!("{}: {}", variable.name, variable.type_name);
        }
    }
    Ok(Exit::Passed)
}

fn next_cell(reader: &mut dyn BufRead) -> Result<Option<String>> {
    let mut cell = String::new();
    let mut line = String::new();
    let mut is_end = true;
    while reader.read_line(&mut line).context("cannot read the cells")? > 0 {
        is_end = false;
        if line.trim_end() == SEPARATOR {
            break;
        }
        cell.push_str(&line);
        line.clear();
    }
    Ok((!is_end).then(|| cell.trim_end_matches('\n').to_owned()))
}

/// Does the work on this thread while another one turns Ctrl-C into an interrupt of the cell.
fn while_watching<T>(interrupter: &Interrupter, work: impl FnOnce() -> T) -> T {
    let done = AtomicBool::new(false);
    interrupt::take();
    std::thread::scope(|scope| {
        // Where no thread can be started, Ctrl-C waits for the end of the cell.
        let _ = std::thread::Builder::new().spawn_scoped(scope, || {
            while !done.load(Ordering::Relaxed) {
                if interrupt::take() {
                    interrupter.interrupt();
                }
                std::thread::sleep(TICK);
            }
        });
        let result = work();
        done.store(true, Ordering::Relaxed);
        result
    })
}

fn as_json(outcome: &Outcome) -> Value {
    let output = |output: &Output| match output {
        Output::Stream { stream, text } => json!({ stream_name(*stream): text }),
        Output::Rich { kind, data } => json!({ format!("{kind:?}").to_lowercase(): data }),
    };
    let end = match &outcome.end {
        End::CompileError(diagnostics) => json!(diagnostics.iter().map(diagnostic_json).collect::<Vec<_>>()),
        other => json!(format!("{other:?}")),
    };
    json!({ "outputs": outcome.outputs.iter().map(output).collect::<Vec<_>>(), "end": end, "notes": outcome.notes })
}

fn diagnostic_json(diagnostic: &Diagnostic) -> Value {
    json!({
        "code": diagnostic.code,
        "place": place(diagnostic),
        "message": diagnostic.message,
        "notes": diagnostic.notes,
        "rendered": diagnostic.rendered,
    })
}

fn as_text(outcome: &Outcome, time: Option<Duration>) -> String {
    let mut text = String::new();
    for output in &outcome.outputs {
        match output {
            Output::Stream { stream, text: shown } => {
                text.push_str(&format!("{} {shown:?}\n", stream_name(*stream)));
            }
            Output::Rich { kind, data } => text.push_str(&format!("{} {data:?}\n", format!("{kind:?}").to_lowercase())),
        }
    }
    text.push_str(&end_text(&outcome.end));
    for note in &outcome.notes {
        text.push_str(&format!("note {note}\n"));
    }
    if let Some(time) = time {
        text.push_str(&format!("time {:.1} ms\n", time.as_secs_f64() * 1e3));
    }
    text.push_str("--\n");
    text
}

fn stream_name(stream: Stream) -> &'static str {
    match stream {
        Stream::Stdout => "stdout",
        Stream::Stderr => "stderr",
    }
}

fn end_text(end: &End) -> String {
    match end {
        End::CompileError(diagnostics) => diagnostics.iter().map(diagnostic_text).collect(),
        other => format!("{other:?}\n"),
    }
}

fn diagnostic_text(diagnostic: &Diagnostic) -> String {
    let code = diagnostic.code.as_deref().unwrap_or("-");
    format!("error {code} at {}: {}\n{}", place(diagnostic), diagnostic.message, diagnostic.rendered)
}

fn place(diagnostic: &Diagnostic) -> String {
    let primary = diagnostic.spans.iter().find(|span| span.is_primary);
    primary.map(|span| format!("{}:{}", span.line, span.column)).unwrap_or_else(|| "?".to_owned())
}
