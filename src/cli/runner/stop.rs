//! Stops a run early: on Ctrl-C, or at the first failure with `--fail-fast`.
//!
//! A running cell is interrupted through its session; the flag here is checked between cells.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::cli::engine::Interrupter;
use crate::cli::terminal::interrupt;

/// How often Ctrl-C is checked.
const TICK: Duration = Duration::from_millis(20);

/// Why no further cell is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Halt {
    Interrupted,
    /// Nobody can see the report.
    Unwritable,
    /// Which cell failed.
    Failed(String),
}

impl Halt {
    pub fn reason(self) -> String {
        match self {
            Halt::Interrupted => "the run was interrupted".to_string(),
            Halt::Unwritable => "the report cannot be written".to_string(),
            Halt::Failed(why) => why,
        }
    }
}

/// Shared by all workers of a run.
#[derive(Default)]
pub struct Control {
    halt: Mutex<Option<Halt>>,
    running: Mutex<HashMap<usize, Interrupter>>,
    done: AtomicBool,
}

impl Control {
    pub fn halted(&self) -> Option<Halt> {
        locked(&self.halt).clone()
    }

    pub fn is_interrupted(&self) -> bool {
        self.halted() == Some(Halt::Interrupted)
    }

    pub fn fail(&self, why: String) {
        locked(&self.halt).get_or_insert(Halt::Failed(why));
    }

    /// Stops everything: the report cannot be written.
    pub fn abandon(&self) {
        locked(&self.halt).get_or_insert(Halt::Unwritable);
    }

    /// From now on Ctrl-C stops what this worker runs.
    pub fn register(&self, worker: usize, interrupter: Interrupter) {
        locked(&self.running).insert(worker, interrupter);
    }

    pub fn unregister(&self, worker: usize) {
        locked(&self.running).remove(&worker);
    }

    /// All workers are done: `watch` returns.
    pub fn finish(&self) {
        self.done.store(true, Ordering::SeqCst);
    }

    /// Checks for Ctrl-C until the run is done. A second press ends the process at once.
    pub fn watch(&self) {
        while !self.done.load(Ordering::SeqCst) {
            if interrupt::take() {
                if self.is_interrupted() {
                    std::process::exit(130);
                }
                *locked(&self.halt) = Some(Halt::Interrupted);
            }
            if matches!(self.halted(), Some(Halt::Interrupted | Halt::Unwritable)) {
                // Repeatedly: a cell that is about to start clears the flag.
                locked(&self.running).values().for_each(Interrupter::interrupt);
            }
            std::thread::sleep(TICK);
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
