//! Output that a running cell updates in place: a progress bar, a growing curve.
//!
//! It updates in Jupyter on this project's kernel. Elsewhere only the final state is kept: the stock kernel shows the
//! last output of each MIME type and cannot clear any.

#![expect(clippy::print_stdout, reason = "the protocol of `evcxr_display` is lines on stdout")]

use std::fmt;

use super::CellDisplay;

/// Shows a value below the running cell, under a name. Showing another value under the same name, in the same cell,
/// replaces it.
///
/// ```
/// use forward_pass::prelude::*;
///
/// for done in 0..=200 {
///     display_as("work", &Gauge::new(done, 200));
/// }
/// ```
///
/// In Jupyter this is one bar that fills, drawn by `ipywidgets` where that is installed. The value may be a [`Gauge`],
/// a [`Progress`](crate::train::Progress), a number, an array or a figure. White space in the name is replaced by `-`.
pub fn display_as(name: &str, value: &(impl CellDisplay + ?Sized)) {
    let (name, parts) = (plain(name), value.live_parts());
    let blocks = parts.iter().enumerate().map(|(at, (kind, text))| {
        let more = if at + 1 < parts.len() { " more" } else { "" };
        let gauge = value.progress().map(|(done, total)| format!(" gauge={done}/{total}")).unwrap_or_default();
        format!("EVCXR_BEGIN_CONTENT {kind} display-id={name}{gauge}{more}\n{text}\nEVCXR_END_CONTENT")
    });
    let blocks: Vec<String> = blocks.collect();
    if !blocks.is_empty() {
        println!("{}", blocks.join("\n"));
    }
}

/// Clears all output of the running cell; with `wait`, only once there is new output to replace it, which avoids
/// flicker. Python's `clear_output(wait=True)`.
///
/// ```
/// use forward_pass::prelude::*;
///
/// for step in 1..=3 {
///     clear_output(true);
///     println!("step {step}");
/// }
/// ```
pub fn clear_output(wait: bool) {
    let wish = if wait { "clear-output=wait" } else { "clear-output" };
    println!("EVCXR_BEGIN_CONTENT text/plain {wish}\n\nEVCXR_END_CONTENT");
}

/// The marker is one line of words separated by white space.
fn plain(name: &str) -> String {
    let name: String = name.trim().chars().map(|c| if c.is_whitespace() || c.is_control() { '-' } else { c }).collect();
    if name.is_empty() { "-".into() } else { name }
}

/// A progress bar.
///
/// ```
/// use forward_pass::prelude::*;
///
/// assert_eq!(Gauge::new(5, 20).to_string(), "[#####---------------] 5 of 20");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gauge {
    /// How much is done.
    pub done: usize,
    /// How much there is to do.
    pub total: usize,
}

const WIDTH: usize = 20;

impl Gauge {
    /// `done` out of `total`; `done` is capped at `total`.
    pub fn new(done: usize, total: usize) -> Gauge {
        Gauge { done: done.min(total), total }
    }

    /// The bar without its text.
    pub(crate) fn bar(&self) -> String {
        // 128 bits, so that no count overflows.
        let full = (WIDTH as u128 * self.done.min(self.total) as u128 / self.total.max(1) as u128) as usize;
        format!("[{}{}]", "#".repeat(full), "-".repeat(WIDTH - full))
    }
}

impl fmt::Display for Gauge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} of {}", self.bar(), self.done, self.total)
    }
}

impl CellDisplay for Gauge {
    fn cell_text(&self) -> Option<String> {
        Some(self.to_string())
    }

    fn progress(&self) -> Option<(usize, usize)> {
        Some((self.done.min(self.total), self.total))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gauge_fills_from_nothing_to_all() {
        let cases = [
            (Gauge::new(0, 4), "[--------------------] 0 of 4"),
            (Gauge::new(1, 3), "[######--------------] 1 of 3"),
            (Gauge::new(4, 4), "[####################] 4 of 4"),
            (Gauge::new(9, 4), "[####################] 4 of 4"),
            (Gauge::new(0, 0), "[--------------------] 0 of 0"),
            (Gauge { done: usize::MAX, total: usize::MAX }, &format!("[{}] {1} of {1}", "#".repeat(20), usize::MAX)),
        ];
        for (gauge, text) in cases {
            assert_eq!(gauge.to_string(), text);
        }
    }

    #[test]
    fn a_name_is_one_word() {
        let cases = [("loss", "loss"), (" two words\n", "two-words"), ("손실", "손실"), ("", "-"), ("a\u{7}b", "a-b")];
        for (name, word) in cases {
            assert_eq!(plain(name), word);
        }
    }
}
