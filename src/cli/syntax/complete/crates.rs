//! The outlines of the crates that a session has loaded, from their sources: the chapter's library from this program,
//! others from where cargo keeps them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::outline::Outline;
use crate::cli::syntax::dependency::Dependency;
use crate::cli::syntax::library;

thread_local! {
    static READ: RefCell<HashMap<String, Option<Rc<Outline>>>> = RefCell::default();
}

/// How many files of a crate are read.
const MOST_FILES: usize = 2000;

/// The outline of a crate; `None` if its sources cannot be found.
pub fn outline(dependency: &Dependency) -> Option<Rc<Outline>> {
    let key = dependency.to_string();
    if let Some(known) = READ.with_borrow(|read| read.get(&key).cloned()) {
        return known;
    }
    let outline = read(dependency).map(Rc::new);
    READ.with_borrow_mut(|read| read.insert(key, outline.clone()));
    outline
}

fn read(dependency: &Dependency) -> Option<Outline> {
    if dependency.name() == "forward-pass" {
        let text = |path: &Path| library::file(&path.to_string_lossy().replace('\\', "/")).map(str::to_owned);
        return Some(of_file(Path::new("src/lib.rs"), Path::new("src"), &text, &mut 0));
    }
    let folder = folder(dependency)?;
    let root = ["src/lib.rs", "lib.rs"].iter().map(|name| folder.join(name)).find(|path| path.is_file())?;
    let below = root.parent()?.to_owned();
    Some(of_file(&root, &below, &|path| std::fs::read_to_string(path).ok(), &mut 0))
}

/// Where the crate's sources are: its own path, or cargo's copy of the newest version that fits.
fn folder(dependency: &Dependency) -> Option<PathBuf> {
    if let Some(path) = dependency.spec().get("path").and_then(toml::Value::as_str) {
        return Some(PathBuf::from(path));
    }
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| etcetera::home_dir().ok().map(|home| home.join(".cargo")))?;
    let registries = std::fs::read_dir(home.join("registry/src")).ok()?.flatten();
    let name = dependency.spec().get("package").and_then(toml::Value::as_str).unwrap_or(dependency.name());
    let wanted = dependency.version().unwrap_or("*");
    let fits = |version: &str| {
        wanted == "*" || version == wanted || version.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('.'))
    };
    let mut found: Vec<(Vec<u64>, PathBuf)> = Vec::new();
    for registry in registries {
        for entry in std::fs::read_dir(registry.path()).into_iter().flatten().flatten() {
            let file = entry.file_name().to_string_lossy().into_owned();
            let Some(version) = file.strip_prefix(name).and_then(|rest| rest.strip_prefix('-')) else { continue };
            if version.starts_with(|c: char| c.is_ascii_digit()) && fits(version) {
                let numbers = version.split(['.', '-', '+']).map(|part| part.parse().unwrap_or(0)).collect();
                found.push((numbers, entry.path()));
            }
        }
    }
    found.into_iter().max().map(|(_, path)| path)
}

/// A file's outline, with those of the modules that it declares.
fn of_file(file: &Path, below: &Path, text: &dyn Fn(&Path) -> Option<String>, count: &mut usize) -> Outline {
    let Some(code) = text(file).filter(|_| *count < MOST_FILES) else { return Outline::default() };
    *count += 1;
    let mut outline = Outline::of_file(&code);
    for name in outline.declared.clone() {
        let beside = below.join(format!("{name}.rs"));
        let inside = below.join(&name).join("mod.rs");
        let found = [beside, inside].into_iter().find(|path| text(path).is_some());
        if let Some(found) = found {
            let inner = of_file(&found, &below.join(&name), text, count);
            outline.modules.push((name, inner));
        }
    }
    outline
}
