//! The style of terminal output: width, palette, and whether colours and decoration are used.
//!
//! It prints nothing.

mod wrap;

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

/// What output may contain, decided once at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Columns of the terminal, to which text is wrapped.
    pub width: usize,
    pub color: bool,
    /// Rules, bars and spinners: off for pipes and screen readers.
    pub decorated: bool,
}

/// The widest running text, for readability.
const WIDEST: usize = 96;

impl Look {
    /// The look of stdout; honours `NO_COLOR`, `CLICOLOR_FORCE` and `TERM=dumb`.
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

    /// Text only.
    #[cfg(test)]
    pub fn plain(width: usize) -> Look {
        Look { width, color: false, decorated: false }
    }

    /// The width of running text.
    pub fn text_width(&self) -> usize {
        self.width.clamp(20, WIDEST)
    }

    /// A message wrapped between words.
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

/// The terminal's current columns, or 80 if unknown.
pub fn columns() -> usize {
    size().map_or(80, |size| size.columns.into())
}

/// The size of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub columns: u16,
    pub rows: u16,
    /// The width and height of all of it, or zeros if the terminal does not report them.
    pub pixels: (u16, u16),
}

#[cfg(unix)]
pub fn size() -> Option<Size> {
    let mut size = nix::libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: TIOCGWINSZ writes one winsize, and `size` outlives the call.
    let answer = unsafe { nix::libc::ioctl(nix::libc::STDOUT_FILENO, nix::libc::TIOCGWINSZ, &raw mut size) };
    let size = Size { columns: size.ws_col, rows: size.ws_row, pixels: (size.ws_xpixel, size.ws_ypixel) };
    (answer == 0 && size.columns > 0).then_some(size)
}

/// Of the window, which shows a part of a longer buffer.
#[cfg(windows)]
pub fn size() -> Option<Size> {
    use windows_sys::Win32::System::Console::{
        CONSOLE_SCREEN_BUFFER_INFO, GetConsoleScreenBufferInfo, GetStdHandle, STD_OUTPUT_HANDLE,
    };
    // SAFETY: the call fills the place given, which zeros are valid for.
    let window = unsafe {
        let mut about: CONSOLE_SCREEN_BUFFER_INFO = std::mem::zeroed();
        let answer = GetConsoleScreenBufferInfo(GetStdHandle(STD_OUTPUT_HANDLE), &raw mut about);
        (answer != 0).then_some(about.srWindow)?
    };
    let length = |from: i16, to: i16| u16::try_from(i32::from(to) - i32::from(from) + 1).ok();
    Some(Size { columns: length(window.Left, window.Right)?, rows: length(window.Top, window.Bottom)?, pixels: (0, 0) })
}
