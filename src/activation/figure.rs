//! The figures of the sections on activation functions, each in one call.
//!
//! They draw x from -5 to 5, as the chapter does; any other curve is a [`plot`] away.

use ndarray::Array1;

use super::{relu, sigmoid, step};
use crate::plot::{Figure, plot};
use crate::shape::arange;

/// The step function from -5 to 5.
///
/// ```
/// use forward_pass::prelude::*;
/// assert_eq!(plot_step().to_string(), "<Figure 640x480 with 1 Axes>");
/// ```
pub fn plot_step() -> Figure {
    let x = inputs();
    plot(&x, &step(&x)).ylim(-0.5, 1.5).title("step(x)").xlabel("x")
}

/// The sigmoid from -5 to 5, and the step function for comparison: the same limits, a smooth transition.
pub fn plot_sigmoid() -> Figure {
    let x = inputs();
    let sigmoids = plot(&x, &sigmoid(&x)).label("sigmoid");
    sigmoids.plot(&x, &step(&x)).label("step").linestyle("--").ylim(-0.1, 1.1).title("sigmoid(x), step(x)").xlabel("x")
}

/// ReLU from -5 to 5.
pub fn plot_relu() -> Figure {
    let x = inputs();
    plot(&x, &relu(&x)).title("relu(x)").xlabel("x")
}

fn inputs() -> Array1<f64> {
    arange(-5.0, 5.0, 0.1).expect("a hundred numbers have room")
}
