//! How the terminal is written to: its width, colours, and how much decoration it bears.
//!
//! It writes nothing itself.

mod wrap;

use std::borrow::Cow;
use std::env;
use std::io::IsTerminal;

use anstyle::{AnsiColor, Style};

pub const HEADING: Style = AnsiColor::Cyan.on_default().bold();
pub const STRONG: Style = Style::new().bold();
pub const QUIET: Style = Style::new().dimmed();
pub const CODE: Style = AnsiColor::Yellow.on_default();
pub const LINK: Style = Style::new().underline();
pub const GOOD: Style = AnsiColor::Green.on_default();
pub const BAD: Style = AnsiColor::Red.on_default().bold();
pub const NOTE: Style = AnsiColor::Magenta.on_default();

/// What may be written, decided once at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Columns of the terminal; text is wrapped to them.
    pub width: usize,
    pub color: bool,
    /// Rules, bars and spinners: no where a program or a screen reader reads along.
    pub decorated: bool,
}

/// The widest text that reads well, whatever the terminal has.
const WIDEST: usize = 96;

impl Look {
    /// What standard output bears: `NO_COLOR`, `CLICOLOR_FORCE` and `TERM=dumb` are respected.
    pub fn of_stdout(plain: bool) -> Look {
        let terminal = std::io::stdout().is_terminal();
        let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
        let color = anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never;
        Look {
            width: if terminal { columns() } else { 80 },
            color: color && !plain,
            decorated: terminal && !dumb && !plain,
        }
    }

    /// Nothing but text.
    #[cfg(test)]
    pub fn plain(width: usize) -> Look {
        Look { width, color: false, decorated: false }
    }

    /// The columns for running text.
    pub fn text_width(&self) -> usize {
        self.width.clamp(20, WIDEST)
    }

    /// A message in lines that fit, broken at blanks.
    pub fn wrapped(&self, text: &str) -> String {
        wrap::wrapped(text, self.width)
    }

    pub fn paint(&self, style: Style, text: &str) -> String {
        if self.color && !text.is_empty() && style != Style::new() {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

/// The text with what would steer the terminal as signs that are seen: `ESC` as `␛`; line breaks and tabs stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let sign = |c: char| match u32::from(c) {
        code if !steers(c) => char::from_u32(code),
        0x7f => Some('␡'),
        code @ 0..0x20 => char::from_u32(0x2400 + code),
        _ => Some(char::REPLACEMENT_CHARACTER),
    };
    Cow::Owned(text.chars().filter_map(sign).collect())
}

/// The terminal's columns now; 80 where it does not say.
pub fn columns() -> usize {
    size().map_or(80, |size| size.ws_col.into())
}

/// Rows and columns, and where the terminal tells it, pixels.
pub fn size() -> Option<nix::libc::winsize> {
    let mut size = nix::libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: TIOCGWINSZ writes one winsize, and the pointer is to one that lives through the call.
    let answer = unsafe { nix::libc::ioctl(nix::libc::STDOUT_FILENO, nix::libc::TIOCGWINSZ, &raw mut size) };
    (answer == 0 && size.ws_col > 0).then_some(size)
}
