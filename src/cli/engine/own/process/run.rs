//! One cell that is running: waits for its output, its reports, its end, and for what may stop it.
//!
//! It restores nothing: that follows from how the cell ended.

use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use nix::libc;

use super::forking::{Forking, milliseconds};
use super::wire::worker_side::ORDERED;
use super::wire::{FromSupervisor, FromWorker, Received, ToSupervisor, ToWorker, wait_readable};
use super::{Ended, Piece, system};
use crate::cli::outcome::Stream;

/// How often to check whether the cell waits for input.
const GLANCE: Duration = Duration::from_millis(25);

pub struct Run<'a> {
    child: &'a mut Forking,
    on_piece: &'a mut dyn FnMut(Piece),
    pub reports: Vec<(u32, String)>,
    /// The pieces so far of the report that is arriving.
    partial: Vec<u8>,
    overflowed: bool,
    /// Why the worker is being killed.
    killed_for: Option<Ended>,
}

impl<'a> Run<'a> {
    pub fn new(child: &'a mut Forking, on_piece: &'a mut dyn FnMut(Piece)) -> Run<'a> {
        Run { child, on_piece, reports: Vec::new(), partial: Vec::new(), overflowed: false, killed_for: None }
    }

    /// Handles everything that happens until the cell has ended.
    pub fn attend(&mut self, deadline: Option<Instant>) -> Result<Ended> {
        loop {
            self.kill_when_due(deadline);
            let Some([reported, ended, stdout, stderr]) = self.wait(deadline) else { continue };
            for (is_ready, stream) in [(stdout, Stream::Stdout), (stderr, Stream::Stderr)] {
                if is_ready {
                    self.child.streams.read(stream, &mut |stream, bytes| (self.on_piece)(Piece::Text(stream, bytes)));
                }
            }
            if reported && let Some(ended) = self.read_reports()? {
                return Ok(ended);
            }
            if ended && let Some(ended) = self.read_ends()? {
                return Ok(ended);
            }
        }
    }

    /// The worker is known to be gone: how did it end?
    pub fn await_end(&mut self, patience: Duration) -> Result<Ended> {
        let deadline = Instant::now() + patience;
        while let Some(left) = deadline.checked_duration_since(Instant::now()) {
            let [stdout, stderr] = self.child.streams.fds();
            let _ = wait_readable([self.child.orders.as_fd(), stdout, stderr], milliseconds(left));
            self.drain_streams();
            if let Some(ended) = self.read_ends()? {
                return Ok(ended);
            }
        }
        bail!("the process for the cells does not answer\nhelp: restart the session")
    }

    /// Reads what has arrived since the last cell: a checkpoint was made, or the worker ended.
    pub fn catch_up(&mut self) -> Result<Option<Ended>> {
        self.read_reports()?;
        self.read_ends()
    }

    fn kill_when_due(&mut self, deadline: Option<Instant>) {
        if self.killed_for.is_some() {
            return;
        }
        if self.child.stop.is_set() {
            self.killed_for = Some(Ended::Interrupted);
        } else if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            self.killed_for = Some(Ended::TimedOut);
        }
        if self.killed_for.is_some() {
            self.child.order(&ToSupervisor::Kill);
        }
    }

    /// Which of these are readable: the worker's channel, the supervisor's, stdout, stderr. Answers the cell if it
    /// waits for input meanwhile.
    fn wait(&mut self, deadline: Option<Instant>) -> Option<[bool; 4]> {
        let child = &mut *self.child;
        let is_killed = self.killed_for.is_some();
        let wait = match deadline {
            Some(deadline) if !is_killed => deadline.saturating_duration_since(Instant::now()),
            _ => Duration::from_secs(3600),
        };
        let wait = if child.input.is_usable() { wait.min(GLANCE) } else { wait };
        let (control, orders) = (child.control.as_fd(), child.orders.as_fd());
        let [stdout, stderr] = child.streams.fds();
        // Once set, the switch stays readable: it is not polled again.
        let stop = if is_killed { control } else { child.stop.as_fd() };
        let ready = wait_readable([control, orders, stdout, stderr, stop], milliseconds(wait)).ok()?;
        if ready == [false; 5] && !is_killed && child.input.is_wanted(child.worker) {
            let mut line = None;
            (self.on_piece)(Piece::Reads(&mut line));
            child.input.answer(line);
        }
        let [control, orders, stdout, stderr, _] = ready;
        Some([control, orders, stdout, stderr])
    }

    /// Handles every message of the worker's that has arrived.
    fn read_reports(&mut self) -> Result<Option<Ended>> {
        while let Received::Message(message) = self.child.control.try_receive::<FromWorker>()? {
            if let Some(ended) = self.handle(message) {
                return Ok(Some(ended));
            }
        }
        Ok(None)
    }

    fn handle(&mut self, message: FromWorker) -> Option<Ended> {
        // Text printed before the message comes first.
        self.drain_streams();
        match message {
            FromWorker::Ready { pid, .. } => self.child.worker = pid,
            // Awaited where a checkpoint is woken.
            FromWorker::Lost { .. } => {}
            FromWorker::Frozen { pid, threads, size } => {
                if let Some(oldest) = self.child.checkpoints.add(pid, threads) {
                    self.child.order(&ToSupervisor::Discard { pid: oldest.pid });
                }
                while let Some(oldest) = self.child.checkpoints.oldest_beside_present()
                    && system::is_too_much(self.child.worker, &self.child.checkpoints.pids(), size)
                {
                    self.child.order(&ToSupervisor::Discard { pid: oldest });
                    self.child.checkpoints.remove(oldest);
                }
            }
            FromWorker::NotFrozen { errno } => self.child.notes.extend(self.child.checkpoints.fail(errno)),
            FromWorker::Report { kind, more, bytes } => {
                self.partial.extend(bytes);
                if !more {
                    self.report(kind);
                }
            }
            FromWorker::NotShared(names) => {
                let note = format!(
                    "in this cell, {names} began with the first value again: its code cannot use the earlier one \
                     (with `:opt 0` it can)"
                );
                self.child.notes.push(note);
            }
            FromWorker::Overflowed => self.overflowed = true,
            // It is being killed already: that end counts.
            FromWorker::NotLoaded(_) | FromWorker::Done { .. } if self.killed_for.is_some() => {}
            FromWorker::NotLoaded(why) => return Some(Ended::NotLoaded(why)),
            FromWorker::Done { code } => return Some(Ended::Returned(code)),
        }
        None
    }

    fn report(&mut self, kind: u32) {
        let bytes = std::mem::take(&mut self.partial);
        (self.on_piece)(Piece::Report(kind, &bytes));
        self.reports.push((kind, String::from_utf8_lossy(&bytes).into_owned()));
        if kind >= ORDERED {
            let _ = self.child.control.send(&ToWorker::GoOn);
        }
    }

    /// Handles every end that the supervisor has reported; returns the worker's.
    fn read_ends(&mut self) -> Result<Option<Ended>> {
        loop {
            match self.child.orders.try_receive::<FromSupervisor>()? {
                Received::Message(FromSupervisor::Ended { pid, status }) if pid == self.child.worker => {
                    self.child.worker = 0;
                    // What it reported and printed last is still in the pipes.
                    self.read_reports()?;
                    self.child.control.forget_half();
                    self.drain_streams();
                    let killed_for = self.killed_for.take();
                    return Ok(Some(killed_for.unwrap_or_else(|| Ended::from_status(status, self.overflowed))));
                }
                Received::Message(FromSupervisor::Ended { pid, .. }) => self.child.checkpoints.remove(pid),
                // Awaited where a checkpoint is woken.
                Received::Message(FromSupervisor::Woken { .. }) => {}
                Received::Nothing => return Ok(None),
                Received::Closed => {
                    self.child.worker = 0;
                    self.child.checkpoints.clear();
                    return Ok(Some(Ended::Killed { signal: libc::SIGKILL, stack_overflow: false }));
                }
            }
        }
    }

    fn drain_streams(&mut self) {
        self.child.streams.drain(&mut |stream, bytes| (self.on_piece)(Piece::Text(stream, bytes)));
    }
}
