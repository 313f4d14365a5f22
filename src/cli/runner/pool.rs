//! Sessions that outlive a notebook: evcxr's analyser takes seconds to load std and the dependencies, and keeps them
//! through a reset.
//!
//! Sessions of our own engine are not kept: they start faster than they reset.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;

use super::execute;
use super::rules::Rules;
use crate::cli::engine::{Engine, Session};
use crate::cli::notebook::ipynb::Notebook;

/// What two notebooks must have in common to use one session.
#[derive(PartialEq)]
struct Kind {
    folder: Option<PathBuf>,
    dependencies: Vec<String>,
    timeouts: (Option<Duration>, Option<Duration>),
}

/// At most one idle session.
pub struct Pool {
    engine: Engine,
    shell: bool,
    idle: Option<(Kind, Box<dyn Session>)>,
}

impl Pool {
    pub fn new(engine: Engine, shell: bool) -> Pool {
        Pool { engine, shell, idle: None }
    }

    /// A session without variables and items.
    pub fn take(&mut self, path: &Path, notebook: &Notebook, rules: &Rules) -> Result<Box<dyn Session>> {
        if let Some((kind, mut session)) = self.idle.take()
            && kind == Kind::of(path, notebook, rules)
            && session.reset().is_ok()
        {
            return Ok(session);
        }
        execute::session(self.engine, path, notebook, rules.run_timeout, rules.compile_timeout, self.shell)
    }

    pub fn give_back(&mut self, path: &Path, notebook: &Notebook, rules: &Rules, session: Box<dyn Session>) {
        if self.engine == Engine::Evcxr {
            self.idle = Some((Kind::of(path, notebook, rules), session));
        }
    }
}

impl Kind {
    fn of(path: &Path, notebook: &Notebook, rules: &Rules) -> Kind {
        Kind {
            folder: path.parent().map(Path::to_path_buf),
            dependencies: notebook.dependencies(),
            timeouts: (rules.run_timeout, rules.compile_timeout),
        }
    }
}
