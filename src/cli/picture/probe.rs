//! Asks the terminal, once, what pictures it shows: the question ends with one that every terminal answers.
//!
//! It waits a bounded time, and reads every byte of the answer, so that none lands in the reader's line.

use std::env;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::termios::{LocalFlags, SetArg, SpecialCharacterIndices, tcgetattr, tcsetattr};

use super::{Canvas, Images};
use crate::cli::look;

/// kitty's graphics; the size of a character in pixels; and who are you.
const QUESTION: &str = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[16t\x1b[c";
const PATIENCE: Duration = Duration::from_millis(250);

/// What the terminal said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Answer {
    kitty: bool,
    sixel: bool,
    cell: Option<(usize, usize)>,
    /// Has it said everything?
    complete: bool,
}

/// The way to show figures here; `wanted` decides if it is not `auto`.
pub fn canvas(wanted: Images, terminal: bool) -> Canvas {
    let true_color = env::var("COLORTERM").is_ok_and(|value| value.contains("truecolor") || value.contains("24bit"));
    let many_colors = true_color || env::var("TERM").is_ok_and(|term| term.contains("256") || term.contains("direct"));
    if !terminal || wanted == Images::None {
        // Nobody would see it, unless it was asked for by name.
        let images = if wanted == Images::Auto { Images::None } else { wanted };
        return Canvas { images, cell: (9, 18), true_color };
    }
    let answer = ask().unwrap_or_default();
    let cell = answer.cell.or_else(cell_by_window).unwrap_or((9, 18));
    let no_color = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let images = match wanted {
        Images::Auto if answer.kitty => Images::Kitty,
        Images::Auto if is_iterm() => Images::Iterm,
        Images::Auto if answer.sixel => Images::Sixel,
        Images::Auto if many_colors && !no_color => Images::Blocks,
        Images::Auto => Images::Text,
        named => named,
    };
    Canvas { images, cell, true_color }
}

fn is_iterm() -> bool {
    let names = ["TERM_PROGRAM", "LC_TERMINAL"].map(|name| env::var(name).unwrap_or_default());
    names.iter().any(|name| ["iTerm.app", "iTerm2", "WezTerm", "mintty"].contains(&name.as_str()))
}

fn cell_by_window() -> Option<(usize, usize)> {
    let size = look::size()?;
    let cell = (size.ws_xpixel / size.ws_col.max(1), size.ws_ypixel / size.ws_row.max(1));
    (cell.0 > 0 && cell.1 > 0).then_some((cell.0.into(), cell.1.into()))
}

/// Asks on the terminal itself, without its echo, and sets it back as it was.
fn ask() -> Option<Answer> {
    let mut terminal = File::options().read(true).write(true).open("/dev/tty").ok()?;
    let before = tcgetattr(&terminal).ok()?;
    let mut quiet = before.clone();
    quiet.local_flags.remove(LocalFlags::ICANON | LocalFlags::ECHO);
    quiet.control_chars[SpecialCharacterIndices::VMIN as usize] = 0;
    quiet.control_chars[SpecialCharacterIndices::VTIME as usize] = 0;
    tcsetattr(&terminal, SetArg::TCSANOW, &quiet).ok()?;
    let answer = converse(&mut terminal);
    let _ = tcsetattr(&terminal, SetArg::TCSANOW, &before);
    answer
}

fn converse(terminal: &mut File) -> Option<Answer> {
    terminal.write_all(QUESTION.as_bytes()).ok()?;
    let until = Instant::now() + PATIENCE;
    let mut said = Vec::new();
    while !understood(&said).complete {
        let left = until.saturating_duration_since(Instant::now());
        let timeout = PollTimeout::try_from(left).unwrap_or(PollTimeout::ZERO);
        let ready = poll(&mut [PollFd::new(terminal.as_fd(), PollFlags::POLLIN)], timeout).ok()?;
        let mut bytes = [0; 256];
        match terminal.read(&mut bytes) {
            Ok(count) if ready > 0 && count > 0 => said.extend(&bytes[..count]),
            _ => break,
        }
    }
    Some(understood(&said))
}

/// Reads an answer; it is complete when the last question's is there.
fn understood(said: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(said);
    let mut answer = Answer { kitty: text.contains("\x1b_Gi=31;OK"), ..Answer::default() };
    for sequence in text.split("\x1b[").skip(1) {
        let Some(end) = sequence.find(|c: char| c.is_ascii_alphabetic()) else { continue };
        let (numbers, last) = (&sequence[..end], &sequence[end..=end]);
        match (numbers.strip_prefix('?'), last) {
            (Some(attributes), "c") => {
                answer.complete = true;
                answer.sixel = attributes.split(';').any(|attribute| attribute == "4");
            }
            (None, "t") => {
                let parts: Vec<usize> = numbers.split(';').filter_map(|part| part.parse().ok()).collect();
                if let [6, high @ 1..=200, wide @ 1..=200] = parts[..] {
                    answer.cell = Some((wide, high));
                }
            }
            _ => {}
        }
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_understood() {
        let none = Answer::default();
        let cases: [(&str, Answer); 7] = [
            ("", none),
            ("\x1b[?6c", Answer { complete: true, ..none }),
            ("\x1b[?62;4;22c", Answer { complete: true, sixel: true, ..none }),
            (
                "\x1b_Gi=31;OK\x1b\\\x1b[6;34;17t\x1b[?62;c",
                Answer { complete: true, kitty: true, cell: Some((17, 34)), ..none },
            ),
            ("\x1b_Gi=31;EINVAL:no\x1b\\\x1b[?1;2c", Answer { complete: true, ..none }),
            ("\x1b[6;0;0t", none),
            ("typed ahead\x1b[?1;24c", Answer { complete: true, ..none }),
        ];
        for (said, answer) in cases {
            assert_eq!(understood(said.as_bytes()), answer, "{said:?}");
        }
    }
}
