//! Markdown put together at random: nothing panics, nothing of the input steers the terminal, and what can be broken
//! is as wide as it may be. `FORWARD_PASS_FUZZ` says how many pages.

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};

use super::super::style::Look;
use super::{inline, render};
use crate::cli::fuzz::rounds;

const WORDS: &[&str] = &[
    "step",
    "a",
    "활성화",
    "함수예요.",
    "e\u{301}tude",
    "*b*",
    "**c d**",
    "`code`",
    "[l](u)",
    "<b>",
    "&amp;",
    "1.5",
    "–",
    "~~s~~",
    "$x$",
    "👩\u{200d}👩",
    "longer-than-most-words",
];

const PIECES: &[&str] = &[
    "# ",
    "## ",
    "- ",
    "1. ",
    "> ",
    "| ",
    "|",
    "|---|",
    "---|:-:|",
    "\n",
    "\n\n",
    "    ",
    "```rust\n",
    "```",
    "~~~",
    "$$",
    "$",
    "\\frac{1}{2}",
    "\\begin{cases}",
    "\\end{cases}",
    "&",
    "\\\\",
    "{",
    "}",
    "^",
    "_",
    "\\sum",
    "\\sqrt",
    "\\text{가}",
    "*",
    "**",
    "`",
    "[",
    "](",
    ")",
    "![",
    "<br>",
    "</b>",
    "<!--",
    "-->",
    "&#27;",
    "&#x9b;",
    "&#7;",
    "\u{1b}[31m",
    "\u{1b}]8;;x\u{7}",
    "\u{9b}2J",
    "\u{7}",
    "\u{8}",
    "\r",
    "\r\n",
    "\0",
    "\u{7f}",
    "\u{301}",
    "\u{200b}",
    "\u{202e}",
    "\t",
    "---",
    "***",
    "[^1]",
    "https://b.org/",
];

fn pick<'a>(random: &mut Pcg64Mcg, from: &[&'a str]) -> &'a str {
    from[random.next_u32() as usize % from.len()]
}

fn look(random: &mut Pcg64Mcg) -> Look {
    let bits = random.next_u32();
    Look { width: (bits >> 8) as usize % 130, color: bits & 1 == 1, decorated: bits & 2 == 2 }
}

/// What is left when the colours that the look asks for are gone.
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
        out.push_str(codes.expect("a sequence of ours ends"));
    }
    out
}

#[test]
fn any_page_is_drawn_and_steers_nothing() {
    let mut random = Pcg64Mcg::seed_from_u64(11);
    for round in 0..rounds() {
        let mut page = String::new();
        for _ in 0..random.next_u32() % 24 {
            let from = if random.next_u32().is_multiple_of(3) { WORDS } else { PIECES };
            page.push_str(pick(&mut random, from));
            page.push_str(pick(&mut random, &["", " ", "\n"]));
        }
        let look = look(&mut random);
        let drawn = render(&page, &look);
        let bare = if look.color { without_colours(&drawn) } else { drawn.clone() };
        let steers = bare.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t'));
        assert_eq!(steers, None, "round {round}: {page:?} -> {drawn:?}");
        assert_eq!(drawn, render(&page, &look), "round {round}");
    }
}

#[test]
fn prose_is_never_wider_than_its_room() {
    let mut random = Pcg64Mcg::seed_from_u64(12);
    for round in 0..rounds() {
        let mut page = String::new();
        for _ in 0..1 + random.next_u32() % 5 {
            page.push_str(pick(&mut random, &["", "", "# ", "- ", "1. ", "> ", "- - ", "> - ", "99. "]));
            for _ in 0..random.next_u32() % 30 {
                page.push_str(pick(&mut random, WORDS));
                page.push_str(pick(&mut random, &["", " ", " ", " ", "\n"]));
            }
            page.push_str(pick(&mut random, &["\n", "\n\n"]));
        }
        let look = look(&mut random);
        for line in render(&page, &look).lines() {
            assert!(inline::width(line) <= look.text_width(), "round {round}, {look:?}: {page:?} -> {line:?}");
        }
    }
}
