//! Curves over one input: an activation function, and what two layers make of it.

use ndarray::{Array1, array};

use crate::activation::{identity, relu, relu_derivative, sigmoid, sigmoid_derivative, step, tanh, tanh_derivative};
use crate::error::Result;
use crate::plot::{Figure, plot};
use crate::shape::linspace;

/// The step function, and a sigmoid with a slope and an offset of its own.
///
/// # Errors
/// None for finite numbers.
pub fn step_and_sigmoid(slope: f64, offset: f64) -> Result<Figure> {
    let x = linspace(-5.0, 5.0, 201)?;
    let soft = plot(&x, &sigmoid(&((&x - offset) * slope))).label("sigmoid(slope · (x − offset))");
    let both = soft.plot(&x, &step(&(&x - offset))).label("step(x − offset)").linestyle("--");
    Ok(both.ylim(-0.1, 1.1).xlabel("x").legend("upper left"))
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

/// Two layers of one input, two neurons and one output, with nothing, ReLU or a sigmoid between them.
///
/// # Errors
/// None for finite numbers.
pub fn two_layers(between: usize, first: [f64; 2], second: [f64; 2]) -> Result<Figure> {
    let x = linspace(-3.0, 3.0, 121)?;
    let hidden = |w: f64, b: f64| {
        let z = &x * w + b;
        match between {
            0 => z,
            1 => relu(&z),
            _ => sigmoid(&z),
        }
    };
    let (one, two) = (hidden(first[0], 0.5), hidden(first[1], 1.0));
    let output = &one * second[0] + &two * second[1];
    let neurons = plot(&x, &one).label("neuron 1").linestyle("--").plot(&x, &two).label("neuron 2").linestyle("--");
    let name = if between == 0 { "output: always a line" } else { "output" };
    let all = neurons.plot(&x, &output).label(name).color("C3").linewidth(2.5);
    Ok(all.ylim(-8.0, 8.0).xlabel("x").legend("upper left"))
}
