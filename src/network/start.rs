//! Initial weights: random, because equal weights would all learn the same thing.
//!
//! Their spread depends on the activation that follows; a wrong spread makes learning slow, not wrong.

use ndarray::{Array1, Array2};

use super::{Activation, Layer, Network};
use crate::error::{Error, ErrorKind, Result};
use crate::random::Random;

impl Network<f32> {
    /// An untrained network: normal weights of deviation sqrt(1 / inputs), biases 0, sigmoid in the hidden layers and
    /// softmax at the end. It guesses: about one in ten digits is right.
    ///
    /// ```
    /// use forward_pass::prelude::*;
    /// let net = Network::untrained(&[784, 50, 100, 10], 1)?;
    /// assert_eq!(net.sizes(), [784, 50, 100, 10]);
    /// assert_eq!(net.parameters(), 45_360);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// When there are fewer than two sizes, or one is 0.
    pub fn untrained(sizes: &[usize], seed: u64) -> Result<Network<f32>> {
        random(sizes, Activation::Sigmoid, seed, |inputs, _| 1.0 / inputs)
    }

    /// For relu (He, Zhang, Ren and Sun, 2015): deviation sqrt(2 / inputs), because relu silences half of its inputs.
    ///
    /// ```
    /// use forward_pass::prelude::*;
    /// let net = Network::he(&[784, 50, 10], 1)?;
    /// assert_eq!(net.to_string(), "784-50-10 network: 39760 parameters, relu, softmax");
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`untrained`](Network::untrained).
    pub fn he(sizes: &[usize], seed: u64) -> Result<Network<f32>> {
        random(sizes, Activation::Relu, seed, |inputs, _| 2.0 / inputs)
    }

    /// For tanh (Glorot and Bengio, 2010; named after Xavier Glorot): deviation sqrt(2 / (inputs + outputs)), which
    /// keeps the spread of the values on the way forward and that of the slopes on the way back.
    ///
    /// # Errors
    /// As [`untrained`](Network::untrained).
    pub fn xavier(sizes: &[usize], seed: u64) -> Result<Network<f32>> {
        random(sizes, Activation::Tanh, seed, |inputs, outputs| 2.0 / (inputs + outputs))
    }
}

fn random(sizes: &[usize], hidden: Activation, seed: u64, variance: fn(f64, f64) -> f64) -> Result<Network<f32>> {
    if sizes.len() < 2 {
        let message = format!("a network needs at least 2 sizes, inputs and outputs, not {}", sizes.len());
        return Err(Error::new(ErrorKind::Value, message, "for digits: `&[784, 50, 100, 10]`"));
    }
    let mut random = Random::new(seed, 1);
    let last = sizes.len() - 2;
    let layer = |(index, pair): (usize, &[usize])| {
        let (inputs, outputs) = (pair[0], pair[1]);
        let deviation = libm::sqrt(variance(inputs as f64, outputs as f64));
        let weights = Array2::from_shape_simple_fn((inputs, outputs), || (random.normal() * deviation) as f32);
        Layer::new(weights, Array1::zeros(outputs), if index == last { Activation::Softmax } else { hidden })
    };
    Network::new(sizes.windows(2).enumerate().map(layer).collect::<Result<_>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deviation(net: &Network) -> f64 {
        let weights = net.layers()[0].weights();
        let squares: f64 = weights.iter().map(|&w| f64::from(w) * f64::from(w)).sum();
        libm::sqrt(squares / weights.len() as f64)
    }

    #[test]
    fn the_weights_lie_as_far_from_0_as_the_formula_says() {
        let sizes = [784, 50, 10];
        let near = |net: Result<Network>, wanted: f64| {
            let found = deviation(&net.unwrap());
            assert!((found / wanted - 1.0).abs() < 0.02, "{found} {wanted}");
        };
        near(Network::untrained(&sizes, 1), 0.035_714);
        near(Network::he(&sizes, 1), 0.050_508);
        near(Network::xavier(&sizes, 1), 0.048_971);
    }
}
