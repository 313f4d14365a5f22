//! The processes below the supervisor without a list of them: each worker leads a group, which ends with it.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};

use nix::errno::Errno;
use nix::libc;
use nix::poll::PollTimeout;
use nix::sys::signal::{SigAction, SigHandler, SigSet, Signal, kill, killpg, sigaction};
use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, Pid, fork, setpgid};

use super::super::super::super::wire::wait_readable;
use super::super::super::super::wire::worker_side::{BROKEN, Fds, exit};
use super::super::note_pipe::{NotePipe, SIGNALLED, STARTED, next, write};
use super::super::{Kept, News, Watch, lead_own_group};

pub fn watch_children(places: &mut dyn Iterator<Item = RawFd>) -> io::Result<Watch> {
    let NotePipe { reader, writer, .. } = NotePipe::of(Signal::SIGCHLD, Some(places))?;
    Ok(Watch { news: reader, writer: Some(writer) })
}

pub fn watch_no_children() {
    let usual = SigAction::new(SigHandler::SigDfl, nix::sys::signal::SaFlags::empty(), SigSet::empty());
    // SAFETY: the system's own action.
    let _ = unsafe { sigaction(Signal::SIGCHLD, &usual) };
}

pub fn news(watch: &Watch, on_news: &mut dyn FnMut(News)) {
    while let Some([pid, said]) = next(watch.news.as_fd()) {
        match said {
            // One signal may stand for several ends.
            SIGNALLED => {
                while let Some((pid, status)) = reap(-1) {
                    on_news(News::Ended { pid, status });
                }
            }
            STARTED => on_news(News::Started { pid }),
            status => on_news(News::Ended { pid, status }),
        }
    }
}

/// The child that has ended, and its status. Its group ends with it: while it is not reaped, the number is its own.
fn reap(child: i32) -> Option<(i32, i32)> {
    let (kind, id) = if child < 0 { (libc::P_ALL, 0) } else { (libc::P_PID, child.cast_unsigned()) };
    // SAFETY: the call fills the place given, which zeros are valid for; it leaves the child to be reaped.
    let pid = unsafe {
        let mut info: libc::siginfo_t = std::mem::zeroed();
        let flags = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT;
        if libc::waitid(kind, id, &raw mut info, flags) != 0 {
            return None;
        }
        info.si_pid()
    };
    if pid <= 0 {
        return None;
    }
    let _ = killpg(Pid::from_raw(pid), Signal::SIGKILL);
    let mut status = 0;
    // SAFETY: `status` is a place for the status. nix's `waitpid` has no word for an end by a real-time signal.
    let reaped = unsafe { libc::waitpid(pid, &raw mut status, libc::WNOHANG) };
    (reaped == pid).then_some((pid, status))
}

/// Its group has ended with the worker.
pub fn end_strays(_: Kept) -> Vec<(String, i32)> {
    Vec::new()
}

/// Checkpoints end by themselves, with the pipe that they watch.
pub fn end_all(worker: i32) {
    if worker > 0 {
        let worker = Pid::from_raw(worker);
        let _ = killpg(worker, Signal::SIGKILL);
        let _ = kill(worker, Signal::SIGKILL);
        let _ = waitpid(worker, None);
    }
}

pub fn is_gone(pid: i32) -> bool {
    kill(Pid::from_raw(pid), None) == Err(Errno::ESRCH)
}

pub fn end_session(_: i32, worker: i32) {
    end_all(worker);
}

/// All signals are blocked here, and stay so in the process that waits.
pub fn become_worker(fds: &Fds, life: BorrowedFd<'static>) {
    let Some(writer) = fds.news.as_ref().map(AsRawFd::as_raw_fd) else { exit(BROKEN) };
    // SAFETY: a checkpoint has one thread.
    match unsafe { fork() } {
        Ok(ForkResult::Child) => {
            lead_own_group();
            write(writer, [std::process::id().cast_signed(), STARTED]);
            super::die_with_supervisor(life);
        }
        Ok(ForkResult::Parent { child }) => attend(child, life, writer),
        Err(_) => exit(BROKEN),
    }
}

/// Waits for the end of the worker, reports it and ends. If the supervisor ends, so does everything.
fn attend(worker: Pid, life: BorrowedFd, writer: RawFd) -> ! {
    // Whichever of both processes comes first.
    let _ = setpgid(worker, worker);
    let Ok(ends) = NotePipe::of(Signal::SIGCHLD, None) else { exit(BROKEN) };
    loop {
        if let Some((pid, status)) = reap(worker.as_raw()) {
            write(writer, [pid, status]);
            exit(0);
        }
        let ready = wait_readable([life, ends.reader.as_fd()], PollTimeout::NONE);
        let [is_orphan, _] = ready.unwrap_or_default();
        if is_orphan {
            end_all(worker.as_raw());
            exit(0);
        }
        while ends.next().is_some() {}
    }
}
