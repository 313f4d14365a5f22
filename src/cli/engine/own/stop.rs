//! The switch that stops a running cell from another thread: a flag that can also be polled.
//!
//! It stops nothing by itself: whoever compiles or runs the cell looks at it.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::libc;

use super::process::wire::check;

/// Clones are the same switch.
#[derive(Clone, Debug)]
pub struct Stop(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    set: AtomicBool,
    event: OwnedFd,
}

impl Stop {
    pub fn new() -> io::Result<Stop> {
        // SAFETY: a new descriptor, ours alone when the call succeeds.
        let event = unsafe {
            let fd = check(libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK))?;
            OwnedFd::from_raw_fd(fd)
        };
        Ok(Stop(Arc::new(Inner { set: AtomicBool::new(false), event })))
    }

    pub fn set(&self) {
        self.0.set.store(true, Ordering::SeqCst);
        let one = 1u64.to_ne_bytes();
        // SAFETY: eight bytes, as an eventfd wants them; a full counter is set already.
        unsafe { libc::write(self.fd(), one.as_ptr().cast(), one.len()) };
    }

    pub fn is_set(&self) -> bool {
        self.0.set.load(Ordering::SeqCst)
    }

    pub fn clear(&self) {
        let mut count = [0u8; 8];
        // SAFETY: eight bytes, as an eventfd gives them; an empty counter is clear already.
        unsafe { libc::read(self.fd(), count.as_mut_ptr().cast(), count.len()) };
        self.0.set.store(false, Ordering::SeqCst);
    }

    /// Readable while the switch is set.
    pub fn fd(&self) -> RawFd {
        self.0.event.as_raw_fd()
    }
}
