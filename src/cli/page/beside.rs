//! Files beside a Markdown page: figures, attachments and copies of local pictures, in the folder `NAME_files`.

use std::path::{Path, PathBuf};

/// The files so far.
#[derive(Debug)]
pub struct Beside {
    folder: String,
    pub files: Vec<(PathBuf, Vec<u8>)>,
}

impl Beside {
    /// For a page of this name.
    pub fn new(stem: &str) -> Beside {
        Beside { folder: format!("{stem}_files"), files: Vec::new() }
    }

    /// Adds a file, under another name if this one is used for other content; returns its address.
    pub fn add(&mut self, name: &str, bytes: Vec<u8>) -> String {
        let name = safe(name);
        let (stem, ending) =
            name.rsplit_once('.').map_or((name.as_str(), String::new()), |(stem, ending)| (stem, format!(".{ending}")));
        let mut number = 1;
        loop {
            let name = if number == 1 { name.clone() } else { format!("{stem}-{number}{ending}") };
            let path = Path::new(&self.folder).join(&name);
            // Some file systems see no difference between capital letters and small ones.
            let same = |path: &Path, other: &Path| {
                path.to_string_lossy().to_lowercase() == other.to_string_lossy().to_lowercase()
            };
            match self.files.iter().find(|(other, _)| same(other, &path)) {
                Some((_, its)) if *its != bytes => number += 1,
                Some((its, _)) => return self.address(&its.file_name().unwrap_or_default().to_string_lossy()),
                None => {
                    self.files.push((path, bytes));
                    return self.address(&name);
                }
            }
        }
    }

    fn address(&self, name: &str) -> String {
        let encoded = |c: char| match c {
            '<' | '>' | '"' | '%' | '?' | '#' | '\\' => format!("%{:02X}", u32::from(c)),
            c => c.to_string(),
        };
        format!("{}/{}", self.folder, name).chars().map(encoded).collect()
    }
}

/// A name that is one on every system.
fn safe(name: &str) -> String {
    let name: String =
        name.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' }).collect();
    name.trim_start_matches('.').to_owned()
}
