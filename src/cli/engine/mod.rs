//! Live Rust: one trait, [`Session`], and two engines that compile cells, run them and report what they did.
//!
//! What never belongs here: documents, the terminal, or judging whether an outcome is right. Our own engine is `own`;
//! the other one is `evcxr`, and only its first file names that crate.

mod block;
mod cache_folder;
pub mod caret;
#[cfg(feature = "evcxr")]
mod evcxr;
pub mod moving;
mod own;
pub mod thread;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
#[cfg(not(feature = "evcxr"))]
use anyhow::bail;

use crate::cli::outcome::{Event, Outcome};

/// A live Rust session: runs one cell after the other; variables and items persist.
///
/// The caller may drive it from any one thread; an [`Interrupter`] works from all others.
pub trait Session: Send {
    /// Runs one cell to its end. `Err` is for the tool's own failures only: those of the cell are outcomes.
    fn run(&mut self, code: &str, events: &mut dyn FnMut(Event)) -> Result<Outcome>;

    /// Runs a cell of the program's own, which asks about variables: `:undo` takes it back with the cell before.
    fn ask(&mut self, code: &str, events: &mut dyn FnMut(Event)) -> Result<Outcome> {
        self.run(code, events)
    }

    /// The variables and their types, sorted by name.
    fn variables(&mut self) -> Vec<Variable>;

    /// Drops every variable and item; dependencies stay built.
    fn reset(&mut self) -> Result<()>;

    /// A handle that stops the running cell.
    fn interrupter(&self) -> Interrupter;

    /// Reverts the last cell's changes to variables and items; `false` if there is nothing to revert to.
    fn undo(&mut self) -> Result<bool> {
        Ok(false)
    }

    /// Compiles a cell, without running it, as if it then reached its end, or not; `false` if it does not compile.
    fn warm(&mut self, code: &str, reaches_end: bool, events: &mut dyn FnMut(Event)) -> Result<bool> {
        let _ = (code, reaches_end, events);
        Ok(false)
    }

    /// The names of the functions, types and other items that cells have defined, sorted; for completion only.
    fn items(&mut self) -> Vec<String> {
        Vec::new()
    }

    /// What later cells see as text, for completion and help: `:dep` lines and items; `None` if the engine keeps none.
    fn sources(&mut self) -> Option<Vec<String>> {
        None
    }

    /// Passes on what threads have printed since the last cell ended.
    fn late(&mut self, events: &mut dyn FnMut(Event)) {
        let _ = events;
    }

    /// Draws the output of an earlier cell that can move, with these values; `None` if it is gone.
    fn draw(&mut self, id: u64, values: &[f64], events: &mut dyn FnMut(Event)) -> Result<Option<Outcome>> {
        let _ = (id, values, events);
        Ok(None)
    }

    /// Drops an output that can move.
    fn end_moving(&mut self, id: u64) {
        let _ = id;
    }

    /// Limits how long each later cell may compile and run; `None` is no limit.
    fn limit(&mut self, compile: Option<Duration>, run: Option<Duration>);

    /// Called when a cell reads a line from stdin; without one, stdin is empty.
    fn set_reader(&mut self, reader: Option<Reader>) {
        let _ = reader;
    }

    /// These cells will probably be run in this order: they may be compiled in batches.
    fn script(&mut self, cells: Vec<String>) {
        let _ = cells;
    }

    /// This cell will probably be run next: it may be prepared in the background.
    fn expect(&mut self, code: &str) {
        let _ = code;
    }
}

/// A cell's request for a line of input.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// The prompt given to the crate `evcxr_input`; empty for a plain `read_line`.
    pub prompt: String,
    /// The line must not be echoed while it is typed.
    pub is_secret: bool,
}

/// Answers with a line, or with `None` when there will be no more lines.
pub type Reader = Box<dyn FnMut(&Question) -> Option<String> + Send>;

/// A variable of the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    pub name: String,
    pub type_name: String,
}

/// Stops the cell that is running, from another thread; does nothing between cells.
#[derive(Clone)]
pub struct Interrupter(Arc<dyn Fn() + Send + Sync>);

impl Interrupter {
    pub fn new(stop: impl Fn() + Send + Sync + 'static) -> Self {
        Interrupter(Arc::new(stop))
    }

    pub fn interrupt(&self) {
        (self.0)();
    }
}

/// How a session is started.
#[derive(Clone, Debug)]
pub struct SessionOptions {
    /// The folder that paths in `:dep` lines and in cells are relative to: the notebook's.
    pub folder: PathBuf,
    /// How long one cell may compile, and how long it may run.
    pub compile_timeout: Option<Duration>,
    pub run_timeout: Option<Duration>,
    /// The `:dep` lines of the cells to come, if they are known: they select a warm build folder.
    pub dependencies: Vec<String>,
    /// May lines `!command` be passed to the shell?
    pub shell: bool,
}

/// If this process is one that runs cells, does that and does not return. Must be the first call in `main`.
pub fn hook() {
    own::process::hook();
    #[cfg(feature = "evcxr")]
    evcxr::hook();
}

/// Removes the compiled dependencies and cells that no running session uses.
pub fn clear_cache() -> Result<own::cache::Cleared> {
    own::cache::clear()
}

/// From now on, sessions use the cache in this folder, and none that is shared.
pub fn redirect_cache(folder: &std::path::Path) -> Result<()> {
    cache_folder::redirect(folder)
}

/// The cache that has been filled, and its size on the disk.
pub struct Warmed {
    pub folder: PathBuf,
    pub bytes: u64,
}

/// Opens the cache to all users, if it is not the user's own.
pub fn open_cache() -> Result<Warmed> {
    let folder = own::cache::folder()?;
    if cache_folder::is_redirected() {
        own::cache::open_to_all(&folder)?;
    }
    Ok(Warmed { bytes: own::cache::size(&folder), folder })
}

/// The version of Rust that cells are written in, such as 1.95.0; empty if there is no compiler.
pub fn rust_version() -> String {
    own::version().unwrap_or_default()
}

/// Starts a session.
pub fn start(engine: Engine, options: SessionOptions) -> Result<Box<dyn Session>> {
    match engine {
        #[cfg(feature = "evcxr")]
        Engine::Evcxr => Ok(Box::new(evcxr::EvcxrSession::start(options)?)),
        #[cfg(not(feature = "evcxr"))]
        Engine::Evcxr => bail!("this binary was built without evcxr\nhelp: build it with `--features evcxr`"),
        Engine::Own => Ok(Box::new(own::OwnSession::start(options)?)),
    }
}

/// The engines that implement [`Session`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Types from rustc's own MIR, cells compiled by rustc directly.
    Own,
    /// The evaluation context of the stock Jupyter kernel.
    Evcxr,
}
