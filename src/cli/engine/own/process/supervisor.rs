//! The supervisor: the first process below the session's. It starts the worker, reports how it ended, wakes a
//! checkpoint in its place, and leaves no process behind.
//!
//! It never loads a cell, so a cell cannot break it.

use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd};

use nix::fcntl::{FcntlArg, fcntl};
use nix::libc;
use nix::poll::PollTimeout;
use nix::sys::prctl;
use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};
use nix::sys::signal::{self, SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, Pid, close, fork, read, setsid};

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
    deaths: OwnedFd,
    fds: &'static Fds,
    life: OwnedFd,
    worker: i32,
    /// Checkpoints that are being killed.
    discarded: Vec<i32>,
}

impl Supervisor {
    fn new(control: OwnedFd, orders: OwnedFd) -> io::Result<Supervisor> {
        let _ = setsid();
        prctl::set_child_subreaper(true)?;
        limit_stack();
        let mut places = high_places();
        let (end_of_life, life) = io::pipe()?;
        let orders = Channel::from(moved_to(orders, &mut places)?);
        let deaths = moved_to(watch_children()?, &mut places)?;
        let fds = Fds {
            control: Channel::from(moved_to(control, &mut places)?),
            life: moved_to(end_of_life, &mut places)?,
            stdin: moved_to(io::stdin(), &mut places)?,
            stdout: moved_to(io::stdout(), &mut places)?,
            stderr: moved_to(io::stderr(), &mut places)?,
        };
        let life = moved_to(life, &mut places)?;
        Ok(Supervisor { orders, deaths, fds: Box::leak(Box::new(fds)), life, worker: 0, discarded: Vec::new() })
    }

    fn run(mut self) -> ! {
        self.start();
        loop {
            let ready = wait_readable([self.orders.as_fd(), self.deaths.as_fd()], PollTimeout::NONE);
            let [ordered, died] = ready.unwrap_or_default();
            if died {
                self.reap();
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
                let is_kept = |child| child == pid || keep.contains(&child);
                kill_children(|child| !is_kept(child) && (self.discarded.contains(&child) || !is_older(child, pid)));
                self.discarded.clear();
                self.report_survivors(children().into_iter().filter(|&child| !is_kept(child)));
                self.worker = pid;
                // It is blocked there, and only read.
                let _ = signal::kill(Pid::from_raw(pid), worker::WAKE);
            }
            ToSupervisor::Restart => {
                kill_children(|_| true);
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

    fn report_survivors(&self, pids: impl Iterator<Item = i32>) {
        let names = pids.filter_map(|pid| Some(format!("{} {pid}", Stat::of(pid).filter(|stat| stat.lives)?.name)));
        let survivors: Vec<String> = names.take(MOST_NAMED).collect();
        let _ = self.orders.send(&FromSupervisor::Woken { survivors: survivors.join("\n") });
    }

    /// Forks the worker, which leaves this loop for its own.
    fn start(&mut self) {
        // SAFETY: this process has one thread.
        match unsafe { fork() } {
            Ok(ForkResult::Child) => {
                // The supervisor's alone; `self` is neither used nor dropped in this process from here on.
                for own in [self.orders.as_fd(), self.life.as_fd(), self.deaths.as_fd()] {
                    let _ = close(own.as_raw_fd());
                }
                let _ = SigSet::from(Signal::SIGCHLD).thread_unblock();
                worker::run(self.fds)
            }
            Ok(ForkResult::Parent { child }) => self.worker = child.as_raw(),
            Err(error) => fail(&error.into()),
        }
    }

    /// Reports each child that has ended; the session knows which of them matter.
    fn reap(&self) {
        // One signal may stand for several ends.
        let _ = read(&self.deaths, &mut [0u8; size_of::<libc::signalfd_siginfo>()]);
        loop {
            let mut status = 0;
            // SAFETY: `status` is a place for the status. nix's `waitpid` has no word for an end by a real-time signal.
            let pid = unsafe { libc::waitpid(-1, &mut status, libc::WNOHANG) };
            if pid <= 0 {
                return;
            }
            let _ = self.orders.send(&FromSupervisor::Ended { pid, status });
        }
    }

    /// The session is gone: ends everything.
    fn end(&self) -> ! {
        kill_children(|_| true);
        std::process::exit(0)
    }
}

fn kill(pid: i32) {
    if pid > 0 {
        let _ = signal::kill(Pid::from_raw(pid), Signal::SIGKILL);
    }
}

/// Kills children until none is left that `is_stray`: those of a killed one become ours, and are next.
fn kill_children(is_stray: impl Fn(i32) -> bool) {
    for _ in 0..1000 {
        let strays: Vec<i32> = children().into_iter().filter(|&pid| is_stray(pid)).collect();
        if strays.is_empty() {
            return;
        }
        for &pid in &strays {
            kill(pid);
            let _ = waitpid(Pid::from_raw(pid), None);
        }
    }
}

fn children() -> Vec<i32> {
    let own = std::process::id();
    if let Ok(list) = fs::read_to_string(format!("/proc/self/task/{own}/children")) {
        return list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect();
    }
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|&pid: &i32| Stat::of(pid).is_some_and(|stat| stat.parent == own)).collect()
}

/// Was this process started before that one? Times have steps of 10 ms, within which the numbers decide.
fn is_older(pid: i32, than: i32) -> bool {
    match (Stat::of(pid), Stat::of(than)) {
        (Some(one), Some(other)) => (one.started, pid) < (other.started, than),
        _ => false,
    }
}

/// What `/proc/PID/stat` says of a process.
struct Stat {
    name: String,
    lives: bool,
    parent: u32,
    /// In hundredths of a second since the system started.
    started: u64,
}

impl Stat {
    /// The second field is a name in parentheses that may contain anything.
    fn of(pid: i32) -> Option<Stat> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (head, rest) = stat.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        Some(Stat {
            name: head.split_once('(')?.1.to_owned(),
            lives: !["Z", "X"].contains(fields.first()?),
            parent: fields.get(1)?.parse().ok()?,
            started: fields.get(19)?.parse().ok()?,
        })
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

/// The same open file under a new number that programs started by a cell do not inherit.
fn moved_to(fd: impl AsFd, places: &mut impl Iterator<Item = RawFd>) -> io::Result<OwnedFd> {
    let place = places.next().unwrap_or(3);
    let moved = fcntl(fd, FcntlArg::F_DUPFD_CLOEXEC(place))?;
    // SAFETY: the new descriptor is ours alone.
    Ok(unsafe { OwnedFd::from_raw_fd(moved) })
}

/// A descriptor that is readable when a child has ended.
fn watch_children() -> io::Result<SignalFd> {
    let ends = SigSet::from(Signal::SIGCHLD);
    ends.thread_block()?;
    Ok(SignalFd::with_flags(&ends, SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK)?)
}
