//! Fetches one file, trying each source in order until one delivers the published bytes in time.
//!
//! It writes nothing: the bytes stay in memory, so an interrupted download leaves no partial file.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use indicatif::{ProgressBar, ProgressStyle};

use super::disk::{self, FileError};
use super::sets::Entry;
use super::web;
use crate::cli::exit::usage;
use crate::cli::streams;
use crate::cli::terminal::style::QUIET;

const BAR: &str = "{msg:28} [{bar:30}] {decimal_bytes} of {decimal_total_bytes}, {eta} left";

/// Whether a source is a folder or a web address.
pub fn check_source(source: &str) -> Result<()> {
    match scheme(source) {
        None if source.is_empty() => Err(usage("`--from` is empty\nhelp: name a folder or an https address")),
        None => Ok(()),
        Some(("http" | "https", rest)) if !rest.is_empty() => Ok(()),
        Some((scheme, _)) => Err(usage(format!(
            "`--from {source}`: {scheme}:// is not supported\nhelp: name a folder or an address with https://"
        ))),
    }
}

fn is_web(source: &str) -> bool {
    scheme(source).is_some()
}

/// The scheme of an address, and the rest. One letter is a drive of Windows.
fn scheme(source: &str) -> Option<(&str, &str)> {
    source.split_once("://").filter(|(scheme, _)| scheme.len() > 1)
}

/// The verified bytes and the source that delivered them, or a report on every source.
pub fn file<'a>(entry: &Entry, sources: &'a [String], patience: Duration) -> Result<(Vec<u8>, &'a str), String> {
    let style = ProgressStyle::with_template(BAR).expect("the template is valid").progress_chars("#>-");
    // Hidden unless stderr is a terminal.
    let bar = ProgressBar::new(entry.size).with_message(entry.name).with_style(style);
    let mut failures = String::new();
    for (index, source) in sources.iter().enumerate() {
        let name = if is_web(source) { source.trim_end_matches('/') } else { source };
        match read(name, entry, patience, &bar) {
            Ok(bytes) => {
                bar.finish_and_clear();
                return Ok((bytes, name));
            }
            Err(error) => {
                failures += &format!("\n  {name}: {error}");
                if index + 1 < sources.len() {
                    bar.suspend(|| streams::eprintln!("{QUIET}{}: {name}: {error}{QUIET:#}", entry.name));
                }
            }
        }
    }
    bar.finish_and_clear();
    let help = match sources.iter().any(|source| is_web(source)) {
        true => "try again later, or download the four files another way and name their folder: `--from FOLDER`",
        false => "name a folder with the four files as published, or omit `--from`",
    };
    Err(format!("cannot fetch {}:{failures}\nhelp: {help}", entry.name))
}

fn read(source: &str, entry: &Entry, patience: Duration, bar: &ProgressBar) -> Result<Vec<u8>> {
    if is_web(source) {
        return Ok(disk::verified(web::download(source, entry, patience, bar)?, entry)?);
    }
    if !Path::new(source).is_dir() {
        bail!("not a folder");
    }
    let unpacked = disk::unpacked(entry.name);
    disk::read(Path::new(source), entry).map_err(|error| match error {
        FileError::Missing => anyhow!("has no {}", entry.name),
        FileError::Unpacked => anyhow!("has {unpacked} without .gz: `Mnist::open` reads it in place"),
        wrong => wrong.into(),
    })
}
