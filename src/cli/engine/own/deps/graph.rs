//! The packages of a build, as `cargo metadata` prints them.
//!
//! It runs nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The packages according to `cargo metadata`.
pub struct Graph {
    pub packages: BTreeMap<String, Package>,
    /// The root's dependencies: the name in Rust, and the package.
    pub direct: Vec<(String, String)>,
}

pub struct Package {
    pub name: String,
    pub folder: PathBuf,
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

    /// The path dependencies, and theirs.
    pub fn local(&self) -> impl Iterator<Item = &Package> {
        self.packages.values().filter(|package| package.is_local)
    }
}
