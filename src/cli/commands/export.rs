//! `export`: converts a notebook to a script, a program or a page, and a script back to a notebook.
//!
//! Nothing runs: the outputs are those the notebook stores.

pub mod html;
mod markdown;
mod mathml;
mod program;
mod script;
mod shown;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::cli::args::{ExportArgs, Target};
use crate::cli::exit::{Exit, usage};
use crate::cli::files::{Origin, edit, make_folder, write_atomically};
use crate::cli::notebook::ipynb::{Notebook, as_jupyter_writes};
use crate::cli::streams;
use crate::cli::terminal::plural::count;

/// A notebook: the model, and its JSON for what the model leaves out.
pub struct Source {
    pub name: String,
    folder: PathBuf,
    pub notebook: Notebook,
    json: Value,
}

pub fn run(args: &ExportArgs) -> Result<Exit> {
    if args.update && args.to != Target::Ipynb {
        return Err(usage("`--update` keeps the outputs of a notebook\nhelp: use it with `--to ipynb`"));
    }
    let files = match args.to {
        Target::Ipynb => Exported::single(script::read(&read_text(&args.file)?, &args.file)?),
        target => of_notebook(&Source::read(&args.file)?, target, args.output.as_deref())?,
    };
    match &args.output {
        None => streams::write(files.text.as_bytes()),
        Some(output) if args.update && output.exists() => update(&files.text, output)?,
        Some(output) => files.write(&args.file, output, args.force)?,
    }
    Ok(Exit::Passed)
}

/// Writes a notebook over an older version of it, and keeps the outputs of the cells that are still the same.
fn update(text: &str, output: &Path) -> Result<()> {
    let new = Notebook::parse(text)?;
    let (mut kept, mut all) = (0, 0);
    let edited = edit(output, &Origin::of(output), &mut |bytes| {
        let old = Notebook::of_bytes(bytes)?;
        let stored: Value = serde_json::from_slice(bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes))?;
        let mut value: Value = serde_json::from_str(text)?;
        (kept, all) = (0, 0);
        for (at, place) in old.places_in(&new).into_iter().enumerate() {
            let from = &stored["cells"][at];
            all += usize::from(from["outputs"].as_array().is_some_and(|outputs| !outputs.is_empty()));
            let Some(to) = place.map(|place| &mut value["cells"][place]).filter(|_| from["outputs"].is_array()) else {
                continue;
            };
            kept += usize::from(from["outputs"] != json!([]));
            to["outputs"] = from["outputs"].clone();
            to["execution_count"] = from["execution_count"].clone();
        }
        Ok(Some(as_jupyter_writes(&value)?))
    })?;
    edited.or_fail()?;
    streams::eprintln!("{}: kept the outputs of {kept} of {}", output.display(), count(all, "cell"));
    Ok(())
}

fn of_notebook(source: &Source, target: Target, output: Option<&Path>) -> Result<Exported> {
    Ok(match target {
        Target::Script | Target::Ipynb => Exported::single(script::write(source)?),
        Target::Html => Exported::single(html::page(source)),
        Target::Md => markdown::page(source, output),
        Target::Rs => match source.notebook.other_language() {
            Some(_) => {
                let language = &source.notebook.language;
                return Err(usage(format!(
                    "`{}` is written in {language} and cannot become a Rust program",
                    source.name
                )));
            }
            None => program::program(source, output.is_some())?,
        },
    })
}

impl Source {
    pub fn read(path: &Path) -> Result<Source> {
        let text = read_text(path)?;
        if path.extension().is_some_and(|ending| ending == "rs") {
            return Err(usage(format!(
                "{} is not a notebook\nhelp: to convert a script to a notebook, use `--to ipynb`",
                path.display()
            )));
        }
        Source::of(path, &text)
    }

    /// A notebook that is not, or not yet, a file.
    pub fn of(path: &Path, text: &str) -> Result<Source> {
        let notebook = Notebook::parse(text).with_context(|| format!("cannot use {}", path.display()))?;
        let json = serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(text))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let folder = std::path::absolute(path)?.parent().map(Path::to_path_buf).unwrap_or_default();
        Ok(Source { name, folder, notebook, json })
    }

    /// The JSON of a cell.
    fn cell(&self, at: usize) -> &Value {
        &self.json["cells"][at]
    }
}

/// The result of an export: a text, and the files it refers to, by their relative paths.
struct Exported {
    text: String,
    /// The path of the text where the output is a folder.
    main: Option<&'static str>,
    beside: Vec<(PathBuf, Vec<u8>)>,
}

impl Exported {
    fn single(text: String) -> Exported {
        Exported { text, main: None, beside: Vec::new() }
    }

    fn write(&self, input: &Path, output: &Path, force: bool) -> Result<()> {
        let main = self.main.map_or_else(|| output.to_path_buf(), |main| output.join(main));
        let root = if self.main.is_some() { output } else { output.parent().unwrap_or(Path::new("")) };
        let beside = self.beside.iter().map(|(path, bytes)| (root.join(path), bytes.as_slice()));
        let files: Vec<(PathBuf, &[u8])> = beside.chain([(main, self.text.as_bytes())]).collect();
        for (path, _) in &files {
            refuse(input, path, force)?;
        }
        for (path, bytes) in &files {
            if let Some(folder) = path.parent() {
                make_folder(folder)?;
            }
            write_atomically(path, bytes)?;
        }
        Ok(())
    }
}

fn refuse(input: &Path, path: &Path, force: bool) -> Result<()> {
    if path.exists() && input.canonicalize().ok() == path.canonicalize().ok() {
        return Err(usage(format!(
            "`-o {}` would overwrite the file that is exported\nhelp: name another file",
            path.display()
        )));
    }
    if path.is_dir() {
        bail!("{} is a folder\nhelp: name a file in it", path.display());
    }
    if path.exists() && !force {
        bail!("{} already exists\nhelp: name another file, or add `--force` to overwrite it", path.display());
    }
    Ok(())
}

fn read_text(path: &Path) -> Result<String> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8", path.display()))
}
