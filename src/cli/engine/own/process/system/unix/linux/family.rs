//! The processes below the supervisor, as `/proc` shows them. All of them become its children when their parents end.

use std::fs;

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::waitpid;
use nix::unistd::Pid;

use super::super::Kept;

pub fn end_strays(kept: Kept) -> Vec<(String, i32)> {
    let is_kept = |child| child == kept.woken || kept.checkpoints.contains(&child);
    kill_children(|child| !is_kept(child) && (kept.discarded.contains(&child) || !is_older(child, kept.woken)));
    let survivors = children().into_iter().filter(|&child| !is_kept(child));
    survivors.filter_map(|pid| Some((Stat::of(pid).filter(|stat| stat.lives)?.name, pid))).collect()
}

pub fn end_all(_: i32) {
    kill_children(|_| true);
}

/// All of them began below it.
pub fn end_session(supervisor: i32, _: i32) {
    let Ok(entries) = fs::read_dir("/proc") else { return };
    for entry in entries.flatten() {
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // The sixth field; the second is a name in parentheses that may contain anything.
        let session = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(3)?.parse().ok());
        if let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok())
            && session == Some(supervisor)
        {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
    }
}

/// Kills children until none is left that `is_stray`: those of a killed one become ours, and are next.
fn kill_children(is_stray: impl Fn(i32) -> bool) {
    for _ in 0..1000 {
        let strays: Vec<i32> = children().into_iter().filter(|&pid| is_stray(pid)).collect();
        if strays.is_empty() {
            return;
        }
        for &pid in &strays {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
            let _ = waitpid(Pid::from_raw(pid), None);
        }
    }
}

fn children() -> Vec<i32> {
    let own = std::process::id();
    if let Ok(list) = fs::read_to_string(format!("/proc/self/task/{own}/children")) {
        return list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect();
    }
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|&pid: &i32| Stat::of(pid).is_some_and(|stat| stat.parent == own)).collect()
}

/// Was this process started before that one? Times have steps of 10 ms, within which the numbers decide.
fn is_older(pid: i32, than: i32) -> bool {
    match (Stat::of(pid), Stat::of(than)) {
        (Some(one), Some(other)) => (one.started, pid) < (other.started, than),
        _ => false,
    }
}

/// What `/proc/PID/stat` says of a process.
struct Stat {
    name: String,
    lives: bool,
    parent: u32,
    /// In hundredths of a second since the system started.
    started: u64,
}

impl Stat {
    /// The second field is a name in parentheses that may contain anything.
    fn of(pid: i32) -> Option<Stat> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (head, rest) = stat.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        Some(Stat {
            name: head.split_once('(')?.1.to_owned(),
            lives: !["Z", "X"].contains(fields.first()?),
            parent: fields.get(1)?.parse().ok()?,
            started: fields.get(19)?.parse().ok()?,
        })
    }
}
