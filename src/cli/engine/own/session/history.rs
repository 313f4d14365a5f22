//! The session's variables, here and in the process that holds them, and its earlier states.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::super::compile::generate::symbol;
use super::super::compile::runtime::PASSED;
use super::super::compile::{Compiler, Ready};
use super::super::process::{After, Cell, Child, Ended, Mark, Piece, RunReport};
use super::super::state::State;
use super::super::statics::{Shared, of_library};
use super::replay::Replay;
use super::restart::{holders, note, note_statics};
use crate::cli::outcome::Stream;

/// How many cells `:undo` remembers.
const MOST_UNDO: usize = 64;

const NO_CHECKPOINTS: &str = "this session cannot copy its process, so there was no checkpoint to restore";

pub struct History {
    child: Child,
    state: State,
    /// The state that belongs to each state of the process.
    by_mark: BTreeMap<Mark, State>,
    /// What `:undo` goes back to.
    undo: Vec<Undo>,
    /// What runs now is taken back with the cell before.
    pub joins: bool,
    /// Where there are no checkpoints.
    replay: Replay,
    has_explained: bool,
}

/// The state before a cell.
struct Undo {
    state: State,
    /// The cell ran, so that the process must go back, too.
    ran: bool,
    /// It is taken back with the cell before.
    joins: bool,
}

impl History {
    pub fn new(child: Child) -> History {
        let by_mark = BTreeMap::from([(child.mark(), State::default())]);
        History {
            child,
            state: State::default(),
            by_mark,
            undo: Vec::new(),
            joins: false,
            replay: Replay::default(),
            has_explained: false,
        }
    }

    pub fn state(&self) -> &State {
        &self.state
    }

    /// Passes on what the process has printed since the last cell.
    pub fn hear(&mut self, on_bytes: &mut dyn FnMut(Stream, &[u8])) {
        self.child.hear(on_bytes);
    }

    /// Whether cells can read lines from stdin.
    pub fn set_stdin_open(&mut self, is_open: bool) {
        self.child.set_stdin_open(is_open);
    }

    /// Takes over the items of a compiled cell, and drops outdated variables and statics; returns the state before, and
    /// a note on the statics.
    pub fn begin(&mut self, ready: &Ready, compiler: &Compiler, code: &str) -> Result<(State, Option<String>)> {
        let crates = compiler.libraries.externs.iter().map(|(name, _)| &**name);
        self.replay.begin(code, &ready.dropped, crates);
        if !ready.dropped.is_empty() {
            self.child.forget(&ready.dropped)?;
        }
        let statics = self.state.statics.clone();
        let before = std::mem::replace(&mut self.state, State { statics, ..ready.state.clone() });
        let anew = self.state.forget_changed_statics(&compiler.libraries.fingerprints);
        let why = "its definition changed, or one that it depends on";
        Ok((before, note_statics(&anew, why)))
    }

    /// Runs a compiled cell in the process.
    pub fn run(
        &mut self,
        library: &Path,
        ready: &Ready,
        compiler: &Compiler,
        timeout: Option<Duration>,
        on_piece: &mut dyn FnMut(Piece),
    ) -> Result<RunReport> {
        let statics = self.state.keys_of_statics(of_library(library), &compiler.libraries.fingerprints);
        if !statics.is_empty() {
            Shared::write(&statics, library).context("cannot write the list of the cell's statics")?;
        }
        let layers: Vec<PathBuf> = ready.layers.iter().map(|layer| layer.library.clone()).collect();
        let (symbol, shares) = (&*symbol(ready.number), !statics.is_empty());
        let (cell, begun) = (Cell { library, layers: &layers, symbol, shares }, Instant::now());
        let report = self.child.run(cell, timeout, on_piece)?;
        if let (Ended::Returned(_), false) = (&report.ended, self.has_checkpoints()) {
            self.replay.add(cell, &report.ended, begun.elapsed());
        }
        if let (Ended::NotLoaded(_), After::Kept(mark)) = (&report.ended, report.after) {
            self.by_mark.insert(mark, self.state.clone());
        }
        Ok(report)
    }

    /// Draws what a cell has left to be moved; returns notes for the user if variables were lost.
    pub fn draw(
        &mut self,
        (id, values): (u64, &[f64]),
        timeout: Option<Duration>,
        compiler: &Compiler,
        on_piece: &mut dyn FnMut(Piece),
    ) -> Result<(RunReport, Vec<String>)> {
        let report = self.child.draw(id, values, timeout, on_piece)?;
        let mut notes = match report.after {
            After::Kept(_) => return Ok((report, Vec::new())),
            After::Restored(mark) => {
                self.go_back(mark, compiler);
                self.drop_lost(mark);
                Vec::new()
            }
            After::Lost => self.lost(compiler),
        };
        notes.extend(self.drop_restarted());
        Ok((report, notes))
    }

    /// Drops what a cell has left to be moved.
    pub fn end_moving(&mut self, id: u64) {
        self.child.end_moving(id);
    }

    /// Takes a compiled cell for one that has run.
    pub fn assume(&mut self, ready: &Ready, compiler: &Compiler, reached_end: bool) {
        let statics = std::mem::take(&mut self.state.statics);
        self.state = State { statics, ..compiler.state_after(ready, reached_end) };
    }

    /// Goes back to the state before a cell that could not be loaded.
    pub fn abandon(&mut self, before: State) {
        self.state = before;
    }

    /// Ends a cell that had nothing to run.
    pub fn end_without_run(&mut self, before: State) {
        self.replay.add_items();
        self.remember(before, false);
    }

    /// Ends a cell that has run; returns notes for the user if variables were lost.
    pub fn end(&mut self, ready: &Ready, before: State, report: &RunReport, compiler: &Compiler) -> Vec<String> {
        let mut notes = match report.after {
            After::Kept(mark) => {
                let statics = std::mem::take(&mut self.state.statics);
                let after = compiler.state_after(ready, report.ended == Ended::Returned(PASSED));
                self.state = State { statics, ..after };
                self.by_mark.insert(mark, self.state.clone());
                self.remember(before, true);
                Vec::new()
            }
            After::Restored(mark) => self.restored(mark, &before, ready, compiler).into_iter().collect(),
            After::Lost => self.lost(compiler),
        };
        while self.by_mark.len() > MOST_UNDO {
            self.by_mark.pop_first();
        }
        notes.extend(self.drop_restarted());
        notes
    }

    /// If crates began anew when the process was restored: drops what may hold their threads, and returns a note.
    pub fn drop_restarted(&mut self) -> Option<String> {
        let mut restarted = self.child.take_restarted()?;
        let own = holders(&self.state, &restarted.crates);
        self.child.leak(&own);
        restarted.variables.extend(own);
        restarted.variables.sort();
        restarted.variables.dedup();
        self.state.variables.retain(|name, _| !restarted.variables.contains(name));
        let anew = self.state.forget_statics_of_crates();
        // The next checkpoint is of this mark.
        self.by_mark.insert(self.child.mark(), self.state.clone());
        let statics = note_statics(&anew, "what is of a crate may wait for such a thread");
        Some([Some(note(&restarted)), statics].into_iter().flatten().collect::<Vec<_>>().join("; "))
    }

    /// The items stay, as they compiled; the variables are those of the copy.
    fn restored(&mut self, mark: Mark, before: &State, ready: &Ready, compiler: &Compiler) -> Option<String> {
        self.go_back(mark, compiler);
        let (expected, now) = (before.variables.len(), self.state.variables.len());
        self.drop_lost(mark);
        (now < expected.min(now + ready.dropped.len()))
            .then(|| "the process was restored from an older copy".to_owned())
    }

    fn go_back(&mut self, mark: Mark, compiler: &Compiler) {
        let then = self.by_mark.get(&mark).cloned().unwrap_or_default();
        self.take_over(then, compiler);
    }

    /// The values are those of an earlier state.
    fn take_over(&mut self, then: State, compiler: &Compiler) {
        (self.state.variables, self.state.statics) = (then.variables, then.statics);
        self.state.drop_outdated(&compiler.libraries.fingerprints);
        self.state.forget_changed_statics(&compiler.libraries.fingerprints);
    }

    /// The process is an empty one: has it run the session's cells again, if that is possible.
    fn lost(&mut self, compiler: &Compiler) -> Vec<String> {
        let names: Vec<String> = self.state.variables.keys().map(|name| format!("`{name}`")).collect();
        let then = self.by_mark.last_entry().map(|last| last.get().clone()).unwrap_or_default();
        self.state.clear_values();
        let replayed =
            if self.has_checkpoints() || names.is_empty() { None } else { Some(self.replay.run(&mut self.child)) };
        match &replayed {
            Some(Ok(_)) => {
                self.take_over(then, compiler);
            }
            _ => self.replay = Replay::default(),
        }
        if let Some(Err(_)) = &replayed {
            // Some may have run. If this fails, so does the next cell.
            let _ = self.child.reset();
        }
        self.by_mark = BTreeMap::from([(self.child.mark(), self.state.clone())]);
        let lost = || format!("the variables {} were lost with the process", names.join(", "));
        let note = match replayed {
            None => return (!names.is_empty()).then(lost).into_iter().collect(),
            Some(Ok(1)) => "the earlier cell was run again".to_owned(),
            Some(Ok(count)) => format!("the {count} earlier cells were run again"),
            Some(Err(why)) => format!("{}: run the cells again that make them; the session does not, as {why}", lost()),
        };
        let is_first = !std::mem::replace(&mut self.has_explained, true);
        is_first.then(|| NO_CHECKPOINTS.to_owned()).into_iter().chain([note]).collect()
    }

    /// Drops the variables that the restored process could not have.
    fn drop_lost(&mut self, mark: Mark) {
        for name in self.child.take_lost() {
            self.state.variables.remove(&name);
            if let Some(state) = self.by_mark.get_mut(&mark) {
                state.variables.remove(&name);
            }
        }
    }

    /// Drops the variables that a cell has loaded.
    pub fn drop_loaded(&mut self, ready: &Ready) {
        self.state.variables.retain(|name, _| !ready.plan.load.contains(name));
    }

    fn remember(&mut self, state: State, ran: bool) {
        self.undo.push(Undo { state, ran, joins: self.joins });
        if self.undo.len() > MOST_UNDO {
            self.undo.remove(0);
        }
    }

    /// Undoes the last cell; `false` if there is none.
    pub fn undo(&mut self) -> Result<bool> {
        while self.undo.last().is_some_and(|before| before.joins) {
            if !self.undo_one()? {
                return Ok(false);
            }
        }
        self.undo_one()
    }

    fn undo_one(&mut self) -> Result<bool> {
        let Some(before) = self.undo.pop() else { return Ok(false) };
        if !before.ran {
            self.state = before.state;
            return Ok(true);
        }
        let Some(mark) = self.child.undo()? else {
            self.undo.push(before);
            return Ok(false);
        };
        self.by_mark.retain(|other, _| *other <= mark);
        self.state = before.state;
        self.drop_lost(mark);
        Ok(true)
    }

    /// Can variables be restored?
    pub fn has_checkpoints(&self) -> bool {
        self.child.has_checkpoints()
    }

    /// For the user.
    pub fn why_not_undone(&self) -> &'static str {
        if self.has_checkpoints() {
            return "there is no cell to undo";
        }
        "this session cannot copy its process, so no cell that has run can be undone\n\
         help: run the cells again that make the variables as you want them"
    }

    /// Restarts the process; the items stay.
    pub fn restart(&mut self) -> Result<()> {
        self.child.reset()?;
        self.replay = Replay::default();
        self.state.clear_values();
        Ok(())
    }

    /// Forgets all variables and items.
    pub fn clear(&mut self) -> Result<()> {
        self.child.reset()?;
        self.replay = Replay::default();
        self.state = State::default();
        self.by_mark = BTreeMap::from([(self.child.mark(), State::default())]);
        self.undo.clear();
        Ok(())
    }
}
