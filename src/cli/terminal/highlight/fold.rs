//! Where lines of code that are too long for a terminal are folded: between tokens, with a mark on the next line.
//!
//! The text itself is not changed; a line without a place to fold is left to the terminal.

use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use super::{Kind, pieces};

/// Begins the rest of a folded line.
pub const MARK: &str = "↪ ";
/// How much farther in the rest stands.
const DEEPER: usize = 4;

/// The places to fold at, as offsets in the code, each with the indentation of what follows.
pub fn places(code: &str, room: usize) -> Vec<(usize, usize)> {
    if code.lines().all(|line| line.width() <= room) {
        return Vec::new();
    }
    let breaks = breaks(code);
    let mut places = Vec::new();
    let mut start = 0;
    for line in code.split_inclusive('\n') {
        let whole = start..start + line.trim_end_matches('\n').len();
        fold(code, whole, room, &breaks, &mut places);
        start += line.len();
    }
    places
}

/// Folds one line as often as it needs.
fn fold(code: &str, line: Range<usize>, room: usize, breaks: &[usize], places: &mut Vec<(usize, usize)>) {
    let text = &code[line.clone()];
    let indent = text.len() - text.trim_start().len();
    let deeper = (indent + DEEPER).min(room / 3);
    let (mut at, mut left) = (line.start, room);
    while code[at..line.end].width() > left {
        let begin = at + (code[at..line.end].len() - code[at..line.end].trim_start().len());
        let before = |place: usize| code[at..place].trim_end().width();
        let fits = breaks.iter().copied().filter(|&it| it > begin && it < line.end && before(it) <= left);
        // A good place in the second half of the line is better than the last one.
        let Some(place) = fits.max_by_key(|&it| (if 2 * before(it) > left { worth(code, it) } else { 0 }, it)) else {
            return;
        };
        places.push((place, deeper));
        (at, left) = (place, room.saturating_sub(deeper + MARK.width()));
    }
}

/// How well a line ends before this place.
fn worth(code: &str, place: usize) -> u8 {
    let (before, after) = (code[..place].trim_end(), &code[place..]);
    match before.chars().next_back() {
        Some(',' | ';' | '{') => 3,
        _ if after.starts_with('.') => 2,
        Some('(' | '[' | '=' | '|' | '>') => 1,
        _ => 0,
    }
}

/// Between tokens, and between the words of comments and strings.
fn breaks(code: &str) -> Vec<usize> {
    let mut breaks = Vec::new();
    let mut at = 0;
    for (kind, text) in pieces(code) {
        let closes = text.starts_with([',', ';', ')', ']', '}', '?', ':']);
        if !closes && !text.trim().is_empty() && !code[..at].ends_with(['&', '!', '.', ':', '?']) {
            breaks.push(at);
        }
        if matches!(kind, Kind::Comment | Kind::Text) {
            let words = text.match_indices(' ').map(|(space, _)| at + space + 1);
            breaks.extend(words.filter(|place| !code[*place..].starts_with(' ')));
        }
        at += text.len();
    }
    breaks
}

#[cfg(test)]
mod tests {
    use super::super::rust_in;
    use super::*;
    use crate::cli::terminal::style::Look;

    #[test]
    fn a_long_line_is_folded_between_tokens() {
        let cases = [
            ("short", 10, "short"),
            (
                "plot(&x, &relu(&x)).ylim(-1.0, 5.5).title(\"ReLU\")",
                40,
                "plot(&x, &relu(&x)).ylim(-1.0, \n    ↪ 5.5).title(\"ReLU\")",
            ),
            ("    let y = first.second().third();", 27, "    let y = first.second()\n        ↪ .third();"),
            ("let a = b; // one two three four", 20, "let a = b; // one \n    ↪ two three four"),
            ("let 값 = \"가나다라 마바사\";", 20, "let 값 = \"가나다라 \n    ↪ 마바사\";"),
            ("aaaaaaaaaaaaaaaaaaaaaaaa", 10, "aaaaaaaaaaaaaaaaaaaaaaaa"),
            ("one();\n    two(three, four, five);\n", 20, "one();\n    two(three, four, \n      ↪ five);\n"),
        ];
        for (code, room, expected) in cases {
            assert_eq!(rust_in(code, &Look::plain(80), room), expected, "{code}");
        }
    }

    #[test]
    fn nothing_is_wider_than_the_terminal_and_nothing_is_lost() {
        let code = include_str!("fold.rs");
        for room in [40, 61, 80] {
            let folded = rust_in(code, &Look::plain(80), room);
            assert_eq!(folded.replace(['\n', ' ', '↪'], ""), code.replace(['\n', ' ', '↪'], ""), "{room}");
            let wide = folded.lines().filter(|line| line.trim_end().width() > room);
            assert!(wide.clone().count() < 12, "{room}: {:?}", wide.collect::<Vec<_>>());
        }
    }
}
