//! Calls of cargo: started so that no setting of a folder reaches it, read as it goes, stopped when asked.
//!
//! What cargo says when it fails becomes words with a next step here; what it builds is not judged.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use nix::libc;

use super::super::compile::rustc::Toolchain;
use super::super::stop::Stop;
use super::NotBuilt;

/// What cargo said, line by line; `succeeded` if it ended well.
pub struct Said {
    pub succeeded: bool,
    pub stdout: Vec<String>,
    pub stderr: Vec<String>,
}

/// Runs cargo in `folder`; each line of stderr is shown to `on_line` as it comes.
pub fn run(
    toolchain: &Toolchain,
    folder: &Path,
    arguments: &[&str],
    deadline: Option<Instant>,
    stop: &Stop,
    on_line: &mut dyn FnMut(&str),
) -> Result<Said> {
    let mut command = command(toolchain, folder);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut child = command.spawn().with_context(|| format!("cannot run `{}`", toolchain.cargo.display()))?;
    let (sender, lines) = mpsc::channel();
    let readers = [
        reader(child.stdout.take().map(|out| Box::new(out) as Box<dyn Read + Send>), false, sender.clone()),
        reader(child.stderr.take().map(|err| Box::new(err) as Box<dyn Read + Send>), true, sender),
    ];
    let mut said = Said { succeeded: false, stdout: Vec::new(), stderr: Vec::new() };
    loop {
        match lines.recv_timeout(Duration::from_millis(50)) {
            Ok((true, line)) => {
                on_line(&line);
                said.stderr.push(line);
            }
            Ok((false, line)) => said.stdout.push(line),
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => {}
        }
        let is_late = deadline.is_some_and(|deadline| Instant::now() > deadline);
        if is_late || stop.is_set() {
            // SAFETY: a signal to the group that we started; cargo takes no harm from an interrupt.
            unsafe { libc::killpg(child.id() as i32, libc::SIGKILL) };
            let _ = child.wait();
            return Err(if is_late { NotBuilt::TimedOut } else { NotBuilt::Interrupted }.into());
        }
    }
    for reader in readers {
        let _ = reader.join();
    }
    said.succeeded = child.wait()?.success();
    Ok(said)
}

fn reader(
    from: Option<Box<dyn Read + Send>>,
    is_stderr: bool,
    to: mpsc::Sender<(bool, String)>,
) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        let Some(from) = from else { return };
        for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
            if to.send((is_stderr, String::from_utf8_lossy(&line).into_owned())).is_err() {
                return;
            }
        }
    })
}

/// Without what a shell, a `cargo run` or a `cargo test` around us has set for a build of its own.
fn command(toolchain: &Toolchain, folder: &Path) -> Command {
    let mut command = Command::new(&toolchain.cargo);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let is_kept =
            ["CARGO_HOME", "CARGO_HTTP_", "CARGO_NET_", "CARGO_REGISTRIES_", "CARGO_REGISTRY_", "RUSTUP_HOME"];
        let is_setting = ["CARGO", "RUST", "OUT_DIR", "TARGET", "HOST", "OPT_LEVEL", "PROFILE"];
        if is_setting.iter().any(|begin| text.starts_with(begin)) && !is_kept.iter().any(|kept| text.starts_with(kept))
        {
            command.env_remove(name);
        }
    }
    command
        .current_dir(folder)
        .env("RUSTC", &toolchain.rustc)
        .env("CARGO_ENCODED_RUSTFLAGS", "")
        .env("CARGO_TERM_COLOR", "never")
        .env("CARGO_NET_RETRY", "1")
        .env("CARGO_HTTP_TIMEOUT", "15");
    command
}

/// Would cargo perhaps have succeeded with the network?
pub fn wants_network(said: &Said) -> bool {
    let text = said.stderr.join("\n");
    !text.contains("error: could not compile") && !text.contains("No space left on device")
}

/// Why it failed, in words.
pub fn explain(said: &Said, folder: &Path) -> String {
    let text = said.stderr.join("\n");
    if text.contains("No space left on device") {
        let place = folder.display();
        return format!(
            "cannot build the dependencies: the disk of `{place}` is full\nhelp: free some space; `forward-pass clean` gives back what our cache takes"
        );
    }
    if text.contains("Read-only file system") || text.contains("Permission denied") {
        return format!(
            "cannot build the dependencies: `{}` cannot be written\nhelp: set FORWARD_PASS_CACHE to a folder that can",
            folder.display()
        );
    }
    if let Some(name) = between(&text, "no matching package named `", "` found") {
        if text.contains("offline") {
            return format!(
                "the crate `{name}` is not on this machine, and cargo is told to stay offline\nhelp: unset CARGO_NET_OFFLINE, and see that there is a network"
            );
        }
        return format!("there is no crate `{name}` on crates.io\nhelp: look for its exact name at https://crates.io");
    }
    if let Some(requirement) = between(&text, "failed to select a version for the requirement `", "`") {
        let found = text.lines().find(|line| line.trim().starts_with("candidate versions found"));
        let found = found.map(|line| format!(" ({})", line.trim())).unwrap_or_default();
        return format!("no version fits `{requirement}`{found}\nhelp: ask for one that exists");
    }
    let network =
        ["Could not resolve host", "Couldn't connect", "Could not connect", "failed to download", "network failure"];
    if network.iter().any(|sign| text.contains(sign)) {
        let host = between(&text, "Could not resolve host: ", "\n")
            .or_else(|| between(&text, "Could not resolve host: ", ")"));
        let host = host.unwrap_or_else(|| "crates.io".into());
        return format!(
            "cannot reach {host}: there is no network, and not all crates are on this machine\nhelp: connect once; after that the same dependencies work without a network"
        );
    }
    format!("cannot build the dependencies\n{}", essential(&said.stderr))
}

fn between(text: &str, before: &str, after: &str) -> Option<String> {
    let (_, rest) = text.split_once(before)?;
    Some(rest.split_once(after).map_or(rest, |(found, _)| found).trim().to_owned())
}

/// The errors, without what was going well and without saying the same twice.
fn essential(lines: &[String]) -> String {
    const MOST: usize = 40;
    let start = lines.iter().position(|line| line.starts_with("error")).unwrap_or(0);
    let mut seen = BTreeSet::new();
    let kept = lines[start..].iter().filter(|line| {
        let line = line.trim();
        !line.starts_with("Compiling ")
            && !line.starts_with("warning: build failed")
            && (line.is_empty() || seen.insert(line.to_owned()))
    });
    kept.take(MOST).cloned().collect::<Vec<_>>().join("\n").trim_end().to_owned()
}
