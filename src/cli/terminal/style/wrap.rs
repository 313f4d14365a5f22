//! Wraps messages between words, because the terminal would wrap them anywhere.
//!
//! Colour codes have no width. Code quoted by a diagnostic is not wrapped.

use unicode_width::UnicodeWidthChar;

/// The text in lines of at most `width` columns, unless a word is wider.
pub fn wrapped(text: &str, width: usize) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| wrapped_line(line, width)).collect();
    lines.join("\n")
}

fn wrapped_line(line: &str, width: usize) -> String {
    let Some(hang) = hang(&uncoloured(line)).filter(|_| columns(line) > width) else { return line.to_owned() };
    let room = if hang.len() * 3 > width * 2 { width } else { width - hang.len() };
    let hang = if room == width { String::new() } else { hang };
    let margin = &line[..line.len() - line.trim_start_matches(' ').len()];
    let (mut out, mut used, mut limit) = (margin.to_owned(), margin.len(), width);
    let mut fresh = true;
    for word in line[margin.len()..].split(' ') {
        let wide = columns(word);
        if !fresh && used + 1 + wide > limit {
            out.push('\n');
            out.push_str(&hang);
            (used, limit) = (0, room);
        } else if !fresh {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        (used, fresh) = (used + wide, false);
    }
    out
}

/// The indentation of continuation lines; `None` for a line of code (`12 | let x`), which is not wrapped.
fn hang(line: &str) -> Option<String> {
    let trimmed = line.trim_start();
    let margin = line.len() - trimmed.len();
    if trimmed.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(" |") {
        return None;
    }
    if let Some(rest) = trimmed.strip_prefix('|') {
        let label = rest.find(|c: char| !" |^-_".contains(c))?;
        return Some(format!("{}|{}", " ".repeat(margin), " ".repeat(label)));
    }
    let more = if trimmed.starts_with("= ") { 2 } else { 0 };
    Some(" ".repeat(margin + more))
}

/// The width of a text in columns.
fn columns(text: &str) -> usize {
    uncoloured(text).chars().filter_map(UnicodeWidthChar::width).sum()
}

/// The text without `ESC [ ... m`.
fn uncoloured(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("\x1b[") {
        out.push_str(&rest[..at]);
        rest = rest[at..].split_once('m').map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_wrapped_and_code_is_not() {
        let cases = [
            ("one two three four", "one two\nthree\nfour"),
            ("  = help: one two three", "  = help: one\n    two three"),
            ("  |  ^^ one two three", "  |  ^^ one two\n  |     three"),
            ("12 | let x = one_two_three();", "12 | let x = one_two_three();"),
            ("\x1b[31mone two three\x1b[0m four", "\x1b[31mone two three\x1b[0m\nfour"),
            ("가나다 라마바 사아자", "가나다 라마바\n사아자"),
            ("a_word_longer_than_the_line", "a_word_longer_than_the_line"),
            ("fits", "fits"),
        ];
        for (text, lines) in cases {
            let width = if text.starts_with("one") { 9 } else { 15 };
            assert_eq!(wrapped(text, width), lines);
        }
    }

    proptest::proptest! {
        /// No word is lost, and no line is wider than the width unless one word is.
        #[test]
        fn any_message_keeps_its_words(text in "( |[a-z]{1,5}|가|\n){0,40}", width in 1usize..30) {
            let broken = wrapped(&text, width);
            proptest::prop_assert!(broken.split_whitespace().eq(text.split_whitespace()));
            for line in broken.lines().filter(|line| line.trim_start().contains(' ')) {
                proptest::prop_assert!(columns(line.trim_end()) <= width, "{:?}", line);
            }
        }
    }
}
