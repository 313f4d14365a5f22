//! A pipe into which a signal handler writes: what POSIX has for signals that can be waited for beside other things.
//!
//! A process has one at a time. Other processes may write records of the same form into it.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::sync::atomic::{AtomicI32, Ordering};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::libc;
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use nix::unistd::read;

use super::moved_to;

/// Two numbers, written and read as a whole: a process, and what is to be said of it.
pub type Record = [i32; 2];

/// Said by the handler: this process has sent the signal.
pub const SIGNALLED: i32 = i32::MIN;

/// Said by a process of itself: it is the worker from now on.
pub const STARTED: i32 = i32::MIN + 1;

/// Where the handler writes.
static WRITER: AtomicI32 = AtomicI32::new(-1);

pub struct NotePipe {
    pub reader: OwnedFd,
    pub writer: OwnedFd,
    signal: Signal,
    before: SigAction,
}

impl NotePipe {
    /// From now on, the signal is a record; it must not be blocked, and this thread must be the one that gets it.
    pub fn of(signal: Signal, places: Option<&mut dyn Iterator<Item = RawFd>>) -> io::Result<NotePipe> {
        let (reader, writer) = std::io::pipe()?;
        let (mut reader, mut writer) = (OwnedFd::from(reader), OwnedFd::from(writer));
        if let Some(places) = places {
            (reader, writer) = (moved_to(reader, places)?, moved_to(writer, places)?);
        }
        for end in [&reader, &writer] {
            fcntl(end, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        }
        WRITER.store(writer.as_raw_fd(), Ordering::SeqCst);
        let flags = SaFlags::SA_SIGINFO | SaFlags::SA_RESTART;
        let action = SigAction::new(SigHandler::SigAction(note), flags, SigSet::empty());
        // SAFETY: the handler only writes to a descriptor.
        let before = unsafe { sigaction(signal, &action) }?;
        SigSet::from(signal).thread_unblock()?;
        Ok(NotePipe { reader, writer, signal, before })
    }

    /// The next record that has arrived.
    pub fn next(&self) -> Option<Record> {
        next(self.reader.as_fd())
    }

    /// The signal means again what it did, and is blocked.
    pub fn close(self) {
        let _ = SigSet::from(self.signal).thread_block();
        WRITER.store(-1, Ordering::SeqCst);
        // SAFETY: the action that was in force before.
        let _ = unsafe { sigaction(self.signal, &self.before) };
    }
}

pub fn next(reader: BorrowedFd) -> Option<Record> {
    let mut bytes = [0; size_of::<Record>()];
    let length = read(reader, &mut bytes).ok()?;
    let (pid, said) = bytes.split_first_chunk::<4>().filter(|_| length == bytes.len())?;
    Some([i32::from_ne_bytes(*pid), i32::from_ne_bytes(*said.first_chunk()?)])
}

/// Async-signal-safe.
pub fn write(writer: RawFd, [pid, said]: Record) {
    let mut bytes = [0; size_of::<Record>()];
    bytes[..4].copy_from_slice(&pid.to_ne_bytes());
    bytes[4..].copy_from_slice(&said.to_ne_bytes());
    // SAFETY: bytes of this stack. So few are written as a whole, or not at all if a pipe of thousands is full.
    let _ = unsafe { libc::write(writer, bytes.as_ptr().cast(), bytes.len()) };
}

extern "C" fn note(_signal: libc::c_int, info: *mut libc::siginfo_t, _context: *mut libc::c_void) {
    let before = Errno::last_raw();
    // SAFETY: the kernel's description of the signal.
    let sender = unsafe { (*info).si_pid() };
    write(WRITER.load(Ordering::SeqCst), [sender, SIGNALLED]);
    Errno::set_raw(before);
}
