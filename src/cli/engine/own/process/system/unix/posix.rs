//! What every Unix has: handlers that write into pipes, groups of processes, parents that report the ends of children.
//!
//! An orphan becomes the child of the system's first process, so nobody could say how a woken checkpoint ends. It forks
//! once more when it is woken: the copy becomes the worker, and the checkpoint waits for its end and reports it.
//!
//! What the system cannot be asked counts as unknown: threads, system calls, who owns a descriptor.
//!
//! **Forks beside threads.** A copy has the one thread that forked; locks that another thread held stay locked in it
//! for ever. Here, the thread that forks is the only one of ours that takes locks: the session starts its processes by
//! `exec`, the supervisor has one thread, and the second thread of a worker only waits for the supervisor's end. The
//! lock of the channel is held by the thread that forks. The allocator is made usable by the C library. On macOS,
//! frameworks above it (Objective-C, dispatch queues, CoreFoundation) must not be used in a copy if a cell has used
//! them before the fork: none of ours does, and a crate that does so works until the first crash.

mod family;

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::path::Path;

pub use family::{become_worker, end_all, end_session, end_strays, is_gone, news, watch_children, watch_no_children};
use nix::fcntl::{FcntlArg, OFlag, fcntl, open};
use nix::libc;
use nix::poll::PollTimeout;
use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit};
use nix::sys::signal::{SigSet, SigmaskHow, Signal, killpg};
use nix::sys::stat::Mode;
use nix::unistd::getpgrp;

use super::super::super::wire::wait_readable;
use super::super::super::wire::worker_side::{BROKEN, exit};
use super::super::super::worker::WAKE;
use super::super::Limit;
use super::note_pipe::{NotePipe, SIGNALLED};

pub fn event() -> io::Result<(OwnedFd, Option<OwnedFd>)> {
    let (reader, writer) = io::pipe()?;
    let (reader, writer) = (OwnedFd::from(reader), OwnedFd::from(writer));
    for end in [&reader, &writer] {
        fcntl(end, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    }
    Ok((reader, Some(writer)))
}

pub fn enlarge(_: BorrowedFd, _: i32) {}

/// There is no such thing: see [`become_worker`].
pub fn adopt_orphans() -> io::Result<()> {
    Ok(())
}

/// A thread of its own waits for the end. It gets no signals, and its stack is small.
pub fn die_with_supervisor(life: BorrowedFd<'static>) {
    let wait = move || {
        while !matches!(wait_readable([life], PollTimeout::NONE), Ok([true])) {}
        // With what the cells have started.
        let _ = killpg(getpgrp(), Signal::SIGKILL);
        exit(0)
    };
    let Ok(before) = SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK) else { return };
    let _ = std::thread::Builder::new().stack_size(64 << 10).spawn(wait);
    let _ = before.thread_set_mask();
}

pub fn wait_for_wake(life: BorrowedFd, supervisor: i32) {
    let Ok(wakes) = NotePipe::of(WAKE, None) else { exit(BROKEN) };
    loop {
        let ready = wait_readable([life, wakes.reader.as_fd()], PollTimeout::NONE);
        let [is_orphan, is_woken] = ready.unwrap_or_default();
        if is_orphan {
            exit(0);
        }
        if is_woken && wakes.next() == Some([supervisor, SIGNALLED]) {
            return wakes.close();
        }
    }
}

/// The limit is that of the main thread, and what is above this function on it is small.
pub fn stack_end() -> (usize, usize) {
    const ABOVE: usize = 1 << 20;
    let here = 0u8;
    let here = &raw const here as usize;
    let (limit, _) = getrlimit(Resource::RLIMIT_STACK).unwrap_or((8 << 20, 0));
    (here.saturating_sub(usize::try_from(limit).unwrap_or(usize::MAX)), ABOVE)
}

/// How many there are, without their stacks.
#[cfg(target_vendor = "apple")]
pub fn other_threads() -> Vec<Option<usize>> {
    /// This one, and the one that waits for the supervisor's end.
    const OURS: usize = 2;
    // SAFETY: the call fills the place given, which zeros are valid for.
    let count = unsafe {
        let mut about: libc::proc_taskinfo = std::mem::zeroed();
        let size = size_of::<libc::proc_taskinfo>() as libc::c_int;
        let place = (&raw mut about).cast();
        let filled = libc::proc_pidinfo(libc::getpid(), libc::PROC_PIDTASKINFO, 0, place, size);
        if filled == size { about.pti_threadnum } else { 0 }
    };
    vec![None; usize::try_from(count).unwrap_or(0).saturating_sub(OURS)]
}

#[cfg(not(target_vendor = "apple"))]
pub fn other_threads() -> Vec<Option<usize>> {
    Vec::new()
}

pub fn memory_maps() -> String {
    String::new()
}

pub fn reads_stdin(_: i32) -> bool {
    false
}

pub fn confine() -> bool {
    false
}

/// As if each older checkpoint shared nothing: the bound is half of a sixteenth of the machine's memory.
pub fn is_too_much(_: i32, checkpoints: &[i32], size: u64) -> bool {
    const SMALL: u64 = 128 << 20;
    const PART: u64 = 32;
    // SAFETY: both calls only ask.
    let (pages, bytes) = unsafe { (libc::sysconf(libc::_SC_PHYS_PAGES), libc::sysconf(libc::_SC_PAGESIZE)) };
    let memory = pages.max(0) as u64 * bytes.max(0) as u64;
    size > SMALL && (checkpoints.len() as u64).saturating_sub(1) * size > memory / PART
}

pub fn memory_limit() -> Option<Limit> {
    let (amount, _) = getrlimit(Resource::RLIMIT_AS).ok().filter(|(soft, _)| *soft != RLIM_INFINITY)?;
    Some(Limit { amount, left: None, option: Some("ulimit -v") })
}

/// nix does not know of it.
#[cfg(target_os = "macos")]
pub fn process_limit() -> Option<Limit> {
    None
}

/// Root's is not enforced.
#[cfg(not(target_os = "macos"))]
pub fn process_limit() -> Option<Limit> {
    let (amount, _) = getrlimit(Resource::RLIMIT_NPROC).ok().filter(|(soft, _)| *soft != RLIM_INFINITY)?;
    (!nix::unistd::geteuid().is_root()).then_some(Limit { amount, left: None, option: Some("ulimit -u") })
}

pub fn memory_kills() -> u64 {
    0
}

pub fn open_fds() -> Vec<RawFd> {
    const MOST: RawFd = 4096;
    let (limit, _) = getrlimit(Resource::RLIMIT_NOFILE).unwrap_or((256, 256));
    let top = RawFd::try_from(limit).unwrap_or(MOST).min(MOST);
    // SAFETY: only asks for the flags of a descriptor.
    (0..top).filter(|fd| unsafe { libc::fcntl(*fd, libc::F_GETFD) } >= 0).collect()
}

/// A second opening of the file gets no lock while another one has it.
pub fn is_locked(_: RawFd, path: &Path) -> bool {
    let Ok(file) = std::fs::File::open(path) else { return false };
    matches!(file.try_lock(), Err(std::fs::TryLockError::WouldBlock))
}

/// A folder can neither be read nor be written to in this way.
pub fn dead_file() -> io::Result<OwnedFd> {
    Ok(open(c"/", OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC, Mode::empty())?)
}

pub fn put_at(file: BorrowedFd, fd: RawFd, close_on_exec: bool) -> io::Result<()> {
    let flags = if close_on_exec { libc::FD_CLOEXEC } else { 0 };
    loop {
        // SAFETY: the number is in the checkpoint's own table, where only values use it.
        if unsafe { libc::dup2(file.as_raw_fd(), fd) >= 0 && libc::fcntl(fd, libc::F_SETFD, flags) >= 0 } {
            return Ok(());
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}
