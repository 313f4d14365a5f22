//! `cells`: runs the cells of a plain text, one after the other, and tells of each what came and how it ended.
//!
//! It goes on after a failure: the tests that hold the two engines against each other, and the benchmark, run on it.

use std::io::Read;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::Exit;
use super::args::CellsArgs;
use super::outcome::{Diagnostic, End, Outcome, Output, Stream};
use super::session::{self, Engine, SessionOptions};

/// Between two cells stands a line with nothing but this.
const SEPARATOR: &str = "%%";

pub fn run(engine: Engine, args: &CellsArgs) -> Result<Exit> {
    let text = match &args.file {
        Some(path) => std::fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?,
        None => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).context("cannot read the cells from stdin")?;
            text
        }
    };
    let folder = std::env::current_dir().context("cannot tell the current folder")?;
    let timeout = args.timeout.map(Duration::from_secs);
    let options = SessionOptions {
        folder,
        compile_timeout: Some(Duration::from_secs(600)),
        run_timeout: timeout,
        dependencies: Vec::new(),
    };
    let mut session = session::start(engine, options)?;
    for cell in cells_of(&text) {
        let started = Instant::now();
        let outcome = session.run(&cell, &mut |_| {})?;
        let time = args.time.then(|| started.elapsed());
        anstream::print!("{}", told(&outcome, time));
    }
    if args.variables {
        for variable in session.variables() {
            anstream::println!("{}: {}", variable.name, variable.type_name);
        }
    }
    Ok(Exit::Passed)
}

fn cells_of(text: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    for line in text.lines() {
        if line.trim_end() == SEPARATOR {
            cells.push(String::new());
        } else if let Some(cell) = cells.last_mut() {
            cell.push_str(line);
            cell.push('\n');
        }
    }
    cells.iter().map(|cell| cell.trim_end_matches('\n').to_owned()).collect()
}

fn told(outcome: &Outcome, time: Option<Duration>) -> String {
    let mut text = String::new();
    for output in &outcome.outputs {
        match output {
            Output::Stream { stream, text: shown } => {
                let name = if *stream == Stream::Stdout { "stdout" } else { "stderr" };
                text.push_str(&format!("{name} {shown:?}\n"));
            }
            Output::Rich { kind, data } => text.push_str(&format!("{} {data:?}\n", format!("{kind:?}").to_lowercase())),
        }
    }
    text.push_str(&end_told(&outcome.end));
    for note in &outcome.notes {
        text.push_str(&format!("note {note}\n"));
    }
    if let Some(time) = time {
        text.push_str(&format!("time {:.1} ms\n", time.as_secs_f64() * 1e3));
    }
    text.push_str("--\n");
    text
}

fn end_told(end: &End) -> String {
    match end {
        End::CompileError(diagnostics) => diagnostics.iter().map(diagnostic_told).collect(),
        other => format!("{other:?}\n"),
    }
}

fn diagnostic_told(diagnostic: &Diagnostic) -> String {
    let code = diagnostic.code.as_deref().unwrap_or("-");
    let primary = diagnostic.spans.iter().find(|span| span.is_primary);
    let place = primary.map(|span| format!("{}:{}", span.line, span.column)).unwrap_or_else(|| "?".to_owned());
    format!("error {code} at {place}: {}\n{}", diagnostic.message, diagnostic.rendered)
}
