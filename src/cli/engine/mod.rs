//! What a cell does to the world: one interface, engines behind it.
//!
//! evcxr is named in one file, `session/evcxr.rs`; our own engine lives in `session/own/`.

#[cfg(unix)]
mod block;
pub mod caret;
#[cfg(feature = "evcxr")]
mod evcxr;
#[cfg(unix)]
mod own;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
#[cfg(not(all(unix, feature = "evcxr")))]
use anyhow::bail;

use crate::cli::outcome::{Event, Outcome};

/// A live Rust session: cells go in one after the other, variables and items stay.
///
/// The caller may drive it from any one thread; an [`Interrupter`] works from every other.
pub trait Session: Send {
    /// Runs one cell to its end. `Err` is for the tool's own failures only: what the cell did wrong is an outcome.
    fn run(&mut self, code: &str, events: &mut dyn FnMut(Event)) -> Result<Outcome>;

    /// The variables that live on, in order of name, with their types.
    fn variables(&mut self) -> Vec<Variable>;

    /// Forgets every variable and item; dependencies stay built.
    fn reset(&mut self) -> Result<()>;

    /// A handle that stops the running cell.
    fn interrupter(&self) -> Interrupter;

    /// Takes back what the last cell did to variables and items; `false` where there is nothing to go back to.
    fn undo(&mut self) -> Result<bool> {
        Ok(false)
    }

    /// The names of functions, types and other items that cells have defined, in order; for completion only.
    fn items(&mut self) -> Vec<String> {
        Vec::new()
    }

    /// How long the cells to come may compile, and how long they may run; `None` is for ever.
    fn limit(&mut self, compile: Option<Duration>, run: Option<Duration>);

    /// Who is asked when a cell reads a line from stdin; without one, stdin is empty.
    fn set_reader(&mut self, reader: Option<Reader>) {
        let _ = reader;
    }

    /// These cells will be run in this order, as far as anybody knows: they may be compiled together.
    fn script(&mut self, cells: Vec<String>) {
        let _ = cells;
    }

    /// This cell will probably be run next: what can be done before it is asked for may be done now.
    fn expect(&mut self, code: &str) {
        let _ = code;
    }
}

/// A cell's wish for a line of the user's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// What the crate `evcxr_input` was told to ask; empty for a plain `read_line`.
    pub prompt: String,
    /// The line is not to be shown while it is typed.
    pub is_secret: bool,
}

/// Answers with a line, or with `None` when there is nobody to ask any more.
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
    /// The folder that relative `:dep` paths and the cells' own paths start from: the notebook's.
    pub folder: PathBuf,
    /// How long one cell may compile, and how long it may run.
    pub compile_timeout: Option<Duration>,
    pub run_timeout: Option<Duration>,
    /// The `:dep` lines that will come, if they are known: what is warm for them is chosen by these.
    pub dependencies: Vec<String>,
    /// Lines `!command` may be handed to the shell.
    pub shell: bool,
}

/// The same binary is also the process that runs the cells: then this does not return. Comes first in `main`.
pub fn hook() {
    #[cfg(unix)]
    own::process::supervisor::hook();
    #[cfg(feature = "evcxr")]
    evcxr::hook();
}

/// Removes the compiled dependencies and cells that no running session uses.
#[cfg(unix)]
pub fn clear_cache() -> Result<own::cache::Cleared> {
    own::cache::clear()
}

/// Starts a session.
pub fn start(engine: Engine, options: SessionOptions) -> Result<Box<dyn Session>> {
    match engine {
        #[cfg(feature = "evcxr")]
        Engine::Evcxr => Ok(Box::new(evcxr::EvcxrSession::start(options)?)),
        #[cfg(not(feature = "evcxr"))]
        Engine::Evcxr => bail!("this binary was built without evcxr\nhelp: build it with `--features evcxr`"),
        #[cfg(unix)]
        Engine::Own => Ok(Box::new(own::OwnSession::start(options)?)),
        #[cfg(not(unix))]
        Engine::Own => bail!("our own engine needs a Unix\nhelp: `--engine evcxr`, in a build with that feature"),
    }
}

/// The engines that can stand behind a [`Session`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Types from rustc's own MIR, cells compiled by rustc directly.
    Own,
    /// The evaluation context of the stock Jupyter kernel.
    Evcxr,
}
