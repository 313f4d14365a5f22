//! The switch that stops a running cell from another thread: a flag that can also be polled.
//!
//! It stops nothing by itself: whatever compiles or runs the cell checks it.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::sys::eventfd::{EfdFlags, EventFd};

/// Clones are the same switch.
#[derive(Clone, Debug)]
pub struct Stop(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    set: AtomicBool,
    event: EventFd,
}

impl Stop {
    pub fn new() -> io::Result<Stop> {
        let event = EventFd::from_flags(EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK)?;
        Ok(Stop(Arc::new(Inner { set: AtomicBool::new(false), event })))
    }

    pub fn set(&self) {
        self.0.set.store(true, Ordering::SeqCst);
        // Fails only when the counter is full, and so is set already.
        let _ = self.0.event.write(1);
    }

    pub fn is_set(&self) -> bool {
        self.0.set.load(Ordering::SeqCst)
    }

    pub fn clear(&self) {
        // Fails only when the counter is zero, and so is clear already.
        let _ = self.0.event.read();
        self.0.set.store(false, Ordering::SeqCst);
    }
}

impl AsFd for Stop {
    /// Readable while the switch is set.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.event.as_fd()
    }
}
