//! Where a page's links and pictures lead: attachments and local files go into the page or beside it, and links to
//! notebooks become links to their pages.
//!
//! A file outside the notebook's folder is never read: a page for others would show what its author never saw.

use std::collections::HashSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::Source;
use super::anchors::{Anchors, slug};
use super::beside::Beside;
use super::shown::{escaped, file_name};
use super::tags::{self, Tag, tag_at};
use crate::cli::args::Target;

/// The pages that links to notebooks lead to.
#[derive(Clone, Debug)]
pub struct Pages {
    /// The ending of their files; `None` leaves the links alone.
    pub ending: Option<&'static str>,
    /// The notebooks that become pages; `None`: any.
    pub of: Option<HashSet<PathBuf>>,
    /// The folder whose pictures may be shown; `None`: the notebook's own.
    pub root: Option<PathBuf>,
}

impl Pages {
    /// For the page of one notebook: its neighbours are exported as well.
    pub fn of_one(to: Target) -> Pages {
        Pages { ending: (to == Target::Html).then_some("html"), of: None, root: None }
    }
}

/// Where files that a page shows go.
pub enum Place {
    /// Into the page.
    Inside,
    Beside(Beside),
}

pub struct Addresses<'a> {
    source: &'a Source,
    pages: &'a Pages,
    pub place: Place,
    /// Local files are beside the page already.
    pub keeps_local: bool,
    /// The headings of the page.
    pub anchors: Anchors,
    /// What the author should know.
    pub notes: Vec<String>,
    /// The cell whose attachments are meant.
    cell: Option<usize>,
    /// The bytes of all local files so far.
    read: u64,
}

/// A file that a page shows.
struct File {
    name: String,
    mime: String,
    bytes: Vec<u8>,
}

/// Larger files, and further ones, stay links.
const MOST_BYTES: u64 = 64 << 20;
const MOST_IN_ALL: u64 = 512 << 20;

impl<'a> Addresses<'a> {
    pub fn new(source: &'a Source, pages: &'a Pages, place: Place) -> Addresses<'a> {
        Addresses {
            source,
            pages,
            place,
            keeps_local: false,
            anchors: Anchors::default(),
            notes: Vec::new(),
            cell: None,
            read: 0,
        }
    }

    /// From here on, addresses are those of this cell.
    pub fn of_cell(&mut self, at: usize) {
        self.cell = Some(at);
    }

    pub fn note(&mut self, text: String) {
        let id = self.cell.map(|at| format!("`{}`: ", self.source.notebook.cells[at].id)).unwrap_or_default();
        let note = format!("{id}{text}");
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// The new address of a picture, or of another attachment.
    pub fn picture(&mut self, address: &str) -> Option<String> {
        let address = address.trim();
        let file = match address.strip_prefix("attachment:") {
            Some(name) => self.attachment(name),
            None if is_local(address) => self.local(address),
            None if address.to_lowercase().starts_with("file:") => {
                self.note(format!("`{address}` is a file of this machine, and stays a link"));
                None
            }
            None => None,
        }?;
        Some(match &mut self.place {
            Place::Beside(beside) => beside.add(&file.name, file.bytes),
            Place::Inside => format!("data:{};base64,{}", file.mime, STANDARD.encode(&file.bytes)),
        })
    }

    fn attachment(&mut self, name: &str) -> Option<File> {
        let at = self.cell?;
        let attachments = &self.source.cell(at)["attachments"];
        let names = [percent_decoded(name), name.to_owned()];
        let found = names.iter().find_map(|name| Some((name, attachments[name.as_str()].as_object()?.iter().next()?)));
        let Some((name, (mime, data))) = found else {
            self.note(format!("`attachment:{name}` is missing"));
            return None;
        };
        let text = match data {
            Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
            data => data.as_str().unwrap_or_default().to_owned(),
        };
        // Text, such as SVG, is stored as it is.
        let encoded: String = text.split_whitespace().collect();
        let bytes = STANDARD.decode(encoded).unwrap_or_else(|_| text.into_bytes());
        let id = file_name(&self.source.notebook.cells[at].id);
        Some(File { name: format!("{id}-{name}"), mime: mime.to_lowercase(), bytes })
    }

    fn local(&mut self, address: &str) -> Option<File> {
        let path = address.split(['?', '#']).next().unwrap_or_default();
        let own = &self.source.folder;
        let decoded = percent_decoded(path);
        let found = [decoded.as_str(), path].map(|path| own.join(path)).into_iter().find(|path| path.is_file());
        let Some(file) = found else {
            self.note(format!("`{decoded}` is missing"));
            return None;
        };
        let root = self.pages.root.as_ref().unwrap_or(own);
        let is_inside =
            file.canonicalize().ok().zip(root.canonicalize().ok()).is_some_and(|(file, root)| file.starts_with(root));
        if !is_inside {
            self.note(format!("`{decoded}` is outside the notebook's folder, and stays a link"));
            return None;
        }
        let Some(mime) = mime_of(&file) else {
            self.note(format!("`{decoded}` is no picture, and stays a link"));
            return None;
        };
        if self.keeps_local {
            return None;
        }
        let length = file.metadata().map_or(u64::MAX, |metadata| metadata.len());
        let is_small = length <= MOST_BYTES && self.read + length <= MOST_IN_ALL;
        let Some(bytes) = is_small.then(|| std::fs::read(&file).ok()).flatten() else {
            self.note(format!("`{decoded}` cannot be read, or is too large for a page, and stays a link"));
            return None;
        };
        self.read += length;
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Some(File { name, mime: mime.to_owned(), bytes })
    }

    /// The new address of a link to a notebook, such as `02-relu.ipynb#why`, or to a heading.
    pub fn link(&self, address: &str) -> Option<String> {
        if let Some(anchor) = address.strip_prefix('#') {
            return Some(format!("#{}", self.anchors.find(&percent_decoded(anchor))?));
        }
        let ending = self.pages.ending?;
        let to = address.find(['#', '?']).unwrap_or(address.len());
        let stem = address[..to].strip_suffix(".ipynb").filter(|_| is_local(address) && !address.starts_with('/'))?;
        if let Some(pages) = &self.pages.of {
            let target = self.source.folder.join(percent_decoded(&address[..to])).canonicalize().ok()?;
            pages.contains(&target).then_some(())?;
        }
        let place = match address[to..].strip_prefix('#') {
            // Jupyter's anchors keep capital letters.
            Some(anchor) if anchor.contains(char::is_uppercase) => format!("#{}", slug(&percent_decoded(anchor))),
            _ => address[to..].to_owned(),
        };
        Some(format!("{stem}.{ending}{place}"))
    }

    /// The edits of an HTML text that give its tags their new addresses, from first to last.
    pub fn edits(&mut self, html: &str) -> Vec<(Range<usize>, String)> {
        let mut edits = Vec::new();
        let mut at = 0;
        while let Some(length) = html[at..].find('<') {
            at += length;
            let Some(tag) = tag_at(html, at) else {
                if tags::begins_tag(&html[at..]) {
                    break;
                }
                let comment = html[at..].strip_prefix("<!--").and_then(|rest| rest.find("-->"));
                at += comment.unwrap_or(0) + 1;
                continue;
            };
            self.of_tag(&tag, &mut edits);
            at = tag.range.end;
            let raw = ["script", "style"].iter().find(|name| tag.is(name) && !tag.is_end);
            at += raw.and_then(|name| html[at..].find(&format!("</{name}"))).unwrap_or(0);
        }
        edits
    }

    fn of_tag(&mut self, tag: &Tag, edits: &mut Vec<(Range<usize>, String)>) {
        let shows = ["img", "image", "source", "video", "audio", "input"].iter().any(|name| tag.is(name));
        let links = tag.is("a") || tag.is("area");
        for attribute in tag.attributes.iter().filter(|it| !tag.is_end && !it.range.is_empty()) {
            let value = tags::decoded(attribute.value);
            let value = value.trim();
            let new = match attribute.name.to_ascii_lowercase().as_str() {
                "src" | "href" | "xlink:href" | "poster" if shows => self.picture(value),
                "srcset" if shows => self.candidates(value),
                "href" if links => match value.strip_prefix("attachment:") {
                    // Browsers open no data of a page; they save them.
                    Some(name) => {
                        let name = escaped(&percent_decoded(name));
                        let new = self.picture(value).map(|new| format!("\"{}\" download=\"{name}\"", escaped(&new)));
                        edits.extend(new.map(|new| (attribute.range.clone(), new)));
                        None
                    }
                    None => self.link(value),
                },
                _ => None,
            };
            edits.extend(new.map(|new| (attribute.range.clone(), format!("\"{}\"", escaped(&new)))));
        }
    }

    /// `small.png 1x, large.png 2x`.
    fn candidates(&mut self, list: &str) -> Option<String> {
        if list.contains("data:") {
            return None;
        }
        let candidates = list.split(',').map(|candidate| {
            let (address, size) = candidate.trim().split_once(' ').unwrap_or((candidate.trim(), ""));
            let address = self.picture(address).unwrap_or_else(|| address.to_owned());
            format!("{address} {size}").trim_end().to_owned()
        });
        Some(candidates.collect::<Vec<_>>().join(", "))
    }

    /// The HTML with its new addresses.
    pub fn applied(&mut self, html: &str) -> String {
        apply(html, self.edits(html))
    }
}

/// The text with these parts replaced.
pub fn apply(text: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(range, _)| range.start);
    let (mut out, mut at) = (String::new(), 0);
    for (range, new) in edits {
        // Of two edits of one place, the first counts.
        if range.start >= at {
            out.push_str(&text[at..range.start]);
            out.push_str(&new);
            at = range.end;
        }
    }
    out + &text[at..]
}

/// Whether an address is a path: it has no scheme, and is neither empty nor a place in the page.
fn is_local(address: &str) -> bool {
    let first = address.split(['/', '?', '#']).next().unwrap_or_default();
    !address.is_empty() && !address.starts_with(['#', '?']) && !address.starts_with("//") && !first.contains(':')
}

/// `a%20b` is `a b`.
fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

/// The type of a picture, a film or a sound, by the ending of its name.
pub fn mime_of(path: &Path) -> Option<&'static str> {
    let ending = path.extension()?.to_string_lossy().to_lowercase();
    Some(match ending.as_str() {
        "png" | "apng" => "image/png",
        "jpg" | "jpeg" | "jfif" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "svg" => "image/svg+xml",
        "avif" => "image/avif",
        "bmp" => "image/bmp",
        "ico" => "image/x-icon",
        "tif" | "tiff" => "image/tiff",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "mp3" => "audio/mpeg",
        "ogg" => "audio/ogg",
        "wav" => "audio/wav",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_apart() {
        for local in ["a.png", "./a.png", "../a.png", "/a.png", "a b.png", "a/b:c.png", "a?b:c"] {
            assert!(is_local(local), "{local}");
        }
        for other in ["", "#a", "http://a", "data:x", "//a/b", "mailto:a@b", "C:\\a", "attachment:a"] {
            assert!(!is_local(other), "{other}");
        }
        assert_eq!(percent_decoded("a%20%ED%95%9C%zz%2"), "a 한%zz%2");
        assert_eq!(percent_decoded("%ff"), "%ff");
    }
}
