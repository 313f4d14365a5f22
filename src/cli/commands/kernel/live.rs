//! The live session on a thread of its own: a cell goes in, news of it come out, and it can be stopped at any time.
//!
//! One cell at a time: the caller hands in the next when the last is done. It knows nothing of Jupyter.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::cli::engine::{Interrupter, Question, Session, Variable};
use crate::cli::outcome::{Event, Outcome};

/// What happens while a cell runs; `Done` is the last.
pub enum News {
    Event(Event),
    /// The cell waits for a line; `None` says that nobody answers.
    Question(Question, Sender<Option<String>>),
    Done(Box<Result<Outcome>>),
}

/// The names that the session has after the last cell.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub variables: Vec<Variable>,
    pub items: Vec<String>,
}

struct Job {
    code: String,
    may_ask: bool,
    news: UnboundedSender<News>,
}

/// The near side of the thread.
pub struct Live {
    jobs: Mutex<Option<Sender<Job>>>,
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct Shared {
    interrupter: Mutex<Option<Interrupter>>,
    /// Somebody wants the present cell to end.
    stopped: AtomicBool,
    known: Mutex<Known>,
}

/// How often a thread that waits for an answer looks whether it is still wanted.
const GLANCE: Duration = Duration::from_millis(20);

impl Live {
    /// Begins to start the session, behind the caller's back.
    pub fn start(begin: impl FnOnce() -> Result<Box<dyn Session>> + Send + 'static) -> Live {
        let (jobs, inbox) = channel();
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        let thread = std::thread::spawn(move || work(begin, &inbox, &theirs));
        Live { jobs: Mutex::new(Some(jobs)), shared, thread: Mutex::new(Some(thread)) }
    }

    /// Runs a cell; its news end with `Done`, or without it when the session is broken.
    pub fn run(&self, code: String, may_ask: bool) -> UnboundedReceiver<News> {
        let (news, receiver) = unbounded_channel();
        self.shared.stopped.store(false, Ordering::SeqCst);
        if let Some(jobs) = locked(&self.jobs).as_ref() {
            // The receiver is told by silence when the thread is gone.
            let _ = jobs.send(Job { code, may_ask, news });
        }
        receiver
    }

    /// Stops the cell that runs. While it is only about to begin, this has to be said again: see [`Live::is_stopped`].
    pub fn interrupt(&self) {
        if let Some(interrupter) = locked(&self.shared.interrupter).as_ref() {
            interrupter.interrupt();
        }
        self.shared.stopped.store(true, Ordering::SeqCst);
    }

    /// Is the present cell wanted no more?
    pub fn is_stopped(&self) -> bool {
        self.shared.stopped.load(Ordering::SeqCst)
    }

    pub fn known(&self) -> Known {
        locked(&self.shared.known).clone()
    }

    /// Ends the session and its processes; whoever does not end within `patience` ends with this process.
    pub fn end(&self, patience: Duration) {
        locked(&self.jobs).take();
        let deadline = Instant::now() + patience;
        let Some(thread) = locked(&self.thread).take() else { return };
        while !thread.is_finished() && Instant::now() < deadline {
            self.interrupt();
            std::thread::sleep(GLANCE);
        }
    }
}

/// The thread: it ends when nothing more can come.
fn work(begin: impl FnOnce() -> Result<Box<dyn Session>>, jobs: &Receiver<Job>, shared: &Arc<Shared>) {
    let mut session = match begin() {
        Ok(session) => session,
        Err(error) => return refuse(&format!("{error:#}"), jobs),
    };
    *locked(&shared.interrupter) = Some(session.interrupter());
    while let Ok(job) = jobs.recv() {
        let outcome = run(session.as_mut(), &job, shared);
        *locked(&shared.known) = Known { variables: session.variables(), items: session.items() };
        // Nobody waits for it any more while the kernel ends.
        let _ = job.news.send(News::Done(Box::new(outcome)));
    }
}

fn run(session: &mut dyn Session, job: &Job, shared: &Arc<Shared>) -> Result<Outcome> {
    let (news, theirs) = (job.news.clone(), Arc::clone(shared));
    let reader = move |question: &Question| ask(question, &news, &theirs);
    session.set_reader(job.may_ask.then(|| Box::new(reader) as _));
    session.run(&job.code, &mut |event| {
        let _ = job.news.send(News::Event(event));
    })
}

/// Waits for an answer, or until nobody wants the cell any more.
fn ask(question: &Question, news: &UnboundedSender<News>, shared: &Shared) -> Option<String> {
    let (sender, answer) = channel();
    news.send(News::Question(question.clone(), sender)).ok()?;
    loop {
        match answer.recv_timeout(GLANCE) {
            Ok(line) => return line,
            Err(RecvTimeoutError::Timeout) if !shared.stopped.load(Ordering::SeqCst) => {}
            Err(_) => return None,
        }
    }
}

/// There is no session: each cell is answered with the reason.
fn refuse(reason: &str, jobs: &Receiver<Job>) {
    while let Ok(job) = jobs.recv() {
        let _ = job.news.send(News::Done(Box::new(Err(anyhow!(reason.to_owned())))));
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
