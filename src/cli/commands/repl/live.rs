//! The live session on a thread of its own: cells go in, outcomes come back, and the prompt never waits unasked.
//!
//! It shows nothing.

use std::collections::{HashMap, HashSet};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Result, anyhow};

use crate::cli::engine::{Interrupter, Session, Variable};
use crate::cli::outcome::{End, Event, Outcome};

/// Names one cell that was handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(u64);

/// What happened while somebody waits for a cell.
#[derive(Debug)]
pub enum News {
    /// Of the cell that is waited for.
    Event(Event),
    /// What the session is busy with before that: starting, or an earlier cell.
    Behind(String),
    /// Nothing for a moment; asked so that the caller can look at the clock and at Ctrl-C.
    Tick,
}

/// What the caller wants after some news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    GoOn,
    /// Stop the cell, or take it back if it has not begun.
    Stop,
}

enum Request {
    Run(Ticket, String),
    Reset(Ticket),
    Undo(Ticket),
    Variables(Sender<Vec<Variable>>),
    Items(Sender<Vec<String>>),
    Expect(String),
    Script(Vec<String>),
}

enum Reply {
    Event(Ticket, Event),
    Done(Ticket, Result<Outcome>),
}

/// The far side of the session's thread.
pub struct Live {
    requests: Sender<Request>,
    replies: Receiver<Reply>,
    shared: Arc<Shared>,
    next: u64,
    /// Handed in, and no outcome yet.
    open: HashSet<Ticket>,
    done: HashMap<Ticket, Result<Outcome>>,
    /// What the session said last of what it is doing, and for which cell.
    doing: Option<(Ticket, String)>,
    /// The session's first words go to this ticket: it is done when the session has started.
    started: Ticket,
}

/// What both sides look at.
#[derive(Default)]
struct Shared {
    interrupter: Mutex<Option<Interrupter>>,
    /// Cells that nobody wants any more.
    taken_back: Mutex<HashSet<Ticket>>,
}

/// How often the caller is asked while nothing happens.
const TICK: Duration = Duration::from_millis(40);

impl Live {
    /// Starts the session behind the caller's back.
    pub fn start(begin: impl FnOnce() -> Result<Box<dyn Session>> + Send + 'static) -> Live {
        let (requests, inbox) = channel();
        let (outbox, replies) = channel();
        let shared = Arc::new(Shared::default());
        let started = Ticket(0);
        let theirs = Arc::clone(&shared);
        std::thread::spawn(move || serve(begin, &inbox, &outbox, &theirs));
        Live {
            requests,
            replies,
            shared,
            next: 1,
            open: HashSet::from([started]),
            done: HashMap::new(),
            doing: None,
            started,
        }
    }

    /// Hands in a cell; it runs after all those before it.
    pub fn submit(&mut self, code: &str) -> Ticket {
        let ticket = self.ticket();
        self.send(ticket, Request::Run(ticket, code.to_owned()));
        ticket
    }

    /// Forgets every variable and item, after all that was handed in before.
    pub fn reset(&mut self) -> Ticket {
        let ticket = self.ticket();
        self.send(ticket, Request::Reset(ticket));
        ticket
    }

    /// Takes back what the last cell did; passes if there was something to go back to.
    pub fn undo(&mut self) -> Ticket {
        let ticket = self.ticket();
        self.send(ticket, Request::Undo(ticket));
        ticket
    }

    /// This code will probably come next.
    pub fn expect(&mut self, code: String) {
        if !self.is_busy() {
            // A session that has ended expects nothing.
            drop(self.requests.send(Request::Expect(code)));
        }
    }

    /// These cells will come, one after the other.
    pub fn script(&mut self, cells: Vec<String>) {
        drop(self.requests.send(Request::Script(cells)));
    }

    /// The items that cells have defined; empty while the session is at work.
    pub fn items(&mut self) -> Vec<String> {
        let (sender, answer) = channel();
        if self.is_busy() || self.requests.send(Request::Items(sender)).is_err() {
            return Vec::new();
        }
        answer.recv().unwrap_or_default()
    }

    /// The variables; empty until the session has started.
    pub fn variables(&mut self) -> Vec<Variable> {
        if self.is_busy() {
            return Vec::new();
        }
        let (sender, answer) = channel();
        if self.requests.send(Request::Variables(sender)).is_err() {
            return Vec::new();
        }
        answer.recv().unwrap_or_default()
    }

    /// Is the session still starting, or at work on something?
    pub fn is_busy(&mut self) -> bool {
        while let Ok(reply) = self.replies.try_recv() {
            self.take(reply);
        }
        !self.open.is_empty()
    }

    /// The outcome of a cell, if it is there.
    pub fn poll(&mut self, ticket: Ticket) -> Option<Result<Outcome>> {
        self.is_busy();
        self.done.remove(&ticket)
    }

    /// The session could not be started: why. Asked once.
    pub fn start_failure(&mut self) -> Option<anyhow::Error> {
        self.poll(self.started).and_then(Result::err)
    }

    /// Waits for a cell's outcome; `None` if it was taken back before it began.
    pub fn wait(&mut self, ticket: Ticket, news: &mut dyn FnMut(News) -> Wish) -> Option<Result<Outcome>> {
        // Said before anybody waited.
        if let Some((_, text)) = self.doing.as_ref().filter(|(whose, _)| self.open.contains(whose)) {
            news(News::Behind(text.clone()));
        }
        loop {
            if let Some(outcome) = self.done.remove(&ticket) {
                return Some(outcome);
            }
            if !self.open.contains(&ticket) {
                return None;
            }
            let wish = match self.replies.recv_timeout(TICK) {
                Ok(Reply::Event(whose, event)) if whose == ticket => news(News::Event(event)),
                Ok(Reply::Event(_, Event::Progress(text))) => news(News::Behind(text)),
                Ok(reply) => {
                    self.take(reply);
                    Wish::GoOn
                }
                Err(RecvTimeoutError::Timeout) => news(News::Tick),
                Err(RecvTimeoutError::Disconnected) => {
                    return Some(Err(anyhow!("the live session's thread has ended")));
                }
            };
            if wish == Wish::Stop {
                self.stop(ticket);
            }
        }
    }

    /// Stops a cell that runs; one that has not begun is taken back.
    fn stop(&mut self, ticket: Ticket) {
        if self.open.iter().any(|other| *other < ticket) {
            locked(&self.shared.taken_back).insert(ticket);
            self.open.remove(&ticket);
        } else if let Some(interrupter) = locked(&self.shared.interrupter).as_ref() {
            interrupter.interrupt();
        }
    }

    fn take(&mut self, reply: Reply) {
        match reply {
            Reply::Event(whose, Event::Progress(text)) => self.doing = Some((whose, text)),
            Reply::Event(..) => {}
            Reply::Done(ticket, outcome) => {
                let wanted = self.open.remove(&ticket);
                if wanted {
                    self.done.insert(ticket, outcome);
                }
            }
        }
    }

    fn ticket(&mut self) -> Ticket {
        self.next += 1;
        Ticket(self.next)
    }

    fn send(&mut self, ticket: Ticket, request: Request) {
        self.open.insert(ticket);
        if self.requests.send(request).is_err() {
            self.open.remove(&ticket);
            self.done.insert(ticket, Err(anyhow!("the live session has ended")));
        }
    }
}

/// The session's thread: it ends when the caller is gone.
fn serve(
    begin: impl FnOnce() -> Result<Box<dyn Session>>,
    inbox: &Receiver<Request>,
    outbox: &Sender<Reply>,
    shared: &Shared,
) {
    let started = Ticket(0);
    let tell = |ticket, event| drop(outbox.send(Reply::Event(ticket, event)));
    tell(started, Event::Progress("live Rust is starting".into()));
    let mut session = match begin() {
        Ok(session) => session,
        Err(error) => return refuse(&error, inbox, outbox),
    };
    *locked(&shared.interrupter) = Some(session.interrupter());
    drop(outbox.send(Reply::Done(started, Ok(Outcome::default()))));
    while let Ok(request) = inbox.recv() {
        let reply = match request {
            Request::Run(ticket, _) if locked(&shared.taken_back).remove(&ticket) => continue,
            Request::Run(ticket, code) => Reply::Done(ticket, session.run(&code, &mut |event| tell(ticket, event))),
            Request::Reset(ticket) => Reply::Done(ticket, session.reset().map(|()| Outcome::default())),
            Request::Undo(ticket) => Reply::Done(ticket, session.undo().map(undone)),
            Request::Variables(answer) => {
                drop(answer.send(session.variables()));
                continue;
            }
            Request::Items(answer) => {
                drop(answer.send(session.items()));
                continue;
            }
            Request::Expect(code) => {
                session.expect(&code);
                continue;
            }
            Request::Script(cells) => {
                session.script(cells);
                continue;
            }
        };
        if outbox.send(reply).is_err() {
            break;
        }
    }
}

fn undone(something: bool) -> Outcome {
    let end = if something { End::Passed } else { End::Interrupted };
    Outcome { end, ..Outcome::default() }
}

/// There is no session: each request is answered with the reason.
fn refuse(error: &anyhow::Error, inbox: &Receiver<Request>, outbox: &Sender<Reply>) {
    let reason = format!("{error:#}");
    drop(outbox.send(Reply::Done(Ticket(0), Err(anyhow!(reason.clone())))));
    while let Ok(request) = inbox.recv() {
        match request {
            Request::Run(ticket, _) | Request::Reset(ticket) | Request::Undo(ticket) => {
                drop(outbox.send(Reply::Done(ticket, Err(anyhow!(reason.clone())))));
            }
            Request::Variables(answer) => drop(answer.send(Vec::new())),
            Request::Items(answer) => drop(answer.send(Vec::new())),
            Request::Expect(_) | Request::Script(_) => {}
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;
    use crate::cli::outcome::{Output, Stream};

    /// Says each cell back; `wait` waits for an interrupt.
    struct Echo {
        stopped: Arc<AtomicBool>,
    }

    impl Session for Echo {
        fn run(&mut self, code: &str, tell: &mut dyn FnMut(Event)) -> Result<Outcome> {
            if code == "wait" {
                tell(Event::Progress("compiling".into()));
            }
            while code == "wait" && !self.stopped.swap(false, Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(1));
            }
            let text = code.to_owned();
            Ok(Outcome { outputs: vec![Output::Stream { stream: Stream::Stdout, text }], ..Outcome::default() })
        }

        fn variables(&mut self) -> Vec<Variable> {
            vec![Variable { name: "x".into(), type_name: "i32".into() }]
        }

        fn reset(&mut self) -> Result<()> {
            Ok(())
        }

        fn limit(&mut self, _: Option<Duration>, _: Option<Duration>) {}

        fn interrupter(&self) -> Interrupter {
            let stopped = Arc::clone(&self.stopped);
            Interrupter::new(move || stopped.store(true, Ordering::Relaxed))
        }
    }

    fn echo() -> Live {
        Live::start(|| Ok(Box::new(Echo { stopped: Arc::default() })))
    }

    fn said(outcome: Option<Result<Outcome>>) -> String {
        match &outcome.expect("an outcome").expect("a session").outputs[0] {
            Output::Stream { text, .. } => text.clone(),
            Output::Rich { .. } => String::new(),
        }
    }

    #[test]
    fn each_ticket_gets_its_own_outcome() {
        let mut live = echo();
        let (one, two) = (live.submit("one"), live.submit("two"));
        assert_eq!(said(live.wait(two, &mut |_| Wish::GoOn)), "two");
        assert_eq!(said(live.poll(one)), "one");
        assert!(!live.is_busy());
        assert_eq!(live.variables()[0].name, "x");
    }

    #[test]
    fn a_running_cell_is_stopped_and_a_waiting_one_taken_back() {
        let mut live = echo();
        let (running, waiting) = (live.submit("wait"), live.submit("never"));
        assert!(live.wait(waiting, &mut |_| Wish::Stop).is_none());
        let mut ticks = 0;
        let outcome = live.wait(running, &mut |_| {
            ticks += 1;
            if ticks > 1 { Wish::Stop } else { Wish::GoOn }
        });
        assert_eq!(said(outcome), "wait");
        let after = live.submit("after");
        assert_eq!(said(live.wait(after, &mut |_| Wish::GoOn)), "after");
    }

    #[test]
    fn what_was_said_before_anybody_waited_is_said_to_who_waits() {
        let mut live = echo();
        let (running, waiting) = (live.submit("wait"), live.submit("next"));
        while live.doing.as_ref().is_none_or(|(whose, _)| *whose != running) {
            live.is_busy();
        }
        let mut heard = Vec::new();
        live.wait(waiting, &mut |news| {
            if let News::Behind(text) = news {
                heard.push(text);
            }
            Wish::Stop
        });
        assert_eq!(heard, ["compiling"]);
    }

    #[test]
    fn a_session_that_cannot_start_says_why_each_time() {
        let mut live = Live::start(|| Err(anyhow!("no compiler")));
        let ticket = live.submit("1");
        let error = live.wait(ticket, &mut |_| Wish::GoOn).expect("an answer").expect_err("no session");
        assert_eq!(error.to_string(), "no compiler");
        assert_eq!(live.start_failure().map(|error| error.to_string()).as_deref(), Some("no compiler"));
    }
}
