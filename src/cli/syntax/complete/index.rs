//! The index of std: its modules, and the signatures of each type and trait as Rust text.
//!
//! `make.py` beside the index makes it from rustdoc's JSON. It is unpacked when it is first needed.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io::Read;
use std::rc::Rc;
use std::sync::LazyLock;

use super::outline::Outline;

const PACKED: &[u8] = include_bytes!("index/index.z");

static INDEX: LazyLock<Index> = LazyLock::new(Index::unpack);

/// A public name of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub kind: char,
    pub name: &'static str,
    /// Of a type or trait: its name in the index. Of a function or constant: its signature or type.
    pub about: &'static str,
    pub docs: &'static str,
}

impl Entry {
    pub fn is_type(&self) -> bool {
        matches!(self.kind, 's' | 'e' | 't' | 'y' | 'p')
    }
}

struct Index {
    version: &'static str,
    modules: HashMap<&'static str, Vec<Entry>>,
    /// The public path and the text of each type and trait.
    blocks: HashMap<&'static str, (&'static str, &'static str)>,
}

impl Index {
    fn unpack() -> Index {
        let mut text = String::new();
        // The index is part of this program: a test reads it.
        let _ = flate2::read::ZlibDecoder::new(PACKED).read_to_string(&mut text);
        let text: &'static str = text.leak();
        let (head, blocks) = text.split_once("\n#").unwrap_or((text, ""));
        let mut index = Index { version: "", modules: HashMap::new(), blocks: HashMap::new() };
        let mut module = "";
        for line in head.lines() {
            if let Some(path) = line.strip_prefix('@') {
                module = path;
            } else if let Some((kind, rest)) = line.split_once(' ') {
                let mut parts = rest.split('\t');
                let name = parts.next().unwrap_or_default();
                let about = parts.next().unwrap_or(name);
                let docs = parts.next().unwrap_or_default();
                let kind = kind.chars().next().unwrap_or(' ');
                index.modules.entry(module).or_default().push(Entry { kind, name, about, docs });
            } else if index.version.is_empty() {
                index.version = line;
            }
        }
        for block in blocks.split("\n#") {
            let (first, text) = block.split_once('\n').unwrap_or((block, ""));
            let (name, path) = first.split_once('\t').unwrap_or((first, ""));
            index.blocks.insert(name, (path, text));
        }
        index
    }
}

thread_local! {
    static READ: RefCell<HashMap<&'static str, Rc<Outline>>> = RefCell::default();
}

/// The version of Rust that the index was made of.
pub fn version() -> &'static str {
    INDEX.version
}

/// The public names of a module: `std::collections`.
pub fn module(path: &str) -> &'static [Entry] {
    let path = path.replacen("core", "std", usize::from(path.starts_with("core")));
    let path = path.replacen("alloc", "std", usize::from(path.starts_with("alloc")));
    INDEX.modules.get(path.as_str()).map_or(&[], Vec::as_slice)
}

/// The name in a module.
pub fn entry(path: &[String]) -> Option<&'static Entry> {
    let (last, module_path) = path.split_last()?;
    let entries = module(&module_path.join("::"));
    // A type comes before a module of its name.
    let named = |entry: &&Entry| entry.name == last;
    entries.iter().filter(named).find(|entry| entry.is_type()).or_else(|| entries.iter().find(named))
}

/// Whether the index has a type or trait of this name.
pub fn has(name: &str) -> bool {
    INDEX.blocks.contains_key(name)
}

/// The public path of a type or trait.
pub fn path_of(name: &str) -> Option<&'static str> {
    INDEX.blocks.get(name).map(|(path, _)| *path)
}

/// The text of a type or trait.
pub fn text_of(name: &str) -> Option<&'static str> {
    INDEX.blocks.get(name).map(|(_, text)| *text)
}

/// The outline of a type or trait.
pub fn outline(name: &str) -> Option<Rc<Outline>> {
    let (&name, (_, text)) = INDEX.blocks.get_key_value(name)?;
    if let Some(known) = READ.with_borrow(|read| read.get(name).cloned()) {
        return Some(known);
    }
    let outline = Rc::new(Outline::of_file(text));
    READ.with_borrow_mut(|read| read.insert(name, Rc::clone(&outline)));
    Some(outline)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_that_of_the_pinned_toolchain() {
        let pinned = include_str!("../../../../rust-toolchain.toml");
        assert!(pinned.contains(&format!("channel = \"{}\"", version())), "{}", version());
    }

    #[test]
    fn every_block_can_be_read() {
        assert!(INDEX.blocks.len() > 500, "{}", INDEX.blocks.len());
        for (name, (_, text)) in &INDEX.blocks {
            assert!(syn::parse_file(text).is_ok() || text.starts_with("///") && !text.contains('{'), "{name}: {text}");
        }
    }

    #[test]
    fn the_index_is_small() {
        assert!(PACKED.len() <= 600_000, "{}", PACKED.len());
    }
}
