//! Where the chapter's notebooks stand: in the clone, or embedded in the binary when it was installed elsewhere.
//!
//! It only reads, and it downloads nothing.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::course::{Course, Section};
use super::ipynb::Notebook;
use crate::cli::exit::usage;
use crate::cli::lang::Lang;

/// A course, and the folder that its cells' relative paths start from.
pub struct Shelf {
    pub course: Course,
    pub folder: PathBuf,
}

/// The chapter's notebooks as they were when this binary was built.
const EMBEDDED: &[(&str, &str)] = &[
    ("01-step-function.ipynb", include_str!("../../../notebooks/en/01-step-function.ipynb")),
    ("02-sigmoid.ipynb", include_str!("../../../notebooks/en/02-sigmoid.ipynb")),
    ("03-relu.ipynb", include_str!("../../../notebooks/en/03-relu.ipynb")),
    ("04-shapes.ipynb", include_str!("../../../notebooks/en/04-shapes.ipynb")),
    ("05-three-layer-network.ipynb", include_str!("../../../notebooks/en/05-three-layer-network.ipynb")),
    ("06-softmax.ipynb", include_str!("../../../notebooks/en/06-softmax.ipynb")),
    ("07-digits.ipynb", include_str!("../../../notebooks/en/07-digits.ipynb")),
    ("08-mnist.ipynb", include_str!("../../../notebooks/en/08-mnist.ipynb")),
];

/// The same in Korean.
const EMBEDDED_IN_KOREAN: &[(&str, &str)] = &[
    ("01-step-function.ipynb", include_str!("../../../notebooks/ko/01-step-function.ipynb")),
    ("02-sigmoid.ipynb", include_str!("../../../notebooks/ko/02-sigmoid.ipynb")),
    ("03-relu.ipynb", include_str!("../../../notebooks/ko/03-relu.ipynb")),
    ("04-shapes.ipynb", include_str!("../../../notebooks/ko/04-shapes.ipynb")),
    ("05-three-layer-network.ipynb", include_str!("../../../notebooks/ko/05-three-layer-network.ipynb")),
    ("06-softmax.ipynb", include_str!("../../../notebooks/ko/06-softmax.ipynb")),
    ("07-digits.ipynb", include_str!("../../../notebooks/ko/07-digits.ipynb")),
    ("08-mnist.ipynb", include_str!("../../../notebooks/ko/08-mnist.ipynb")),
];

/// This project's own notebooks in a language: those of the clone that holds the current folder, those of the clone that built
/// this binary, or the embedded copies.
pub fn chapter(lang: Lang) -> Result<Shelf> {
    if let Some(folder) = edition_folder(lang) {
        return open(&folder);
    }
    let folder = std::env::current_dir().context("the current folder cannot be read")?;
    let embedded = match lang {
        Lang::En => EMBEDDED,
        Lang::Ko => EMBEDDED_IN_KOREAN,
    };
    let sections = embedded.iter().enumerate().map(|(at, (name, text))| {
        let notebook = Notebook::parse(&on_crates_io(text)).with_context(|| format!("embedded {name}"))?;
        Ok(section(Path::new(name), at, notebook))
    });
    Ok(Shelf { course: Course { sections: sections.collect::<Result<_>>()? }, folder })
}

/// A notebook, or all notebooks of a folder in the order of their names, as a course.
pub fn open(path: &Path) -> Result<Shelf> {
    let path = std::path::absolute(path)?;
    if !path.exists() {
        return Err(no_such(&path));
    }
    let is_folder = path.is_dir();
    let files = if is_folder { notebooks_in(&path)? } else { vec![path.clone()] };
    let sections = files.iter().enumerate().map(|(at, file)| Ok(section(file, at, Notebook::read(file)?)));
    let sections = sections.collect::<Result<_>>()?;
    let folder = if is_folder { path } else { path.parent().map(Path::to_path_buf).unwrap_or_default() };
    Ok(Shelf { course: Course { sections }, folder })
}

/// The `.ipynb` files directly in a folder, sorted; none of a checkpoint folder or hidden ones.
pub fn notebooks_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read the folder {}", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.extension().is_some_and(|ending| ending == "ipynb") && !hidden {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// All notebooks of a folder and the folders in it, sorted; hidden folders and `target` are left out.
pub fn notebooks_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = notebooks_in(folder)?;
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read the folder {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // A link to a folder could lead round in a circle.
        if entry.file_type()?.is_dir() && !name.starts_with('.') && name != "target" && name != "node_modules" {
            files.extend(notebooks_below(&entry.path())?);
        }
    }
    files.sort();
    Ok(files)
}

/// The folder of the chapter's notebooks on disk, if there is one.
pub fn notebook_folder() -> Option<PathBuf> {
    edition_folder(Lang::En)
}

fn edition_folder(lang: Lang) -> Option<PathBuf> {
    Some(own_notebooks()?.join(lang.code())).filter(|folder| folder.is_dir())
}

/// The folder of all the chapter's notebooks on disk, in every language.
pub fn own_notebooks() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let clone = here.ancestors().find(|folder| is_our_clone(folder)).map(Path::to_path_buf);
    let home = clone.or_else(|| Some(PathBuf::from(env!("CARGO_MANIFEST_DIR"))).filter(|home| is_our_clone(home)))?;
    Some(home.join("notebooks")).filter(|folder| folder.is_dir())
}

/// The notebooks of the project that one stands in: the folder `notebooks` of the nearest package, or the current
/// folder where there are some.
pub fn all_notebooks() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let is_project = |folder: &&Path| folder.join("Cargo.toml").is_file() && folder.join("notebooks").is_dir();
    let project = here.ancestors().find(is_project).map(|folder| folder.join("notebooks"));
    project.or_else(|| Some(here).filter(|here| notebooks_in(here).is_ok_and(|files| !files.is_empty())))
}

/// The notebooks asked for, absolute, each once.
pub fn asked_for(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if paths.is_empty() {
        match all_notebooks() {
            Some(folder) => found = notebooks_below(&folder)?,
            None => return Ok(found),
        }
    }
    for path in paths {
        let path = std::path::absolute(path)?;
        if path.is_dir() {
            found.extend(notebooks_below(&path)?);
        } else if path.is_file() {
            found.push(path);
        } else {
            return Err(no_such(&path));
        }
    }
    let mut seen = HashSet::new();
    found.retain(|path| seen.insert(path.clone()));
    Ok(found)
}

fn no_such(path: &Path) -> anyhow::Error {
    usage(format!("there is no notebook or folder {}\nhelp: check the path", path.display()))
}

fn is_our_clone(folder: &Path) -> bool {
    folder.join("notebooks").is_dir()
        && std::fs::read_to_string(folder.join("Cargo.toml"))
            .is_ok_and(|manifest| manifest.lines().any(|line| line.trim() == "name = \"forward-pass\""))
}

fn section(file: &Path, at: usize, notebook: Notebook) -> Section {
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let (number, name) = match stem.split_once('-') {
        Some((digits, rest)) if !rest.is_empty() => match digits.parse() {
            Ok(number) => (number, rest.to_string()),
            Err(_) => (at + 1, stem.clone()),
        },
        _ => (at + 1, stem.clone()),
    };
    let title = notebook.title().unwrap_or_else(|| name.clone());
    let requires = notebook.settings.get("requires").cloned();
    Section { number, name, title, requires, cells: notebook.cells }
}

/// An embedded notebook cannot name the clone by path: it takes the published crate of the same version.
fn on_crates_io(text: &str) -> String {
    let published = concat!(r#"{ version = \"="#, env!("CARGO_PKG_VERSION"), r#"\", default-features = false }"#);
    text.replace(r#"{ path = \"../..\", default-features = false }"#, published)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notebook_of_the_chapter_is_embedded() {
        for (lang, embedded) in [(Lang::En, EMBEDDED), (Lang::Ko, EMBEDDED_IN_KOREAN)] {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("notebooks").join(lang.code());
            let files = notebooks_in(&folder).unwrap();
            let names: Vec<String> =
                files.iter().map(|file| file.file_name().unwrap().to_string_lossy().into()).collect();
            let embedded: Vec<&str> = embedded.iter().map(|(name, _)| *name).collect();
            assert_eq!(embedded, names, "add them to EMBEDDED in src/cli/notebook/chapter.rs");
        }
        let rewritten = on_crates_io(EMBEDDED[0].1);
        assert!(!rewritten.contains("../.."), "an embedded notebook cannot name the clone by path");
        assert!(Notebook::parse(&rewritten).is_ok());
    }
}
