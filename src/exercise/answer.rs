//! Answers that can be compared: sizes and numbers, however they were written, and what went wrong instead.

use ndarray::{ArrayBase, Data, Dimension};

use crate::error::Result;
use crate::shape::Shape;
use crate::show::{Element, repr};

/// Differences up to these are rounding, in f32 too.
const ATOL: f64 = 2e-6;
const RTOL: f64 = 1e-5;

/// What a function gave for one input.
#[derive(Clone, PartialEq)]
pub struct Answer {
    sizes: Vec<usize>,
    values: Vec<f64>,
    text: String,
    /// There is no value: a panic, an error, or no end.
    is_failure: bool,
}

impl Answer {
    pub(super) fn failure(text: String) -> Answer {
        Answer { sizes: Vec::new(), values: Vec::new(), text, is_failure: true }
    }

    /// As NumPy would print it.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// A single number that can be drawn.
    pub(super) fn number(&self) -> Option<f64> {
        let number = self.values.first().copied().filter(|number| number.is_finite());
        number.filter(|_| !self.is_failure && self.sizes.is_empty())
    }

    /// Equal but for rounding. NaN agrees with NaN, and a zero with the other zero.
    pub(super) fn agrees(&self, other: &Answer) -> bool {
        !self.is_failure
            && !other.is_failure
            && self.sizes == other.sizes
            && self.values.iter().zip(&other.values).all(|(&a, &b)| is_close(a, b))
    }

    /// What can be said of a wrong answer without knowing the mistake.
    pub(super) fn remark(&self, wanted: &Answer) -> Option<String> {
        if self.is_failure {
            return None;
        }
        if self.sizes != wanted.sizes {
            let [yours, wanted] = [self, wanted].map(|answer| Shape::from_sizes(&answer.sizes));
            return Some(format!("the shapes differ: yours is {yours}, wanted is {wanted}"));
        }
        let is_nan = |answer: &Answer| answer.values.iter().any(|value| value.is_nan());
        let names = "a NaN comes from inf - inf, inf / inf or 0 / 0: find the step that overflows";
        (is_nan(self) && !is_nan(wanted)).then(|| names.to_owned())
    }
}

fn is_close(a: f64, b: f64) -> bool {
    // Infinities are equal or not at all.
    a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= ATOL + RTOL * b.abs().min(f64::MAX)
}

/// What the function of an exercise may return: a number, an array, a shape, or a `Result` of one of these.
#[diagnostic::on_unimplemented(message = "a check cannot compare values of type `{Self}`")]
pub trait Gives {
    /// In the form that checks compare.
    #[doc(hidden)]
    fn answer(self) -> Answer;
}

/// A number of any type.
#[doc(hidden)]
pub trait Real: Element {
    fn real(self) -> f64;
}

macro_rules! reals {
    ($($type:ty)*) => {$(
        impl Real for $type {
            fn real(self) -> f64 {
                self as f64
            }
        }

        impl Gives for $type {
            fn answer(self) -> Answer {
                Answer { sizes: Vec::new(), values: vec![self.real()], text: repr(&self), is_failure: false }
            }
        }
    )*};
}

reals!(i32 i64 u8 u32 u64 usize f32 f64);

impl Real for bool {
    fn real(self) -> f64 {
        f64::from(u8::from(self))
    }
}

/// Already in the form that checks compare.
impl Gives for Answer {
    fn answer(self) -> Answer {
        self
    }
}

impl Gives for bool {
    fn answer(self) -> Answer {
        Answer { sizes: Vec::new(), values: vec![self.real()], text: repr(&self), is_failure: false }
    }
}

impl<S: Data<Elem: Real>, D: Dimension> Gives for ArrayBase<S, D> {
    fn answer(self) -> Answer {
        let values = self.iter().map(|value| value.real()).collect();
        Answer { sizes: self.shape().to_vec(), values, text: repr(&self), is_failure: false }
    }
}

/// A shape, or none: `Some((2, 3))`.
impl Gives for Option<(usize, usize)> {
    fn answer(self) -> Answer {
        let values: Vec<f64> = self.iter().flat_map(|&(rows, columns)| [rows as f64, columns as f64]).collect();
        Answer { sizes: vec![values.len()], values, text: format!("{self:?}"), is_failure: false }
    }
}

impl<G: Gives> Gives for Result<G> {
    fn answer(self) -> Answer {
        self.map_or_else(|error| Answer::failure(format!("the error `{}`", error.message())), Gives::answer)
    }
}
