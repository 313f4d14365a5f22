//! The process that runs the cells of an evcxr session, in two halves: a runner that loads and calls them, and a relay
//! between it and evcxr that separates what a cell printed, what it displayed, and how it ended.
//!
//! evcxr's own loop hangs on an unterminated `print!`, and loses every variable when a panic follows one. The relay
//! reads the cell's output through a pipe, finds evcxr's marks in mid-line too, and outlives the runner, so that
//! nothing that was printed before `exit(3)` is lost. What evcxr cannot express is sent as lines of JSON that begin
//! with [`FRAME`]. It does not interpret outcomes.

mod runner;
mod splitter;

use std::io::{BufRead, PipeReader, PipeWriter, Read, Write};
use std::os::fd::AsFd;
use std::path::PathBuf;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigHandler, Signal, raise, signal};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, dup2_stderr, dup2_stdin, dup2_stdout, fork};
use serde_json::{Value, json};
use splitter::Splitter;

/// Each line of ours on evcxr's stdout begins with this.
pub const FRAME: &str = "\u{1}forward-pass ";

/// Names the library with `forward_pass_flush`, compiled like a cell.
pub const FLUSH_LIBRARY: &str = "FORWARD_PASS_FLUSH_LIBRARY";

/// Names a file that exists once frames are read: evcxr waits until each of its lines has been read, and runs a first
/// cell of its own before it hands out the channel.
pub const LISTENING: &str = "FORWARD_PASS_LISTENING";

const COMPLETE: &str = "EVCXR_EXECUTION_COMPLETE";

/// Runs both halves; never returns.
pub fn run() -> ! {
    let code = match start() {
        Ok(code) => code,
        Err(error) => {
            complain(&format!("the process for cells failed: {error}"));
            99
        }
    };
    std::process::exit(code)
}

/// Tells the session why this process ends.
#[expect(clippy::print_stderr, reason = "stderr is a pipe here, not a terminal")]
fn complain(error: &str) {
    eprintln!("{error}");
}

fn start() -> std::io::Result<i32> {
    let (commands, commands_in) = std::io::pipe()?;
    let (reports_out, reports) = std::io::pipe()?;
    let (stdout_out, stdout) = std::io::pipe()?;
    let (stderr_out, stderr) = std::io::pipe()?;
    // SAFETY: this is the first thing the process does, and it has one thread.
    match unsafe { fork()? } {
        ForkResult::Child => {
            drop((commands_in, reports_out, stdout_out, stderr_out));
            die_with_parent();
            dup2_stdin(std::fs::File::open("/dev/null")?)?;
            dup2_stdout(stdout)?;
            dup2_stderr(stderr)?;
            runner::run(commands, reports)
        }
        ForkResult::Parent { child } => {
            drop((commands, reports, stdout, stderr));
            Relay {
                child,
                commands: commands_in,
                reports: reports_out,
                stdout: stdout_out,
                stderr: stderr_out,
                text: Splitter::default(),
                listener: std::env::var_os(LISTENING).map(PathBuf::from).unwrap_or_default(),
                is_heard: false,
            }
            .serve()
        }
    }
}

#[cfg(target_os = "linux")]
fn die_with_parent() {
    let _ = nix::sys::prctl::set_pdeathsig(Signal::SIGKILL);
}

#[cfg(not(target_os = "linux"))]
fn die_with_parent() {}

struct Relay {
    child: Pid,
    commands: PipeWriter,
    reports: PipeReader,
    stdout: PipeReader,
    stderr: PipeReader,
    text: Splitter,
    listener: PathBuf,
    is_heard: bool,
}

/// What the runner sent during one wait.
struct News {
    report: Option<String>,
    died: bool,
}

impl Relay {
    fn serve(mut self) -> std::io::Result<i32> {
        for line in std::io::stdin().lock().lines() {
            let line = line?;
            self.is_heard |= self.listener.exists();
            // What threads of earlier cells have printed since then comes before `started`.
            self.drain()?;
            self.finish_text()?;
            self.send(&[frame(json!({"started": true}))])?;
            let died = writeln!(self.commands, "{line}").is_err();
            let mut news = News { report: None, died };
            while news.report.is_none() && !news.died {
                news = self.wait(PollTimeout::NONE)?;
            }
            if news.died {
                return self.end_like_the_runner();
            }
            self.drain()?;
            self.finish_text()?;
            if let Some(error) = news.report.as_deref().and_then(|report| report.strip_prefix("broken ")) {
                complain(error);
                return Ok(99);
            }
            self.send(&[COMPLETE.to_string()])?;
        }
        Ok(0)
    }

    /// Waits for anything from the runner, and passes its output on.
    fn wait(&mut self, timeout: PollTimeout) -> std::io::Result<News> {
        let mut ready = [false; 3];
        let mut closed = [false; 3];
        {
            let of = |pipe| PollFd::new(pipe, PollFlags::POLLIN);
            let mut fds = [of(self.stdout.as_fd()), of(self.stderr.as_fd()), of(self.reports.as_fd())];
            match poll(&mut fds, timeout) {
                Ok(_) | Err(nix::errno::Errno::EINTR) => {}
                Err(error) => return Err(error.into()),
            }
            for (at, fd) in fds.iter().enumerate() {
                let events = fd.revents().unwrap_or(PollFlags::empty());
                ready[at] = events.contains(PollFlags::POLLIN);
                closed[at] = events.intersects(PollFlags::POLLHUP | PollFlags::POLLERR) && !ready[at];
            }
        }
        if ready[0] {
            let bytes = read_some(&mut self.stdout)?;
            let lines = self.text.stdout(&bytes);
            self.send(&lines)?;
        }
        if ready[1] {
            let bytes = read_some(&mut self.stderr)?;
            let lines = self.text.stderr(&bytes);
            self.send(&lines)?;
        }
        let report =
            if ready[2] { Some(String::from_utf8_lossy(&read_some(&mut self.reports)?).into_owned()) } else { None };
        Ok(News { report: report.filter(|report| !report.is_empty()), died: closed[2] })
    }

    /// Passes on everything that the cell wrote: it is in the pipes by now.
    fn drain(&mut self) -> std::io::Result<()> {
        loop {
            let of = |pipe| PollFd::new(pipe, PollFlags::POLLIN);
            let waiting = {
                let mut fds = [of(self.stdout.as_fd()), of(self.stderr.as_fd())];
                poll(&mut fds, PollTimeout::ZERO).unwrap_or(0);
                fds.iter().any(|fd| fd.revents().is_some_and(|events| events.contains(PollFlags::POLLIN)))
            };
            if !waiting {
                return Ok(());
            }
            self.wait(PollTimeout::ZERO)?;
        }
    }

    fn finish_text(&mut self) -> std::io::Result<()> {
        let lines = self.text.finish();
        self.send(&lines)
    }

    fn send(&self, lines: &[String]) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        for line in lines.iter().filter(|line| self.is_heard || !line.starts_with(FRAME)) {
            writeln!(out, "{line}")?;
        }
        out.flush()
    }

    /// The runner is gone: passes on what it printed, and ends this process the same way.
    fn end_like_the_runner(mut self) -> std::io::Result<i32> {
        let status = waitpid(self.child, None)?;
        self.drain()?;
        self.finish_text()?;
        match status {
            WaitStatus::Exited(_, code) => Ok(code),
            WaitStatus::Signaled(_, killer, _) => {
                let _ = nix::sys::resource::setrlimit(nix::sys::resource::Resource::RLIMIT_CORE, 0, 0);
                // SAFETY: the default action needs no handler of ours.
                unsafe { signal(killer, SigHandler::SigDfl)? };
                raise(killer)?;
                Ok(128 + killer as i32)
            }
            _ => Ok(99),
        }
    }
}

fn read_some(pipe: &mut PipeReader) -> std::io::Result<Vec<u8>> {
    let mut buffer = vec![0; 64 * 1024];
    let count = pipe.read(&mut buffer)?;
    buffer.truncate(count);
    Ok(buffer)
}

fn frame(value: Value) -> String {
    format!("{FRAME}{value}")
}
