//! Every value between a network's input and its output.
//!
//! It records one forward pass and computes nothing.

use std::fmt;

use ndarray::Array2;

use super::{Activation, Input, Real};
use crate::display::CellDisplay;
use crate::show::{Show, show};

/// What every layer computed: `a` before the activation, `z` after it.
///
/// ```
/// use forward_pass::prelude::*;
/// let trace = Network::chapter().trace(&array![1.0, 1.0, 1.0])?;
/// assert_eq!(trace.layers(), 3);
/// assert_eq!(format!("{:.8}", trace.a(1).unwrap()), "[2.40000000, 1.40000000]");
/// assert_eq!(trace.to_string().lines().last(), Some("y [0.74614674]"));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Trace<A> {
    pub(super) steps: Vec<Step<A>>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step<A> {
    pub(super) activation: Activation,
    pub(super) a: A,
    pub(super) z: A,
}

impl<A> Trace<A> {
    pub(super) fn record<T: Real, X: Input<T, Output = A>>(steps: Vec<(Activation, Array2<T>, Array2<T>)>) -> Self {
        let step = |(activation, a, z)| Step { activation, a: X::output(a), z: X::output(z) };
        Trace { steps: steps.into_iter().map(step).collect() }
    }

    /// The number of layers.
    pub fn layers(&self) -> usize {
        self.steps.len()
    }

    /// The weighted sums of a layer, counted from 1 as in the book's formulas; `None` beyond the last.
    pub fn a(&self, layer: usize) -> Option<&A> {
        self.steps.get(layer.checked_sub(1)?).map(|step| &step.a)
    }

    /// The activated values of a layer, counted from 1; those of the last layer are the output y.
    pub fn z(&self, layer: usize) -> Option<&A> {
        self.steps.get(layer.checked_sub(1)?).map(|step| &step.z)
    }

    /// The activation of a layer, counted from 1.
    pub fn activation(&self, layer: usize) -> Option<Activation> {
        self.steps.get(layer.checked_sub(1)?).map(|step| step.activation)
    }

    /// The output of the network.
    pub fn y(&self) -> &A {
        &self.steps.last().expect("a network has at least one layer").z
    }
}

impl<A: Show> fmt::Display for Trace<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.steps.iter().enumerate() {
            let layer = index + 1;
            let z = if layer == self.steps.len() { "y".to_string() } else { format!("z{layer}") };
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "a{layer} {}\n{z} {}", show(&step.a), show(&step.z))?;
        }
        Ok(())
    }
}

impl<A: Show> CellDisplay for Trace<A> {
    fn cell_text(&self) -> Option<String> {
        Some(self.to_string())
    }
}
