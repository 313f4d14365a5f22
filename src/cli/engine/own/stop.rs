//! The switch that stops a running cell from another thread: a flag that can also be polled where a system has that.
//!
//! It stops nothing by itself: whatever compiles or runs the cell checks it.

use std::io;
#[cfg(unix)]
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[cfg(unix)]
use nix::unistd::{read, write};

#[cfg(unix)]
use super::process::system;

/// Clones are the same switch.
#[derive(Clone, Debug)]
pub struct Stop(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    set: AtomicBool,
    #[cfg(unix)]
    event: OwnedFd,
    /// Where the event is made, if not there.
    #[cfg(unix)]
    writer: Option<OwnedFd>,
}

impl Stop {
    pub fn new() -> io::Result<Stop> {
        #[cfg(unix)]
        let (event, writer) = system::event()?;
        let set = AtomicBool::new(false);
        #[cfg(unix)]
        return Ok(Stop(Arc::new(Inner { set, event, writer })));
        #[cfg(not(unix))]
        Ok(Stop(Arc::new(Inner { set })))
    }

    pub fn set(&self) {
        self.0.set.store(true, Ordering::SeqCst);
        #[cfg(unix)]
        // Fails only when the event is full, and so is set already.
        let _ = write(self.0.writer.as_ref().unwrap_or(&self.0.event), &1u64.to_ne_bytes());
    }

    pub fn is_set(&self) -> bool {
        self.0.set.load(Ordering::SeqCst)
    }

    pub fn clear(&self) {
        #[cfg(unix)]
        // Fails when nothing is left.
        while read(&self.0.event, &mut [0; 64]).is_ok_and(|length| length > 0) {}
        self.0.set.store(false, Ordering::SeqCst);
    }
}

#[cfg(unix)]
impl AsFd for Stop {
    /// Readable while the switch is set.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.event.as_fd()
    }
}
