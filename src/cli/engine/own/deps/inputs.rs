//! The inputs of a build besides its manifest: the sources of path dependencies, and variables that build scripts read.
//! A build is up to date while all of them have the same content, and a copy of the sources elsewhere is as good.
//!
//! Sources from a registry or from git do not change and are not checked.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::super::cache::digest;
use super::roots::Roots;

/// Files, as seen from their roots, and environment variables, with their hashes; a missing one has an empty hash.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inputs {
    files: BTreeMap<PathBuf, String>,
    variables: BTreeMap<String, String>,
    /// The folders of the local packages: which manifests stand above them is an input, too.
    packages: BTreeSet<PathBuf>,
}

impl Inputs {
    /// Hashes the present content of these.
    pub fn of(
        files: BTreeSet<PathBuf>,
        variables: BTreeSet<String>,
        packages: BTreeSet<PathBuf>,
        roots: &Roots,
    ) -> Inputs {
        let hashed = |file: PathBuf| {
            let hash = file_hash(&roots.resolve(&file));
            (file, hash)
        };
        Inputs {
            files: files.into_iter().map(hashed).collect(),
            variables: variables.into_iter().map(|name| (name.clone(), variable_hash(&name))).collect(),
            packages,
        }
    }

    /// Do all of them have the same content as before, as seen from these roots?
    pub fn are_unchanged(&self, roots: &Roots) -> bool {
        self.files.iter().all(|(file, hash)| file_hash(&roots.resolve(file)) == *hash)
            && self.variables.iter().all(|(name, hash)| variable_hash(name) == *hash)
            && self.has_no_other_manifest(roots)
    }

    fn has_no_other_manifest(&self, roots: &Roots) -> bool {
        let known: BTreeSet<PathBuf> = self.files(roots).collect();
        self.packages.iter().flat_map(|package| manifests(&roots.resolve(package))).all(|it| known.contains(&it))
    }

    pub fn files(&self, roots: &Roots) -> impl Iterator<Item = PathBuf> {
        self.files.keys().map(|file| roots.resolve(file))
    }

    pub fn to_json(&self) -> Value {
        let files: Map<_, _> =
            self.files.iter().map(|(file, hash)| (file.display().to_string(), hash.clone().into())).collect();
        json!({ "files": files, "variables": self.variables, "packages": self.packages })
    }

    pub fn from_json(value: &Value) -> Option<Inputs> {
        let (files, variables) = (field(value, "files")?, field(value, "variables")?);
        Some(Inputs { files, variables, packages: field(value, "packages")? })
    }
}

/// A field of a JSON object, if it exists and has this type.
pub fn field<T: DeserializeOwned>(value: &Value, name: &str) -> Option<T> {
    T::deserialize(value.get(name)?).ok()
}

/// Of a folder, the names in it.
fn file_hash(file: &Path) -> String {
    let names = || {
        let mut names: Vec<OsString> = fs::read_dir(file).ok()?.flatten().map(|entry| entry.file_name()).collect();
        names.retain(|name| !is_passed_over(name));
        names.sort();
        Some(digest(names.iter().map(|name| name.as_encoded_bytes())))
    };
    match fs::read(file) {
        Ok(bytes) => digest([bytes.as_slice()]),
        Err(_) => names().unwrap_or_default(),
    }
}

fn is_passed_over(name: &OsStr) -> bool {
    name.to_string_lossy().starts_with('.') || name == "target"
}

fn variable_hash(name: &str) -> String {
    std::env::var_os(name).map(|value| digest([value.as_encoded_bytes()])).unwrap_or_default()
}

/// Does a crate that reads this variable look at its place?
pub fn is_of_place(name: &str) -> bool {
    name.starts_with("CARGO_MANIFEST_")
}

/// Does cargo itself set this variable for a crate that it compiles? Then it follows from the manifest.
pub fn is_set_by_cargo(name: &str) -> bool {
    const WHOLE: [&str; 5] = ["CARGO", "CARGO_CRATE_NAME", "CARGO_BIN_NAME", "CARGO_PRIMARY_PACKAGE", "OUT_DIR"];
    WHOLE.contains(&name) || ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CFG_"].iter().any(|begin| name.starts_with(begin))
}

/// Parses rustc's dep-info: the files that it read, and the variables (`env!`).
pub fn dep_info(text: &str, folder: &Path) -> (BTreeSet<PathBuf>, BTreeSet<String>) {
    let mut files = BTreeSet::new();
    let mut variables = BTreeSet::new();
    for line in text.lines() {
        if let Some(variable) = line.strip_prefix("# env-dep:") {
            variables.insert(variable.split_once('=').map_or(variable, |(name, _)| name).to_owned());
        } else if let Some((_, sources)) = line.split_once(": ") {
            files.extend(words(sources).map(|file| folder.join(file)));
        }
    }
    (files, variables)
}

/// Splits at spaces that are not escaped by a backslash.
fn words(line: &str) -> impl Iterator<Item = String> {
    const SPACE: char = '\0';
    let joined = line.replace("\\ ", &SPACE.to_string());
    let words: Vec<String> = joined.split_whitespace().map(|word| word.replace(SPACE, " ")).collect();
    words.into_iter()
}

/// Does a build script depend on all files of its package?
pub fn declares_nothing(output: &str) -> bool {
    let is_declared = |line: &str| {
        let line = line.strip_prefix("cargo::").or_else(|| line.strip_prefix("cargo:"));
        line.is_some_and(|line| line.starts_with("rerun-if-"))
    };
    !output.lines().any(is_declared)
}

/// The files and variables that a build script asked to be rerun for.
pub fn build_script(output: &str, package: &Path) -> (BTreeSet<PathBuf>, BTreeSet<String>) {
    let values = |name: &'static str| {
        output.lines().filter_map(move |line| {
            let line = line.strip_prefix("cargo::").or_else(|| line.strip_prefix("cargo:"))?;
            line.strip_prefix(name)?.strip_prefix('=')
        })
    };
    let mut files: BTreeSet<PathBuf> = BTreeSet::new();
    for path in values("rerun-if-changed").map(|path| package.join(path.trim())) {
        if path.is_dir() { files.extend(all_files(&path)) } else { files.extend([path]) }
    }
    let variables: BTreeSet<String> = values("rerun-if-env-changed").map(|name| name.trim().to_owned()).collect();
    if files.is_empty() && variables.is_empty() {
        files = all_files(package);
    }
    (files, variables)
}

/// All files and folders of a package, itself included, except hidden ones and those in `target`.
pub fn all_files(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::from([folder.to_owned()]);
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for entry in entries.flatten() {
        let path = entry.path();
        match entry.file_type() {
            _ if is_passed_over(&entry.file_name()) => {}
            Ok(kind) if kind.is_dir() => found.extend(all_files(&path)),
            Ok(_) => drop(found.insert(path)),
            Err(_) => {}
        }
    }
    found
}

/// The manifests above a package, from which its own may inherit.
pub fn manifests(package: &Path) -> BTreeSet<PathBuf> {
    package.ancestors().map(|folder| folder.join("Cargo.toml")).filter(|manifest| manifest.is_file()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_and_variables_of_a_crate_are_found() {
        let text = "/b/libx.rlib: /s/lib.rs /s/with\\ space.rs src/c.rs\n\n/s/lib.rs:\n\n\
                    # env-dep:CARGO_PKG_NAME=x\n# env-dep:SEED=1\n";
        let (files, variables) = dep_info(text, Path::new("/p"));
        let expected = ["/p/src/c.rs", "/s/lib.rs", "/s/with space.rs"].map(PathBuf::from);
        assert_eq!(files, BTreeSet::from(expected));
        assert_eq!(variables, ["CARGO_PKG_NAME", "SEED"].map(str::to_owned).into());
    }

    #[test]
    fn only_what_cargo_sets_for_a_crate_is_its_own() {
        for (name, is_own) in [
            ("CARGO_PKG_VERSION", true),
            ("CARGO_MANIFEST_DIR", true),
            ("OUT_DIR", true),
            ("CARGO_HOME", false),
            ("CARGO_MY_SEED", false),
            ("SEED", false),
        ] {
            assert_eq!(is_set_by_cargo(name), is_own, "{name}");
        }
    }

    #[test]
    fn changed_removed_and_changed_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lib.rs");
        fs::write(&file, "one").unwrap();
        let roots = Roots::default();
        let files = [file.clone(), folder.path().to_owned()];
        let inputs = Inputs::of(files.into(), ["FORWARD_PASS_UNSET".to_owned()].into(), BTreeSet::new(), &roots);
        assert_eq!(Inputs::from_json(&inputs.to_json()), Some(inputs.clone()));
        let are_unchanged = || inputs.are_unchanged(&roots);
        assert!(are_unchanged());
        fs::write(&file, "two").unwrap();
        assert!(!are_unchanged());
        fs::remove_file(&file).unwrap();
        assert!(!are_unchanged());
        fs::write(&file, "one").unwrap();
        assert!(are_unchanged());
        let more = folder.path().join("more.rs");
        fs::write(&more, "").unwrap();
        assert!(!are_unchanged());
        fs::rename(more, folder.path().join(".more.rs")).unwrap();
        assert!(are_unchanged());
    }

    #[test]
    fn a_build_script_without_rerun_lines_depends_on_everything() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("target")).unwrap();
        for file in ["Cargo.toml", "build.rs", "target/built", ".hidden"] {
            fs::write(folder.path().join(file), "").unwrap();
        }
        let (files, _) = build_script("cargo:rustc-cfg=x\n", folder.path());
        let mut expected = BTreeSet::from(["Cargo.toml", "build.rs"].map(|file| folder.path().join(file)));
        expected.insert(folder.path().to_owned());
        assert_eq!(files, expected);
        let (files, variables) =
            build_script("cargo::rerun-if-changed=a.txt\ncargo:rerun-if-env-changed=CC\n", Path::new("/p"));
        assert_eq!((files, variables), ([PathBuf::from("/p/a.txt")].into(), ["CC".to_owned()].into()));
    }
}
