//! The two number types that a network computes in, f32 and f64, and their loops.
//!
//! The loops are not generic, so that they are compiled once, optimised, with this crate, and not in every cell.

use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2, LinalgScalar};

use super::Activation;
use crate::show::Show;
use crate::simd::elementwise;
use crate::simd::product::{self, Across, Whole, add_product};

/// `f32` or `f64`.
pub trait Real: LinalgScalar + PartialOrd + Show + Send + Sync + sealed::Sealed {
    /// Whether 0 times any of these weights is 0, and `add_product` takes advantage of it.
    #[doc(hidden)]
    fn zeros_can_be_left_out(weights: &[Self]) -> bool;
    /// c (rows, columns) += x (rows, inner) · weights (inner, columns); `finite` comes from `zeros_can_be_left_out`.
    #[doc(hidden)]
    fn add_product(x: &[Self], weights: &[Self], finite: bool, c: &mut [Self], shape: [usize; 3]);
    #[doc(hidden)]
    fn activate(kind: Activation, values: &mut [Self], row: usize);
    #[doc(hidden)]
    fn is_finite(self) -> bool;
    #[doc(hidden)]
    fn is_nan(self) -> bool;
    #[doc(hidden)]
    fn from_f64(value: f64) -> Self;
    #[doc(hidden)]
    fn to_f64(self) -> f64;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

macro_rules! numbers {
    ($type:ident) => {
        fn is_finite(self) -> bool {
            self.is_finite()
        }

        fn is_nan(self) -> bool {
            self.is_nan()
        }

        fn from_f64(value: f64) -> Self {
            value as $type
        }

        fn to_f64(self) -> f64 {
            self as f64
        }
    };
}

impl Real for f32 {
    fn zeros_can_be_left_out(weights: &[f32]) -> bool {
        product::zeros_can_be_left_out(weights)
    }

    fn add_product(x: &[f32], weights: &[f32], finite: bool, c: &mut [f32], shape: [usize; 3]) {
        add_product(Across::rows(x, shape[1]), Whole { values: weights, finite }, c, shape);
    }

    fn activate(kind: Activation, values: &mut [f32], row: usize) {
        match kind {
            Activation::Step => values.iter_mut().for_each(|a| *a = if *a > 0.0 { 1.0 } else { 0.0 }),
            Activation::Sigmoid => elementwise::sigmoid(values),
            Activation::Relu => elementwise::relu(values),
            Activation::Tanh => values.iter_mut().for_each(|a| *a = libm::tanhf(*a)),
            Activation::Identity => {}
            Activation::Softmax => elementwise::softmax(values, row),
        }
    }

    numbers!(f32);
}

impl Real for f64 {
    fn zeros_can_be_left_out(_: &[f64]) -> bool {
        false
    }

    fn add_product(x: &[f64], weights: &[f64], _: bool, c: &mut [f64], [rows, inner, columns]: [usize; 3]) {
        let shapes = "the layer checked them";
        let x = ArrayView2::from_shape((rows, inner), x).expect(shapes);
        let weights = ArrayView2::from_shape((inner, columns), weights).expect(shapes);
        let mut c = ArrayViewMut2::from_shape((rows, columns), c).expect(shapes);
        general_mat_mul(1.0, &x, &weights, 1.0, &mut c);
    }

    fn activate(kind: Activation, values: &mut [f64], row: usize) {
        match kind {
            Activation::Step => values.iter_mut().for_each(|a| *a = if *a > 0.0 { 1.0 } else { 0.0 }),
            Activation::Sigmoid => values.iter_mut().for_each(|a| *a = 1.0 / (1.0 + libm::exp(-*a))),
            Activation::Relu => values.iter_mut().for_each(|a| *a = if *a < 0.0 { 0.0 } else { *a }),
            Activation::Tanh => values.iter_mut().for_each(|a| *a = libm::tanh(*a)),
            Activation::Identity => {}
            Activation::Softmax => values.chunks_mut(row.max(1)).for_each(softmax),
        }
    }

    numbers!(f64);
}

fn softmax(row: &mut [f64]) {
    let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    row.iter_mut().for_each(|a| *a = libm::exp(*a - largest));
    let sum: f64 = row.iter().sum();
    row.iter_mut().for_each(|a| *a /= sum);
}
