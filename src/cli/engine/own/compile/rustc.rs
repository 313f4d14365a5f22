//! One call of rustc for one source file.
//!
//! Its messages are parsed as JSON and no further; `diagnostics` interprets them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Read;
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde_json::Value;

use super::super::stop::Stop;
use super::toolchain::{Toolchain, system_libraries};

/// What is compiled, and how.
#[derive(Clone, Debug, Default)]
pub struct Job {
    pub crate_name: String,
    /// A file in `folder`.
    pub source: PathBuf,
    /// Where rustc writes its results.
    pub folder: PathBuf,
    /// Follows the crate's name in the names of the results.
    pub suffix: String,
    pub kind: Kind,
    pub metadata: String,
    pub opt_level: String,
    pub externs: Vec<(String, PathBuf)>,
    pub search_paths: Vec<String>,
    pub env: BTreeMap<String, String>,
}

/// What rustc produces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// A library to load, and the MIR.
    #[default]
    Cell,
    /// Only the errors.
    Check,
    /// The front end's work on a cell, to be timed.
    Front,
    /// An object file of a cell, not linked, to be timed.
    Object,
    /// A library to link.
    Rlib,
}

/// What rustc produced.
#[derive(Debug)]
pub struct Compiled {
    pub ended: CompileEnd,
    /// The exit code of rustc; `None` after a signal.
    pub code: Option<i32>,
    /// rustc's messages, parsed.
    pub messages: Vec<Value>,
    /// Its other output, such as a crash of the compiler or the linker's messages.
    pub rest: String,
    pub library: PathBuf,
    pub mir: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompileEnd {
    Succeeded,
    Failed,
    TimedOut,
    Interrupted,
}

/// Runs rustc until it is done, out of time, or stopped.
pub fn compile(toolchain: &Toolchain, job: &Job, timeout: Option<Duration>, stop: &Stop) -> Result<Compiled> {
    let fast = run(toolchain, job, true, timeout, stop)?;
    // Some libraries are found only by the system's linker driver: retry with it.
    if fast.ended == CompileEnd::Failed && job.kind == Kind::Cell && fast.messages.iter().any(is_linker_error) {
        return run(toolchain, job, false, timeout, stop);
    }
    Ok(fast)
}

fn is_linker_error(message: &Value) -> bool {
    message["message"].as_str().is_some_and(|text| text.contains("linking with"))
}

fn run(toolchain: &Toolchain, job: &Job, fast_link: bool, timeout: Option<Duration>, stop: &Stop) -> Result<Compiled> {
    let started = Instant::now();
    let mut command = Command::new(&toolchain.rustc);
    command
        .args(arguments(toolchain, job, fast_link))
        .envs(&job.env)
        .env_remove("RUSTC_BOOTSTRAP")
        .env_remove("RUSTC_LOG")
        .current_dir(&job.folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .process_group(0);
    let mut child = command.spawn().with_context(|| format!("cannot run `{}`", toolchain.rustc.display()))?;
    let (text, stopped) = match child.stderr.take() {
        Some(pipe) => read_output(pipe, usize::MAX, started, timeout, stop),
        None => (Vec::new(), None),
    };
    if stopped.is_some() {
        let _ = killpg(Pid::from_raw(child.id().cast_signed()), Signal::SIGKILL);
    }
    let status = child.wait().context("cannot wait for rustc")?;
    let (mut messages, mut rest) = (Vec::new(), String::new());
    for line in String::from_utf8_lossy(&text).lines() {
        match serde_json::from_str::<Value>(line) {
            Ok(value) if value.is_object() => messages.push(value),
            _ => rest.push_str(&format!("{line}\n")),
        }
    }
    let ended = stopped.unwrap_or(if status.success() { CompileEnd::Succeeded } else { CompileEnd::Failed });
    Ok(Compiled { ended, code: status.code(), messages, rest, library: job.library(), mir: job.mir() })
}

impl Compiled {
    pub fn read_mir(&self) -> Result<String> {
        std::fs::read_to_string(&self.mir).context("cannot read the MIR that rustc wrote")
    }
}

impl Job {
    /// Where rustc writes the library.
    pub fn library(&self) -> PathBuf {
        self.file("lib", if self.kind == Kind::Rlib { ".rlib" } else { std::env::consts::DLL_SUFFIX })
    }

    pub fn mir(&self) -> PathBuf {
        self.file("", ".mir")
    }

    /// The list of the files and variables that rustc read.
    pub fn dep_info(&self) -> PathBuf {
        self.file("", ".d")
    }

    fn file(&self, head: &str, tail: &str) -> PathBuf {
        self.folder.join(format!("{head}{}{}{tail}", self.crate_name, self.suffix))
    }
}

/// Reads the output of a process to its end, a timeout or a stop; keeps the first `most` bytes.
pub fn read_output(
    mut pipe: impl Read + AsFd,
    most: usize,
    started: Instant,
    timeout: Option<Duration>,
    stop: &Stop,
) -> (Vec<u8>, Option<CompileEnd>) {
    let mut text = Vec::new();
    let mut buffer = [0; 16 << 10];
    loop {
        let left = timeout.map(|timeout| timeout.saturating_sub(started.elapsed()));
        if stop.is_set() {
            return (text, Some(CompileEnd::Interrupted));
        }
        if left == Some(Duration::ZERO) {
            return (text, Some(CompileEnd::TimedOut));
        }
        let wait = left.map_or(Duration::from_secs(1), |left| left.min(Duration::from_secs(1)));
        let wait = PollTimeout::try_from(wait + Duration::from_millis(1)).unwrap_or(PollTimeout::MAX);
        let mut fds = [pipe.as_fd(), stop.as_fd()].map(|fd| PollFd::new(fd, PollFlags::POLLIN));
        let ready = poll(&mut fds, wait).unwrap_or(0);
        let has_text = ready > 0 && fds[0].revents().is_some_and(|events| !events.is_empty());
        if has_text {
            match pipe.read(&mut buffer) {
                Ok(0) => return (text, None),
                Ok(count) => text.extend_from_slice(&buffer[..count.min(most - text.len())]),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => return (text, None),
            }
        }
    }
}

fn arguments(toolchain: &Toolchain, job: &Job, fast_link: bool) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = Vec::new();
    let mut add = |text: &str| arguments.push(text.into());
    for text in ["--edition=2024", "--error-format=json", "-Awarnings", "-Cdebuginfo=0"] {
        add(text);
    }
    add(&format!("--crate-name={}", job.crate_name));
    add(&format!("-Cmetadata={}", job.metadata));
    add(&format!("-Cextra-filename={}", job.suffix));
    add("-Cprefer-dynamic");
    add("-Cembed-bitcode=no");
    match job.kind {
        Kind::Rlib => ["--crate-type=rlib", "--emit=link", "-Copt-level=2"].map(&mut add),
        // The same crate type as for the cell, so that the same rules apply.
        Kind::Check => ["--crate-type=cdylib", "--emit=mir,dep-info", "-Copt-level=0"].map(&mut add),
        Kind::Front => ["--crate-type=cdylib", "--emit=metadata", "-Ccodegen-units=2"].map(&mut add),
        Kind::Object => ["--crate-type=cdylib", "--emit=obj", "-Ccodegen-units=2"].map(&mut add),
        Kind::Cell => ["--crate-type=cdylib", "--emit=mir,link,dep-info", "-Ccodegen-units=2"].map(&mut add),
    };
    if matches!(job.kind, Kind::Front | Kind::Object) {
        add(&format!("-Copt-level={}", job.opt_level));
        add("-Cdebug-assertions=on");
    }
    if job.kind == Kind::Cell {
        add(&format!("-Copt-level={}", job.opt_level));
        add("-Cdebug-assertions=on");
        add(&format!(
            "-Clink-arg={}",
            link_argument(fast_link, &format!("-rpath={}", toolchain.libraries().display()))
        ));
        if let (true, Some(lld)) = (fast_link, toolchain.lld(&job.folder)) {
            add(&format!("-Clinker={}", lld.display()));
            add("-Clinker-flavor=ld");
            add("-Clink-arg=--threads=1");
            for folder in system_libraries() {
                add(&format!("-Clink-arg=-L{}", folder.display()));
            }
        }
    }
    for path in &job.search_paths {
        arguments.push("-L".into());
        arguments.push(path.into());
    }
    for (name, path) in &job.externs {
        arguments.push("--extern".into());
        let mut text = OsString::from(format!("{name}="));
        text.push(path);
        arguments.push(text);
    }
    arguments.push("--out-dir".into());
    arguments.push(job.folder.clone().into());
    // Relative: panics show the path as rustc was given it.
    arguments.push(job.source.file_name().unwrap_or(job.source.as_os_str()).into());
    arguments
}

fn link_argument(fast_link: bool, text: &str) -> String {
    if fast_link { text.to_owned() } else { format!("-Wl,{text}") }
}
