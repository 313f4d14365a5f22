//! The cell that will probably run next, compiled in the background.
//!
//! It runs nothing and changes nothing: if another cell follows or the session has changed, it is discarded.

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::super::files::may_name_files;
use super::super::halt::Halt;
use super::super::source::Source;
use super::super::state::State;
use super::super::stop::Stop;
use super::{Attempt, Compiler};

/// A compilation on a thread of its own; dropping it stops it.
pub struct Precompiled {
    code: String,
    state: State,
    timeout: Option<Duration>,
    stop: Stop,
    answer: Receiver<Result<Attempt, Halt>>,
    thread: Option<JoinHandle<()>>,
}

impl Precompiled {
    /// Starts, unless the cell has commands, which could change how it is compiled.
    pub fn begin(compiler: &Compiler, state: &State, code: &str, number: usize) -> Option<Precompiled> {
        let source = Source::split(code, &state.item_macros, number);
        // Files may change before the cell runs.
        if !source.cell.commands.is_empty() || !source.cell.has_code() || may_name_files(code) {
            return None;
        }
        let stop = Stop::new().ok()?;
        let compiler = Compiler { stop: stop.clone(), ..compiler.clone() };
        let timeout = compiler.timeout;
        let (sender, answer) = channel();
        let of_thread = state.clone();
        let work = move || drop(sender.send(compiler.compile(&of_thread, &source)));
        let thread = std::thread::Builder::new().spawn(work).ok()?;
        let (code, state) = (code.to_owned(), state.clone());
        Some(Precompiled { code, state, timeout, stop, answer, thread: Some(thread) })
    }

    /// Is it this cell, in the present state of the session?
    pub fn is_for(&self, compiler: &Compiler, state: &State, code: &str) -> bool {
        self.code == code && self.timeout == compiler.timeout && self.state.is_same(state)
    }

    /// Waits for its end; `None` if the cell must be compiled again.
    pub fn finish(self, stop: &Stop) -> Option<Result<Attempt, Halt>> {
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

impl Drop for Precompiled {
    fn drop(&mut self) {
        self.stop.set();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
