//! Hears what a running cell gives: outputs are passed on as they come, a panic or an error is kept with its line.

use std::time::Duration;

use super::super::Reader;
use super::compile::source::{Source, line_and_column};
use super::output::Outputs;
use super::process::Piece;
use super::process::worker::LOADED;
use crate::cli::outcome::{Event, Output, Standing};

/// A panic or an error, with its line in the cell.
#[derive(Clone, Debug, Default)]
pub struct Trouble {
    pub message: String,
    pub line: Option<usize>,
}

/// Hears what a running cell gives, passes outputs on, and keeps its last trouble: earlier panics were caught.
pub struct Listener<'a> {
    source: &'a Source,
    code: &'a str,
    file: &'a str,
    outputs: Outputs,
    standing: Standing,
    panic: Option<Trouble>,
    payload: Option<String>,
    error: Option<Trouble>,
    /// How long the cell's library took to load.
    pub load: Duration,
    events: &'a mut dyn FnMut(Event),
    reader: Option<&'a mut Reader>,
}

impl<'a> Listener<'a> {
    pub fn new(
        source: &'a Source,
        code: &'a str,
        file: &'a str,
        events: &'a mut dyn FnMut(Event),
        reader: Option<&'a mut Reader>,
    ) -> Self {
        let (panic, payload, error) = (None, None, None);
        let outputs = Outputs::default();
        Listener {
            source,
            code,
            file,
            outputs,
            standing: Standing::default(),
            panic,
            payload,
            error,
            load: Duration::ZERO,
            events,
            reader,
        }
    }

    pub fn hear(&mut self, piece: Piece) {
        match piece {
            Piece::Text(stream, bytes) => self.outputs.push(stream, bytes),
            Piece::Report(256, _) => self.outputs.value_begins(),
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
            1 => self.panic = Some(self.trouble(text)),
            2 => self.error = Some(self.trouble(text)),
            4 => self.payload = Some(text.to_owned()),
            LOADED => self.load = Duration::from_micros(text.parse().unwrap_or(0)),
            _ => {}
        }
    }

    fn trouble(&self, text: &str) -> Trouble {
        let mut fields = text.splitn(3, '\n');
        let file = fields.next().unwrap_or_default();
        let place = fields.next().and_then(|place| place.split_once(':'));
        let message = fields.next().unwrap_or_default().to_owned();
        let line = place.and_then(|(line, column)| self.line_in_cell(file, line.parse().ok()?, column.parse().ok()?));
        Trouble { message, line }
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

    pub fn finish(mut self, panicked: bool) -> (Standing, Option<Trouble>) {
        let mut trouble = self.error.take();
        if panicked {
            let message = self.payload.take().unwrap_or_default();
            trouble = Some(self.panic.take().unwrap_or(Trouble { message, ..Trouble::default() }));
        }
        let outputs = std::mem::take(&mut self.outputs).finish();
        self.pass_on(outputs);
        (self.standing, trouble)
    }
}
