//! The threads beside the loop, which a checkpoint does not have: how many there are, and whose code they run.
//!
//! A pool whose threads are gone is waited for in vain, so the crates that own such threads have to begin anew.

use std::collections::BTreeSet;
use std::fs;
use std::ops::Range;
use std::path::Path;

use super::loader::{Library, is_layer, libraries};
use super::system;
use crate::cli::engine::own::compile::link::OWNERS;

/// The outermost functions of a stack are in this many bytes.
const TOP: usize = 64 << 10;

/// Where the stacks of the other threads end at present; `None` for those that run.
#[derive(Default)]
pub struct Threads(Vec<Option<usize>>);

impl Threads {
    pub fn beside_this() -> Threads {
        Threads(system::other_threads())
    }

    pub fn count(&self) -> u64 {
        self.0.len() as u64
    }

    /// The crates whose code started these threads, in a copy of the process that has their stacks. A thread that a
    /// cell started belongs to no crate.
    pub fn owners(&self) -> BTreeSet<String> {
        let maps = system::memory_maps();
        let maps: Vec<Map> = maps.lines().filter_map(Map::read).collect();
        let ends: Vec<usize> = self.0.iter().flatten().copied().collect();
        let known = ends.iter().filter_map(|end| {
            let map = maps.iter().find(|map| map.is_writable && map.range.contains(end))?;
            Some(*end..map.range.end)
        });
        let mut stacks: Vec<Range<usize>> = known.collect();
        if ends.len() < self.0.len() {
            // Where the others are is not known: any stack without one of these may be theirs.
            let pairs = maps.windows(2).filter(|pair| pair[1].is_stack_after(&pair[0]));
            let others = pairs.map(|pair| &pair[1].range).filter(|range| !ends.iter().any(|end| range.contains(end)));
            stacks.extend(others.map(|range| range.start.max(range.end.saturating_sub(TOP))..range.end));
        }
        let libraries = libraries();
        stacks.into_iter().filter_map(|stack| owner_of(stack, &libraries)).collect()
    }
}

/// A line of `/proc/self/maps`.
struct Map {
    range: Range<usize>,
    is_writable: bool,
}

impl Map {
    fn read(line: &str) -> Option<Map> {
        let (range, rest) = line.split_once(' ')?;
        let (start, end) = range.split_once('-')?;
        let number = |text| usize::from_str_radix(text, 16).ok();
        Some(Map { range: number(start)?..number(end)?, is_writable: rest.starts_with("rw") })
    }

    /// Below a stack is a guard; the heaps of threads, which have one above, begin at round addresses.
    fn is_stack_after(&self, guard: &Map) -> bool {
        const HEAP: usize = 64 << 20;
        let is_heap = self.range.start.is_multiple_of(HEAP);
        self.is_writable && !guard.is_writable && guard.range.end == self.range.start && !is_heap
    }
}

/// The outermost function of a cell or a crate on the stack decides.
fn owner_of(stack: Range<usize>, libraries: &[Library]) -> Option<String> {
    const WORD: usize = size_of::<usize>();
    let (start, end) = (stack.start.next_multiple_of(WORD), stack.end & !(WORD - 1));
    for at in (start..end).step_by(WORD).rev() {
        // SAFETY: in a writable mapping of this process, whose other threads are gone.
        let word = unsafe { (at as *const usize).read() };
        let library = libraries.iter().find(|library| library.code.iter().any(|code| code.contains(&word)));
        match library {
            Some(library) if is_layer(&library.file) => {
                let owner = owner_at(library, word)?;
                if !["fp_rt", "forward_pass_cells"].contains(&owner.as_str()) {
                    return Some(owner);
                }
            }
            Some(library) if library.file.contains("/libcell-") => return None,
            _ => {}
        }
    }
    None
}

/// The crate whose code is at this address of a layer.
fn owner_at(layer: &Library, address: usize) -> Option<String> {
    let owners = fs::read_to_string(Path::new(&layer.file).with_extension(OWNERS)).ok()?;
    let before = |line: &&str| {
        let start = line.split(' ').next().and_then(|start| usize::from_str_radix(start, 16).ok());
        start.is_some_and(|start| start <= address - layer.base)
    };
    owners.lines().take_while(before).last()?.split_once(' ').map(|(_, owner)| owner.to_owned())
}
