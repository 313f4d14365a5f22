//! The worker's side of the wire: its descriptors, what it sends, and how it leaves when the other side is gone.

use std::io;
#[cfg(unix)]
use std::os::fd::OwnedFd;
use std::sync::OnceLock;

#[cfg(unix)]
use super::Channel;
use super::{FromWorker, OVERFLOWED, PIECE, ToWorker};
pub use crate::cli::engine::own::process::system::exit;

/// The report of how long loading a cell took, in microseconds.
pub const LOADED: u32 = 7;

/// The report of what the cell has left to be moved: its number, a space, and its controls.
pub const MOVING: u32 = 8;

/// The code with which nothing was drawn, as there is nothing of that number.
pub const ABSENT: u32 = 5;

/// Reports of this kind and above wait until everything printed before has been read.
pub const ORDERED: u32 = 256;

/// The exit code of a process of ours that cannot do its work.
pub const BROKEN: i32 = 70;

/// For cells and the signal handler, which are called without the worker at hand.
static CONTROL: OnceLock<&'static dyn Talk> = OnceLock::new();

/// The way to the session.
pub trait Talk: Sync {
    fn tell(&self, message: &FromWorker) -> io::Result<()>;

    /// Async-signal-safe: neither allocates nor waits for a lock.
    fn tell_in_handler(&self, packet: &[u8]);

    /// `None` when the session has closed its end.
    fn hear(&self) -> io::Result<Option<ToWorker>>;
}

#[cfg(unix)]
impl Talk for Channel {
    fn tell(&self, message: &FromWorker) -> io::Result<()> {
        self.send(message)
    }

    fn tell_in_handler(&self, packet: &[u8]) {
        let _ = self.send_in_handler(packet);
    }

    fn hear(&self) -> io::Result<Option<ToWorker>> {
        self.receive()
    }
}

/// The descriptors that the worker needs, at numbers that a cell is unlikely to use.
#[cfg(unix)]
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
pub fn connect(control: &'static dyn Talk) {
    let _ = CONTROL.set(control);
}

pub fn send(message: &FromWorker) {
    if control().tell(message).is_err() {
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
    if kind >= ORDERED && !matches!(control().hear(), Ok(Some(ToWorker::GoOn))) {
        exit(BROKEN);
    }
}

/// Announces the end by a stack overflow. Async-signal-safe: the packet is a constant, and nothing locks.
pub fn announce_overflow() {
    if let Some(control) = CONTROL.get() {
        control.tell_in_handler(&OVERFLOWED);
    }
}

fn control() -> &'static dyn Talk {
    CONTROL.get().copied().unwrap_or_else(|| exit(BROKEN))
}
