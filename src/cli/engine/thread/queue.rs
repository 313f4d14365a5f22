//! The queue of a caller that blocks: outcomes are kept until they are asked for, and queued cells can be cancelled.
//!
//! It prints nothing.

use std::collections::{HashMap, HashSet};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Result, anyhow};

use super::{Definitions, Message, SessionThread, Ticket};
use crate::cli::engine::Session;
use crate::cli::outcome::{Event, Outcome, Output};

/// What happens while the caller waits for a cell.
#[derive(Debug)]
pub enum Update {
    /// An event of that cell.
    Event(Event),
    /// What the session does before it: starting, or running an earlier cell.
    Behind(String),
    /// Nothing happened for a moment: a chance to look at the clock and at Ctrl-C.
    Tick,
}

/// The caller's reply to an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    Continue,
    /// Interrupt the cell, or cancel it if it has not started.
    Stop,
}

/// A [`SessionThread`] with the requests that were made of it.
pub struct Queue {
    thread: SessionThread,
    messages: Receiver<Message>,
    /// Requests without an outcome yet.
    open: HashSet<Ticket>,
    done: HashMap<Ticket, Result<Outcome>>,
    /// The session's last progress message, and the request it belongs to.
    doing: Option<(Ticket, String)>,
    /// Late outputs that are not text: they are shown with the next cell.
    late: Vec<Output>,
    printer: Printer,
}

/// Where text that comes between cells is printed.
type Printer = Arc<Mutex<Option<Sender<String>>>>;

/// How long a quiet moment is.
const TICK: Duration = Duration::from_millis(40);

/// What the end of a session may take, with the drops of its variables.
const PATIENCE: Duration = Duration::from_secs(3);

impl Drop for Queue {
    /// A session that is still starting has no variables to drop.
    fn drop(&mut self) {
        while let Ok(message) = self.messages.try_recv() {
            self.take(message);
        }
        if !self.open.contains(&Ticket::START) {
            self.thread.end(PATIENCE);
        }
    }
}

impl Queue {
    /// Starts the session in the background.
    pub fn start(begin: impl FnOnce() -> Result<Box<dyn Session>> + Send + 'static) -> Queue {
        let (outbox, messages) = channel();
        let printer = Printer::default();
        let theirs = Arc::clone(&printer);
        let thread = SessionThread::start(begin, move |message| {
            let printer = theirs.lock().unwrap_or_else(PoisonError::into_inner);
            match (message, &*printer) {
                (Message::Late(Output::Stream { text, .. }), Some(printer)) => drop(printer.send(text)),
                (message, _) => drop(outbox.send(message)),
            }
        });
        let open = HashSet::from([Ticket::START]);
        Queue { thread, messages, open, done: HashMap::new(), doing: None, late: Vec::new(), printer }
    }

    /// Text that threads print between cells goes to this printer, when it comes.
    pub fn print_late(&self, printer: Sender<String>) {
        *self.printer.lock().unwrap_or_else(PoisonError::into_inner) = Some(printer);
        self.thread.hear_late();
    }

    /// Queues a cell.
    pub fn run(&mut self, code: &str) -> Ticket {
        let ticket = self.thread.run(code, false);
        self.opened(ticket)
    }

    /// Forgets every variable and item.
    pub fn reset(&mut self) -> Ticket {
        let ticket = self.thread.reset();
        self.opened(ticket)
    }

    /// Undoes the last cell; passes if there was something to undo.
    pub fn undo(&mut self) -> Ticket {
        let ticket = self.thread.undo();
        self.opened(ticket)
    }

    /// Draws the output of an earlier cell that can move.
    pub fn draw(&mut self, id: u64, values: Vec<f64>) -> Ticket {
        let ticket = self.thread.draw(id, values);
        self.opened(ticket)
    }

    /// Drops an output that can move.
    pub fn end_moving(&self, id: u64) {
        self.thread.end_moving(id);
    }

    /// Prefetches the cell that will probably run next.
    pub fn expect(&mut self, code: &str) {
        if !self.is_busy() {
            self.thread.expect(code);
        }
    }

    /// Announces the cells that will run next, in this order.
    pub fn script(&self, cells: Vec<String>) {
        self.thread.script(cells);
    }

    /// Nothing while the session is busy.
    pub fn definitions(&mut self) -> Definitions {
        if self.is_busy() { Definitions::default() } else { self.thread.definitions() }
    }

    /// Whether the session is starting, or has requests left.
    pub fn is_busy(&mut self) -> bool {
        loop {
            match self.messages.try_recv() {
                Ok(message) => self.take(message),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    self.fail_open();
                    break;
                }
            }
        }
        !self.open.is_empty()
    }

    /// Takes the outcome of a request, if it is done.
    pub fn poll(&mut self, ticket: Ticket) -> Option<Result<Outcome>> {
        self.is_busy();
        self.done.remove(&ticket)
    }

    /// Why the session did not start; returned once.
    pub fn start_failure(&mut self) -> Option<anyhow::Error> {
        self.poll(Ticket::START).and_then(Result::err)
    }

    /// Waits for an outcome; `None` if the request was cancelled.
    pub fn wait(&mut self, ticket: Ticket, update: &mut dyn FnMut(Update) -> Reply) -> Option<Result<Outcome>> {
        if let Some((_, text)) = self.doing.as_ref().filter(|(whose, _)| self.open.contains(whose)) {
            update(Update::Behind(text.clone()));
        }
        for output in self.late.drain(..) {
            let _ = update(Update::Event(Event::Output(output)));
        }
        loop {
            if let Some(outcome) = self.done.remove(&ticket) {
                return Some(outcome);
            }
            if !self.open.contains(&ticket) {
                return None;
            }
            let reply = match self.messages.recv_timeout(TICK) {
                Ok(Message::Event(whose, event)) if whose == ticket => update(Update::Event(event)),
                Ok(Message::Event(_, Event::Progress(text))) => update(Update::Behind(text)),
                Ok(message) => {
                    self.take(message);
                    Reply::Continue
                }
                Err(RecvTimeoutError::Timeout) => update(Update::Tick),
                Err(RecvTimeoutError::Disconnected) => {
                    self.fail_open();
                    Reply::Continue
                }
            };
            if reply == Reply::Stop {
                self.stop(ticket);
            }
        }
    }

    fn stop(&mut self, ticket: Ticket) {
        if self.open.iter().any(|other| *other < ticket) {
            self.thread.cancel(ticket);
            self.open.remove(&ticket);
        } else {
            self.thread.interrupt();
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Event(whose, Event::Progress(text)) => self.doing = Some((whose, text)),
            Message::Event(..) => {}
            Message::Late(output) => self.late.push(output),
            // No request of this queue may ask.
            Message::Question(_, answer) => drop(answer.send(None)),
            Message::Done(ticket, outcome) => {
                if self.open.remove(&ticket) {
                    self.done.insert(ticket, *outcome);
                }
            }
        }
    }

    fn opened(&mut self, ticket: Ticket) -> Ticket {
        self.open.insert(ticket);
        ticket
    }

    /// The thread is gone.
    fn fail_open(&mut self) {
        self.done.extend(self.open.drain().map(|ticket| (ticket, Err(anyhow!("the live session has ended")))));
    }
}

#[cfg(test)]
mod tests;
