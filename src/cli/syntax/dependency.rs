//! `:dep` lines: the name of a crate and its entry in a manifest.
//!
//! Nothing is built here.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use toml::{Table, Value};

/// A crate that cells may use: an entry of a manifest, its paths absolute.
#[derive(Clone, Debug, PartialEq)]
pub struct Dependency {
    name: String,
    spec: Value,
}

impl Dependency {
    /// Parses what follows `:dep`: `regex`, `regex = "1"`, `a = { path = "../a" }`, `./a`, or several of them on
    /// lines of their own or separated by commas. Relative paths start from `folder`.
    pub fn parse(text: &str, folder: &Path) -> Result<Vec<Dependency>> {
        let text = text.trim();
        if text.is_empty() {
            bail!("`:dep` needs the name of a crate\nhelp: :dep ndarray = \"0.17\"");
        }
        if text.starts_with(['.', '/']) && !text.contains('\n') {
            return Ok(vec![Dependency::local(text, folder)?]);
        }
        let table = read(text).with_context(|| {
            format!("cannot read `:dep {text}`\nhelp: :dep ndarray = \"0.17\", or :dep mine = {{ path = \"../mine\" }}")
        })?;
        table.into_iter().map(|(name, spec)| Dependency::new(name, spec, folder)).collect()
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The required version, without its operator.
    pub fn version(&self) -> Option<&str> {
        let version = match &self.spec {
            Value::Table(table) => table.get("version")?,
            other => other,
        };
        Some(version.as_str()?.trim_start_matches(['=', '^', '~', '>', ' ']))
    }

    /// A version of a crate from the registry.
    pub fn of(name: &str, version: &str) -> Dependency {
        Dependency { name: name.to_owned(), spec: Value::String(version.to_owned()) }
    }

    /// The same with these features as well, unless it has `full`.
    pub fn with_features(self, features: &[&str]) -> Dependency {
        let mut table = match self.spec {
            Value::Table(table) => table,
            version => Table::from_iter([("version".to_owned(), version)]),
        };
        let listed = table.entry("features").or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(listed) = listed
            && !listed.iter().any(|one| one.as_str() == Some("full"))
        {
            let missing = features.iter().filter(|feature| !listed.iter().any(|one| one.as_str() == Some(**feature)));
            let missing: Vec<Value> = missing.map(|feature| Value::String((*feature).to_owned())).collect();
            listed.extend(missing);
        }
        Dependency { name: self.name, spec: Value::Table(table) }
    }

    /// Its value in a manifest.
    pub fn spec(&self) -> &Value {
        &self.spec
    }

    fn new(name: String, mut spec: Value, folder: &Path) -> Result<Dependency> {
        let is_name =
            |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
        if !is_name(&name) {
            bail!("`{name}` cannot be the name of a crate\nhelp: :dep ndarray = \"0.17\"");
        }
        match &mut spec {
            Value::String(_) => {}
            Value::Table(table) => {
                if let Some(path) = table.get_mut("path") {
                    let Value::String(text) = path else { bail!("the path of `{name}` must be a string, not {path}") };
                    *path = Value::String(located(&name, text, folder)?);
                }
            }
            other => {
                bail!("`{name}` needs a version, not `{other}`\nhelp: :dep {name} = \"1\"")
            }
        }
        Ok(Dependency { name, spec })
    }

    /// The package in a folder.
    fn local(path: &str, folder: &Path) -> Result<Dependency> {
        let folder = PathBuf::from(located(path, path, folder)?);
        let text = std::fs::read_to_string(folder.join("Cargo.toml"))?;
        let manifest: Table = text.parse().with_context(|| format!("cannot read `{}/Cargo.toml`", folder.display()))?;
        let name = manifest.get("package").and_then(|package| package.get("name")?.as_str());
        let name = name.with_context(|| format!("`{}/Cargo.toml` has no package name", folder.display()))?;
        let path = folder.to_str().unwrap_or_default().to_owned();
        Dependency::new(name.to_owned(), Value::Table(Table::from_iter([("path".into(), path.into())])), &folder)
    }
}

/// The absolute path of a package's folder, checked here because cargo would name a generated manifest.
fn located(name: &str, path: &str, folder: &Path) -> Result<String> {
    let full = folder.join(path);
    let found = full.canonicalize().ok().filter(|found| found.join("Cargo.toml").is_file());
    let Some(found) = found else {
        bail!(
            "there is no package at `{path}` for `{name}`\nhelp: the path starts from `{}`, and needs a Cargo.toml",
            folder.display()
        );
    };
    found.to_str().map(str::to_owned).with_context(|| format!("the path `{}` is not UTF-8", found.display()))
}

/// Parses names, entries of a manifest, or the inside of an inline table.
fn read(text: &str) -> Result<Table> {
    let lines: Vec<String> = text
        .lines()
        .map(|line| line.trim().trim_start_matches(":dep ").trim())
        .filter(|line| !line.is_empty())
        .map(|line| if line.contains('=') { line.to_owned() } else { format!("{line} = \"*\"") })
        .collect();
    match lines.join("\n").parse::<Table>() {
        Ok(table) => Ok(table),
        Err(error) => {
            let inline = format!("all = {{ {text} }}").parse::<Table>().map_err(|_| error)?;
            match inline.get("all") {
                Some(Value::Table(table)) => Ok(table.clone()),
                _ => bail!("it is not a table"),
            }
        }
    }
}

impl fmt::Display for Dependency {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} = {}", self.name, self.spec)
    }
}
