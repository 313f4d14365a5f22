//! Runs a compiled cell, and says how it ended.
//!
//! It compiles a cell again only if it cannot be loaded.

use std::time::Duration;

use anyhow::anyhow;

use super::super::compile::diagnostics::refusal;
use super::super::compile::runtime::{FAILED, LOST, PANICKED};
use super::super::compile::{Attempt, Compiler, Ready};
use super::super::halt::Halt;
use super::super::limits;
use super::super::listener::{Failure, Listener};
use super::super::process::{Ended, Piece};
use super::super::source::Source;
use super::OwnSession;
use super::crates::own_copies;
use super::drawing::Maker;
use crate::cli::outcome::{End, Event, Outcome, Output, Phase, Standing, Stream};
use crate::cli::syntax::split::items::Space;

impl OwnSession {
    pub(super) fn note_dropped(&self, ready: &Ready, outcome: &mut Outcome) {
        for name in &ready.dropped {
            let of_type = self.history.state().type_of(name).unwrap_or_default();
            let has_name = |space: &(Space, String)| space.1 == *name && space.0 != Space::Type;
            let is_replaced = ready.hidden.contains(name)
                || ready.state.items.iter().any(|item| item.cell == ready.number && item.names.iter().any(has_name));
            let rebuilt = self.history.state().crates_rebuilt(name, &self.compiler.libraries.fingerprints);
            let why = match rebuilt {
                _ if is_replaced => "an item has its name now".to_owned(),
                Some(crates) if crates.is_empty() => "cargo compiled a crate that it depends on again".to_owned(),
                Some(crates) => format!(
                    "cargo compiled {} or a crate below it again, for a `:dep` line",
                    crates.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
                ),
                None => "a type it depends on was redefined".to_owned(),
            };
            let note = format!("variable `{name}: {of_type}` was dropped: {why}");
            outcome.notes.push(note);
        }
        outcome.notes.extend(ready.notes.iter().cloned());
    }

    /// Runs a compiled cell; returns how long its library took to load.
    pub(super) fn run_ready(
        &mut self,
        ready: Ready,
        source: &Source,
        outcome: &mut Outcome,
        events: &mut dyn FnMut(Event),
    ) -> Result<Duration, Halt> {
        let (before, note) = self.history.begin(&ready, &self.compiler, &source.code)?;
        outcome.notes.extend(note);
        let Some(library) = &ready.library else {
            self.history.end_without_run(before);
            return Ok(Duration::ZERO);
        };
        let timeout = self.options.run_timeout;
        let mut listener = Listener::new(&ready.generated, &source.code, &ready.file, events, self.reader.as_mut());
        let (compiler, hear) = (&self.compiler, &mut |piece: Piece| listener.hear(piece));
        let mut report = self.history.run(library, &ready, compiler, timeout, hear)?;
        let load = listener.load;
        if let Some(id) = listener.moves {
            self.makers.insert(id, Maker::new(&ready, source));
        }
        if let (Ended::NotLoaded(why), false) = (&report.ended, ready.layers.is_empty()) {
            drop(listener);
            self.history.abandon(before);
            let again = self.compile_without_layers(why, &ready, source, outcome)?;
            return self.run_ready(again, source, outcome, events);
        }
        let (standing, trouble, note) = listener.finish(report.ended == Ended::Returned(PANICKED));
        self.note_beyond_stock(&ready, &standing, outcome);
        let printed = standing.outputs();
        let met = limits::of_cell(&report.ended, &said(&printed, trouble.as_ref()));
        outcome.outputs.extend(printed);
        outcome.notes.extend(note);
        let met = met.or_else(|| report.notes.iter().find_map(|note| limits::behind(note)));
        outcome.notes.extend(met.map(|met| met.to_string()));
        outcome.notes.append(&mut report.notes);
        outcome.notes.extend(self.history.end(&ready, before, &report, &self.compiler));
        outcome.end = match report.ended {
            Ended::Returned(LOST) => {
                self.history.drop_loaded(&ready);
                not_loaded(&ready)
            }
            ended => end_of(ended, trouble, timeout),
        };
        Ok(load)
    }

    fn note_beyond_stock(&self, ready: &Ready, standing: &Standing, outcome: &mut Outcome) {
        if standing.was_cleared {
            outcome.beyond_stock.push("output is cleared: the stock kernel cannot clear output".into());
        }
        if !ready.plan.like.is_empty() {
            let why =
                "it uses a variable whose type has a private name: the stock kernel does not keep such a variable";
            outcome.beyond_stock.push(why.into());
        }
        outcome.beyond_stock.extend(self.compiler.beyond_stock(&ready.new));
        outcome.beyond_stock.extend(Compiler::refused_by_stock(&ready.plan));
    }

    /// The cell with its own copies of all crates, as it could not be loaded with those of the session.
    fn compile_without_layers(
        &mut self,
        why: &str,
        ready: &Ready,
        source: &Source,
        outcome: &mut Outcome,
    ) -> Result<Ready, Halt> {
        if ready.layers.iter().any(|layer| why.starts_with(&*layer.library.to_string_lossy())) {
            self.compiler.runtime_layer = None;
            outcome.notes.push(own_copies(why));
        }
        let compiler = Compiler { runtime_layer: None, ..self.compiler.clone() };
        match compiler.compile(self.history.state(), source)? {
            Attempt::Ready(again) => Ok(*again),
            Attempt::NeedsTokio => Err(anyhow!("the cell compiled before, and does not now").into()),
        }
    }
}

/// What the cell printed to stderr, and the message that it failed with.
fn said(printed: &[Output], failure: Option<&Failure>) -> String {
    let texts = printed.iter().filter_map(|output| match output {
        Output::Stream { stream: Stream::Stderr, text } => Some(text.as_str()),
        _ => None,
    });
    texts.chain(failure.map(|failure| failure.message.as_str())).collect()
}

/// A loaded value was not of its recorded type: the cell did not run, and the values it took are gone.
fn not_loaded(ready: &Ready) -> End {
    let names: Vec<String> = ready.plan.load.iter().map(|name| format!("`{name}`")).collect();
    let message = format!("the cell did not run: a type behind {} was redefined", names.join(", "));
    let help = "help: rerun the cells that define these variables".to_owned();
    End::CompileError(vec![refusal(message, vec![help], Vec::new(), "")])
}

pub(super) fn end_of(ended: Ended, failure: Option<Failure>, timeout: Option<Duration>) -> End {
    let (message, line) = failure.map(|failure| (failure.message, failure.line)).unwrap_or_default();
    match ended {
        Ended::Returned(PANICKED) => End::Panicked { message, line },
        Ended::Returned(FAILED) => End::ReturnedError { message, line },
        Ended::Returned(_) => End::Passed,
        Ended::Exited(code) => End::Exited(code),
        Ended::Killed { signal, stack_overflow } => End::Killed { signal, stack_overflow },
        Ended::TimedOut => End::TimedOut { phase: Phase::Run, seconds: timeout.unwrap_or_default().as_secs_f64() },
        Ended::Interrupted => End::Interrupted,
        Ended::NotLoaded(why) => {
            let message = format!("cannot load the compiled cell: {why}");
            End::CompileError(vec![refusal(message, Vec::new(), Vec::new(), "")])
        }
    }
}
