//! Random Markdown: nothing panics, no input controls the terminal, and no line that can be wrapped is too wide.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::super::style::Look;
use super::{inline, render};

#[rustfmt::skip]
const WORDS: &[&str] = &[
    "step", "a", "활성화", "함수예요.", "e\u{301}tude", "*b*", "**c d**", "`code`", "[l](u)", "<b>", "&amp;", "1.5", "–",
    "~~s~~", "$x$", "👩\u{200d}👩", "longer-than-most-words",
];

#[rustfmt::skip]
const PIECES: &[&str] = &[
    "# ", "## ", "- ", "1. ", "> ", "| ", "|", "|---|", "---|:-:|", "\n", "\n\n", "    ", "```rust\n", "```", "~~~",
    "$$", "$", "\\frac{1}{2}", "\\begin{cases}", "\\end{cases}", "&", "\\\\", "{", "}", "^", "_", "\\sum", "\\sqrt",
    "\\text{가}", "*", "**", "`", "[", "](", ")", "![", "<br>", "</b>", "<!--", "-->", "&#27;", "&#x9b;", "&#7;",
    "\u{1b}[31m", "\u{1b}]8;;x\u{7}", "\u{9b}2J", "\u{7}", "\u{8}", "\r", "\r\n", "\0", "\u{7f}", "\u{301}",
    "\u{200b}", "\u{202e}", "\t", "---", "***", "[^1]", "https://b.org/",
];

fn looks() -> impl Strategy<Value = Look> {
    (0..130_usize, any::<bool>(), any::<bool>()).prop_map(|(width, color, decorated)| Look { width, color, decorated })
}

/// Words with gaps between them, each of them one of these.
fn run(words: &'static [&'static str], gaps: &'static [&'static str], most: usize) -> impl Strategy<Value = String> {
    let pairs = vec((select(words), select(gaps)), 0..most);
    pairs.prop_map(|pairs| pairs.iter().map(|(word, gap)| format!("{word}{gap}")).collect())
}

fn pages() -> impl Strategy<Value = String> {
    let gaps = &["", " ", "\n"];
    vec(prop_oneof![1 => run(WORDS, gaps, 2), 2 => run(PIECES, gaps, 2)], 0..24).prop_map(|runs| runs.concat())
}

/// Pages of nothing but prose in headings, lists and quotes.
fn prose() -> impl Strategy<Value = String> {
    let begin = select(&["", "", "# ", "- ", "1. ", "> ", "- - ", "> - ", "99. "]);
    let block = (begin, run(WORDS, &["", " ", " ", " ", "\n"], 30), select(&["\n", "\n\n"]));
    let block = block.prop_map(|(begin, words, end)| format!("{begin}{words}{end}"));
    vec(block, 1..6).prop_map(|blocks| blocks.concat())
}

/// The text without the colours of the look.
fn without_colours(text: &str) -> String {
    let mut out = String::new();
    for (at, part) in text.split("\x1b[").enumerate() {
        let codes = if at == 0 {
            Some(part)
        } else {
            part.split_once('m').map(|(codes, rest)| {
                assert!(codes.chars().all(|c| c.is_ascii_digit() || c == ';'), "{text:?}");
                rest
            })
        };
        out.push_str(codes.expect("our own sequences end"));
    }
    out
}

proptest! {
    #[test]
    fn any_page_is_rendered_without_control_sequences(page in pages(), look in looks()) {
        let drawn = render(&page, &look);
        let bare = if look.color { without_colours(&drawn) } else { drawn.clone() };
        let steers = bare.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t'));
        prop_assert_eq!(steers, None, "{:?}", drawn);
        prop_assert_eq!(drawn, render(&page, &look));
    }

    #[test]
    fn prose_is_never_wider_than_its_room(page in prose(), look in looks()) {
        for line in render(&page, &look).lines() {
            prop_assert!(inline::width(line) <= look.text_width(), "{:?}", line);
        }
    }
}
