//! The compiler: where it is found, and one call of it for one source file.
//!
//! It doesn't read what rustc says beyond taking its JSON apart; `diagnostics` does.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Read;
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde_json::Value;

use super::super::stop::Stop;

/// The toolchain that this program is built with, and that cells are compiled with: `types` knows its MIR.
pub const CHANNEL: &str = "1.95.0";

/// A compiler with its cargo.
#[derive(Clone, Debug)]
pub struct Toolchain {
    pub rustc: PathBuf,
    pub cargo: PathBuf,
    pub sysroot: PathBuf,
    /// The first line of `rustc -V`.
    pub version: String,
    /// `x86_64-unknown-linux-gnu`
    pub host: String,
}

impl Toolchain {
    /// The pinned toolchain where rustup has it, else `RUSTC`, else the rustc on the path. Settings of the current folder don't count.
    pub fn find() -> Result<Toolchain> {
        static FOUND: OnceLock<Toolchain> = OnceLock::new();
        if let Some(found) = FOUND.get() {
            return Ok(found.clone());
        }
        let found = Self::search()?;
        Ok(FOUND.get_or_init(|| found).clone())
    }

    fn search() -> Result<Toolchain> {
        if let Some(sysroot) = pinned_sysroot()
            && let Ok(found) = Self::ask(&sysroot.join("bin").join("rustc"))
        {
            return Ok(found);
        }
        let named = std::env::var_os("RUSTC").map_or_else(|| PathBuf::from("rustc"), PathBuf::from);
        Self::ask(&named).with_context(|| {
            format!("no Rust compiler was found to compile cells with\nhelp: rustup toolchain install {CHANNEL}")
        })
    }

    fn ask(rustc: &Path) -> Result<Toolchain> {
        let say = |arguments: &[&str]| -> Result<String> {
            let output = Command::new(rustc)
                .args(arguments)
                .env("RUSTUP_TOOLCHAIN", CHANNEL)
                .stderr(Stdio::null())
                .output()
                .with_context(|| format!("cannot run `{}`", rustc.display()))?;
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        };
        let text = say(&["-vV"])?;
        let host = text.lines().find_map(|line| line.strip_prefix("host: ")).map(str::trim);
        // Two folders up from its own place, unless `rustc` is rustup's proxy.
        let sysroot = match rustc.parent().and_then(Path::parent) {
            Some(above) if above.join("lib/rustlib").is_dir() => above.canonicalize()?,
            _ => PathBuf::from(say(&["--print=sysroot"])?.trim()),
        };
        let (Some(host), true) = (host, sysroot.join("lib/rustlib").is_dir()) else {
            bail!("`{}` doesn't say where its libraries are", rustc.display());
        };
        let version = text.lines().find(|line| line.starts_with("rustc ")).unwrap_or("rustc").to_owned();
        let own = |name: &str| sysroot.join("bin").join(name);
        let beside = |name: &str, otherwise: &Path| if own(name).is_file() { own(name) } else { otherwise.to_owned() };
        Ok(Toolchain {
            rustc: beside("rustc", rustc),
            cargo: beside("cargo", Path::new("cargo")),
            version,
            host: host.to_owned(),
            sysroot,
        })
    }

    /// The toolchain's own linker, under the name by which it knows what is wanted of it.
    fn lld(&self, folder: &Path) -> Option<PathBuf> {
        let lld = self.sysroot.join("lib/rustlib").join(&self.host).join("bin/rust-lld");
        let link = folder.join("ld.lld");
        let usable = self.host.ends_with("linux-gnu") && lld.is_file();
        (usable && (link.exists() || std::os::unix::fs::symlink(lld, &link).is_ok())).then_some(link)
    }

    fn libraries(&self) -> PathBuf {
        self.sysroot.join("lib/rustlib").join(&self.host).join("lib")
    }
}

fn pinned_sysroot() -> Option<PathBuf> {
    let home = std::env::var_os("RUSTUP_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".rustup")))?;
    let mut found: Vec<PathBuf> = std::fs::read_dir(home.join("toolchains"))
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&format!("{CHANNEL}-"))))
        .filter(|path| path.to_string_lossy().contains(std::env::consts::ARCH) && path.join("bin/rustc").is_file())
        .collect();
    found.sort();
    found.into_iter().next()
}

/// What is compiled, and how.
#[derive(Clone, Debug, Default)]
pub struct Job {
    pub crate_name: String,
    /// It lies in the folder.
    pub source: PathBuf,
    /// Where the results go.
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

/// What shall come out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// A library to load, and the MIR.
    #[default]
    Cell,
    /// Only the errors.
    Check,
    /// What the front end does for a cell, and no more; to be timed.
    Front,
    /// A cell up to its code, not linked; to be timed.
    Object,
    /// A library to link.
    Rlib,
}

/// What came out.
#[derive(Debug)]
pub struct Compiled {
    pub ended: CompileEnd,
    /// rustc's messages, parsed.
    pub messages: Vec<Value>,
    /// What it said beside them: a crash of the compiler, a linker's words.
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

/// Compiles, until done, out of time, or stopped.
pub fn compile(toolchain: &Toolchain, job: &Job, timeout: Option<Duration>, stop: &Stop) -> Result<Compiled> {
    let fast = run(toolchain, job, true, timeout, stop)?;
    // A library that only the system's own linker driver finds: it is asked, once the fast way has failed.
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
        Some(pipe) => listen(pipe, usize::MAX, started, timeout, stop),
        None => (Vec::new(), None),
    };
    if stopped.is_some() {
        let _ = killpg(Pid::from_raw(child.id().cast_signed()), Signal::SIGKILL);
    }
    let status = child.wait().context("cannot learn how rustc ended")?;
    let (mut messages, mut rest) = (Vec::new(), String::new());
    for line in String::from_utf8_lossy(&text).lines() {
        match serde_json::from_str::<Value>(line) {
            Ok(value) if value.is_object() => messages.push(value),
            _ => rest.push_str(&format!("{line}\n")),
        }
    }
    let ended = stopped.unwrap_or(if status.success() { CompileEnd::Succeeded } else { CompileEnd::Failed });
    Ok(Compiled { ended, messages, rest, library: job.library(), mir: job.mir() })
}

impl Job {
    /// Where the library is written.
    pub fn library(&self) -> PathBuf {
        self.file("lib", if self.kind == Kind::Rlib { ".rlib" } else { std::env::consts::DLL_SUFFIX })
    }

    pub fn mir(&self) -> PathBuf {
        self.file("", ".mir")
    }

    /// The list of what rustc read.
    pub fn dep_info(&self) -> PathBuf {
        self.file("", ".d")
    }

    fn file(&self, head: &str, tail: &str) -> PathBuf {
        self.folder.join(format!("{head}{}{}{tail}", self.crate_name, self.suffix))
    }
}

/// Reads what a process says to its end, unless the time runs out or somebody stops it; keeps the first `most` bytes.
pub fn listen(
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
        // A crate type of its own makes the check use the same rules as the cell.
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
    // Relative: a panic's place is shown as the compiler was given the file.
    arguments.push(job.source.file_name().unwrap_or(job.source.as_os_str()).into());
    arguments
}

fn link_argument(fast_link: bool, text: &str) -> String {
    if fast_link { text.to_owned() } else { format!("-Wl,{text}") }
}

/// Where a linker without its driver finds the C library.
fn system_libraries() -> &'static [PathBuf] {
    static FOUND: OnceLock<Vec<PathBuf>> = OnceLock::new();
    FOUND.get_or_init(|| {
        let arch = std::env::consts::ARCH;
        let mut folders: Vec<PathBuf> = vec![
            format!("/lib/{arch}-linux-gnu").into(),
            format!("/usr/lib/{arch}-linux-gnu").into(),
            "/lib64".into(),
            "/usr/lib64".into(),
            "/usr/lib".into(),
            "/lib".into(),
        ];
        for target in [format!("{arch}-linux-gnu"), format!("{arch}-pc-linux-gnu"), format!("{arch}-redhat-linux")] {
            let versions = std::fs::read_dir(Path::new("/usr/lib/gcc").join(target)).into_iter().flatten();
            folders.extend(versions.filter_map(|entry| Some(entry.ok()?.path())));
        }
        folders.retain(|folder| folder.is_dir());
        folders.sort();
        folders
    })
}
