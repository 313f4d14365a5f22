//! `data`: fetches the real digits, says where they are, and whether they are what they should be.
//!
//! The library only reads what lies here; nothing else in this project touches the network.

mod disk;
mod fetch;
mod part;
#[cfg(test)]
mod server;
mod sets;
#[cfg(test)]
mod tests;
mod web;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use disk::State;
use fetch::{Brought, Source};
use sets::{ALL, FASHION, MNIST, Set};

use crate::cli::args::{DataAction, DataArgs, FetchArgs, KnownSet, VerifyArgs};
use crate::cli::exit::Exit;
use crate::cli::terminal::report::{BAD, GOOD, QUIET, count};

pub fn run(args: &DataArgs) -> Result<Exit> {
    match &args.action {
        DataAction::Mnist(args) => get(&MNIST, args),
        DataAction::FashionMnist(args) => get(&FASHION, args),
        DataAction::List => list(),
        DataAction::Verify(args) => verify(args),
    }
}

/// What a set is called, and how much there is to fetch; `None` if there is no such set.
pub fn title_and_size(name: &str) -> Option<(&'static str, String)> {
    let set = ALL.into_iter().find(|set| set.name == name)?;
    Some((set.title, sets::Size(set.bytes()).to_string()))
}

/// Is a file of this set not where the library will look? `false` of a set that nobody knows.
pub fn is_absent(name: &str) -> bool {
    ALL.into_iter().any(|set| set.name == name) && forward_pass::mnist::find_folder(name).is_err()
}

fn get(set: &Set, args: &FetchArgs) -> Result<Exit> {
    let folder = folder_of(set, args.dir.as_deref())?;
    let missing: Vec<_> = set.files.iter().filter(|file| disk::state(&folder, file) != State::Right).collect();
    if missing.is_empty() {
        anstream::println!("{} is here already, all {} right: {}", set.title, files(set), folder.display());
        return Ok(Exit::Passed);
    }
    let sources = sources(set, &args.from)?;
    std::fs::create_dir_all(&folder).map_err(|error| {
        anyhow!("cannot make the folder {}: {error}\nhelp: choose another with `--dir FOLDER`", folder.display())
    })?;
    let patience = Duration::from_secs(args.patience.into());
    for file in missing {
        if let Brought::Nowhere(words) = fetch::file(file, &sources, &folder, patience)? {
            anstream::eprintln!("error: {words}");
            return Ok(Exit::Failed);
        }
    }
    anstream::println!("{GOOD}{}: {}, all right{GOOD:#}, in {}", set.title, files(set), folder.display());
    anstream::println!("{}", how_to_open(set, &folder));
    Ok(Exit::Passed)
}

/// Where `--from` points, or the set's own mirrors.
fn sources(set: &Set, from: &[String]) -> Result<Vec<Source>> {
    if from.is_empty() {
        return Ok(set.mirrors.iter().map(|mirror| Source::Web(mirror.to_string())).collect());
    }
    from.iter().map(|from| Source::parse(from)).collect()
}

/// Where the library will look, unless told otherwise.
fn folder_of(set: &Set, wished: Option<&Path>) -> Result<PathBuf> {
    let variable = || std::env::var_os(set.variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = wished.map(Path::to_path_buf).or_else(variable);
    let folder = folder.or_else(|| forward_pass::mnist::default_folder(set.name));
    let folder = folder.context("the home folder is unknown\nhelp: choose a folder with `--dir FOLDER`")?;
    Ok(std::path::absolute(folder)?)
}

fn how_to_open(set: &Set, folder: &Path) -> String {
    if folder_of(set, None).is_ok_and(|usual| usual == folder) {
        return format!("`{}` opens them", set.opens);
    }
    let (folder, variable) = (folder.display(), set.variable);
    format!("`Mnist::open(\"{folder}\")` opens them, and `{}` too where {variable} names that folder", set.opens)
}

fn files(set: &Set) -> String {
    count(set.files.len(), "file")
}

fn list() -> Result<Exit> {
    for set in ALL {
        let folder = folder_of(set, None)?;
        let right = set.files.iter().filter(|file| disk::state(&folder, file) == State::Right).count();
        let unpacked = set.files.iter().any(|file| disk::state(&folder, file) == State::Unpacked);
        let state = match right {
            _ if unpacked && !is_absent(set.name) => "here, unpacked, and so not to be checked".to_string(),
            0 => format!("not here: `forward-pass data {}` fetches it", set.name),
            _ if right == set.files.len() => "here and right".to_string(),
            _ => format!("{right} of {}: `forward-pass data {}` fetches the others", files(set), set.name),
        };
        anstream::println!("{:14} {state}", set.name);
        anstream::println!("{QUIET}{:14} {}, {}{QUIET:#}", "", set.about, sets::Size(set.bytes()));
        anstream::println!("{QUIET}{:14} {}{QUIET:#}", "", folder.display());
    }
    Ok(Exit::Passed)
}

fn verify(args: &VerifyArgs) -> Result<Exit> {
    let named = args.set.map(|set| match set {
        KnownSet::Mnist => &MNIST,
        KnownSet::FashionMnist => &FASHION,
    });
    if named.is_none() && args.dir.is_some() {
        return Err(crate::cli::exit::usage(
            "`--dir` needs to know which set is there\nhelp: `data verify mnist --dir FOLDER`",
        ));
    }
    let mut exit = Exit::NothingToTest;
    for set in ALL {
        let folder = folder_of(set, args.dir.as_deref())?;
        if named.is_some_and(|named| named.name != set.name) || (named.is_none() && !any_file(set, &folder)) {
            continue;
        }
        let right = verify_set(set, &folder);
        exit = if right && exit != Exit::Failed { Exit::Passed } else { Exit::Failed };
    }
    if exit == Exit::NothingToTest {
        anstream::eprintln!("no data set is here\nhelp: `forward-pass data mnist` fetches one");
    }
    Ok(exit)
}

/// As one word of a command line.
fn for_a_shell(path: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "/\\:._-".contains(letter);
    if path.chars().all(plain) { path.to_string() } else { format!("\"{path}\"") }
}

fn any_file(set: &Set, folder: &Path) -> bool {
    set.files.iter().any(|file| disk::state(folder, file) != State::Missing)
}

fn verify_set(set: &Set, folder: &Path) -> bool {
    anstream::println!("{} in {}", set.title, folder.display());
    let mut right = true;
    for file in set.files {
        let state = disk::state(folder, file);
        right &= state == State::Right;
        let style = if state == State::Right { GOOD } else { BAD };
        anstream::println!("  {:28} {style}{state}{style:#}", file.name);
    }
    if !right {
        let usual = folder_of(set, None).is_ok_and(|usual| usual == folder);
        let dir = if usual { String::new() } else { format!(" --dir {}", for_a_shell(&folder.display().to_string())) };
        anstream::println!("help: `forward-pass data {}{dir}` fetches what is missing or wrong", set.name);
    }
    right
}
