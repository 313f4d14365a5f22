//! Ctrl-C as a flag that whoever waits looks at, instead of the end of the process.
//!
//! It stops nothing itself.

use std::sync::atomic::{AtomicBool, Ordering};

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};

static PRESSED: AtomicBool = AtomicBool::new(false);

/// From now on Ctrl-C only sets the flag.
pub fn watch() {
    let action = SigAction::new(SigHandler::Handler(note), SaFlags::SA_RESTART, SigSet::empty());
    // SAFETY: the handler does nothing but store to an atomic, which is allowed in a signal handler.
    // Where it cannot be installed, Ctrl-C ends the process as it always did.
    let _ = unsafe { sigaction(Signal::SIGINT, &action) };
}

/// Was Ctrl-C pressed since this was last asked?
pub fn take() -> bool {
    PRESSED.swap(false, Ordering::Relaxed)
}

extern "C" fn note(_signal: nix::libc::c_int) {
    PRESSED.store(true, Ordering::Relaxed);
}
