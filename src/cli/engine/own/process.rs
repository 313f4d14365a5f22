//! The processes of a session, as the session sees them: has a process run cells, and says how that ended.
//!
//! It compiles nothing, and does not interpret what a cell prints. Where a process can copy itself (`forking`), what a
//! dead one had is restored; elsewhere (`single`) it is lost. Below `forking` is a line, in which each module imports
//! only from those after it: `supervisor`, `worker`, `threads`, `share`, `store`, `moving`, `loader`, `wire`, `system`.

#[cfg(unix)]
mod checkpoints;
#[cfg(unix)]
mod descriptors;
#[cfg(unix)]
mod forking;
mod loader;
mod moving;
#[cfg(unix)]
mod owners;
mod report;
#[cfg(unix)]
mod run;
#[cfg(unix)]
mod share;
mod single;
#[cfg(unix)]
mod stdin;
mod store;
#[cfg(unix)]
mod streams;
#[cfg(unix)]
mod supervisor;
pub mod system;
#[cfg(unix)]
mod threads;
#[cfg(unix)]
mod waking;
pub mod wire;
#[cfg(unix)]
mod worker;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use forward_pass::mnist::{FASHION_VARIABLE, VARIABLE};
pub use report::{After, Ended, LIMIT, Mark, Piece, RunReport};
use single::Single;
pub use wire::Restarted;
use wire::ToWorker;

use super::stop::Stop;
use crate::cli::outcome::Stream;

/// A compiled cell, to be run.
#[derive(Clone, Copy)]
pub struct Cell<'a> {
    pub library: &'a Path,
    pub layers: &'a [PathBuf],
    pub symbol: &'a str,
    /// It has statics; their list lies beside the library.
    pub shares: bool,
}

/// The process that runs the cells, with its helpers.
pub enum Child {
    #[cfg(unix)]
    Forking(Box<forking::Forking>),
    Single(Box<Single>),
}

/// Calls the same method of whichever it is.
macro_rules! of_either {
    ($child:expr, $it:ident => $call:expr) => {
        match $child {
            #[cfg(unix)]
            Child::Forking($it) => $call,
            Child::Single($it) => $call,
        }
    };
}

/// If a session started this process as its child, does that work and never returns.
pub fn hook() {
    #[cfg(unix)]
    supervisor::hook();
    single::hook();
}

impl Child {
    /// Starts the processes, with `folder` as the cells' current folder.
    pub fn start(folder: &Path, stop: Stop) -> Result<Child> {
        #[cfg(unix)]
        if system::can_fork() {
            return Ok(Child::Forking(Box::new(forking::Forking::start(folder, stop)?)));
        }
        Ok(Child::Single(Box::new(Single::start(folder, stop)?)))
    }

    /// Can variables be restored?
    pub fn has_checkpoints(&self) -> bool {
        !matches!(self, Child::Single(_))
    }

    /// The mark that the variables are at.
    pub fn mark(&self) -> Mark {
        of_either!(self, it => it.mark())
    }

    /// Runs one compiled cell to its end, however it ends.
    pub fn run(&mut self, cell: Cell, timeout: Option<Duration>, on_piece: &mut dyn FnMut(Piece)) -> Result<RunReport> {
        of_either!(self, it => it.run(cell, timeout, on_piece))
    }

    /// Whether cells run to their ends even if the user interrupts them: a front end may do so more than once.
    pub fn set_deaf(&mut self, is_deaf: bool) {
        match self {
            #[cfg(unix)]
            Child::Forking(_) => {}
            Child::Single(it) => it.is_deaf = is_deaf,
        }
    }

    /// Draws what a cell has left to be moved, however that ends; the variables are at no new mark.
    pub fn draw(
        &mut self,
        id: u64,
        values: &[f64],
        timeout: Option<Duration>,
        on_piece: &mut dyn FnMut(Piece),
    ) -> Result<RunReport> {
        let order = ToWorker::Draw { id, values: values.to_vec() };
        of_either!(self, it => it.draw(&order, timeout, on_piece))
    }

    /// Drops what a cell has left to be moved.
    pub fn end_moving(&mut self, id: u64) {
        // If the process is gone, so is this.
        let _ = of_either!(self, it => it.send(&ToWorker::EndMoving { id }));
    }

    /// Passes on what has been printed since the last cell.
    pub fn hear(&mut self, on_bytes: &mut dyn FnMut(Stream, &[u8])) {
        of_either!(self, it => it.hear(on_bytes));
    }

    /// Whether cells can read lines from stdin.
    pub fn set_stdin_open(&mut self, is_open: bool) {
        #[cfg(unix)]
        if let Child::Forking(it) = self {
            it.input.is_open = is_open;
        }
        let _ = is_open;
    }

    /// The variables that the last restored process could not have: their descriptors were closed.
    pub fn take_lost(&mut self) -> Vec<String> {
        match self {
            #[cfg(unix)]
            Child::Forking(it) => it.take_lost(),
            Child::Single(_) => Vec::new(),
        }
    }

    /// Drops variables.
    pub fn forget(&mut self, names: &[String]) -> Result<()> {
        of_either!(self, it => it.forget(names))
    }

    /// Drops variables from the list and never runs their destructors.
    pub fn leak(&mut self, names: &[String]) {
        of_either!(self, it => it.leak(names));
    }

    /// Whether the crates had to start again when the process was last restored; reported once.
    pub fn take_restarted(&mut self) -> Option<Restarted> {
        match self {
            #[cfg(unix)]
            Child::Forking(it) => it.take_restarted(),
            Child::Single(_) => None,
        }
    }

    /// Restores the state before the last cell; `None` when there is no checkpoint of it.
    pub fn undo(&mut self) -> Result<Option<Mark>> {
        match self {
            #[cfg(unix)]
            Child::Forking(it) => it.undo(),
            Child::Single(_) => Ok(None),
        }
    }

    /// An empty process; nothing of the old one is left, and its variables have been dropped.
    pub fn reset(&mut self) -> Result<()> {
        of_either!(self, it => it.reset())
    }
}

/// The data set folders that the user named, as absolute paths: a cell runs in another folder.
fn data_folders() -> impl Iterator<Item = (&'static str, PathBuf)> {
    [VARIABLE, FASHION_VARIABLE].into_iter().filter_map(|name| {
        let folder = std::env::var_os(name).filter(|folder| !folder.is_empty())?;
        Some((name, std::path::absolute(folder).ok()?))
    })
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
