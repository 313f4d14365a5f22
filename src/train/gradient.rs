//! Backpropagation: the gradient of the loss of a batch with respect to every weight.
//!
//! It does not change weights. Buffers are allocated once; a step allocates nothing.

use ndarray::{Array1, Array2};

use crate::error::{Error, ErrorKind, Result};
use crate::mnist::Digits;
use crate::network::{Activation, Layer, Network, largest};
use crate::simd::elementwise::{each_width, softmax};
use crate::simd::product::{Across, Next, Whole, add_product_shared};

/// The derivative of the loss with respect to every weight and bias, layer by layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradient {
    /// The loss itself, the mean over the batch.
    pub loss: f64,
    /// One for each weight, shaped as W.
    pub weights: Vec<Array2<f32>>,
    /// One for each bias, shaped as b.
    pub bias: Vec<Array1<f32>>,
}

/// The gradient of a network on some digits, as one batch.
///
/// ```
/// use forward_pass::prelude::*;
/// use forward_pass::train::gradient;
/// let digits = Mnist::drawn(10, 0, 1).train;
/// let net = Network::untrained(&[784, 5, 10], 1)?;
/// let slopes = gradient(&net, &digits)?;
/// assert_eq!(slopes.weights[0].dim(), (784, 5));
/// assert!(slopes.loss > 1.0); // -ln(1/10) is 2.3
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// When the network and the digits do not fit together, or there are no digits.
pub fn gradient(net: &Network, digits: &Digits) -> Result<Gradient> {
    super::check_fit(net, digits)?;
    if digits.is_empty() {
        let help = "give it at least one: `digits.first(100)`";
        return Err(Error::new(ErrorKind::Value, "a gradient of 0 digits", help));
    }
    let places: Vec<usize> = (0..digits.len()).collect();
    let mut work = Workspace::new(net, digits.len(), 1);
    let outcome = work.learn_from(net, digits, &places, &[]);
    let shaped = |(slope, layer): (&Slope, &Layer)| {
        let weights = Array2::from_shape_vec(layer.weights().dim(), slope.weights.clone());
        (weights.expect("made for this layer"), Array1::from(slope.bias.clone()))
    };
    let (weights, bias) = work.slopes.iter().zip(net.layers()).map(shaped).unzip();
    Ok(Gradient { loss: outcome.loss, weights, bias })
}

/// The slopes of one layer.
pub(super) struct Slope {
    pub(super) weights: Vec<f32>,
    pub(super) bias: Vec<f32>,
}

/// The loss and the right answers of one batch.
pub(super) struct Outcome {
    pub(super) loss: f64,
    pub(super) right: usize,
    pub(super) images: usize,
}

/// All buffers of a training run.
pub(super) struct Workspace {
    x: Vec<f32>,      // (batch, 784)
    z: Vec<Vec<f32>>, // (batch, outputs) of each layer
    d: Vec<Vec<f32>>, // the same shapes: how far every sum is off
    turned: Vec<f32>, // the transpose of one weight matrix
    slopes: Vec<Slope>,
    threads: usize,
}

impl Workspace {
    pub(super) fn new(net: &Network, batch: usize, threads: usize) -> Workspace {
        let layers = net.layers();
        let outputs = || layers.iter().map(|layer| vec![0.0; batch * layer.outputs()]).collect();
        let slope =
            |layer: &Layer| Slope { weights: vec![0.0; layer.weights().len()], bias: vec![0.0; layer.outputs()] };
        let widest = layers[1..].iter().map(|layer| layer.weights().len()).max().unwrap_or(0);
        Workspace {
            x: vec![0.0; batch * layers[0].inputs()],
            z: outputs(),
            d: outputs(),
            turned: vec![0.0; widest],
            slopes: layers.iter().map(slope).collect(),
            threads,
        }
    }

    pub(super) fn gradient(&self) -> &[Slope] {
        &self.slopes
    }

    /// Forward, loss, backward, for the images at these indices (at most the batch size of `new`). The images of the
    /// `next` batch are scattered in memory, and prefetched meanwhile.
    pub(super) fn learn_from(&mut self, net: &Network, digits: &Digits, places: &[usize], next: &[usize]) -> Outcome {
        let width = digits.images.ncols();
        for (row, &place) in self.x.chunks_exact_mut(width).zip(places) {
            match digits.images.row(place).as_slice() {
                Some(image) => row.copy_from_slice(image),
                None => row.iter_mut().zip(digits.images.row(place)).for_each(|(to, from)| *to = *from),
            }
        }
        let next = digits.images.as_slice().map_or(Next::Nothing, |images| Next::Picked(images, next));
        self.forward(net.layers(), places.len(), next);
        let outcome = self.judge(digits, places);
        self.backward(net.layers(), places.len());
        outcome
    }

    fn forward(&mut self, layers: &[Layer], rows: usize, next: Next<'_>) {
        for (k, layer) in layers.iter().enumerate() {
            let (before, here) = self.z.split_at_mut(k);
            let from = before.last().unwrap_or(&self.x);
            let to = &mut here[0][..rows * layer.outputs()];
            let next = if k == 0 { next } else { Next::Nothing };
            layer.weigh_shared(&from[..rows * layer.inputs()], to, self.threads, next);
            if k + 1 < layers.len() {
                layer.activate_in_place(to);
            }
        }
    }

    /// Softmax, cross-entropy, and d of the last layer: (p - one_hot) / n.
    fn judge(&mut self, digits: &Digits, places: &[usize]) -> Outcome {
        let (Some(sums), Some(off)) = (self.z.last_mut(), self.d.last_mut()) else {
            return Outcome { loss: 0.0, right: 0, images: 0 };
        };
        let (rows, mut loss, mut right) = (places.len(), 0.0, 0);
        let classes = sums.len() / (self.x.len() / digits.images.ncols());
        let (sums, off) = (&sums[..rows * classes], &mut off[..rows * classes]);
        off.copy_from_slice(sums);
        softmax(off, classes);
        let rows_of = sums.chunks_exact(classes).zip(off.chunks_exact_mut(classes));
        for ((sums, p), &place) in rows_of.zip(places) {
            let label = usize::from(digits.labels[place]);
            right += usize::from(largest(sums.iter().copied()) == label);
            loss += surprise(sums, p[label], label);
            p[label] -= 1.0;
        }
        scale(off, 1.0 / rows as f32);
        Outcome { loss: loss / rows as f64, right, images: rows }
    }

    fn backward(&mut self, layers: &[Layer], rows: usize) {
        for (k, layer) in layers.iter().enumerate().rev() {
            let (inputs, outputs) = (layer.inputs(), layer.outputs());
            let (before, here) = self.d.split_at_mut(k);
            let d = &here[0][..rows * outputs];
            let z = if k == 0 { &self.x } else { &self.z[k - 1] };
            let z = &z[..rows * inputs];
            let slope = &mut self.slopes[k];
            slope.weights.fill(0.0);
            // (inputs, n) · (n, outputs)
            add_product_shared(
                Across::columns(z, inputs),
                Whole::looked_at(d),
                &mut slope.weights,
                [inputs, rows, outputs],
                self.threads,
            );
            sum_rows(d, &mut slope.bias);
            if let Some(back) = before.last_mut() {
                let back = &mut back[..rows * inputs];
                back.fill(0.0);
                let turned = &mut self.turned[..inputs * outputs];
                transpose(layer.weights().as_slice().unwrap_or(&[]), turned, outputs);
                // (n, outputs) · (outputs, inputs)
                add_product_shared(
                    Across::rows(d, outputs),
                    Whole { values: turned, finite: false },
                    back,
                    [rows, outputs, inputs],
                    self.threads,
                );
                times_slope(layers[k - 1].activation(), z, back);
            }
        }
    }
}

fn transpose(from: &[f32], to: &mut [f32], columns: usize) {
    let rows = from.len() / columns;
    for (r, row) in from.chunks_exact(columns).enumerate() {
        for (c, value) in row.iter().enumerate() {
            to[c * rows + r] = *value;
        }
    }
}

/// d *= h'(a), written with z = h(a).
fn times_slope(kind: Activation, z: &[f32], d: &mut [f32]) {
    match kind {
        Activation::Sigmoid => times_sigmoid_slope(z, d),
        Activation::Tanh => times_tanh_slope(z, d),
        Activation::Relu => times_relu_slope(z, d),
        // The check before training leaves only the identity, whose derivative is 1.
        Activation::Identity | Activation::Step | Activation::Softmax => {}
    }
}

each_width! {
    /// h' = z (1 - z)
    fn times_sigmoid_slope(z: &[f32], d: &mut [f32]) {
        for (d, z) in d.iter_mut().zip(z) {
            *d *= z * (1.0 - z);
        }
    }
}

each_width! {
    /// h' = 1 - z^2
    fn times_tanh_slope(z: &[f32], d: &mut [f32]) {
        for (d, z) in d.iter_mut().zip(z) {
            *d *= 1.0 - z * z;
        }
    }
}

each_width! {
    /// h' = 1 where a > 0, otherwise 0
    fn times_relu_slope(z: &[f32], d: &mut [f32]) {
        for (d, z) in d.iter_mut().zip(z) {
            *d = if *z > 0.0 { *d } else { 0.0 };
        }
    }
}

each_width! {
    fn scale(values: &mut [f32], factor: f32) {
        for value in values {
            *value *= factor;
        }
    }
}

each_width! {
    fn sum_rows(rows: &[f32], sums: &mut [f32]) {
        sums.fill(0.0);
        for row in rows.chunks_exact(sums.len()) {
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum += value;
            }
        }
    }
}

/// -ln p[label]; computed from the sums where p underflows, so that it stays finite.
fn surprise(sums: &[f32], p: f32, label: usize) -> f64 {
    if p > 1e-30 || p.is_nan() {
        return -libm::log(f64::from(p));
    }
    let largest = sums.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let total: f64 = sums.iter().map(|a| libm::exp(f64::from(a - largest))).sum();
    f64::from(largest) + libm::log(total) - f64::from(sums[label])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certain_and_wrong_answer_costs_its_distance() {
        let sums = [200.0, 0.0, -300.0];
        assert_eq!(surprise(&sums, 1.0, 0), 0.0);
        assert_eq!(surprise(&sums, 0.0, 1), 200.0);
        assert_eq!(surprise(&sums, 0.0, 2), 500.0);
        assert!((surprise(&[0.0, 0.0], 0.5, 1) - std::f64::consts::LN_2).abs() < 1e-12);
        assert!(surprise(&[f32::NAN, 0.0], f32::NAN, 1).is_nan());
    }

    #[test]
    fn nothing_has_no_gradient() {
        let net = Network::untrained(&[784, 10], 1).unwrap();
        let error = gradient(&net, &crate::mnist::Mnist::drawn(1, 0, 1).train.first(0)).unwrap_err().to_string();
        assert_eq!(error, "a gradient of 0 digits\nhelp: give it at least one: `digits.first(100)`");
    }

    #[test]
    fn a_matrix_turns() {
        let mut turned = [0.0; 6];
        transpose(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &mut turned, 3);
        assert_eq!(turned, [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
    }
}
