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
use toml::Table;

use super::super::cache::{self, DONE, LIMIT, Lock};
use super::super::compile::toolchain::Toolchain;
use super::super::stop::Stop;
use super::cargo::{CargoOutput, explain, run, wants_network};
use super::graph::{Graph, Package};
use super::record::{HOST_MARK, ROOT, Record, variables};
use super::roots::Roots;
use super::wrapper::{Wrapper, cargo_home};
use super::{Dependency, Libraries, NotBuilt, prebuilt, seed};
use crate::cli::files::write_atomically;

/// Changes with the format of entries.
const FORMAT: &[u8] = b"2";

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
    let mut job = Job::new(toolchain, dependencies, timeout)?;
    if let Some(built) = job.find_shared() {
        return Ok(built);
    }
    job.groups = cache::folder()?.join("deps");
    job.group = job.groups.join(&job.key);
    if let Some(built) = job.find() {
        return Ok(built);
    }
    cache::make(&job.group)?;
    let waiting = || events("waiting for another session that builds the same dependencies".into());
    let Some(_lock) = Lock::exclusive(&job.group.join(job.lock()), stop, job.deadline, waiting)? else {
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
    roots: Roots,
    /// The source of the prebuilt functions.
    prebuilt: String,
    key: String,
    /// The shared caches, and the folder and the group in the user's own one.
    shared: Vec<PathBuf>,
    groups: PathBuf,
    group: PathBuf,
    platform: String,
    deadline: Option<Instant>,
}

impl<'a> Job<'a> {
    fn new(toolchain: &'a Toolchain, dependencies: &[Dependency], timeout: Option<Duration>) -> Result<Job<'a>> {
        let by_name: BTreeMap<&str, &Dependency> = dependencies.iter().map(|one| (one.name(), one)).collect();
        let (manifest, without_places) = (manifest(&by_name, false)?, manifest(&by_name, true)?);
        let platform = platform(toolchain);
        let shared = cache::shared().folders.into_iter().map(|folder| folder.join("deps")).collect();
        let (groups, group) = (PathBuf::new(), PathBuf::new());
        let prebuilt = prebuilt::text(&by_name.values().copied().collect::<Vec<_>>());
        let parts = [FORMAT, platform.as_bytes(), without_places.as_bytes(), OWN_LOCK.as_bytes(), prebuilt.as_bytes()];
        let key = cache::digest(parts);
        let lines = by_name.iter().map(|(name, one)| format!("{name} = {}", without_place(one.spec()))).collect();
        let roots = Roots::of(by_name.values().copied());
        let names = by_name.keys().map(|name| (*name).to_owned()).collect();
        let deadline = timeout.map(|timeout| Instant::now() + timeout);
        Ok(Job { toolchain, manifest, lines, names, roots, prebuilt, key, shared, groups, group, platform, deadline })
    }

    /// Those who build the same at other places need not wait.
    fn lock(&self) -> String {
        let places = self.roots.iter().map(|(_, place)| place.as_os_str().as_encoded_bytes());
        format!("{}.lock", cache::digest(places))
    }

    /// The same in a shared cache. Nothing there changes, so that nothing needs to be locked.
    fn find_shared(&self) -> Option<Libraries> {
        let is_safe = |libraries: &Libraries| {
            let files: Vec<&PathBuf> =
                libraries.rlibs.keys().chain(libraries.externs.iter().map(|(_, it)| it)).collect();
            files.iter().all(|file| cache::is_safe(file) && file.parent().is_some_and(cache::is_safe))
        };
        let groups = self.shared.iter().map(|groups| groups.join(&self.key)).filter(|group| cache::is_safe(group));
        let entries = groups.flat_map(|group| cache::below(&group));
        let mut entries = entries.filter(|entry| cache::is_safe(entry) && cache::is_safe(&entry.join(DONE)));
        let found = entries.find_map(|entry| self.libraries_of(&entry).filter(is_safe))?;
        Some(Libraries { is_shared: true, ..found })
    }

    /// A complete entry whose sources are unchanged, wherever they were built.
    fn find(&self) -> Option<Libraries> {
        let mut entries: Vec<PathBuf> =
            fs::read_dir(&self.group).ok()?.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
        entries.sort_by_key(|entry| std::cmp::Reverse(cache::last_used(entry)));
        entries.iter().find_map(|entry| {
            let hold = cache::hold(entry)?;
            let libraries = self.libraries_of(entry)?;
            Some(Libraries { _lock: Some(Arc::new(hold)), ..libraries })
        })
    }

    fn libraries_of(&self, entry: &Path) -> Option<Libraries> {
        let record = Record::read(entry, self.toolchain)?;
        let externs = record.libraries.externs.iter().map(|(_, file)| file);
        let all_exist = externs.chain(&record.libraries.prebuilt).all(|file| file.is_file());
        (all_exist && record.is_of(&self.roots)).then(|| record.seen_from(&self.roots).libraries)
    }

    /// Builds with cargo in an entry that is not in use.
    fn make(&self, stop: &Stop, events: &mut dyn FnMut(String)) -> Result<Libraries> {
        let (entry, claim, is_as_built) = self.entry()?;
        let started = std::time::SystemTime::now();
        match self.build_in(&entry, is_as_built, stop, events) {
            Ok(record) => {
                if record.is_of(&self.roots) && !record.changed_since(started) {
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

    /// An unused entry: one that is incomplete, or outdated and of the same places, else a new one. `true` if it starts
    /// with libraries whose sources are unchanged.
    fn entry(&self) -> Result<(PathBuf, Lock, bool)> {
        for number in 0.. {
            let entry = self.group.join(number.to_string());
            let is_new = !entry.exists();
            if Record::read(&entry, self.toolchain).is_some_and(|record| record.roots != self.roots) {
                continue;
            }
            cache::make(&entry)?;
            let Some(claim) = cache::claim(&entry) else { continue };
            let _ = fs::remove_file(entry.join(DONE));
            let is_as_built = is_new && self.seed(&entry).unwrap_or(false);
            return Ok((entry, claim, is_as_built));
        }
        bail!("all entries of `{}` are in use", self.group.display())
    }

    /// Starts with the libraries of a similar entry; returns whether its sources are unchanged, at the same places.
    fn seed(&self, entry: &Path) -> Option<bool> {
        let of_shared = self.shared.iter().flat_map(|groups| cache::entries(groups)).filter(|it| cache::is_safe(it));
        let entries = cache::entries(&self.groups).into_iter().chain(of_shared);
        seed::from_similar(entries, &self.platform, &self.lines, entry, |other| {
            let record = Record::read(other, self.toolchain)?;
            Some(record.roots.is_within(&self.roots) && record.is_of(&self.roots))
        })
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
        if !entry.join("target").exists() {
            seed::from_own_build(entry, &graph);
        }
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
        let wrapper =
            Wrapper::new(&self.groups, entry, self.toolchain, &graph).context("cannot write into the cache")?;
        let mut output = self.cargo(entry, &arguments, Some(&wrapper), stop, &mut on_line)?;
        let has_prebuilt = output.succeeded;
        if !has_prebuilt {
            // The functions do not compile with this version of a crate: cells do without them.
            write("lib.rs", "")?;
            output = self.cargo(entry, &arguments, Some(&wrapper), stop, &mut on_line)?;
        }
        let mut record = Record::of(entry, self.toolchain, &graph, &output, &self.roots)?;
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
        let output = self.cargo(entry, &arguments, None, stop, &mut |_| {})?;
        Graph::read(&output.stdout.concat()).context("cannot parse the output of `cargo metadata`")
    }

    /// Runs cargo offline, then with the network. The output has not `succeeded` if only the root, whose text is ours,
    /// did not compile.
    fn cargo(
        &self,
        entry: &Path,
        arguments: &[&str],
        wrapper: Option<&Wrapper>,
        stop: &Stop,
        on_line: &mut dyn FnMut(&str),
    ) -> Result<CargoOutput> {
        let offline: Vec<&str> = arguments.iter().copied().chain(["--offline"]).collect();
        let is_root = format!("could not compile `{ROOT}`");
        let is_done =
            |output: &CargoOutput| output.succeeded || output.stderr.iter().any(|line| line.contains(&is_root));
        let mut output = run(self.toolchain, entry, &offline, wrapper, self.deadline, stop, on_line)?;
        if !is_done(&output) && wants_network(&output) {
            output = run(self.toolchain, entry, arguments, wrapper, self.deadline, stop, on_line)?;
        }
        if is_done(&output) { Ok(output) } else { Err(NotBuilt::Refused(explain(&output, entry)).into()) }
    }
}

/// Libraries at opt-level 3 without debug information; the root, with the prebuilt functions, unoptimised like cells.
fn manifest(dependencies: &BTreeMap<&str, &Dependency>, leaves_places_out: bool) -> Result<String> {
    let spec = |one: &Dependency| if leaves_places_out { without_place(one.spec()) } else { one.spec().clone() };
    let table = dependencies.iter().map(|(name, one)| ((*name).to_owned(), spec(one))).collect::<Table>();
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

/// A path dependency is known by its sources, whose hashes are in the record.
fn without_place(spec: &toml::Value) -> toml::Value {
    let mut spec = spec.clone();
    if let Some(path) = spec.get_mut("path") {
        *path = String::new().into();
    }
    spec
}

/// The compiler, and the user's cargo configuration, which affects builds.
fn platform(toolchain: &Toolchain) -> String {
    let home = cargo_home();
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
