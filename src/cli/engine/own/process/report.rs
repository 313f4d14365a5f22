//! What the processes report of a running cell, and of how its run ended.

use std::fmt;
#[cfg(unix)]
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use crate::cli::outcome::Stream;

/// A state of the variables. 0 is the empty one; each cell that returns makes a new one.
pub type Mark = u64;

/// What one cell may print; the rest is read and discarded, so that the cell is not blocked.
pub const LIMIT: usize = 16 << 20;

/// What a cell produces while it runs, in order.
#[derive(Debug)]
pub enum Piece<'a> {
    Text(Stream, &'a [u8]),
    Report(u32, &'a [u8]),
    /// The cell waits for a line of input, to be put here.
    #[cfg_attr(windows, expect(dead_code, reason = "stdin is empty there"))]
    Reads(&'a mut Option<String>),
}

/// How a cell's run ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ended {
    /// With the cell's own code.
    Returned(u32),
    Exited(i32),
    Killed {
        signal: i32,
        stack_overflow: bool,
    },
    TimedOut,
    Interrupted,
    /// The loader refused the library.
    NotLoaded(String),
}

/// The variables after a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum After {
    /// As the cell left them.
    Kept(Mark),
    /// As they were at this mark: nearly always the one before the cell.
    Restored(Mark),
    /// None: there was no checkpoint to restore.
    Lost,
}

#[derive(Clone, Debug, PartialEq)]
pub struct RunReport {
    pub ended: Ended,
    pub after: After,
    pub reports: Vec<(u32, String)>,
    /// What the session should report beside the cell's own output.
    pub notes: Vec<String>,
}

impl Ended {
    /// From a wait status.
    #[cfg(unix)]
    pub fn from_status(status: i32, stack_overflow: bool) -> Ended {
        Ended::of(ExitStatus::from_raw(status), stack_overflow)
    }

    #[cfg(unix)]
    pub fn of(status: ExitStatus, stack_overflow: bool) -> Ended {
        match status.code() {
            Some(code) => Ended::Exited(code),
            None => Ended::Killed { signal: status.signal().unwrap_or(0), stack_overflow },
        }
    }

    /// Windows has codes for what signals are elsewhere.
    #[cfg(windows)]
    pub fn of(status: ExitStatus, stack_overflow: bool) -> Ended {
        let killed = |signal| Ended::Killed { signal, stack_overflow };
        if stack_overflow {
            return killed(11);
        }
        match status.code().unwrap_or(0).cast_unsigned() {
            0xc000_00fd => Ended::Killed { signal: 11, stack_overflow: true },
            0xc000_0005 => killed(11),
            0xc000_001d => killed(4),
            0xc000_0094 => killed(8),
            0xc000_0409 => killed(6),
            code => Ended::Exited(code.cast_signed()),
        }
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Ended::Exited(code) => write!(f, "exit code {code}"),
            Ended::Killed { stack_overflow: true, .. } => f.write_str("stack overflow"),
            Ended::Killed { signal, .. } => write!(f, "signal {signal}"),
            other => write!(f, "{other:?}"),
        }
    }
}
