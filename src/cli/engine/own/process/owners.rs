//! Which variables own the descriptors that a checkpoint has lost: those whose drop closes them.
//!
//! A type does not tell: a `Box<dyn Read>` may hold a socket, an `Option<TcpStream>` none. So the values are dropped in
//! a fork of the process, in which no system call reaches anything outside, and the descriptors are checked after each.

use std::collections::{BTreeMap, BTreeSet};
use std::os::fd::RawFd;
use std::time::{Duration, Instant};

use nix::libc;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork};

use super::wire::worker_side::exit;
use super::{store, system};

/// The variables behind lost descriptors.
#[derive(Default)]
pub struct Owners {
    /// By name, with the descriptors.
    pub known: BTreeMap<String, BTreeSet<RawFd>>,
    /// Their drop did not come to its end here: it must not run in the worker.
    pub unsafe_to_drop: BTreeSet<String>,
    /// The system does not allow the search.
    pub unknown: bool,
}

/// What a drop in the fork may take; a value that waits for a thread, which no fork has, waits for ever.
const PATIENCE: Duration = Duration::from_millis(500);

/// How often values may be dropped in a fork: an owner is found each time, or a value that is left out the next time.
const MOST_PROBES: usize = 12;

/// In the shared table: this descriptor is still open.
const OPEN: u32 = u32::MAX;

/// Finds the owners of these descriptors among the stored values.
pub fn find(lost: &[RawFd]) -> Owners {
    let mut owners = Owners::default();
    let names = store::names();
    for _ in 0..MOST_PROBES {
        // A descriptor is closed with the last of its owners. Those known go first: what is closed later has another.
        let (first, rest): (Vec<&String>, Vec<&String>) = names
            .iter()
            .filter(|name| !owners.unsafe_to_drop.contains(*name))
            .partition(|name| owners.known.contains_key(*name));
        let known = first.len();
        let order: Vec<&String> = first.into_iter().chain(rest).collect();
        let Some(probe) = Probe::run(&order, lost) else {
            owners.unknown = true;
            return owners;
        };
        let mut is_new = false;
        for (fd, index) in lost.iter().zip(&probe.closed_by).filter(|(_, index)| **index != OPEN) {
            is_new |= *index as usize >= known;
            owners.known.entry(order[*index as usize].clone()).or_default().insert(*fd);
        }
        if let Some(name) = order.get(probe.dropped) {
            owners.unsafe_to_drop.insert((*name).clone());
        } else if !is_new {
            // A value that could not be dropped is suspected where nothing else closes a descriptor.
            let left = lost.iter().zip(&probe.closed_by).filter(|(_, index)| **index == OPEN);
            let left: BTreeSet<RawFd> = left.map(|(fd, _)| *fd).collect();
            if !left.is_empty() {
                owners.known.extend(owners.unsafe_to_drop.iter().map(|name| (name.clone(), left.clone())));
            }
            return owners;
        }
    }
    owners
}

/// What came of dropping values in a fork.
struct Probe {
    /// How many drops came to their end.
    dropped: usize,
    /// For each descriptor, which drop closed it.
    closed_by: Vec<u32>,
}

impl Probe {
    /// `None` if the system does not allow it.
    fn run(order: &[&String], lost: &[RawFd]) -> Option<Probe> {
        const REFUSED: i32 = 1;
        let table = Table::new(lost.len() + 1)?;
        // SAFETY: a checkpoint that has just been woken has one thread.
        match unsafe { fork() }.ok()? {
            ForkResult::Child => {
                if !system::confine() {
                    exit(REFUSED);
                }
                for (index, name) in order.iter().enumerate() {
                    store::forget(name);
                    for (place, fd) in lost.iter().enumerate() {
                        if table.get(place) == OPEN && !is_open(*fd) {
                            table.set(place, index as u32);
                        }
                    }
                    table.set(lost.len(), index as u32 + 1);
                }
                exit(0)
            }
            ForkResult::Parent { child } => {
                let end = await_end(child);
                if end == Some(REFUSED) {
                    return None;
                }
                let dropped = table.get(lost.len());
                let dropped = if dropped == OPEN { 0 } else { dropped as usize };
                Some(Probe { dropped, closed_by: (0..lost.len()).map(|place| table.get(place)).collect() })
            }
        }
    }
}

fn is_open(fd: RawFd) -> bool {
    // SAFETY: only asks for the flags of a descriptor.
    unsafe { libc::fcntl(fd, libc::F_GETFD) >= 0 }
}

/// Its exit code, if it ends by itself.
fn await_end(child: Pid) -> Option<i32> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        match waitpid(child, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::StillAlive) => std::thread::sleep(Duration::from_micros(200)),
            Ok(WaitStatus::Exited(_, code)) => return Some(code),
            _ => return None,
        }
    }
    let _ = kill(child, Signal::SIGKILL);
    let _ = waitpid(child, None);
    None
}

/// Numbers that a process and its fork share; at first all are [`OPEN`].
struct Table {
    start: *mut u32,
    bytes: usize,
}

impl Table {
    fn new(length: usize) -> Option<Table> {
        let bytes = length * size_of::<u32>();
        let (access, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED | libc::MAP_ANONYMOUS);
        // SAFETY: new memory; all its bytes are set before they are read.
        let start = unsafe { libc::mmap(std::ptr::null_mut(), bytes, access, flags, -1, 0) };
        if start == libc::MAP_FAILED {
            return None;
        }
        // SAFETY: the memory just mapped, in its whole length.
        unsafe { start.cast::<u8>().write_bytes(0xff, bytes) };
        Some(Table { start: start.cast(), bytes })
    }

    fn get(&self, place: usize) -> u32 {
        assert!(place < self.bytes / size_of::<u32>(), "a place in the table");
        // SAFETY: within the mapping; the other process writes only while this one waits for its end.
        unsafe { self.start.add(place).read_volatile() }
    }

    fn set(&self, place: usize, number: u32) {
        assert!(place < self.bytes / size_of::<u32>(), "a place in the table");
        // SAFETY: as for `get`.
        unsafe { self.start.add(place).write_volatile(number) }
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        // SAFETY: this mapping, which nothing refers to any more.
        unsafe { libc::munmap(self.start.cast(), self.bytes) };
    }
}
