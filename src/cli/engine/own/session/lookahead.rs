//! Cells that are compiled before they run: the next one in the background, and those of a script in batches.

use super::super::compile::batch::Script;
use super::super::compile::precompiled::Precompiled;
use super::super::compile::{Attempt, Compiler, Ready};
use super::super::halt::Halt;
use super::super::source::Source;
use super::super::state::State;

#[derive(Default)]
pub struct Lookahead {
    precompiled: Option<Precompiled>,
    script: Script,
    /// The number of the last compiled cell.
    number: usize,
}

impl Lookahead {
    /// The number for the next cell.
    pub fn next_number(&self) -> usize {
        self.number + 1
    }

    /// These cells will probably run in this order.
    pub fn set_script(&mut self, cells: Vec<String>) {
        self.script.set(cells);
    }

    /// A cell is about to run.
    pub fn advance_to(&mut self, code: &str) {
        self.script.advance_to(code);
    }

    /// Discards the compiled cells, as what they were compiled with may change.
    pub fn discard(&mut self) {
        self.precompiled = None;
        self.script.discard();
    }

    /// Compiles a cell in the background.
    pub fn precompile(&mut self, compiler: &Compiler, state: &State, code: &str) {
        if self.precompiled.as_ref().is_some_and(|cell| cell.is_for(compiler, state, code)) {
            return;
        }
        // The earlier one ends before another uses its number.
        self.precompiled = None;
        self.number += 1;
        self.precompiled = Precompiled::begin(compiler, state, code, self.number);
    }

    /// The cell, if it is already compiled or being compiled.
    pub fn take(&mut self, compiler: &Compiler, state: &State, code: &str) -> Result<Option<Box<Ready>>, Halt> {
        if let Some(ready) = self.script.take(state, code) {
            self.number = ready.number;
            return Ok(Some(ready));
        }
        let precompiled = self.precompiled.take().filter(|cell| cell.is_for(compiler, state, code));
        match precompiled.and_then(|cell| cell.finish(&compiler.stop)) {
            Some(Ok(Attempt::Ready(ready))) => Ok(Some(ready)),
            Some(Err(Halt::Ended(end))) => Err(end.into()),
            _ => Ok(None),
        }
    }

    /// The cell, compiled in a batch with those that follow in the script, if it can be.
    pub fn batch(&mut self, compiler: &Compiler, state: &State, source: &Source) -> Result<Option<Box<Ready>>, Halt> {
        self.script.prepare(compiler, state, &source.code, source.number)?;
        Ok(self.script.take(state, &source.code))
    }

    /// The cell is compiled alone.
    pub fn count(&mut self, source: &Source) {
        self.number = source.number;
    }
}
