//! The gate between text of a file and a terminal or a log: nothing in a file acts on either.
//!
//! Control characters, marks of direction and workflow commands are shown as text. A report passes the gate twice: each
//! text of the file through [`visible`] when it is built, and the whole through [`report`] when it is printed. What a
//! cell prints while it runs passes through [`Passage`], which keeps its colours.

mod commands;
mod passage;

use std::borrow::Cow;
use std::fmt::Write;
use std::io::{self, IsTerminal};

use commands::Commands;
pub use passage::Passage;
use serde_json::Value;

use crate::cli::streams;

/// Text of a file: control characters, marks of direction and noncharacters as signs; line breaks and tabs stay.
pub fn visible(text: &str) -> Cow<'_, str> {
    with_signs(text, acts)
}

/// A name in a file, such as a cell's id: on one line.
pub fn name(text: &str) -> String {
    with_signs(text, |c| acts(c) || matches!(c, '\n' | '\t')).into_owned()
}

/// Text of a file in a difference, where every character that cannot be seen has a sign, spaces at the end included.
pub fn marked(line: &str) -> String {
    let kept = line.trim_end_matches([' ', '\t']);
    let end = line[kept.len()..].chars().map(|c| if c == '\t' { '␉' } else { '␠' });
    let kept = with_signs(kept, |c| acts(c) || is_unseen(c));
    kept.chars().chain(end).collect()
}

/// A report of ours, as printed: its own colours stay, and whatever else could act is shown as text.
pub fn report(text: &str) -> String {
    let mut commands = Commands::default();
    let mut out = String::with_capacity(text.len());
    for piece in (Pieces { rest: text }) {
        match piece {
            Piece::Colour(colour) => out.push_str(colour),
            Piece::Letter(c) => push(&mut out, c, &mut commands),
        }
    }
    out
}

/// Prints a document: pipes and files get every byte; in a terminal, nothing of a stranger's acts.
pub fn print_document(text: &str) {
    if io::stdout().is_terminal() {
        streams::write(report(&visible(text)).as_bytes());
    } else {
        streams::write(text.as_bytes());
    }
}

/// A part of printed text.
enum Piece<'a> {
    /// A whole colour sequence.
    Colour(&'a str),
    Letter(char),
}

/// The parts of a text, in order.
struct Pieces<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let letter = self.rest.chars().next()?;
        let colour = colour_length(self.rest);
        let (piece, rest) = self.rest.split_at(if colour > 0 { colour } else { letter.len_utf8() });
        self.rest = rest;
        Some(if colour > 0 { Piece::Colour(piece) } else { Piece::Letter(letter) })
    }
}

/// A JSON document as text: what could act is escaped, so its value is the same.
pub fn json(value: &Value) -> String {
    let text = format!("{value:#}");
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if acts(c) {
            let mut units = [0; 2];
            // Writing into a String cannot fail.
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out.replace("##", "#\\u0023")
}

/// Adds a character of a file to a line of output.
fn push(out: &mut String, c: char, commands: &mut Commands) {
    if acts(c) {
        push_sign(out, c);
        commands.see('.');
        return;
    }
    if commands.would_begin(c) {
        out.push('\\');
    }
    commands.see(c);
    out.push(c);
}

/// The length of the colour sequence (`ESC [ 1 ; 31 m`) with which the text begins; 0 if it begins with anything else.
fn colour_length(text: &str) -> usize {
    let Some(codes) = text.strip_prefix("\x1b[") else { return 0 };
    let length = codes.bytes().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b';' | b':')).count();
    if length <= LONGEST_COLOUR && codes[length..].starts_with('m') { length + 3 } else { 0 }
}

/// Longer ones are not colours.
const LONGEST_COLOUR: usize = 60;

fn with_signs(text: &str, needs_sign: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&needs_sign) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if needs_sign(c) { push_sign(&mut out, c) } else { out.push(c) }
    }
    Cow::Owned(out)
}

/// `ESC` as `␛`, anything without a picture of its own as `\u{202e}`.
fn push_sign(out: &mut String, c: char) {
    match u32::from(c) {
        0x7f => out.push('␡'),
        code @ 0..0x20 => out.extend(char::from_u32(0x2400 + code)),
        // Writing into a String cannot fail.
        code => _ = write!(out, "\\u{{{code:x}}}"),
    }
}

/// Whether a character does something to the terminal or to the order of a line, or is not allowed in a document.
fn acts(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        c if c.is_control() => true,
        // Marks of direction, separators of lines, and the byte order mark.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{206f}' | '\u{feff}' => true,
        // Annotations, tags, and noncharacters.
        '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' | '\u{fdd0}'..='\u{fdef}' => true,
        c => u32::from(c) & 0xfffe == 0xfffe,
    }
}

/// Whether a character has no ink of its own, or joins another one's: two texts that differ by it look the same.
fn is_unseen(c: char) -> bool {
    match c {
        ' ' | '\n' => false,
        '\t' | '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}' => {
            true
        }
        '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}' => true,
        // Accents and syllables in parts, beside those in one piece.
        '\u{300}'..='\u{36f}' | '\u{1100}'..='\u{11ff}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' => true,
        '\u{20d0}'..='\u{20ff}' | '\u{3099}' | '\u{309a}' | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}' => true,
        '\u{e0100}'..='\u{e01ef}' => true,
        c => c.is_whitespace(),
    }
}

#[cfg(test)]
mod tests;
