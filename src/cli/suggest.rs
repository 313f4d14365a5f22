//! Suggestions for a misspelt name.
//!
//! It knows nothing of what the names stand for.

use strsim::osa_distance;

/// The names nearest to what was typed, best first; none that shares too little with it.
pub fn nearest(wanted: &str, names: &[String]) -> Vec<String> {
    let limit = (wanted.chars().count() / 3).max(1);
    let mut close: Vec<(usize, &String)> = names
        .iter()
        .map(|name| {
            let whole = osa_distance(wanted, name);
            // `sofmax` is near `softmax-overflow` too: compare with as many words as were typed.
            let words = wanted.split('-').count();
            let begin: Vec<&str> = name.split('-').take(words).collect();
            (whole.min(osa_distance(wanted, &begin.join("-"))), name)
        })
        .filter(|(distance, _)| *distance <= limit)
        .collect();
    close.sort();
    let mut names: Vec<String> = close.into_iter().map(|(_, name)| name.clone()).collect();
    names.dedup();
    names.truncate(3);
    names
}
