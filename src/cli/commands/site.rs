//! `site`: a course as web pages that any static host can serve, the chapter's with figures that move.
//!
//! Nothing runs but the compiler for the moving figures: outputs are those the notebooks store. Links are relative, so
//! the folder works under any path, and nothing is fetched from elsewhere.

mod book;
mod controls;
mod frame;
mod places;
mod quiz;
mod serve;
mod strip;
mod wasm;
mod words;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use self::book::Book;
use crate::cli::args::SiteArgs;
use crate::cli::exit::{Exit, usage};
use crate::cli::files::{make_folder, write_atomically};
use crate::cli::lang::Lang;
use crate::cli::streams;
use crate::cli::terminal::plural::count;

/// A file of the site: its path below the site's folder, and its content.
type File = (String, Vec<u8>);

/// The name that marks a folder as a site, so that it may be written again.
const MARK: &str = "assets/site.css";

pub fn run(args: &SiteArgs) -> Result<Exit> {
    let folder = &args.output;
    if folder.is_dir() && std::fs::read_dir(folder)?.next().is_some() && !folder.join(MARK).is_file() {
        return Err(usage(format!(
            "`{}` is not empty, and not a site\nhelp: name a new folder, or empty this one",
            folder.display()
        )));
    }
    let moves = args.path.is_none() && !args.still;
    let books = books(args, moves)?;
    let mut files: Vec<File> = Vec::new();
    if moves {
        for (name, features) in wasm::PROGRAMS {
            files.push((format!("assets/{name}"), wasm::build(name, features)?));
        }
    }
    files.extend(frame::assets());
    for book in &books {
        files.extend(book.files(&books, moves)?);
    }
    files.extend(frame::fronts(&books, args.base.as_deref()));
    write(folder, &files)?;
    let pages = files.iter().filter(|(name, _)| name.ends_with(".html")).count();
    let size: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    streams::println!("{}, {:.1} MB, in {}", count(pages, "page"), size as f64 / 1e6, folder.display());
    match args.serve {
        Some(port) => serve::serve(folder, port),
        None => {
            let index = folder.join("index.html");
            streams::println!("open {}; `--serve 8000` makes its figures move", index.display());
            Ok(Exit::Passed)
        }
    }
}

/// The chapter in each language that is asked for, or the course of a folder.
fn books(args: &SiteArgs, moves: bool) -> Result<Vec<Book>> {
    if let Some(path) = &args.path {
        let book = Book::of_folder(path, args.lang.unwrap_or_default())?;
        if book.pages.is_empty() {
            bail!("{} has no notebooks\nhelp: name the folder that holds them", path.display());
        }
        return Ok(vec![book]);
    }
    let languages = args.lang.map_or(vec![Lang::En, Lang::Ko], |lang| vec![lang]);
    languages.into_iter().map(|lang| Book::of_chapter(lang, moves)).collect()
}

/// Writes every file, and removes pages of an earlier run that are no longer part of the site.
fn write(folder: &Path, files: &[File]) -> Result<()> {
    for (name, bytes) in files {
        let path: PathBuf = folder.join(name);
        make_folder(path.parent().unwrap_or(folder))?;
        write_atomically(&path, bytes)?;
    }
    for lang in [Lang::En, Lang::Ko] {
        for entry in std::fs::read_dir(folder.join(lang.code())).into_iter().flatten() {
            let path = entry?.path();
            let name = format!("{}/{}", lang.code(), path.file_name().unwrap_or_default().to_string_lossy());
            if name.ends_with(".html") && !files.iter().any(|(written, _)| *written == name) {
                std::fs::remove_file(&path)?;
            }
        }
    }
    Ok(())
}
