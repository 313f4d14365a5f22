//! Ctrl-C as a flag to poll, instead of the end of the process.

use std::sync::atomic::{AtomicBool, Ordering};

static PRESSED: AtomicBool = AtomicBool::new(false);

/// Makes Ctrl-C only set the flag.
#[cfg(unix)]
pub fn watch() {
    use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
    let action = SigAction::new(SigHandler::Handler(note), SaFlags::SA_RESTART, SigSet::empty());
    // SAFETY: the handler only stores to an atomic, which is async-signal-safe.
    // If it cannot be installed, Ctrl-C ends the process as before.
    let _ = unsafe { sigaction(Signal::SIGINT, &action) };
}

/// Whether Ctrl-C was pressed since the last call.
pub fn take() -> bool {
    PRESSED.swap(false, Ordering::Relaxed)
}

#[cfg(unix)]
extern "C" fn note(_signal: nix::libc::c_int) {
    PRESSED.store(true, Ordering::Relaxed);
}

#[cfg(windows)]
pub fn watch() {
    use windows_sys::Win32::System::Console::SetConsoleCtrlHandler;
    // SAFETY: the handler only stores to an atomic.
    // If it cannot be installed, Ctrl-C ends the process as before.
    unsafe { SetConsoleCtrlHandler(Some(note), 1) };
}

#[cfg(windows)]
extern "system" fn note(event: u32) -> i32 {
    use windows_sys::Win32::System::Console::CTRL_C_EVENT;
    let is_it = event == CTRL_C_EVENT;
    if is_it {
        PRESSED.store(true, Ordering::Relaxed);
    }
    i32::from(is_it)
}
