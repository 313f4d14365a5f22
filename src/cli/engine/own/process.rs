//! Our side of the process that runs the cells: starts it, has it run one, and brings the variables back when it dies.
//!
//! It compiles nothing, and does not know what the bytes mean that a cell prints.

pub mod stdin;
pub mod store;
pub mod streams;
pub mod supervisor;
pub mod wire;
pub mod worker;

use std::os::fd::OwnedFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use forward_pass::mnist::{FASHION_VARIABLE, VARIABLE};
use nix::libc;
use stdin::Input;
use streams::{LIMIT, Streams};
use supervisor::{ENV, readable};
use wire::{Channel, FromSupervisor, FromWorker, Received, ToSupervisor, ToWorker};
use worker::ORDERED;

use super::stop::Stop;
use crate::cli::outcome::Stream;

/// The folders of data sets that the reader named, as seen from here: a cell runs in another folder.
fn data_folders() -> impl Iterator<Item = (&'static str, PathBuf)> {
    [VARIABLE, FASHION_VARIABLE].into_iter().filter_map(|name| {
        let folder = std::env::var_os(name).filter(|folder| !folder.is_empty())?;
        Some((name, std::path::absolute(folder).ok()?))
    })
}

/// How many states can be gone back to, the present one included.
const COPIES: usize = 4;

/// For what takes milliseconds: starting, waking, ending.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often it is looked whether the cell waits for input.
const GLANCE: Duration = Duration::from_millis(25);

/// A state of the variables. 0 is the empty one; each cell that returned makes a new one.
pub type Mark = u64;

/// What a cell gives while it runs, in order.
#[derive(Debug)]
pub enum Piece<'a> {
    Text(Stream, &'a [u8]),
    Report(u32, &'a [u8]),
    /// It waits for a line of the user's, which is put here.
    Reads(&'a mut Option<String>),
}

/// How a cell's run ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ended {
    /// With the cell's own code.
    Returned(u32),
    Exited(i32),
    Killed {
        signal: i32,
        stack_overflow: bool,
    },
    TimedOut,
    Interrupted,
    /// The loader refused the library.
    NotLoaded(String),
}

/// Which variables there are after it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum After {
    /// As the cell left them.
    Kept(Mark),
    /// As they were at this mark: nearly always the one before the cell.
    Restored(Mark),
    /// None: there was no copy to go back to.
    Lost,
}

#[derive(Clone, Debug, PartialEq)]
pub struct RunReport {
    pub ended: Ended,
    pub after: After,
    pub reports: Vec<(u32, String)>,
    /// What the session should say beside the cell's own output.
    pub notes: Vec<String>,
}

/// The processes of one session.
pub struct Child {
    supervisor: std::process::Child,
    orders: Channel,
    control: Channel,
    streams: Streams,
    pub input: Input,
    stop: Stop,
    folder: PathBuf,
    worker: i32,
    mark: Mark,
    newest: Mark,
    copies: Vec<Copy>,
    /// The last cell is done, and the copy after it is still being made.
    freezing: bool,
    /// A copy that could not be made is said once.
    notes: Vec<String>,
    said: bool,
}

/// A frozen process that holds the state of a mark.
struct Copy {
    mark: Mark,
    pid: i32,
    threads: u64,
}

impl Child {
    /// Starts the processes, with `folder` as the current one of the cells.
    pub fn start(folder: &Path, stop: Stop) -> Result<Child> {
        let (control, theirs) = Channel::pair()?;
        let (orders, their_orders) = Channel::pair()?;
        let passed = [theirs.fd(), their_orders.fd()];
        let (stdout, their_stdout) = std::io::pipe()?;
        let (stderr, their_stderr) = std::io::pipe()?;
        let (input, their_stdin) = Input::new()?;
        let mut command = Command::new("/proc/self/exe");
        command.arg0("forward-pass (cells)").current_dir(folder).stdin(their_stdin);
        command.stdout(their_stdout).stderr(their_stderr);
        command.env(ENV, format!("{},{}", passed[0], passed[1]));
        command.envs(data_folders());
        // SAFETY: only a system call between fork and exec: the two descriptors stay open in the new program.
        unsafe {
            command.pre_exec(move || {
                passed.iter().for_each(|&fd| {
                    libc::fcntl(fd, libc::F_SETFD, 0);
                });
                Ok(())
            });
        }
        let supervisor = command
            .spawn()
            .with_context(|| format!("cannot start the process for the cells in `{}`", folder.display()))?;
        let mut child = Child {
            supervisor,
            orders,
            control,
            streams: Streams::new(OwnedFd::from(stdout), OwnedFd::from(stderr))?,
            input,
            stop,
            folder: folder.to_owned(),
            worker: 0,
            mark: 0,
            newest: 0,
            copies: Vec::new(),
            freezing: false,
            notes: Vec::new(),
            said: false,
        };
        drop((command, theirs, their_orders));
        child.wait_ready(0)?;
        Ok(child)
    }

    /// The state that the variables are in.
    pub fn mark(&self) -> Mark {
        self.mark
    }

    /// Runs one compiled cell to its end, whatever that is.
    pub fn run(
        &mut self,
        library: &Path,
        symbol: &str,
        timeout: Option<Duration>,
        on_piece: &mut dyn FnMut(Piece),
    ) -> Result<RunReport> {
        self.streams.allow();
        if let Some(report) = self.die_between_cells(on_piece)? {
            return Ok(report);
        }
        let library = library.to_str().context("the path of a compiled cell is not UTF-8")?.to_owned();
        let order = ToWorker::Run { library, symbol: symbol.to_owned(), reads: self.input.is_usable() };
        let mut run = Run { reports: Vec::new(), unfinished: Vec::new(), overflowed: false, asked: None };
        let ended = match self.control.send(&order) {
            Ok(()) => self.attend(&mut run, timeout.map(|timeout| Instant::now() + timeout), on_piece)?,
            Err(_) => self.await_end(&mut run, on_piece)?,
        };
        let after = match ended {
            Ended::Returned(_) | Ended::NotLoaded(_) => {
                self.freezing = true;
                self.newest += 1;
                self.mark = self.newest;
                After::Kept(self.mark)
            }
            _ => self.revive()?,
        };
        if self.streams.is_cut() {
            self.notes.push(format!("output cut: only the first {} MB are kept", LIMIT >> 20));
        }
        Ok(RunReport { ended, after, reports: run.reports, notes: std::mem::take(&mut self.notes) })
    }

    /// Drops variables.
    pub fn forget(&mut self, names: &[String]) -> Result<()> {
        for name in names {
            // When the worker is gone, the next run says so.
            let _ = self.control.send(&ToWorker::Forget(name.clone()));
        }
        Ok(())
    }

    /// Goes back to the state before the last cell; `None` when there is no copy of it.
    pub fn undo(&mut self) -> Result<Option<Mark>> {
        self.settle()?;
        let present = self.mark;
        let Some(index) = self.copies.iter().rposition(|copy| copy.mark < present) else {
            return Ok(None);
        };
        for copy in self.copies.split_off(index + 1) {
            self.orders.send(&ToSupervisor::Discard { pid: copy.pid })?;
        }
        self.kill()?;
        match self.revive()? {
            After::Restored(mark) => Ok(Some(mark)),
            _ => Ok(None),
        }
    }

    /// An empty process; nothing of the old one is left.
    pub fn reset(&mut self) -> Result<()> {
        self.kill()?;
        self.copies.clear();
        self.restart()
    }
}

/// What is known of the cell that is running.
struct Run {
    reports: Vec<(u32, String)>,
    unfinished: Vec<u8>,
    overflowed: bool,
    /// What the worker is being killed for.
    asked: Option<Ended>,
}

impl Child {
    /// Listens to everybody until the cell has ended.
    fn attend(&mut self, run: &mut Run, deadline: Option<Instant>, on_piece: &mut dyn FnMut(Piece)) -> Result<Ended> {
        loop {
            if run.asked.is_none() {
                if self.stop.is_set() {
                    run.asked = Some(Ended::Interrupted);
                } else if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                    run.asked = Some(Ended::TimedOut);
                }
                if run.asked.is_some() {
                    self.order(&ToSupervisor::Kill);
                }
            }
            let [stdout, stderr] = self.streams.fds();
            let stop = if run.asked.is_none() { self.stop.fd() } else { -1 };
            let fds = [self.control.fd(), self.orders.fd(), stdout, stderr, stop];
            let mut polled = fds.map(readable);
            let wait = match deadline {
                Some(deadline) if run.asked.is_none() => deadline.saturating_duration_since(Instant::now()),
                _ => Duration::from_secs(3600),
            };
            let wait = if self.input.is_usable() { wait.min(GLANCE) } else { wait };
            let is_quiet = poll(&mut polled, wait) == 0;
            if is_quiet && run.asked.is_none() && self.input.is_wanted(self.worker) {
                let mut line = None;
                on_piece(Piece::Reads(&mut line));
                self.input.answer(line);
            }
            for (index, stream) in [(2, Stream::Stdout), (3, Stream::Stderr)] {
                if polled[index].revents & libc::POLLIN != 0 {
                    self.streams.read(stream, &mut |stream, bytes| on_piece(Piece::Text(stream, bytes)));
                }
            }
            if polled[0].revents != 0
                && let Some(ended) = self.listen(run, on_piece)?
            {
                return Ok(ended);
            }
            if polled[1].revents != 0
                && let Some(ended) = self.bury(run, on_piece)?
            {
                return Ok(ended);
            }
        }
    }

    /// All that the worker has said; printed text that was there before comes first.
    fn listen(&mut self, run: &mut Run, on_piece: &mut dyn FnMut(Piece)) -> Result<Option<Ended>> {
        loop {
            match self.control.try_receive::<FromWorker>()? {
                Received::Message(message) => {
                    if let Some(ended) = self.take_in(message, run, on_piece) {
                        return Ok(Some(ended));
                    }
                }
                Received::Nothing | Received::Closed => return Ok(None),
            }
        }
    }

    fn take_in(&mut self, message: FromWorker, run: &mut Run, on_piece: &mut dyn FnMut(Piece)) -> Option<Ended> {
        self.streams.drain(&mut |stream, bytes| on_piece(Piece::Text(stream, bytes)));
        match message {
            FromWorker::Ready { pid } => self.worker = pid,
            FromWorker::Frozen { pid, threads } => self.keep(pid, threads),
            FromWorker::NotFrozen { errno } => self.say_not_frozen(errno),
            FromWorker::Report { kind, more, bytes } => {
                run.unfinished.extend(bytes);
                if !more {
                    let bytes = std::mem::take(&mut run.unfinished);
                    on_piece(Piece::Report(kind, &bytes));
                    run.reports.push((kind, String::from_utf8_lossy(&bytes).into_owned()));
                    if kind >= ORDERED {
                        let _ = self.control.send(&ToWorker::GoOn);
                    }
                }
            }
            FromWorker::Overflowed => run.overflowed = true,
            // It is being killed already: then its end is what counts.
            FromWorker::NotLoaded(_) | FromWorker::Done { .. } if run.asked.is_some() => {}
            FromWorker::NotLoaded(why) => return Some(Ended::NotLoaded(why)),
            FromWorker::Done { code } => return Some(Ended::Returned(code)),
        }
        None
    }

    /// The supervisor told of an end: if it is the worker's, how did it come?
    fn bury(&mut self, run: &mut Run, on_piece: &mut dyn FnMut(Piece)) -> Result<Option<Ended>> {
        loop {
            match self.orders.try_receive::<FromSupervisor>()? {
                Received::Message(FromSupervisor::Ended { pid, status }) if pid == self.worker => {
                    self.worker = 0;
                    // What it said and printed last is still there.
                    self.listen(run, on_piece)?;
                    self.streams.drain(&mut |stream, bytes| on_piece(Piece::Text(stream, bytes)));
                    let ended = run.asked.take();
                    return Ok(Some(ended.unwrap_or_else(|| described(status, run.overflowed))));
                }
                Received::Message(FromSupervisor::Ended { pid, .. }) => {
                    self.copies.retain(|copy| copy.pid != pid);
                }
                Received::Nothing => return Ok(None),
                Received::Closed => {
                    self.worker = 0;
                    self.copies.clear();
                    return Ok(Some(Ended::Killed { signal: libc::SIGKILL, stack_overflow: false }));
                }
            }
        }
    }

    /// The worker is known to be gone: how?
    fn await_end(&mut self, run: &mut Run, on_piece: &mut dyn FnMut(Piece)) -> Result<Ended> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            poll(&mut [readable(self.orders.fd())], deadline - Instant::now());
            if let Some(ended) = self.bury(run, on_piece)? {
                return Ok(ended);
            }
        }
        bail!("the process for the cells does not answer\nhelp: start the session again")
    }

    /// What came since the last cell: a copy was made, the worker ended.
    fn hear(&mut self, on_piece: &mut dyn FnMut(Piece)) -> Result<Option<Ended>> {
        let mut run = Run { reports: Vec::new(), unfinished: Vec::new(), overflowed: false, asked: None };
        self.listen(&mut run, on_piece)?;
        self.bury(&mut run, on_piece)
    }

    /// A thread of an earlier cell may have ended the process. If that cost nothing, the cell runs after all.
    fn die_between_cells(&mut self, on_piece: &mut dyn FnMut(Piece)) -> Result<Option<RunReport>> {
        let Some(ended) = self.hear(on_piece)? else { return Ok(None) };
        let before = self.mark;
        let after = self.revive()?;
        let how = if after == After::Lost { "could not be" } else { "was" };
        self.notes.push(format!("the process ended between two cells ({}), and {how} restored", words(&ended)));
        if after == After::Restored(before) {
            return Ok(None);
        }
        Ok(Some(RunReport { ended, after, reports: Vec::new(), notes: std::mem::take(&mut self.notes) }))
    }

    /// Waits until the copy after the last cell is made, or cannot be made any more.
    fn settle(&mut self) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        self.hear(&mut |_| {})?;
        while self.freezing && self.worker != 0 && Instant::now() < deadline {
            poll(&mut [readable(self.control.fd()), readable(self.orders.fd())], deadline - Instant::now());
            self.hear(&mut |_| {})?;
        }
        Ok(())
    }

    fn keep(&mut self, pid: i32, threads: u64) {
        self.freezing = false;
        self.copies.push(Copy { mark: self.mark, pid, threads });
        if self.copies.len() > COPIES {
            let oldest = self.copies.remove(0);
            self.order(&ToSupervisor::Discard { pid: oldest.pid });
        }
    }

    fn say_not_frozen(&mut self, errno: i32) {
        self.freezing = false;
        if !std::mem::replace(&mut self.said, true) {
            let why = std::io::Error::from_raw_os_error(errno);
            self.notes
                .push(format!("no checkpoint could be taken ({why}): if the process ends now, its variables are lost"));
        }
    }

    /// After the worker's end: wakes the newest copy that answers, or begins anew.
    fn revive(&mut self) -> Result<After> {
        self.freezing = false;
        while let Some(copy) = self.copies.pop() {
            let keep = self.copies.iter().map(|copy| copy.pid).collect();
            self.order(&ToSupervisor::Wake { pid: copy.pid, keep });
            if self.wait_ready(copy.pid).is_ok() {
                if copy.threads > 0 {
                    self.notes.push(format!("{} of earlier cells ended with the process", threads(copy.threads)));
                }
                self.mark = copy.mark;
                return Ok(After::Restored(copy.mark));
            }
        }
        let was_empty = self.mark == 0;
        self.restart()?;
        Ok(if was_empty { After::Restored(0) } else { After::Lost })
    }

    /// An empty worker, under the same supervisor if there is still one.
    fn restart(&mut self) -> Result<()> {
        if self.orders.send(&ToSupervisor::Restart).is_ok() && self.wait_ready(0).is_ok() {
            self.mark = 0;
            return Ok(());
        }
        let fresh = Child::start(&self.folder, self.stop.clone())?;
        let old = std::mem::replace(self, fresh);
        self.newest = old.newest;
        self.said = old.said;
        self.input.is_open = old.input.is_open;
        self.notes = old.notes.clone();
        Ok(())
    }

    /// Kills the worker and awaits its end.
    fn kill(&mut self) -> Result<()> {
        if self.worker != 0 {
            self.order(&ToSupervisor::Kill);
            let mut run = Run { reports: Vec::new(), unfinished: Vec::new(), overflowed: false, asked: None };
            self.await_end(&mut run, &mut |_| {})?;
        }
        Ok(())
    }

    /// Waits until the worker `pid` (any, if 0) says that it is ready.
    fn wait_ready(&mut self, pid: i32) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let mut polled = [readable(self.control.fd()), readable(self.orders.fd())];
            poll(&mut polled, deadline - Instant::now());
            while let Received::Message(message) = self.control.try_receive::<FromWorker>()? {
                match message {
                    FromWorker::Ready { pid: ready } if pid == 0 || pid == ready => {
                        self.worker = ready;
                        return Ok(());
                    }
                    _ => {}
                }
            }
            match self.orders.try_receive::<FromSupervisor>()? {
                Received::Message(FromSupervisor::Ended { pid: ended, .. }) if pid == ended => break,
                Received::Closed => break,
                _ => {}
            }
        }
        let mut said = Vec::new();
        self.streams.drain(&mut |_, bytes| said.extend_from_slice(bytes));
        bail!("the process for the cells did not start: {}", String::from_utf8_lossy(&said).trim())
    }

    /// A supervisor that is gone is noticed where an answer is awaited.
    fn order(&self, order: &ToSupervisor) {
        let _ = self.orders.send(order);
    }
}

impl Drop for Child {
    /// Closing our ends makes the supervisor end everything; if it does not, its whole group is killed.
    fn drop(&mut self) {
        // SAFETY: a descriptor of ours.
        unsafe { libc::shutdown(self.orders.fd(), libc::SHUT_RDWR) };
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
        kill_session(self.supervisor.id() as i32);
    }
}

/// What a supervisor that was itself killed has left: all of these began below it.
fn kill_session(leader: i32) {
    let Ok(entries) = std::fs::read_dir("/proc") else { return };
    for entry in entries.flatten() {
        let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        // The sixth field; the second is a name in parentheses that may hold anything.
        let session = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(3)?.parse().ok());
        if let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok())
            && session == Some(leader)
        {
            // SAFETY: a signal to a process of the session that we started.
            unsafe { libc::kill(pid, libc::SIGKILL) };
        }
    }
}

fn poll(polled: &mut [libc::pollfd], wait: Duration) -> i32 {
    // Rounded up: a wait of less than a millisecond must not become a busy loop.
    let wait = i32::try_from(wait.as_micros().div_ceil(1000)).unwrap_or(i32::MAX);
    // SAFETY: the pointer and the length are those of `polled`.
    unsafe { libc::poll(polled.as_mut_ptr(), polled.len() as libc::nfds_t, wait) }
}

fn described(status: i32, stack_overflow: bool) -> Ended {
    let status = std::process::ExitStatus::from_raw(status);
    match status.code() {
        Some(code) => Ended::Exited(code),
        None => Ended::Killed { signal: status.signal().unwrap_or(0), stack_overflow },
    }
}

fn words(ended: &Ended) -> String {
    match ended {
        Ended::Exited(code) => format!("exit code {code}"),
        Ended::Killed { stack_overflow: true, .. } => "stack overflow".into(),
        Ended::Killed { signal, .. } => format!("signal {signal}"),
        other => format!("{other:?}"),
    }
}

fn threads(count: u64) -> String {
    if count == 1 { "1 thread".into() } else { format!("{count} threads") }
}

#[cfg(test)]
mod tests;
