//! Stored lines that differ from fresh ones only in what the author's normalisers replace.
//!
//! `--accept` stores the true text, and leaves such lines as they are.

use similar::{DiffOp, TextDiff};

use super::{Measure, is_text};
use crate::cli::outcome::Output;

/// The new output, with the stored lines that count as the same.
pub fn with_stored_lines(old: &Output, new: Output, measure: &Measure) -> Output {
    if measure.normalisers.is_empty() {
        return new;
    }
    match (old, new) {
        (Output::Stream { text: old, .. }, Output::Stream { stream, text }) => {
            Output::Stream { stream, text: merged(old, text, measure) }
        }
        (Output::Rich { data: old, .. }, Output::Rich { kind, data }) => {
            let merge = |(mime, text): (String, String)| {
                let old = old.get(&mime).filter(|_| is_text(&mime));
                let text = match old {
                    Some(old) => merged(old, text, measure),
                    None => text,
                };
                (mime, text)
            };
            Output::Rich { kind, data: data.into_iter().map(merge).collect() }
        }
        (_, new) => new,
    }
}

fn merged(old: &str, new: String, measure: &Measure) -> String {
    let normal = |text: &str| measure.normal(text.to_owned());
    let (was, is): (Vec<&str>, Vec<&str>) = (old.split('\n').collect(), new.split('\n').collect());
    let (normal_was, normal_is): (Vec<String>, Vec<String>) =
        (was.iter().map(|line| normal(line)).collect(), is.iter().map(|line| normal(line)).collect());
    let [a, b] = [&normal_was, &normal_is].map(|lines| lines.iter().map(String::as_str).collect::<Vec<_>>());
    let diff = TextDiff::configure().timeout(std::time::Duration::from_secs(1)).diff_slices(&a, &b);
    let mut lines: Vec<&str> = Vec::new();
    for op in diff.ops() {
        match op {
            DiffOp::Equal { .. } => lines.extend(&was[op.old_range()]),
            _ => lines.extend(&is[op.new_range()]),
        }
    }
    let merged = lines.join("\n");
    // A pattern may reach over several lines.
    if normal(&merged) == normal(&new) { merged } else { new }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::notebook::normalize::Normaliser;

    #[test]
    fn the_true_text_is_kept_and_stored_lines_where_only_what_is_normalised_differs() {
        let pattern = regex::RegexBuilder::new(r"\d+ ms").multi_line(true).build().unwrap();
        let normaliser = Normaliser { name: "clock".into(), pattern, replace: "TIME".into(), reason: "x".into() };
        let measure = Measure { normalisers: vec![normaliser], ..Measure::default() };
        let cases = [
            ("took 5 ms\nsum 1\n", "took 7 ms\nsum 2\n", "took 5 ms\nsum 2\n"),
            ("sum 1\ntook 5 ms", "new\nsum 1\ntook 9 ms", "new\nsum 1\ntook 5 ms"),
            ("took TIME\n1", "took 9 ms\n2", "took TIME\n2"),
            ("", "took 9 ms", "took 9 ms"),
        ];
        for (old, new, expected) in cases {
            assert_eq!(merged(old, new.to_owned(), &measure), expected);
        }
    }
}
