//! Random text and outputs: normalising them twice is the same as normalising them once.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::cli::outcome::{RichKind, Stream};

#[rustfmt::skip]
pub const PIECES: &[&str] = &[
    "thread '", "<unnamed>", "main", "' (", "123", ") ", "panicked at ", "src/lib.rs:3:1:", "src/shape.rs:9:2:",
    "the cell:", "\n", "\r", "\r\n", "note: run with `RUST_BACKTRACE=1`", "note: Some details are omitted, run",
    "stack backtrace:", "   0: a::b", "  at /rustc/x.rs:1:2", "  ", "/tmp/", ".tmp", "rustc", "aB3", "Finished ",
    "target(s) in ", "0.3s", "0.5", "-1e-3", "[1, 2]", "한글", "\t", "\u{7f}", "\u{1b}[31m", "é", "10 %", " ", "x",
    "\0", "\u{2028}", "(2, 3)", "nan",
];

const TYPES: &[&str] =
    &["text/plain", "text/html", "image/svg+xml", "image/png", "application/json", "stdout", "a (output 2)"];

pub fn any_text() -> impl Strategy<Value = String> {
    let byte = any::<u8>().prop_map(|byte| byte.escape_ascii().to_string());
    let piece = prop_oneof![8 => select(PIECES).prop_map(str::to_string), 1 => byte];
    vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

pub fn any_outputs() -> impl Strategy<Value = Vec<Output>> {
    let stream = (select(&[Stream::Stdout, Stream::Stderr]), any_text());
    let stream = stream.prop_map(|(stream, text)| Output::Stream { stream, text });
    let data = btree_map(select(TYPES).prop_map(str::to_string), any_text(), 0..4);
    let rich = data.prop_map(|data| Output::Rich { kind: RichKind::Display, data });
    vec(prop_oneof![2 => stream, 1 => rich], 0..5)
}

proptest! {
    #[test]
    fn normal_text_stays_as_it_is(raw in any_text()) {
        for normal in [text, stream] {
            let once = normal(&raw);
            prop_assert_eq!(normal(&once), once);
        }
    }

    #[test]
    fn normal_outputs_stay_as_they_are(raw in any_outputs()) {
        let once = outputs(raw);
        prop_assert_eq!(outputs(once.clone()), once);
    }
}
