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
use super::inputs::{self, Inputs, field};

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

/// The packages according to `cargo metadata`.
pub struct Graph {
    pub packages: BTreeMap<String, Package>,
    /// The root's dependencies: the name in Rust, and the package.
    direct: Vec<(String, String)>,
}

pub struct Package {
    pub name: String,
    folder: PathBuf,
    pub is_local: bool,
}

impl Graph {
    pub fn read(text: &str) -> Option<Graph> {
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
pub struct Record {
    pub libraries: Libraries,
    pub inputs: Inputs,
}

impl Record {
    /// Collects the results from cargo's messages.
    pub fn of(entry: &Path, toolchain: &Toolchain, graph: &Graph, output: &CargoOutput) -> Result<Record> {
        let messages: Vec<Value> = output.stdout.iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let mut found = Libraries { env: variables(entry), folder: entry.to_owned(), ..Libraries::default() };
        found.env.insert("CARGO".into(), toolchain.cargo.display().to_string());
        found.search_paths.push(format!("dependency={}", entry.join("target/debug/deps").display()));
        let (mut files, mut names) = (BTreeSet::new(), BTreeSet::new());
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
                        let text = fs::read_to_string(dep_info_of(&library)).unwrap_or_default();
                        let (sources, variables) = inputs::dep_info(&text, &package.folder);
                        files.extend(sources.into_iter().filter(|file| !file.starts_with(entry)));
                        files.extend(inputs::manifests(&package.folder));
                        names.extend(variables.into_iter().filter(|name| !inputs::is_set_by_cargo(name)));
                    }
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
                    let printed = Path::new(message["out_dir"].as_str().unwrap_or_default()).with_file_name("output");
                    let folder = graph.packages.get(id).map(|package| package.folder.clone()).unwrap_or_default();
                    let text = fs::read_to_string(printed).unwrap_or_default();
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
        found.transitive = transitive(&messages, &graph.direct, &libraries);
        found.externs.extend(direct.filter_map(|(name, id)| Some((name.clone(), libraries.get(id)?.clone()))));
        found.externs.sort();
        Ok(Record { libraries: found, inputs: Inputs::of(files, names) })
    }

    /// Was a source edited during the build? Then it is unknown which version cargo compiled.
    pub fn changed_since(&self, started: std::time::SystemTime) -> bool {
        self.inputs
            .files()
            .any(|file| fs::metadata(file).and_then(|about| about.modified()).is_ok_and(|modified| modified >= started))
    }

    pub fn to_json(&self, platform: &str, lines: &BTreeSet<String>) -> String {
        let pairs = |list: &[(String, PathBuf)]| -> Vec<Value> {
            list.iter().map(|(name, file)| json!([name, file.display().to_string()])).collect()
        };
        json!({
            "platform": platform,
            "lines": lines,
            "externs": pairs(&self.libraries.externs),
            "inner": pairs(&self.libraries.transitive),
            "shared": self.libraries.prebuilt.as_ref().map(|file| file.display().to_string()),
            "rlibs": self.libraries.rlibs,
            "search_paths": self.libraries.search_paths,
            "env": self.libraries.env,
            "fingerprints": self.libraries.fingerprints,
            "inputs": self.inputs.to_json(),
        })
        .to_string()
    }

    pub fn read(entry: &Path) -> Option<Record> {
        let value: Value = serde_json::from_str(&fs::read_to_string(entry.join(DONE)).ok()?).ok()?;
        let libraries = Libraries {
            externs: field(&value, "externs")?,
            transitive: field(&value, "inner")?,
            prebuilt: field(&value, "shared")?,
            search_paths: field(&value, "search_paths")?,
            env: field(&value, "env")?,
            fingerprints: field(&value, "fingerprints")?,
            rlibs: field(&value, "rlibs")?,
            folder: entry.to_owned(),
            _lock: None,
        };
        Some(Record { libraries, inputs: Inputs::from_json(&value["inputs"])? })
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
    let is_macro =
        message["target"]["kind"].as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "proc-macro"));
    message["profile"][HOST_MARK.replace('-', "_")] == false && !is_macro
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

/// `libx-0123.rlib` -> `x-0123.d`, beside it.
fn dep_info_of(library: &Path) -> PathBuf {
    let stem = library.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    library.with_file_name(format!("{}.d", stem.strip_prefix("lib").unwrap_or(&stem)))
}

fn crate_name(message: &Value) -> String {
    message["target"]["name"].as_str().unwrap_or_default().replace('-', "_")
}
