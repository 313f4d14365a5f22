//! One layer: a weighted sum, a bias, an activation.
//!
//! A layer does not know its neighbours; [`Network`](super::Network) does.

use std::fmt;

use ndarray::{Array1, Array2, ArrayBase, ArrayView2, Axis, CowArray, Data, Ix1, Ix2};

use super::{Activation, Real};
use crate::display::CellDisplay;
use crate::error::{Error, ErrorKind, Result};
use crate::shape::{Shape, shape};
use crate::simd::product::{Across, Next, Whole, add_product_shared};

const ONE_BLOCK: &str = "`new` makes it contiguous";

/// Weights, bias and activation: z = h(x · W + b).
///
/// A weight matrix has a row for each input and a column for each output.
///
/// ```
/// use forward_pass::prelude::*;
/// // (1, 2) · (2, 3) + (3,) -> (1, 3)
/// let layer = Layer::new(array![[0.1, 0.2, 0.3], [0.5, 0.6, 0.3]], array![1.0, 1.0, 1.0], Activation::Sigmoid)?;
/// let z = layer.forward(&array![[1.0, 2.0]])?;
/// assert_eq!(format!("{z:.8}"), "[[0.89090318, 0.91682730, 0.86989153]]");
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Layer<T = f32> {
    weights: Array2<T>,
    bias: Array1<T>,
    activation: Activation,
    /// Whether the product may skip zeros; updated with the weights.
    finite: bool,
}

/// The input of a layer or a network: one input (1-D) or a batch with one input per row (2-D).
///
/// The output has the same number of dimensions as the input.
pub trait Input<T> {
    /// The owned array of the same dimension.
    type Output;
    /// The class of one input (`u8`), or of each (`Array1<u8>`).
    type Class;
    /// The rows as they are, or a copy if they are not contiguous in memory.
    #[doc(hidden)]
    fn to_rows(&self) -> CowArray<'_, T, Ix2>;
    /// The number of values of one input.
    #[doc(hidden)]
    fn width(&self) -> usize;
    #[doc(hidden)]
    fn own_shape(&self) -> Shape;
    #[doc(hidden)]
    fn output(rows: Array2<T>) -> Self::Output;
    #[doc(hidden)]
    fn class(classes: Vec<u8>) -> Self::Class;
}

impl<T: Real, S: Data<Elem = T>> Input<T> for ArrayBase<S, Ix1> {
    type Output = Array1<T>;
    type Class = u8;

    fn to_rows(&self) -> CowArray<'_, T, Ix2> {
        one_block(self.view().insert_axis(Axis(0)))
    }

    fn width(&self) -> usize {
        self.len()
    }

    fn own_shape(&self) -> Shape {
        shape(self)
    }

    fn output(rows: Array2<T>) -> Array1<T> {
        rows.into_iter().collect()
    }

    fn class(classes: Vec<u8>) -> u8 {
        classes.first().copied().unwrap_or(0)
    }
}

impl<T: Real, S: Data<Elem = T>> Input<T> for ArrayBase<S, Ix2> {
    type Output = Array2<T>;
    type Class = Array1<u8>;

    fn to_rows(&self) -> CowArray<'_, T, Ix2> {
        one_block(self.view())
    }

    fn width(&self) -> usize {
        self.ncols()
    }

    fn own_shape(&self) -> Shape {
        shape(self)
    }

    fn output(rows: Array2<T>) -> Array2<T> {
        rows
    }

    fn class(classes: Vec<u8>) -> Array1<u8> {
        Array1::from_vec(classes)
    }
}

fn one_block<T: Real>(rows: ArrayView2<'_, T>) -> CowArray<'_, T, Ix2> {
    if rows.is_standard_layout() {
        CowArray::from(rows)
    } else {
        CowArray::from(rows.as_standard_layout().into_owned())
    }
}

impl<T: Real> Layer<T> {
    /// A layer from its weights (inputs, outputs), its bias (outputs,) and its activation.
    ///
    /// # Errors
    /// When the length of the bias is not the number of columns of the weights, or a dimension is 0.
    pub fn new(weights: Array2<T>, bias: Array1<T>, activation: Activation) -> Result<Self> {
        let (inputs, outputs) = weights.dim();
        let (weights_shape, bias_shape) = (shape(&weights), shape(&bias));
        if inputs == 0 || outputs == 0 {
            let message = format!("a layer cannot have weights of shape {weights_shape}");
            return Err(Error::new(ErrorKind::Shape, message, "give it at least one input and one output"));
        }
        if bias.len() != outputs {
            let message =
                format!("weights of shape {weights_shape} need a bias of shape ({outputs},), not {bias_shape}");
            let help = "a weight matrix has one row for each input and one column for each output";
            return Err(Error::new(ErrorKind::Shape, message, help));
        }
        let weights = if weights.is_standard_layout() { weights } else { weights.as_standard_layout().into_owned() };
        let bias = if bias.is_standard_layout() { bias } else { bias.as_standard_layout().into_owned() };
        let finite = T::zeros_can_be_left_out(weights.as_slice().expect(ONE_BLOCK));
        Ok(Layer { weights, bias, activation, finite })
    }

    /// W, (inputs, outputs).
    pub fn weights(&self) -> &Array2<T> {
        &self.weights
    }

    /// b, (outputs,).
    pub fn bias(&self) -> &Array1<T> {
        &self.bias
    }

    /// h.
    pub fn activation(&self) -> Activation {
        self.activation
    }

    /// The number of inputs, the rows of W.
    pub fn inputs(&self) -> usize {
        self.weights.nrows()
    }

    /// The number of outputs, the columns of W.
    pub fn outputs(&self) -> usize {
        self.weights.ncols()
    }

    /// a = x · W + b: the weighted sums, before the activation.
    ///
    /// # Errors
    /// When the number of values of x is not the number of inputs.
    pub fn weighted<X: Input<T>>(&self, x: &X) -> Result<X::Output> {
        self.check(x)?;
        Ok(X::output(self.weighted_rows(&x.to_rows().view())))
    }

    /// z = h(a).
    ///
    /// The trap of the chapter: the next layer must read z. Passing `a` is no error, and gives
    /// 0.86247495 where the chapter's network gives 0.74614674.
    pub fn activate<X: Input<T>>(&self, a: &X) -> X::Output {
        X::output(self.activated_rows(a.to_rows().into_owned()))
    }

    /// z = h(x · W + b).
    ///
    /// # Errors
    /// When the number of values of x is not the number of inputs.
    pub fn forward<X: Input<T>>(&self, x: &X) -> Result<X::Output> {
        self.check(x)?;
        Ok(X::output(self.activated_rows(self.weighted_rows(&x.to_rows().view()))))
    }

    pub(super) fn check<X: Input<T>>(&self, x: &X) -> Result<()> {
        if x.width() == self.inputs() {
            return Ok(());
        }
        let (x, width) = (x.own_shape(), x.width());
        let (weights, inputs) = (shape(&self.weights), self.inputs());
        let message = format!("cannot feed {x} to weights {weights}: the inner sizes {width} and {inputs} differ");
        let help = format!("each input must have {inputs} values, with the batch along the first axis");
        Err(Error::new(ErrorKind::Shape, message, help))
    }

    /// (n, inputs) · (inputs, outputs) + (outputs,) -> (n, outputs)
    pub(super) fn weighted_rows(&self, x: &ArrayView2<'_, T>) -> Array2<T> {
        let mut a = Array2::zeros((x.nrows(), self.outputs()));
        if let (Some(x), Some(a)) = (x.as_slice(), a.as_slice_mut()) {
            self.weigh_into(x, a);
        }
        a
    }

    pub(super) fn activated_rows(&self, mut a: Array2<T>) -> Array2<T> {
        let row = a.ncols();
        if let Some(a) = a.as_slice_mut() {
            T::activate(self.activation, a, row);
        }
        a
    }

    /// Changes W and b in place; their shapes are fixed.
    pub(crate) fn change(&mut self, change: impl FnOnce(&mut [T], &mut [T])) {
        let weights = self.weights.as_slice_mut().expect(ONE_BLOCK);
        change(weights, self.bias.as_slice_mut().expect(ONE_BLOCK));
        self.finite = T::zeros_can_be_left_out(weights);
    }

    pub(super) fn take_over(&mut self, other: &Self) {
        self.weights.assign(&other.weights);
        self.bias.assign(&other.bias);
        self.finite = other.finite;
    }

    /// The same on slices: rows of `inputs` values to rows of `outputs` values.
    pub(crate) fn weigh_into(&self, x: &[T], a: &mut [T]) {
        let shape = self.start(a);
        T::add_product(x, self.weights.as_slice().expect(ONE_BLOCK), self.finite, a, shape);
    }

    /// Fills the sums with the bias, and returns (n, inputs, outputs).
    fn start(&self, a: &mut [T]) -> [usize; 3] {
        let bias = self.bias.as_slice().expect(ONE_BLOCK);
        for row in a.chunks_exact_mut(self.outputs()) {
            row.copy_from_slice(bias);
        }
        [a.len() / self.outputs(), self.inputs(), self.outputs()]
    }

    pub(crate) fn activate_in_place(&self, a: &mut [T]) {
        T::activate(self.activation, a, self.outputs());
    }
}

impl Layer<f32> {
    /// [`weigh_into`](Layer::weigh_into), split among threads where that pays, while prefetching the rows of `next`.
    pub(crate) fn weigh_shared(&self, x: &[f32], a: &mut [f32], threads: usize, next: Next<'_>) {
        let shape = self.start(a);
        let weights = Whole { values: self.weights.as_slice().expect(ONE_BLOCK), finite: self.finite };
        add_product_shared(Across { next, ..Across::rows(x, self.inputs()) }, weights, a, shape, threads);
    }
}

/// `(2, 3) sigmoid`: the shape of the weights and the activation.
impl<T: Real> fmt::Display for Layer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", shape(&self.weights), self.activation)
    }
}

impl<T: Real> CellDisplay for Layer<T> {
    fn cell_text(&self) -> Option<String> {
        Some(self.to_string())
    }
}
