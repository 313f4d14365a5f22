//! The front door: the command started as a user starts it, what it printed, and notebooks made for a test.

pub mod cells;
pub mod words;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// The command under test.
pub const BINARY: &str = env!("CARGO_BIN_EXE_forward-pass");

/// Set to anything, tests store what they got in place of what they expected.
pub const ACCEPT: &str = "FORWARD_PASS_ACCEPT";

/// Whether tests are to store what they got.
pub fn accepts() -> bool {
    std::env::var_os(ACCEPT).is_some()
}

/// Set to anything, stress tests run at their full size, as in `.ci/long`.
pub const STRESS: &str = "FORWARD_PASS_STRESS";

/// How often a stress test repeats: `usual` times in the gate, `full` times under [`STRESS`].
pub fn rounds(usual: u32, full: u32) -> u32 {
    if std::env::var_os(STRESS).is_some() { full } else { usual }
}

/// Whether tests that take the same inputs by several ways take all of them: with all features, as in the gate, and
/// under [`STRESS`]. Else they take those that a change is most likely to break.
pub fn takes_every_way() -> bool {
    cfg!(feature = "evcxr") || std::env::var_os(STRESS).is_some()
}

/// Builds a notebook in a folder of its own.
pub struct NotebookBuilder {
    pub folder: TempDir,
    cells: Vec<Value>,
    metadata: Value,
}

/// What a command printed, and how it ended.
pub struct Finished {
    pub stdout: String,
    pub stderr: String,
    pub code: Option<i32>,
}

impl NotebookBuilder {
    pub fn new() -> NotebookBuilder {
        NotebookBuilder {
            folder: tempfile::tempdir().unwrap(),
            cells: Vec::new(),
            metadata: json!({"kernelspec": {"display_name": "Rust", "language": "rust", "name": "rust"}}),
        }
    }

    /// A code cell with what it printed, where anything is stored.
    pub fn code(self, id: &str, source: &str, stdout: &str) -> NotebookBuilder {
        let outputs = match stdout {
            "" => json!([]),
            text => json!([{"name": "stdout", "output_type": "stream", "text": [text]}]),
        };
        self.cell(json!({"cell_type": "code", "execution_count": 1, "id": id, "metadata": {}, "outputs": outputs,
            "source": [source]}))
    }

    /// The last cell gets tags.
    pub fn tags(mut self, tags: &[&str]) -> NotebookBuilder {
        self.cells.last_mut().unwrap()["metadata"]["tags"] = json!(tags);
        self
    }

    /// The last cell gets settings.
    pub fn settings(mut self, settings: Value) -> NotebookBuilder {
        self.cells.last_mut().unwrap()["metadata"]["forward_pass"] = settings;
        self
    }

    pub fn cell(mut self, cell: Value) -> NotebookBuilder {
        self.cells.push(cell);
        self
    }

    /// The notebook's own metadata, in place of the Rust kernel's.
    pub fn metadata(mut self, metadata: Value) -> NotebookBuilder {
        self.metadata = metadata;
        self
    }

    pub fn text(&self) -> String {
        let notebook = json!({"cells": self.cells, "metadata": self.metadata, "nbformat": 4, "nbformat_minor": 5});
        notebook_text(&notebook)
    }

    pub fn write(&self) -> PathBuf {
        self.write_as("made.ipynb")
    }

    pub fn write_as(&self, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, self.text()).unwrap();
        path
    }
}

/// The command in a folder, without the settings for CI and colour that the tests themselves run under.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command.args(arguments).current_dir(folder).env_remove("CI").env_remove("CLICOLOR_FORCE");
    command
}

/// Runs the command in a folder.
pub fn forward_pass(folder: &Path, arguments: &[&str]) -> Finished {
    Finished::of(command(folder, arguments).output().unwrap())
}

/// Runs a command with this on its stdin.
pub fn with_input(command: &mut Command, input: &str) -> Finished {
    let streams = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = streams.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    // A command that ends early leaves the rest of its input unread.
    let writer = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
    let finished = Finished::of(child.wait_with_output().unwrap());
    writer.join().unwrap();
    finished
}

/// Runs `test` on our own engine, on the notebook as it is now.
pub fn tested(maker: &NotebookBuilder, arguments: &[&str]) -> Finished {
    maker.write();
    let all = [&["--engine", "own", "test", "made.ipynb"], arguments].concat();
    forward_pass(maker.folder.path(), &all)
}

impl Finished {
    pub fn of(output: Output) -> Finished {
        Finished {
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            code: output.status.code(),
        }
    }

    pub fn has(&self, words: &str) -> &Finished {
        assert!(
            self.stdout.contains(words) || self.stderr.contains(words),
            "`{words}` is missing\n{}\n{}",
            self.stdout,
            self.stderr
        );
        self
    }

    pub fn exits(&self, code: i32) -> &Finished {
        assert_eq!(self.code, Some(code), "{}\n{}", self.stdout, self.stderr);
        self
    }
}

/// A notebook as Jupyter writes it: one space for each level, and a newline at the end.
pub fn notebook_text(notebook: &Value) -> String {
    let mut bytes = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b" ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
    serde::Serialize::serialize(notebook, &mut serializer).unwrap();
    String::from_utf8(bytes).unwrap() + "\n"
}
