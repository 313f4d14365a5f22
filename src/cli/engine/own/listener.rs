//! Follows a running cell: passes its outputs on as they arrive, and remembers a panic or an error with its line.
//!
//! It does not decide how the cell ended.

use std::time::Duration;

use super::super::Reader;
use super::compile::generated::Generated;
use super::output::{LONGEST_VALUE, Outputs};
use super::process::Piece;
use super::process::wire::worker_side::{LOADED, MOVING};
use super::source::line_and_column;
use crate::cli::outcome::{Event, Output, Standing};

/// The report that says that the cell's value follows.
const VALUE: u32 = 256;

/// A panic or an error, with its line in the cell.
#[derive(Clone, Debug, Default)]
pub struct Failure {
    pub message: String,
    pub line: Option<usize>,
}

/// Only the last failure counts: earlier panics were caught.
pub struct Listener<'a> {
    source: &'a Generated,
    code: &'a str,
    file: &'a str,
    outputs: Outputs,
    standing: Standing,
    panic: Option<Failure>,
    payload: Option<String>,
    error: Option<Failure>,
    /// How long the cell's library took to load.
    pub load: Duration,
    /// The number of the output that can be moved.
    pub moves: Option<u64>,
    events: &'a mut dyn FnMut(Event),
    reader: Option<&'a mut Reader>,
}

impl<'a> Listener<'a> {
    pub fn new(
        source: &'a Generated,
        code: &'a str,
        file: &'a str,
        events: &'a mut dyn FnMut(Event),
        reader: Option<&'a mut Reader>,
    ) -> Self {
        Listener {
            source,
            code,
            file,
            outputs: Outputs::default(),
            standing: Standing::default(),
            panic: None,
            payload: None,
            error: None,
            load: Duration::ZERO,
            moves: None,
            events,
            reader,
        }
    }

    pub fn hear(&mut self, piece: Piece) {
        match piece {
            Piece::Text(stream, bytes) => self.outputs.push(stream, bytes),
            Piece::Report(VALUE, _) => self.outputs.value_begins(),
            Piece::Report(kind, text) => self.report(kind, &String::from_utf8_lossy(text)),
            Piece::Reads(line) => {
                let question = self.outputs.take_question();
                *line = self.reader.as_mut().and_then(|reader| reader(&question));
            }
        }
        let ready = self.outputs.ready();
        self.pass_on(ready);
    }

    fn report(&mut self, kind: u32, text: &str) {
        match kind {
            1 => self.panic = Some(self.failure(text)),
            2 => self.error = Some(self.failure(text)),
            4 => self.payload = Some(text.to_owned()),
            MOVING => {
                self.moves = text.split(' ').next().and_then(|id| id.parse().ok());
                self.outputs.moves(text);
            }
            LOADED => self.load = Duration::from_micros(text.parse().unwrap_or(0)),
            _ => {}
        }
    }

    fn failure(&self, text: &str) -> Failure {
        let mut fields = text.splitn(3, '\n');
        let file = fields.next().unwrap_or_default();
        let place = fields.next().and_then(|place| place.split_once(':'));
        let message = fields.next().unwrap_or_default().to_owned();
        let line = place.and_then(|(line, column)| self.line_in_cell(file, line.parse().ok()?, column.parse().ok()?));
        Failure { message, line }
    }

    fn line_in_cell(&self, file: &str, line: usize, column: usize) -> Option<usize> {
        if !file.ends_with(self.file) {
            return None;
        }
        let at = self.source.in_cell(self.source.byte_at(line, column)?)?;
        Some(line_and_column(self.code, at).0)
    }

    fn pass_on(&mut self, outputs: Vec<Output>) {
        for output in outputs {
            (self.events)(Event::Output(output.clone()));
            self.standing.push(output);
        }
    }

    /// What stands, what failed, and a note.
    pub fn finish(mut self, panicked: bool) -> (Standing, Option<Failure>, Option<String>) {
        let mut failure = self.error.take();
        if panicked {
            let message = self.payload.take().unwrap_or_default();
            failure = Some(self.panic.take().unwrap_or(Failure { message, line: None }));
        }
        let outputs = self.outputs.finish();
        self.pass_on(outputs);
        let note = format!("value cut: only the first {} MB are shown", LONGEST_VALUE >> 20);
        (self.standing, failure, self.outputs.value_is_cut.then_some(note))
    }
}
