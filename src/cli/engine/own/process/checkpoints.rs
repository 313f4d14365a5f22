//! The checkpoints of a session: frozen copies of the worker, each with the variables as they were at one mark.
//!
//! It only keeps the list: others fork, wake and kill the processes.

use std::io;

use super::Mark;

/// How many states can be restored, the present one included.
const MOST: usize = 4;

/// A frozen process.
pub struct Checkpoint {
    pub mark: Mark,
    pub pid: i32,
    /// How many threads ran beside the worker's; they are not in the checkpoint.
    pub threads: u64,
}

#[derive(Default)]
pub struct Checkpoints {
    /// Oldest first.
    list: Vec<Checkpoint>,
    present: Mark,
    newest: Mark,
    is_pending: bool,
    has_failed: bool,
}

impl Checkpoints {
    /// The mark that the variables are at.
    pub fn present(&self) -> Mark {
        self.present
    }

    /// Is the checkpoint of the present mark still being made?
    pub fn is_pending(&self) -> bool {
        self.is_pending
    }

    /// A cell has returned: the variables are at a new mark, and its checkpoint is pending.
    pub fn advance(&mut self) -> Mark {
        self.is_pending = true;
        self.newest += 1;
        self.present = self.newest;
        self.present
    }

    /// Adds the one of the present mark; returns the one that it replaces, or the oldest when there are too many.
    pub fn add(&mut self, pid: i32, threads: u64) -> Option<Checkpoint> {
        self.is_pending = false;
        let (mark, older) = (self.present, self.list.pop_if(|last| last.mark == self.present));
        self.list.push(Checkpoint { mark, pid, threads });
        older.or_else(|| (self.list.len() > MOST).then(|| self.list.remove(0)))
    }

    /// The process of the oldest one, if another one is there to restore the variables.
    pub fn oldest_beside_present(&self) -> Option<i32> {
        self.list.first().filter(|_| self.list.len() > 1).map(|checkpoint| checkpoint.pid)
    }

    /// The pending one could not be made; the first time, returns what to report.
    pub fn fail(&mut self, errno: i32) -> Option<String> {
        self.is_pending = false;
        let why = io::Error::from_raw_os_error(errno);
        let is_first = !std::mem::replace(&mut self.has_failed, true);
        is_first
            .then(|| format!("no checkpoint could be taken ({why}): if the process ends now, its variables are lost"))
    }

    /// Takes the newest one, to be woken: the worker has ended.
    pub fn pop(&mut self) -> Option<Checkpoint> {
        self.is_pending = false;
        self.list.pop()
    }

    /// Takes all of the present mark; `None` when there is no older one.
    pub fn split_off_present(&mut self) -> Option<Vec<Checkpoint>> {
        let older = self.list.iter().rposition(|checkpoint| checkpoint.mark < self.present)?;
        Some(self.list.split_off(older + 1))
    }

    /// The variables are at this mark again.
    pub fn restored(&mut self, mark: Mark) {
        self.present = mark;
    }

    /// The variables are gone, and every checkpoint with them; no mark is used twice.
    pub fn reset(&mut self) {
        self.clear();
        self.is_pending = false;
        self.present = 0;
    }

    pub fn clear(&mut self) {
        self.list.clear();
    }

    /// This process has ended.
    pub fn remove(&mut self, pid: i32) {
        self.list.retain(|checkpoint| checkpoint.pid != pid);
    }

    pub fn pids(&self) -> Vec<i32> {
        self.list.iter().map(|checkpoint| checkpoint.pid).collect()
    }
}
