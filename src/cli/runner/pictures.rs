//! Writes changed figures as files: the stored one, the fresh one, and their difference.
//!
//! They are for people to look at; nothing reads them back.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use etcetera::BaseStrategy;
use sha2::{Digest, Sha256};

use super::compare::{Difference, pictures};
use super::result::NotebookReport;
use super::verdict::Verdict;
use crate::cli::files::{in_ci, write_atomically};
use crate::cli::terminal::picture::Raster;

/// The width of a drawn difference in pixels.
const WIDTH: usize = 960;

/// Writes the figures of a notebook's changed cells into `folder`, or into the user's cache, where errors are ignored.
pub fn save(report: &mut NotebookReport, folder: Option<&Path>) -> Result<()> {
    let Some(home) = folder.map(|folder| folder.join(stem(&report.path))).or_else(|| cached(&report.path)) else {
        return Ok(());
    };
    if folder.is_none() {
        // Left by an earlier run.
        let _ = std::fs::remove_dir_all(&home);
    }
    for cell in &mut report.cells {
        let Verdict::Changed(differences) = &cell.verdict else { continue };
        for difference in differences.iter().filter(|difference| difference.part.starts_with("image/")) {
            match files(difference, &cell.id).and_then(|files| write(&home, files)) {
                Ok(paths) => cell.pictures.extend(paths),
                Err(error) if folder.is_some() => return Err(error),
                Err(_) => {}
            }
        }
    }
    Ok(())
}

/// The files of one changed figure: name and bytes.
pub fn files(difference: &Difference, id: &str) -> Result<Vec<(String, Vec<u8>)>> {
    let mime = difference.part.split(' ').next().unwrap_or_default();
    let number = difference.part.split("(output ").nth(1).map(|rest| format!("-{}", rest.trim_end_matches(')')));
    let ending = match mime {
        "image/svg+xml" => "svg",
        "image/jpeg" => "jpg",
        other => other.trim_start_matches("image/"),
    };
    let safe = |name: &str| name.replace(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '.'), "-");
    let name = safe(&format!("{id}{}", number.unwrap_or_default()));
    let mut files = Vec::new();
    for (kind, text) in [("stored", &difference.stored), ("fresh", &difference.fresh)] {
        let Some(text) = text else { continue };
        let bytes = if ending == "svg" { Ok(text.clone().into_bytes()) } else { pictures::bytes_of(text) };
        // A picture that cannot be decoded is described in the report.
        files.extend(bytes.ok().map(|bytes| (format!("{name}.{kind}.{}", safe(ending)), bytes)));
    }
    let picture = difference.picture.clone().or_else(|| drawn_difference(difference));
    files.extend(picture.map(|bytes| (format!("{name}.difference.png"), bytes)));
    Ok(files)
}

/// SVG is compared as text; its difference is drawn for people.
fn drawn_difference(difference: &Difference) -> Option<Vec<u8>> {
    let (stored, fresh) = (difference.stored.as_deref()?, difference.fresh.as_deref()?);
    let (was, is) = (Raster::of_svg(stored, WIDTH)?, Raster::of_svg(fresh, WIDTH)?);
    let same_size = was.width == is.width && was.height == is.height;
    same_size.then(|| pictures::difference_of(was.width, &was.pixels, &is.pixels))?
}

/// Writes the files and returns their paths.
pub fn write(home: &Path, files: Vec<(String, Vec<u8>)>) -> Result<Vec<PathBuf>> {
    std::fs::create_dir_all(home).with_context(|| format!("cannot make the folder {}", home.display()))?;
    let mut paths = Vec::new();
    for (name, bytes) in files {
        let path = home.join(name);
        write_atomically(&path, &bytes)?;
        paths.push(path);
    }
    Ok(paths)
}

/// This notebook's folder in the user's cache; none in CI, where it would be lost.
pub fn cached(notebook: &Path) -> Option<PathBuf> {
    let strategy = etcetera::choose_base_strategy().ok().filter(|_| !in_ci())?;
    let hash = Sha256::digest(notebook.as_os_str().as_encoded_bytes());
    let hash: String = hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    Some(strategy.cache_dir().join("forward-pass/pictures").join(format!("{}-{hash}", stem(notebook))))
}

fn stem(notebook: &Path) -> String {
    notebook.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
