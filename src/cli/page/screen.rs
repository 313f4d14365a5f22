//! Text as a terminal shows it: carriage returns, backspaces, erased lines and colours have had their effect.
//!
//! Links, titles and whatever else a terminal can be asked for are left out.

mod colours;

use std::collections::BTreeMap;

use colours::Style;
use unicode_width::UnicodeWidthChar;

use super::shown::escaped;
use crate::cli::terminal::shown::visible;

/// Further to the right, nothing is moved.
const WIDEST: usize = 10_000;
const MOST_GAPS: usize = 1_000_000;

/// The second half of a wide character.
const HALF: char = '\0';

/// The text without colours.
pub fn plain(text: &str) -> String {
    if !needs_screen(text) {
        return text.to_owned();
    }
    Screen::of(text).pieces(|_, piece| piece.to_owned())
}

/// The text as HTML, with its colours as `<span>`s.
pub fn html(text: &str) -> String {
    if !needs_screen(text) {
        return escaped(&visible(text));
    }
    Screen::of(text).pieces(|style, piece| match style.attributes() {
        Some(attributes) => format!("<span {attributes}>{}</span>", escaped(&visible(piece))),
        None => escaped(&visible(piece)),
    })
}

fn needs_screen(text: &str) -> bool {
    text.contains(|c: char| c.is_control() && c != '\n' && c != '\t')
}

/// What a terminal of endless size shows.
#[derive(Default)]
struct Screen {
    rows: Vec<Vec<(char, Style)>>,
    /// Characters without a width, behind the one they join.
    joined: BTreeMap<(usize, usize), String>,
    row: usize,
    column: usize,
    style: Style,
    /// How many letters gaps have taken so far.
    gaps: usize,
}

impl Screen {
    fn of(text: &str) -> Screen {
        let mut screen = Screen { rows: vec![Vec::new()], ..Screen::default() };
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            match c {
                '\n' => screen.line_feed(),
                '\r' => screen.column = 0,
                '\x08' => screen.column = screen.column.saturating_sub(1),
                '\x1b' => rest = screen.sequence(rest),
                '\u{9b}' => rest = screen.control(rest),
                '\t' => screen.put(c, 1),
                c if c.is_control() => {}
                c => screen.put(c, c.width().unwrap_or(0)),
            }
        }
        screen
    }

    fn line_feed(&mut self) {
        self.row += 1;
        self.column = 0;
        if self.row == self.rows.len() {
            self.rows.push(Vec::new());
        }
    }

    fn put(&mut self, c: char, width: usize) {
        let row = self.row;
        // At the start of a line, there is nothing to join.
        let width = if self.column == 0 { width.max(1) } else { width };
        if width == 0 {
            self.joined.entry((row, self.column - 1)).or_default().push(c);
            return;
        }
        let column = self.column_for_text();
        let cells = &mut self.rows[row];
        if cells.len() < column + width {
            cells.resize(column + width, (' ', Style::default()));
        }
        // Half of a wide character is nothing.
        if cells[column].0 == HALF && column > 0 {
            cells[column - 1].0 = ' ';
        }
        if cells.get(column + width).is_some_and(|(c, _)| *c == HALF) {
            cells[column + width].0 = ' ';
        }
        cells[column] = (c, self.style);
        if width == 2 {
            cells[column + 1] = (HALF, self.style);
        }
        if !self.joined.is_empty() {
            (column..column + width).for_each(|column| drop(self.joined.remove(&(row, column))));
        }
        self.column += width;
    }

    /// The place of the next letter. Gaps far longer than any text would fill the memory.
    fn column_for_text(&mut self) -> usize {
        let length = self.rows[self.row].len();
        self.gaps += self.column.saturating_sub(length);
        if self.gaps > MOST_GAPS {
            self.column = self.column.min(length);
        }
        self.column
    }

    /// An escape sequence, after its `ESC`; returns the text after it.
    fn sequence<'a>(&mut self, rest: &'a str) -> &'a str {
        match rest.chars().next() {
            Some('[') => self.control(&rest[1..]),
            // Titles, links and the like, up to `BEL` or `ESC \`.
            Some(']' | 'P' | 'X' | '^' | '_') => {
                let end = rest.find(['\x07', '\x1b', '\u{9c}', '\n']).unwrap_or(rest.len());
                let after = &rest[end..];
                let ends = ["\x1b\\", "\x07", "\u{9c}"];
                ends.iter().find_map(|end| after.strip_prefix(end)).unwrap_or(after)
            }
            Some(c) => {
                // Of a character set, the name follows.
                let named = if matches!(c, ' '..='/') { rest.chars().nth(1) } else { None };
                &rest[c.len_utf8() + named.map_or(0, char::len_utf8)..]
            }
            None => rest,
        }
    }

    /// A control sequence, after its `ESC [`.
    fn control<'a>(&mut self, rest: &'a str) -> &'a str {
        let length = rest.bytes().take_while(|byte| (0x20..0x40).contains(byte)).count();
        let (codes, after) = rest.split_at(length);
        let number = |least: usize| {
            codes.split(';').next().and_then(|code| code.parse().ok()).unwrap_or(0usize).max(least).min(WIDEST)
        };
        match after.bytes().next() {
            Some(b'm') => self.style.set(codes),
            Some(b'A') => self.row = self.row.saturating_sub(number(1)),
            Some(b'B') => self.row = (self.row + number(1)).min(self.rows.len() - 1),
            Some(b'C') => self.column = (self.column + number(1)).min(WIDEST),
            Some(b'D') => self.column = self.column.saturating_sub(number(1)),
            Some(b'G') => self.column = number(1) - 1,
            Some(b'K') => self.erase(number(0)),
            Some(byte) if (0x40..0x7f).contains(&byte) => {}
            // Not a sequence at all.
            _ => return after,
        }
        &after[1..]
    }

    /// Erases the line after the place (0), before it (1), or all of it.
    fn erase(&mut self, part: usize) {
        let cells = &mut self.rows[self.row];
        let column = self.column.min(cells.len());
        match part {
            0 => cells.truncate(column),
            1 => cells[..column].fill((' ', Style::default())),
            _ => cells.clear(),
        }
        let (row, column) = (self.row, self.column);
        let erased = match part {
            0 => (row, column)..(row + 1, 0),
            1 => (row, 0)..(row, column),
            _ => (row, 0)..(row + 1, 0),
        };
        let erased: Vec<_> = self.joined.range(erased).map(|(place, _)| *place).collect();
        erased.iter().for_each(|place| drop(self.joined.remove(place)));
    }

    /// Joins the pieces of one style.
    fn pieces(&self, show: impl Fn(&Style, &str) -> String) -> String {
        let mut out = String::new();
        for (row, cells) in self.rows.iter().enumerate() {
            if row > 0 {
                out.push('\n');
            }
            let mut column = 0;
            for run in cells.chunk_by(|a, b| a.1 == b.1) {
                let mut piece = String::new();
                for (c, _) in run {
                    if *c != HALF {
                        piece.push(*c);
                    }
                    piece.extend(self.joined.get(&(row, column)).map(String::as_str));
                    column += 1;
                }
                out.push_str(&show(&run[0].1, &piece));
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_what_a_terminal_shows() {
        let cases = [
            ("a\nb\tc\n", "a\nb\tc\n"),
            ("p 1\rp 2\rp 3", "p 3"),
            ("10 %\r9\n", "90 %\n"),
            ("a\r\nb\r\n", "a\nb\n"),
            ("abc\x08\x08X", "aXc"),
            ("\x08\x08a", "a"),
            ("50 %\r\x1b[Kdone", "done"),
            ("50 %\x1b[2K\rdone", "done"),
            ("one\ntwo\x1b[1A\rONE\n", "ONE\ntwo"),
            ("한글\rab", "ab글"),
            ("한글\ra", "a 글"),
            ("ab\r한", "한"),
            ("e\u{301}x\rab", "ab"),
            ("e\u{301}x", "e\u{301}x"),
            ("\x1b]0;title\x07a\x1b]8;;http://x\x1b\\b", "ab"),
            ("\x1b(Ba\x07\x1b7b\x1b[?25lc", "abc"),
            ("a\x1b[3Cb\x1b[1Gc", "c   b"),
            ("\x1b", ""),
            ("\x1b[", ""),
            ("\x1b[3é", "é"),
            ("\x1b(éa", "a"),
            ("a\x1b]0;never closed\nb", "a\nb"),
            ("a\nb\x1b[5Bc", "a\nbc"),
        ];
        for (text, expected) in cases {
            assert_eq!(plain(text), expected, "{text:?}");
        }
    }

    #[test]
    fn colours_become_spans() {
        let cases = [
            ("\x1b[31mred\x1b[0m <b>", "<span class=\"fg1\">red</span> &lt;b&gt;"),
            ("\x1b[1;92ma\x1b[22mb\x1b[mc", "<span class=\"bold fg10\">a</span><span class=\"fg10\">b</span>c"),
            ("\x1b[38;5;196;48;2;1;2;3ma", "<span style=\"color:#ff0000;background:#010203\">a</span>"),
            ("\x1b[38:2::1:2:3ma\x1b[39mb", "<span style=\"color:#010203\">a</span>b"),
            ("\x1b[7;38;5;3ma", "<span class=\"inverse bg3\">a</span>"),
            ("\x1b[31mred\r\x1b[32mg", "<span class=\"fg2\">g</span><span class=\"fg1\">ed</span>"),
        ];
        for (text, expected) in cases {
            assert_eq!(html(text), expected, "{text:?}");
        }
    }

    #[test]
    fn marks_of_direction_are_shown() {
        assert_eq!(html("a\u{202e}b"), "a\\u{202e}b");
        assert_eq!(html("\u{2066}\x1b[1ma\u{2069}"), "\\u{2066}<span class=\"bold\">a\\u{2069}</span>");
    }

    #[test]
    fn gaps_do_not_fill_the_memory() {
        let shown = plain(&"\x1b[9999Cx\n".repeat(20_000));
        assert!(shown.len() < 2_000_000 && shown.matches('x').count() == 20_000);
    }

    #[test]
    fn every_text_ends_and_keeps_its_visible_part() {
        const PARTS: [&str; 16] = [
            "\x1b", "[", "\x1b[", "31", ";", "m", "K", "\r", "\n", "\x08", "한", "\u{301}", "\x1b]", "\x07",
            "9999999C", "é",
        ];
        let mut seed = 3_u64;
        for _ in 0..5_000 {
            let text: String = (0..12)
                .map(|_| {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    PARTS[(seed >> 33) as usize % PARTS.len()]
                })
                .collect();
            assert!(!needs_screen(&plain(&text)), "{text:?}");
            assert!(!html(&text).contains('\x1b'), "{text:?}");
        }
    }
}
