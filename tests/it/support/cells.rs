//! A live session behind a pipe: runs a cell, and describes its outcome in readable lines.
//!
//! It compares nothing: `engine::suites` and `zoo` do.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

/// How long to wait for an answer before the test fails.
const PATIENCE: Duration = Duration::from_secs(240);

/// The beginning of evcxr's message that a variable is lost.
const LOST: &str = "! The type of the variable ";

/// A running `forward-pass cells --json`.
pub struct Cells {
    pub child: Child,
    stdin: Option<ChildStdin>,
    answers: Receiver<String>,
    _script: Option<tempfile::NamedTempFile>,
}

/// The command, in a folder, without environment variables that would change its output.
pub fn command(engine: &str, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = super::command(folder, &[&["--engine", engine, "cells", "--json"], arguments].concat());
    command.env_remove("RUST_BACKTRACE");
    command
}

impl Cells {
    pub fn start(engine: &str, folder: &Path) -> Cells {
        Cells::spawn(command(engine, folder, &[]))
    }

    /// A session that knows the cells to come, and may compile them in batches.
    pub fn spawn_with_script(mut command: Command, cells: impl Iterator<Item = String>) -> Cells {
        let mut script = tempfile::NamedTempFile::new().unwrap();
        cells.for_each(|cell| script.write_all(format!("{cell}\n%%\n").as_bytes()).unwrap());
        command.arg("--script").arg(script.path());
        let mut cells = Cells::spawn(command);
        cells._script = Some(script);
        cells
    }

    pub fn spawn(mut command: Command) -> Cells {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, answers) = channel();
        std::thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Cells { stdin: child.stdin.take(), child, answers, _script: None }
    }

    /// Sends a cell without waiting for the answer.
    pub fn send(&mut self, code: &str) {
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(format!("{code}\n%%\n").as_bytes()).unwrap();
        stdin.flush().unwrap();
    }

    /// The outcome of the cell that was sent.
    pub fn answer(&mut self) -> Value {
        let line = self.answers.recv_timeout(PATIENCE).unwrap_or_else(|error| {
            let _ = self.child.kill();
            panic!("no answer: {error}")
        });
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    pub fn run(&mut self, code: &str) -> Value {
        self.send(code);
        self.answer()
    }

    /// Runs a cell and describes its outcome in lines.
    pub fn lines(&mut self, code: &str) -> Vec<String> {
        let mut lines = lines(&self.run(code));
        // evcxr reports lost variables in the order of a hash map.
        lines.chunk_by_mut(|one, other| [one, other].iter().all(|line| line.starts_with(LOST))).for_each(<[_]>::sort);
        if code == ":vars" {
            // Their order and the HTML table do not matter here.
            lines.retain(|line| !line.starts_with("= <text/html>"));
            lines.sort();
        }
        lines
    }
}

impl Drop for Cells {
    fn drop(&mut self) {
        // The session ends when its input does.
        drop(self.stdin.take());
        let _ = self.child.wait();
    }
}

/// A line for each part of an outcome: `| text`, `! stderr`, `= value`, `: displayed`, how it ended, `note ...`.
pub fn lines(answer: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    let end = &answer["end"];
    // The end quotes the message; stderr would repeat it with a thread number that varies.
    let has_message = end.as_str().is_some_and(|end| end.starts_with("Panicked") || end.starts_with("ReturnedError"));
    for output in answer["outputs"].as_array().unwrap() {
        let (kind, content) = output.as_object().unwrap().iter().next().unwrap();
        match kind.as_str() {
            "stdout" => lines.extend(text("|", content.as_str().unwrap())),
            "stderr" if has_message => {}
            "stderr" => lines.extend(text("!", content.as_str().unwrap())),
            "result" => lines.extend(bundle("=", content)),
            _ => lines.extend(bundle(":", content)),
        }
    }
    match end.as_array() {
        Some(errors) => lines.extend(errors.iter().map(error)),
        None if end == "Passed" => {}
        None => lines.push(end.as_str().unwrap().replace('\n', "\\n")),
    }
    lines.extend(answer["notes"].as_array().unwrap().iter().map(|note| format!("note {}", note.as_str().unwrap())));
    if lines.is_empty() {
        lines.push("ok".to_owned());
    }
    lines
}

/// A last line without a newline is marked with a backslash.
fn text(sign: &str, text: &str) -> Vec<String> {
    let mut lines: Vec<String> = without_numbers(text).lines().map(|line| format!("{sign} {line}")).collect();
    if let Some(last) = lines.last_mut().filter(|_| !text.ends_with('\n')) {
        last.push('\\');
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

fn bundle(sign: &str, bundle: &Value) -> Vec<String> {
    let shown = bundle.as_object().unwrap().iter().flat_map(|(mime, content)| {
        let mime = if mime == "text/plain" { String::new() } else { format!("<{mime}> ") };
        let content = content.as_str().unwrap();
        let lines = if content.is_empty() { vec![""] } else { content.lines().collect() };
        lines.iter().map(|line| format!("{sign} {mime}{line}").trim_end().to_owned()).collect::<Vec<_>>()
    });
    shown.collect()
}

fn error(error: &Value) -> String {
    let code = error["code"].as_str().unwrap_or("-");
    let message = error["message"].as_str().unwrap().replace('\n', " / ");
    format!("error {code} at {}: {message}", error["place"].as_str().unwrap())
}

/// Removes what varies: the thread number and the compiler's folder in
/// `thread 'main' (4711) panicked at /rustc/5980...`, places in generated code, and backtraces.
fn without_numbers(text: &str) -> String {
    let mut shown = String::new();
    let mut in_backtrace = false;
    for line in text.split_inclusive('\n') {
        in_backtrace = line == "stack backtrace:\n" || in_backtrace && line.starts_with(' ');
        if in_backtrace {
            continue;
        }
        let numbered = line.strip_prefix("thread '").and_then(|rest| rest.split_once("' ("));
        match numbered.and_then(|(name, rest)| Some((name, rest.split_once(')')?.1))) {
            Some((name, rest)) => shown.push_str(&format!("thread '{name}' (N){}", in_std(rest))),
            None => shown.push_str(line),
        }
    }
    shown
}

fn in_std(text: &str) -> String {
    if let Some((head, _)) = text.split_once("src/lib.rs:") {
        return format!("{head}src/lib.rs\n");
    }
    match text.split_once("/rustc/").and_then(|(head, path)| Some((head, path.split_once("/library/")?.1))) {
        Some((head, path)) => format!("{head}{}\n", path.split(':').next().unwrap_or(path)),
        None => text.to_owned(),
    }
}
