//! The supervisor: the first process below the session's. It starts the worker, reports how it ended, wakes a
//! checkpoint in its place, and leaves no process behind.
//!
//! It never loads a cell, so a cell cannot break it.

use std::io;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd};

use nix::poll::PollTimeout;
use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};
use nix::sys::signal::{self, Signal};
use nix::unistd::{ForkResult, Pid, close, fork, setpgid, setsid};

use super::system::{self, Kept, News, Watch, moved_to};
use super::wire::worker_side::{BROKEN, Fds};
use super::wire::{Channel, FromSupervisor, ToSupervisor, wait_readable};
use super::worker;

/// Holds the numbers of the two descriptors that the child is to use: the worker's, the supervisor's.
pub const ENV: &str = "FORWARD_PASS_CHILD";

/// Deep recursion ends here even where the user's limit is "unlimited".
const STACK: rlim_t = 8 << 20;

/// How many discarded checkpoints may still be dying.
const MOST_DYING: usize = 8;

/// How many processes that outlive a worker are named.
const MOST_NAMED: usize = 20;

/// If a session started this process as its child, does that work and never returns.
pub fn hook() {
    let Ok(fds) = std::env::var(ENV) else { return };
    // SAFETY: called first in `main`, when no other thread exists. Removed, because programs that a cell starts must
    // not see it.
    unsafe { std::env::remove_var(ENV) };
    let mut fds = fds.split(',').map(|fd| fd.parse::<RawFd>());
    let (Some(Ok(control)), Some(Ok(orders))) = (fds.next(), fds.next()) else { return };
    // SAFETY: our parent passed these two for us.
    let (control, orders) = unsafe { (OwnedFd::from_raw_fd(control), OwnedFd::from_raw_fd(orders)) };
    match Supervisor::new(control, orders) {
        Ok(supervisor) => supervisor.run(),
        Err(error) => fail(&error),
    }
}

/// The message goes to the pipe that the session reads as the cell's stderr.
#[expect(clippy::print_stderr, reason = "stderr is a pipe here, not a terminal")]
fn fail(error: &io::Error) -> ! {
    eprintln!("the process for the cells could not start: {error}");
    std::process::exit(BROKEN)
}

struct Supervisor {
    orders: Channel,
    watch: Watch,
    fds: &'static Fds,
    life: Life,
    worker: i32,
    /// Checkpoints that are being killed.
    discarded: Vec<i32>,
}

/// A pipe that nothing is written to. It ends with the supervisor, or when all of its processes are to end.
struct Life {
    /// For the worker.
    end: Option<OwnedFd>,
    held: OwnedFd,
}

impl Life {
    fn new(places: &mut dyn Iterator<Item = RawFd>) -> io::Result<Life> {
        let (end, held) = io::pipe()?;
        Ok(Life { end: Some(moved_to(end, places)?), held: moved_to(held, places)? })
    }
}

impl Supervisor {
    fn new(control: OwnedFd, orders: OwnedFd) -> io::Result<Supervisor> {
        let _ = setsid();
        system::adopt_orphans()?;
        limit_stack();
        let mut places = high_places();
        let orders = Channel::from(moved_to(orders, &mut places)?);
        let mut watch = system::watch_children(&mut places)?;
        let fds = Fds {
            control: Channel::from(moved_to(control, &mut places)?),
            news: watch.writer.take(),
            stdin: moved_to(io::stdin(), &mut places)?,
            stdout: moved_to(io::stdout(), &mut places)?,
            stderr: moved_to(io::stderr(), &mut places)?,
        };
        let life = Life::new(&mut places)?;
        Ok(Supervisor { orders, watch, fds: Box::leak(Box::new(fds)), life, worker: 0, discarded: Vec::new() })
    }

    fn run(mut self) -> ! {
        self.start();
        loop {
            let ready = wait_readable([self.orders.as_fd(), self.watch.news.as_fd()], PollTimeout::NONE);
            let [ordered, has_news] = ready.unwrap_or_default();
            if has_news {
                self.hear();
            }
            if ordered {
                match self.orders.receive() {
                    Ok(Some(order)) => self.obey(order),
                    _ => self.end(),
                }
            }
        }
    }

    fn obey(&mut self, order: ToSupervisor) {
        match order {
            ToSupervisor::Kill => kill(self.worker),
            ToSupervisor::Wake { pid, keep } => {
                let kept = Kept { woken: pid, checkpoints: &keep, discarded: &self.discarded };
                let survivors = system::end_strays(kept);
                self.discarded.clear();
                self.report_survivors(survivors);
                self.worker = pid;
                if system::is_gone(pid) {
                    let _ = self.orders.send(&FromSupervisor::Ended { pid, status: Signal::SIGKILL as i32 });
                }
                // It is blocked there, and only read.
                let _ = signal::kill(Pid::from_raw(pid), worker::WAKE);
            }
            ToSupervisor::Restart => {
                system::end_all(self.worker);
                match Life::new(&mut high_places()) {
                    Ok(life) => self.life = life,
                    Err(error) => fail(&error),
                }
                self.start();
            }
            ToSupervisor::Discard { pid } => {
                kill(pid);
                // The last ones only: a number may be used again.
                self.discarded.truncate(MOST_DYING - 1);
                self.discarded.insert(0, pid);
            }
        }
    }

    fn report_survivors(&self, all: Vec<(String, i32)>) {
        let names = all.into_iter().map(|(name, pid)| format!("{name} {pid}"));
        let survivors: Vec<String> = names.take(MOST_NAMED).collect();
        let _ = self.orders.send(&FromSupervisor::Woken { survivors: survivors.join("\n") });
    }

    /// Forks the worker, which leaves this loop for its own.
    fn start(&mut self) {
        let Some(end_of_life) = self.life.end.take() else { return };
        let supervisor = std::process::id().cast_signed();
        // SAFETY: this process has one thread.
        match unsafe { fork() } {
            Ok(ForkResult::Child) => {
                // The supervisor's alone; `self` is neither used nor dropped in this process from here on.
                for own in [self.orders.as_fd(), self.life.held.as_fd(), self.watch.news.as_fd()] {
                    let _ = close(own.as_raw_fd());
                }
                system::watch_no_children();
                let life: &'static OwnedFd = Box::leak(Box::new(end_of_life));
                worker::run(self.fds, life.as_fd(), supervisor)
            }
            Ok(ForkResult::Parent { child }) => {
                // Whichever of both processes comes first.
                let _ = setpgid(child, child);
                self.worker = child.as_raw();
            }
            Err(error) => fail(&error.into()),
        }
    }

    /// Reports each process that has ended; the session knows which of them matter.
    fn hear(&mut self) {
        let (orders, worker) = (&self.orders, &mut self.worker);
        system::news(&self.watch, &mut |news| match news {
            News::Started { pid } => *worker = pid,
            News::Ended { pid, status } => {
                let _ = orders.send(&FromSupervisor::Ended { pid, status });
            }
        });
    }

    /// The session is gone: ends everything.
    fn end(&self) -> ! {
        system::end_all(self.worker);
        std::process::exit(0)
    }
}

fn kill(pid: i32) {
    if pid > 0 {
        let _ = signal::kill(Pid::from_raw(pid), Signal::SIGKILL);
    }
}

fn limit_stack() {
    if let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_STACK)
        && soft > STACK * 128
    {
        // Lowering the soft limit is always allowed.
        let _ = setrlimit(Resource::RLIMIT_STACK, STACK, hard);
    }
}

/// Numbers for descriptors, from the top of what this process may open.
fn high_places() -> impl Iterator<Item = RawFd> {
    let (soft, _) = getrlimit(Resource::RLIMIT_NOFILE).unwrap_or((256, 256));
    let top = soft.min(1024) as RawFd;
    (3..top - 3).rev()
}
