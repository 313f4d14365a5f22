//! The figure of the section on the output layer: scores, and the shares that softmax turns them into.
//!
//! The rows of a batch are drawn one after the other.

use ndarray::{ArrayBase, Data, Dimension};

use super::softmax;
use crate::plot::{Figure, Number, bar, subplots};
use crate::shape::Float;

/// Scores as bars on the left, their softmax on the right.
///
/// ```
/// use forward_pass::prelude::*;
/// let figure = plot_softmax(&array![0.3, 2.9, 4.0]);
/// assert!(figure.to_svg().contains("aria-label=\"0.7366\""));
/// ```
pub fn plot_softmax<S: Data<Elem: Float + Number>, D: Dimension>(x: &ArrayBase<S, D>) -> Figure {
    /// With more bars than this, there is no room for their values.
    const MOST: usize = 6;
    let places: Vec<usize> = (0..x.len()).collect();
    let scores = bar(&places, x).title("x");
    let shares = bar(&places, &softmax(x)).color("C1").ylim(0.0, 1.1).title("softmax(x)");
    let valued = |figure: Figure| if (1..=MOST).contains(&x.len()) { figure.bar_label() } else { figure };
    subplots(1, 2, [valued(scores), valued(shares)]).figsize(8.0, 3.6)
}
