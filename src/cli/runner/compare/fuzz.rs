//! Outputs of all kinds, by chance: what is the same is the same under every measure, and nothing ends in a panic.

use super::numbers::{Token, Ulp, tokens};
use super::*;
use crate::cli::fuzz::{Chance, rounds};
use crate::cli::notebook::normalize::fuzz::{PIECES, outputs_by_chance, text_by_chance};
use crate::cli::outcome::RichKind;

fn measure(chance: &mut Chance) -> Measure {
    let mut measure = Measure::default();
    if chance.below(2) == 0 {
        measure.tolerance = Tolerance {
            atol: [0.0, 1e-6, 1.0][chance.below(3)],
            rtol: [0.0, 1e-9, 0.1][chance.below(3)],
            ulp: [None, Some(Ulp { count: 4, single: false }), Some(Ulp { count: u64::MAX, single: true })]
                [chance.below(3)],
        };
    }
    measure.unordered = chance.below(4) == 0;
    measure.ellipsis = [None, Some("[...]"), Some("x"), Some("\n"), Some("한")][chance.below(5)].map(str::to_string);
    measure.pixel_tolerance = chance.byte();
    if chance.below(4) == 0 {
        let pattern = regex::Regex::new(chance.of::<&str>(&[r"\d+", "", "(?s).*", "é|x", r"\bthread"])).unwrap();
        let (name, reason) = ("n".into(), "r".into());
        measure.normalisers.push(Normaliser { name, pattern, replace: "N".into(), reason });
    }
    measure
}

/// Another form of some text or picture in these outputs.
fn broken(outputs: &[Output], chance: &mut Chance) -> Vec<Output> {
    let mut outputs = outputs.to_vec();
    let others = [text_by_chance(chance)];
    for output in &mut outputs {
        match output {
            Output::Stream { text, .. } => *text = chance.broken(text, &others, PIECES),
            Output::Rich { data, .. } => {
                data.values_mut().for_each(|text| *text = chance.broken(text, &others, PIECES));
            }
        }
    }
    if chance.below(4) == 0 && !outputs.is_empty() {
        outputs.remove(chance.below(outputs.len()));
    }
    outputs
}

/// A picture of which some bytes are others.
fn broken_picture(chance: &mut Chance) -> Output {
    use base64::Engine as _;
    let size = 1 + chance.below(3);
    let pixels: Vec<u8> = (0..size * size * 4).map(|_| chance.byte()).collect();
    let mut bytes = pictures::encode_png(size, size, &pixels).unwrap();
    for _ in 0..chance.below(4) {
        let at = chance.below(bytes.len());
        bytes[at] = chance.byte();
    }
    if chance.below(4) == 0 {
        bytes = [&[0xff, 0xd8, 0xff, 0xe0][..], &bytes].concat();
    }
    let base64 = base64::engine::general_purpose::STANDARD.encode(bytes);
    let mime = chance.of(&["image/png", "image/jpeg", "image/gif"]).to_string();
    Output::Rich { kind: RichKind::Display, data: [(mime, base64)].into() }
}

#[test]
fn outputs_are_the_same_as_themselves_and_no_two_bring_the_comparer_down() {
    let mut chance = Chance::new(33);
    let (mut differ, rounds) = (0, rounds());
    for _ in 0..rounds {
        let mut stored = outputs_by_chance(&mut chance);
        if chance.below(8) == 0 {
            stored.push(broken_picture(&mut chance));
        }
        let measure = measure(&mut chance);
        assert_eq!(compare(&stored, &stored, &measure), [], "{stored:?} {measure:?}");
        let fresh = if chance.below(8) == 0 { vec![broken_picture(&mut chance)] } else { broken(&stored, &mut chance) };
        differ += usize::from(!compare(&stored, &fresh, &measure).is_empty());
        let _ = (part_counts(&stored, &measure), normaliser_uses(&fresh, &measure));
        let plain = Measure::default();
        let both = (compare(&stored, &fresh, &plain).is_empty(), compare(&fresh, &stored, &plain).is_empty());
        assert_eq!(both.0, both.1, "{stored:?} against {fresh:?}, and the other way round");
    }
    assert!(differ > rounds / 4 && differ < rounds, "{differ} of {rounds} differ");
}

#[test]
fn what_is_merged_with_gaps_fits_what_came_and_numbers_are_found_without_loss() {
    let mut chance = Chance::new(34);
    for _ in 0..rounds() {
        let (stored, fresh) = (text_by_chance(&mut chance), text_by_chance(&mut chance));
        let mark = chance.of(&["[...]", "x", "0", "\r"]);
        let stored = chance.broken(&stored, &[], &[mark, "\n"]);
        let merged = gaps::merge(&stored, &fresh, mark);
        assert!(gaps::matches(&merged, &fresh, mark, &Tolerance::default()), "{stored:?} {fresh:?} {merged:?}");
        let all: usize = tokens(&fresh)
            .iter()
            .map(|token| match token {
                Token::Number(text) | Token::Word(text) => text.len(),
                Token::Space => 0,
            })
            .sum();
        assert_eq!(all, fresh.replace([' ', '\t'], "").len(), "{fresh:?}");
    }
}
