//! A cell's outputs and how it ended, stored or live, as a reader sees them.

use super::screen::Screen;
use super::state;
use crate::cli::outcome::{End, Outcome, Output, Stream};
use crate::cli::terminal::style::NOTE;
use crate::cli::terminal::{cell_end, picture};

/// Shows one piece of output. A figure is saved under `name`.
pub fn show(screen: &mut Screen, output: &Output, name: &str) {
    match output {
        Output::Stream { stream: Stream::Stdout, text } => screen.output(text),
        Output::Stream { stream: Stream::Stderr, text } => {
            let text = screen.look.paint(NOTE, text.trim_end_matches('\n'));
            screen.output(&format!("{text}\n"));
        }
        // The value of a loop or an assignment.
        Output::Rich { data, .. } if data.len() == 1 && data.get("text/plain").is_some_and(|it| it == "()") => {}
        Output::Rich { data, .. } => {
            let svg = data.get("image/svg+xml");
            let rows = screen.rows_of_a_figure();
            if let Some(picture) = svg.and_then(|svg| picture::draw(svg, &screen.protocol, &screen.look, rows)) {
                screen.text(&picture);
            }
            if let Some(plain) = data.get("text/plain") {
                screen.fresh_line();
                screen.output(&format!("{}\n", plain.trim_end_matches('\n')));
            }
            if let Some(svg) = svg {
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

pub fn show_outcome(screen: &mut Screen, outcome: &Outcome, name: &str) {
    for output in &outcome.outputs {
        show(screen, output, name);
    }
    show_end(screen, outcome);
}

/// Shows how a cell ended if it did not run to its last line, and the session's notes. `true` if it passed.
pub fn show_end(screen: &mut Screen, outcome: &Outcome) -> bool {
    screen.fresh_line();
    match &outcome.end {
        End::Passed => {}
        End::CompileError(diagnostics) => {
            for diagnostic in diagnostics {
                screen.complain(&cell_end::diagnostic(diagnostic, &screen.look));
            }
        }
        end => screen.error(&cell_end::sentence(end, screen.lang)),
    }
    for note in &outcome.notes {
        screen.note(note);
    }
    outcome.end == End::Passed
}

/// The text of all outputs, to compare two runs.
pub fn plain_text(outputs: &[Output]) -> String {
    let texts = outputs.iter().map(|output| match output {
        Output::Stream { text, .. } => text.as_str(),
        Output::Rich { data, .. } => data.get("text/plain").map_or("", String::as_str),
    });
    texts.collect()
}
