//! The results of a build, as stored in an entry's `built.json`.
//!
//! It reads cargo's messages about packages and artifacts; it runs nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::super::cache::{self, DONE};
use super::super::compile::toolchain::Toolchain;
use super::Libraries;
use super::cargo::CargoOutput;
use super::graph::Graph;
use super::inputs::{Inputs, field};
use super::roots::Roots;
use super::sources::Sources;

/// The package that has the dependencies.
pub const ROOT: &str = "forward-pass-cells";

/// A setting that is off for the dependencies of build scripts and procedural macros only. A crate that serves both is
/// built twice, perhaps with other features, and cells need the other one.
pub const HOST_MARK: &str = "overflow-checks";

/// The variables that cargo sets for a crate that it compiles; these are the ones of evcxr's crate.
pub fn variables(entry: &Path) -> BTreeMap<String, String> {
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

/// Procedural macros that look at nothing but what they are given.
const PURE: [&str; 12] = [
    "async_trait",
    "bytemuck_derive",
    "clap_derive",
    "derive_more_impl",
    "futures_macro",
    "num_derive",
    "serde_derive",
    "strum_macros",
    "thiserror_impl",
    "tokio_macros",
    "tracing_attributes",
    "zerocopy_derive",
];

/// An entry's `built.json`.
pub struct Record {
    pub libraries: Libraries,
    pub inputs: Inputs,
    /// Where the path dependencies were.
    pub roots: Roots,
    /// They look at their place: elsewhere, they would be others.
    is_placed: bool,
}

impl Record {
    /// Collects the results from cargo's messages.
    pub fn of(
        entry: &Path,
        toolchain: &Toolchain,
        graph: &Graph,
        output: &CargoOutput,
        roots: &Roots,
    ) -> Result<Record> {
        let messages: Vec<Value> = output.stdout.iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let mut found = Libraries { env: variables(entry), folder: entry.to_owned(), ..Libraries::default() };
        found.env.insert("CARGO".into(), toolchain.cargo.display().to_string());
        found.search_paths.push(format!("dependency={}", entry.join("target/debug/deps").display()));
        let mut sources = Sources::new(graph, entry);
        let mut libraries = BTreeMap::new();
        for message in &messages {
            let Some(id) = message["package_id"].as_str() else { continue };
            let local = graph.packages.get(id).filter(|package| package.is_local);
            match message["reason"].as_str() {
                Some("compiler-artifact") if crate_name(message) == ROOT.replace('-', "_") => {
                    found.prebuilt = library(message);
                    if let Some(library) = &found.prebuilt {
                        found.rlibs.insert(library.clone(), print_of(library)?);
                    }
                }
                Some("compiler-artifact") => {
                    let Some(library) = library(message).filter(|_| graph.packages.contains_key(id)) else { continue };
                    if let Some(package) = local {
                        sources.add_library(package, &library);
                    }
                    found.looks_around |= is_macro(message) && !PURE.contains(&&*crate_name(message));
                    let own = print_of(&library)?;
                    let print: &mut String = found.fingerprints.entry(crate_name(message)).or_default();
                    print.push_str(&own);
                    if !is_of_host(message) {
                        if library.extension().is_some_and(|ending| ending == "rlib") {
                            found.rlibs.insert(library.clone(), own);
                        }
                        libraries.insert(id.to_owned(), library);
                    }
                }
                Some("build-script-executed") => {
                    let paths = message["linked_paths"].as_array().into_iter().flatten().filter_map(Value::as_str);
                    found.search_paths.extend(paths.map(str::to_owned));
                    if let Some(package) = graph.packages.get(id) {
                        let out = Path::new(message["out_dir"].as_str().unwrap_or_default());
                        sources.add_script(package, out);
                    }
                }
                _ => {}
            }
        }
        let direct = graph.direct.iter();
        found.transitive = transitive(&messages, &graph.direct, &libraries);
        found.externs.extend(direct.filter_map(|(name, id)| Some((name.clone(), libraries.get(id)?.clone()))));
        found.externs.sort();
        let (inputs, is_placed) = sources.inputs(roots, found.looks_around);
        Ok(Record { libraries: found, inputs, roots: roots.clone(), is_placed }.seen_from(roots))
    }

    /// Are the path dependencies at these places the ones that were built?
    pub fn is_of(&self, roots: &Roots) -> bool {
        (!self.is_placed || self.roots.is_within(roots)) && self.inputs.are_unchanged(roots)
    }

    /// The same, with the path dependencies at these places.
    pub fn seen_from(mut self, roots: &Roots) -> Record {
        let files = self.inputs.files(roots).filter(|file| file.is_file());
        self.libraries.sources = files.collect();
        let moved = self.roots.beside(roots).filter(|(then, now)| then != now);
        self.libraries.moved = moved.map(|(then, now)| (then.to_owned(), now.to_owned())).collect();
        self
    }

    /// Was a source edited during the build? Then it is unknown which version cargo compiled.
    pub fn changed_since(&self, started: std::time::SystemTime) -> bool {
        let mut files = self.libraries.sources.iter();
        files
            .any(|file| fs::metadata(file).and_then(|about| about.modified()).is_ok_and(|modified| modified >= started))
    }

    pub fn to_json(&self, platform: &str, lines: &BTreeSet<String>) -> String {
        // Relative to the entry: it may be found from another path.
        let entry = &self.libraries.folder;
        let inside = |file: &Path| file.strip_prefix(entry).unwrap_or(file).display().to_string();
        let pairs = |list: &[(String, PathBuf)]| -> Vec<Value> {
            list.iter().map(|(name, file)| json!([name, inside(file)])).collect()
        };
        let search_paths = self.libraries.search_paths.iter().map(|path| path_of_entry(path, entry));
        let search_paths: Vec<String> = search_paths.collect();
        let rlibs: BTreeMap<_, _> = self.libraries.rlibs.iter().map(|(file, print)| (inside(file), print)).collect();
        json!({
            "platform": platform,
            "lines": lines,
            "externs": pairs(&self.libraries.externs),
            "inner": pairs(&self.libraries.transitive),
            "shared": self.libraries.prebuilt.as_deref().map(inside),
            "rlibs": rlibs,
            "search_paths": search_paths,
            "looks_around": self.libraries.looks_around,
            "fingerprints": self.libraries.fingerprints,
            "inputs": self.inputs.to_json(),
            "roots": self.roots.iter().collect::<BTreeMap<_, _>>(),
            "is_placed": self.is_placed,
        })
        .to_string()
    }

    pub fn read(entry: &Path, toolchain: &Toolchain) -> Option<Record> {
        let value: Value = serde_json::from_str(&fs::read_to_string(entry.join(DONE)).ok()?).ok()?;
        let pairs = |name: &str| -> Option<Vec<(String, PathBuf)>> {
            let pairs: Vec<(String, PathBuf)> = field(&value, name)?;
            Some(pairs.into_iter().map(|(name, file)| (name, entry.join(file))).collect())
        };
        let rlibs: BTreeMap<PathBuf, String> = field(&value, "rlibs")?;
        let search_paths: Vec<String> = field(&value, "search_paths")?;
        let prebuilt: Option<PathBuf> = field(&value, "shared")?;
        let mut env = variables(entry);
        env.insert("CARGO".into(), toolchain.cargo.display().to_string());
        let libraries = Libraries {
            externs: pairs("externs")?,
            transitive: pairs("inner")?,
            prebuilt: prebuilt.map(|file| entry.join(file)),
            search_paths: search_paths.iter().map(|path| path_in_entry(path, entry)).collect(),
            env,
            fingerprints: field(&value, "fingerprints")?,
            rlibs: rlibs.into_iter().map(|(file, print)| (entry.join(file), print)).collect(),
            folder: entry.to_owned(),
            looks_around: field(&value, "looks_around")?,
            ..Libraries::default()
        };
        let roots: BTreeMap<String, PathBuf> = field(&value, "roots")?;
        let (inputs, is_placed) = (Inputs::from_json(&value["inputs"])?, field(&value, "is_placed")?);
        Some(Record { libraries, inputs, roots: roots.into_iter().collect(), is_placed })
    }
}

/// The transitive dependencies whose names are unique.
fn transitive(
    messages: &[Value],
    direct: &[(String, String)],
    libraries: &BTreeMap<String, PathBuf>,
) -> Vec<(String, PathBuf)> {
    let mut found: BTreeMap<String, Vec<&PathBuf>> = BTreeMap::new();
    let artifacts = messages.iter().filter(|message| message["reason"] == "compiler-artifact");
    for message in artifacts.filter(|message| !is_of_host(message)) {
        let library = message["package_id"].as_str().and_then(|id| libraries.get(id));
        if let Some(library) = library.filter(|file| file.extension().is_some_and(|ending| ending == "rlib")) {
            found.entry(crate_name(message)).or_default().push(library);
        }
    }
    let is_direct = |name: &String| direct.iter().any(|(other, _)| other == name);
    let only = found.into_iter().filter(|(name, files)| files.len() == 1 && !is_direct(name));
    only.map(|(name, files)| (name, files[0].clone())).collect()
}

/// Can only build scripts and procedural macros use it?
fn is_of_host(message: &Value) -> bool {
    message["profile"][HOST_MARK.replace('-', "_")] == false && !is_macro(message)
}

fn is_macro(message: &Value) -> bool {
    message["target"]["kind"].as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "proc-macro"))
}

/// A path for `-L`, such as `native=/...`, relative to the entry.
pub fn path_of_entry(path: &str, entry: &Path) -> String {
    let (kind, folder) = path.split_once('=').map_or(("", path), |(kind, folder)| (kind, folder));
    match Path::new(folder).strip_prefix(entry) {
        Ok(inside) => format!("{kind}={}", inside.display()),
        Err(_) => path.to_owned(),
    }
}

fn path_in_entry(path: &str, entry: &Path) -> String {
    let (kind, folder) = path.split_once('=').map_or(("all", path), |(kind, folder)| (kind, folder));
    let kind = if kind.is_empty() { "all" } else { kind };
    format!("{kind}={}", entry.join(folder).display())
}

/// The file for `--extern`, if the artifact is a library.
fn library(message: &Value) -> Option<PathBuf> {
    let kinds = message["target"]["kind"].as_array()?;
    let is_library = ["lib", "rlib", "dylib", "proc-macro"].iter().any(|kind| kinds.iter().any(|one| one == kind));
    let files: Vec<&str> = message["filenames"].as_array()?.iter().filter_map(Value::as_str).collect();
    let with = |ending: &str| files.iter().find(|file| file.ends_with(ending));
    is_library.then(|| with(".rlib").or_else(|| with(std::env::consts::DLL_SUFFIX)).map(PathBuf::from))?
}

fn print_of(library: &Path) -> Result<String> {
    let bytes = fs::read(library).with_context(|| format!("cannot read `{}`", library.display()))?;
    Ok(cache::digest([bytes.as_slice()]))
}

fn crate_name(message: &Value) -> String {
    message["target"]["name"].as_str().unwrap_or_default().replace('-', "_")
}
