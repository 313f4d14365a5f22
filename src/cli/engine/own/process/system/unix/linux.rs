//! What Linux alone has: signals and events as descriptors, orphans that are adopted, `/proc`, seccomp.

mod confine;
mod family;
mod limits;
mod memory;

use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

pub use confine::confine;
pub use family::{end_all, end_session, end_strays};
pub use limits::{memory_kills, memory_limit, process_limit};
#[cfg(test)]
pub use memory::held;
pub use memory::is_too_much;
use nix::fcntl::{FcntlArg, OFlag, fcntl, open};
use nix::libc;
use nix::poll::PollTimeout;
use nix::sys::eventfd::{EfdFlags, EventFd};
use nix::sys::prctl;
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::stat::Mode;
use nix::unistd::{getppid, read};

use super::super::super::wire::wait_readable;
use super::super::super::wire::worker_side::{BROKEN, Fds, exit};
use super::super::super::worker::WAKE;
use super::{News, Watch, moved_to};

/// A thread that runs is asked again after this time, and this often: a pool that has just got idle spins for a while.
const PAUSE: Duration = Duration::from_micros(200);
const TRIES: usize = 3;

pub fn event() -> io::Result<(OwnedFd, Option<OwnedFd>)> {
    let event = EventFd::from_flags(EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK)?;
    Ok((OwnedFd::from(event), None))
}

pub fn enlarge(pipe: BorrowedFd, bytes: i32) {
    // A pipe that cannot grow stays as it is.
    let _ = fcntl(pipe, FcntlArg::F_SETPIPE_SZ(bytes));
}

pub fn adopt_orphans() -> io::Result<()> {
    Ok(prctl::set_child_subreaper(true)?)
}

pub fn watch_children(places: &mut dyn Iterator<Item = RawFd>) -> io::Result<Watch> {
    let ends = SigSet::from(Signal::SIGCHLD);
    ends.thread_block()?;
    let news = SignalFd::with_flags(&ends, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?;
    Ok(Watch { news: moved_to(news, places)?, writer: None })
}

pub fn watch_no_children() {
    let _ = SigSet::from(Signal::SIGCHLD).thread_unblock();
}

pub fn news(watch: &Watch, on_news: &mut dyn FnMut(News)) {
    // One signal may stand for several ends.
    let _ = read(&watch.news, &mut [0u8; size_of::<libc::signalfd_siginfo>()]);
    loop {
        let mut status = 0;
        // SAFETY: `status` is a place for the status. nix's `waitpid` has no word for an end by a real-time signal.
        let pid = unsafe { libc::waitpid(-1, &mut status, libc::WNOHANG) };
        if pid <= 0 {
            return;
        }
        on_news(News::Ended { pid, status });
    }
}

/// All of them are children, whose ends are news.
pub fn is_gone(_: i32) -> bool {
    false
}

pub fn die_with_supervisor(_: BorrowedFd<'static>) {
    let _ = prctl::set_pdeathsig(Signal::SIGKILL);
}

pub fn wait_for_wake(life: BorrowedFd, _: i32) {
    let Ok(wakes) = SignalFd::with_flags(&SigSet::from(WAKE), SfdFlags::SFD_CLOEXEC) else { exit(BROKEN) };
    loop {
        let ready = wait_readable([life, wakes.as_fd()], PollTimeout::NONE);
        let [is_orphan, is_woken] = ready.unwrap_or_default();
        if is_orphan {
            exit(0);
        }
        // The supervisor has adopted it.
        if is_woken
            && let Ok(Some(signal)) = wakes.read_signal()
            && signal.ssi_pid as i32 == getppid().as_raw()
        {
            return;
        }
    }
}

pub fn become_worker(_: &Fds, life: BorrowedFd<'static>) {
    die_with_supervisor(life);
}

pub fn stack_end() -> (usize, usize) {
    // SAFETY: documented uses of each call.
    unsafe {
        let mut attributes: libc::pthread_attr_t = std::mem::zeroed();
        let (mut low, mut size) = (std::ptr::null_mut(), 0);
        libc::pthread_getattr_np(libc::pthread_self(), &mut attributes);
        libc::pthread_attr_getstack(&attributes, &mut low, &mut size);
        libc::pthread_attr_destroy(&mut attributes);
        (low as usize, 0)
    }
}

pub fn other_threads() -> Vec<Option<usize>> {
    // The first one is this.
    let own = std::process::id().to_string();
    let tasks = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let others = tasks.filter(|task| task.file_name().to_str() != Some(&own));
    others.map(|task| end_of_stack(&task.path())).collect()
}

/// The kernel writes the stack pointer of a thread that waits: `202 0x.. .. SP PC`.
fn end_of_stack(task: &Path) -> Option<usize> {
    for attempt in 0..TRIES {
        let text = fs::read_to_string(task.join("syscall")).ok()?;
        if let Some(pointer) = text.split_whitespace().rev().nth(1) {
            return usize::from_str_radix(pointer.trim_start_matches("0x"), 16).ok();
        }
        if attempt + 1 < TRIES {
            sleep(PAUSE);
        }
    }
    None
}

pub fn memory_maps() -> String {
    fs::read_to_string("/proc/self/maps").unwrap_or_default()
}

pub fn reads_stdin(process: i32) -> bool {
    let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    threads.filter_map(|entry| entry.file_name().into_string().ok()).any(|thread| is_reading(process, &thread))
}

/// `0 0x0 0x7ffe...`: the call's number, then its arguments; the first one is the descriptor.
fn is_reading(process: i32, thread: &str) -> bool {
    let call = fs::read_to_string(format!("/proc/{process}/task/{thread}/syscall")).unwrap_or_default();
    let mut words = call.split(' ');
    words.next().and_then(|number| number.parse().ok()) == Some(libc::SYS_read) && words.next() == Some("0x0")
}

pub fn open_fds() -> Vec<RawFd> {
    let entries = fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// By `flock` or an open file description lock, which every copy of the descriptor holds.
pub fn is_locked(fd: RawFd, _: &Path) -> bool {
    fs::read_to_string(format!("/proc/self/fdinfo/{fd}")).is_ok_and(|info| info.contains("\nlock:"))
}

pub fn dead_file() -> io::Result<OwnedFd> {
    Ok(open(c"/dev/null", OFlag::O_PATH | OFlag::O_CLOEXEC, Mode::empty())?)
}

pub fn put_at(file: BorrowedFd, fd: RawFd, close_on_exec: bool) -> io::Result<()> {
    let flags = if close_on_exec { libc::O_CLOEXEC } else { 0 };
    loop {
        // SAFETY: the number is in the checkpoint's own table, where only values use it.
        if unsafe { libc::dup3(file.as_raw_fd(), fd, flags) } >= 0 {
            return Ok(());
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}
