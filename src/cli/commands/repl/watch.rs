//! Waits for a cell while its outputs are shown as they arrive, with a spinner, until Ctrl-C.

use anyhow::Result;

use super::moves::Moved;
use super::output;
use super::screen::Screen;
use crate::cli::engine::moving::Moving;
use crate::cli::engine::thread::Ticket;
use crate::cli::engine::thread::queue::{Queue, Reply, Update};
use crate::cli::outcome::{End, Event, MOVING, Outcome, Output, Stream, Waiting};
use crate::cli::terminal::{cell_end, interrupt};

/// Waits for an outcome; `None` if the cell was cancelled. Outputs are shown if there is a name to save figures under.
pub fn wait(queue: &mut Queue, screen: &mut Screen, ticket: Ticket, name: Option<&str>) -> Option<Result<Outcome>> {
    screen.begin();
    let mut doing = screen.lang.running();
    let mut has_output = false;
    let mut held = HeldOutput::default();
    let mut waiting = Waiting::default();
    interrupt::take();
    let outcome = queue.wait(ticket, &mut |update| {
        match update {
            Update::Event(Event::Output(output)) => {
                has_output = true;
                if let Some(name) = name
                    && let Some(output) = held_to_move(screen, output)
                    && let Some(output) = waiting.pass(output)
                {
                    held.show(screen, &output, name);
                }
                if let Some(words) = waiting.words() {
                    doing = words.to_owned();
                }
            }
            Update::Event(Event::Progress(text)) | Update::Behind(text) => doing = text,
            Update::Tick => {
                if let Some(name) = name {
                    held.pause(screen, name);
                }
            }
        }
        screen.busy(&doing);
        if interrupt::take() { Reply::Stop } else { Reply::Continue }
    });
    screen.clear_spinner();
    if let Some(name) = name {
        let ended = outcome.as_ref().and_then(|outcome| outcome.as_ref().ok());
        for output in ended.filter(|_| !has_output).map_or(&[][..], |outcome| &outcome.outputs) {
            held.show(screen, output, name);
        }
        for output in waiting.rest() {
            held.show(screen, &output, name);
        }
        held.finish(screen, ended.map(|outcome| &outcome.end), name);
    }
    screen.finish();
    outcome
}

/// Keeps an output that can be moved for the end of its cell; returns any other.
fn held_to_move(screen: &mut Screen, output: Output) -> Option<Output> {
    let Output::Rich { data, .. } = &output else { return Some(output) };
    let moving = data.get(MOVING).filter(|_| screen.can_move()).and_then(|text| Moving::read(text));
    let Some(moving) = moving else { return Some(output) };
    let mut data = data.clone();
    data.remove(MOVING);
    screen.moved = Some(Moved { moving, data });
    None
}

/// Standard error is held back for a moment: a panic's report, and an error that leaves the cell through `?`, are shown
/// in the REPL's own wording when the cell has ended.
#[derive(Default)]
struct HeldOutput(String);

impl HeldOutput {
    /// Shows a piece of output, or holds it back.
    fn show(&mut self, screen: &mut Screen, piece: &Output, name: &str) {
        match piece {
            Output::Stream { stream: Stream::Stderr, text } => self.0.push_str(text),
            piece => {
                self.pause(screen, name);
                output::show(screen, piece, name);
            }
        }
    }

    /// Shows what is held back unless it may be the beginning of a panic's report.
    fn pause(&mut self, screen: &mut Screen, name: &str) {
        if !cell_end::is_report(&self.0) {
            self.release(screen, name);
        }
    }

    /// The cell has ended: shows what is held back without the report of that end.
    fn finish(mut self, screen: &mut Screen, end: Option<&End>, name: &str) {
        if let Some(end) = end {
            self.0 = cell_end::without_end(self.0, end);
        }
        self.release(screen, name);
    }

    fn release(&mut self, screen: &mut Screen, name: &str) {
        let text = std::mem::take(&mut self.0);
        if !text.trim().is_empty() {
            output::show(screen, &Output::Stream { stream: Stream::Stderr, text }, name);
        }
    }
}
