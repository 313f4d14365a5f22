//! All output of the REPL goes through here, which keeps track of open lines and of the spinner.
//!
//! The wording is in `terminal/messages`.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::moves::Moved;
use super::pager;
use crate::cli::lang::Lang;
use crate::cli::streams;
use crate::cli::terminal::picture::ImageProtocol;
use crate::cli::terminal::shown::{self, Passage};
use crate::cli::terminal::style::{self, BAD, GOOD, Look, NOTE, QUIET};

pub struct Screen {
    pub look: Look,
    pub lang: Lang,
    /// How figures are shown.
    pub protocol: ImageProtocol,
    /// A person sits at the prompt: then errors are shown among the output.
    pub interactive: bool,
    /// A line failed: a program's run then exits with 1.
    pub failed: bool,
    /// The last text ended its line.
    at_line_start: bool,
    /// The last line was blank.
    after_blank: bool,
    spinner: Option<Spinner>,
    /// The last figure, as SVG.
    pub figure: Option<String>,
    /// The whole output of the current or last cell.
    whole: String,
    /// How many of its lines there are, shown or not.
    shown: usize,
    /// Several cells run in a row: what could be moved is only shown.
    pub is_hurried: bool,
    /// What the running cell has shown that can be moved.
    pub moved: Option<Moved>,
    /// What the output of a cell goes through before it is shown.
    passage: Passage,
}

/// Of one cell's output, two screens are shown, and at least this many lines; the rest is for `:all`.
const FEWEST_LINES: usize = 60;
/// Output beyond this many bytes is not kept: an endless loop must not use up the memory.
const MOST_KEPT: usize = 16 << 20;

/// Shows what the session is doing once that takes a while.
struct Spinner {
    since: Instant,
    drawn: usize,
}

/// How long a cell runs before the screen says that it does.
const SLOW: Duration = Duration::from_millis(300);

impl Screen {
    pub fn new(look: Look, lang: Lang, protocol: ImageProtocol, interactive: bool) -> Screen {
        Screen {
            look,
            lang,
            protocol,
            interactive,
            failed: false,
            at_line_start: true,
            after_blank: true,
            spinner: None,
            figure: None,
            whole: String::new(),
            shown: 0,
            is_hurried: false,
            moved: None,
            passage: Passage::default(),
        }
    }

    /// Whether an output can be drawn again in its place, and moved by keys.
    pub fn can_move(&self) -> bool {
        self.interactive && self.look.decorated && !self.is_hurried
    }

    /// Prints whole lines.
    pub fn line(&mut self, text: &str) {
        self.fresh_line();
        self.after_blank = text.is_empty() || text.ends_with("\n");
        write(&format!("{}\n", shown::report(text)));
    }

    pub fn faint(&mut self, text: &str) {
        let text = self.fitted(text);
        let text = self.look.paint(QUIET, &text);
        self.line(&text);
    }

    /// Prints a message.
    pub fn say(&mut self, text: &str) {
        let text = self.fitted(text);
        self.line(&text);
    }

    /// Wraps at words for a person; a program gets the lines as they are.
    fn fitted(&self, text: &str) -> String {
        if self.interactive { self.look.wrapped(text) } else { text.to_owned() }
    }

    /// Prints a prompt before the line editor starts, which draws it again in the same place.
    pub fn prompt(&mut self, text: &str) {
        self.fresh_line();
        write(&format!("\r{}", self.look.paint(GOOD, text)));
    }

    /// Prints a blank line, unless the last line was blank.
    pub fn blank(&mut self) {
        self.fresh_line();
        if !self.after_blank {
            self.line("");
        }
    }

    /// Prints text that may not end its line.
    pub fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.clear_spinner();
        write(text);
        self.at_line_start = text.ends_with('\n');
        self.after_blank = text == "\n" || text.ends_with("\n\n");
    }

    /// A cell starts.
    pub fn begin(&mut self) {
        self.passage = Passage::default();
        self.whole.clear();
        self.shown = 0;
    }

    /// Prints a cell's output: all of it for a program, a limited number of lines for a person.
    pub fn output(&mut self, text: &str) {
        let text = &self.passage.pass(text);
        if !self.interactive {
            return self.text(text);
        }
        if self.whole.len() < MOST_KEPT {
            self.whole.push_str(text);
        }
        let most = most_lines();
        for line in text.split_inclusive('\n') {
            if self.shown < most {
                self.text(line);
            }
            self.shown += usize::from(line.ends_with('\n'));
        }
    }

    /// The cell has ended: reports how many lines were not shown.
    pub fn finish(&mut self) {
        let most = most_lines();
        if self.interactive && self.shown > most {
            let text = self.lang.more_lines(self.shown - most);
            self.faint(&text);
        }
    }

    /// Shows the whole of the last cell's output, or of the last page that was cut.
    pub fn all(&mut self) {
        if self.whole.is_empty() {
            let text = self.lang.no_output_yet();
            return self.faint(&text);
        }
        let whole = std::mem::take(&mut self.whole);
        if !self.in_pager(&whole) {
            self.text(&whole);
            self.fresh_line();
        }
        self.whole = whole;
    }

    /// Shows a text that may be long: in the pager for a person or, without one, the first screen of it, and the rest
    /// with `:all`. A program and a screen reader get all of it.
    pub fn page(&mut self, text: &str) {
        if self.in_pager(text) {
            return;
        }
        if !self.is_paged() || self.fits(text) {
            return self.line(text);
        }
        // Leave room for the prompt and the message below.
        let mut left = rows().saturating_sub(3);
        let first: Vec<&str> = text
            .lines()
            .take_while(|line| {
                let room = left;
                left = left.saturating_sub(self.rows_of(line));
                room > 0
            })
            .collect();
        self.line(&first.join("\n"));
        let more = self.lang.more_lines(text.lines().count() - first.len());
        self.faint(&more);
        self.whole = format!("{text}\n");
        self.shown = 0;
    }

    /// `false` if it fits the screen, or if there is no pager.
    fn in_pager(&mut self, text: &str) -> bool {
        if !self.is_paged() || self.fits(text) {
            return false;
        }
        self.fresh_line();
        pager::show(&format!("{}\n", text.trim_end_matches('\n')), &self.lang.pager_keys())
    }

    /// The most rows of a figure: a person sees all of it, with its name, its file and the prompt below.
    pub fn rows_of_a_figure(&self) -> Option<usize> {
        self.interactive.then(|| rows().saturating_sub(5).max(8))
    }

    /// Whether the screen holds the text and the prompt.
    fn fits(&self, text: &str) -> bool {
        text.lines().map(|line| self.rows_of(line)).sum::<usize>() < rows()
    }

    /// A wide line takes several rows.
    fn rows_of(&self, line: &str) -> usize {
        anstream::adapter::strip_str(line).to_string().width().div_ceil(self.look.width.max(1)).max(1)
    }

    /// A pager needs a person to quit it.
    fn is_paged(&self) -> bool {
        self.interactive && self.look.decorated
    }

    /// Prints to standard error for a program, among the output for a person.
    pub fn complain(&mut self, text: &str) {
        let text = &shown::report(text);
        self.fresh_line();
        if self.interactive {
            self.say(text);
        } else {
            write_aside(&format!("{text}\n"));
        }
    }

    /// `error: ...` with its help line.
    pub fn error(&mut self, message: &str) {
        let head = self.look.paint(BAD, &self.lang.error());
        self.complain(&format!("{head}: {message}"));
    }

    /// An error that fails the line.
    pub fn fail(&mut self, message: &str) {
        self.failed = true;
        self.error(message);
    }

    pub fn fail_with_help(&mut self, message: &str, help: &str) {
        let help = format!("{}: {help}", self.lang.help());
        self.fail(&[message, &help].join("\n"));
    }

    /// `help: ...`
    pub fn help(&mut self, text: &str) {
        let head = self.look.paint(NOTE, &self.lang.help());
        self.complain(&format!("{head}: {text}"));
    }

    /// `note: ...`
    pub fn note(&mut self, text: &str) {
        let head = self.look.paint(NOTE, &self.lang.note());
        self.complain(&format!("{head}: {text}"));
    }

    pub fn fresh_line(&mut self) {
        self.clear_spinner();
        if !std::mem::replace(&mut self.at_line_start, true) {
            write("\n");
        }
    }

    /// Draws the spinner, after a moment, and only on a terminal.
    pub fn busy(&mut self, what: &str) {
        let spinner = self.spinner.get_or_insert(Spinner { since: Instant::now(), drawn: 0 });
        let waited = spinner.since.elapsed();
        if waited < SLOW || !self.at_line_start || !self.look.decorated || !std::io::stderr().is_terminal() {
            return;
        }
        const FRAMES: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
        spinner.drawn += 1;
        let frame = FRAMES[spinner.drawn / 2 % FRAMES.len()];
        let what = cut(what, self.look.width.saturating_sub(12));
        let text = format!("{frame} {what} {:.1} s", waited.as_secs_f64());
        let text = if self.look.color { self.look.paint(QUIET, &text) } else { text };
        write_aside(&format!("\r{text}\x1b[K"));
    }

    /// Removes the spinner.
    pub fn clear_spinner(&mut self) {
        if self.spinner.as_ref().is_some_and(|spinner| spinner.drawn > 0) {
            write_aside("\r\x1b[K");
        }
        self.spinner = None;
    }
}

/// Nobody reads more than two screens of output.
fn most_lines() -> usize {
    (2 * rows()).max(FEWEST_LINES)
}

/// The lines of the terminal.
fn rows() -> usize {
    style::size().map_or(24, |size| size.rows.into())
}

/// The beginning of a text that fits into these columns.
pub fn cut(text: &str, columns: usize) -> String {
    let mut used = 0;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= columns
    };
    text.chars().take_while(fits).collect()
}

/// The beginning of a text, with an ellipsis where it does not fit into these columns.
pub fn shortened(text: &str, columns: usize) -> String {
    if text.width() <= columns { text.to_owned() } else { cut(text, columns.saturating_sub(1)) + "…" }
}

/// Where nothing can be written any more, the program ends.
fn write(text: &str) {
    streams::write(text.as_bytes());
    if let Some(exit) = streams::ending() {
        std::process::exit(exit as i32);
    }
}

/// To stderr.
fn write_aside(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
