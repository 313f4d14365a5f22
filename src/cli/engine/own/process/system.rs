//! The calls that differ between systems. Everything that one system alone has is below this module.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::process::Command;

#[cfg(unix)]
pub use unix::*;
#[cfg(windows)]
pub use windows::*;

/// For tests: with the value 1, cells run as on a system that cannot fork.
#[cfg(unix)]
pub const NO_FORK: &str = "FORWARD_PASS_NO_FORK";

/// Can a process copy itself here?
#[cfg(unix)]
pub fn can_fork() -> bool {
    std::env::var_os(NO_FORK).is_none_or(|value| value != "1")
}

/// A limit on what this process, its user or its container may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub amount: u64,
    /// How much of it is left, where that can be known.
    pub left: Option<u64>,
    /// What sets it: `ulimit -v`; the container if there is none.
    pub option: Option<&'static str>,
}

/// A program with the arguments that make it run a line of the user's.
pub fn shell(line: &str) -> Command {
    let (program, argument) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut command = Command::new(program);
    command.args([argument, line]);
    command
}
