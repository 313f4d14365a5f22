//! `data`: downloads the data sets, lists them and verifies their checksums.
//!
//! The library only reads these files. Nothing else in this crate opens connections.

mod disk;
mod fetch;
#[cfg(test)]
mod server;
mod sets;
#[cfg(test)]
mod tests;
mod web;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use disk::FileError;
use sets::{ALL, FASHION, MNIST, Set, Size};

use crate::cli::args::{DataAction, DataArgs, FetchArgs, KnownSet, VerifyArgs};
use crate::cli::exit::{Exit, usage};
use crate::cli::streams;
use crate::cli::terminal::plural::count;
use crate::cli::terminal::style::{BAD, GOOD, QUIET};

pub fn run(args: &DataArgs) -> Result<Exit> {
    match &args.action {
        DataAction::Mnist(args) => get(&MNIST, args),
        DataAction::FashionMnist(args) => get(&FASHION, args),
        DataAction::List => list(),
        DataAction::Verify(args) => verify(args),
    }
}

/// The title of a set and the size of its download; `None` for an unknown set.
pub fn title_and_size(name: &str) -> Option<(&'static str, String)> {
    let set = ALL.into_iter().find(|set| set.name == name)?;
    Some((set.title, Size(set.bytes()).to_string()))
}

/// Whether a known set lacks a file in the folder where the library looks; `false` for an unknown set.
pub fn is_absent(name: &str) -> bool {
    ALL.into_iter().any(|set| set.name == name) && forward_pass::mnist::find_folder(name).is_err()
}

fn get(set: &Set, args: &FetchArgs) -> Result<Exit> {
    let (folder, files) = (folder_of(set, args.dir.as_deref())?, count(set.files.len(), "file"));
    let missing: Vec<_> = set.files.iter().filter(|entry| disk::read(&folder, entry).is_err()).collect();
    if missing.is_empty() {
        streams::println!("{} is already complete: {files} verified in {}", set.title, folder.display());
        return Ok(Exit::Passed);
    }
    args.from.iter().try_for_each(|from| fetch::check_source(from))?;
    let mirrors = || set.mirrors.iter().map(|mirror| mirror.to_string()).collect();
    let sources: Vec<String> = if args.from.is_empty() { mirrors() } else { args.from.clone() };
    disk::prepare(&folder)?;
    for entry in missing {
        match fetch::file(entry, &sources, Duration::from_secs(args.patience.into())) {
            Ok((bytes, source)) => {
                disk::place(&folder, entry, &bytes)?;
                streams::println!("{:28} {:>8}  from {source}", entry.name, Size(entry.size));
            }
            Err(report) => {
                streams::eprintln!("error: {report}");
                return Ok(Exit::Failed);
            }
        }
    }
    streams::println!("{GOOD}{} is complete: {files} verified{GOOD:#} in {}", set.title, folder.display());
    streams::println!("{}", how_to_open(set, &folder));
    Ok(Exit::Passed)
}

/// The chosen folder, or the one where the library looks.
fn folder_of(set: &Set, chosen: Option<&Path>) -> Result<PathBuf> {
    let variable = || std::env::var_os(set.variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = chosen.map(Path::to_path_buf).or_else(variable);
    let folder = folder.or_else(|| forward_pass::mnist::default_folder(set.name));
    let folder = folder.context("the home folder is unknown\nhelp: choose a folder with `--dir FOLDER`")?;
    Ok(std::path::absolute(folder)?)
}

fn is_default(set: &Set, folder: &Path) -> bool {
    folder_of(set, None).is_ok_and(|default| default == folder)
}

fn how_to_open(set: &Set, folder: &Path) -> String {
    let (opens, variable, path) = (set.opens, set.variable, folder.display());
    match is_default(set, folder) {
        true => format!("open it with `{opens}`"),
        false => format!("open it with `Mnist::open(\"{path}\")`, or with `{opens}` if {variable} names that folder"),
    }
}

fn list() -> Result<Exit> {
    for set in ALL {
        let folder = folder_of(set, None)?;
        let states = disk::check(&folder, set);
        let state = match states.iter().filter(|state| state.is_ok()).count() {
            _ if states.contains(&Err(FileError::Unpacked)) && !is_absent(set.name) => {
                "unpacked, so it cannot be verified".to_string()
            }
            0 => format!("not downloaded: run `forward-pass data {}`", set.name),
            ok if ok == states.len() => "complete and verified".to_string(),
            ok => format!("{ok} of {}: run `forward-pass data {}`", count(states.len(), "file"), set.name),
        };
        streams::println!("{:14} {state}", set.name);
        streams::println!("{QUIET}{:14} {}, {}{QUIET:#}", "", set.about, Size(set.bytes()));
        streams::println!("{QUIET}{:14} {}{QUIET:#}", "", folder.display());
    }
    Ok(Exit::Passed)
}

fn verify(args: &VerifyArgs) -> Result<Exit> {
    let chosen = match args.set {
        Some(KnownSet::Mnist) => vec![&MNIST],
        Some(KnownSet::FashionMnist) => vec![&FASHION],
        None if args.dir.is_none() => ALL.to_vec(),
        None => return Err(usage("`--dir` needs the name of a set\nhelp: `data verify mnist --dir FOLDER`")),
    };
    let mut exit = Exit::NothingToTest;
    for set in chosen {
        let folder = folder_of(set, args.dir.as_deref())?;
        let states = disk::check(&folder, set);
        if args.set.is_none() && states.iter().all(|state| *state == Err(FileError::Missing)) {
            continue;
        }
        let complete = report(set, &folder, &states);
        exit = if complete && exit != Exit::Failed { Exit::Passed } else { Exit::Failed };
    }
    if exit == Exit::NothingToTest {
        streams::eprintln!("no data set is downloaded\nhelp: run `forward-pass data mnist`");
    }
    Ok(exit)
}

/// Prints the state of every file, and returns whether all of them are intact.
fn report(set: &Set, folder: &Path, states: &[Result<(), FileError>]) -> bool {
    streams::println!("{} in {}", set.title, folder.display());
    for (entry, state) in set.files.iter().zip(states) {
        match state {
            Ok(()) => streams::println!("  {:28} {GOOD}ok{GOOD:#}", entry.name),
            Err(error) => streams::println!("  {:28} {BAD}{error}{BAD:#}", entry.name),
        }
    }
    let complete = states.iter().all(Result::is_ok);
    if !complete {
        let dir = if is_default(set, folder) { String::new() } else { format!(" --dir \"{}\"", folder.display()) };
        streams::println!("help: `forward-pass data {}{dir}` downloads the missing and damaged files", set.name);
    }
    complete
}
