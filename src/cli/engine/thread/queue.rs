//! The queue of a caller that blocks: outcomes are kept until they are asked for, and queued cells can be cancelled.
//!
//! It prints nothing.

use std::collections::{HashMap, HashSet};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel};
use std::time::Duration;

use anyhow::{Result, anyhow};

use super::{Definitions, Message, SessionThread, Ticket};
use crate::cli::engine::Session;
use crate::cli::outcome::{Event, Outcome};

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
}

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
        let thread = SessionThread::start(begin, move |message| drop(outbox.send(message)));
        Queue { thread, messages, open: HashSet::from([Ticket::START]), done: HashMap::new(), doing: None }
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
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;
    use crate::cli::engine::{Interrupter, Question, Reader, Variable};
    use crate::cli::outcome::{Output, Stream};

    /// Prints each cell; `wait` waits for an interrupt, `ask` prints a line from stdin.
    #[derive(Default)]
    struct Echo {
        stopped: Arc<AtomicBool>,
        reader: Option<Reader>,
    }

    impl Session for Echo {
        fn run(&mut self, code: &str, events: &mut dyn FnMut(Event)) -> Result<Outcome> {
            if code == "wait" {
                events(Event::Progress("compiling".into()));
            }
            while code == "wait" && !self.stopped.swap(false, Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(1));
            }
            let mut text = code.to_owned();
            if code == "ask" {
                let answer = self.reader.as_mut().and_then(|reader| reader(&Question::default()));
                text = answer.unwrap_or_else(|| "end of input".into());
            }
            Ok(Outcome { outputs: vec![Output::Stream { stream: Stream::Stdout, text }], ..Outcome::default() })
        }

        fn variables(&mut self) -> Vec<Variable> {
            vec![Variable { name: "x".into(), type_name: "i32".into() }]
        }

        fn reset(&mut self) -> Result<()> {
            Ok(())
        }

        fn limit(&mut self, _: Option<Duration>, _: Option<Duration>) {}

        fn set_reader(&mut self, reader: Option<Reader>) {
            self.reader = reader;
        }

        fn interrupter(&self) -> Interrupter {
            let stopped = Arc::clone(&self.stopped);
            Interrupter::new(move || stopped.store(true, Ordering::Relaxed))
        }
    }

    fn echo() -> Queue {
        Queue::start(|| Ok(Box::new(Echo::default())))
    }

    fn text(outcome: Option<Result<Outcome>>) -> String {
        match &outcome.expect("an outcome").expect("a session").outputs[0] {
            Output::Stream { text, .. } => text.clone(),
            Output::Rich { .. } => String::new(),
        }
    }

    #[test]
    fn each_ticket_gets_its_own_outcome() {
        let mut queue = echo();
        let (one, two) = (queue.run("one"), queue.run("two"));
        assert_eq!(text(queue.wait(two, &mut |_| Reply::Continue)), "two");
        assert_eq!(text(queue.poll(one)), "one");
        assert!(!queue.is_busy());
        assert_eq!(queue.definitions().variables[0].name, "x");
    }

    #[test]
    fn a_running_cell_is_interrupted_and_a_queued_one_cancelled() {
        let mut queue = echo();
        let (running, queued) = (queue.run("wait"), queue.run("never"));
        assert!(queue.wait(queued, &mut |_| Reply::Stop).is_none());
        let mut ticks = 0;
        let outcome = queue.wait(running, &mut |_| {
            ticks += 1;
            if ticks > 1 { Reply::Stop } else { Reply::Continue }
        });
        assert_eq!(text(outcome), "wait");
        let after = queue.run("after");
        assert_eq!(text(queue.wait(after, &mut |_| Reply::Continue)), "after");
    }

    #[test]
    fn earlier_progress_is_repeated_to_a_caller_that_waits_later() {
        let mut queue = echo();
        let (running, queued) = (queue.run("wait"), queue.run("next"));
        while queue.doing.as_ref().is_none_or(|(whose, _)| *whose != running) {
            queue.is_busy();
        }
        let mut heard = Vec::new();
        queue.wait(queued, &mut |update| {
            if let Update::Behind(text) = update {
                heard.push(text);
            }
            Reply::Stop
        });
        assert_eq!(heard, ["compiling"]);
    }

    #[test]
    fn a_session_that_does_not_start_gives_the_reason_each_time() {
        let mut queue = Queue::start(|| Err(anyhow!("no compiler")));
        let ticket = queue.run("1");
        let error = queue.wait(ticket, &mut |_| Reply::Continue).expect("an answer").expect_err("no session");
        assert_eq!(error.to_string(), "no compiler");
        assert_eq!(queue.start_failure().map(|error| error.to_string()).as_deref(), Some("no compiler"));
    }

    #[test]
    fn a_dead_thread_fails_every_request() {
        let mut queue = Queue::start(|| panic!("the engine's own mistake"));
        for _ in 0..2 {
            let ticket = queue.run("1");
            let error = queue.wait(ticket, &mut |_| Reply::Continue).expect("an answer").expect_err("no session");
            assert_eq!(error.to_string(), "the live session has ended");
        }
        assert!(!queue.is_busy());
    }

    #[test]
    fn a_cell_that_reads_a_line_is_answered_or_interrupted() {
        for (answer, printed) in [(Some("a line"), "a line"), (None, "end of input")] {
            let (outbox, messages) = channel();
            let thread =
                SessionThread::start(|| Ok(Box::new(Echo::default())), move |message| drop(outbox.send(message)));
            let ticket = thread.run("ask", true);
            let mut unanswered = Vec::new();
            let outcome = loop {
                match messages.recv().expect("the thread lives") {
                    Message::Question(_, sender) => match answer {
                        Some(line) => sender.send(Some(line.to_owned())).expect("the cell waits"),
                        None => {
                            thread.interrupt();
                            unanswered.push(sender);
                        }
                    },
                    Message::Done(whose, outcome) if whose == ticket => break outcome,
                    _ => {}
                }
            };
            assert_eq!(text(Some(*outcome)), printed);
        }
    }
}
