//! A build begun when the session starts, for `:dep` lines that are known to come: the first cell finds it done, or well
//! on its way.
//!
//! It decides nothing: a line that cannot be read, or a build that fails, is told by the cell that asks for it.

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};

use super::super::compile::rustc::Toolchain;
use super::super::stop::Stop;
use super::{Built, Dependency, NotBuilt, build};

/// A build on a thread of its own; dropped, it is stopped.
pub struct Early {
    wanted: Vec<Dependency>,
    stop: Stop,
    said: Receiver<String>,
    thread: Option<JoinHandle<Result<Built>>>,
}

impl Early {
    /// Begins with what these lines ask for; nothing is begun when one of them cannot be read.
    pub fn begin(toolchain: &Toolchain, lines: &[String], folder: &Path) -> Option<Early> {
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
        let (sender, said) = channel();
        let (theirs, toolchain, dependencies) = (stop.clone(), toolchain.clone(), wanted.clone());
        let thread = std::thread::Builder::new()
            .spawn(move || build(&toolchain, &dependencies, None, &theirs, &mut |words| drop(sender.send(words))))
            .ok()?;
        Some(Early { wanted, stop, said, thread: Some(thread) })
    }

    /// Is it the build of these, in whatever order?
    pub fn is_for(&self, wanted: &[Dependency]) -> bool {
        self.wanted.len() == wanted.len() && wanted.iter().all(|one| self.wanted.contains(one))
    }

    /// Waits for its end, as the cell that asks for it would wait for a build of its own.
    pub fn finish(mut self, timeout: Option<Duration>, stop: &Stop, events: &mut dyn FnMut(String)) -> Result<Built> {
        let deadline = timeout.map(|timeout| Instant::now() + timeout);
        let mut end = None;
        loop {
            match self.said.recv_timeout(Duration::from_millis(20)) {
                Ok(words) => events(self.said.try_iter().last().unwrap_or(words)),
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
        let thread = self.thread.take().ok_or_else(|| anyhow!("the build was waited for already"))?;
        let built = thread.join().map_err(|_| anyhow!("the build of the dependencies panicked"))?;
        end.map_or(built, |end| Err(end.into()))
    }
}

impl Drop for Early {
    fn drop(&mut self) {
        self.stop.set();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
