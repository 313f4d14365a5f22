//! Curves over one input: an activation function, and what two layers make of it.

use ndarray::{Array1, array};

use crate::activation::{identity, relu, relu_derivative, sigmoid, sigmoid_derivative, step, tanh, tanh_derivative};
use crate::error::Result;
use crate::plot::{Figure, plot};
use crate::shape::{arange, linspace};

/// What a neuron with one input says, with the sigmoid and with the step function.
///
/// # Errors
/// None for finite numbers.
pub fn step_and_sigmoid(w: f64, b: f64) -> Result<Figure> {
    let x = arange(-5.0, 5.0, 0.1)?;
    let a = w * &x + b;
    let both = plot(&x, &sigmoid(&a)).label("sigmoid(a)").plot(&x, &step(&a)).label("step(a)");
    Ok(both.ylim(-0.1, 1.1).title("a = w x + b"))
}

/// The names of the activation functions of [`activation_and_slope`], by index.
pub const NAMES: [&str; 5] = ["step", "sigmoid", "tanh", "relu", "identity"];

/// An activation function, its derivative, and the tangent at one point.
///
/// # Errors
/// None for finite numbers.
pub fn activation_and_slope(index: usize, at: f64) -> Result<Figure> {
    type Curve = fn(&Array1<f64>) -> Array1<f64>;
    let (value, slope): (Curve, Curve) = match index {
        0 => (|x| step(x).mapv(|y| y as f64), |x| 0.0 * x),
        1 => (|x| sigmoid(x), |x| sigmoid_derivative(x)),
        2 => (|x| tanh(x), |x| tanh_derivative(x)),
        3 => (|x| relu(x), |x| relu_derivative(x)),
        _ => (|x| identity(x), |x| 0.0 * x + 1.0),
    };
    let (x, point) = (linspace(-4.0, 4.0, 161)?, array![at]);
    let (y, m) = (value(&point)[0], slope(&point)[0]);
    let near = array![at - 1.0, at + 1.0];
    let curves = plot(&x, &value(&x)).label(NAMES[index.min(4)]).plot(&x, &slope(&x)).label("its derivative");
    let tangent = curves.plot(&near, &((&near - at) * m + y)).color("C3").label(format!("slope {m:.2} at {at:.1}"));
    Ok(tangent.scatter(&point, &array![y]).color("C3").ylim(-1.5, 2.0).xlabel("x").legend("upper left"))
}

/// Two layers: two neurons of one input, with a sigmoid or nothing behind them, and one that adds them up.
///
/// # Errors
/// None for finite numbers.
pub fn two_layers(h: usize, w1: f64, w2: f64) -> Result<Figure> {
    let x = arange(-3.0, 3.0, 0.1)?;
    let h = |a: Array1<f64>| if h == 0 { sigmoid(&a) } else { a };
    let y = h(w1 * &x + 3.0) + h(w2 * &x - 3.0) - 1.0;
    Ok(plot(&x, &y).ylim(-2.0, 2.0).title("Two layers"))
}
