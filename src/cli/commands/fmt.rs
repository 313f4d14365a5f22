//! `fmt`: formats the Rust of notebooks with rustfmt.
//!
//! Nothing runs, and only sources change.

mod cell;
mod rustfmt;

use std::path::Path;

use anyhow::Result;
use rustfmt::Rustfmt;

use super::asked_for;
use crate::cli::args::FmtArgs;
use crate::cli::exit::Exit;
use crate::cli::files::{Origin, edit, shown_path};
use crate::cli::notebook::course::{Cell, CellKind};
use crate::cli::notebook::ipynb::Notebook;
use crate::cli::runner::rules::allows;
use crate::cli::runner::rules::vocabulary::UNFORMATTED;
use crate::cli::runner::settings;
use crate::cli::streams;
use crate::cli::terminal::plural::count;
use crate::cli::terminal::shown::{name, report, visible};

/// What formatting a notebook comes to.
#[derive(Default)]
struct Formatted {
    /// The place, the id and the new source of each cell that changes.
    changed: Vec<(usize, String, String)>,
    /// The ids of cells that are not valid Rust.
    invalid: Vec<String>,
    /// How many cells have a layout of their own.
    left: usize,
}

pub fn run(args: &FmtArgs) -> Result<Exit> {
    let paths = asked_for(&args.paths)?;
    if paths.is_empty() {
        streams::eprintln!(
            "error: nothing to format: no notebook was found\nhelp: name a notebook or a folder of them"
        );
        return Ok(Exit::NothingToTest);
    }
    let (mut cells, mut notebooks, mut left, mut broken) = (0, 0, 0, 0);
    for path in &paths {
        match format(path, args.check) {
            Ok(formatted) => {
                cells += formatted.changed.len();
                notebooks += usize::from(!formatted.changed.is_empty());
                left += formatted.left;
            }
            Err(error) if error.is::<rustfmt::Missing>() => return Err(error),
            Err(error) => {
                let text = format!("error: {}: {}", name(&shown_path(path)), visible(&format!("{error:#}")));
                streams::eprintln!("{}", report(&text));
                broken += 1;
            }
        }
    }
    let of_all = format!("{} in {notebooks} of {}", count(cells, "cell"), count(paths.len(), "notebook"));
    let left = if left > 0 { format!("; {} left as laid out", count(left, "cell")) } else { String::new() };
    match (args.check, cells) {
        (_, 0) if broken == paths.len() => {}
        (_, 0) => streams::println!("{}, all formatted{left}", count(paths.len() - broken, "notebook")),
        (true, _) => streams::println!("{of_all} not formatted{left}"),
        (false, _) => streams::println!("{of_all} formatted{left}"),
    }
    Ok(match (broken > 0, args.check && cells > 0) {
        (true, _) => Exit::Broken,
        (_, true) => Exit::Failed,
        _ => Exit::Passed,
    })
}

/// Formats a notebook.
fn format(path: &Path, only_checks: bool) -> Result<Formatted> {
    let shown = name(&shown_path(path));
    let notebook = Notebook::read(path)?;
    if let Some(why) = notebook.other_language() {
        streams::eprintln!("note: {shown}: {}", name(&why));
        return Ok(Formatted::default());
    }
    let rustfmt = Rustfmt::of(path)?;
    let mut formatted = of_notebook(&rustfmt, path, &notebook)?;
    if !only_checks && !formatted.changed.is_empty() {
        let edited = edit(path, &Origin::of(path), &mut |bytes| {
            let now = Notebook::of_bytes(bytes)?;
            // Mostly it is what was read above.
            if !now.has_text_of(&notebook) {
                formatted = of_notebook(&rustfmt, path, &now)?;
            }
            let sources = formatted.changed.iter().map(|(at, _, source)| (*at, source.clone()));
            Ok(Some(now.with_sources(&sources.collect::<Vec<_>>()).into_bytes()))
        })?;
        edited.or_fail()?;
    }
    for id in &formatted.invalid {
        streams::eprintln!("note: {shown}: `{}` is not valid Rust, and stays as it is", name(id));
    }
    if !formatted.changed.is_empty() {
        let ids: Vec<String> = formatted.changed.iter().map(|(_, id, _)| format!("`{}`", name(id))).collect();
        let words = if only_checks { "not formatted" } else { "formatted" };
        streams::println!("{shown}: {words}: {}", ids.join(", "));
    }
    Ok(formatted)
}

fn of_notebook(rustfmt: &Rustfmt, path: &Path, notebook: &Notebook) -> Result<Formatted> {
    let settings = settings::of_notebook(path, notebook)?;
    let is_left = |cell: &Cell| [&settings, &cell.settings].iter().any(|level| allows(level, UNFORMATTED));
    let code = notebook.cells.iter().enumerate().filter(|(_, cell)| cell.kind == CellKind::Code);
    let (left, code): (Vec<_>, Vec<_>) = code.partition(|(_, cell)| is_left(cell));
    let mut all = Formatted { left: left.len(), ..Formatted::default() };
    let sources: Vec<&str> = code.iter().map(|(_, cell)| cell.source.as_str()).collect();
    for ((at, cell), new) in code.into_iter().zip(cell::formatted(&sources, rustfmt)?) {
        match new {
            Some(new) if new != cell.source => all.changed.push((at, cell.id.clone(), new)),
            Some(_) => {}
            None => all.invalid.push(cell.id.clone()),
        }
    }
    Ok(all)
}
