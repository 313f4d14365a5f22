//! The checks of the exercises; the pictures of answers that are not right have Korean words.

use ndarray::{Array1, Array2};

use super::korean;
pub use crate::exercise::check::*;
use crate::exercise::{Gives, Verdict, check};
use crate::shape::Float;

/// As [`check::nand`], with a picture in Korean.
pub fn nand(w1: impl Into<f64>, w2: impl Into<f64>, b: impl Into<f64>) -> Verdict {
    check::nand(w1, w2, b).wording(korean)
}

/// As [`check::xor`], with a picture in Korean.
pub fn xor(w1: &Array2<f64>, b1: &Array1<f64>, w2: &Array1<f64>, b2: f64) -> Verdict {
    check::xor(w1, b1, w2, b2).wording(korean)
}

/// As [`check::my_tanh`], with a picture in Korean.
pub fn my_tanh<T: Float, G: Gives>(yours: impl Fn(T) -> G + Send + 'static) -> Verdict {
    check::my_tanh(yours).wording(korean)
}

/// As [`check::log_sigmoid`], with a picture in Korean.
pub fn log_sigmoid<T: Float, G: Gives>(yours: impl Fn(T) -> G + Send + 'static) -> Verdict {
    check::log_sigmoid(yours).wording(korean)
}

/// As [`check::clipped`], with a picture in Korean.
pub fn clipped<T: Float, G: Gives>(yours: impl Fn(T) -> G + Send + 'static) -> Verdict {
    check::clipped(yours).wording(korean)
}

/// As [`check::tent`], with a picture in Korean.
pub fn tent(corners: [f64; 3], weights: [f64; 3]) -> Verdict {
    check::tent(corners, weights).wording(korean)
}
