//! Shapes: which products fit, and what stands between the layers of a network.

use ndarray::array;

use crate::error::Result;
use crate::network::{Layer, Network};
use crate::plot::{Figure, diagram, plot_product};
use crate::show::show;

/// Two tables as blocks: their product, or the sizes that differ.
pub fn product_of_shapes(left: (usize, usize), right: (usize, usize)) -> Figure {
    plot_product(&[left, right])
}

/// The chapter's network with the numbers that two or three inputs send through it.
///
/// # Errors
/// None for finite numbers.
pub fn numbers_on_their_way(x: [f64; 3]) -> Result<Figure> {
    let net = Network::chapter();
    let trace = net.trace(&array![x[0], x[1], x[2]])?;
    let note = |(layer, it): (usize, &Layer<f64>)| {
        let numbers = trace.z(layer + 1).map(|z| show(&z.mapv(|z| (z * 100.0).round() / 100.0)).to_string());
        format!("{} {}", it.activation(), numbers.unwrap_or_default())
    };
    let notes: Vec<String> = net.layers().iter().enumerate().map(note).collect();
    Ok(diagram(&net.sizes(), &notes))
}
