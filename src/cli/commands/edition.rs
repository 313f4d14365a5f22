//! `edition`: compares the chapter's editions, one folder per language, and copies code and outputs between them.
//!
//! Editions have the same cells, code and outputs, and their own prose. Figures may have words in the language of the
//! edition: then one line of code differs, the names that it takes from the prelude. No cell is run and nothing is
//! translated.
//!
//! A translated prose cell stores two short fingerprints in its metadata, of its original and of itself
//! (`{"forward_pass": {"pair": "original itself"}}`). When one of the two texts changes, the pair is stale until the
//! user confirms it with `edition settle`.

mod pair;
mod words;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
pub use pair::{Prose, stale};
use serde_json::Value;

use crate::cli::args::{EditionAction, EditionArgs};
use crate::cli::exit::Exit;
use crate::cli::files::{Origin, edit, make_folder, write_atomically};
use crate::cli::notebook::chapter;
use crate::cli::notebook::ipynb::as_jupyter_writes;
use crate::cli::streams;
use crate::cli::terminal::plural::count;

/// The edition that the others are translated from.
pub const ORIGINAL: &str = "en";

/// How one edition of a notebook differs from another.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Cells whose code, outputs or kind differ, or that one edition lacks; `order` if only their order differs.
    pub cells: Vec<String>,
    /// Prose that is not yet translated, or whose pair is stale.
    pub prose: Vec<Prose>,
}

impl Difference {
    pub fn is_none(&self) -> bool {
        self.cells.is_empty() && self.prose.is_empty()
    }
}

pub fn run(args: &EditionArgs) -> Result<Exit> {
    let root = match &args.notebooks {
        Some(folder) => folder.clone(),
        None => own_notebooks()?,
    };
    match &args.action {
        EditionAction::Check => check(&root),
        EditionAction::Sync { from, to } => sync(&root, from, to),
        EditionAction::Settle { cells } => settle(&root, cells),
    }
}

fn own_notebooks() -> Result<PathBuf> {
    let folder = chapter::notebook_folder().context(
        "no notebooks found\nhelp: run this inside a clone of forward-pass, or name a folder with `--notebooks`",
    )?;
    folder.parent().map(Path::to_path_buf).context("the folder of the notebooks has no parent")
}

fn check(root: &Path) -> Result<Exit> {
    let mut differ = 0;
    let others = languages(root)?;
    for language in &others {
        for name in names(root, &[ORIGINAL, language])? {
            let difference = match (read(root, ORIGINAL, &name), read(root, language, &name)) {
                (Ok(original), Ok(other)) => compare(&original, &other),
                _ => Difference { cells: vec!["the whole notebook".into()], prose: Vec::new() },
            };
            differ += usize::from(!difference.is_none());
            report(language, &name, &difference);
        }
    }
    if differ == 0 {
        streams::println!("{ORIGINAL} and {} agree", others.join(", "));
        return Ok(Exit::Passed);
    }
    streams::println!(
        "help: `edition sync` copies code and outputs; `edition settle CELL` confirms that its prose matches"
    );
    Ok(Exit::Failed)
}

fn report(language: &str, name: &str, difference: &Difference) {
    for cell in &difference.cells {
        streams::println!("{language}/{name}: `{cell}` differs");
    }
    for Prose { cell, why } in &difference.prose {
        streams::println!("{language}/{name}: `{cell}`: {why}");
    }
}

fn sync(root: &Path, from: &str, to: &str) -> Result<Exit> {
    if from == to {
        bail!("`{from}` and `{to}` are the same edition\nhelp: name two, as in `--from en --to ko`");
    }
    let mut changed = 0;
    for name in names(root, &[from])? {
        let source = read(root, from, &name)?;
        let path = root.join(to).join(&name);
        let (mut new, mut is_changed) = (Value::Null, true);
        if path.is_file() {
            rewrite(&path, &mut |old| {
                new = carry(&source, Some(&old));
                is_changed = new != old;
                is_changed.then(|| new.clone())
            })?;
        } else {
            new = carry(&source, None);
            create(&path, &new)?;
        }
        if is_changed {
            changed += 1;
            streams::println!("{to}/{name}: code and outputs copied from {from}");
        }
        let (original, other) = if to == ORIGINAL { (&new, &source) } else { (&source, &new) };
        let prose = Difference { cells: Vec::new(), prose: compare(original, other).prose };
        report(if to == ORIGINAL { from } else { to }, &name, &prose);
    }
    streams::println!("{} of {to} changed; the prose is unchanged", count(changed, "notebook"));
    Ok(Exit::Passed)
}

fn settle(root: &Path, cells: &[String]) -> Result<Exit> {
    let mut known = BTreeSet::new();
    for language in languages(root)? {
        for name in names(root, &[&language])? {
            let original = read(root, ORIGINAL, &name)?;
            let mut settled = Default::default();
            rewrite(&root.join(&language).join(&name), &mut |mut other| {
                settled = pair::settle(&original, &mut other, |id| cells.is_empty() || cells.iter().any(|it| it == id));
                (!settled.is_empty()).then_some(other)
            })?;
            known.extend(settled);
        }
    }
    let unknown: Vec<&str> = cells.iter().map(String::as_str).filter(|cell| !known.contains(*cell)).collect();
    if !unknown.is_empty() {
        bail!(
            "no translated prose cell is called `{}`\nhelp: `edition check` lists the stale ones",
            unknown.join("`, `")
        );
    }
    streams::println!("{} confirmed", count(known.len(), "prose cell"));
    Ok(Exit::Passed)
}

/// Where another edition of a notebook differs from the original.
pub fn compare(original: &Value, other: &Value) -> Difference {
    let (ours, theirs) = (cells(original), cells(other));
    let order = |cells: &[Value]| -> Vec<String> { cells.iter().map(id).collect() };
    let mut differ = Vec::new();
    for cell in ours {
        match theirs.iter().find(|it| id(it) == id(cell)) {
            Some(it) if shared(it) == shared(cell) => {}
            _ => differ.push(id(cell)),
        }
    }
    differ.extend(theirs.iter().map(id).filter(|it| !ours.iter().any(|cell| id(cell) == *it)));
    if differ.is_empty() && order(ours) != order(theirs) {
        differ.push("order".into());
    }
    Difference { cells: differ, prose: stale(original, other) }
}

/// The cells of `source`, with the prose of `old`.
pub fn carry(source: &Value, old: Option<&Value>) -> Value {
    let mut new = source.clone();
    let theirs = old.map(cells).unwrap_or_default();
    let prelude = theirs.iter().find_map(|cell| words::prelude(&text(&cell["source"])).map(str::to_owned));
    for cell in new["cells"].as_array_mut().into_iter().flatten() {
        let old = theirs.iter().find(|it| id(it) == id(cell));
        if let Some(kept) = old.filter(|it| shared(it) == shared(cell)) {
            *cell = kept.clone();
        } else if is_prose(cell) {
            pair::forget(cell);
        } else if let Some(prelude) = &prelude {
            words::set_prelude(cell, prelude);
        }
    }
    new
}

/// What has to be equal in two editions of a cell: everything but the words in figures, or for prose only its type.
fn shared(cell: &Value) -> Value {
    if is_prose(cell) { cell["cell_type"].clone() } else { words::without(cell) }
}

fn cells(notebook: &Value) -> &[Value] {
    notebook["cells"].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn id(cell: &Value) -> String {
    cell["id"].as_str().unwrap_or("a cell without an id").to_string()
}

fn is_prose(cell: &Value) -> bool {
    cell["cell_type"] == "markdown"
}

fn text(lines: &Value) -> String {
    match lines {
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        source => source.as_str().unwrap_or_default().to_string(),
    }
}

/// The languages beside the original, sorted.
fn languages(root: &Path) -> Result<Vec<String>> {
    let entries = std::fs::read_dir(root).with_context(|| format!("cannot read the folder {}", root.display()))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_dir() && name != ORIGINAL && !name.starts_with('.') && !chapter::notebooks_in(&path)?.is_empty() {
            found.push(name);
        }
    }
    if found.is_empty() {
        bail!("{} has no edition beside `{ORIGINAL}`\nhelp: start one with `edition sync --to ko`", root.display());
    }
    found.sort();
    Ok(found)
}

/// The file names of the notebooks of these editions, each once, sorted.
fn names(root: &Path, languages: &[&str]) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for language in languages {
        let files = chapter::notebooks_in(&root.join(language))?;
        names.extend(files.iter().filter_map(|file| Some(file.file_name()?.to_string_lossy().into_owned())));
    }
    Ok(names)
}

fn read(root: &Path, language: &str, name: &str) -> Result<Value> {
    let path = root.join(language).join(name);
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not JSON", path.display()))
}

/// Rewrites an edition as it is now, whatever else is written into it at the same time; `None` leaves it as it is.
fn rewrite(path: &Path, new: &mut dyn FnMut(Value) -> Option<Value>) -> Result<()> {
    let edited = edit(path, &Origin::of(path), &mut |bytes| {
        let old = serde_json::from_slice(bytes).context("it is not JSON")?;
        Ok(new(old).map(|new| as_jupyter_writes(&new)).transpose()?)
    })?;
    edited.or_fail()
}

fn create(path: &Path, notebook: &Value) -> Result<()> {
    let folder = path.parent().context("a notebook needs a folder")?;
    make_folder(folder)?;
    write_atomically(path, &as_jupyter_writes(notebook)?)
}
