//! The session on our own engine: each cell is split, compiled and run, and the state is stored.
//!
//! Each of these steps has its own file; here they follow each other.

mod crates;
mod drawing;
mod history;
mod lookahead;
mod replay;
mod restart;
mod running;
mod timing;
mod warm;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use crates::Crates;
pub use crates::{Wanted, extern_crates};
use drawing::Maker;
use history::History;
use lookahead::Lookahead;
use timing::{Times, Timing};

use super::super::{Interrupter, Reader, Session, SessionOptions, Variable};
use super::cache;
use super::cell_commands::{self, refused};
use super::compile::cell_cache::CellCache;
use super::compile::runtime;
use super::compile::toolchain::Toolchain;
use super::compile::{Attempt, Compiler, Ready};
use super::halt::Halt;
use super::limits;
use super::output::Outputs;
use super::process::Child;
use super::scratch::Scratch;
use super::source::Source;
use super::stop::Stop;
use crate::cli::outcome::{Diagnostic, End, Event, Outcome};
use crate::cli::syntax::split::commands::MARK;
use crate::cli::syntax::split::depth::NO_THREADS;

/// A live session.
pub struct OwnSession {
    pub(super) options: SessionOptions,
    pub(super) compiler: Compiler,
    pub(super) timing: Timing,
    /// The code of the last error, for `:explain`.
    pub(super) last_error: Option<String>,
    lookahead: Lookahead,
    pub(super) crates: Crates,
    pub(super) history: History,
    reader: Option<Reader>,
    /// The cells of the outputs that can be moved.
    makers: BTreeMap<u64, Maker>,
    /// What threads have printed since the last cell.
    late: Outputs,
    pub(super) stop: Stop,
    /// Notes for the next outcome.
    pub(super) notes: Vec<String>,
    _runtime_lock: Option<cache::Lock>,
    _scratch: Scratch,
}

/// The size in bytes from which splitting a cell can be noticed, and interrupted.
const LONG_CELL: usize = 64 << 10;

impl OwnSession {
    pub fn start(options: SessionOptions) -> Result<OwnSession> {
        limits::watch();
        Self::begin(options).map_err(limits::explained)
    }

    fn begin(options: SessionOptions) -> Result<OwnSession> {
        let stop = Stop::new().context("cannot create the switch that interrupts a cell")?;
        let toolchain = Toolchain::find()?;
        let crates = Crates::prefetch(&toolchain, &options);
        let child = Child::start(&options.folder, stop.clone())?;
        let scratch = Scratch::new()?;
        let mut notes = cache::shared().notes;
        notes.extend(limits::warning());
        let (runtime, runtime_lock) = match runtime_in_cache(&toolchain, &stop) {
            Ok(cached) => cached,
            Err(error) => {
                notes.push(format!("nothing is cached for the next session: {error:#}"));
                (runtime::library(&toolchain, scratch.path(), &stop)?, None)
            }
        };
        let mut compiler = Compiler::new(toolchain, scratch.path(), runtime, stop.clone());
        compiler.timeout = options.compile_timeout;
        compiler.runtime_layer = runtime::layer(&compiler.toolchain, &compiler.runtime);
        compiler.cache = CellCache::open();
        compiler.notebook.clone_from(&options.folder);
        Ok(OwnSession {
            options,
            compiler,
            timing: Timing::default(),
            last_error: None,
            lookahead: Lookahead::default(),
            crates,
            history: History::new(child),
            reader: None,
            makers: BTreeMap::new(),
            late: Outputs::default(),
            stop,
            notes,
            _runtime_lock: runtime_lock,
            _scratch: scratch,
        })
    }

    fn run_cell(&mut self, code: &str, outcome: &mut Outcome, events: &mut dyn FnMut(Event)) -> Result<(), Halt> {
        let started = Instant::now();
        let source = self.split(code)?;
        if let Some(why) = source.cell.too_large {
            let why = match why {
                NO_THREADS => limits::processes().message(),
                why => format!("the cell is too large: {why}\nhelp: split it"),
            };
            return Err(refused(why, 0..0, "").into());
        }
        let mut times = Times { split: started.elapsed(), ..Times::default() };
        if !source.cell.commands.is_empty() {
            self.lookahead.discard();
        }
        cell_commands::run_all(self, &source, events)?.add_to(outcome, events);
        if !source.cell.has_code() {
            return Ok(());
        }
        self.notes.extend(self.crates.note_edited());
        let compiling = Instant::now();
        let ready = self.compile(&source, events).map_err(|halt| match halt {
            // Nothing ran: a full disk or a missing compiler costs the cell, not the session.
            Halt::Failed(error) => {
                let message = format!("cannot compile the cell: {}", cache::describe(&error));
                refused(message.trim_end().to_owned(), 0..0, "").into()
            }
            ended => ended,
        })?;
        times.compile = compiling.elapsed();
        self.note_dropped(&ready, outcome);
        let timed = (self.timing.passes && ready.library.is_some()).then(|| (ready.number, ready.state.clone()));
        let running = Instant::now();
        times.load = self.run_ready(*ready, &source, outcome, events)?;
        times.run = running.elapsed();
        if let Some((number, state)) = timed {
            outcome.notes.push(times.passes(self.compiler.time_passes(number, &state)?));
        }
        if self.timing.cells {
            outcome.notes.push(times.total(started.elapsed()));
        }
        Ok(())
    }

    /// Splits the cell; only with a very long one is there time to interrupt that.
    fn split(&self, code: &str) -> Result<Source, Halt> {
        let (macros, number) = (&self.history.state().item_macros, self.lookahead.next_number());
        if code.len() < LONG_CELL {
            return Ok(Source::split_in(&self.options.folder, code, macros, number));
        }
        let (sender, answer) = channel();
        let (code, macros, folder) = (code.to_owned(), macros.clone(), self.options.folder.clone());
        let split = move || drop(sender.send(Source::split_in(&folder, &code, &macros, number)));
        if std::thread::Builder::new().spawn(split).is_err() {
            return Err(refused(limits::processes().message(), 0..0, "").into());
        }
        loop {
            match answer.recv_timeout(Duration::from_millis(20)) {
                Ok(source) => return Ok(source),
                Err(_) if self.stop.is_set() => return Err(End::Interrupted.into()),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(End::Interrupted.into()),
            }
        }
    }

    /// Compiles the cell, unless it is already compiled; adds tokio if it uses `.await`.
    fn compile(&mut self, source: &Source, events: &mut dyn FnMut(Event)) -> Result<Box<Ready>, Halt> {
        if let Some(ready) = self.lookahead.take(&self.compiler, self.history.state(), &source.code)? {
            return Ok(ready);
        }
        self.lookahead.count(source);
        if !self.timing.passes
            && let Some(ready) = self.lookahead.batch(&self.compiler, self.history.state(), source)?
        {
            return Ok(ready);
        }
        for _ in 0..2 {
            match self.compiler.compile(self.history.state(), source)? {
                Attempt::Ready(ready) => return Ok(ready),
                Attempt::NeedsTokio => self.add_crates(&[self.crates.tokio()], &source.code, events)?,
            }
        }
        Err(anyhow!("tokio was built, but is missing from the session's crates").into())
    }

    /// Adds and builds crates.
    pub(super) fn add_crates(
        &mut self,
        wanted: &[Wanted],
        code: &str,
        events: &mut dyn FnMut(Event),
    ) -> Result<(), Halt> {
        let Some(all) = self.crates.with(wanted, code)? else { return Ok(()) };
        self.lookahead.discard();
        let notes = self.crates.build(all, &mut self.compiler, events).map_err(|error| {
            let range = wanted.first().map_or(0..0, |wanted| wanted.range.clone());
            self.crates.end_of(&error, &self.stop, range, code)
        })?;
        self.notes.extend(notes);
        Ok(())
    }
}

impl Session for OwnSession {
    fn run(&mut self, code: &str, events: &mut dyn FnMut(Event)) -> Result<Outcome> {
        self.stop.clear();
        let code = without_mark(code);
        self.lookahead.advance_to(code);
        let mut outcome = Outcome::default();
        for output in std::mem::take(&mut self.late).finish() {
            events(Event::Output(output.clone()));
            outcome.outputs.push(output);
        }
        match self.run_cell(code, &mut outcome, events) {
            Ok(()) => {}
            Err(Halt::Ended(end)) => outcome.end = end,
            Err(Halt::Failed(error)) => return Err(error),
        }
        if let End::CompileError(diagnostics) = &outcome.end {
            let code_of = |diagnostic: &Diagnostic| diagnostic.code.clone();
            self.last_error = diagnostics.iter().find_map(code_of).or(self.last_error.take());
        }
        outcome.notes.splice(0..0, self.notes.drain(..));
        Ok(outcome)
    }

    fn ask(&mut self, code: &str, events: &mut dyn FnMut(Event)) -> Result<Outcome> {
        self.history.joins = true;
        let outcome = self.run(code, events);
        self.history.joins = false;
        outcome
    }

    fn variables(&mut self) -> Vec<Variable> {
        let all = self.history.state().variables.iter();
        all.map(|(name, variable)| Variable { name: name.clone(), type_name: variable.type_text.shown() }).collect()
    }

    fn late(&mut self, events: &mut dyn FnMut(Event)) {
        self.history.hear(&mut |stream, bytes| self.late.push(stream, bytes));
        self.late.ready().into_iter().for_each(|output| events(Event::Output(output)));
    }

    fn draw(&mut self, id: u64, values: &[f64], events: &mut dyn FnMut(Event)) -> Result<Option<Outcome>> {
        self.draw_moving(id, values, events)
    }

    fn end_moving(&mut self, id: u64) {
        self.makers.remove(&id);
        self.history.end_moving(id);
    }

    fn reset(&mut self) -> Result<()> {
        self.history.clear()
    }

    fn limit(&mut self, compile: Option<Duration>, run: Option<Duration>) {
        self.compiler.timeout = compile;
        self.options.run_timeout = run;
    }

    fn set_reader(&mut self, reader: Option<Reader>) {
        self.history.set_stdin_open(reader.is_some());
        self.reader = reader;
    }

    fn interrupter(&self) -> Interrupter {
        let stop = self.stop.clone();
        Interrupter::new(move || stop.set())
    }

    fn undo(&mut self) -> Result<bool> {
        let is_undone = self.history.undo()?;
        if !is_undone && !self.history.has_checkpoints() {
            bail!(self.history.why_not_undone());
        }
        self.notes.extend(self.history.drop_restarted());
        Ok(is_undone)
    }

    fn expect(&mut self, code: &str) {
        self.lookahead.precompile(&self.compiler, self.history.state(), without_mark(code));
    }

    fn script(&mut self, cells: Vec<String>) {
        self.compiler.standby.set_off(!cells.is_empty());
        self.lookahead.set_script(cells.iter().map(|code| without_mark(code).to_owned()).collect());
    }

    fn warm(&mut self, code: &str, reaches_end: bool, events: &mut dyn FnMut(Event)) -> Result<bool> {
        self.compile_only(code, reaches_end, events)
    }

    fn items(&mut self) -> Vec<String> {
        self.history.state().item_names().into_iter().collect()
    }

    fn sources(&mut self) -> Option<Vec<String>> {
        let crates = self.crates.dependencies().iter().map(|one| format!(":dep {one}"));
        Some(crates.chain(self.history.state().item_sources()).collect())
    }
}

/// As rustc reads a file: without the byte order mark that some editors put first.
fn without_mark(code: &str) -> &str {
    code.strip_prefix(MARK).unwrap_or(code)
}

/// The runtime of cells, locked in the cache during the session.
fn runtime_in_cache(toolchain: &Toolchain, stop: &Stop) -> Result<(PathBuf, Option<cache::Lock>)> {
    let mut shared = cache::shared().folders.into_iter().map(|folder| folder.join("runtime"));
    if let Some(library) = shared.find_map(|folder| runtime::shared_library(toolchain, &folder)) {
        return Ok((library, None));
    }
    let cache = cache::folder()?.join("runtime");
    cache::make(&cache)?;
    let lock = cache::hold(&cache);
    // `clean` could have removed it before it was locked.
    cache::make(&cache)?;
    Ok((runtime::library(toolchain, &cache, stop)?, lock))
}
