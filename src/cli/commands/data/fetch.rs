//! One file from the first source that has it: the next one is asked when one has it not, or wrong, or not in time.
//!
//! What is wrong on this side (a full disk, a folder that cannot be written to) ends it at once.

use std::fs::File;
use std::io::{ErrorKind, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};

use super::disk::{State, unpacked};
use super::part::Part;
use super::sets::{Entry, Size};
use super::web;
use crate::cli::exit::usage;
use crate::cli::terminal::report::QUIET;

/// Where the four files may be had.
#[derive(Debug, PartialEq)]
pub enum Source {
    Folder(PathBuf),
    /// What comes before the file's name.
    Web(String),
}

/// Why a file did not come.
#[derive(Debug)]
pub enum Trouble {
    /// The source's fault: another may do better.
    Theirs(String),
    /// This side's.
    Ours(anyhow::Error),
}

impl From<anyhow::Error> for Trouble {
    fn from(error: anyhow::Error) -> Trouble {
        Trouble::Ours(error)
    }
}

/// A source's fault in words.
pub fn theirs<T>(words: impl Into<String>) -> Result<T, Trouble> {
    Err(Trouble::Theirs(words.into()))
}

impl Source {
    /// A folder, or the address of one.
    pub fn parse(text: &str) -> Result<Source> {
        match text.split_once("://") {
            None if text.is_empty() => Err(usage("`--from` is empty\nhelp: name a folder or an https address")),
            None => Ok(Source::Folder(PathBuf::from(text))),
            Some(("http" | "https", rest)) if !rest.is_empty() => {
                Ok(Source::Web(format!("{}/", text.trim_end_matches('/'))))
            }
            Some((scheme, _)) => Err(usage(format!(
                "`--from {text}`: {scheme}:// is not fetched\nhelp: name a folder, or an address that begins with https://"
            ))),
        }
    }

    fn name(&self) -> String {
        match self {
            Source::Folder(folder) => folder.display().to_string(),
            Source::Web(base) => base.trim_end_matches('/').to_string(),
        }
    }

    fn bring(&self, part: &mut Part<'_>, patience: Duration, bar: &ProgressBar) -> Result<(), Trouble> {
        match self {
            Source::Folder(folder) => copy(folder, part, bar),
            Source::Web(base) => web::bring(base, part, patience, &mut |length| bar.set_position(length)),
        }
    }
}

/// How it ended, as far as the sources go.
#[derive(Debug, PartialEq)]
pub enum Brought {
    Right,
    /// Every source failed; in words.
    Nowhere(String),
}

/// Brings one file into the folder, under its final name only when it is right.
pub fn file(entry: &Entry, sources: &[Source], folder: &Path, patience: Duration) -> Result<Brought> {
    let mut part = Part::open(folder, entry)?;
    let bar = bar(entry);
    let mut troubles = Vec::new();
    for (at, source) in sources.iter().enumerate() {
        match try_source(source, &mut part, patience, &bar) {
            Ok(()) => {
                bar.finish_and_clear();
                part.finish()?;
                anstream::println!("{:28} {:>8}  from {}", entry.name, Size(entry.size), source.name());
                return Ok(Brought::Right);
            }
            Err(Trouble::Ours(error)) => {
                bar.finish_and_clear();
                part.give_up();
                return Err(error);
            }
            Err(Trouble::Theirs(words)) => {
                let trouble = format!("{}: {words}", source.name());
                // That of the last one is part of the error.
                if at + 1 < sources.len() {
                    bar.suspend(|| anstream::eprintln!("{QUIET}{}: {trouble}{QUIET:#}", entry.name));
                }
                troubles.push(trouble);
            }
        }
    }
    bar.finish_and_clear();
    let kept = part.length();
    part.give_up();
    let list: String = troubles.iter().map(|trouble| format!("\n  {trouble}")).collect();
    Ok(Brought::Nowhere(format!("{} could not be had:{list}\nhelp: {}", entry.name, what_next(sources, kept))))
}

fn what_next(sources: &[Source], kept: u64) -> String {
    if !sources.is_empty() && sources.iter().all(|source| matches!(source, Source::Folder(_))) {
        return "name a folder that holds the four files as they are published, or leave `--from` out".into();
    }
    let again = match kept {
        0 => "try again later".to_string(),
        _ => format!("run it again, which goes on behind the {} that came", Size(kept)),
    };
    format!("{again}, or fetch the four files by other means and name their folder: `--from FOLDER`")
}

/// A part that was there before may be the one that is wrong: then the whole file is asked for.
fn try_source(source: &Source, part: &mut Part<'_>, patience: Duration, bar: &ProgressBar) -> Result<(), Trouble> {
    loop {
        let from = part.length();
        if !part.is_full() {
            source.bring(part, patience, bar)?;
        }
        match part.state() {
            State::Right => return Ok(()),
            wrong => {
                part.clear()?;
                if from == 0 {
                    return theirs(wrong.to_string());
                }
            }
        }
    }
}

fn copy(folder: &Path, part: &mut Part<'_>, bar: &ProgressBar) -> Result<(), Trouble> {
    if !folder.is_dir() {
        return theirs("is no folder");
    }
    let theirs_of = |error: std::io::Error| Trouble::Theirs(error.to_string());
    let mut stream = match File::open(folder.join(part.entry.name)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return theirs(missing(folder, part.entry.name)),
        opened => opened.map_err(theirs_of)?,
    };
    let length = stream.metadata().map_err(theirs_of)?.len();
    if length != part.entry.size {
        return theirs(State::Size(length, part.entry.size).to_string());
    }
    part.clear()?;
    let mut chunk = vec![0; 1 << 16];
    while !part.is_full() {
        let got = stream.read(&mut chunk).map_err(theirs_of)?;
        if got == 0 {
            break;
        }
        let room = usize::try_from(part.entry.size - part.length()).unwrap_or(usize::MAX);
        part.write(&chunk[..got.min(room)])?;
        bar.set_position(part.length());
    }
    Ok(())
}

/// What a folder has instead.
fn missing(folder: &Path, name: &str) -> String {
    let unpacked = unpacked(name);
    match folder.join(unpacked).exists() {
        true => format!("has {unpacked} without .gz, unpacked: `Mnist::open` reads it where it is"),
        false => format!("has no {name}"),
    }
}

fn bar(entry: &Entry) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style =
        ProgressStyle::with_template("{msg:28} [{bar:30}] {decimal_bytes} of {decimal_total_bytes}, {eta} left");
    let bar = ProgressBar::new(entry.size).with_message(entry.name);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("#>-"));
    bar
}
