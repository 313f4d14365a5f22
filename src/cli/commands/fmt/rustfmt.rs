//! The program rustfmt, with the settings that apply to a notebook.
//!
//! It is started in the system's folder for temporary files: rustup would take the toolchain that a stranger's folder
//! names.

use std::fmt;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// rustfmt takes milliseconds for a cell, and did not end within 25 minutes for one that nests 4,000 brackets.
const LIMIT: Duration = Duration::from_secs(20);

/// rustfmt cannot be started.
#[derive(Debug)]
pub struct Missing;

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rustfmt cannot be started\nhelp: install it with `rustup component add rustfmt`")
    }
}

impl std::error::Error for Missing {}

pub struct Rustfmt {
    /// The nearest file of settings.
    settings: Option<PathBuf>,
    /// The widest line.
    width: usize,
    /// What it indents by: spaces, or a tab.
    pub step: String,
}

impl Rustfmt {
    /// For the notebook at this path.
    pub fn of(notebook: &Path) -> Result<Rustfmt> {
        let path = std::path::absolute(notebook)?;
        let names = ["rustfmt.toml", ".rustfmt.toml"];
        let mut files = path.ancestors().skip(1).flat_map(|folder| names.map(|name| folder.join(name)));
        let settings = files.find(|file| file.is_file());
        let mut rustfmt = Rustfmt { settings, width: 100, step: String::new() };
        // The settings of a file apply, whether there is one or not.
        let file = path.with_extension("rs");
        let mut command = rustfmt.command();
        let output = command
            .stderr(Stdio::piped())
            .args(["--print-config", "current"])
            .arg(file)
            .output()
            .map_err(|_| Missing)?;
        if !output.status.success() {
            bail!("rustfmt cannot use its settings: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        let settings = String::from_utf8_lossy(&output.stdout);
        let value = |key: &str| settings.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
        let number = |key, usual| value(key).and_then(|value| value.parse().ok()).unwrap_or(usual);
        rustfmt.width = number("max_width", 100);
        rustfmt.step =
            if value("hard_tabs") == Some("true") { "\t".into() } else { " ".repeat(number("tab_spaces", 4)) };
        Ok(rustfmt)
    }

    /// Formats functions, whose lines are as wide as they would be on their own; `None` if it is not valid Rust.
    pub fn format(&self, code: &str) -> Result<Option<String>> {
        let mut command = self.command();
        let config = format!("max_width={},newline_style=Unix", self.width + self.step.replace('\t', "    ").len());
        command.args(["--emit", "stdout", "--config", &config]);
        if let Some(settings) = &self.settings {
            command.arg("--config-path").arg(settings);
        }
        let mut child = command.spawn().map_err(|_| Missing)?;
        let mut stdin = child.stdin.take().context("rustfmt has no stdin")?;
        let code = code.to_owned();
        // rustfmt may write before it has read everything.
        let writer = std::thread::spawn(move || drop(stdin.write_all(code.as_bytes())));
        let mut stdout = child.stdout.take().context("rustfmt has no stdout")?;
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = stdout.read_to_end(&mut bytes).map(|_| bytes);
            let _ = sender.send(read);
        });
        let Ok(bytes) = receiver.recv_timeout(LIMIT) else {
            child.kill().context("rustfmt cannot be ended")?;
            child.wait()?;
            bail!("rustfmt did not finish within {} s\nhelp: nest less deeply, or split the cell", LIMIT.as_secs());
        };
        let status = child.wait().context("rustfmt cannot be read")?;
        // A pipe that rustfmt closed early has been handled.
        let _ = writer.join();
        let text = String::from_utf8(bytes.context("rustfmt cannot be read")?).context("rustfmt wrote no UTF-8")?;
        Ok((status.success() && !text.is_empty()).then_some(text))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(std::env::var_os("RUSTFMT").unwrap_or_else(|| "rustfmt".into()));
        command.args(["--edition", "2024", "--quiet"]).current_dir(std::env::temp_dir());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        command
    }
}
