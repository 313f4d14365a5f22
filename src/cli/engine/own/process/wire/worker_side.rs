//! The worker's side of the wire: its descriptors, what it sends, and how it leaves when the other side is gone.

use std::os::fd::OwnedFd;
use std::sync::OnceLock;

use nix::libc;

use super::{Channel, FromWorker, OVERFLOWED, PIECE, ToWorker};

/// The report of how long loading a cell took, in microseconds.
pub const LOADED: u32 = 7;

/// Reports of this kind and above wait until everything printed before has been read.
pub const ORDERED: u32 = 256;

/// The exit code of a process of ours that cannot do its work.
pub const BROKEN: i32 = 70;

/// For cells and the signal handler, which are called without the worker at hand.
static CONTROL: OnceLock<&'static Channel> = OnceLock::new();

/// The descriptors that the worker needs, at numbers that a cell is unlikely to use.
pub struct Fds {
    pub control: Channel,
    /// Where the supervisor hears of a worker that is not its child; `None` where all are.
    pub news: Option<OwnedFd>,
    /// The user's lines; a cell finds this one or an empty one at 0.
    pub stdin: OwnedFd,
    pub stdout: OwnedFd,
    pub stderr: OwnedFd,
}

/// From now on, [`send`] and [`report`] use this channel.
pub fn connect(control: &'static Channel) {
    let _ = CONTROL.set(control);
}

pub fn send(message: &FromWorker) {
    if control().send(message).is_err() {
        exit(BROKEN);
    }
}

/// Called by a cell: sends the bytes in pieces; an ordered report waits for the answer.
pub fn report(kind: u32, bytes: &[u8]) {
    let pieces: Vec<&[u8]> = if bytes.is_empty() { vec![bytes] } else { bytes.chunks(PIECE - 32).collect() };
    for (index, piece) in pieces.iter().enumerate() {
        let more = index + 1 < pieces.len();
        send(&FromWorker::Report { kind, more, bytes: piece.to_vec() });
    }
    if kind >= ORDERED && !matches!(control().receive(), Ok(Some(ToWorker::GoOn))) {
        exit(BROKEN);
    }
}

/// Announces the end by a stack overflow. Async-signal-safe: the packet is a constant, and nothing locks.
pub fn announce_overflow() {
    if let Some(control) = CONTROL.get() {
        let _ = control.send_in_handler(&OVERFLOWED);
    }
}

/// Ends the process without running anything of the cells'.
pub fn exit(code: i32) -> ! {
    // SAFETY: `_exit` has no preconditions; no destructor and no exit handler runs.
    unsafe { libc::_exit(code) }
}

fn control() -> &'static Channel {
    CONTROL.get().unwrap_or_else(|| exit(BROKEN))
}
