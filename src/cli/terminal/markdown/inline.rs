//! One paragraph: styled pieces of text, broken into lines between words.
//!
//! Width is that in a terminal: two columns for Hangul, none for combining characters.

use anstyle::Style;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::super::style::{CODE, LINK, Look};

/// How a piece of text is wrapped and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    Text,
    /// Kept on one line if possible.
    Unbroken,
    /// Like `Unbroken`, in the colour of code or, without colour, in backticks.
    Code,
}

/// A paragraph under construction.
#[derive(Default)]
pub struct Line {
    words: Vec<Word>,
    styles: Vec<Style>,
    /// The target of the open link.
    link: Option<String>,
}

/// The text between two places where a line may break.
#[derive(Clone, Default)]
struct Word {
    parts: Vec<(Style, String)>,
    /// What precedes it: nothing, a space or a line break.
    before: Gap,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Gap {
    #[default]
    None,
    Blank,
    Break,
}

/// The columns in the terminal, without colour codes.
pub fn width(text: &str) -> usize {
    if text.contains('\u{1b}') { anstream::adapter::strip_str(text).to_string().width() } else { text.width() }
}

impl Line {
    pub fn open(&mut self, style: Style) {
        self.styles.push(style);
    }

    pub fn open_link(&mut self, target: &str) {
        self.link = Some(target.to_owned());
        self.styles.push(LINK);
    }

    /// Closes the innermost style; adds the target of an external link.
    pub fn close(&mut self) {
        self.styles.pop();
        if let Some(target) = self.link.take().filter(|target| target.contains("://")) {
            let shown = self.words.last().and_then(|word| word.parts.last()).is_some_and(|(_, text)| *text == target);
            if !shown {
                self.push(&format!(" ({target})"), Piece::Text);
            }
        }
    }

    pub fn push(&mut self, text: &str, piece: Piece) {
        let mut style = self.styles.iter().fold(Style::new(), |all, one| merge(all, *one));
        match piece {
            Piece::Text => self.push_words(text, style),
            Piece::Unbroken => self.glue(text, style),
            Piece::Code => {
                style = merge(style, CODE);
                self.glue(text, style);
            }
        }
    }

    fn push_words(&mut self, text: &str, style: Style) {
        for (i, line) in text.split('\n').enumerate() {
            if i > 0 {
                self.words.push(Word { before: Gap::Break, ..Word::default() });
            }
            for (j, word) in line.split([' ', '\t']).enumerate() {
                if j > 0 && self.words.last().is_none_or(|last| !last.parts.is_empty() || last.before == Gap::None) {
                    self.words.push(Word { before: Gap::Blank, ..Word::default() });
                }
                if !word.is_empty() {
                    self.glue(word, style);
                }
            }
        }
    }

    /// Adds to the current word.
    fn glue(&mut self, text: &str, style: Style) {
        if self.words.is_empty() {
            self.words.push(Word::default());
        }
        if let Some(word) = self.words.last_mut() {
            word.parts.push((style, text.to_owned()));
        }
    }

    /// The paragraph in lines of at most `room` columns.
    pub fn wrap(self, room: usize, look: &Look) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = String::new();
        let mut used = 0;
        for word in self.words.into_iter().map(|word| word.spelled(look)) {
            if word.parts.is_empty() && word.before != Gap::Break {
                continue;
            }
            let wide = word.width();
            let gap = usize::from(word.before == Gap::Blank && used > 0);
            if word.before == Gap::Break || (used > 0 && gap > 0 && used + gap + wide > room) {
                lines.push(std::mem::take(&mut line));
                used = 0;
            } else if gap > 0 {
                line.push(' ');
                used += 1;
            }
            used = word.write(&mut lines, &mut line, used, room, look);
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines
    }
}

impl Word {
    /// Without colour, code is in backticks.
    fn spelled(mut self, look: &Look) -> Word {
        if !look.color {
            for (style, text) in &mut self.parts {
                if style.get_fg_color() == CODE.get_fg_color() {
                    *text = format!("`{text}`");
                }
            }
        }
        self
    }

    fn width(&self) -> usize {
        self.parts.iter().map(|(_, text)| text.width()).sum()
    }

    /// Writes the word, broken at the room's end if it is wider.
    fn write(&self, lines: &mut Vec<String>, line: &mut String, mut used: usize, room: usize, look: &Look) -> usize {
        for (style, text) in &self.parts {
            let mut piece = String::new();
            for c in text.chars() {
                let wide = c.width().unwrap_or(0);
                if used + wide > room && used > 0 && wide > 0 {
                    line.push_str(&look.paint(*style, &piece));
                    piece.clear();
                    lines.push(std::mem::take(line));
                    used = 0;
                }
                piece.push(c);
                used += wide;
            }
            line.push_str(&look.paint(*style, &piece));
        }
        used
    }
}

fn merge(outer: Style, inner: Style) -> Style {
    outer.effects(outer.get_effects() | inner.get_effects()).fg_color(inner.get_fg_color().or(outer.get_fg_color()))
}
