//! `export`: converts a notebook to a script, a program or a page, and a script back to a notebook.
//!
//! Nothing runs: the outputs are those the notebook stores.

mod folder;
mod program;
mod script;

use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};

use crate::cli::args::{ExportArgs, Target};
use crate::cli::exit::{Exit, usage};
use crate::cli::files::{Origin, edit, shown_path};
use crate::cli::notebook::ipynb::file::read_text;
use crate::cli::notebook::ipynb::{Notebook, as_jupyter_writes};
use crate::cli::page::addresses::Pages;
use crate::cli::page::source::Source;
use crate::cli::page::written::Exported;
use crate::cli::page::{html, markdown};
use crate::cli::streams;
use crate::cli::terminal::plural::count;
use crate::cli::terminal::shown::{name, print_document};

pub fn run(args: &ExportArgs) -> Result<Exit> {
    if args.update && args.to != Target::Ipynb {
        return Err(usage("`--update` keeps the outputs of a notebook\nhelp: use it with `--to ipynb`"));
    }
    if args.file.is_dir() {
        return folder::export(args);
    }
    let pages = Pages::of_one(args.to);
    let output = args.output.as_deref().filter(|path| path.as_os_str() != "-");
    let files = match args.to {
        Target::Ipynb => Exported::single(script::read(&read_text(&args.file)?, &args.file)?),
        target => of_notebook(&Source::read(&args.file)?, target, output, &pages, args.trust)?,
    };
    match output {
        None => print_document(&files.text),
        Some(output) if args.update && output.exists() => update(&files.text, output)?,
        Some(output) => files.write(&args.file, output, args.force)?,
    }
    print_notes(&args.file, &files.notes);
    Ok(Exit::Passed)
}

fn print_notes(file: &Path, notes: &[String]) {
    let file = shown_path(file);
    notes.iter().for_each(|note| streams::eprintln!("note: {}: {}", name(&file), name(note)));
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

fn of_notebook(source: &Source, to: Target, output: Option<&Path>, pages: &Pages, trusts: bool) -> Result<Exported> {
    Ok(match to {
        Target::Script | Target::Ipynb => Exported::single(script::write(source)?),
        Target::Html => html::page(source, pages, trusts),
        Target::Md => markdown::page(source, output, pages, trusts),
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
