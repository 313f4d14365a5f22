//! Draws the outputs of earlier cells that can move: nothing is compiled.

use anyhow::Result;

use super::super::compile::generated::Generated;
use super::super::compile::runtime::PANICKED;
use super::super::listener::Listener;
use super::super::process::wire::worker_side::ABSENT;
use super::super::process::{Ended, Piece};
use super::OwnSession;
use super::running::end_of;
use crate::cli::outcome::{Event, Outcome};

/// The lines of a panic are not looked for: this is the name of no file.
const NO_FILE: &str = "\0";

impl OwnSession {
    /// As when a cell runs; `None` if there is nothing of this number.
    pub(super) fn draw_moving(
        &mut self,
        id: u64,
        values: &[f64],
        events: &mut dyn FnMut(Event),
    ) -> Result<Option<Outcome>> {
        self.stop.clear();
        let (timeout, source) = (self.options.run_timeout, Generated::default());
        let mut listener = Listener::new(&source, "", NO_FILE, events, None);
        let hear = &mut |piece: Piece| listener.hear(piece);
        let (mut report, lost) = self.history.draw((id, values), timeout, &self.compiler, hear)?;
        let (standing, trouble, note) = listener.finish(report.ended == Ended::Returned(PANICKED));
        if report.ended == Ended::Returned(ABSENT) {
            return Ok(None);
        }
        let mut outcome = Outcome { outputs: standing.outputs(), ..Outcome::default() };
        outcome.notes.extend(note);
        outcome.notes.append(&mut report.notes);
        outcome.notes.extend(lost);
        outcome.end = end_of(report.ended, trouble, timeout);
        Ok(Some(outcome))
    }
}
