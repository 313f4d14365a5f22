//! The session on our own engine: a cell is split, compiled, run, and the state kept.
//!
//! Each of these steps has its own file; here they follow each other.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::super::{Interrupter, Reader, Session, SessionOptions, Variable};
use super::cell_commands::{Said, Settings, refused};
use super::compile::ahead::Ahead;
use super::compile::batch::Script;
use super::compile::cell_cache::Shelf;
use super::compile::diagnostics::refusal;
use super::compile::generate::symbol;
use super::compile::rustc::Toolchain;
use super::compile::{Attempt, Ready, Workshop, runtime};
use super::deps::{Dependency, Early};
use super::listener::{Failure, Listener};
use super::process::{After, Child, Ended, Mark};
use super::scratch::Scratch;
use super::state::State;
use super::stop::Stop;
use super::{cache, deps};
use crate::cli::outcome::{End, Event, Outcome, Output, Phase};
use crate::cli::syntax::split::{Cell, split};

/// A live session.
pub struct OwnSession {
    pub(super) options: SessionOptions,
    pub(super) workshop: Workshop,
    pub(super) settings: Settings,
    pub(super) state: State,
    pub(super) dependencies: Vec<Dependency>,
    /// What the session was told that it will be asked for.
    early: Option<Early>,
    /// The cell that is probably next.
    pub(super) ahead: Option<Ahead>,
    /// The cells that will come, and those of them that are compiled.
    script: Script,
    pub(super) child: Child,
    /// The variables that belong to each state of the process.
    history: BTreeMap<Mark, State>,
    /// What `:undo` goes back to, and whether a run lies between.
    undo: Vec<(State, bool)>,
    /// Counts the cells that were compiled.
    number: usize,
    /// What is to be said with the first outcome.
    pending: Vec<String>,
    stop: Stop,
    reader: Option<Reader>,
    /// Keeps the libraries of the dependencies in the cache.
    _hold: Option<Arc<cache::Lock>>,
    _hold_of_runtime: Option<cache::Lock>,
    _scratch: Scratch,
}

/// The bytes of a cell from which on taking it apart takes a time that somebody may notice.
const LONG_CELL: usize = 64 << 10;

/// How many cells `:undo` remembers.
const MOST_UNDO: usize = 64;

impl OwnSession {
    pub fn start(options: SessionOptions) -> Result<OwnSession> {
        let stop = Stop::new().context("cannot make the switch that interrupts a cell")?;
        let toolchain = Toolchain::find()?;
        let early = Early::begin(&toolchain, &options.dependencies, &options.folder);
        let child = Child::start(&options.folder, stop.clone())?;
        let scratch = Scratch::new()?;
        let mut pending = Vec::new();
        let (runtime, hold_of_runtime) = match runtime_in_cache(&toolchain, &stop) {
            Ok(held) => held,
            Err(error) => {
                pending.push(format!("nothing is kept for the next session: {error:#}"));
                (runtime::library(&toolchain, scratch.path(), &stop)?, None)
            }
        };
        let mut workshop = Workshop::new(toolchain, scratch.path(), runtime, stop.clone());
        workshop.timeout = options.compile_timeout;
        workshop.shelf = Shelf::open();
        let history = BTreeMap::from([(child.mark(), State::default())]);
        Ok(OwnSession {
            options,
            workshop,
            settings: Settings::default(),
            state: State::default(),
            dependencies: Vec::new(),
            early,
            ahead: None,
            script: Script::default(),
            child,
            history,
            undo: Vec::new(),
            number: 0,
            pending,
            stop,
            reader: None,
            _hold: None,
            _hold_of_runtime: hold_of_runtime,
            _scratch: scratch,
        })
    }

    fn run_cell(&mut self, code: &str, events: &mut dyn FnMut(Event)) -> Result<Outcome> {
        let started = Instant::now();
        let mut outcome = Outcome::default();
        let Some(cell) = self.split(code) else {
            outcome.end = End::Interrupted;
            return Ok(outcome);
        };
        let split_in = started.elapsed();
        if !cell.commands.is_empty() {
            self.script.give_up();
        }
        match self.commands(&cell, code, events)? {
            Ok(said) => add_said(&mut outcome, said, events),
            Err(end) => {
                outcome.end = end;
                return Ok(outcome);
            }
        }
        if !cell.has_code() {
            return Ok(outcome);
        }
        let compiled_at = Instant::now();
        let ready = match self.compile(&cell, code, events) {
            Ok(Ok(ready)) => ready,
            Ok(Err(end)) => {
                outcome.end = end;
                return Ok(outcome);
            }
            // Nothing ran: a full disk, or a compiler that went away, costs the cell and not the session.
            Err(error) => {
                let words = format!("the cell could not be compiled: {}", cache::in_words(&error));
                outcome.end = refused(words.trim_end().to_owned(), 0..0, "");
                return Ok(outcome);
            }
        };
        let compiled = compiled_at.elapsed();
        self.say_lost(&ready, &mut outcome);
        let (library, state) = (ready.library.is_some(), ready.state.clone());
        let run_at = Instant::now();
        let load = self.run_ready(*ready, code, &mut outcome, events)?;
        let ran = run_at.elapsed();
        if self.settings.passes && library {
            let [front, generation, link] = self.workshop.passes(self.number, &state)?;
            let run = ran.saturating_sub(load);
            let parts = [
                ("split", split_in),
                ("compiling", compiled),
                ("(front end", front),
                ("code generation", generation),
                ("linking", link),
                (") loading", load),
                ("running", run),
            ];
            let parts = parts.map(|(name, time)| format!("{name} {:.1}", time.as_secs_f64() * 1e3)).join(", ");
            outcome.notes.push(format!("milliseconds: {}", parts.replace(", (", " (").replace(", )", ")")));
        }
        if self.settings.timing {
            let (all, run) = (started.elapsed(), ran);
            outcome.notes.push(format!("took {} (compiling {}, running {})", ms(all), ms(compiled), ms(run)));
        }
        Ok(outcome)
    }

    /// Takes the cell apart; `None` when somebody stopped that, which only a very long one leaves time for.
    fn split(&self, code: &str) -> Option<Cell> {
        if code.len() < LONG_CELL {
            return Some(split(code, &self.state.item_macros));
        }
        let (sender, answer) = channel();
        let (code, macros) = (code.to_owned(), self.state.item_macros.clone());
        std::thread::spawn(move || drop(sender.send(split(&code, &macros))));
        loop {
            match answer.recv_timeout(Duration::from_millis(20)) {
                Ok(cell) => return Some(cell),
                Err(_) if self.stop.is_set() => return None,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
    }

    /// Compiles, with tokio brought in when an `.await` asks for it.
    fn compile(
        &mut self,
        cell: &Cell,
        code: &str,
        events: &mut dyn FnMut(Event),
    ) -> Result<std::result::Result<Box<Ready>, End>> {
        if let Some(ready) = self.script.take(&self.state, code) {
            self.number = ready.number;
            return Ok(Ok(ready));
        }
        if let Some(ahead) = self.ahead.take().filter(|ahead| ahead.is_for(&self.workshop, &self.state, code)) {
            match ahead.finish(&self.stop) {
                Some(Ok(Attempt::Ready(ready))) => return Ok(Ok(ready)),
                Some(Ok(Attempt::Ended(end))) => return Ok(Err(end)),
                _ => {}
            }
        }
        self.number += 1;
        if !self.settings.passes {
            self.script.prepare(&self.workshop, &self.state, code, self.number)?;
            if let Some(ready) = self.script.take(&self.state, code) {
                return Ok(Ok(ready));
            }
        }
        for _ in 0..2 {
            match self.workshop.compile(&self.state, cell, code, self.number)? {
                Attempt::Ready(ready) => return Ok(Ok(ready)),
                Attempt::Ended(end) => return Ok(Err(end)),
                Attempt::NeedsTokio => {
                    let text = deps::tokio(&self.dependencies).to_string();
                    if let Err(end) = self.add_dependencies(&[(0..0, text)], code, events)? {
                        return Ok(Err(end));
                    }
                }
            }
        }
        anyhow::bail!("tokio was built, and is not among the crates of the session")
    }

    fn say_lost(&mut self, ready: &Ready, outcome: &mut Outcome) {
        for name in &ready.lost {
            let kept = self.state.variables.get(name).map(|kept| kept.type_text.shown()).unwrap_or_default();
            let why = format!(
                "the variable `{name}` of type `{kept}` was given up: what its type is made of was defined anew"
            );
            outcome.notes.push(why);
        }
        outcome.notes.extend(ready.notes.iter().cloned());
    }

    fn run_ready(
        &mut self,
        ready: Ready,
        code: &str,
        outcome: &mut Outcome,
        events: &mut dyn FnMut(Event),
    ) -> Result<Duration> {
        if !ready.lost.is_empty() {
            self.child.forget(&ready.lost)?;
        }
        let before = std::mem::replace(&mut self.state, ready.state.clone());
        let Some(library) = &ready.library else {
            self.remember(before, false);
            return Ok(Duration::ZERO);
        };
        let mut listener = Listener::new(&ready.source, code, &ready.file, events, self.reader.as_mut());
        let name = symbol(ready.number);
        let report = self.child.run(library, &name, self.options.run_timeout, &mut |piece| listener.hear(piece))?;
        let ended_well = matches!(report.ended, Ended::Returned(0));
        let load = listener.load;
        let (standing, trouble) = listener.finish(matches!(report.ended, Ended::Returned(1)));
        if standing.was_cleared {
            outcome.beyond_stock.push("output is cleared: the stock kernel takes nothing back".into());
        }
        if !ready.plan.like.is_empty() {
            let why =
                "it uses a variable whose type has a private name: the stock kernel does not keep such a variable";
            outcome.beyond_stock.push(why.into());
        }
        outcome.beyond_stock.extend(self.workshop.of_inner_crates(&ready.new));
        outcome.outputs.extend(standing.outputs());
        let is_lost = matches!(report.ended, Ended::Returned(4));
        outcome.end = self.end_of(report.ended, trouble);
        outcome.notes.extend(report.notes);
        self.settle(&ready, report.after, before, ended_well, outcome);
        if is_lost {
            outcome.end = self.give_up_loaded(&ready);
        }
        Ok(load)
    }

    /// A value was not of the type that was written for it: nothing of the cell ran, and what was taken for it is gone.
    fn give_up_loaded(&mut self, ready: &Ready) -> End {
        let names: Vec<String> = ready.plan.load.iter().map(|name| format!("`{name}`")).collect();
        self.state.variables.retain(|name, _| !ready.plan.load.contains(name));
        let message = format!("the cell was not run: a type behind {} was defined anew", names.join(", "));
        let help = "help: run the cells again that made these variables".to_owned();
        End::CompileError(vec![refusal(message, vec![help], Vec::new(), "")])
    }

    fn settle(&mut self, ready: &Ready, after: After, before: State, ended_well: bool, outcome: &mut Outcome) {
        match after {
            After::Kept(mark) => {
                self.state = self.workshop.keep(ready, ended_well);
                self.history.insert(mark, self.state.clone());
                self.remember(before, true);
            }
            After::Restored(mark) => {
                // The items stay, as they compiled; the variables are those of the copy.
                let variables = self.history.get(&mark).map(|state| state.variables.clone()).unwrap_or_default();
                let expected = before.variables.len();
                self.state.variables = variables;
                self.state.give_up_changed(&self.workshop.fingerprints);
                if self.state.variables.len() < expected.min(self.state.variables.len() + ready.lost.len()) {
                    outcome.notes.push("the process was restored from an older copy".to_owned());
                }
            }
            After::Lost => {
                let lost: Vec<String> = self.state.variables.keys().map(|name| format!("`{name}`")).collect();
                self.state.variables.clear();
                self.history = BTreeMap::from([(self.child.mark(), self.state.clone())]);
                if !lost.is_empty() {
                    outcome.notes.push(format!("the variables {} were lost with the process", lost.join(", ")));
                }
            }
        }
        while self.history.len() > MOST_UNDO {
            self.history.pop_first();
        }
    }

    fn remember(&mut self, before: State, ran: bool) {
        self.undo.push((before, ran));
        if self.undo.len() > MOST_UNDO {
            self.undo.remove(0);
        }
    }

    fn end_of(&self, ended: Ended, trouble: Option<Failure>) -> End {
        let (message, line) = trouble.map(|trouble| (trouble.message, trouble.line)).unwrap_or_default();
        match ended {
            Ended::Returned(1) => End::Panicked { message, line },
            Ended::Returned(2) => End::ReturnedError { message, line },
            Ended::Returned(_) => End::Passed,
            Ended::Exited(code) => End::Exited(code),
            Ended::Killed { signal, stack_overflow } => End::Killed { signal, stack_overflow },
            Ended::TimedOut => {
                let seconds = self.options.run_timeout.unwrap_or_default().as_secs_f64();
                End::TimedOut { phase: Phase::Run, seconds }
            }
            Ended::Interrupted => End::Interrupted,
            Ended::NotLoaded(why) => {
                let message = format!("the compiled cell can't be loaded: {why}");
                End::CompileError(vec![refusal(message, Vec::new(), Vec::new(), "")])
            }
        }
    }

    /// Takes the last cell back; `false` when there is nothing to take back.
    pub(super) fn take_back(&mut self) -> Result<bool> {
        let Some((before, ran)) = self.undo.pop() else { return Ok(false) };
        if ran {
            let Some(mark) = self.child.undo()? else {
                self.undo.push((before, ran));
                return Ok(false);
            };
            self.history.retain(|kept, _| *kept <= mark);
        }
        self.state = before;
        Ok(true)
    }

    pub(super) fn forget_all(&mut self) -> Result<()> {
        self.child.reset()?;
        self.state = State::default();
        self.history = BTreeMap::from([(self.child.mark(), State::default())]);
        self.undo.clear();
        Ok(())
    }

    /// Builds the session's dependencies anew; the old ones stay when that fails.
    pub(super) fn build(&mut self, wanted: Vec<Dependency>, events: &mut dyn FnMut(Event)) -> Result<()> {
        self.ahead = None;
        self.script.give_up();
        let (timeout, mut say) = (self.options.compile_timeout, |text| events(Event::Progress(text)));
        // One for other dependencies is given up.
        let built = match self.early.take().filter(|early| early.is_for(&wanted)) {
            Some(early) => early.finish(timeout, &self.stop, &mut say)?,
            None => deps::build(&self.workshop.toolchain, &wanted, timeout, &self.stop, &mut say)?,
        };
        self.workshop.awaits = wanted.contains(&deps::tokio(&wanted));
        self.dependencies = wanted;
        self._hold = built.hold;
        self.workshop.externs = built.externs;
        self.workshop.inner = built.inner;
        self.workshop.shared = built.shared;
        self.workshop.search_paths = built.search_paths;
        self.workshop.env = built.env;
        self.workshop.fingerprints = built.fingerprints;
        Ok(())
    }

    pub(super) fn folder(&self) -> PathBuf {
        self.options.folder.clone()
    }

    pub(super) fn stop(&self) -> &Stop {
        &self.stop
    }

    pub(super) fn was_stopped(&self) -> bool {
        self.stop.is_set()
    }
}

impl Session for OwnSession {
    fn run(&mut self, code: &str, events: &mut dyn FnMut(Event)) -> Result<Outcome> {
        self.stop.clear();
        self.script.arrive(code);
        let mut outcome = self.run_cell(code, events)?;
        if let End::CompileError(diagnostics) = &outcome.end
            && diagnostics.iter().any(|diagnostic| diagnostic.code.is_some())
        {
            self.settings.last_errors = diagnostics.clone();
        }
        outcome.notes.splice(0..0, self.pending.drain(..));
        Ok(outcome)
    }

    fn variables(&mut self) -> Vec<Variable> {
        let all = self.state.variables.iter();
        all.map(|(name, kept)| Variable { name: name.clone(), type_name: kept.type_text.shown() }).collect()
    }

    fn reset(&mut self) -> Result<()> {
        self.forget_all()
    }

    fn limit(&mut self, compile: Option<Duration>, run: Option<Duration>) {
        self.workshop.timeout = compile;
        self.options.run_timeout = run;
    }

    fn set_reader(&mut self, reader: Option<Reader>) {
        self.child.input.is_open = reader.is_some();
        self.reader = reader;
    }

    fn interrupter(&self) -> Interrupter {
        let stop = self.stop.clone();
        Interrupter::new(move || stop.set())
    }

    fn undo(&mut self) -> Result<bool> {
        self.take_back()
    }

    fn expect(&mut self, code: &str) {
        if self.ahead.as_ref().is_some_and(|ahead| ahead.is_for(&self.workshop, &self.state, code)) {
            return;
        }
        // The earlier one ends before its number is used by another.
        self.ahead = None;
        self.number += 1;
        self.ahead = Ahead::begin(&self.workshop, &self.state, code, self.number);
    }

    fn script(&mut self, cells: Vec<String>) {
        self.script.set(cells);
    }

    fn items(&mut self) -> Vec<String> {
        self.state.item_names().into_iter().collect()
    }
}

/// The runtime of cells, held in the cache as long as the session lives.
fn runtime_in_cache(toolchain: &Toolchain, stop: &Stop) -> Result<(PathBuf, Option<cache::Lock>)> {
    let cache = cache::folder()?.join("runtime");
    cache::make(&cache)?;
    let hold = cache::hold(&cache);
    // `clean` may have removed it just before it was held.
    cache::make(&cache)?;
    Ok((runtime::library(toolchain, &cache, stop)?, hold))
}

/// Neighbouring texts of one stream are one text.
fn push_output(all: &mut Vec<Output>, output: Output) {
    if let Output::Stream { stream, text } = &output
        && let Some(Output::Stream { stream: last_stream, text: last }) = all.last_mut()
        && last_stream == stream
    {
        last.push_str(text);
        return;
    }
    all.push(output);
}

fn add_said(outcome: &mut Outcome, said: Said, events: &mut dyn FnMut(Event)) {
    for output in said.outputs {
        events(Event::Output(output.clone()));
        push_output(&mut outcome.outputs, output);
    }
    outcome.notes.extend(said.notes);
}

fn ms(time: Duration) -> String {
    format!("{} ms", time.as_millis())
}
