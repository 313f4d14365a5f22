//! A cell's outputs and its end as a reader sees them.
//!
//! It takes stored and live outputs alike.

use super::screen::Screen;
use super::state;
use crate::cli::outcome::{End, Outcome, Output, Stream};
use crate::cli::terminal::style::NOTE;
use crate::cli::terminal::{cell_end, picture};

/// One piece of output. `name` is what a figure is saved under.
pub fn output(screen: &mut Screen, output: &Output, name: &str) {
    match output {
        Output::Stream { stream: Stream::Stdout, text } => screen.output(text),
        Output::Stream { stream: Stream::Stderr, text } => {
            let text = screen.look.paint(NOTE, text.trim_end_matches('\n'));
            screen.output(&format!("{text}\n"));
        }
        // A loop or an assignment has nothing to say.
        Output::Rich { data, .. } if data.len() == 1 && data.get("text/plain").is_some_and(|it| it == "()") => {}
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
                if !cell_end::is_report(&self.held) {
                    self.let_go(screen, name);
                }
                output(screen, piece, name);
            }
        }
    }

    /// A moment has passed: what is held back was no cell's last word.
    pub fn pause(&mut self, screen: &mut Screen, name: &str) {
        if !cell_end::is_report(&self.held) {
            self.let_go(screen, name);
        }
    }

    /// The cell has ended: what was held back is shown, without what is about to be said.
    pub fn release(mut self, screen: &mut Screen, end: Option<&End>, name: &str) {
        if let Some(end) = end {
            self.held = cell_end::without_end(self.held, end);
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
                let text = cell_end::diagnostic(diagnostic, &screen.look);
                screen.complain(&text);
            }
        }
        end => {
            screen.error(&cell_end::words(end, screen.lang));
        }
    }
    for note in &outcome.notes {
        let text = format!("{}: {note}", screen.look.paint(NOTE, &screen.lang.note()));
        screen.complain(&text);
    }
    outcome.end == End::Passed
}
