//! Standard output and standard error. Everything that the command prints passes through here.
//!
//! A failed write does not panic: the first failure of stdout is kept, later output is dropped, and the command ends
//! with [`ending`]. What cannot be written to stderr has nowhere else to go.

use std::fmt::Arguments;
use std::io::{self, Write};
use std::sync::OnceLock;

use super::exit::Exit;

static FAILED: OnceLock<io::Error> = OnceLock::new();

/// As the macro of std, without its panic, and without colours where stdout shows none.
macro_rules! print {
    ($($text:tt)*) => { $crate::cli::streams::to_stdout(format_args!($($text)*)) };
}

macro_rules! println {
    () => { $crate::cli::streams::to_stdout(format_args!("\n")) };
    ($($text:tt)*) => { $crate::cli::streams::to_stdout(format_args!("{}\n", format_args!($($text)*))) };
}

macro_rules! eprint {
    ($($text:tt)*) => { $crate::cli::streams::to_stderr(format_args!($($text)*)) };
}

macro_rules! eprintln {
    ($($text:tt)*) => { $crate::cli::streams::to_stderr(format_args!("{}\n", format_args!($($text)*))) };
}

pub(crate) use {eprint, eprintln, print, println};

pub fn to_stdout(text: Arguments) {
    if !is_failed() {
        let mut stdout = anstream::stdout().lock();
        keep(stdout.write_fmt(text).and_then(|()| stdout.flush()));
    }
}

pub fn to_stderr(text: Arguments) {
    let _ = anstream::stderr().lock().write_fmt(text);
}

/// Bytes for stdout as they are.
pub fn write(bytes: &[u8]) {
    if !is_failed() {
        let mut stdout = io::stdout().lock();
        keep(stdout.write_all(bytes).and_then(|()| stdout.flush()));
    }
}

fn keep(written: io::Result<()>) {
    if let Err(error) = written {
        let _ = FAILED.set(error);
    }
}

/// Whether stdout cannot be written any more: nobody sees what a command still does.
pub fn is_failed() -> bool {
    FAILED.get().is_some()
}

/// How the command ends if stdout failed: with a message, or quietly when its reader has gone (`| head`).
pub fn ending() -> Option<Exit> {
    let error = FAILED.get()?;
    if is_closed(error) {
        return Some(Exit::PipeClosed);
    }
    eprintln!("error: cannot write to stdout: {error}");
    Some(Exit::Broken)
}

/// Windows has more errors for it: a pipe that is being closed, and one without another end.
fn is_closed(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe || cfg!(windows) && matches!(error.raw_os_error(), Some(232 | 233))
}

/// Makes exceeding a file size limit an error, like a full disk, instead of a fatal signal. Child processes start with
/// the default action again.
#[cfg(unix)]
pub fn survive_limits() {
    use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
    extern "C" fn nothing(_: nix::libc::c_int) {}
    let action = SigAction::new(SigHandler::Handler(nothing), SaFlags::SA_RESTART, SigSet::empty());
    // SAFETY: the handler does nothing.
    let _ = unsafe { sigaction(Signal::SIGXFSZ, &action) };
}

/// There are no such limits.
#[cfg(not(unix))]
pub fn survive_limits() {}
