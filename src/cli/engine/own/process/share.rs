//! Leads the code of a cell to the statics of earlier cells, before it runs.
//!
//! The first library with a static has the one that is used; later libraries have a copy that nothing refers to. What
//! has been shared is known to this process alone, so a checkpoint has it as it was.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::loader::{Access, Library, libraries, protect};
use super::wire::FromWorker;
use super::wire::worker_side::send;
use crate::cli::engine::own::elf::{Elf, FUNCTION, LOADED, RELOCATIONS, Relocation, Section, Symbol, THREAD_LOCAL};
use crate::cli::engine::own::statics::Shared;

/// Where each static is, by its key.
static HOMES: Mutex<BTreeMap<u64, Home>> = Mutex::new(BTreeMap::new());

#[derive(Clone, Copy, Debug, PartialEq)]
struct Home {
    place: Place,
    size: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Address(usize),
    /// The address of its library's number and a zero, which the C library asks for, and the offset in the block of
    /// that library.
    Thread {
        block: usize,
        offset: u64,
    },
}

/// Relocations of x86-64.
const ADDRESS: u32 = 1;
const DISTANCE: u32 = 2;
const BLOCK: u32 = 20;
const OFFSET: u32 = 21;

/// Leads the library that was just loaded to the statics that exist; those that it has first are its own.
pub fn share_statics(file: &str) {
    let list = Shared::read(Path::new(file));
    let mut homes = HOMES.lock().unwrap_or_else(PoisonError::into_inner);
    let library = libraries().into_iter().find(|library| library.file == file);
    let apart = library.and_then(|library| share(&library, &list, &mut homes));
    // If the file cannot be read, nothing is known of any.
    let apart = apart.unwrap_or_else(|| {
        let is_known = |shared: &&Shared| homes.contains_key(&shared.key);
        list.iter().filter(is_known).map(|shared| shared.name.as_str()).collect()
    });
    if !apart.is_empty() {
        let names: Vec<String> = apart.iter().map(|name| format!("`{name}`")).collect();
        send(&FromWorker::NotShared(names.join(", ")));
    }
}

/// A static of the library.
struct Own<'a, 'b> {
    shared: &'a Shared,
    symbol: Symbol<'b>,
    /// The one to use, if there is another.
    home: Option<Home>,
}

/// Returns the names of those that could not be shared.
fn share<'a>(library: &Library, list: &'a [Shared], homes: &mut BTreeMap<u64, Home>) -> Option<BTreeSet<&'a str>> {
    let bytes = std::fs::read(&library.file).ok()?;
    let elf = Elf::read(&bytes)?;
    let symbols = elf.symbols()?;
    let mut own: BTreeMap<u32, Own> = BTreeMap::new();
    for shared in list {
        let at = symbols.iter().position(|symbol| symbol.name == shared.symbol)?;
        let home = homes.get(&shared.key).copied();
        own.insert(u32::try_from(at).ok()?, Own { shared, symbol: symbols[at], home });
    }
    let mut sites: Vec<Relocation> = Vec::new();
    let is_loaded = |number: u32| elf.sections.get(number as usize).is_some_and(|it| it.flags & LOADED != 0);
    // Those that the loader reads are of other symbols.
    let is_ours = |it: &&Section| it.kind == RELOCATIONS && it.flags & LOADED == 0 && is_loaded(it.info);
    for table in elf.sections.iter().filter(is_ours) {
        let is_of_static = |site: &Relocation| {
            symbols.get(site.symbol as usize).is_some_and(|symbol| symbol.kind == THREAD_LOCAL)
                || own.contains_key(&site.symbol)
        };
        sites.extend(elf.relocations(table)?.into_iter().filter(is_of_static));
    }
    sites.sort_by_key(|site| site.place);
    let code = Code { library, symbols: &symbols, sites: &sites };
    let block = code.block();
    let mut apart = BTreeSet::new();
    loop {
        let failing = code.failing(&own);
        if failing.is_empty() {
            break;
        }
        for number in failing {
            if let Some(own) = own.get_mut(&number) {
                own.home = None;
                apart.insert(number);
            }
        }
    }
    if !code.apply(&own) {
        apart.extend(own.iter().filter(|(_, own)| own.home.is_some()).map(|(number, _)| *number));
    }
    for (number, own) in own.iter().filter(|(number, own)| own.home.is_none() && !apart.contains(*number)) {
        let place = match (own.symbol.kind, block) {
            (THREAD_LOCAL, Some(block)) => Place::Thread { block, offset: own.symbol.value },
            (THREAD_LOCAL, None) => continue,
            _ => Place::Address(library.base + symbols[*number as usize].value as usize),
        };
        homes.insert(own.shared.key, Home { place, size: own.symbol.size });
    }
    Some(apart.iter().filter_map(|number| own.get(number).map(|own| own.shared)).map(|it| it.name.as_str()).collect())
}

/// The code of a library where it names statics.
struct Code<'a> {
    library: &'a Library,
    symbols: &'a [Symbol<'a>],
    sites: &'a [Relocation],
}

type Statics<'a, 'b> = BTreeMap<u32, Own<'a, 'b>>;

impl Code<'_> {
    fn address(&self, site: &Relocation) -> usize {
        self.library.base + site.place as usize
    }

    /// The library's own number, where its code asks for the block of its thread-locals.
    fn block(&self) -> Option<usize> {
        let site = self.sites.iter().find(|site| site.kind == BLOCK)?;
        let address = self.address(site);
        // SAFETY: four bytes of the library's code, by its own relocation.
        let distance = unsafe { (address as *const i32).read_unaligned() };
        Some((address + 4).wrapping_add_signed(distance as isize))
    }

    /// The statics that not all code of the library can be led to.
    fn failing(&self, own: &Statics) -> Vec<u32> {
        let has_code = |number: u32| self.sites.iter().any(|site| site.symbol == number);
        let is_failing = |(number, own): (&u32, &Own)| {
            let Some(home) = own.home else { return false };
            let is_same = home.size == own.symbol.size
                && matches!(home.place, Place::Thread { .. }) == (own.symbol.kind == THREAD_LOCAL);
            let mut sites = self.sites.iter().filter(|site| site.symbol == *number);
            !(is_same && has_code(*number) && sites.all(|site| self.patch(site, home).is_some()))
        };
        let failing = own.iter().filter(|entry| is_failing(*entry)).map(|(number, _)| *number);
        failing.chain(self.mixed(own)).collect()
    }

    /// The thread-locals of functions that ask for one block and use it for statics in different ones.
    fn mixed(&self, own: &Statics) -> Vec<u32> {
        let block_of = |site: &&Relocation| match own.get(&site.symbol).and_then(|own| own.home) {
            Some(Home { place: Place::Thread { block, .. }, .. }) => block,
            _ => 0,
        };
        let mut mixed = Vec::new();
        for function in self.symbols.iter().filter(|symbol| symbol.kind == FUNCTION) {
            let range = function.value..function.value + function.size;
            let sites = self.sites.iter().filter(|site| range.contains(&site.place));
            let sites: Vec<&Relocation> = sites.filter(|site| matches!(site.kind, BLOCK | OFFSET)).collect();
            let is_pair = |pair: &[&Relocation]| {
                pair.len() == 2 && pair[0].kind == BLOCK && pair[1].kind == OFFSET && pair[0].symbol == pair[1].symbol
            };
            let blocks: BTreeSet<usize> = sites.iter().map(block_of).collect();
            if blocks.len() > 1 && !sites.chunks(2).all(is_pair) {
                mixed.extend(sites.iter().filter(|site| block_of(site) != 0).map(|site| site.symbol));
            }
        }
        mixed
    }

    /// What to write at a site, and where; `None` if its instruction cannot reach the static.
    fn patch(&self, site: &Relocation, home: Home) -> Option<(usize, Vec<u8>)> {
        let address = self.address(site);
        let distance = |to: usize| i32::try_from(to as i64 + site.addend - address as i64).ok();
        let bytes = match (site.kind, home.place) {
            (ADDRESS, Place::Address(to)) => (to as i64 + site.addend).to_le_bytes().to_vec(),
            (DISTANCE, Place::Address(to)) => distance(to)?.to_le_bytes().to_vec(),
            (BLOCK, Place::Thread { block, .. }) => distance(block)?.to_le_bytes().to_vec(),
            (OFFSET, Place::Thread { offset, .. }) => {
                i32::try_from(offset.cast_signed() + site.addend).ok()?.to_le_bytes().to_vec()
            }
            _ => return None,
        };
        Some((address, bytes))
    }

    /// Writes all of it; `false`, and nothing is written, if the system does not allow that.
    fn apply(&self, own: &Statics) -> bool {
        let patch = |site: &Relocation| self.patch(site, own.get(&site.symbol)?.home?);
        let patches: Vec<(usize, Vec<u8>)> = self.sites.iter().filter_map(patch).collect();
        let has_patch = |range: &&Range<usize>| patches.iter().any(|(address, _)| range.contains(address));
        let code = self.library.code.iter().filter(has_patch).map(|range| (range, Access::Run));
        let fixed = std::iter::once(&self.library.fixed).filter(has_patch).map(|range| (range, Access::Read));
        let closed: Vec<(&Range<usize>, Access)> = code.chain(fixed).collect();
        let open = self.library.writable.iter().chain(closed.iter().map(|(range, _)| *range));
        let open: Vec<&Range<usize>> = open.collect();
        if !patches.iter().all(|(address, _)| open.iter().any(|range| range.contains(address))) {
            return false;
        }
        let is_open = closed.iter().all(|(range, _)| protect(range, Access::Write));
        if is_open {
            for (address, bytes) in &patches {
                // SAFETY: within the library, writable now, and none of its code is running.
                unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), *address as *mut u8, bytes.len()) };
            }
        }
        for (range, access) in &closed {
            protect(range, *access);
        }
        is_open
    }
}
