//! The supervisor: the first process below ours. It starts the worker, tells how it ended, wakes a frozen copy of it,
//! and leaves no process behind.
//!
//! It never loads a cell, so a cell cannot break it.

use std::ffi::CStr;
use std::fs;
use std::os::fd::{AsRawFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};

use nix::libc;

use super::wire::{Channel, FromSupervisor, ToSupervisor, check};
use super::worker;

/// Holds the numbers of the two descriptors that the child is to use: the worker's, the supervisor's.
pub const ENV: &str = "FORWARD_PASS_CHILD";

/// Deep recursion ends here even where the user's limit is "unlimited".
const STACK: libc::rlim_t = 8 << 20;

/// When this process was started as the child of a session, does that work and never returns.
pub fn hook() {
    let Ok(fds) = std::env::var(ENV) else { return };
    // SAFETY: called first in `main`, when no other thread exists; a program that a cell starts must not see it.
    unsafe { std::env::remove_var(ENV) };
    let mut fds = fds.split(',').map(|fd| fd.parse::<RawFd>());
    let (Some(Ok(control)), Some(Ok(orders))) = (fds.next(), fds.next()) else { return };
    // SAFETY: our parent passed these two for us.
    let (control, orders) = unsafe { (OwnedFd::from_raw_fd(control), OwnedFd::from_raw_fd(orders)) };
    let supervisor = match Supervisor::new(control, orders) {
        Ok(supervisor) => supervisor,
        Err(error) => give_up(&error),
    };
    supervisor.run()
}

/// The words go to the pipe that the session reads as the cell's stderr.
fn give_up(error: &std::io::Error) -> ! {
    eprintln!("the process for the cells could not start: {error}");
    std::process::exit(70)
}

/// The descriptors that the worker needs, at numbers that a cell does not meet by accident.
pub struct Fds {
    pub control: Channel,
    /// Closed by the kernel when the supervisor is gone: then frozen copies end.
    pub life: OwnedFd,
    /// A line of the user's; what a cell finds at 0 is this one or an empty one.
    pub stdin: OwnedFd,
    pub stdout: OwnedFd,
    pub stderr: OwnedFd,
}

struct Supervisor {
    orders: Channel,
    deaths: OwnedFd,
    fds: Fds,
    _life: OwnedFd,
    worker: libc::pid_t,
}

impl Supervisor {
    fn new(control: OwnedFd, orders: OwnedFd) -> std::io::Result<Supervisor> {
        // SAFETY: plain system calls on this process, before anything else runs in it.
        unsafe {
            libc::setsid();
            check(libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))?;
        }
        limit_stack();
        let mut places = high_places();
        let (life, end_of_life) = pipe()?;
        Ok(Supervisor {
            orders: Channel::from_fd(move_to(orders, &mut places)?),
            deaths: move_to(watch_children()?, &mut places)?,
            fds: Fds {
                control: Channel::from_fd(move_to(control, &mut places)?),
                life: move_to(life, &mut places)?,
                stdin: copy_of(0, &mut places)?,
                stdout: copy_of(1, &mut places)?,
                stderr: copy_of(2, &mut places)?,
            },
            _life: move_to(end_of_life, &mut places)?,
            worker: 0,
        })
    }

    fn run(mut self) -> ! {
        self.start();
        loop {
            let mut polled = [readable(self.orders.fd()), readable(self.deaths.as_raw_fd())];
            // SAFETY: the pointer and the length are those of `polled`.
            unsafe { libc::poll(polled.as_mut_ptr(), 2, -1) };
            if polled[1].revents != 0 {
                self.reap();
            }
            if polled[0].revents != 0 {
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
                kill_children(|child| child != pid && !keep.contains(&child));
                self.worker = pid;
                // SAFETY: a signal to a child of ours; it is blocked there and only read.
                unsafe { libc::kill(pid, worker::WAKE) };
            }
            ToSupervisor::Restart => {
                kill_children(|_| true);
                self.start();
            }
            ToSupervisor::Discard { pid } => kill(pid),
        }
    }

    /// Forks the worker, which leaves this loop for its own.
    fn start(&mut self) {
        // SAFETY: this process has one thread.
        match unsafe { libc::fork() } {
            0 => {
                // SAFETY: these two belong to the supervisor alone, and nothing uses them from here on.
                unsafe {
                    libc::close(self.orders.fd());
                    libc::close(self._life.as_raw_fd());
                    libc::close(self.deaths.as_raw_fd());
                    watch(libc::SIG_UNBLOCK);
                }
                worker::run(&self.fds)
            }
            -1 => give_up(&std::io::Error::last_os_error()),
            pid => self.worker = pid,
        }
    }

    /// Tells of each child that ended; our side knows which of them matter.
    fn reap(&self) {
        let mut seen = [0u8; 128];
        // SAFETY: the buffer is large enough for one signal's description.
        unsafe { libc::read(self.deaths.as_raw_fd(), seen.as_mut_ptr().cast(), seen.len()) };
        loop {
            let mut status = 0;
            // SAFETY: `status` is a place for the status.
            let pid = unsafe { libc::waitpid(-1, &mut status, libc::WNOHANG) };
            if pid <= 0 {
                return;
            }
            let _ = self.orders.send(&FromSupervisor::Ended { pid, status });
        }
    }

    /// Our side is gone: so is everything.
    fn end(&self) -> ! {
        kill_children(|_| true);
        std::process::exit(0)
    }
}

fn kill(pid: libc::pid_t) {
    if pid > 0 {
        // SAFETY: a signal to a child of ours.
        unsafe { libc::kill(pid, libc::SIGKILL) };
    }
}

/// Kills children until none is left that `is_stray`: those of a killed one become ours, and are next.
fn kill_children(is_stray: impl Fn(libc::pid_t) -> bool) {
    for _ in 0..1000 {
        let strays: Vec<_> = children().into_iter().filter(|&pid| is_stray(pid)).collect();
        if strays.is_empty() {
            return;
        }
        for &pid in &strays {
            // SAFETY: a signal to a child of ours, and its end awaited.
            unsafe {
                libc::kill(pid, libc::SIGKILL);
                libc::waitpid(pid, std::ptr::null_mut(), 0);
            }
        }
    }
}

fn children() -> Vec<libc::pid_t> {
    let own = std::process::id();
    if let Ok(list) = fs::read_to_string(format!("/proc/self/task/{own}/children")) {
        return list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect();
    }
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|&pid: &libc::pid_t| parent_of(pid) == Some(own)).collect()
}

/// The fourth field of `/proc/PID/stat`; the second is a name in parentheses that may hold anything.
fn parent_of(pid: libc::pid_t) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

fn limit_stack() {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `limit` is a place for the limit; lowering the soft one is always allowed.
    unsafe {
        libc::getrlimit(libc::RLIMIT_STACK, &mut limit);
        if limit.rlim_cur > STACK * 128 {
            limit.rlim_cur = STACK;
            libc::setrlimit(libc::RLIMIT_STACK, &limit);
        }
    }
}

/// Numbers for descriptors, from the top of what this process may open.
fn high_places() -> impl Iterator<Item = RawFd> {
    let mut limit = libc::rlimit { rlim_cur: 256, rlim_max: 256 };
    // SAFETY: `limit` is a place for the limit.
    unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) };
    let top = limit.rlim_cur.min(1024) as RawFd;
    (3..top - 3).rev()
}

fn move_to(fd: OwnedFd, places: &mut impl Iterator<Item = RawFd>) -> std::io::Result<OwnedFd> {
    copy_of(fd.as_raw_fd(), places)
}

/// The same description under a new number that programs started by a cell do not inherit.
fn copy_of(fd: RawFd, places: &mut impl Iterator<Item = RawFd>) -> std::io::Result<OwnedFd> {
    let place = places.next().unwrap_or(3);
    // SAFETY: the new descriptor is ours alone when the call succeeds.
    unsafe { Ok(OwnedFd::from_raw_fd(check(libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, place))?)) }
}

fn pipe() -> std::io::Result<(OwnedFd, OwnedFd)> {
    let (read, write) = std::io::pipe()?;
    // SAFETY: both are ours alone.
    unsafe { Ok((OwnedFd::from_raw_fd(read.into_raw_fd()), OwnedFd::from_raw_fd(write.into_raw_fd()))) }
}

/// A descriptor that is readable when a child ended.
fn watch_children() -> std::io::Result<OwnedFd> {
    // SAFETY: plain system calls; the new descriptor is ours alone.
    unsafe {
        let set = watch(libc::SIG_BLOCK);
        Ok(OwnedFd::from_raw_fd(check(libc::signalfd(-1, &set, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK))?))
    }
}

unsafe fn watch(how: i32) -> libc::sigset_t {
    // SAFETY: an all-zero set is a valid place for `sigemptyset`.
    unsafe {
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&mut set);
        libc::sigaddset(&mut set, libc::SIGCHLD);
        libc::sigprocmask(how, &set, std::ptr::null_mut());
        set
    }
}

pub fn readable(fd: RawFd) -> libc::pollfd {
    libc::pollfd { fd, events: libc::POLLIN, revents: 0 }
}

/// For messages of the loader and the like, which come as C strings.
pub fn words(text: *const libc::c_char) -> String {
    if text.is_null() {
        return "no reason given".into();
    }
    // SAFETY: not null, and the system ends its strings with a zero.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}
