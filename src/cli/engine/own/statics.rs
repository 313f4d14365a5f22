//! The statics of cells: which a library contains, and how the code of a library is led to those of earlier ones.
//!
//! Each cell is compiled with the items of all cells before it, so each library has its own copy of a static. The first
//! one is the static; the worker makes the code of the others use it. Where that code is, the relocations tell: they
//! stay in the library, by the names of the statics.

mod path;

use std::path::Path as File;
use std::{fs, io};

pub use path::Path;

use super::elf::{Elf, LOADED, OBJECT, RELOCATIONS, SECTION, Symbol, THREAD_LOCAL, WRITABLE};

/// A static of a library, as the session and the worker speak of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Shared {
    /// The same in all libraries that share it.
    pub key: u64,
    pub symbol: String,
    /// For the user.
    pub name: String,
}

impl Shared {
    /// A line for each: the list for a library, which lies beside it.
    pub fn write(list: &[Shared], library: &File) -> io::Result<()> {
        let line = |Shared { key, symbol, name }: &Shared| format!("{key}\t{symbol}\t{name}\n");
        fs::write(library.with_extension(LIST), list.iter().map(line).collect::<String>())
    }

    #[cfg_attr(windows, expect(dead_code, reason = "the worker shares no statics there"))]
    pub fn read(library: &File) -> Vec<Shared> {
        let text = fs::read_to_string(library.with_extension(LIST)).unwrap_or_default();
        let shared = |line: &str| {
            let mut parts = line.splitn(3, '\t');
            let key = parts.next()?.parse().ok()?;
            Some(Shared { key, symbol: parts.next()?.to_owned(), name: parts.next()?.to_owned() })
        };
        text.lines().filter_map(shared).collect()
    }
}

/// The ending of such a list.
const LIST: &str = "statics";

/// Can statics be shared on this machine? The worker knows the instructions of one kind.
pub const ARE_SHARED: bool = cfg!(all(target_arch = "x86_64", target_os = "linux"));

/// The crate that every cell is compiled as.
const CRATE: &str = "cell";

/// The statics of cells in a library that can change: the symbol of each, and its path in the crate.
pub fn of_library(library: &File) -> Vec<(String, Path)> {
    let read = || {
        let bytes = fs::read(library).ok()?;
        let elf = Elf::read(&bytes)?;
        let symbols = elf.symbols()?;
        let named = |symbol: &Symbol| Some((symbol.name.to_owned(), path_of(symbol)?));
        Some(symbols.iter().filter(|symbol| can_change(&elf, symbol)).filter_map(named).collect::<Vec<_>>())
    };
    if ARE_SHARED { read().unwrap_or_default() } else { Vec::new() }
}

/// Makes the relocations of an object file name the statics where they name the sections that contain these; `false` if
/// it has none.
pub fn name_statics(object: &mut [u8]) -> bool {
    let Some((changes, has_statics)) = changes(object) else { return false };
    for (relocation, symbol, addend) in changes {
        if relocation.replace(object, symbol, addend).is_none() {
            return false;
        }
    }
    has_statics
}

type Change = (super::elf::Relocation, u32, i64);

fn changes(object: &[u8]) -> Option<(Vec<Change>, bool)> {
    let elf = Elf::read(object)?;
    let symbols = elf.symbols()?;
    let is_static = |symbol: &&Symbol| can_change(&elf, symbol) && path_of(symbol).is_some();
    let statics: Vec<(usize, Symbol)> =
        symbols.iter().copied().enumerate().filter(|(_, symbol)| is_static(&symbol)).collect();
    if statics.is_empty() {
        return Some((Vec::new(), false));
    }
    let mut changes = Vec::new();
    for table in elf.sections.iter().filter(|section| section.kind == RELOCATIONS) {
        for relocation in elf.relocations(table)? {
            let of = symbols.get(relocation.symbol as usize)?;
            if of.kind == SECTION
                && let Some((number, found)) = statics.iter().find(|(_, found)| found.section == of.section)
            {
                let addend = relocation.addend - found.value.cast_signed();
                changes.push((relocation, u32::try_from(*number).ok()?, addend));
            }
        }
    }
    Some((changes, true))
}

/// Is it a variable in memory that can be written to when the library has been loaded?
fn can_change(elf: &Elf, symbol: &Symbol) -> bool {
    let section = elf.sections.get(usize::from(symbol.section));
    matches!(symbol.kind, OBJECT | THREAD_LOCAL)
        && symbol.size > 0
        && section.is_some_and(|section| section.flags & (WRITABLE | LOADED) == WRITABLE | LOADED)
}

/// The path of an item of a cell; a static among the statements belongs to its cell alone.
fn path_of(symbol: &Symbol) -> Option<Path> {
    let path = Path::of_symbol(symbol.name)?;
    let is_shared = path.krate == CRATE && !path.names.first().is_some_and(|name| name.starts_with("fp_cell_"));
    is_shared.then_some(path)
}
