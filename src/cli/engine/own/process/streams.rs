//! What the cells print: the reading ends of their stdout and stderr, read as it arrives, up to a limit.
//!
//! It passes on bytes as they are: it neither decodes nor splits them.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::unistd;

use super::{LIMIT, system};
use crate::cli::outcome::Stream;

/// How much a pipe holds, where the system allows it: fewer context switches for a cell that prints much.
const PIPE: i32 = 256 * 1024;

/// Both streams of one session.
pub struct Streams {
    stdout: OwnedFd,
    stderr: OwnedFd,
    left: usize,
    is_cut: bool,
}

impl Streams {
    pub fn new(stdout: OwnedFd, stderr: OwnedFd) -> io::Result<Streams> {
        for fd in [&stdout, &stderr] {
            fcntl(fd, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
            system::enlarge(fd.as_fd(), PIPE);
        }
        Ok(Streams { stdout, stderr, left: LIMIT, is_cut: false })
    }

    /// A new cell may print up to the limit again.
    pub fn allow(&mut self) {
        self.left = LIMIT;
        self.is_cut = false;
    }

    /// Was anything discarded since [`Streams::allow`]?
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    pub fn fds(&self) -> [BorrowedFd<'_>; 2] {
        [self.stdout.as_fd(), self.stderr.as_fd()]
    }

    /// Passes on what both pipes hold now; a thread that prints endlessly is not waited for.
    pub fn drain(&mut self, on_bytes: &mut dyn FnMut(Stream, &[u8])) {
        for stream in [Stream::Stdout, Stream::Stderr] {
            let mut taken = 0;
            while taken < 2 * PIPE as usize {
                match self.read(stream, on_bytes) {
                    0 => break,
                    length => taken += length,
                }
            }
        }
    }

    /// Reads once; 0 when the pipe is empty.
    pub fn read(&mut self, stream: Stream, on_bytes: &mut dyn FnMut(Stream, &[u8])) -> usize {
        let mut buffer = [0u8; 64 * 1024];
        let fd = match stream {
            Stream::Stdout => &self.stdout,
            Stream::Stderr => &self.stderr,
        };
        let length = unistd::read(fd, &mut buffer).unwrap_or(0);
        let kept = length.min(self.left);
        self.left -= kept;
        self.is_cut |= kept < length;
        if kept > 0 {
            on_bytes(stream, &buffer[..kept]);
        }
        length
    }
}
