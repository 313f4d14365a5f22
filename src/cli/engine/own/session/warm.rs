//! Compiles cells for the cache, without running them.
//!
//! Types are known without a run, so each cell is compiled as if those before it had run.

use anyhow::Result;

use super::super::cell_commands;
use super::super::halt::Halt;
use super::{OwnSession, without_mark};
use crate::cli::outcome::Event;

impl OwnSession {
    /// Compiles a cell as if it then reached its end, or not; `false` if it does not compile.
    pub(super) fn compile_only(
        &mut self,
        code: &str,
        reaches_end: bool,
        events: &mut dyn FnMut(Event),
    ) -> Result<bool> {
        self.stop.clear();
        self.compiler.standby.set_off(true);
        let code = without_mark(code);
        self.lookahead.advance_to(code);
        match self.compile_as_if(code, reaches_end, events) {
            Ok(()) => Ok(true),
            Err(Halt::Ended(_)) => Ok(false),
            Err(Halt::Failed(error)) => Err(error),
        }
    }

    fn compile_as_if(&mut self, code: &str, reaches_end: bool, events: &mut dyn FnMut(Event)) -> Result<(), Halt> {
        let source = self.split(code)?;
        if !source.cell.commands.is_empty() {
            self.lookahead.discard();
        }
        cell_commands::run_all(self, &source, events)?;
        if source.cell.has_code() && source.cell.too_large.is_none() {
            let ready = self.compile(&source, events)?;
            self.history.assume(&ready, &self.compiler, reaches_end);
        }
        Ok(())
    }
}
