//! Turning gradients into steps: plain descent, momentum, Adam.
//!
//! The gradients come from `gradient`.

use super::Rule;
use super::gradient::Slope;
use crate::network::Network;
use crate::simd::elementwise::each_width;

/// The state that a rule keeps between steps, in the shapes of the network.
pub(super) struct Memory {
    layers: Vec<[Track; 2]>,
    steps: i32,
}

/// For one weight matrix or bias: the running mean of its gradient, and for Adam that of its square.
struct Track {
    mean: Vec<f32>,
    square: Vec<f32>,
}

impl Memory {
    pub(super) fn new(net: &Network, squares: bool) -> Memory {
        let track = |size: usize| Track { mean: vec![0.0; size], square: vec![0.0; if squares { size } else { 0 }] };
        let layers = net.layers().iter().map(|layer| [track(layer.weights().len()), track(layer.outputs())]);
        Memory { layers: layers.collect(), steps: 0 }
    }

    /// One step downhill.
    pub(super) fn apply(&mut self, rule: Rule, net: &mut Network, slopes: &[Slope]) {
        self.steps = self.steps.saturating_add(1);
        for ((layer, tracks), slope) in net.layers_mut().iter_mut().zip(&mut self.layers).zip(slopes) {
            let [of_weights, of_bias] = tracks;
            layer.change(|weights, bias| {
                of_weights.apply(rule, self.steps, weights, &slope.weights);
                of_bias.apply(rule, self.steps, bias, &slope.bias);
            });
        }
    }
}

impl Track {
    fn apply(&mut self, rule: Rule, steps: i32, values: &mut [f32], slopes: &[f32]) {
        match rule {
            Rule::Sgd { rate, momentum } => {
                descend(values, &mut self.mean, slopes, rate as f32, momentum as f32);
            }
            Rule::Adam { rate } => {
                // Both means start at 0 and are too small at first; this corrects for it.
                let (first, second) = (1.0 - power(MEAN, steps), 1.0 - power(SQUARE, steps));
                let (rate, small) = (rate * libm::sqrt(second) / first, SMALL * libm::sqrt(second));
                adapt(values, &mut self.mean, &mut self.square, slopes, rate as f32, small as f32);
            }
        }
    }
}

const MEAN: f64 = 0.9;
const SQUARE: f64 = 0.999;
const SMALL: f64 = 1e-8;

fn power(base: f64, steps: i32) -> f64 {
    libm::pow(base, f64::from(steps))
}

each_width! {
    /// v = momentum * v - rate * dw;  w += v
    fn descend(w: &mut [f32], v: &mut [f32], dw: &[f32], rate: f32, momentum: f32) {
        for ((w, v), dw) in w.iter_mut().zip(v.iter_mut()).zip(dw) {
            *v = momentum * *v - rate * dw;
            *w += *v;
        }
    }
}

each_width! {
    /// m = 0.9 m + 0.1 dw;  s = 0.999 s + 0.001 dw^2;  w -= rate * m / (sqrt(s) + small)
    fn adapt(w: &mut [f32], m: &mut [f32], s: &mut [f32], dw: &[f32], rate: f32, small: f32) {
        for (((w, m), s), dw) in w.iter_mut().zip(m.iter_mut()).zip(s.iter_mut()).zip(dw) {
            *m += (1.0 - MEAN as f32) * (dw - *m);
            *s += (1.0 - SQUARE as f32) * (dw * dw - *s);
            *w -= rate * *m / (s.sqrt() + small);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn momentum_carries_the_last_step_on() {
        let (mut w, mut v) = ([1.0], [0.0]);
        descend(&mut w, &mut v, &[1.0], 0.5, 0.5);
        assert_eq!((w, v), ([0.5], [-0.5]));
        descend(&mut w, &mut v, &[0.0], 0.5, 0.5);
        assert_eq!((w, v), ([0.25], [-0.25]));
    }

    #[test]
    fn the_first_step_of_adam_is_as_long_as_its_rate() {
        for slope in [1e-3, 1.0, 1e3] {
            let mut track = Track { mean: vec![0.0], square: vec![0.0] };
            let mut w = [1.0];
            track.apply(Rule::Adam { rate: 0.1 }, 1, &mut w, &[slope]);
            assert!((w[0] - 0.9).abs() < 1e-4, "{slope}: {}", w[0]);
        }
    }
}
