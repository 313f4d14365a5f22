//! What the cells print: the reading ends of their stdout and stderr, read as it arrives and bounded.
//!
//! It gives bytes, undecoded and undivided; what they mean is not its business.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use nix::libc;

use super::wire::check;
use crate::cli::outcome::Stream;

/// What one cell may print; the rest is read and thrown away, so that the cell is not held up by it.
pub const LIMIT: usize = 16 << 20;

/// How much a pipe holds, where the system allows it: a cell that prints much is switched away from less often.
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
            // SAFETY: descriptors of ours; a pipe that cannot grow stays as it is.
            unsafe {
                check(libc::fcntl(fd.as_raw_fd(), libc::F_SETFL, libc::O_NONBLOCK))?;
                libc::fcntl(fd.as_raw_fd(), libc::F_SETPIPE_SZ, PIPE);
            }
        }
        Ok(Streams { stdout, stderr, left: LIMIT, is_cut: false })
    }

    /// A new cell may print again.
    pub fn allow(&mut self) {
        self.left = LIMIT;
        self.is_cut = false;
    }

    /// Was anything thrown away since?
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    pub fn fds(&self) -> [RawFd; 2] {
        [self.stdout.as_raw_fd(), self.stderr.as_raw_fd()]
    }

    /// Hands on what is there now of both streams, at most what the pipes hold: whoever prints for ever is not
    /// waited for.
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

    /// One reading; 0 when there is nothing.
    pub fn read(&mut self, stream: Stream, on_bytes: &mut dyn FnMut(Stream, &[u8])) -> usize {
        let mut buffer = [0u8; 64 * 1024];
        let fd = match stream {
            Stream::Stdout => &self.stdout,
            Stream::Stderr => &self.stderr,
        };
        // SAFETY: the pointer and the length are those of `buffer`.
        let length = unsafe { libc::read(fd.as_raw_fd(), buffer.as_mut_ptr().cast(), buffer.len()) };
        let length = usize::try_from(length).unwrap_or(0);
        let kept = length.min(self.left);
        self.left -= kept;
        self.is_cut |= kept < length;
        if kept > 0 {
            on_bytes(stream, &buffer[..kept]);
        }
        length
    }
}
