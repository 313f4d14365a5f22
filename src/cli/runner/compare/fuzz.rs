//! Random outputs: equal outputs are equal under every measure, and nothing panics.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use regex::Regex;

use super::numbers::{Token, Ulp, tokens};
use super::*;
use crate::cli::fuzz::{Edit, edited, edits};
use crate::cli::notebook::normalize::fuzz::{PIECES, any_outputs, any_text};
use crate::cli::outcome::RichKind;

const ULPS: &[Option<Ulp>] =
    &[None, Some(Ulp { count: 4, single: false }), Some(Ulp { count: u64::MAX, single: true })];
const MARKS: &[Option<&str>] = &[None, Some("[...]"), Some("x"), Some("\n"), Some("한")];
const PATTERNS: &[&str] = &[r"\d+", "", "(?s).*", "é|x", r"\bthread"];

fn measures() -> impl Strategy<Value = Measure> {
    let tolerance = (select(&[0.0, 1e-6, 1.0]), select(&[0.0, 1e-9, 0.1]), select(ULPS));
    let tolerance = tolerance.prop_map(|(atol, rtol, ulp)| Tolerance { atol, rtol, ulp });
    let tolerance = option::of(tolerance).prop_map(Option::unwrap_or_default);
    let normaliser = select(PATTERNS).prop_map(|pattern| {
        let pattern = Regex::new(pattern).expect("the patterns are valid");
        Normaliser { name: "n".into(), pattern, replace: "N".into(), reason: "r".into() }
    });
    (tolerance, any::<bool>(), select(MARKS), any::<u8>(), option::of(normaliser)).prop_map(
        |(tolerance, unordered, mark, pixel_tolerance, normaliser)| Measure {
            tolerance,
            unordered,
            ignore_stderr: false,
            ellipsis: mark.map(str::to_string),
            pixel_tolerance,
            normalisers: normaliser.into_iter().collect(),
        },
    )
}

/// Edits for the texts of some outputs, and an output to remove.
type Damage = (Vec<Vec<Edit>>, Option<Index>);

fn damages() -> impl Strategy<Value = Damage> {
    (vec(edits(PIECES, Vec::new()), 1..6), option::weighted(0.25, any::<Index>()))
}

fn damaged(outputs: &[Output], (edits, removed): &Damage) -> Vec<Output> {
    let mut outputs = outputs.to_vec();
    let texts = outputs.iter_mut().flat_map(|output| match output {
        Output::Stream { text, .. } => vec![text],
        Output::Rich { data, .. } => data.values_mut().collect(),
    });
    texts.zip(edits.iter().cycle()).for_each(|(text, edits)| *text = edited(text, edits));
    if let Some(at) = removed.filter(|_| !outputs.is_empty()) {
        outputs.remove(at.index(outputs.len()));
    }
    outputs
}

/// A picture with some wrong bytes.
fn broken_pictures() -> impl Strategy<Value = Output> {
    let mime = select(&["image/png", "image/jpeg", "image/gif"]);
    let picture = (1..=3_usize, vec(any::<u8>(), 36), vec((any::<Index>(), any::<u8>()), 0..4), any::<bool>(), mime);
    picture.prop_map(|(size, pixels, wrong, is_jpeg, mime)| {
        let mut bytes = pictures::encode_png(size, size, &pixels[..size * size * 4]).expect("the size fits the pixels");
        for (at, byte) in wrong {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let head: &[u8] = if is_jpeg { &[0xff, 0xd8, 0xff, 0xe0] } else { &[] };
        let data = [(mime.to_string(), STANDARD.encode([head, &bytes].concat()))].into();
        Output::Rich { kind: RichKind::Display, data }
    })
}

proptest! {
    #[test]
    fn outputs_equal_themselves_and_comparing_never_panics(
        outputs in any_outputs(),
        pictures in option::weighted(0.2, (broken_pictures(), broken_pictures())),
        damage in damages(),
        measure in measures(),
    ) {
        let (mut stored, mut fresh) = (outputs.clone(), damaged(&outputs, &damage));
        if let Some((was, is)) = pictures {
            stored.push(was);
            fresh.push(is);
        }
        let (stored, fresh) = (normalize::outputs(stored), normalize::outputs(fresh));
        prop_assert_eq!(compare(&stored, &stored, &measure), []);
        let _ = (compare(&stored, &fresh, &measure), part_counts(&stored, &measure), normaliser_uses(&fresh, &measure));
        let plain = Measure::default();
        let forth = compare(&stored, &fresh, &plain).is_empty();
        prop_assert_eq!(forth, compare(&fresh, &stored, &plain).is_empty());
        if stored == fresh {
            prop_assert!(forth);
        }
    }

    #[test]
    fn a_merged_text_matches_the_fresh_one(
        stored in any_text(), fresh in any_text(), mark in select(&["[...]", "x", "0", "\r"]),
        places in vec((any::<Index>(), 0..3_usize), 0..6),
    ) {
        let forms = [mark.to_string(), "\n".to_string(), format!("\n{mark}\n")];
        let marks: Vec<Edit> = places.into_iter().map(|(at, form)| Edit::Insert(at, forms[form].clone())).collect();
        let merged = gaps::merge(&edited(&stored, &marks), &fresh, mark);
        prop_assert!(gaps::matches(&merged, &fresh, mark, &Tolerance::default()), "{:?}", merged);
    }

    #[test]
    fn a_line_is_split_into_tokens_without_loss(line in any_text()) {
        let length = |token: &Token| match token {
            Token::Number(text) | Token::Word(text) => text.len(),
            Token::Space => 0,
        };
        let all: usize = tokens(&line).iter().map(length).sum();
        prop_assert_eq!(all, line.replace([' ', '\t'], "").len());
    }
}
