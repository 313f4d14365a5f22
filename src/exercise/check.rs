//! One check for each exercise of the chapter; each takes what the learner wrote.
//!
//! A function may compute in f32 or f64: whichever its parameters have. What differs only by rounding is right.

mod digits;
mod images;
mod layers;
mod network;
mod neuron;
mod predictions;
mod reader;
mod rows;

pub use digits::{cross_entropy, nearest, normalise, recall};
pub use images::{confidence, flatten, saturated};
pub use layers::{my_product, parameters, silent, two_layers};
pub use network::{my_forward, product_shape, total_error, xor};
pub use neuron::{border, clipped, log_sigmoid, logit, my_tanh, nand, perceptron, tent};
pub use predictions::{bends, breaks, chain, edges, one_line};
pub use reader::my_reader;
pub use rows::{log_sum_exp, softmax_rows, temperature};

use ndarray::{Array, Dimension};

use super::answer::{Answer, Gives};
use super::judge::{Exercise, Mistake};
use crate::shape::Float;
use crate::show::repr;

/// The four pairs of no and yes.
const PAIRS: [[f64; 2]; 4] = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];

/// 1 for yes, 0 for no.
fn yes(is_yes: bool) -> Answer {
    i64::from(is_yes).answer()
}

/// An exercise whose input is a pair of no and yes.
fn gate(wanted: fn(&[f64; 2]) -> Answer, mistakes: &'static [Mistake<[f64; 2]>]) -> Exercise<[f64; 2]> {
    Exercise { inputs: PAIRS.to_vec(), shown: |[x1, x2]| format!("x1 = {x1}, x2 = {x2}"), wanted, mistakes }
}

/// The same numbers in the type of the learner's function.
fn cast<T: Float, D: Dimension>(x: &Array<f64, D>) -> Array<T, D> {
    x.mapv(T::from_f64)
}

/// `w = array([1., 2.])`, its later lines below the first.
fn named<D: Dimension>(name: &str, x: &Array<f64, D>) -> String {
    let head = format!("{name} = ");
    let indent = format!("\n{}", " ".repeat(head.len()));
    head.clone() + &repr(x).replace('\n', &indent)
}
