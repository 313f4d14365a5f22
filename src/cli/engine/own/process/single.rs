//! The process of a session where no process can copy itself: when it dies, its variables are lost.
//!
//! The session starts it, reads what it prints and reports, and kills it when a cell is interrupted or takes too long.
//! Its pipes cannot be waited for together on every system, so they are looked at in turns.

mod budget;
mod pipe;
mod worker;

use std::io::PipeWriter;
use std::path::{Path, PathBuf};
use std::process::{Child as Process, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use budget::Budget;
use pipe::{Inlet, Pause, Which, read_both, send};
pub use worker::hook;

use super::report::{After, Ended, LIMIT, Mark, Piece, RunReport};
use super::system::{self, Household};
use super::wire::worker_side::ORDERED;
use super::wire::{FromWorker, ToWorker};
use super::{Cell, data_folders};
use crate::cli::engine::own::stop::Stop;
use crate::cli::outcome::Stream;

/// Holds the numbers of the two pipes that the process is to use: for orders, for answers.
const ENV: &str = "FORWARD_PASS_CELLS";

/// For what takes milliseconds. A scanner of programs may look at a new one for a while.
const PATIENCE: Duration = Duration::from_secs(60);

/// For the drops of all variables at the end: a value that waits for something must not hold back the session.
const PATIENCE_FOR_DROPS: Duration = Duration::from_secs(2);

pub struct Single {
    process: Process,
    household: Household,
    orders: PipeWriter,
    answers: Inlet,
    stdout: Inlet,
    stderr: Inlet,
    budget: Budget,
    stop: Stop,
    folder: PathBuf,
    present: Mark,
    newest: Mark,
    overflowed: bool,
    /// An interrupt does not end a cell.
    pub is_deaf: bool,
}

impl Single {
    pub fn start(folder: &Path, stop: Stop) -> Result<Single> {
        let cannot = || format!("cannot start the process for the cells in `{}`", folder.display());
        let (their_orders, orders) = std::io::pipe()?;
        let (answers, their_answers) = std::io::pipe()?;
        let (stdout, their_stdout) = std::io::pipe()?;
        let (stderr, their_stderr) = std::io::pipe()?;
        let mut command = Command::new(system::own_program()?);
        command.current_dir(folder).stdin(Stdio::null()).stdout(their_stdout).stderr(their_stderr);
        let numbers = (system::number_of(&their_orders), system::number_of(&their_answers));
        command.env(ENV, format!("{},{}", numbers.0, numbers.1)).envs(data_folders());
        command.env_remove("RUST_BACKTRACE").env_remove("RUST_LIB_BACKTRACE");
        system::in_own_group(&mut command);
        system::set_inherited(&their_orders, true)?;
        system::set_inherited(&their_answers, true)?;
        let process = command.spawn().with_context(cannot)?;
        // Our copies of their ends go with it.
        drop((command, their_orders, their_answers));
        let household = Household::of(&process);
        let mut single = Single {
            process,
            household,
            orders,
            answers: Inlet::new(answers),
            stdout: Inlet::new(stdout),
            stderr: Inlet::new(stderr),
            budget: Budget::default(),
            stop,
            folder: folder.to_owned(),
            present: 0,
            newest: 0,
            overflowed: false,
            is_deaf: false,
        };
        single.wait_ready()?;
        Ok(single)
    }

    fn wait_ready(&mut self) -> Result<()> {
        let (deadline, mut pause) = (Instant::now() + PATIENCE, Pause::default());
        while Instant::now() < deadline {
            if let Some(FromWorker::Ready { .. }) = self.answers.message()? {
                return Ok(());
            }
            if self.process.try_wait()?.is_some() {
                break;
            }
            pause.rest();
        }
        let mut printed = Vec::new();
        self.hear(&mut |_, bytes| printed.extend_from_slice(bytes));
        bail!("the process for the cells did not start: {}", String::from_utf8_lossy(&printed).trim())
    }

    pub fn mark(&self) -> Mark {
        self.present
    }

    pub fn run(&mut self, cell: Cell, timeout: Option<Duration>, on_piece: &mut dyn FnMut(Piece)) -> Result<RunReport> {
        let mut report = self.draw(&order(&cell)?, timeout, on_piece)?;
        if let After::Kept(mark) = &mut report.after {
            self.newest += 1;
            self.present = self.newest;
            *mark = self.present;
        }
        Ok(report)
    }

    /// Gives the process an order, and awaits its answer or its end.
    pub fn draw(
        &mut self,
        order: &ToWorker,
        timeout: Option<Duration>,
        on_piece: &mut dyn FnMut(Piece),
    ) -> Result<RunReport> {
        self.budget = Budget::default();
        let mut notes = Vec::new();
        if let Some(status) = self.process.try_wait()? {
            let ended = Ended::of(status, false);
            notes.push(format!("the process ended between two cells ({ended}), and could not be restored"));
            let after = self.revive()?;
            if after == After::Lost {
                return Ok(RunReport { ended, after, reports: Vec::new(), notes });
            }
        }
        // A process that has ended since is noticed when its answer is awaited.
        let _ = self.send(order);
        let mut reports = Vec::new();
        let ended = self.attend(timeout.map(|timeout| Instant::now() + timeout), &mut reports, on_piece)?;
        let after = match ended {
            Ended::Returned(_) | Ended::NotLoaded(_) => After::Kept(self.present),
            _ => self.revive()?,
        };
        if self.budget.is_cut {
            notes.push(format!("output cut: only the first {} MB are kept", LIMIT >> 20));
        }
        Ok(RunReport { ended, after, reports, notes })
    }

    pub fn send(&mut self, order: &ToWorker) -> std::io::Result<()> {
        send(&mut self.orders, order)
    }

    /// Handles everything that happens until the cell has ended.
    fn attend(
        &mut self,
        deadline: Option<Instant>,
        reports: &mut Vec<(u32, String)>,
        on_piece: &mut dyn FnMut(Piece),
    ) -> Result<Ended> {
        let (mut pause, mut partial, mut killed_for) = (Pause::default(), Vec::new(), None);
        loop {
            if killed_for.is_none() {
                killed_for = self.due(deadline);
                if killed_for.is_some() {
                    self.kill();
                }
            }
            let has_ended = self.process.try_wait()?;
            let mut is_idle = !self.pass_on(on_piece);
            while let Some(message) = self.answers.message()? {
                // Text printed before the message comes first.
                self.pass_on(on_piece);
                is_idle = false;
                match message {
                    FromWorker::Report { kind, more, bytes } => {
                        partial.extend(bytes);
                        if !more {
                            self.report(kind, std::mem::take(&mut partial), reports, on_piece);
                        }
                    }
                    FromWorker::Overflowed => self.overflowed = true,
                    FromWorker::NotLoaded(why) if killed_for.is_none() => return Ok(Ended::NotLoaded(why)),
                    FromWorker::Done { code } if killed_for.is_none() => return Ok(Ended::Returned(code)),
                    _ => {}
                }
            }
            match has_ended {
                Some(status) if is_idle => {
                    let overflowed = std::mem::take(&mut self.overflowed);
                    return Ok(killed_for.unwrap_or_else(|| Ended::of(status, overflowed)));
                }
                None if is_idle => pause.rest(),
                _ => pause = Pause::default(),
            }
        }
    }

    fn due(&self, deadline: Option<Instant>) -> Option<Ended> {
        if self.stop.is_set() && !self.is_deaf {
            Some(Ended::Interrupted)
        } else {
            deadline.filter(|deadline| *deadline <= Instant::now()).map(|_| Ended::TimedOut)
        }
    }

    fn report(&mut self, kind: u32, bytes: Vec<u8>, reports: &mut Vec<(u32, String)>, on_piece: &mut dyn FnMut(Piece)) {
        on_piece(Piece::Report(kind, &bytes));
        reports.push((kind, String::from_utf8_lossy(&bytes).into_owned()));
        if kind >= ORDERED {
            let _ = send(&mut self.orders, &ToWorker::GoOn);
        }
    }

    /// What both streams hold now; `false` if that is nothing.
    fn pass_on(&mut self, on_piece: &mut dyn FnMut(Piece)) -> bool {
        let mut is_any = false;
        self.hear(&mut |stream, bytes| {
            is_any = true;
            on_piece(Piece::Text(stream, bytes));
        });
        is_any
    }

    /// Passes on what has been printed and not yet read; a thread that prints endlessly is not waited for.
    pub fn hear(&mut self, on_bytes: &mut dyn FnMut(Stream, &[u8])) {
        let budget = &mut self.budget;
        read_both(&mut self.stdout, &mut self.stderr, &mut |which, bytes| {
            let stream = if which == Which::First { Stream::Stdout } else { Stream::Stderr };
            let kept = budget.take(bytes);
            if !kept.is_empty() {
                on_bytes(stream, kept);
            }
        });
    }

    pub fn forget(&mut self, names: &[String]) -> Result<()> {
        for name in names {
            // If the process is gone, the next run reports it.
            let _ = send(&mut self.orders, &ToWorker::Forget(name.clone()));
        }
        Ok(())
    }

    pub fn leak(&mut self, names: &[String]) {
        for name in names {
            let _ = send(&mut self.orders, &ToWorker::Leak(name.clone()));
        }
    }

    pub fn reset(&mut self) -> Result<()> {
        self.finish();
        self.restart()
    }

    /// After the end of the process: an empty one.
    fn revive(&mut self) -> Result<After> {
        let was_empty = self.present == 0;
        self.restart()?;
        if was_empty {
            return Ok(After::Restored(0));
        }
        Ok(After::Lost)
    }

    fn restart(&mut self) -> Result<()> {
        self.kill();
        let fresh = Single::start(&self.folder, self.stop.clone())?;
        let old = std::mem::replace(self, fresh);
        // No mark is used twice.
        self.newest = old.newest;
        Ok(())
    }

    /// Has the process drop its variables and end, if it does so soon.
    fn finish(&mut self) {
        let _ = send(&mut self.orders, &ToWorker::End);
        let (deadline, mut pause) = (Instant::now() + PATIENCE_FOR_DROPS, Pause::default());
        while Instant::now() < deadline && matches!(self.process.try_wait(), Ok(None)) {
            self.hear(&mut |_, _| {});
            pause.rest();
        }
    }

    fn kill(&mut self) {
        self.household.end();
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Single {
    fn drop(&mut self) {
        if matches!(self.process.try_wait(), Ok(None)) {
            self.finish();
        }
        self.kill();
    }
}

fn order(cell: &Cell) -> Result<ToWorker> {
    let text = |path: &Path| path.to_str().map(str::to_owned).context("the path of a compiled cell is not UTF-8");
    let layers = cell.layers.iter().map(|layer| text(layer)).collect::<Result<_>>()?;
    let (library, symbol) = (text(cell.library)?, cell.symbol.to_owned());
    Ok(ToWorker::Run { library, layers, symbol, reads: false, shares: cell.shares })
}
