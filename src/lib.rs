//! The forward pass of a neural network, from a step function to reading handwritten digits, on [`ndarray`]'s own types.
//!
//! A network is a row of layers. Each one multiplies its input by a matrix of weights, adds a bias, and sends every number
//! through an activation function; the output of one layer is the input of the next. That is all of it, and here it is:
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
//! | section | functions | figure | notebook | test |
//! |---|---|---|---|---|
//! | 1 Step function | [`arange`], [`step`], [`show`](show::show), [`repr`] | [`plot_step`] | `notebooks/en/01-step-function.ipynb` | `tests/it/library/numpy.rs` |
//! | 2 Sigmoid | [`sigmoid`], [`linspace`] | [`plot_sigmoid`] | `notebooks/en/02-sigmoid.ipynb` | `tests/it/library/numpy.rs` |
//! | 3 ReLU | [`relu`], [`identity`] | [`plot_relu`] | `notebooks/en/03-relu.ipynb` | `tests/it/library/numpy.rs` |
//! | 4 Shapes | [`shape`](shape::shape), [`dot`], [`matmul`] | | `notebooks/en/04-shapes.ipynb` | `tests/it/library/numpy.rs` |
//! | 5 A three-layer network | [`Layer`], [`Network`], [`Trace`] | [`plot_network`] | `notebooks/en/05-three-layer-network.ipynb` | `tests/it/library/network.rs` |
//! | 6 Softmax | [`softmax`](softmax::softmax), [`softmax_naive`], [`Warned`] | [`plot_softmax`] | `notebooks/en/06-softmax.ipynb` | `tests/it/library/numpy.rs` |
//! | 7 Digits | [`Mnist`], [`Digits`], [`one_hot`], [`accuracy`], [`confusion`] | [`plot_digits`] | `notebooks/en/07-digits.ipynb` | `tests/it/library/mnist.rs` |
//! | 8 MNIST | [`Training`], [`classify_png`] | [`plot_digits`], [`plot_reading`] | `notebooks/en/08-mnist.ipynb` | `tests/it/library/train.rs` |
//!
//! Every name above is in the [`prelude`]. What a function takes as "x" is a scalar, an array, a view, or a reference to one.
//! Functions that only look at one number at a time never fail; those that depend on a shape or a file return a [`Result`].
//!
//! [`ndarray`]: https://docs.rs/ndarray

#[cfg(doc)]
use prelude::*;

// In this order, because a module uses only those above it.
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

/// Everything a cell needs: `use forward_pass::prelude::*;`.
pub mod prelude {
    pub use crate::activation::{
        gelu, identity, leaky_relu, plot_relu, plot_sigmoid, plot_step, relu, sigmoid, silu, softplus, step, tanh,
    };
    pub use crate::display::CellDisplay;
    pub use crate::display::live::{Gauge, clear_output, display_as};
    pub use crate::error::{Error, ErrorKind, Result};
    pub use crate::mnist::{Batch, Batches, Digits, Mnist, accuracy, confusion, one_hot, plot_digits};
    pub use crate::network::{Activation, Layer, Network, Trace, plot_network};
    pub use crate::plot::{Figure, bar, hist, imshow, plot, scatter, subplots};
    pub use crate::reading::{Reading, classify_drawing, classify_png, plot_reading, read_drawing, read_png};
    pub use crate::shape::{
        All, Shape, add, arange, argmax, dot, keepdims, linspace, matmul, max, mean, ones, reshape, shape, sum, zeros,
    };
    pub use crate::show::{FloatMode, PrintOptions, Show, Sign, repr, show};
    pub use crate::softmax::{
        log_softmax, log_softmax_axis, logsumexp, plot_softmax, softmax, softmax_axis, softmax_naive,
    };
    pub use crate::train::{History, Progress, Training};
    pub use crate::warned::{self, Warned, Warning};
    pub use ndarray::{
        Array, Array0, Array1, Array2, Array3, ArrayD, ArrayView1, ArrayView2, ArrayViewD, Axis, array, s,
    };
}
