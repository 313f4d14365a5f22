//! Softmax: scores into shares that sum to 1.
//!
//! It works along the last axis only as far as the chapter goes; each row is on its own.

mod figure;

use ndarray::{Array, ArrayBase, ArrayD, ArrayViewD, Axis, Data, Dimension};

use num_traits::Float as _;

pub use self::figure::plot_softmax;
use crate::shape::Float;
use crate::warned::{Trouble, Warned, Warning};

/// The shares of each row: `e^x` over the sum of the row's `e^x`.
///
/// ```text
/// softmax(x)_k = e^(x_k - max x) / sum_i e^(x_i - max x)
/// ```
///
/// ```
/// use forward_pass::prelude::*;
///
/// assert_eq!(show(&softmax(&array![1.0, 2.0, 3.0])), "[0.09003057 0.24472847 0.66524096]");
/// assert_eq!(show(&softmax(&array![1000.0, 1001.0, 2000.0])), "[0. 0. 1.]");
/// ```
///
/// The maximum is subtracted because it cancels on paper and keeps `e^x` from overflowing in the machine. The trap:
/// one maximum for a whole batch, or a sum over the batch, mixes the rows; here each row has its own.
pub fn softmax<S: Data<Elem: Float>, D: Dimension>(x: &ArrayBase<S, D>) -> Array<S::Elem, D> {
    let shares = rows(x.view().into_dyn(), stable_row);
    shares.into_dimensionality().expect("softmax keeps every axis")
}

/// Softmax as it is written first, without subtracting the maximum: right on paper, NaN from x = 710 on.
///
/// The result carries what NumPy would warn of.
///
/// ```
/// use forward_pass::prelude::*;
///
/// let y = softmax_naive(&array![1000.0, 1001.0, 2000.0]);
/// assert_eq!(show(&y), "[nan nan nan]");
/// assert_eq!(y.warnings()[0].message(), "overflow encountered in exp");
/// ```
pub fn softmax_naive<S: Data<Elem: Float>, D: Dimension>(x: &ArrayBase<S, D>) -> Warned<Array<S::Elem, D>> {
    let (mut overflow, mut reduce, mut invalid) = (false, false, false);
    let mut shares = x.to_owned().into_dyn();
    for mut row in lanes(&mut shares) {
        for score in row.iter_mut() {
            let power = score.e_to();
            overflow |= power.is_infinite() && score.is_finite();
            *score = power;
        }
        let sum = row.sum();
        reduce |= sum.is_infinite() && row.iter().all(|power| power.is_finite());
        for power in row.iter_mut() {
            let share = *power / sum;
            invalid |= share.is_nan() && !power.is_nan() && !sum.is_nan();
            *power = share;
        }
    }
    let warnings = [
        (overflow, Trouble::Overflow, "exp"),
        (reduce, Trouble::Overflow, "reduce"),
        (invalid, Trouble::Invalid, "divide"),
    ];
    let warnings = warnings.into_iter().filter(|warning| warning.0);
    let warnings = warnings.map(|(_, trouble, operation)| Warning::new(trouble, operation)).collect();
    Warned::new(shares.into_dimensionality().expect("softmax keeps every axis"), warnings)
}

fn rows<T: Float>(x: ArrayViewD<'_, T>, row: fn(&mut [T])) -> ArrayD<T> {
    let mut out = x.as_standard_layout().into_owned();
    let width = x.shape().last().copied().unwrap_or(1);
    if let Some(slice) = out.as_slice_mut()
        && width > 0
    {
        slice.chunks_mut(width).for_each(row);
    }
    out
}

fn stable_row<T: Float>(row: &mut [T]) {
    let largest = row.iter().copied().fold(T::neg_infinity(), T::max);
    row.iter_mut().for_each(|score| *score = (*score - largest).e_to());
    let sum = row.iter().copied().fold(T::zero(), |sum, power| sum + power);
    row.iter_mut().for_each(|power| *power = *power / sum);
}

fn lanes<T: Float>(x: &mut ArrayD<T>) -> Vec<ndarray::ArrayViewMut1<'_, T>> {
    if x.ndim() == 0 {
        let one = x.view_mut().into_shape_with_order(1).expect("one number is a row of one");
        return vec![one];
    }
    let last = Axis(x.ndim() - 1);
    x.lanes_mut(last).into_iter().collect()
}
