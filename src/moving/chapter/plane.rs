//! Two inputs as a plane: where a neuron says yes.

use ndarray::array;

use crate::error::Result;
use crate::plot::Figure;
use crate::shape::linspace;

/// The side of its line on which a neuron with two inputs says 1, and what it says of the four corners.
///
/// # Errors
/// None for finite numbers.
pub fn neuron_line(w1: f64, w2: f64, b: f64) -> Result<Figure> {
    let x1 = linspace(-0.5, 1.5, 201)?;
    let (bottom, top) = (&x1 * 0.0 - 0.5, &x1 * 0.0 + 1.5);
    // It says 1 where w1 x1 + w2 x2 + b > 0: above this line for a positive w2, below it for a negative one.
    let line = x1.mapv(|x| {
        // A weight of 0 makes it upright.
        (-(w1 * x + b) / w2.abs().max(1e-9) * w2.signum()).clamp(-0.5, 1.5)
    });
    let (low, high) = if w2 < 0.0 { (&bottom, &line) } else { (&line, &top) };
    let mut figure = Figure::new().fill_between(&x1, low, high).alpha(0.3).plot(&x1, &line).color("C0");
    let corners = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)];
    let says = corners.map(|(x1, x2)| u8::from(w1 * x1 + w2 * x2 + b > 0.0));
    for ((x1, x2), yes) in corners.into_iter().zip(says) {
        let (colour, marker) = if yes == 1 { ("C0", "o") } else { ("C3", "x") };
        figure = figure.scatter(&array![x1], &array![x2]).color(colour).marker(marker).markersize(12.0);
    }
    let title = format!("(0,0) (1,0) (0,1) (1,1): {says:?}");
    Ok(figure.title(title).xlim(-0.5, 1.5).ylim(-0.5, 1.5).xlabel("x₁").ylabel("x₂").figsize(5.2, 4.8))
}
