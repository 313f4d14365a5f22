//! Ctrl-C as a flag to poll, instead of the end of the process.

use std::sync::atomic::{AtomicBool, Ordering};

use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};

static PRESSED: AtomicBool = AtomicBool::new(false);

/// Makes Ctrl-C only set the flag.
pub fn watch() {
    let action = SigAction::new(SigHandler::Handler(note), SaFlags::SA_RESTART, SigSet::empty());
    // SAFETY: the handler only stores to an atomic, which is async-signal-safe.
    // If it cannot be installed, Ctrl-C ends the process as before.
    let _ = unsafe { sigaction(Signal::SIGINT, &action) };
}

/// Whether Ctrl-C was pressed since the last call.
pub fn take() -> bool {
    PRESSED.swap(false, Ordering::Relaxed)
}

extern "C" fn note(_signal: nix::libc::c_int) {
    PRESSED.store(true, Ordering::Relaxed);
}
