//! The manifest of an exported program, from the cells' `:dep` lines.
//!
//! The only other manifest it reads is that of a `:dep` that names a folder, for the crate's name.

use std::path::Path;

use anyhow::{Context, Result};
use toml::{Table, Value};

use super::pieces::Pieces;
use crate::cli::syntax::dependency::Dependency;

/// The dependency of cells that `.await`.
const TOKIO: &str = "{ version = \"1\", features = [\"full\"] }";

pub struct Manifest {
    package: String,
    dependencies: Table,
}

impl Manifest {
    /// The dependencies of all `:dep` lines; the last one of a name wins.
    pub fn new(name: &str, folder: &Path, pieces: &Pieces) -> Result<Manifest> {
        let mut dependencies = Table::new();
        for line in &pieces.dependencies {
            let parsed = Dependency::parse(line, folder).with_context(|| format!("`:dep {line}`"))?;
            dependencies.extend(parsed.into_iter().map(|one| (one.name().to_owned(), one.spec().clone())));
        }
        if pieces.awaits && !dependencies.contains_key("tokio") {
            dependencies.extend(format!("tokio = {TOKIO}").parse::<Table>()?);
        }
        Ok(Manifest { package: package_name(name), dependencies })
    }

    /// The name of the chapter's crate in code, if it is a dependency.
    pub fn chapter_crate(&self) -> Option<String> {
        let is_chapter = |(name, spec): &(&String, &Value)| {
            let package = spec.get("package").and_then(Value::as_str).unwrap_or(name);
            package == env!("CARGO_PKG_NAME")
        };
        self.dependencies.iter().find(is_chapter).map(|(name, _)| name.replace('-', "_"))
    }

    pub fn text(&self) -> String {
        format!(
            "[package]\nname = \"{}\"\nversion = \"0.1.0\"\nedition = \"2024\"\npublish = false\n\n\
             [dependencies]\n{}\n# As in the notebook: dependencies are optimised.\n\
             [profile.dev.package.\"*\"]\nopt-level = 3\n\n\
             # A workspace of its own, wherever the folder is.\n[workspace]\n",
            self.package,
            self.lines()
        )
    }

    /// The comment at the head of a single file that rust-script reads.
    pub fn as_comment(&self) -> String {
        let lines = format!("[package]\nedition = \"2024\"\n[dependencies]\n{}", self.lines());
        let commented: String = lines.lines().map(|line| format!("//! {line}\n")).collect();
        format!("//!\n//! ```cargo\n{commented}//! ```\n")
    }

    fn lines(&self) -> String {
        self.dependencies.iter().map(|(name, spec)| format!("{name} = {spec}\n")).collect()
    }
}

/// A valid package name: `05-three-layer-network` begins with a digit.
fn package_name(stem: &str) -> String {
    let name: String =
        stem.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let name = name.trim_matches(|c: char| c == '-' || c.is_ascii_digit());
    if name.is_empty() { "notebook".into() } else { name.to_string() }
}
