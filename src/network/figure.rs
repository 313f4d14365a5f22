//! The diagram of a network: its values as circles, its weights as arrows, its shapes as text.
//!
//! To see the values of the weights, use [`imshow`](crate::plot::imshow).

use super::{Layer, Network, Real};
use crate::plot::{Figure, diagram};

/// The diagram of a network; large layers are elided.
///
/// ```
/// use forward_pass::prelude::*;
/// let figure = plot_network(&Network::chapter());
/// assert!(figure.to_svg().contains("aria-label=\"sigmoid\""));
/// ```
pub fn plot_network<T: Real>(network: &Network<T>) -> Figure {
    let activations: Vec<_> = network.layers().iter().map(Layer::activation).map(|name| name.to_string()).collect();
    diagram(&network.sizes(), &activations)
}
