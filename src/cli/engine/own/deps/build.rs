//! One build of a set of dependencies: found in the cache, or built there by cargo in a folder of its own.
//!
//! An entry is complete once it has a `built.json`, which is written last and atomically. If a build is killed, the
//! next session finds either a complete entry or one that cargo can continue.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use toml::Table;

use super::super::cache::{self, DONE, LIMIT, Lock};
use super::super::compile::toolchain::Toolchain;
use super::super::stop::Stop;
use super::cargo::{CargoOutput, explain, run, wants_network};
use super::record::{Graph, HOST_MARK, Package, ROOT, Record, variables};
use super::{Dependency, Libraries, NotBuilt, prebuilt};
use crate::cli::files::write_atomically;

/// Changes with the format of entries.
const FORMAT: &[u8] = b"1";

/// The versions that this project is built with: they are probably on this machine already.
const OWN_LOCK: &str = include_str!("../../../../../Cargo.lock");

/// Builds the libraries of these dependencies, or finds them in the cache. Of several with one name, the last counts.
pub fn build(
    toolchain: &Toolchain,
    dependencies: &[Dependency],
    timeout: Option<Duration>,
    stop: &Stop,
    events: &mut dyn FnMut(String),
) -> Result<Libraries> {
    if dependencies.is_empty() {
        return Ok(Libraries { env: variables(&std::env::temp_dir()), ..Libraries::default() });
    }
    let job = Job::new(toolchain, dependencies, timeout)?;
    if let Some(built) = job.find() {
        return Ok(built);
    }
    cache::make(&job.group)?;
    let waiting = || events("waiting for another session that builds the same dependencies".into());
    let Some(_lock) = Lock::exclusive(&job.group.join("lock"), stop, job.deadline, waiting)? else {
        return Err(if stop.is_set() { NotBuilt::Interrupted } else { NotBuilt::TimedOut }.into());
    };
    if let Some(built) = job.find() {
        return Ok(built);
    }
    job.make(stop, events)
}

struct Job<'a> {
    toolchain: &'a Toolchain,
    manifest: String,
    /// Each dependency as a line, to measure how similar two builds are.
    lines: BTreeSet<String>,
    names: Vec<String>,
    /// The source of the prebuilt functions.
    prebuilt: String,
    groups: PathBuf,
    group: PathBuf,
    platform: String,
    deadline: Option<Instant>,
}

impl<'a> Job<'a> {
    fn new(toolchain: &'a Toolchain, dependencies: &[Dependency], timeout: Option<Duration>) -> Result<Job<'a>> {
        let by_name: BTreeMap<&str, &Dependency> = dependencies.iter().map(|one| (one.name(), one)).collect();
        let manifest = manifest(&by_name)?;
        let platform = platform(toolchain);
        let groups = cache::folder()?.join("deps");
        let prebuilt = prebuilt::text(&by_name.values().copied().collect::<Vec<_>>());
        let parts = [FORMAT, platform.as_bytes(), manifest.as_bytes(), OWN_LOCK.as_bytes(), prebuilt.as_bytes()];
        let key = cache::digest(parts);
        let lines = by_name.values().map(ToString::to_string).collect();
        let names = by_name.keys().map(|name| (*name).to_owned()).collect();
        let deadline = timeout.map(|timeout| Instant::now() + timeout);
        Ok(Job { toolchain, manifest, lines, names, prebuilt, group: groups.join(key), groups, platform, deadline })
    }

    /// A complete entry whose sources are unchanged.
    fn find(&self) -> Option<Libraries> {
        let mut entries: Vec<PathBuf> =
            fs::read_dir(&self.group).ok()?.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
        entries.sort_by_key(|entry| std::cmp::Reverse(cache::last_used(entry)));
        entries.iter().find_map(|entry| {
            let hold = cache::hold(entry)?;
            let record = Record::read(entry)?;
            let externs = record.libraries.externs.iter().map(|(_, file)| file);
            let all_exist = externs.chain(&record.libraries.prebuilt).all(|file| file.is_file());
            let libraries = || Libraries { _lock: Some(Arc::new(hold)), ..record.libraries };
            (all_exist && record.inputs.are_unchanged()).then(libraries)
        })
    }

    /// Builds with cargo in an entry that is not in use.
    fn make(&self, stop: &Stop, events: &mut dyn FnMut(String)) -> Result<Libraries> {
        let (entry, claim, is_as_built) = self.entry()?;
        let started = std::time::SystemTime::now();
        match self.build_in(&entry, is_as_built, stop, events) {
            Ok(record) => {
                if record.inputs.are_unchanged() && !record.changed_since(started) {
                    write_atomically(&entry.join(DONE), record.to_json(&self.platform, &self.lines).as_bytes())?;
                }
                drop(claim);
                let hold = cache::hold(&entry);
                cache::evict(&self.groups, LIMIT);
                Ok(Libraries { _lock: hold.map(Arc::new), ..record.libraries })
            }
            Err(error) => {
                drop(claim);
                // The next attempt can use what was compiled so far, unless the disk is full.
                if error.to_string().contains("is full") {
                    cache::discard(&entry);
                }
                Err(error)
            }
        }
    }

    /// An unused entry: an incomplete or outdated one, else a new one. `true` if it starts with libraries whose sources
    /// are unchanged.
    fn entry(&self) -> Result<(PathBuf, Lock, bool)> {
        for number in 0.. {
            let entry = self.group.join(number.to_string());
            let is_new = !entry.exists();
            cache::make(&entry)?;
            let Some(claim) = cache::claim(&entry) else { continue };
            let _ = fs::remove_file(entry.join(DONE));
            let is_as_built = is_new && self.seed(&entry).unwrap_or(false);
            return Ok((entry, claim, is_as_built));
        }
        bail!("all entries of `{}` are in use", self.group.display())
    }

    /// Copies the libraries of the most similar entry; returns whether its sources are unchanged. If anything fails
    /// here, cargo builds from scratch.
    fn seed(&self, entry: &Path) -> Option<bool> {
        let common = |other: &PathBuf| -> Option<usize> {
            let text = fs::read_to_string(other.join(DONE)).ok()?;
            let value: Value = serde_json::from_str(&text).ok()?;
            let is_alike = value["platform"] == self.platform.as_str();
            let lines = value["lines"].as_array()?;
            is_alike.then(|| {
                lines.iter().filter(|line| line.as_str().is_some_and(|line| self.lines.contains(line))).count()
            })
        };
        let best = cache::entries(&self.groups)
            .into_iter()
            .filter_map(|other| Some((common(&other)?, cache::last_used(&other), other)))
            .filter(|(common, ..)| *common > 0)
            .max();
        let (_, _, best) = best?;
        let _hold = cache::hold(&best)?;
        let is_as_built = Record::read(&best)?.inputs.are_unchanged();
        let (half, whole) = (entry.join("target.half"), entry.join("target"));
        let _ = fs::remove_dir_all(&half);
        let is_copied = cache::copy(&best.join("target"), &half).is_ok();
        if is_copied {
            let _ = fs::copy(best.join("Cargo.lock"), entry.join("Cargo.lock"));
            let _ = fs::rename(&half, &whole);
        }
        let _ = fs::remove_dir_all(&half);
        Some(is_copied && is_as_built)
    }

    fn build_in(&self, entry: &Path, is_as_built: bool, stop: &Stop, events: &mut dyn FnMut(String)) -> Result<Record> {
        let write = |name: &str, text: &str| write_atomically(&entry.join(name), text.as_bytes());
        write("Cargo.toml", &self.manifest)?;
        write("lib.rs", &self.prebuilt)?;
        if !entry.join("Cargo.lock").exists() {
            write("Cargo.lock", OWN_LOCK)?;
        }
        let _ = fs::remove_dir_all(entry.join("target.half"));
        let graph = self.graph(entry, stop, events)?;
        if !is_as_built {
            forget_local(entry, &graph);
        }
        let arguments = ["build", "--lib", "--message-format=json-render-diagnostics"];
        let mut count = 0;
        let mut on_line = |line: &str| {
            if let Some(what) = line.trim().strip_prefix("Compiling ").filter(|what| !what.starts_with(ROOT)) {
                count += 1;
                let name = what.split(" (").next().unwrap_or(what).replace(" v", " ");
                events(format!("compiling {name} ({count} of {})", graph.packages.len().max(count)));
            } else if let Some(what) = line.trim().strip_prefix("Downloading ") {
                events(format!("downloading {what}"));
            }
        };
        let mut output = self.cargo(entry, &arguments, stop, &mut on_line)?;
        let has_prebuilt = output.succeeded;
        if !has_prebuilt {
            // The functions do not compile with this version of a crate: cells do without them.
            write("lib.rs", "")?;
            output = self.cargo(entry, &arguments, stop, &mut on_line)?;
        }
        let mut record = Record::of(entry, self.toolchain, &graph, &output)?;
        if let Some(empty) = record.libraries.prebuilt.take_if(|_| !has_prebuilt) {
            record.libraries.rlibs.remove(&empty);
        }
        self.check_externs(&record)?;
        Ok(record)
    }

    /// Cargo only warns about a dependency without a library.
    fn check_externs(&self, record: &Record) -> Result<()> {
        let has_library = |name: &str| record.libraries.externs.iter().any(|(extern_name, _)| extern_name == name);
        match self.names.iter().find(|name| !has_library(&name.replace('-', "_"))) {
            None => Ok(()),
            Some(name) => {
                let refused = format!("`{name}` has no library that a cell could use\nhelp: it may be a program only");
                Err(NotBuilt::Refused(refused).into())
            }
        }
    }

    fn graph(&self, entry: &Path, stop: &Stop, events: &mut dyn FnMut(String)) -> Result<Graph> {
        let arguments = ["metadata", "--format-version=1", "--filter-platform", &self.toolchain.host];
        events("resolving the dependencies".into());
        let output = self.cargo(entry, &arguments, stop, &mut |_| {})?;
        Graph::read(&output.stdout.concat()).context("cannot parse the output of `cargo metadata`")
    }

    /// Runs cargo offline, then with the network. The output has not `succeeded` if only the root, whose text is ours,
    /// did not compile.
    fn cargo(
        &self,
        entry: &Path,
        arguments: &[&str],
        stop: &Stop,
        on_line: &mut dyn FnMut(&str),
    ) -> Result<CargoOutput> {
        let offline: Vec<&str> = arguments.iter().copied().chain(["--offline"]).collect();
        let is_root = format!("could not compile `{ROOT}`");
        let is_done =
            |output: &CargoOutput| output.succeeded || output.stderr.iter().any(|line| line.contains(&is_root));
        let mut output = run(self.toolchain, entry, &offline, self.deadline, stop, on_line)?;
        if !is_done(&output) && wants_network(&output) {
            output = run(self.toolchain, entry, arguments, self.deadline, stop, on_line)?;
        }
        if is_done(&output) { Ok(output) } else { Err(NotBuilt::Refused(explain(&output, entry)).into()) }
    }
}

/// Libraries at opt-level 3 without debug information; the root, with the prebuilt functions, unoptimised like cells.
fn manifest(dependencies: &BTreeMap<&str, &Dependency>) -> Result<String> {
    let table = dependencies.iter().map(|(name, one)| ((*name).to_owned(), one.spec().clone())).collect::<Table>();
    let mut root = Table::new();
    root.insert("dependencies".into(), table.into());
    let dependencies = toml::to_string(&root).context("cannot write a manifest of the `:dep` lines")?;
    Ok(format!(
        "[package]\nname = \"{ROOT}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [lib]\npath = \"lib.rs\"\n\n[workspace]\n\n\
         [profile.dev]\ndebug = 0\nincremental = false\n\n[profile.dev.package.\"*\"]\nopt-level = 3\n\n\
         [profile.dev.build-override]\n{HOST_MARK} = false\n\n{dependencies}"
    ))
}

/// The compiler, and the user's cargo configuration, which affects builds.
fn platform(toolchain: &Toolchain) -> String {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let settings: Vec<u8> = ["config.toml", "config"]
        .iter()
        .filter_map(|name| fs::read(home.as_ref()?.join(name)).ok())
        .flatten()
        .collect();
    format!(
        "{} {} {} {}",
        toolchain.version,
        toolchain.host,
        toolchain.sysroot.display(),
        cache::digest([&settings[..]])
    )
}

/// Cargo judges freshness by times, which is not reliable: path dependencies are compiled again.
fn forget_local(entry: &Path, graph: &Graph) {
    let Ok(prints) = fs::read_dir(entry.join("target/debug/.fingerprint")) else { return };
    for print in prints.flatten() {
        let name = print.file_name().to_string_lossy().into_owned();
        let is_local =
            |package: &Package| package.is_local && name.rsplit_once('-').is_some_and(|(name, _)| name == package.name);
        if graph.packages.values().any(is_local) {
            let _ = fs::remove_dir_all(print.path());
        }
    }
}
