//! Draws the outputs of earlier cells that can move: nothing is compiled.

use anyhow::Result;

use super::super::compile::Ready;
use super::super::compile::generated::Generated;
use super::super::compile::runtime::PANICKED;
use super::super::listener::Listener;
use super::super::process::wire::worker_side::ABSENT;
use super::super::process::{Ended, Piece};
use super::super::source::Source;
use super::OwnSession;
use super::running::end_of;
use crate::cli::outcome::{Event, Outcome};

/// The cell that made an output, where the line of a panic is looked for.
pub struct Maker {
    generated: Generated,
    code: String,
    file: String,
}

impl Maker {
    pub fn new(ready: &Ready, source: &Source) -> Maker {
        Maker { generated: ready.generated.clone(), code: source.code.clone(), file: ready.file.clone() }
    }

    /// No cell: no file has this name.
    fn none() -> Maker {
        Maker { generated: Generated::default(), code: String::new(), file: "\0".to_owned() }
    }
}

impl OwnSession {
    /// As when a cell runs; `None` if there is nothing of this number.
    pub(super) fn draw_moving(
        &mut self,
        id: u64,
        values: &[f64],
        events: &mut dyn FnMut(Event),
    ) -> Result<Option<Outcome>> {
        self.stop.clear();
        let (timeout, none) = (self.options.run_timeout, Maker::none());
        let maker = self.makers.get(&id).unwrap_or(&none);
        let mut listener = Listener::new(&maker.generated, &maker.code, &maker.file, events, None);
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
