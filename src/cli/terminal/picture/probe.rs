//! Asks the terminal once which image protocols it supports. The query ends with one that every terminal answers.
//!
//! The wait is bounded. Every byte of the answer is read, so that none ends up in the user's line; a late answer is
//! read before the first line.

mod quiet;

use std::env;
use std::io::Write;
use std::time::{Duration, Instant};

use quiet::{Quiet, listen};

use super::super::{keys, style};
use super::{ImageProtocol, Images};

/// kitty graphics support, the size of a character in pixels, and the device attributes.
const QUESTION: &str = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[16t\x1b[c";
/// Terminals answer at once, and one that does not must not delay the prompt. Over a network it takes longer.
const PATIENCE: Duration = Duration::from_millis(50);
const PATIENCE_FAR_AWAY: Duration = Duration::from_millis(1500);

/// The terminal's answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Answer {
    kitty: bool,
    sixel: bool,
    cell: Option<(usize, usize)>,
    /// The last query was answered.
    complete: bool,
    /// What the user typed meanwhile; it belongs to the line.
    typed: String,
    /// The beginning of an answer whose rest has not arrived.
    begun: String,
    /// Anything was read at all.
    heard: bool,
}

/// The result of asking.
pub struct Asked {
    pub protocol: ImageProtocol,
    /// What the user typed while the terminal was asked.
    pub typed: String,
    /// The terminal has not answered yet.
    pub is_waiting: bool,
    /// The beginning of an answer whose rest has not arrived.
    pub begun: String,
}

/// A query in flight.
pub struct Question {
    wanted: Images,
    terminal: bool,
    /// `None` if the terminal is not asked.
    quiet: Option<Quiet>,
    until: Instant,
}

/// Asks how to show figures here; `wanted` decides unless it is `auto`.
pub fn ask(wanted: Images, terminal: bool) -> Question {
    let is_dumb = is_dumb(&env::var("TERM").unwrap_or_default());
    // Characters need no pixels, and a pipe gives no answer.
    let is_asked = terminal && !is_dumb && !matches!(wanted, Images::Blocks | Images::Text | Images::None);
    let quiet = if is_asked { Quiet::begin() } else { None };
    let quiet = quiet.and_then(|mut quiet| quiet.terminal.write_all(QUESTION.as_bytes()).ok().map(|()| quiet));
    Question { wanted, terminal, quiet, until: Instant::now() + patience() }
}

impl Question {
    /// Waits a bounded time for the rest of the answer.
    pub fn answer(mut self) -> Asked {
        let is_asked = self.quiet.is_some();
        let answer = self.quiet.as_mut().and_then(|quiet| listen(&mut quiet.terminal, Some(self.until)));
        let answer = answer.unwrap_or_default();
        let protocol = protocol_by(self.wanted, self.terminal, &answer);
        Asked { protocol, typed: answer.typed, is_waiting: is_asked && !answer.complete, begun: answer.begun }
    }
}

/// Waits for the first keys or for a late answer.
pub fn late_answer(wanted: Images) -> Asked {
    let answer = Quiet::begin().and_then(|mut quiet| listen(&mut quiet.terminal, None)).unwrap_or_default();
    // Someone who types is not kept waiting for the terminal.
    let is_waiting = !answer.complete && answer.typed.is_empty() && answer.heard;
    Asked { protocol: protocol_by(wanted, true, &answer), typed: answer.typed, is_waiting, begun: answer.begun }
}

fn protocol_by(wanted: Images, terminal: bool, answer: &Answer) -> ImageProtocol {
    let term = env::var("TERM").unwrap_or_default();
    let true_color = env::var("COLORTERM").is_ok_and(|value| value.contains("truecolor") || value.contains("24bit"));
    let many_colors = true_color || cfg!(windows) || ["256", "direct"].iter().any(|word| term.contains(word));
    let is_dumb = is_dumb(&term);
    if !terminal || is_dumb || wanted == Images::None {
        // Figures are drawn here only if asked for by name.
        let images = if wanted == Images::Auto { Images::None } else { wanted };
        return ImageProtocol { images, cell: CELL, true_color };
    }
    let cell = answer.cell.or_else(cell_by_window).unwrap_or(CELL);
    let no_color = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let images = match wanted {
        Images::Auto if answer.kitty => Images::Kitty,
        Images::Auto if is_iterm() => Images::Iterm,
        Images::Auto if answer.sixel => Images::Sixel,
        Images::Auto if many_colors && !no_color => Images::Blocks,
        Images::Auto => Images::Text,
        named => named,
    };
    ImageProtocol { images, cell, true_color }
}

/// Windows sets no such variable, and its consoles are not dumb.
fn is_dumb(term: &str) -> bool {
    term == "dumb" || term.is_empty() && !cfg!(windows)
}

/// The size of a character where the terminal does not report it.
const CELL: (usize, usize) = (9, 18);

fn patience() -> Duration {
    let far_away = ["SSH_CONNECTION", "SSH_TTY"].iter().any(|name| env::var_os(name).is_some());
    if far_away { PATIENCE_FAR_AWAY } else { PATIENCE }
}

fn is_iterm() -> bool {
    let names = ["TERM_PROGRAM", "LC_TERMINAL"].map(|name| env::var(name).unwrap_or_default());
    names.iter().any(|name| ["iTerm.app", "iTerm2", "WezTerm", "mintty"].contains(&name.as_str()))
}

fn cell_by_window() -> Option<(usize, usize)> {
    let size = style::size()?;
    let cell = (size.pixels.0 / size.columns.max(1), size.pixels.1 / size.rows.max(1));
    (cell.0 > 0 && cell.1 > 0).then_some((cell.0.into(), cell.1.into()))
}

/// Parses what was read: the answers, and everything else as typed. It is complete once the last query is answered.
#[cfg_attr(windows, expect(dead_code, reason = "consoles are not asked there"))]
fn parse(received: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(received);
    let begun = keys::typed(&text).1.to_owned();
    let mut answer = Answer { heard: !received.is_empty(), begun, ..Answer::default() };
    let mut rest = &*text;
    while let Some(at) = rest.find('\x1b') {
        answer.typed.push_str(&rest[..at]);
        rest = answer.take_sequence(&rest[at + 1..]);
    }
    answer.typed.push_str(rest);
    answer.typed.retain(|c| !c.is_control() || c == '\n' || c == '\r');
    answer
}

impl Answer {
    /// Parses one sequence without its escape; returns the rest.
    fn take_sequence<'a>(&mut self, text: &'a str) -> &'a str {
        if let Some(graphics) = text.strip_prefix('_') {
            let (received, rest) = graphics.split_once("\x1b\\").unwrap_or((graphics, ""));
            self.kitty |= received.starts_with("Gi=31;OK");
            return rest;
        }
        let Some(sequence) = text.strip_prefix('[') else { return text };
        let Some(end) = sequence.find(|c: char| ('@'..='~').contains(&c)) else { return "" };
        let (numbers, last) = (&sequence[..end], &sequence[end..=end]);
        match (numbers.strip_prefix('?'), last) {
            (Some(attributes), "c") => {
                self.complete = true;
                self.sixel = attributes.split(';').any(|attribute| attribute == "4");
            }
            (None, "t") => {
                let parts: Vec<usize> = numbers.split(';').filter_map(|part| part.parse().ok()).collect();
                if let [6, high @ 1..=200, wide @ 1..=200] = parts[..] {
                    self.cell = Some((wide, high));
                }
            }
            _ => {}
        }
        &sequence[end + 1..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_parsed() {
        let none = Answer::default;
        let cases: [(&str, Answer); 9] = [
            ("", none()),
            ("\x1b[?6c", Answer { complete: true, ..none() }),
            ("\x1b[?62;4;22c", Answer { complete: true, sixel: true, ..none() }),
            (
                "\x1b_Gi=31;OK\x1b\\\x1b[6;34;17t\x1b[?62;c",
                Answer { complete: true, kitty: true, cell: Some((17, 34)), ..none() },
            ),
            ("\x1b_Gi=31;EINVAL:no\x1b\\\x1b[?1;2c", Answer { complete: true, ..none() }),
            ("\x1b[6;0;0t", none()),
            ("let x\x1b[?1;24c = 값", Answer { complete: true, typed: "let x = 값".into(), ..none() }),
            ("\n\x1b[A\x1b_half", Answer { typed: "\n".into(), ..none() }),
            ("\x1b[?64;1;2", none()),
        ];
        for (received, answer) in cases {
            let answer = Answer { heard: !received.is_empty(), ..answer };
            let parsed = Answer { begun: String::new(), ..parse(received.as_bytes()) };
            assert_eq!(parsed, answer, "{received:?}");
        }
    }

    proptest::proptest! {
        /// Whatever a terminal sends, no control character ends up in the line.
        #[test]
        fn any_answer_is_read(received in "(\\x1b[_\\[]?[?0-9;a-zG=\\\\]{0,6}){0,6}") {
            let typed = parse(received.as_bytes()).typed;
            proptest::prop_assert!(typed.chars().all(|c| !c.is_control()), "{:?}", typed);
        }
    }
}
