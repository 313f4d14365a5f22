//! The cell that will probably be run next, compiled while the reader reads.
//!
//! It runs nothing and changes nothing: when another cell comes, or the session is another one by then, it is given up.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Result;

use super::super::state::State;
use super::super::stop::Stop;
use super::{Attempt, Workshop};
use crate::cli::syntax::split::split;

/// A compilation on a thread of its own; dropped, it is stopped.
pub struct Ahead {
    code: String,
    state: State,
    timeout: Option<Duration>,
    stop: Stop,
    answer: Receiver<Result<Attempt>>,
    thread: Option<JoinHandle<()>>,
}

impl Ahead {
    /// Begins; not with a cell that has commands, which may change what it is compiled with.
    pub fn begin(workshop: &Workshop, state: &State, code: &str, number: usize) -> Option<Ahead> {
        let cell = split(code, &state.item_macros);
        if !cell.commands.is_empty() || !cell.has_code() {
            return None;
        }
        let stop = Stop::new().ok()?;
        let workshop = Workshop { stop: stop.clone(), ..workshop.clone() };
        let timeout = workshop.timeout;
        let (sender, answer) = channel();
        let (of_thread, text) = (state.clone(), code.to_owned());
        let work = move || drop(sender.send(workshop.compile(&of_thread, &cell, &text, number)));
        let thread = std::thread::Builder::new().spawn(work).ok()?;
        let (code, state) = (code.to_owned(), state.clone());
        Some(Ahead { code, state, timeout, stop, answer, thread: Some(thread) })
    }

    /// Is it this very cell, in a session that is as it was?
    pub fn is_for(&self, workshop: &Workshop, state: &State, code: &str) -> bool {
        self.code == code && self.timeout == workshop.timeout && self.state.is_same(state)
    }

    /// Waits for its end; `None` when it has come to nothing that counts.
    pub fn finish(self, stop: &Stop) -> Option<Result<Attempt>> {
        loop {
            match self.answer.recv_timeout(Duration::from_millis(20)) {
                Ok(Ok(Attempt::NeedsTokio)) => return None,
                Ok(answer) => return Some(answer),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) if stop.is_set() => self.stop.set(),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.stop.set();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
