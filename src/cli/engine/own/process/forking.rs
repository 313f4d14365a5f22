//! The processes of a session where a process can copy itself: a supervisor, the worker, and frozen copies of it, which
//! restore the variables when the worker dies.

use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::poll::PollTimeout;

use super::checkpoints::Checkpoints;
use super::report::{After, Ended, LIMIT, Piece, RunReport};
use super::run::Run;
use super::stdin::Input;
use super::streams::Streams;
use super::wire::{Channel, Restarted, ToSupervisor, ToWorker, wait_readable};
use super::{Cell, Mark, data_folders, supervisor, system};
use crate::cli::engine::own::stop::Stop;
use crate::cli::outcome::Stream;

/// For what takes milliseconds: starting, waking, ending.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// For the drops of all variables at the end: a value that waits for something must not hold back the session.
const PATIENCE_FOR_DROPS: Duration = Duration::from_secs(2);

/// The processes of one session.
pub struct Forking {
    pub(super) supervisor: std::process::Child,
    pub(super) orders: Channel,
    pub(super) control: Channel,
    pub(super) streams: Streams,
    pub input: Input,
    pub(super) stop: Stop,
    folder: PathBuf,
    pub(super) worker: i32,
    pub(super) checkpoints: Checkpoints,
    pub(super) notes: Vec<String>,
    /// Variables that the worker dropped when it was woken.
    pub(super) lost: Vec<String>,
    pub(super) restarted: Option<Restarted>,
}

impl Forking {
    /// Starts the processes, with `folder` as the cells' current folder.
    pub fn start(folder: &Path, stop: Stop) -> Result<Forking> {
        let (control, their_control) = Channel::pair()?;
        let (orders, their_orders) = Channel::pair()?;
        let (stdout, their_stdout) = std::io::pipe()?;
        let (stderr, their_stderr) = std::io::pipe()?;
        let (input, their_stdin) = Input::new()?;
        let mut command = Command::new(system::own_program()?);
        command.arg0("forward-pass (cells)").current_dir(folder).stdin(their_stdin);
        command.stdout(their_stdout).stderr(their_stderr);
        command.env(supervisor::ENV, format!("{},{}", their_control.number(), their_orders.number()));
        command.envs(data_folders());
        // A cell shows the same wherever it runs; the engine reports panics itself.
        command.env_remove("RUST_BACKTRACE").env_remove("RUST_LIB_BACKTRACE");
        // SAFETY: only system calls between fork and exec: the two descriptors stay open in the new program.
        unsafe {
            command.pre_exec(move || {
                for channel in [&their_control, &their_orders] {
                    fcntl(channel, FcntlArg::F_SETFD(FdFlag::empty()))?;
                }
                Ok(())
            });
        }
        let supervisor = command
            .spawn()
            .with_context(|| format!("cannot start the process for the cells in `{}`", folder.display()))?;
        // Our copies of their ends go with it.
        drop(command);
        let mut child = Forking {
            supervisor,
            orders,
            control,
            streams: Streams::new(OwnedFd::from(stdout), OwnedFd::from(stderr))?,
            input,
            stop,
            folder: folder.to_owned(),
            worker: 0,
            checkpoints: Checkpoints::default(),
            notes: Vec::new(),
            lost: Vec::new(),
            restarted: None,
        };
        child.wait_ready(0)?;
        Ok(child)
    }

    /// The mark that the variables are at.
    pub fn mark(&self) -> Mark {
        self.checkpoints.present()
    }

    /// Runs one compiled cell to its end, however it ends.
    pub fn run(
        &mut self,
        Cell { library, layers, symbol, shares }: Cell,
        timeout: Option<Duration>,
        on_piece: &mut dyn FnMut(Piece),
    ) -> Result<RunReport> {
        self.streams.allow();
        if let Some(report) = self.recover_before_run(on_piece)? {
            return Ok(report);
        }
        let text = |path: &Path| path.to_str().map(str::to_owned).context("the path of a compiled cell is not UTF-8");
        let layers = layers.iter().map(|layer| text(layer)).collect::<Result<_>>()?;
        let (library, symbol) = (text(library)?, symbol.to_owned());
        let order = ToWorker::Run { library, layers, symbol, reads: self.input.is_usable(), shares };
        self.carry_out(&order, timeout, on_piece, |it| it.checkpoints.advance())
    }

    /// Has the worker draw what a cell has left to be moved.
    pub fn draw(
        &mut self,
        order: &ToWorker,
        timeout: Option<Duration>,
        on_piece: &mut dyn FnMut(Piece),
    ) -> Result<RunReport> {
        self.streams.allow();
        if let Some(report) = self.recover_before_run(on_piece)? {
            return Ok(report);
        }
        self.carry_out(order, timeout, on_piece, |it| it.mark())
    }

    /// Gives the worker an order, and awaits its answer or its end; `kept` says at which mark the variables then are.
    fn carry_out(
        &mut self,
        order: &ToWorker,
        timeout: Option<Duration>,
        on_piece: &mut dyn FnMut(Piece),
        kept: fn(&mut Self) -> Mark,
    ) -> Result<RunReport> {
        let is_sent = self.send(order).is_ok();
        let mut run = Run::new(self, on_piece);
        let ended = if is_sent {
            run.attend(timeout.map(|timeout| Instant::now() + timeout))?
        } else {
            run.await_end(PATIENCE)?
        };
        let reports = run.reports;
        let after = match ended {
            Ended::Returned(_) | Ended::NotLoaded(_) => After::Kept(kept(self)),
            _ => self.revive()?,
        };
        if self.streams.is_cut() {
            self.notes.push(format!("output cut: only the first {} MB are kept", LIMIT >> 20));
        }
        Ok(RunReport { ended, after, reports, notes: std::mem::take(&mut self.notes) })
    }

    pub fn send(&self, order: &ToWorker) -> std::io::Result<()> {
        self.control.send(order)
    }

    /// Passes on what has been printed since the last cell.
    pub fn hear(&mut self, on_bytes: &mut dyn FnMut(Stream, &[u8])) {
        self.streams.drain(on_bytes);
    }

    /// The variables that the last restored process could not have: their descriptors were closed.
    pub fn take_lost(&mut self) -> Vec<String> {
        std::mem::take(&mut self.lost)
    }

    /// Drops variables.
    pub fn forget(&mut self, names: &[String]) -> Result<()> {
        for name in names {
            // If the worker is gone, the next run reports it.
            let _ = self.control.send(&ToWorker::Forget(name.clone()));
        }
        Ok(())
    }

    /// Drops variables from the list and never runs their destructors.
    pub fn leak(&mut self, names: &[String]) {
        for name in names {
            let _ = self.control.send(&ToWorker::Leak(name.clone()));
        }
    }

    /// Whether the crates had to start again when the process was last restored; reported once.
    pub fn take_restarted(&mut self) -> Option<Restarted> {
        self.restarted.take()
    }

    /// Restores the state before the last cell; `None` when there is no checkpoint of it.
    pub fn undo(&mut self) -> Result<Option<Mark>> {
        self.await_checkpoint()?;
        let Some(newer) = self.checkpoints.split_off_present() else { return Ok(None) };
        for checkpoint in newer {
            self.orders.send(&ToSupervisor::Discard { pid: checkpoint.pid })?;
        }
        self.kill()?;
        match self.revive()? {
            After::Restored(mark) => Ok(Some(mark)),
            _ => Ok(None),
        }
    }

    /// An empty process; nothing of the old one is left, and its variables have been dropped.
    pub fn reset(&mut self) -> Result<()> {
        self.finish();
        self.kill()?;
        self.checkpoints.clear();
        self.restart()
    }

    /// A thread of an earlier cell may have ended the process. If that cost nothing, the cell runs after all.
    fn recover_before_run(&mut self, on_piece: &mut dyn FnMut(Piece)) -> Result<Option<RunReport>> {
        let Some(ended) = Run::new(self, on_piece).catch_up()? else { return Ok(None) };
        let before = self.mark();
        let after = self.revive()?;
        let how = if after == After::Lost { "could not be" } else { "was" };
        self.notes.push(format!("the process ended between two cells ({ended}), and {how} restored"));
        if after == After::Restored(before) && self.lost.is_empty() {
            return Ok(None);
        }
        Ok(Some(RunReport { ended, after, reports: Vec::new(), notes: std::mem::take(&mut self.notes) }))
    }

    /// Waits until the checkpoint after the last cell is made, or can no longer be made.
    fn await_checkpoint(&mut self) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        Run::new(self, &mut |_| {}).catch_up()?;
        while self.checkpoints.is_pending() && self.worker != 0 && Instant::now() < deadline {
            let _ = self.wait_channels(deadline);
            Run::new(self, &mut |_| {}).catch_up()?;
        }
        Ok(())
    }

    /// After the worker's end: wakes the newest checkpoint that answers, or starts an empty worker.
    fn revive(&mut self) -> Result<After> {
        while let Some(checkpoint) = self.checkpoints.pop() {
            self.order(&ToSupervisor::Wake { pid: checkpoint.pid, keep: self.checkpoints.pids() });
            if self.wait_ready(checkpoint.pid).is_ok() {
                if let count @ 1.. = checkpoint.threads {
                    let threads = if count == 1 { "thread" } else { "threads" };
                    self.notes.push(format!("{count} {threads} of earlier cells ended with the process"));
                }
                self.checkpoints.restored(checkpoint.mark);
                return Ok(After::Restored(checkpoint.mark));
            }
        }
        let was_empty = self.mark() == 0;
        self.restart()?;
        Ok(if was_empty { After::Restored(0) } else { After::Lost })
    }

    /// An empty worker, under the same supervisor if there is still one.
    fn restart(&mut self) -> Result<()> {
        if self.orders.send(&ToSupervisor::Restart).is_err() || self.wait_ready(0).is_err() {
            let fresh = Forking::start(&self.folder, self.stop.clone())?;
            let mut old = std::mem::replace(self, fresh);
            self.input.is_open = old.input.is_open;
            self.checkpoints = std::mem::take(&mut old.checkpoints);
            self.notes = std::mem::take(&mut old.notes);
        }
        self.checkpoints.reset();
        Ok(())
    }

    /// Has the worker drop its variables and end, if it does so soon.
    fn finish(&mut self) {
        if self.worker != 0 && self.control.send(&ToWorker::End).is_ok() {
            let _ = Run::new(self, &mut |_| {}).await_end(PATIENCE_FOR_DROPS);
        }
    }

    /// Kills the worker and awaits its end.
    fn kill(&mut self) -> Result<()> {
        if self.worker != 0 {
            self.order(&ToSupervisor::Kill);
            Run::new(self, &mut |_| {}).await_end(PATIENCE)?;
        }
        Ok(())
    }

    /// Until the worker or the supervisor sends something, but no longer than the deadline.
    pub(super) fn wait_channels(&self, deadline: Instant) -> nix::Result<[bool; 2]> {
        let left = deadline.saturating_duration_since(Instant::now());
        wait_readable([self.control.as_fd(), self.orders.as_fd()], milliseconds(left))
    }

    /// A supervisor that is gone is noticed where an answer is awaited.
    pub(super) fn order(&self, order: &ToSupervisor) {
        let _ = self.orders.send(order);
    }
}

impl Drop for Forking {
    /// Closing our end makes the supervisor end everything; if it does not, its whole session is killed.
    fn drop(&mut self) {
        self.finish();
        self.orders.shut_down();
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            match self.supervisor.try_wait() {
                Ok(None) => std::thread::sleep(Duration::from_millis(1)),
                Ok(Some(status)) if status.success() => return,
                _ => break,
            }
        }
        let _ = self.supervisor.kill();
        let _ = self.supervisor.wait();
        system::end_session(self.supervisor.id().cast_signed(), self.worker);
    }
}

/// Rounded up: a wait of less than a millisecond must not become a busy loop.
pub(super) fn milliseconds(wait: Duration) -> PollTimeout {
    PollTimeout::try_from(wait.as_micros().div_ceil(1000)).unwrap_or(PollTimeout::MAX)
}
