//! Finds notebooks: the chapter's, in a clone or embedded in the binary, and those a user names.
//!
//! It only reads, and downloads nothing.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::course::{Course, Section};
use super::ipynb::Notebook;
use super::ipynb::file::what_else;
use crate::cli::exit::usage;
use crate::cli::lang::Lang;

/// The line of a setup cell that takes all names of the library, with English words in figures.
pub const PRELUDE: &str = "use forward_pass::prelude::*;";

/// Is this that line, or its counterpart for another language, such as `use forward_pass::prelude::ko::*;`?
pub fn is_prelude(line: &str) -> bool {
    line.starts_with(PRELUDE.trim_end_matches("*;")) && line.ends_with("*;")
}

/// A course, and the folder in which its cells run.
pub struct Chapter {
    pub course: Course,
    pub folder: PathBuf,
}

/// The chapter's editions when this binary was built, listed by `build.rs`: language, and name and text of each
/// notebook.
const EMBEDDED: &[(&str, &[(&str, &str)])] = include!(concat!(env!("OUT_DIR"), "/notebooks.rs"));

/// The chapter in a language: from the clone that contains the current folder, from the clone that built this binary,
/// or from the embedded copies.
pub fn chapter(lang: Lang) -> Result<Chapter> {
    if let Some(folder) = edition_folder(lang) {
        return open(&folder);
    }
    let folder = std::env::current_dir().context("the current folder cannot be read")?;
    let edition =
        EMBEDDED.iter().filter(|(language, _)| *language == lang.code()).flat_map(|(_, notebooks)| *notebooks);
    let sections = edition.enumerate().map(|(at, (name, text))| {
        let notebook = Notebook::parse(&on_crates_io(text)).with_context(|| format!("embedded {name}"))?;
        Ok(section(Path::new(name), at, notebook))
    });
    Ok(Chapter { course: Course { sections: sections.collect::<Result<_>>()? }, folder })
}

/// The chapter's notebooks as they stand: name and text of each.
pub fn texts(lang: Lang) -> Result<Vec<(String, String)>> {
    let Some(folder) = edition_folder(lang) else {
        let edition = EMBEDDED.iter().filter(|(language, _)| *language == lang.code());
        let notebooks = edition.flat_map(|(_, notebooks)| *notebooks);
        return Ok(notebooks.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect());
    };
    let text = |file: PathBuf| {
        let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        Ok((file.file_name().unwrap_or_default().to_string_lossy().into_owned(), text))
    };
    notebooks_in(&folder)?.into_iter().map(text).collect()
}

/// The chapter's notebooks for a reader's own folder: name and text of each, with a `:dep` line that works there.
pub fn working_copy(lang: Lang) -> Result<Vec<(String, String)>> {
    let texts = texts(lang)?.into_iter();
    let Some(folder) = edition_folder(lang) else {
        return Ok(texts.map(|(name, text)| (name, on_crates_io(&text))).collect());
    };
    let home = folder.ancestors().nth(2).unwrap_or(&folder).to_string_lossy().into_owned();
    // The path stands in a string of TOML, which stands in a string of JSON.
    let quoted = serde_json::to_string(&home)?;
    let in_json = serde_json::to_string(&quoted)?;
    let in_json = &in_json[1..in_json.len() - 1];
    Ok(texts.map(|(name, text)| (name, text.replace(r#"\"../..\""#, in_json))).collect())
}

/// Opens a notebook, or all notebooks of a folder in the order of their names, as a course.
pub fn open(path: &Path) -> Result<Chapter> {
    let path = std::path::absolute(path)?;
    if !path.exists() {
        return Err(no_such(&path));
    }
    let is_folder = path.is_dir();
    let files = if is_folder { only_files(notebooks_in(&path)?).files } else { vec![path.clone()] };
    if files.is_empty() {
        return Err(usage(format!("no notebooks in {}\nhelp: name a folder that has `.ipynb` files", path.display())));
    }
    let sections = files.iter().enumerate().map(|(at, file)| Ok(section(file, at, Notebook::read(file)?)));
    let sections = sections.collect::<Result<_>>()?;
    let folder = if is_folder { path } else { path.parent().map(Path::to_path_buf).unwrap_or_default() };
    Ok(Chapter { course: Course { sections }, folder })
}

/// The notebooks that someone asked for, and what was passed over.
#[derive(Default)]
pub struct Found {
    pub files: Vec<PathBuf>,
    /// Devices, pipes and sockets with the name of a notebook, and what each of them is.
    pub skipped: Vec<(PathBuf, &'static str)>,
}

/// The `.ipynb` files directly in a folder, in natural order, without hidden ones.
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
    files.sort_by_cached_key(|file| natural(file));
    Ok(files)
}

/// Keeps the files. A link to nowhere is kept as well: reading it says what is wrong.
fn only_files(found: Vec<PathBuf>) -> Found {
    let mut all = Found::default();
    for path in found {
        match path.metadata().ok().and_then(|metadata| what_else(&metadata)) {
            Some("a folder") | None => all.files.push(path),
            Some(what) => all.skipped.push((path, what)),
        }
    }
    all
}

/// Folders with what tools have built: cargo, npm, Jupyter Book.
const BUILT: [&str; 3] = ["target", "node_modules", "_build"];

/// A part of a name: digits by their number, and text.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Number(usize, String),
    Text(String),
}

/// What paths are sorted by: 2-a comes before 10-b. Equal numbers, as in 2 and 02, are told apart by the path itself.
fn natural(path: &Path) -> (Vec<Vec<Part>>, PathBuf) {
    let parts = |name: &str| {
        let mut parts: Vec<Part> = Vec::new();
        for run in name.chars().collect::<Vec<_>>().chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit()) {
            let text: String = run.iter().collect();
            parts.push(match text.trim_start_matches('0') {
                _ if !run[0].is_ascii_digit() => Part::Text(text),
                digits => Part::Number(digits.len(), digits.to_owned()),
            });
        }
        parts
    };
    (path.iter().map(|name| parts(&name.to_string_lossy())).collect(), path.to_path_buf())
}

/// All notebooks below a folder, in natural order; hidden folders and those of `BUILT` are skipped.
pub fn notebooks_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = notebooks_in(folder)?;
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read the folder {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // Links to folders are not followed: they could form a cycle.
        if entry.file_type()?.is_dir() && !name.starts_with('.') && !BUILT.contains(&name.as_str()) {
            files.extend(notebooks_below(&entry.path())?);
        }
    }
    files.sort_by_cached_key(|file| natural(file));
    Ok(files)
}

/// The folder of the English edition on disk, if there is one.
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

/// The notebooks of the current project: the folder `notebooks` of the nearest package, or the current folder if it has
/// notebooks.
pub fn all_notebooks() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let is_project = |folder: &&Path| folder.join("Cargo.toml").is_file() && folder.join("notebooks").is_dir();
    let project = here.ancestors().find(is_project).map(|folder| folder.join("notebooks"));
    project.or_else(|| Some(here).filter(|here| notebooks_in(here).is_ok_and(|files| !files.is_empty())))
}

/// The notebooks that these paths name, as absolute paths without duplicates; the project's own without any path.
pub fn asked_for(paths: &[PathBuf]) -> Result<Found> {
    let mut found = Vec::new();
    if paths.is_empty() {
        match all_notebooks() {
            Some(folder) => found = notebooks_below(&folder)?,
            None => return Ok(Found::default()),
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
    Ok(only_files(found))
}

fn no_such(path: &Path) -> anyhow::Error {
    usage(format!("no notebook or folder at {}\nhelp: check the path", path.display()))
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

/// An embedded notebook cannot depend on the clone by path; it depends on the published crate of the same version.
fn on_crates_io(text: &str) -> String {
    let published = concat!(r#"{ version = \"="#, env!("CARGO_PKG_VERSION"), r#"\", default-features = false }"#);
    text.replace(r#"{ path = \"../..\", default-features = false }"#, published)
}

#[cfg(test)]
#[allow(dead_code, reason = "the tests use one function of it")]
#[path = "../../../build.rs"]
mod build;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notebook_is_embedded_once_its_file_is_there() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("notebooks/en");
        std::fs::create_dir_all(&folder).unwrap();
        for (name, is_notebook) in [("02-b.ipynb", true), ("01-a.ipynb", true), (".01-a.ipynb", false), ("x", false)] {
            std::fs::write(folder.join(name), "").unwrap();
            let list = build::notebooks(root.path()).unwrap();
            assert_eq!(list.contains(&format!("(\"{name}\", include_str!")), is_notebook, "{list}");
        }
        let list = build::notebooks(root.path()).unwrap();
        assert!(list.find("01-a") < list.find("02-b"), "{list}");
    }

    #[test]
    fn notebooks_are_in_natural_order_without_what_was_built() {
        let root = tempfile::tempdir().unwrap();
        let expected = ["1.ipynb", "02-a.ipynb", "2-a.ipynb", "2-b/9.ipynb", "2-b/11.ipynb", "10-b.ipynb", "a.ipynb"];
        let built = [".ipynb_checkpoints/a.ipynb", "_build/a.ipynb", "2-b/_build/html/a.ipynb", "target/a.ipynb"];
        for name in expected.iter().chain(&built).rev() {
            let file = root.path().join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "").unwrap();
        }
        let found = notebooks_below(root.path()).unwrap();
        let names: Vec<_> = found.iter().map(|it| it.strip_prefix(root.path()).unwrap().to_str().unwrap()).collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn an_embedded_notebook_depends_on_the_published_crate() {
        for (_, text) in EMBEDDED.iter().flat_map(|(_, notebooks)| *notebooks) {
            let rewritten = on_crates_io(text);
            assert!(!rewritten.contains("../.."), "an embedded notebook cannot name the clone by path");
            assert!(Notebook::parse(&rewritten).is_ok());
        }
    }
}
