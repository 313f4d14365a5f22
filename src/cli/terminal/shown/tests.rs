//! Text that acts, in every form and however it is split: none of it does after the gate.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;

#[test]
fn what_acts_is_shown_as_text() {
    let cases = [
        ("a\n\tb 한 é 👩\u{200d}👩", "a\n\tb 한 é 👩\u{200d}👩"),
        ("\x1b]52;c;cHduZWQ=\x07", "␛]52;c;cHduZWQ=␇"),
        ("a\rb\0c\x7f", "a␍b␀c␡"),
        ("\u{9b}2J\u{85}", "\\u{9b}2J\\u{85}"),
        ("a\u{202e}b\u{2066}c\u{61c}", "a\\u{202e}b\\u{2066}c\\u{61c}"),
        ("a\u{fffe}b\u{ffff}c\u{2028}d", "a\\u{fffe}b\\u{ffff}c\\u{2028}d"),
    ];
    for (text, expected) in cases {
        assert_eq!(visible(text), expected);
    }
}

#[test]
fn a_difference_marks_what_cannot_be_seen() {
    let cases = [
        ("total 5 ", "total 5␠"),
        ("a b\t", "a b␉"),
        ("a\tb", "a␉b"),
        ("a\u{a0}b", "a\\u{a0}b"),
        ("cafe\u{301}", "cafe\\u{301}"),
        ("a\u{200b}b", "a\\u{200b}b"),
        ("\x1b[31mred", "␛[31mred"),
        ("café b", "café b"),
    ];
    for (text, expected) in cases {
        assert_eq!(marked(text), expected, "{text:?}");
    }
}

#[test]
fn a_report_keeps_its_colours_and_obeys_nothing() {
    let cases = [
        ("\x1b[1m\x1b[31mFAILED\x1b[0m x", "\x1b[1m\x1b[31mFAILED\x1b[0m x"),
        ("  ::error::x", "  :\\:error::x"),
        ("a ::error::x", "a ::error::x"),
        ("\x1b[2m::stop-commands::t\x1b[0m", "\x1b[2m:\\:stop-commands::t\x1b[0m"),
        ("x ##[error]y ##vso[z]", "x ##\\[error]y ##vso\\[z]"),
        ("# [a] ## b [c]", "# [a] ## b [c]"),
        ("a\r::error::x", "a␍::error::x"),
        ("\x1b[2J", "␛[2J"),
    ];
    for (text, expected) in cases {
        assert_eq!(report(text), expected, "{text:?}");
    }
}

#[test]
fn json_has_the_same_value() {
    let value = serde_json::json!({"a##[b": "\u{9b}\u{202e}\u{7f}\u{1b}\u{10ffff}##[error]\n"});
    let text = json(&value);
    assert!(!text.contains(acts) && !text.contains("##"), "{text}");
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
}

/// Characters and beginnings of everything that acts.
const PIECES: &[&str] = &[
    "\x1b",
    "[",
    "31",
    ";",
    "m",
    "K",
    ":",
    "::",
    "#",
    "##",
    "error",
    "vso",
    " ",
    "\n",
    "\r",
    "\t",
    "a",
    "가",
    "\0",
    "\u{9b}",
    "\x1b[0m",
    "\x1b]0;x\x07",
    "\u{202e}",
    "\u{fffe}",
    "\x7f",
    "\u{2028}",
];

/// Whether a service would obey a line of this output.
fn is_obeyed(text: &str) -> bool {
    let plain = anstream::adapter::strip_str(text).to_string();
    plain.split(['\n', '\r']).any(|line| line.trim_start().starts_with("::") || line.contains("##["))
}

proptest! {
    #[test]
    fn no_text_acts_however_it_is_split(pieces in proptest::collection::vec(select(PIECES), 0..30)) {
        let text = pieces.concat();
        prop_assert!(!visible(&text).contains(acts));
        let shown = report(&text);
        prop_assert!(!is_obeyed(&shown), "{shown:?}");
        let whole = Passage::default().pass(&text);
        let mut passage = Passage::default();
        let mut split: String = pieces.iter().map(|piece| passage.pass(piece)).collect();
        split += &passage.rest();
        prop_assert!(!is_obeyed(&split), "{split:?}");
        prop_assert!(split.starts_with(&whole), "{split:?} {whole:?}");
        for part in [&shown, &split] {
            for (at, _) in part.match_indices('\x1b') {
                prop_assert!(colour_length(&part[at..]) > 0, "{part:?}");
            }
            prop_assert!(!part.contains(|c| acts(c) && !matches!(c, '\x1b' | '\r')), "{part:?}");
        }
    }
}
