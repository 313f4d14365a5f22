//! Finds and opens the four files of a data set, plain or gzip.
//!
//! It downloads nothing: `forward-pass data mnist` does.

use std::env;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::gunzip::Gunzip;
use super::{Digits, idx};
use crate::error::{Error, ErrorKind, Result};

/// The environment variable that names the folder of MNIST.
pub const VARIABLE: &str = "FORWARD_PASS_MNIST";
/// The environment variable that names the folder of Fashion-MNIST.
pub const FASHION_VARIABLE: &str = "FORWARD_PASS_FASHION_MNIST";

const GZIP: [u8; 2] = [0x1f, 0x8b];
const FETCH: &str = "download it with `forward-pass data mnist`, or use `Mnist::sample()`, which needs no files";

/// The default folder of a data set, `mnist` or `fashion-mnist`, on this system.
pub fn default_folder(set: &str) -> Option<PathBuf> {
    let from = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let data = if cfg!(target_os = "macos") {
        from("HOME").map(|home| home.join("Library/Application Support"))
    } else if cfg!(windows) {
        from("APPDATA")
    } else {
        let home = || from("HOME").map(|home| home.join(".local/share"));
        from("XDG_DATA_HOME").filter(|folder| folder.is_absolute()).or_else(home)
    };
    data.map(|data| data.join("forward-pass").join(set))
}

/// The folder that holds a data set: `mnist` or `fashion-mnist`. No file is read.
///
/// # Errors
/// When no variable names a folder and the default folder does not exist, or when one of the four files is missing;
/// the message has the command that downloads them. Also when the data set is unknown.
pub fn find_folder(set: &str) -> Result<PathBuf> {
    match set {
        "mnist" => find("MNIST", set, VARIABLE),
        "fashion-mnist" => find("Fashion-MNIST", set, FASHION_VARIABLE),
        _ => {
            let message = format!("unknown data set `{set}`");
            Err(Error::new(ErrorKind::Value, message, "choose `mnist` or `fashion-mnist`"))
        }
    }
}

/// The folder that the variable names, otherwise the default one.
fn find(title: &str, set: &str, variable: &str) -> Result<PathBuf> {
    let absent = |message: String| {
        let help =
            format!("download it with `forward-pass data {set}`, or use `Mnist::sample()`, which needs no files");
        Error::new(ErrorKind::File, message, help)
    };
    let named = env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = named.or_else(|| default_folder(set).filter(|folder| folder.is_dir())).ok_or_else(|| {
        let place = default_folder(set)
            .map_or("this system has no data folder".into(), |folder| format!("{} does not exist", folder.display()));
        absent(format!("{title} was not found: {variable} is not set and {place}"))
    })?;
    let files = ["train", "t10k"].into_iter().flat_map(|part| KINDS.map(|kind| (part, kind)));
    for (part, kind) in files {
        if !names(part, kind).any(|name| folder.join(name).exists()) {
            return Err(absent(not_in(&folder, part, kind)));
        }
    }
    Ok(folder)
}

/// The suffixes of the file names of a part: its images and its labels.
const KINDS: [&str; 2] = ["images-idx3-ubyte", "labels-idx1-ubyte"];

/// Both common spellings, `train-images-idx3-ubyte` and `train-images.idx3-ubyte`, each with and without `.gz`.
fn names(part: &str, kind: &str) -> impl Iterator<Item = String> {
    let names = [format!("{part}-{kind}"), format!("{part}-{}", kind.replacen("-idx", ".idx", 1))];
    names.into_iter().flat_map(|name| [format!("{name}.gz"), name])
}

fn not_in(folder: &Path, part: &str, kind: &str) -> String {
    format!("no {part}-{kind} or {part}-{kind}.gz in {}", folder.display())
}

pub(super) fn read(folder: &Path, part: &str) -> Result<Digits> {
    digits(open(folder, part, KINDS[0])?, || open(folder, part, KINDS[1]))
}

/// The digits of one part, from the bytes of its two files.
pub(super) fn from_bytes(part: &str, (images, labels): (&[u8], &[u8])) -> Result<Digits> {
    let named = |bytes, kind| (unpacked(bytes), format!("{part} {kind}"));
    digits(named(images, "images"), || Ok(named(labels, "labels")))
}

fn unpacked(bytes: &[u8]) -> Box<dyn Read + '_> {
    if bytes.starts_with(&GZIP) { Box::new(Gunzip::new(bytes)) } else { Box::new(bytes) }
}

/// A stream and its name in messages.
type Named<'a> = (Box<dyn Read + 'a>, String);

fn digits<'a>(images: Named<'a>, labels: impl FnOnce() -> Result<Named<'a>>) -> Result<Digits> {
    let (stream, images_name) = images;
    let images = idx::images(stream, &images_name)?;
    let (stream, labels_name) = labels()?;
    let labels = idx::labels(stream, &labels_name)?;
    if images.nrows() != labels.len() {
        let message =
            format!("{images_name} has {} images and {labels_name} has {} labels", images.nrows(), labels.len());
        return Err(Error::new(ErrorKind::File, message, "the two files are of different sets: fetch them again"));
    }
    Digits::new(images, labels)
}

fn open(folder: &Path, part: &str, kind: &str) -> Result<Named<'static>> {
    for name in names(part, kind) {
        let path = folder.join(&name);
        match File::open(&path) {
            Ok(file) => return Ok((stream(file, &path)?, path.display().to_string())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(Error::new(ErrorKind::File, format!("{}: {error}", path.display()), FETCH)),
        }
    }
    Err(Error::new(ErrorKind::File, not_in(folder, part, kind), FETCH))
}

fn stream(file: File, path: &Path) -> Result<Box<dyn Read>> {
    let damaged = |what: String| {
        Error::new(ErrorKind::File, format!("{}: {what}", path.display()), "the file is damaged: fetch it again")
    };
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let start = reader.fill_buf().map_err(|error| damaged(error.to_string()))?;
    let start = start[..start.len().min(2)].to_vec();
    if path.extension().is_none_or(|extension| extension != "gz") {
        return Ok(Box::new(reader));
    }
    if start != GZIP {
        let bytes: Vec<String> = start.iter().map(|byte| format!("{byte:02x}")).collect();
        return Err(damaged(format!("not gzip: it starts with `{}`, gzip with `1f 8b`", bytes.join(" "))));
    }
    Ok(Box::new(Gunzip::new(reader)))
}
