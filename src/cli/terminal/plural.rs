//! English plurals.

/// A count with its noun: `1 cell`, `3 cells`.
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
