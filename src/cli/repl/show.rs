//! A cell's outputs and its end as a reader sees them.
//!
//! It takes stored and live outputs alike.

use super::screen::Screen;
use super::state;
use crate::cli::ending;
use crate::cli::look::NOTE;
use crate::cli::outcome::{CLEAR_OUTPUT, End, Outcome, Output, Phase, Stream};
use crate::cli::picture;
use crate::cli::words::Lang;

/// One piece of output. `name` is what a figure is saved under.
pub fn output(screen: &mut Screen, output: &Output, name: &str) {
    match output {
        Output::Stream { stream: Stream::Stdout, text } => screen.output(text),
        Output::Stream { stream: Stream::Stderr, text } => {
            let text = screen.look.paint(NOTE, text.trim_end_matches('\n'));
            screen.output(&format!("{text}\n"));
        }
        // A terminal takes nothing back.
        Output::Rich { data, .. } if data.contains_key(CLEAR_OUTPUT) => {}
        Output::Rich { data, .. } => {
            if let Some(picture) =
                data.get("image/svg+xml").and_then(|svg| picture::draw(svg, &screen.canvas, &screen.look))
            {
                screen.text(&picture);
            }
            if let Some(plain) = data.get("text/plain") {
                screen.fresh_line();
                screen.output(&format!("{}\n", plain.trim_end_matches('\n')));
            }
            if let Some(svg) = data.get("image/svg+xml") {
                screen.figure = Some(svg.clone());
                match state::save_figure(name, svg) {
                    Ok(path) => screen.faint(&screen.lang.saved(path.display())),
                    Err(error) => screen.error(&screen.lang.not_saved(format!("{error:#}"))),
                }
            } else if !data.contains_key("text/plain") {
                let kinds: Vec<&str> = data.keys().map(String::as_str).collect();
                screen.faint(&screen.lang.not_shown(kinds.join(", ")));
            }
        }
    }
}

/// Standard error is held back for a moment: a panic's report, and the error that left through `?`, are said in the
/// REPL's own words when the cell has ended.
#[derive(Default)]
pub struct Hush {
    held: String,
}

impl Hush {
    /// Shows a piece of output, or holds it back.
    pub fn pass(&mut self, screen: &mut Screen, piece: &Output, name: &str) {
        match piece {
            Output::Stream { stream: Stream::Stderr, text } => self.held.push_str(text),
            piece => {
                if !ending::is_report(&self.held) {
                    self.let_go(screen, name);
                }
                output(screen, piece, name);
            }
        }
    }

    /// A moment has passed: what is held back was no cell's last word.
    pub fn pause(&mut self, screen: &mut Screen, name: &str) {
        if !ending::is_report(&self.held) {
            self.let_go(screen, name);
        }
    }

    /// The cell has ended: what was held back is shown, without what is about to be said.
    pub fn release(mut self, screen: &mut Screen, end: Option<&End>, name: &str) {
        match end {
            Some(End::Panicked { .. }) => self.held = ending::without_report(&self.held),
            Some(End::ReturnedError { message, .. }) => {
                if let Some(before) = self.held.trim_end().strip_suffix(message.trim_end()) {
                    self.held.truncate(before.len());
                }
            }
            _ => {}
        }
        self.let_go(screen, name);
    }

    fn let_go(&mut self, screen: &mut Screen, name: &str) {
        let text = std::mem::take(&mut self.held);
        if !text.trim().is_empty() {
            output(screen, &Output::Stream { stream: Stream::Stderr, text }, name);
        }
    }
}

/// How the cell ended, if not at its last line, and what the session has to say. `true` if it ended well.
pub fn end(screen: &mut Screen, outcome: &Outcome) -> bool {
    screen.fresh_line();
    match &outcome.end {
        End::Passed => {}
        End::CompileError(diagnostics) => {
            for diagnostic in diagnostics {
                let text = ending::diagnostic(diagnostic, &screen.look);
                screen.complain(&text);
            }
        }
        end => {
            screen.error(&words(end, screen.lang));
        }
    }
    for note in &outcome.notes {
        let text = format!("{}: {note}", screen.look.paint(NOTE, &screen.lang.note()));
        screen.complain(&text);
    }
    outcome.end == End::Passed
}

fn words(end: &End, lang: Lang) -> String {
    let at = |line: &Option<usize>| line.map(|line| lang.at_line(line)).unwrap_or_default();
    match end {
        End::Passed | End::CompileError(_) => String::new(),
        End::Panicked { message, line } => lang.panicked(at(line), message),
        End::ReturnedError { message, line } => lang.returned_error(at(line), message),
        End::Exited(code) => lang.exited(code),
        End::Killed { stack_overflow: true, .. } => lang.overflowed(),
        End::Killed { signal, .. } => lang.killed(signal_name(*signal, lang)),
        End::TimedOut { phase: Phase::Compile, seconds } => lang.compiled_too_long(seconds),
        End::TimedOut { phase: Phase::Run, seconds } => lang.ran_too_long(seconds),
        End::Interrupted => lang.stopped(),
    }
}

fn signal_name(signal: i32, lang: Lang) -> String {
    match nix::sys::signal::Signal::try_from(signal) {
        Ok(nix::sys::signal::Signal::SIGSEGV) => lang.segfault(),
        Ok(signal) => signal.to_string(),
        Err(_) => lang.signal(signal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_end_is_said_in_words() {
        let cases = [
            (End::Panicked { message: "no".into(), line: Some(2) }, "the cell panicked at line 2: no"),
            (End::Panicked { message: "no".into(), line: None }, "the cell panicked: no"),
            (
                End::ReturnedError { message: "bad".into(), line: Some(1) },
                "an error left the cell through `?` at line 1: bad",
            ),
            (End::Exited(3), "the cell ended its process with exit code 3"),
            (
                End::Killed { signal: 11, stack_overflow: false },
                "the cell was killed by SIGSEGV: it touched memory that is not its own",
            ),
            (End::Killed { signal: 9, stack_overflow: false }, "the cell was killed by SIGKILL"),
            (
                End::Killed { signal: 6, stack_overflow: true },
                "the stack overflowed: does a function call itself for ever?",
            ),
            (End::TimedOut { phase: Phase::Run, seconds: 5.0 }, "the cell ran longer than 5 s and was stopped"),
            (End::Interrupted, "stopped by Ctrl-C"),
        ];
        for (end, text) in cases {
            assert_eq!(words(&end, Lang::En), text);
        }
    }
}
