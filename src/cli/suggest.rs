//! Suggestions for misspelt names.
//!
//! What the names stand for does not matter here.

use strsim::osa_distance;

/// Up to three names close to a misspelt one, best first.
pub fn nearest(wanted: &str, names: &[String]) -> Vec<String> {
    let limit = (wanted.chars().count() / 3).max(1);
    let mut close: Vec<(usize, &String)> = names
        .iter()
        .map(|name| {
            let whole = osa_distance(wanted, name);
            // `sofmax` is also close to `softmax-overflow`: compare as many words as were typed.
            let words = wanted.split('-').count();
            let start: Vec<&str> = name.split('-').take(words).collect();
            (whole.min(osa_distance(wanted, &start.join("-"))), name)
        })
        .filter(|(distance, _)| *distance <= limit)
        .collect();
    close.sort();
    let mut names: Vec<String> = close.into_iter().map(|(_, name)| name.clone()).collect();
    names.dedup();
    names.truncate(3);
    names
}
