//! Text of all kinds, by chance: normalising it twice is normalising it once.

use super::*;
use crate::cli::fuzz::{Chance, rounds};
use crate::cli::outcome::RichKind;
use crate::cli::outcome::Stream;

pub const PIECES: &[&str] = &[
    "thread '",
    "<unnamed>",
    "main",
    "' (",
    "123",
    ") ",
    "panicked at ",
    "src/lib.rs:3:1:",
    "src/shape.rs:9:2:",
    "the cell:",
    "\n",
    "\r",
    "\r\n",
    "note: run with `RUST_BACKTRACE=1`",
    "note: Some details are omitted, run",
    "stack backtrace:",
    "   0: a::b",
    "  at /rustc/x.rs:1:2",
    "  ",
    "/tmp/",
    ".tmp",
    "rustc",
    "aB3",
    "Finished ",
    "target(s) in ",
    "0.3s",
    "0.5",
    "-1e-3",
    "[1, 2]",
    "한글",
    "\t",
    "\u{7f}",
    "\u{1b}[31m",
    "é",
    "10 %",
    " ",
    "x",
    "\0",
    "\u{2028}",
    "(2, 3)",
    "nan",
];

pub fn text_by_chance(chance: &mut Chance) -> String {
    (0..chance.below(14))
        .map(|_| {
            if chance.below(9) == 0 { chance.byte().escape_ascii().to_string() } else { chance.of(PIECES).to_string() }
        })
        .collect()
}

pub fn outputs_by_chance(chance: &mut Chance) -> Vec<Output> {
    const TYPES: &[&str] =
        &["text/plain", "text/html", "image/svg+xml", "image/png", "application/json", "stdout", "a (output 2)"];
    let one = |chance: &mut Chance| match chance.below(3) {
        0 => Output::Stream { stream: Stream::Stdout, text: text_by_chance(chance) },
        1 => Output::Stream { stream: Stream::Stderr, text: text_by_chance(chance) },
        _ => {
            let data = (0..chance.below(4)).map(|_| (chance.of(TYPES).to_string(), text_by_chance(chance))).collect();
            Output::Rich { kind: RichKind::Display, data }
        }
    };
    (0..chance.below(5)).map(|_| one(chance)).collect()
}

#[test]
fn normal_text_stays_as_it_is() {
    let mut chance = Chance::new(32);
    for _ in 0..rounds() {
        let raw = text_by_chance(&mut chance);
        for normal in [text, stream] {
            let once = normal(&raw);
            assert_eq!(normal(&once), once, "of {raw:?}");
        }
        let raw = outputs_by_chance(&mut chance);
        let once = outputs(raw.clone());
        assert_eq!(outputs(once.clone()), once, "of {raw:?}");
    }
}
