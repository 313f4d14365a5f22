//! What a cell prints while it runs, piece by piece: its colours and carriage returns act, nothing else does.

use super::commands::Commands;
use super::{LONGEST_COLOUR, Piece, Pieces, push};

/// The output of one program on its way to the terminal. A colour sequence may be split between two pieces.
#[derive(Debug, Default)]
pub struct Passage {
    commands: Commands,
    /// The beginning of what may be a colour sequence.
    held: String,
}

impl Passage {
    /// The next piece, as it may be printed.
    pub fn pass(&mut self, piece: &str) -> String {
        let whole = std::mem::take(&mut self.held) + piece;
        let mut out = String::with_capacity(whole.len());
        let mut pieces = Pieces { rest: &whole };
        while !may_become_colour(pieces.rest)
            && let Some(piece) = pieces.next()
        {
            match piece {
                Piece::Colour(colour) => out.push_str(colour),
                Piece::Letter(c) => self.push(&mut out, c),
            }
        }
        pieces.rest.clone_into(&mut self.held);
        out
    }

    /// What is left when the program has ended.
    pub fn rest(&mut self) -> String {
        let held = std::mem::take(&mut self.held);
        let mut out = String::new();
        held.chars().for_each(|c| self.push(&mut out, c));
        out
    }

    fn push(&mut self, out: &mut String, c: char) {
        if c == '\r' {
            self.commands.see(c);
            return out.push(c);
        }
        push(out, c, &mut self.commands);
    }
}

/// Whether the text is the beginning of a colour sequence and nothing more.
fn may_become_colour(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('\x1b') else { return false };
    let codes = rest.strip_prefix('[').unwrap_or(rest);
    (rest.is_empty() || rest.starts_with('['))
        && codes.len() < LONGEST_COLOUR
        && codes.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b';' | b':'))
}
