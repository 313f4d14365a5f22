//! Runs cargo independently of the settings around it, reads its output, and stops it on request.
//!
//! It explains cargo's errors with a next step; it does not look at what cargo builds.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::super::compile::toolchain::Toolchain;
use super::super::process::system::{in_own_group, kill_group};
use super::super::stop::Stop;
use super::NotBuilt;
use super::wrapper::Wrapper;

/// The lines that cargo printed, and whether it succeeded.
pub struct CargoOutput {
    pub succeeded: bool,
    pub stdout: Vec<String>,
    pub stderr: Vec<String>,
}

/// Runs cargo in `folder`; passes each line of stderr to `on_line`.
pub fn run(
    toolchain: &Toolchain,
    folder: &Path,
    arguments: &[&str],
    wrapper: Option<&Wrapper>,
    deadline: Option<Instant>,
    stop: &Stop,
    on_line: &mut dyn FnMut(&str),
) -> Result<CargoOutput> {
    let mut command = command(toolchain, folder);
    if let Some(wrapper) = wrapper {
        wrapper.wrap(&mut command);
    }
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    in_own_group(&mut command);
    let mut child = command.spawn().with_context(|| format!("cannot run `{}`", toolchain.cargo.display()))?;
    let (sender, lines) = mpsc::channel();
    let readers = [
        reader(child.stdout.take().map(|out| Box::new(out) as Box<dyn Read + Send>), false, sender.clone()),
        reader(child.stderr.take().map(|err| Box::new(err) as Box<dyn Read + Send>), true, sender),
    ];
    let readers = match readers {
        [Ok(out), Ok(err)] => [out, err],
        [Err(error), _] | [_, Err(error)] => {
            kill_group(child.id());
            let _ = child.wait();
            return Err(error).context("cannot read what cargo prints");
        }
    };
    let mut output = CargoOutput { succeeded: false, stdout: Vec::new(), stderr: Vec::new() };
    loop {
        match lines.recv_timeout(Duration::from_millis(50)) {
            Ok((true, line)) => {
                on_line(&line);
                output.stderr.push(line);
            }
            Ok((false, line)) => output.stdout.push(line),
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => {}
        }
        let is_late = deadline.is_some_and(|deadline| Instant::now() > deadline);
        if is_late || stop.is_set() {
            kill_group(child.id());
            let _ = child.wait();
            return Err(if is_late { NotBuilt::TimedOut } else { NotBuilt::Interrupted }.into());
        }
    }
    for reader in readers {
        let _ = reader.join();
    }
    output.succeeded = child.wait()?.success();
    Ok(output)
}

fn reader(
    from: Option<Box<dyn Read + Send>>,
    is_stderr: bool,
    to: mpsc::Sender<(bool, String)>,
) -> std::io::Result<std::thread::JoinHandle<()>> {
    std::thread::Builder::new().spawn(move || {
        let Some(from) = from else { return };
        for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
            if to.send((is_stderr, String::from_utf8_lossy(&line).into_owned())).is_err() {
                return;
            }
        }
    })
}

/// Cargo without the variables that a shell, a `cargo run` or a `cargo test` has set for its own build. The build
/// folder is ours, whatever the configuration of the user or of a folder above says: one folder for all projects would
/// mix their crates with ours.
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
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env("CARGO_BUILD_BUILD_DIR", folder.join("target"))
        // A cell that panics must unwind, and so must its crates.
        .env("CARGO_PROFILE_DEV_PANIC", "unwind")
        .env("CARGO_TERM_COLOR", "never")
        .env("CARGO_NET_RETRY", "1")
        .env("CARGO_HTTP_TIMEOUT", "15");
    if names_a_target(folder) {
        command.env("CARGO_BUILD_TARGET", &toolchain.host);
    }
    command
}

/// Whether a configuration that cargo reads in this folder builds for a target of its own, such as a browser.
fn names_a_target(folder: &Path) -> bool {
    let cargo_home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo_home = cargo_home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    let folders = folder.ancestors().map(|above| above.join(".cargo")).chain(cargo_home);
    let files = folders.flat_map(|folder| [folder.join("config.toml"), folder.join("config")]);
    let tables = files.filter_map(|file| fs::read_to_string(file).ok()?.parse::<toml::Table>().ok());
    tables.into_iter().any(|table| table.get("build").is_some_and(|build| build.get("target").is_some()))
}

/// Could cargo have succeeded with the network?
pub fn wants_network(output: &CargoOutput) -> bool {
    let text = output.stderr.join("\n");
    !text.contains("error: could not compile") && !text.contains("No space left on device")
}

/// Why cargo failed, with the next step.
pub fn explain(output: &CargoOutput, folder: &Path) -> String {
    let text = output.stderr.join("\n");
    let place = folder.display();
    if text.contains("No space left on device") {
        return format!(
            "cannot build the dependencies: the disk of `{place}` is full\n\
             help: free some space; `forward-pass clean` empties our cache"
        );
    }
    let is_refused = text.contains("Read-only file system") || text.contains("Permission denied");
    if is_refused && tempfile::tempfile_in(folder).is_ok() {
        let home = std::env::var("CARGO_HOME").map_or("`~/.cargo`".to_owned(), |home| format!("`{home}`"));
        return format!(
            "cannot build the dependencies: cargo's folder {home} is not writable\n\
             help: set CARGO_HOME to a writable folder"
        );
    }
    if is_refused {
        return format!(
            "cannot build the dependencies: `{place}` is not writable\n\
             help: set FORWARD_PASS_CACHE to a writable folder"
        );
    }
    let of_crates = missing_crate(&text).or_else(|| missing_version(&text)).or_else(|| no_network(&text));
    of_crates.unwrap_or_else(|| format!("cannot build the dependencies\n{}", essential(&output.stderr)))
}

fn missing_crate(text: &str) -> Option<String> {
    let name = between(text, "no matching package named `", "` found")?;
    Some(if text.contains("offline") {
        format!(
            "the crate `{name}` is not on this machine, and cargo is offline\n\
             help: unset CARGO_NET_OFFLINE, and check the network"
        )
    } else {
        format!("there is no crate `{name}` on crates.io\nhelp: look for its exact name at https://crates.io")
    })
}

fn missing_version(text: &str) -> Option<String> {
    let requirement = between(text, "failed to select a version for the requirement `", "`")?;
    let found = text.lines().find(|line| line.trim().starts_with("candidate versions found"));
    let found = found.map(|line| format!(" ({})", line.trim())).unwrap_or_default();
    Some(format!("no version matches `{requirement}`{found}\nhelp: ask for an existing version"))
}

fn no_network(text: &str) -> Option<String> {
    let signs =
        ["Could not resolve host", "Couldn't connect", "Could not connect", "failed to download", "network failure"];
    signs.iter().find(|sign| text.contains(**sign))?;
    let unresolved = between(text, "Could not resolve host: ", "\n");
    let host = unresolved.map_or_else(|| "crates.io".into(), |host| host.trim_end_matches(')').to_owned());
    Some(format!(
        "cannot reach {host}: there is no network, and some crates are not on this machine\n\
         help: connect once; after that, the same dependencies work offline"
    ))
}

fn between(text: &str, before: &str, after: &str) -> Option<String> {
    let (_, rest) = text.split_once(before)?;
    Some(rest.split_once(after).map_or(rest, |(found, _)| found).trim().to_owned())
}

/// The errors, without progress and repetitions.
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
