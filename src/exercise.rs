//! Checks what a learner wrote: more than a hundred inputs, hard ones among them, and the smallest counter-example.
//!
//! One function of [`check`] belongs to each exercise of the chapter. Its verdict shows where an answer differs, and,
//! if the answer is that of a known mistake, what the mistake is. The texts of the exercises, their three hints and
//! their solutions are not here but in `notebooks/exercises`.

mod answer;
pub mod check;
mod inputs;
mod judge;
mod picture;
pub mod quiz;

use std::fmt;

pub use answer::Gives;

use crate::display::CellDisplay;
use crate::plot::{Figure, Wording};

/// The first word of the verdict on a solved exercise.
pub const SOLVED: &str = "solved";

/// The first words of the verdict on an exercise that is not solved.
pub const NOT_YET: &str = "not yet";

/// What a check found; shown as text, and never an error: an exercise may stay unsolved.
///
/// ```
/// use forward_pass::prelude::*;
///
/// fn clipped(x: f64) -> f64 {
///     x.max(0.0).min(6.0)
/// }
///
/// assert_eq!(
///     check::clipped(clipped).to_string().lines().take(4).collect::<Vec<_>>(),
///     ["not yet: 1 of 129 inputs differs, here is the smallest", "input:  x = nan", "yours:  0.0", "wanted: nan"]
/// );
/// assert!(check::clipped(|x: f64| x.clamp(0.0, 6.0)).is_solved());
/// ```
#[derive(Clone)]
#[must_use = "end a cell with it to see it"]
pub struct Verdict {
    inputs: usize,
    wrong: usize,
    /// The smallest input whose answer differs.
    counter: Option<Counter>,
    hint: Option<String>,
    /// The code still stops at `todo!()`.
    is_to_do: bool,
    /// What is wrong, where looking helps.
    figure: Option<Figure>,
}

/// An input, the answer to it, and the right one; a prediction is shown without the right one.
#[derive(Clone, PartialEq)]
struct Counter {
    input: Option<String>,
    yours: String,
    wanted: Option<String>,
}

impl Verdict {
    /// Whether all answers were right.
    pub fn is_solved(&self) -> bool {
        self.wrong == 0
    }

    /// A picture of an answer that is not right, if a picture says more.
    pub fn figure(&self) -> Option<&Figure> {
        self.figure.as_ref()
    }

    /// Adds a picture to a verdict on code that ran and is not right.
    fn seen(self, figure: impl FnOnce() -> Option<Figure>) -> Verdict {
        if self.is_solved() || self.is_to_do { self } else { Verdict { figure: figure(), ..self } }
    }

    /// The picture's texts in other words.
    pub(crate) fn wording(self, wording: Wording) -> Verdict {
        Verdict { figure: self.figure.map(|figure| figure.wording(wording)), ..self }
    }

    /// What the recognised mistake is, if it was recognised.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_solved() {
            let each = if self.inputs == 1 { "the answer is right" } else { "the answers to all inputs are right" };
            return match self.inputs {
                1 => write!(f, "{SOLVED}: {each}"),
                inputs => write!(f, "{SOLVED}: {each} ({inputs} of {inputs})"),
            };
        }
        if self.is_to_do {
            return write!(f, "{NOT_YET}: write your code in the place of `todo!()`, then check again");
        }
        match self.inputs {
            1 => write!(f, "{NOT_YET}")?,
            inputs => {
                let is_prediction = self.counter.as_ref().is_some_and(|counter| counter.wanted.is_none());
                let (what, which) = if is_prediction { ("predictions", "first") } else { ("inputs", "smallest") };
                let differ = if self.wrong == 1 { "differs" } else { "differ" };
                write!(f, "{NOT_YET}: {} of {inputs} {what} {differ}, here is the {which}", self.wrong)?;
            }
        }
        if let Some(Counter { input, yours, wanted }) = &self.counter {
            let lines = [("input: ", input.as_ref()), ("yours: ", Some(yours)), ("wanted:", wanted.as_ref())];
            for (name, text) in lines.into_iter().filter_map(|(name, text)| Some((name, text?))) {
                write!(f, "\n{name} {}", text.replace('\n', "\n        "))?;
            }
        }
        self.hint.iter().try_for_each(|hint| write!(f, "\nhint:   {hint}"))
    }
}

impl fmt::Debug for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl CellDisplay for Verdict {
    /// That of the picture, if there is one.
    fn cell_text(&self) -> Option<String> {
        self.figure.as_ref().map_or_else(|| Some(self.to_string()), CellDisplay::cell_text)
    }

    fn cell_heading(&self) -> Option<String> {
        self.figure.as_ref().map(|_| self.to_string())
    }

    /// The picture, if there is one, else the text.
    fn cell_parts(&self) -> Vec<(&'static str, String)> {
        let text = || vec![("text/plain", self.to_string())];
        self.figure.as_ref().map_or_else(text, CellDisplay::cell_parts)
    }
}
