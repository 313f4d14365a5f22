//! The forward pass of a neural network, from a step function to reading handwritten digits, on [`ndarray`]'s types.
//!
//! A network is a sequence of layers. Each layer multiplies its input by a matrix of weights, adds a bias, and applies
//! an activation function to every number; the output of one layer is the input of the next. Here is all of it:
//!
//! ```
//! use forward_pass::prelude::*;
//!
//! let x = array![1.0, 1.0, 1.0];                          // (3,)
//! let w1 = array![[0.3, 0.1], [0.6, 0.1], [0.5, 0.2]];    // (3, 2)
//! let w2 = array![[0.1, 0.1, 0.5], [0.8, 0.3, 0.2]];      // (2, 3)
//! let w3 = array![[0.3], [0.1], [0.4]];                   // (3, 1)
//!
//! let z1 = sigmoid(dot(&x, &w1)? + array![1.0, 1.0]);         // (3,) · (3, 2) -> (2,)
//! let z2 = sigmoid(dot(&z1, &w2)? + array![0.1, 0.4, 0.5]);   // (2,) · (2, 3) -> (3,)
//! let y = sigmoid(dot(&z2, &w3)? + array![0.5]);              // (3,) · (3, 1) -> (1,)
//!
//! assert_eq!(show(&y), "[0.74614674]");
//! assert_eq!(y, Network::chapter().forward(&x)?);
//! # Ok::<(), Error>(())
//! ```
//!
//! # The sections
//!
//! | notebook | functions | figures | test |
//! |---|---|---|---|
//! | `01-step-function` | [`arange`], [`step`], [`show`][s], [`repr`] | [`plot_step`], [`neuron_line`] | `numpy.rs` |
//! | `02-sigmoid` | [`sigmoid`], [`linspace`] | [`plot_sigmoid`] | `numpy.rs` |
//! | `03-relu` | [`relu`], [`identity`] | [`plot_relu`] | `numpy.rs` |
//! | `04-shapes` | [`shape`](shape::shape), [`dot`], [`matmul`] | [`plot_product`] | `numpy.rs` |
//! | `05-three-layer-network` | [`Layer`], [`Network`], [`Trace`] | [`plot_network`], [`plot_regions`] | `network.rs` |
//! | `06-softmax` | [`softmax`][m], [`softmax_naive`] | [`plot_softmax`], [`softmax_at_temperature`] | `numpy.rs` |
//! | `07-digits` | [`Mnist`], [`Digits`], [`one_hot`], [`accuracy`], [`confusion`] | [`plot_digits`] | `mnist.rs` |
//! | `08-mnist` | [`Training`], [`classify_png`] | [`plot_digits`], [`plot_reading`] | `train.rs` |
//!
//! Figures with controls, which a page moves, are in [`moving`]; [`interact`] makes one in a cell.
//!
//! Each section ends with exercises, whose answers [`check`] judges.
//!
//! The notebooks are in `notebooks/en` and `notebooks/ko`, the tests in `tests/it/library`. Every name above is in the
//! [`prelude`]. An argument `x` is a scalar, an array, a view, or a reference to one of these. Element-wise functions
//! never fail; functions that depend on a shape or a file return a [`Result`].
//!
//! # The same digits on every machine
//!
//! `exp`, `ln`, `tanh` and the like come from the `libm` crate, never from the system, and stored outputs show their
//! digits. The version of `libm` is therefore pinned with `=`: an update could change the last bit of a result. A crate
//! that requires a newer `libm` 0.2 cannot be used together with this one, and cargo says so when it resolves.
//!
//! [`ndarray`]: https://docs.rs/ndarray
//! [s]: show::show
//! [m]: softmax::softmax

#[cfg(doc)]
use prelude::*;

// The order matters: a module uses only those above it, and a test checks it.
pub mod error;
mod file;
mod random;
pub mod show;
pub mod display;
pub mod shape;
pub mod warned;
pub mod plot;
pub mod activation;
pub mod softmax;
mod simd;
pub mod network;
pub mod mnist;
pub mod train;
pub mod reading;
pub mod moving;
pub mod exercise;
mod korean;

/// Everything that a notebook cell needs: `use forward_pass::prelude::*;`.
pub mod prelude {
    pub use crate::activation::{gelu, identity, leaky_relu, relu, sigmoid, silu, softplus, step, tanh};
    pub use crate::activation::{plot_relu, plot_sigmoid, plot_step};
    pub use crate::display::CellDisplay;
    pub use crate::display::live::{Gauge, clear_output, display_as};
    pub use crate::error::{Error, ErrorKind, Result};
    pub use crate::exercise::check;
    pub use crate::mnist::{Batch, Batches, Digits, Mnist, accuracy, confusion, one_hot, plot_digits};
    pub use crate::moving::chapter::{neuron_line, softmax_at_temperature};
    pub use crate::moving::{choice, film, interact, slider, switch};
    pub use crate::network::{Activation, Layer, Network, Trace, plot_network, plot_regions};
    pub use crate::plot::{Figure, bar, barh, hist, imshow, plot, plot_product, scatter, subplots};
    pub use crate::reading::{
        Reading, classify_drawing, classify_png, plot_reading, read_drawing, read_image, read_png,
    };
    pub use crate::shape::{
        All, Shape, arange, argmax, dot, keepdims, linspace, matmul, max, mean, reshape, shape, sum,
    };
    pub use crate::shape::{add, ones, zeros};
    pub use crate::show::{FloatMode, PrintOptions, Show, Sign, repr, show};
    pub use crate::softmax::{
        log_softmax, log_softmax_axis, logsumexp, plot_softmax, softmax, softmax_axis, softmax_naive,
    };
    pub use crate::train::{History, Progress, Training};
    pub use crate::warned::{self, Warned, Warning};
    pub use ndarray::{
        Array, Array0, Array1, Array2, Array3, ArrayD, ArrayView1, ArrayView2, ArrayViewD, Axis, array, s,
    };

    /// The same names; the chapter's words in figures are Korean: `use forward_pass::prelude::ko::*;`.
    ///
    /// ```
    /// use forward_pass::prelude::ko::*;
    /// assert!(plot_sigmoid().to_svg().contains("aria-label=\"시그모이드\""));
    /// ```
    pub mod ko {
        pub use super::*;
        pub use crate::korean::{
            bar, barh, check, hist, imshow, neuron_line, page, plot, plot_digits, plot_network, plot_reading,
            plot_regions, plot_relu, plot_sigmoid, plot_softmax, plot_step, scatter, softmax_at_temperature, subplots,
        };
    }
}
