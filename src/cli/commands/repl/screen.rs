//! What the REPL writes, and where: one place that knows whether a line is open and a spinner drawn.
//!
//! It decides no words.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::pager;
use crate::cli::lang::Lang;
use crate::cli::terminal::picture::Canvas;
use crate::cli::terminal::style;
use crate::cli::terminal::style::{BAD, FAINT, GOOD, Look};

pub struct Screen {
    pub look: Look,
    pub lang: Lang,
    /// How figures are shown.
    pub canvas: Canvas,
    /// Does a person sit at the prompt? Then complaints stand where the output stands.
    interactive: bool,
    /// Has the last text ended its line?
    at_line_start: bool,
    /// Was the last line blank?
    after_blank: bool,
    spinner: Option<Spinner>,
    /// The last figure, as SVG.
    pub figure: Option<String>,
    /// The output of the cell that runs, or ran last, whole.
    whole: String,
    /// How many of its lines have been shown.
    shown: usize,
}

/// What goes beyond two screens, or beyond this, of one cell's output is kept for `:all`.
const FEWEST_LINES: usize = 60;
/// Output beyond this many bytes is not kept: an endless loop must not eat the machine.
const MOST_KEPT: usize = 16 << 20;

/// A quiet line that says what is happening, once it takes long enough to be noticed.
struct Spinner {
    since: Instant,
    drawn: usize,
}

const QUIET: Duration = Duration::from_millis(300);

impl Screen {
    pub fn new(look: Look, lang: Lang, canvas: Canvas, interactive: bool) -> Screen {
        Screen {
            look,
            lang,
            canvas,
            interactive,
            at_line_start: true,
            after_blank: true,
            spinner: None,
            figure: None,
            whole: String::new(),
            shown: 0,
        }
    }

    /// Whole lines.
    pub fn line(&mut self, text: &str) {
        self.fresh_line();
        self.after_blank = text.is_empty() || text.ends_with("\n");
        write(&mut std::io::stdout(), &format!("{text}\n"));
    }

    pub fn faint(&mut self, text: &str) {
        let text = self.fitted(text);
        let text = self.look.paint(FAINT, &text);
        self.line(&text);
    }

    /// A message of the REPL's own.
    pub fn say(&mut self, text: &str) {
        let text = self.fitted(text);
        self.line(&text);
    }

    /// For a person no word is broken at the terminal's edge; a program gets the lines as they are.
    fn fitted(&self, text: &str) -> String {
        if self.interactive { self.look.wrapped(text) } else { text.to_owned() }
    }

    /// A prompt that nobody reads from yet: the line editor draws it again in its place.
    pub fn prompt(&mut self, text: &str) {
        self.fresh_line();
        write(&mut std::io::stdout(), &format!("\r{}", self.look.paint(GOOD, text)));
    }

    /// A blank line, unless there is one already.
    pub fn blank(&mut self) {
        self.fresh_line();
        if !self.after_blank {
            self.line("");
        }
    }

    /// Text as it comes, whether or not it ends its line.
    pub fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.clear_spinner();
        write(&mut std::io::stdout(), text);
        self.at_line_start = text.ends_with('\n');
        self.after_blank = text == "\n" || text.ends_with("\n\n");
    }

    /// A cell begins: its output is counted from here.
    pub fn begin(&mut self) {
        self.whole.clear();
        self.shown = 0;
    }

    /// Output of a cell: all for a program, so many lines for a person.
    pub fn output(&mut self, text: &str) {
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

    /// The cell has ended: says how much was kept back.
    pub fn finish(&mut self) {
        let most = most_lines();
        if self.interactive && self.shown > most {
            let text = self.lang.more_lines(self.shown - most);
            self.faint(&text);
        }
    }

    /// The whole output of the last cell, or the whole page that was cut last.
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

    /// A text that may be long. For a person it comes in the pager; where there is none, its first screen comes, and
    /// the rest with `:all`. A program and a screen reader get all of it.
    pub fn page(&mut self, text: &str) {
        if self.in_pager(text) {
            return;
        }
        if !self.is_paged() || self.fits(text) {
            return self.line(text);
        }
        // The prompt, and the line that says so, need room.
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

    /// `false` if it fits the screen, or there is no pager.
    fn in_pager(&mut self, text: &str) -> bool {
        if !self.is_paged() || self.fits(text) {
            return false;
        }
        self.fresh_line();
        pager::show(&format!("{}\n", text.trim_end_matches('\n')), &self.lang.pager_keys())
    }

    /// With a line for the prompt.
    fn fits(&self, text: &str) -> bool {
        text.lines().map(|line| self.rows_of(line)).sum::<usize>() < rows()
    }

    /// A line wider than the terminal takes several of its rows.
    fn rows_of(&self, line: &str) -> usize {
        anstream::adapter::strip_str(line).to_string().width().div_ceil(self.look.width.max(1)).max(1)
    }

    /// Is there somebody who would leave a pager again?
    fn is_paged(&self) -> bool {
        self.interactive && self.look.decorated
    }

    /// What went wrong: beside the output for a person, on standard error for a program.
    pub fn complain(&mut self, text: &str) {
        self.fresh_line();
        if self.interactive {
            self.say(text);
        } else {
            write(&mut std::io::stderr(), &format!("{text}\n"));
        }
    }

    /// `error: ...` with its help line.
    pub fn error(&mut self, message: &str) {
        let head = self.look.paint(BAD, &self.lang.error());
        self.complain(&format!("{head}: {message}"));
    }

    pub fn fresh_line(&mut self) {
        self.clear_spinner();
        if !std::mem::replace(&mut self.at_line_start, true) {
            write(&mut std::io::stdout(), "\n");
        }
    }

    /// Draws or moves the spinner; nothing for the first moments, nor where nobody would see it.
    pub fn busy(&mut self, what: &str) {
        let spinner = self.spinner.get_or_insert(Spinner { since: Instant::now(), drawn: 0 });
        let waited = spinner.since.elapsed();
        if waited < QUIET || !self.at_line_start || !self.look.decorated || !std::io::stderr().is_terminal() {
            return;
        }
        const FRAMES: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
        spinner.drawn += 1;
        let frame = FRAMES[spinner.drawn / 2 % FRAMES.len()];
        let what = cut(what, self.look.width.saturating_sub(12));
        let text = format!("{frame} {what} {:.1} s", waited.as_secs_f64());
        let text = if self.look.color { self.look.paint(FAINT, &text) } else { text };
        write(&mut std::io::stderr(), &format!("\r{text}\x1b[K"));
    }

    /// The wait is over.
    pub fn clear_spinner(&mut self) {
        if self.spinner.as_ref().is_some_and(|spinner| spinner.drawn > 0) {
            write(&mut std::io::stderr(), "\r\x1b[K");
        }
        self.spinner = None;
    }
}

/// Two screens of output are more than anybody reads before the next line.
fn most_lines() -> usize {
    (2 * rows()).max(FEWEST_LINES)
}

/// The lines of the terminal.
fn rows() -> usize {
    style::size().map_or(24, |size| size.ws_row.into())
}

/// As much of a text as these columns hold.
pub fn cut(text: &str, columns: usize) -> String {
    let mut used = 0;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= columns
    };
    text.chars().take_while(fits).collect()
}

/// A reader that has gone away (`| head`) ends the program quietly, as it ends every other.
fn write(to: &mut dyn Write, text: &str) {
    let written = to.write_all(text.as_bytes()).and_then(|()| to.flush());
    if written.is_err_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe) {
        std::process::exit(0);
    }
}
