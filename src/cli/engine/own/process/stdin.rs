//! What the cells read: the writing end of their stdin, and whether a cell is waiting for it.
//!
//! Linux shows which system call each thread is blocked in, so a plain `read_line` is noticed as well as a question of
//! the crate `evcxr_input`. Where that is hidden (a hardened `ptrace_scope`), a cell that reads blocks until it is
//! interrupted. On other systems the cells' stdin is empty. Programs that a cell starts are not examined.

use std::io::{PipeReader, PipeWriter, Write};
use std::os::fd::{AsFd, AsRawFd};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::libc;

use super::system;

/// The writing end; closed for good when there are no more answers.
pub struct Input {
    writer: Option<PipeWriter>,
    /// Is there a reader to answer?
    pub is_open: bool,
}

/// Enough for a pasted page; what the pipe cannot hold is lost.
const PIPE: i32 = 1 << 20;

impl Input {
    /// Both ends; at first the cells' stdin is empty.
    pub fn new() -> std::io::Result<(Input, PipeReader)> {
        let (reader, writer) = std::io::pipe()?;
        fcntl(&writer, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        system::enlarge(writer.as_fd(), PIPE);
        Ok((Input { writer: Some(writer), is_open: false }, reader))
    }

    /// May the next cell read from it?
    pub fn is_usable(&self) -> bool {
        self.is_open && self.writer.is_some() && system::knows_readers()
    }

    /// Is a thread of `process` waiting for a line?
    pub fn is_wanted(&self, process: i32) -> bool {
        let Some(writer) = self.writer.as_ref().filter(|_| self.is_open) else { return false };
        let mut unread: libc::c_int = 0;
        // SAFETY: the call writes one number, to the place given. nix has no wrapper for it.
        let asked = unsafe { libc::ioctl(writer.as_raw_fd(), libc::FIONREAD, &raw mut unread) };
        asked == 0 && unread == 0 && system::reads_stdin(process)
    }

    /// Sends a line; without one, stdin is closed for good.
    pub fn answer(&mut self, line: Option<String>) {
        match (line, &mut self.writer) {
            (Some(line), Some(writer)) => {
                let line = format!("{}\n", line.trim_end_matches('\n'));
                // Fails when the cell is gone.
                let _ = writer.write_all(line.as_bytes());
            }
            _ => self.writer = None,
        }
    }
}
