//! A session on its own thread: requests go in, messages come out, and the running cell can be interrupted.
//!
//! It prints nothing, and knows neither the prompt nor Jupyter. A caller that blocks uses the [`queue`].

pub mod queue;

use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Error, Result, anyhow};

use super::{Interrupter, Question, Session, Variable};
use crate::cli::outcome::{End, Event, Outcome, Output};
use crate::cli::syntax::complete::Names;
use crate::cli::syntax::types::short;

/// Identifies one request; requests are carried out in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(u64);

impl Ticket {
    /// Done once the session has started.
    pub const START: Ticket = Ticket(0);
}

/// What the thread sends while it works.
pub enum Message {
    Event(Ticket, Event),
    /// The cell reads a line from stdin; `None` means end of input.
    Question(Question, Sender<Option<String>>),
    Done(Ticket, Box<Result<Outcome>>),
    /// A thread has printed after the end of its cell.
    Late(Output),
}

/// What cells have defined so far.
#[derive(Clone, Debug, Default)]
pub struct Definitions {
    pub variables: Vec<Variable>,
    pub items: Vec<String>,
    /// The text of items and `:dep` lines, if the engine keeps it.
    pub sources: Option<Vec<String>>,
}

impl Definitions {
    pub fn of(session: &mut (impl Session + ?Sized)) -> Definitions {
        Definitions { variables: session.variables(), items: session.items(), sources: session.sources() }
    }

    /// What completion and help know of the session: of an engine that keeps no items, the cells that ran.
    pub fn names(self, cells: impl FnOnce() -> Vec<String>, folder: &Path) -> Names {
        let variables = self.variables.into_iter().map(|variable| (variable.name, short(&variable.type_name)));
        Names {
            variables: variables.collect(),
            items: self.items,
            sources: self.sources.unwrap_or_else(cells),
            folder: folder.to_owned(),
            ..Names::default()
        }
    }
}

enum Request {
    Run { ticket: Ticket, code: String, may_ask: bool },
    Ask { ticket: Ticket, code: String },
    Reset(Ticket),
    Undo(Ticket),
    Draw { ticket: Ticket, id: u64, values: Vec<f64> },
    EndMoving(u64),
    Expect(String),
    Script(Vec<String>),
}

/// A handle to the thread, to be shared freely.
pub struct SessionThread {
    requests: Mutex<Option<Sender<Request>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    shared: Arc<Shared>,
    tickets: AtomicU64,
}

#[derive(Default)]
struct Shared {
    interrupter: Mutex<Option<Interrupter>>,
    is_stopped: AtomicBool,
    hears_late: AtomicBool,
    cancelled: Mutex<HashSet<Ticket>>,
    definitions: Mutex<Definitions>,
}

type Outbox = Arc<dyn Fn(Message) + Send + Sync>;

/// Why an output can no longer move.
pub const GONE: &str = "the session no longer has it: run the cell again";

/// How often output between cells is looked for.
const LATE: Duration = Duration::from_millis(100);

/// How often a waiting thread checks whether it should stop waiting.
const POLL: Duration = Duration::from_millis(20);

impl SessionThread {
    /// Starts the session in the background. `outbox` is dropped when the thread ends.
    pub fn start(
        begin: impl FnOnce() -> Result<Box<dyn Session>> + Send + 'static,
        outbox: impl Fn(Message) + Send + Sync + 'static,
    ) -> SessionThread {
        let (requests, inbox) = channel();
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        let outbox: Outbox = Arc::new(outbox);
        let tell = Arc::clone(&outbox);
        let thread = std::thread::Builder::new().spawn(move || serve(begin, &inbox, &theirs, &outbox));
        let thread = thread.map_err(|error| {
            let error = Error::from(error).context("cannot start a thread for the session");
            tell(Message::Done(Ticket::START, Box::new(Err(error))));
        });
        drop(tell);
        SessionThread {
            requests: Mutex::new(Some(requests)),
            thread: Mutex::new(thread.ok()),
            shared,
            tickets: AtomicU64::new(1),
        }
    }

    /// Queues a cell. Unless it `may_ask`, its stdin is empty.
    pub fn run(&self, code: &str, may_ask: bool) -> Ticket {
        self.shared.is_stopped.store(false, Ordering::SeqCst);
        self.queue(|ticket| Request::Run { ticket, code: code.to_owned(), may_ask })
    }

    /// Queues a cell of the program's own, with empty stdin.
    pub fn ask(&self, code: &str) -> Ticket {
        self.shared.is_stopped.store(false, Ordering::SeqCst);
        self.queue(|ticket| Request::Ask { ticket, code: code.to_owned() })
    }

    /// From the next cell on, passes on what threads print between cells, when it comes. Without this it comes with the
    /// next cell.
    pub fn hear_late(&self) {
        self.shared.hears_late.store(true, Ordering::SeqCst);
    }

    /// Forgets every variable and item.
    pub fn reset(&self) -> Ticket {
        self.queue(Request::Reset)
    }

    /// Undoes the last cell; the outcome is `Interrupted` if there is nothing to undo.
    pub fn undo(&self) -> Ticket {
        self.queue(Request::Undo)
    }

    /// Draws the output of an earlier cell that can move.
    pub fn draw(&self, id: u64, values: Vec<f64>) -> Ticket {
        self.shared.is_stopped.store(false, Ordering::SeqCst);
        self.queue(|ticket| Request::Draw { ticket, id, values })
    }

    /// Drops an output that can move.
    pub fn end_moving(&self, id: u64) {
        self.send(Request::EndMoving(id));
    }

    /// Prefetches the cell that will probably run next.
    pub fn expect(&self, code: &str) {
        self.send(Request::Expect(code.to_owned()));
    }

    /// Announces the cells that will run next, in this order.
    pub fn script(&self, cells: Vec<String>) {
        self.send(Request::Script(cells));
    }

    /// Skips a queued cell that has not started: it is never done.
    pub fn cancel(&self, ticket: Ticket) {
        locked(&self.shared.cancelled).insert(ticket);
    }

    /// Stops the running cell. A cell that is just starting can miss it: repeat while [`Self::is_stopped`].
    pub fn interrupt(&self) {
        if let Some(interrupter) = locked(&self.shared.interrupter).as_ref() {
            interrupter.interrupt();
        }
        self.shared.is_stopped.store(true, Ordering::SeqCst);
    }

    /// Whether the session was interrupted since a cell was last queued.
    pub fn is_stopped(&self) -> bool {
        self.shared.is_stopped.load(Ordering::SeqCst)
    }

    pub fn definitions(&self) -> Definitions {
        locked(&self.shared.definitions).clone()
    }

    /// Ends the session and its processes; what takes longer than `patience` ends with this process.
    pub fn end(&self, patience: Duration) {
        locked(&self.requests).take();
        let deadline = Instant::now() + patience;
        let Some(thread) = locked(&self.thread).take() else { return };
        while !thread.is_finished() && Instant::now() < deadline {
            self.interrupt();
            std::thread::sleep(POLL);
        }
    }

    fn queue(&self, request: impl FnOnce(Ticket) -> Request) -> Ticket {
        let ticket = Ticket(self.tickets.fetch_add(1, Ordering::Relaxed));
        self.send(request(ticket));
        ticket
    }

    fn send(&self, request: Request) {
        if let Some(requests) = locked(&self.requests).as_ref() {
            // If the thread is gone, so is its outbox, and the caller sees that.
            let _ = requests.send(request);
        }
    }
}

/// The thread: ends when its handle is dropped.
fn serve(
    begin: impl FnOnce() -> Result<Box<dyn Session>>,
    requests: &Receiver<Request>,
    shared: &Arc<Shared>,
    outbox: &Outbox,
) {
    outbox(Message::Event(Ticket::START, Event::Progress("live Rust is starting".into())));
    let mut session = match begin() {
        Ok(session) => session,
        Err(error) => return refuse(&error, requests, outbox),
    };
    *locked(&shared.interrupter) = Some(session.interrupter());
    outbox(Message::Done(Ticket::START, Box::new(Ok(Outcome::default()))));
    while let Some(request) = next(session.as_mut(), requests, shared, outbox) {
        let (ticket, outcome) = match request {
            Request::Run { ticket, .. } if locked(&shared.cancelled).remove(&ticket) => continue,
            Request::Run { ticket, code, may_ask } => {
                let (theirs, questions) = (Arc::clone(shared), Arc::clone(outbox));
                let reader = move |question: &Question| ask(question, &theirs, &questions);
                session.set_reader(may_ask.then(|| Box::new(reader) as _));
                (ticket, session.run(&code, &mut |event| outbox(Message::Event(ticket, event))))
            }
            Request::Ask { ticket, code } => {
                session.set_reader(None);
                (ticket, session.ask(&code, &mut |event| outbox(Message::Event(ticket, event))))
            }
            Request::Reset(ticket) => (ticket, session.reset().map(|()| Outcome::default())),
            Request::Undo(ticket) => (ticket, session.undo().map(undone)),
            Request::Draw { ticket, id, values } => {
                let drawn = session.draw(id, &values, &mut |event| outbox(Message::Event(ticket, event)));
                (ticket, drawn.and_then(|drawn| drawn.ok_or_else(|| anyhow!(GONE))))
            }
            Request::EndMoving(id) => {
                session.end_moving(id);
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
        *locked(&shared.definitions) = Definitions::of(&mut *session);
        outbox(Message::Done(ticket, Box::new(outcome)));
    }
}

/// The next request. Until it comes, late output is passed on, if it is wanted.
fn next(session: &mut dyn Session, requests: &Receiver<Request>, shared: &Shared, outbox: &Outbox) -> Option<Request> {
    if !shared.hears_late.load(Ordering::SeqCst) {
        return requests.recv().ok();
    }
    loop {
        let request = requests.recv_timeout(LATE);
        session.late(&mut |event| {
            if let Event::Output(output) = event {
                outbox(Message::Late(output));
            }
        });
        match request {
            Ok(request) => return Some(request),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}

fn undone(something: bool) -> Outcome {
    let end = if something { End::Passed } else { End::Interrupted };
    Outcome { end, ..Outcome::default() }
}

/// Waits for an answer, or until the cell is interrupted.
fn ask(question: &Question, shared: &Shared, outbox: &Outbox) -> Option<String> {
    let (sender, answer) = channel();
    outbox(Message::Question(question.clone(), sender));
    loop {
        match answer.recv_timeout(POLL) {
            Ok(line) => return line,
            Err(RecvTimeoutError::Timeout) if !shared.is_stopped.load(Ordering::SeqCst) => {}
            Err(_) => return None,
        }
    }
}

/// The session did not start: every request fails with the reason.
fn refuse(error: &anyhow::Error, requests: &Receiver<Request>, outbox: &Outbox) {
    let reason = format!("{error:#}");
    let fail = |ticket| outbox(Message::Done(ticket, Box::new(Err(anyhow!(reason.clone())))));
    fail(Ticket::START);
    while let Ok(request) = requests.recv() {
        match request {
            Request::Run { ticket, .. }
            | Request::Ask { ticket, .. }
            | Request::Draw { ticket, .. }
            | Request::Reset(ticket)
            | Request::Undo(ticket) => fail(ticket),
            Request::EndMoving(_) | Request::Expect(_) | Request::Script(_) => {}
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
