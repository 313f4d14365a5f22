//! One build of a set of dependencies: found in the cache, or made there by cargo, in a folder that is its own.
//!
//! An entry is complete when its `built.json` is there, which is written last and at once: whatever is killed when,
//! the next session finds either a whole build or one that cargo goes on with.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use toml::Table;

use super::super::cache::{self, DONE, LIMIT, Lock};
use super::super::rustc::Toolchain;
use super::super::stop::Stop;
use super::cargo::{Said, explain, run, wants_network};
use super::inputs::{self, Inputs};
use super::{Built, Dependency, NotBuilt};

/// Changed whenever entries are made in another way.
const FORMAT: &[u8] = b"1";

/// The versions that this project is built with: what is on this machine already.
const OWN_LOCK: &str = include_str!("../../../../../Cargo.lock");

/// The package that the dependencies are dependencies of.
const ROOT: &str = "forward-pass-cells";

/// Builds the libraries of these dependencies, or finds them built. The last of several with one name counts.
pub fn build(
    toolchain: &Toolchain,
    dependencies: &[Dependency],
    timeout: Option<Duration>,
    stop: &Stop,
    events: &mut dyn FnMut(String),
) -> Result<Built> {
    if dependencies.is_empty() {
        return Ok(Built { env: variables(&std::env::temp_dir()), ..Built::default() });
    }
    let job = Job::new(toolchain, dependencies, timeout)?;
    if let Some(built) = job.find() {
        return Ok(built);
    }
    cache::make(&job.group)?;
    let waiting = || events("waiting for another session, which builds the same dependencies".into());
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
    /// Each dependency as a line, to find out how much two builds have in common.
    lines: BTreeSet<String>,
    names: Vec<String>,
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
        let key = cache::digest([FORMAT, platform.as_bytes(), manifest.as_bytes(), OWN_LOCK.as_bytes()]);
        let lines = by_name.values().map(ToString::to_string).collect();
        let names = by_name.keys().map(|name| (*name).to_owned()).collect();
        let deadline = timeout.map(|timeout| Instant::now() + timeout);
        Ok(Job { toolchain, manifest, lines, names, group: groups.join(key), groups, platform, deadline })
    }

    /// A complete entry whose sources are as they were.
    fn find(&self) -> Option<Built> {
        let mut entries: Vec<PathBuf> =
            fs::read_dir(&self.group).ok()?.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
        entries.sort_by_key(|entry| std::cmp::Reverse(cache::last_used(entry)));
        entries.iter().find_map(|entry| {
            let hold = cache::hold(entry)?;
            let record = Record::read(entry)?;
            let all_there = record.built.externs.iter().all(|(_, file)| file.is_file());
            (all_there && record.inputs.are_unchanged()).then(|| Built { hold: Some(Arc::new(hold)), ..record.built })
        })
    }

    /// Has cargo build in an entry that nobody uses.
    fn make(&self, stop: &Stop, events: &mut dyn FnMut(String)) -> Result<Built> {
        let (entry, claim, is_as_built) = self.entry()?;
        let started = std::time::SystemTime::now();
        match self.build_in(&entry, is_as_built, stop, events) {
            Ok(record) => {
                if record.inputs.are_unchanged() && !record.changed_since(started) {
                    cache::write(&entry.join(DONE), record.to_json(&self.platform, &self.lines).as_bytes())
                        .with_context(|| format!("cannot write `{}`", entry.join(DONE).display()))?;
                }
                drop(claim);
                let hold = cache::hold(&entry);
                cache::evict(&self.groups, LIMIT);
                Ok(Built { hold: hold.map(Arc::new), ..record.built })
            }
            Err(error) => {
                drop(claim);
                // What was compiled so far serves the next attempt, unless there is no room for it.
                if error.to_string().contains("is full") {
                    cache::discard(&entry);
                }
                Err(error)
            }
        }
    }

    /// An entry of our own: one that was never finished or whose sources changed, else a new one. `true`: what it begins
    /// with was built from sources that are the same now.
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

    /// Begins with what the most similar entry has built, and tells whether its sources are as they were. Whatever goes
    /// wrong here, cargo builds it anew.
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
        let write = |name: &str, text: &str| {
            cache::write(&entry.join(name), text.as_bytes())
                .with_context(|| format!("cannot write `{}`", entry.join(name).display()))
        };
        write("Cargo.toml", &self.manifest)?;
        write("lib.rs", "")?;
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
        let said = self.cargo(entry, &arguments, stop, &mut |line| {
            if let Some(what) = line.trim().strip_prefix("Compiling ").filter(|what| !what.starts_with(ROOT)) {
                count += 1;
                let name = what.split(" (").next().unwrap_or(what).replace(" v", " ");
                events(format!("compiling {name} ({count} of {})", graph.packages.len().max(count)));
            } else if let Some(what) = line.trim().strip_prefix("Downloading ") {
                events(format!("downloading {what}"));
            }
        })?;
        let record = Record::of(entry, self.toolchain, &graph, &said)?;
        self.check_externs(&record)?;
        Ok(record)
    }

    /// Cargo only warns of a dependency that has nothing to depend on.
    fn check_externs(&self, record: &Record) -> Result<()> {
        let has_library = |name: &str| record.built.externs.iter().any(|(extern_name, _)| extern_name == name);
        match self.names.iter().find(|name| !has_library(&name.replace('-', "_"))) {
            None => Ok(()),
            Some(name) => {
                let refused = format!("`{name}` has no library that a cell could use\nhelp: is it a program only?");
                Err(NotBuilt::Refused(refused).into())
            }
        }
    }

    fn graph(&self, entry: &Path, stop: &Stop, events: &mut dyn FnMut(String)) -> Result<Graph> {
        let arguments = ["metadata", "--format-version=1", "--filter-platform", &self.toolchain.host];
        events("resolving the dependencies".into());
        let said = self.cargo(entry, &arguments, stop, &mut |_| {})?;
        Graph::read(&said.stdout.concat()).context("cannot read what `cargo metadata` says")
    }

    /// First with what is on this machine, then with the network.
    fn cargo(&self, entry: &Path, arguments: &[&str], stop: &Stop, on_line: &mut dyn FnMut(&str)) -> Result<Said> {
        let offline: Vec<&str> = arguments.iter().copied().chain(["--offline"]).collect();
        let said = run(self.toolchain, entry, &offline, self.deadline, stop, on_line)?;
        if said.succeeded {
            return Ok(said);
        }
        if wants_network(&said) {
            let said = run(self.toolchain, entry, arguments, self.deadline, stop, on_line)?;
            if said.succeeded {
                return Ok(said);
            }
            return Err(NotBuilt::Refused(explain(&said, entry)).into());
        }
        Err(NotBuilt::Refused(explain(&said, entry)).into())
    }
}

/// Libraries at opt-level 3 and without debug information; the root itself is empty.
fn manifest(dependencies: &BTreeMap<&str, &Dependency>) -> Result<String> {
    let table = dependencies.iter().map(|(name, one)| ((*name).to_owned(), one.spec().clone())).collect::<Table>();
    let mut root = Table::new();
    root.insert("dependencies".into(), table.into());
    let dependencies = toml::to_string(&root).context("cannot write a manifest of the `:dep` lines")?;
    Ok(format!(
        "[package]\nname = \"{ROOT}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[lib]\npath = \"lib.rs\"\n\n[workspace]\n\n\
         [profile.dev]\ndebug = 0\nincremental = false\n\n[profile.dev.package.\"*\"]\nopt-level = 3\n\n{dependencies}"
    ))
}

/// The compiler, and the one file of the user's own that may change what cargo does with it.
fn platform(toolchain: &Toolchain) -> String {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
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

/// Cargo judges by times, which content can get around: what comes from a path is compiled anew.
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

/// What cargo tells a crate that it compiles; people know these from evcxr's crate.
fn variables(entry: &Path) -> BTreeMap<String, String> {
    [
        ("CARGO_PKG_NAME", "ctx"),
        ("CARGO_CRATE_NAME", "ctx"),
        ("CARGO_PKG_VERSION", "1.0.0"),
        ("CARGO_PKG_VERSION_MAJOR", "1"),
        ("CARGO_PKG_VERSION_MINOR", "0"),
        ("CARGO_PKG_VERSION_PATCH", "0"),
        ("CARGO_PKG_AUTHORS", ""),
        ("CARGO_PKG_DESCRIPTION", ""),
        ("CARGO_MANIFEST_DIR", &entry.display().to_string()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect()
}

/// What `cargo metadata` says of the packages.
struct Graph {
    packages: BTreeMap<String, Package>,
    /// The root's dependencies: the name in Rust, and the package.
    direct: Vec<(String, String)>,
}

struct Package {
    name: String,
    folder: PathBuf,
    is_local: bool,
}

impl Graph {
    fn read(text: &str) -> Option<Graph> {
        let value: Value = serde_json::from_str(text).ok()?;
        let root = value["resolve"]["root"].as_str()?;
        let nodes = value["resolve"]["nodes"].as_array()?;
        let used: BTreeSet<&str> = nodes.iter().filter_map(|node| node["id"].as_str()).collect();
        let mut packages = BTreeMap::new();
        for package in value["packages"].as_array()? {
            let id = package["id"].as_str()?;
            if id != root && used.contains(id) {
                let folder = Path::new(package["manifest_path"].as_str()?).parent()?.to_owned();
                let name = package["name"].as_str()?.to_owned();
                packages.insert(id.to_owned(), Package { name, folder, is_local: package["source"].is_null() });
            }
        }
        let node = nodes.iter().find(|node| node["id"] == root)?;
        let direct = node["deps"].as_array()?.iter();
        let direct = direct.filter_map(|dep| Some((dep["name"].as_str()?.to_owned(), dep["pkg"].as_str()?.to_owned())));
        Some(Graph { packages, direct: direct.filter(|(name, _)| !name.is_empty()).collect() })
    }
}

/// An entry's `built.json`.
struct Record {
    built: Built,
    inputs: Inputs,
}

impl Record {
    /// Gathers what cargo's messages say.
    fn of(entry: &Path, toolchain: &Toolchain, graph: &Graph, said: &Said) -> Result<Record> {
        let messages: Vec<Value> = said.stdout.iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let mut built = Built { env: variables(entry), ..Built::default() };
        built.env.insert("CARGO".into(), toolchain.cargo.display().to_string());
        built.search_paths.push(format!("dependency={}", entry.join("target/debug/deps").display()));
        let (mut files, mut names) = (BTreeSet::new(), BTreeSet::new());
        let mut libraries = BTreeMap::new();
        for message in &messages {
            let Some(id) = message["package_id"].as_str() else { continue };
            let local = graph.packages.get(id).filter(|package| package.is_local);
            match message["reason"].as_str() {
                Some("compiler-artifact") => {
                    let Some(library) = library(message).filter(|_| graph.packages.contains_key(id)) else { continue };
                    if let Some(package) = local {
                        let text = fs::read_to_string(dep_info_of(&library)).unwrap_or_default();
                        let (sources, variables) = inputs::dep_info(&text, &package.folder);
                        files.extend(sources.into_iter().filter(|file| !file.starts_with(entry)));
                        files.extend(inputs::manifests(&package.folder));
                        names.extend(variables);
                    }
                    let bytes = fs::read(&library).with_context(|| format!("cannot read `{}`", library.display()))?;
                    let print: &mut String = built.fingerprints.entry(crate_name(message)).or_default();
                    print.push_str(&cache::digest([bytes.as_slice()]));
                    libraries.insert(id.to_owned(), library);
                }
                Some("build-script-executed") => {
                    let paths = message["linked_paths"].as_array().into_iter().flatten().filter_map(Value::as_str);
                    built.search_paths.extend(paths.map(str::to_owned));
                    let output = Path::new(message["out_dir"].as_str().unwrap_or_default()).with_file_name("output");
                    let folder = graph.packages.get(id).map(|package| package.folder.clone()).unwrap_or_default();
                    let text = fs::read_to_string(output).unwrap_or_default();
                    let (sources, variables) = inputs::build_script(&text, &folder);
                    if local.is_some() {
                        files.extend(sources);
                    }
                    names.extend(variables);
                }
                _ => {}
            }
        }
        let direct = graph.direct.iter();
        built.inner = inner(&messages, &graph.direct, &libraries);
        built.externs.extend(direct.filter_map(|(name, id)| Some((name.clone(), libraries.get(id)?.clone()))));
        built.externs.sort();
        Ok(Record { built, inputs: Inputs::of(files, names) })
    }

    /// Was a source edited while cargo was at work? Then nobody knows which text it has compiled.
    fn changed_since(&self, started: std::time::SystemTime) -> bool {
        self.inputs
            .files()
            .any(|file| fs::metadata(file).and_then(|about| about.modified()).is_ok_and(|modified| modified >= started))
    }

    fn to_json(&self, platform: &str, lines: &BTreeSet<String>) -> String {
        let pairs = |list: &[(String, PathBuf)]| -> Vec<Value> {
            list.iter().map(|(name, file)| json!([name, file.display().to_string()])).collect()
        };
        json!({
            "platform": platform,
            "lines": lines,
            "externs": pairs(&self.built.externs),
            "inner": pairs(&self.built.inner),
            "search_paths": self.built.search_paths,
            "env": self.built.env,
            "fingerprints": self.built.fingerprints,
            "inputs": self.inputs.to_json(),
        })
        .to_string()
    }

    fn read(entry: &Path) -> Option<Record> {
        let value: Value = serde_json::from_str(&fs::read_to_string(entry.join(DONE)).ok()?).ok()?;
        let texts = |value: &Value| -> Option<BTreeMap<String, String>> {
            value.as_object()?.iter().map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned()))).collect()
        };
        let pairs = |list: &Value| -> Option<Vec<(String, PathBuf)>> {
            let list = list.as_array()?.iter();
            list.map(|pair| Some((pair[0].as_str()?.to_owned(), PathBuf::from(pair[1].as_str()?)))).collect()
        };
        let paths = value["search_paths"].as_array()?.iter();
        let built = Built {
            externs: pairs(&value["externs"])?,
            inner: pairs(&value["inner"])?,
            search_paths: paths.map(|path| path.as_str().map(str::to_owned)).collect::<Option<_>>()?,
            env: texts(&value["env"])?,
            fingerprints: texts(&value["fingerprints"])?,
            hold: None,
        };
        Some(Record { built, inputs: Inputs::from_json(&value["inputs"])? })
    }
}

/// The libraries of the graph that are no direct dependency and have a name of their own.
fn inner(
    messages: &[Value],
    direct: &[(String, String)],
    libraries: &BTreeMap<String, PathBuf>,
) -> Vec<(String, PathBuf)> {
    let mut found: BTreeMap<String, Vec<&PathBuf>> = BTreeMap::new();
    for message in messages.iter().filter(|message| message["reason"] == "compiler-artifact") {
        let library = message["package_id"].as_str().and_then(|id| libraries.get(id));
        if let Some(library) = library.filter(|file| file.extension().is_some_and(|ending| ending == "rlib")) {
            found.entry(crate_name(message)).or_default().push(library);
        }
    }
    let is_direct = |name: &String| direct.iter().any(|(other, _)| other == name);
    let only = found.into_iter().filter(|(name, files)| files.len() == 1 && !is_direct(name));
    only.map(|(name, files)| (name, files[0].clone())).collect()
}

/// The file of an artifact that `--extern` takes, if it is a library at all.
fn library(message: &Value) -> Option<PathBuf> {
    let kinds = message["target"]["kind"].as_array()?;
    let is_library = ["lib", "rlib", "dylib", "proc-macro"].iter().any(|kind| kinds.iter().any(|one| one == kind));
    let files: Vec<&str> = message["filenames"].as_array()?.iter().filter_map(Value::as_str).collect();
    let with = |ending: &str| files.iter().find(|file| file.ends_with(ending));
    is_library.then(|| with(".rlib").or_else(|| with(std::env::consts::DLL_SUFFIX)).map(PathBuf::from))?
}

/// `libx-0123.rlib` -> `x-0123.d`, beside it.
fn dep_info_of(library: &Path) -> PathBuf {
    let stem = library.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    library.with_file_name(format!("{}.d", stem.strip_prefix("lib").unwrap_or(&stem)))
}

fn crate_name(message: &Value) -> String {
    message["target"]["name"].as_str().unwrap_or_default().replace('-', "_")
}
