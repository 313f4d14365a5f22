//! A sequence of layers: the output of one is the input of the next.
//!
//! With the input as z0, every layer k computes
//!
//! ```text
//! a_k = z_(k-1) · W_k + b_k        z_k = h_k(a_k)        y = z_last
//! ```
//!
//! so the whole forward pass is a fold over the layers. Learning is in `train`.

mod figure;
mod kind;
mod layer;
mod pass;
mod real;
mod regions;
mod start;
mod trace;
mod weights;

use std::fmt;

use ndarray::{Array2, ArrayView2, array};

pub use self::figure::plot_network;
pub use self::kind::Activation;
pub use self::layer::{Input, Layer};
pub use self::real::Real;
pub use self::regions::plot_regions;
pub use self::trace::Trace;
use crate::display::CellDisplay;
use crate::error::{Error, ErrorKind, Result};

/// A list of layers with matching shapes.
///
/// ```
/// use forward_pass::prelude::*;
/// let net = Network::chapter();
/// // one input: (3,) -> (1,)
/// assert_eq!(format!("{:.8}", net.forward(&array![1.0, 1.0, 1.0])?), "[0.74614674]");
/// // a batch of one: (1, 3) -> (1, 1)
/// assert_eq!(format!("{:.8}", net.forward(&array![[1.0, 1.0, 1.0]])?), "[[0.74614674]]");
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Network<T = f32> {
    layers: Vec<Layer<T>>,
}

impl<T: Real> Network<T> {
    /// A network from its layers, first to last.
    ///
    /// # Errors
    /// When there are no layers, or the outputs of a layer do not match the inputs of the next one.
    pub fn new(layers: Vec<Layer<T>>) -> Result<Self> {
        if layers.is_empty() {
            let help = "give it at least one layer: `Network::new(vec![layer])`";
            return Err(Error::new(ErrorKind::Value, "a network cannot have 0 layers", help));
        }
        for (index, pair) in layers.windows(2).enumerate() {
            let (outputs, inputs) = (pair[0].outputs(), pair[1].inputs());
            if outputs != inputs {
                let (k, next) = (index + 1, index + 2);
                let message = format!("layer {k} gives {outputs} values and layer {next} takes {inputs}");
                let help = format!("W{next} needs {outputs} rows, one for each column of W{k}");
                return Err(Error::new(ErrorKind::Shape, message, help));
            }
        }
        Ok(Network { layers })
    }

    /// The layers, first to last.
    pub fn layers(&self) -> &[Layer<T>] {
        &self.layers
    }

    pub(crate) fn layers_mut(&mut self) -> &mut [Layer<T>] {
        &mut self.layers
    }

    /// Copies the weights and biases of a network of the same sizes, without allocating.
    pub(crate) fn take_over(&mut self, other: &Self) {
        for (layer, other) in self.layers.iter_mut().zip(&other.layers) {
            layer.take_over(other);
        }
    }

    /// The number of values before, between and after the layers, inputs first: `[3, 2, 3, 1]`.
    pub fn sizes(&self) -> Vec<usize> {
        let inputs = self.layers.first().map(Layer::inputs);
        inputs.into_iter().chain(self.layers.iter().map(Layer::outputs)).collect()
    }

    /// The number of parameters: all weights and biases.
    pub fn parameters(&self) -> usize {
        self.layers.iter().map(|layer| layer.weights().len() + layer.bias().len()).sum()
    }

    /// The forward pass: one input (1-D) or a batch (2-D, one input per row).
    ///
    /// # Errors
    /// When the number of values of x is not the number of inputs.
    pub fn forward<X: Input<T>>(&self, x: &X) -> Result<X::Output> {
        self.check(x)?;
        Ok(X::output(self.forward_rows(&x.to_rows().view())))
    }

    /// The prediction of the network: the book's name for [`forward`](Network::forward).
    ///
    /// ```
    /// use forward_pass::prelude::*;
    /// let net = Network::untrained(&[784, 50, 100, 10], 1)?;
    /// let image = Mnist::drawn(1, 0, 1).train.images.row(0).to_owned();
    /// assert_eq!(net.predict(&image)?, net.forward(&image)?);
    /// assert_eq!(format!("{:.2}", net.predict(&image)?.sum()), "1.00");
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`forward`](Network::forward).
    pub fn predict<X: Input<T>>(&self, x: &X) -> Result<X::Output> {
        self.forward(x)
    }

    /// The forward pass with all intermediate values.
    ///
    /// # Errors
    /// As [`forward`](Network::forward).
    pub fn trace<X: Input<T>>(&self, x: &X) -> Result<Trace<X::Output>> {
        self.check(x)?;
        let mut z = x.to_rows().into_owned();
        let mut steps = Vec::with_capacity(self.layers.len());
        for layer in &self.layers {
            let a = layer.weighted_rows(&z.view());
            z = layer.activated_rows(a.clone());
            steps.push((layer.activation(), a, z.clone()));
        }
        Ok(Trace::record::<T, X>(steps))
    }

    /// The index of the largest output: the class of one input (`u8`), or of each in a batch (`Array1<u8>`).
    ///
    /// Of equal outputs the first one counts, as in NumPy's `argmax`.
    ///
    /// # Errors
    /// As [`forward`](Network::forward); also when the network has more than 256 outputs.
    pub fn classify<X: Input<T>>(&self, x: &X) -> Result<X::Class> {
        self.check(x)?;
        let outputs = self.layers.last().map_or(0, Layer::outputs);
        if outputs > 256 {
            let message = format!("a class is a u8, 0 to 255, but this network has {outputs} outputs");
            return Err(Error::new(ErrorKind::Value, message, "use `forward` and take the largest value yourself"));
        }
        let scores = self.forward_rows(&x.to_rows().view());
        Ok(X::class(scores.rows().into_iter().map(|row| largest(row.iter().copied()) as u8).collect()))
    }

    /// (n, inputs) -> (n, outputs): a fold over the layers, block by block.
    fn forward_rows(&self, x: &ArrayView2<'_, T>) -> Array2<T> {
        let outputs = self.layers.last().map_or(0, Layer::outputs);
        let mut y = Array2::zeros((x.nrows(), outputs));
        if let (Some(x), Some(y)) = (x.as_slice(), y.as_slice_mut()) {
            pass::forward(&self.layers, x, y);
        }
        y
    }

    fn check<X: Input<T>>(&self, x: &X) -> Result<()> {
        self.layers.first().map_or(Ok(()), |layer| layer.check(x))
    }
}

impl Network<f64> {
    /// The chapter's 3-2-3-1 network, sigmoid everywhere; it maps (1, 1, 1) to 0.74614674.
    pub fn chapter() -> Network<f64> {
        let layer = |weights, bias| Layer::new(weights, bias, Activation::Sigmoid).expect("the shapes below match");
        Network {
            layers: vec![
                layer(array![[0.3, 0.1], [0.6, 0.1], [0.5, 0.2]], array![1.0, 1.0]),
                layer(array![[0.1, 0.1, 0.5], [0.8, 0.3, 0.2]], array![0.1, 0.4, 0.5]),
                layer(array![[0.3], [0.1], [0.4]], array![0.5]),
            ],
        }
    }
}

/// `784-50-100-10 network: 45360 parameters, sigmoid, sigmoid, softmax`.
impl<T: Real> fmt::Display for Network<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes: Vec<String> = self.sizes().iter().map(ToString::to_string).collect();
        let kinds: Vec<&str> = self.layers.iter().map(|layer| layer.activation().name()).collect();
        write!(f, "{} network: {} parameters, {}", sizes.join("-"), self.parameters(), kinds.join(", "))
    }
}

impl<T: Real> CellDisplay for Network<T> {
    fn cell_text(&self) -> Option<String> {
        Some(self.to_string())
    }
}

/// The index of the largest value, the first of equals; NaN counts as the largest, as in NumPy's `argmax`.
pub(crate) fn largest<T: Real>(values: impl Iterator<Item = T>) -> usize {
    let mut best: Option<(usize, T)> = None;
    for (place, value) in values.enumerate() {
        if best.is_none_or(|(_, top)| value > top || (value.is_nan() && !top.is_nan())) {
            best = Some((place, value));
        }
    }
    best.map_or(0, |(place, _)| place)
}
