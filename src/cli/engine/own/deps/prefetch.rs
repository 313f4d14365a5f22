//! A build in the background, started with the session for the `:dep` lines that are expected.
//!
//! It reports no errors: the cell with the `:dep` line does.

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};

use super::super::compile::toolchain::Toolchain;
use super::super::stop::Stop;
use super::{Dependency, Libraries, NotBuilt, build, layer};

/// A build on a thread of its own; dropping it stops it.
pub struct Prefetch {
    wanted: Vec<Dependency>,
    stop: Stop,
    progress: Receiver<String>,
    thread: Option<JoinHandle<Result<Libraries>>>,
}

impl Prefetch {
    /// Starts building what these lines ask for; `None` if one of them is invalid.
    pub fn begin(toolchain: &Toolchain, lines: &[String], folder: &Path) -> Option<Prefetch> {
        let mut wanted: Vec<Dependency> = Vec::new();
        for line in lines {
            let text = line.trim_start().strip_prefix(":dep").unwrap_or(line);
            for dependency in Dependency::parse(text, folder).ok()? {
                wanted.retain(|other| other.name() != dependency.name());
                wanted.push(dependency);
            }
        }
        if wanted.is_empty() {
            return None;
        }
        let stop = Stop::new().ok()?;
        let (sender, progress) = channel();
        let (theirs, toolchain, dependencies) = (stop.clone(), toolchain.clone(), wanted.clone());
        let thread = std::thread::Builder::new()
            .spawn(move || {
                let libraries = build(&toolchain, &dependencies, None, &theirs, &mut |line| drop(sender.send(line)))?;
                // It remains on the disk; an error is reported where it is needed.
                let _ = layer(&toolchain, &libraries, &[]);
                Ok(libraries)
            })
            .ok()?;
        Some(Prefetch { wanted, stop, progress, thread: Some(thread) })
    }

    /// Is it the build of these dependencies, in whatever order?
    pub fn is_for(&self, wanted: &[Dependency]) -> bool {
        self.wanted.len() == wanted.len() && wanted.iter().all(|one| self.wanted.contains(one))
    }

    /// Waits for its end.
    pub fn finish(
        mut self,
        timeout: Option<Duration>,
        stop: &Stop,
        events: &mut dyn FnMut(String),
    ) -> Result<Libraries> {
        let deadline = timeout.map(|timeout| Instant::now() + timeout);
        let mut end = None;
        loop {
            match self.progress.recv_timeout(Duration::from_millis(20)) {
                Ok(line) => events(self.progress.try_iter().last().unwrap_or(line)),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if end.is_none() && stop.is_set() {
                end = Some(NotBuilt::Interrupted);
            } else if end.is_none() && deadline.is_some_and(|deadline| Instant::now() > deadline) {
                end = Some(NotBuilt::TimedOut);
            }
            if end.is_some() {
                self.stop.set();
            }
        }
        let thread = self.thread.take().ok_or_else(|| anyhow!("the build has already been waited for"))?;
        let built = thread.join().map_err(|_| anyhow!("the build of the dependencies panicked"))?;
        end.map_or(built, |end| Err(end.into()))
    }
}

impl Drop for Prefetch {
    fn drop(&mut self) {
        self.stop.set();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
