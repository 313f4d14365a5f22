//! Progress while notebooks run: a status line on a terminal, plain lines elsewhere.
//!
//! Results go to stdout, progress to stderr; the status line is hidden while a result is printed.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::outcome::Event;
use crate::cli::streams;
use crate::cli::terminal::shown::{name, visible};
use crate::cli::terminal::style::QUIET;

/// Shared by all workers of a run.
pub struct Progress {
    bar: Option<ProgressBar>,
}

impl Progress {
    pub fn new(notebooks: usize) -> Progress {
        let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        if dumb || !std::io::stderr().is_terminal() {
            return Progress { bar: None };
        }
        let bar = ProgressBar::with_draw_target(Some(notebooks as u64), ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{spinner} [{pos}/{len}] {wide_msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Progress { bar: Some(bar) }
    }

    /// A cell starts.
    pub fn cell(&self, notebook: &str, number: usize, of: usize, id: &str) {
        if let Some(bar) = &self.bar {
            let message = format!("{notebook}: cell {number} of {of}, `{id}`");
            bar.set_message(name(&message));
        }
    }

    pub fn event(&self, notebook: &str, event: &Event) {
        let Event::Progress(message) = event else { return };
        let message = visible(message);
        match &self.bar {
            Some(bar) => bar.set_message(format!("{}: {message}", visible(notebook))),
            None => streams::eprintln!("{QUIET}  {message}{QUIET:#}"),
        }
    }

    /// Prints to stderr.
    pub fn note(&self, text: &str) {
        let text = visible(text);
        let print = || streams::eprintln!("{QUIET}note: {text}{QUIET:#}");
        match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    pub fn notebook_done(&self) {
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
    }

    /// Prints to stdout.
    pub fn print(&self, text: &str) {
        let print = || streams::print!("{text}");
        match &self.bar {
            Some(bar) => bar.suspend(print),
            None => print(),
        }
    }

    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
