//! One call of rustc for one source file.
//!
//! Its messages are parsed as JSON and no further; `diagnostics` interprets them.

use std::collections::BTreeMap;
use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::Value;

use super::super::pipe::{has, read_until};
use super::super::process::system::{in_own_group, kill_group};
use super::super::stop::Stop;
use super::link::Layer;
use super::linker::Linker;
use super::standby::around;
use super::toolchain::{Toolchain, system_libraries};

/// What is compiled, and how.
#[derive(Clone, Debug, Default, PartialEq)]
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
    /// The text may define statics, and is optimised.
    pub has_statics: bool,
    pub externs: Vec<(String, PathBuf)>,
    pub search_paths: Vec<String>,
    pub env: BTreeMap<String, String>,
    /// A cell is linked with these, if possible, and not with the libraries in `externs`.
    pub layers: Vec<Layer>,
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

/// Who links a cell, and with what.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Linking {
    /// We do, with the layers.
    Layers,
    /// rustc does, with all crates; the toolchain's linker is called directly.
    Direct,
    /// rustc does, by the system's linker driver.
    Driver,
}

/// Runs rustc until it is done, out of time, or stopped.
pub fn compile(toolchain: &Toolchain, job: &Job, timeout: Option<Duration>, stop: &Stop) -> Result<Compiled> {
    compile_with(toolchain, job, None, timeout, stop)
}

/// The same by a compiler that has started already, if there is one.
pub fn compile_with(
    toolchain: &Toolchain,
    job: &Job,
    started: Option<Child>,
    timeout: Option<Duration>,
    stop: &Stop,
) -> Result<Compiled> {
    if job.kind == Kind::Cell && !job.layers.is_empty() {
        // It starts while rustc works.
        let linker = Linker::start(toolchain, job);
        let has_started = started.is_some();
        let mut compiled = match started {
            Some(child) => finish(child, job, timeout, stop)?,
            None => run(toolchain, job, Linking::Layers, timeout, stop)?,
        };
        if has_started && compiled.ended == CompileEnd::Failed && !is_about_cell(&compiled, job) {
            compiled = run(toolchain, job, Linking::Layers, timeout, stop)?;
        }
        let is_linked = |linker: Option<Linker>| linker.map_or(Ok(false), |linker| linker.finish(job));
        if compiled.ended != CompileEnd::Succeeded || is_linked(linker)? {
            return Ok(compiled);
        }
    }
    if toolchain.lld(&job.folder).is_none() {
        return run(toolchain, job, Linking::Driver, timeout, stop);
    }
    let direct = run(toolchain, job, Linking::Direct, timeout, stop)?;
    // Some libraries are found only by the system's linker driver: retry with it.
    if direct.ended == CompileEnd::Failed && job.kind == Kind::Cell && direct.messages.iter().any(is_linker_error) {
        return run(toolchain, job, Linking::Driver, timeout, stop);
    }
    Ok(direct)
}

fn is_linker_error(message: &Value) -> bool {
    message["message"].as_str().is_some_and(|text| text.contains("linking with"))
}

/// Errors as they would be without the file around the cell. Names that come out of a macro, as all do there, are
/// resolved by stricter rules.
fn is_about_cell(compiled: &Compiled, job: &Job) -> bool {
    let around = around(job);
    let around = around.file_name().unwrap_or_default().to_string_lossy();
    let is_strange = |message: &Value| {
        let text = message.to_string();
        text.contains(&*around) || text.contains("macro-expanded") || message["code"]["code"] == "E0659"
    };
    !compiled.messages.is_empty() && !compiled.messages.iter().any(is_strange)
}

/// rustc for a source file.
pub fn command(toolchain: &Toolchain, job: &Job, linking: Linking, source: &Path) -> Command {
    let mut command = Command::new(&toolchain.rustc);
    command
        .args(arguments(toolchain, job, linking))
        // Relative: panics show the path as rustc was given it.
        .arg(source.file_name().unwrap_or(source.as_os_str()))
        .envs(&job.env)
        .env_remove("RUSTC_BOOTSTRAP")
        .env_remove("RUSTC_LOG")
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    in_own_group(&mut command);
    command
}

fn run(toolchain: &Toolchain, job: &Job, linking: Linking, timeout: Option<Duration>, stop: &Stop) -> Result<Compiled> {
    let mut command = command(toolchain, job, linking, &job.source);
    let child = command.current_dir(&job.folder).stdin(Stdio::null()).spawn();
    finish(child.with_context(|| format!("cannot run `{}`", toolchain.rustc.display()))?, job, timeout, stop)
}

/// Reads what rustc writes until it is done, out of time, or stopped.
fn finish(mut child: Child, job: &Job, timeout: Option<Duration>, stop: &Stop) -> Result<Compiled> {
    let started = Instant::now();
    let mut pipe = child.stderr.take();
    let (text, stopped) = match &mut pipe {
        Some(pipe) => read_until(pipe, Some(OBJECTS), usize::MAX, started, timeout, stop),
        None => (Vec::new(), None),
    };
    if stopped.is_some() {
        kill_group(child.id());
    }
    let (code, is_done) = if stopped.is_none() && has(&text, OBJECTS) {
        // It only frees its memory now.
        let _ = std::thread::Builder::new().spawn(move || {
            let _ = pipe.map(|mut pipe| std::io::copy(&mut pipe, &mut std::io::sink()));
            let _ = child.wait();
        });
        (Some(0), true)
    } else {
        let status = child.wait().context("cannot wait for rustc")?;
        (status.code(), status.success())
    };
    let (mut messages, mut rest) = (Vec::new(), String::new());
    for line in String::from_utf8_lossy(&text).lines() {
        match serde_json::from_str::<Value>(line) {
            Ok(value) if value["artifact"].is_string() => {}
            Ok(value) if value.is_object() => messages.push(value),
            _ => rest.push_str(&format!("{line}\n")),
        }
    }
    let ended = stopped.unwrap_or(if is_done { CompileEnd::Succeeded } else { CompileEnd::Failed });
    Ok(Compiled { ended, code, messages, rest, library: job.library(), mir: job.mir() })
}

/// In rustc's messages: an object file is complete. It says so of all of them when the last one is written. In the text
/// of a message, the quotes would be escaped.
const OBJECTS: &[u8] = br#""emit":"obj""#;

impl Compiled {
    /// rustc ended with neither a result nor an error in the code.
    pub fn has_crashed(&self) -> bool {
        self.code.is_some_and(|code| code > 1)
    }

    pub fn read_mir(&self) -> Result<String> {
        std::fs::read_to_string(&self.mir).context("cannot read the MIR that rustc wrote")
    }
}

impl Job {
    /// Where rustc writes the library.
    pub fn library(&self) -> PathBuf {
        match self.kind {
            Kind::Rlib => self.file("lib", ".rlib"),
            _ => self.file(DLL_PREFIX, DLL_SUFFIX),
        }
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

fn arguments(toolchain: &Toolchain, job: &Job, linking: Linking) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = Vec::new();
    let mut add = |text: &str| arguments.push(text.into());
    for text in ["--edition=2024", "--error-format=json", "-Awarnings", "-Cdebuginfo=0"] {
        add(text);
    }
    if linking == Linking::Layers {
        add("--json=artifacts");
    }
    add(&format!("--crate-name={}", job.crate_name));
    add(&format!("-Cmetadata={}", job.metadata));
    add(&format!("-Cextra-filename={}", job.suffix));
    // On Windows, linking with the shared standard library takes tools that no toolchain brings.
    if !cfg!(windows) {
        add("-Cprefer-dynamic");
    }
    add("-Cembed-bitcode=no");
    let emit = match job.kind {
        Kind::Rlib => "link",
        Kind::Check => "mir,dep-info",
        Kind::Front => "metadata",
        Kind::Object => "obj",
        Kind::Cell if linking == Linking::Layers => "mir,obj,dep-info",
        Kind::Cell => "mir,link,dep-info",
    };
    add(&format!("--emit={emit}"));
    match job.kind {
        Kind::Rlib => ["--crate-type=rlib", "-Copt-level=2"].map(&mut add),
        // The same crate type as for the cell, so that the same rules apply.
        Kind::Check => ["--crate-type=cdylib", "-Copt-level=0"].map(&mut add),
        Kind::Front | Kind::Object | Kind::Cell => ["--crate-type=cdylib", "-Ccodegen-units=2"].map(&mut add),
    };
    if matches!(job.kind, Kind::Front | Kind::Object | Kind::Cell) {
        add(&format!("-Copt-level={}", job.opt_level));
        add("-Cdebug-assertions=on");
        // The paths of statics can be read from their symbols.
        add("-Csymbol-mangling-version=v0");
        if job.has_statics {
            // Otherwise the optimiser takes the value of a static that this cell only reads to be its first one.
            add("-Clink-dead-code");
        }
    }
    if job.kind == Kind::Cell && linking != Linking::Layers {
        link_arguments(toolchain, job, linking == Linking::Direct).iter().for_each(|text| add(text));
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
    arguments
}

fn link_arguments(toolchain: &Toolchain, job: &Job, is_direct: bool) -> Vec<String> {
    // There, libraries are found on the path.
    if cfg!(windows) {
        return Vec::new();
    }
    let libraries = toolchain.libraries();
    let libraries = libraries.display();
    let path = if is_direct { format!("-rpath={libraries}") } else { format!("-Wl,-rpath,{libraries}") };
    let mut arguments = vec![format!("-Clink-arg={path}")];
    if let (true, Some(lld)) = (is_direct, toolchain.lld(&job.folder)) {
        arguments.push(format!("-Clinker={}", lld.display()));
        arguments.extend(["-Clinker-flavor=ld", "-Clink-arg=--threads=1"].map(str::to_owned));
        arguments.extend(system_libraries().iter().map(|folder| format!("-Clink-arg=-L{}", folder.display())));
    }
    arguments
}
