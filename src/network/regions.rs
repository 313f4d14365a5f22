//! What a network with two inputs answers everywhere in the plane.
//!
//! The circles and arrows of a network are in [`figure`](super::figure).

use ndarray::Array2;

use super::{Activation, Layer, Network, Real, largest};
use crate::plot::{Figure, imshow};

/// Pixels on a side: enough for a slanted border, few enough for a small file.
const SIDE: usize = 60;
/// Shades between 0 and 1: more cannot be told apart, and would make the file larger.
const SHADES: f64 = 16.0;
/// More classes than colours of the map could tell apart.
const MOST: usize = 20;

/// The answer of a network with two inputs, for both from `low` to `high`: x1 to the right, x2 upwards.
///
/// One output is drawn by its value, from blue to red; of several, the class that wins. Where the colour changes is the
/// **decision border**. Points can be added with [`scatter`](Figure::scatter).
///
/// ```
/// use forward_pass::prelude::*;
/// let and = Layer::new(array![[1.0], [1.0]], array![-1.5], Activation::Step)?;
/// let figure = plot_regions(&Network::new(vec![and])?, -0.5, 1.5);
/// assert_eq!(figure.to_string(), "<Figure 480x480 with 1 Axes>");
/// # Ok::<(), Error>(())
/// ```
pub fn plot_regions<T: Real>(network: &Network<T>, low: f64, high: f64) -> Figure {
    let (inputs, outputs) = (network.sizes()[0], network.layers().last().map_or(0, Layer::outputs));
    if inputs != 2 || outputs > MOST {
        let message = format!("plot_regions got a network with {inputs} inputs and {outputs} outputs");
        return Figure::new().error(message, format!("it draws networks with 2 inputs and at most {MOST} outputs"));
    }
    if !(low.is_finite() && high.is_finite() && low < high) {
        return Figure::new()
            .error(format!("plot_regions cannot draw from {low} to {high}"), "give the lower end first");
    }
    let middle = |pixel: usize| low + (high - low) * (pixel as f64 + 0.5) / SIDE as f64;
    let inputs = Array2::from_shape_fn((SIDE * SIDE, 2), |(place, axis)| {
        let (row, column) = (place / SIDE, place % SIDE);
        T::from_f64(middle(if axis == 0 { column } else { SIDE - 1 - row }))
    });
    let answers = network.forward_rows(&inputs.view());
    let figure = if outputs == 1 {
        one_output(&answers.mapv(Real::to_f64), network.layers().last().map(Layer::activation))
    } else {
        let class = |place: usize| largest(answers.row(place).iter().copied()) as f64;
        let classes = Array2::from_shape_fn((SIDE, SIDE), |(row, column)| class(row * SIDE + column));
        imshow(&classes).cmap("viridis").clim(0.0, (outputs - 1).max(1) as f64)
    };
    let ticks: Vec<f64> = (0..=4).map(|quarter| low + (high - low) * f64::from(quarter) / 4.0).collect();
    figure.extent(low, high, low, high).xticks(&ticks).yticks(&ticks).figsize(4.8, 4.8).xlabel("x1").ylabel("x2")
}

/// By value, from 0 to 1 if the activation stays there.
fn one_output(answers: &Array2<f64>, activation: Option<Activation>) -> Figure {
    let values = Array2::from_shape_fn((SIDE, SIDE), |(row, column)| answers[[row * SIDE + column, 0]]);
    let shown = |low, high| imshow(&values.mapv(|value| (value * SHADES).round() / SHADES)).clim(low, high);
    let figure = match activation {
        Some(Activation::Step | Activation::Sigmoid | Activation::Softmax) => shown(-0.25, 1.25),
        Some(Activation::Tanh) => shown(-1.5, 1.5),
        _ => imshow(&values),
    };
    figure.cmap("coolwarm")
}
