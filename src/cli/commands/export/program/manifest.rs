//! The manifest of an exported program: what the cells' `:dep` lines ask for.
//!
//! It reads no other manifest, except to learn the name of a crate that is named by its folder alone.

use std::path::Path;

use anyhow::{Context, Result};
use toml::{Table, Value};

use super::pieces::Pieces;
use crate::cli::syntax::dependency::Dependency;

/// What cells are given when they `.await`.
const TOKIO: &str = "{ version = \"1\", features = [\"full\"] }";

pub struct Manifest {
    package: String,
    dependencies: Table,
}

impl Manifest {
    /// The dependencies of all `:dep` lines; the last of several with one name counts.
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

    /// How code names the chapter's crate, where it is among the dependencies.
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
             [dependencies]\n{}\n# As in the notebook: what is not yours is compiled to be fast.\n\
             [profile.dev.package.\"*\"]\nopt-level = 3\n\n\
             # A workspace of its own, wherever it stands.\n[workspace]\n",
            self.package,
            self.lines()
        )
    }

    /// For the head of a single file, as rust-script reads it.
    pub fn as_comment(&self) -> String {
        let lines = format!("[package]\nedition = \"2024\"\n[dependencies]\n{}", self.lines());
        let commented: String = lines.lines().map(|line| format!("//! {line}\n")).collect();
        format!("//!\n//! ```cargo\n{commented}//! ```\n")
    }

    fn lines(&self) -> String {
        self.dependencies.iter().map(|(name, spec)| format!("{name} = {spec}\n")).collect()
    }
}

/// `05-three-layer-network` is no name for a package: it begins with a digit.
fn package_name(stem: &str) -> String {
    let name: String =
        stem.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let name = name.trim_matches(|c: char| c == '-' || c.is_ascii_digit());
    if name.is_empty() { "notebook".into() } else { name.to_string() }
}
