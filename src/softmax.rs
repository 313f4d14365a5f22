//! Softmax: turns scores into shares that sum to 1.
//!
//! It works along the last axis, where a batch has its scores, unless an axis is given; rows are independent.

mod figure;

use ndarray::{Array, ArrayBase, ArrayD, Axis, Data, Dimension, RawData};

pub use self::figure::plot_softmax;
use crate::error::Result;
use crate::shape::{Along, Float, Real, lanes, place, room};
use crate::warned::{Trouble, Warned, Warning};

/// An array of floats with the axes of another: f32 for f32, else f64.
type Floats<S, D, K> = Array<<<S as RawData>::Elem as Real<K>>::Float, D>;

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
/// assert_eq!(softmax(&array![1, 2, 3]), softmax(&array![1.0, 2.0, 3.0])); // integers become f64
/// ```
///
/// The maximum is subtracted because it cancels on paper and keeps `e^x` from overflowing in the machine. The trap:
/// one maximum for a whole batch, or a sum over the batch, mixes the rows; here each row has its own.
///
/// Shapes: `(n) -> (n)`, `(m, n) -> (m, n)`, row by row. Source: Bridle, *Probabilistic Interpretation of
/// Feedforward Classification Network Outputs* (1990).
pub fn softmax<S: Data<Elem: Real<K>>, D: Dimension, K>(x: &ArrayBase<S, D>) -> Floats<S, D, K> {
    let shares = rows(S::Elem::floats(x.view().into_dyn()), stable_row);
    shares.into_dimensionality().expect("softmax keeps every axis")
}

/// [`softmax`] along an axis: `0`, or `-1` for the last.
///
/// ```
/// use forward_pass::prelude::*;
///
/// let x = array![[1.0, 1000.0], [1.0, 1000.0]];
/// assert_eq!(show(&softmax_axis(&x, 0)?), "[[0.5 0.5]\n [0.5 0.5]]"); // down the columns
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// When the array has no such axis.
pub fn softmax_axis<S: Data<Elem: Real<K>>, D: Dimension, K>(
    x: &ArrayBase<S, D>,
    axis: isize,
) -> Result<Floats<S, D, K>> {
    along(x, axis, stable_row)
}

/// The logarithm of [`softmax`], along the last axis, accurate where `softmax` itself underflows to 0.
///
/// ```text
/// log_softmax(x)_k = x_k - max x - log(sum_i e^(x_i - max x))
/// ```
///
/// ```
/// use forward_pass::prelude::*;
///
/// assert_eq!(show(&log_softmax(&array![0.0, 1000.0])), "[-1000.     0.]");
/// ```
///
/// The trap: the logarithm of `softmax` is -inf here, since e^-1000 is 0 in the machine. Source: SciPy's
/// `special.log_softmax`.
pub fn log_softmax<S: Data<Elem: Real<K>>, D: Dimension, K>(x: &ArrayBase<S, D>) -> Floats<S, D, K> {
    let logarithms = rows(S::Elem::floats(x.view().into_dyn()), log_row);
    logarithms.into_dimensionality().expect("log_softmax keeps every axis")
}

/// [`log_softmax`] along an axis.
///
/// ```
/// use forward_pass::prelude::*;
///
/// let y = log_softmax_axis(&array![[0.0, 1000.0], [0.0, 0.0]], 0)?;
/// assert_eq!(show(&y), "[[-6.93147181e-01  0.00000000e+00]\n [-6.93147181e-01 -1.00000000e+03]]");
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// When the array has no such axis.
pub fn log_softmax_axis<S: Data<Elem: Real<K>>, D: Dimension, K>(
    x: &ArrayBase<S, D>,
    axis: isize,
) -> Result<Floats<S, D, K>> {
    along(x, axis, log_row)
}

/// The logarithm of the sum of `e^x`, along an axis or of everything; -inf for an empty array.
///
/// ```text
/// logsumexp(x) = max x + log(sum_i e^(x_i - max x))
/// ```
///
/// ```
/// use forward_pass::prelude::*;
///
/// let x = array![[1000.0, 1000.0], [0.0, 0.0]];
/// assert_eq!(show(&logsumexp(&x, 1)?), "[1.00069315e+03 6.93147181e-01]");
/// # Ok::<(), Error>(())
/// ```
///
/// Source: SciPy's `special.logsumexp`.
///
/// # Errors
/// When the array has no such axis.
pub fn logsumexp<S, D, A, K>(x: &ArrayBase<S, D>, along: A) -> Result<A::Output<<S::Elem as Real<K>>::Float>>
where
    S: Data<Elem: Real<K>>,
    D: Dimension,
    A: Along<D>,
{
    room::<S::Elem>(x.shape())?;
    lanes(S::Elem::floats(x.view().into_dyn()).view(), along.axis(), along.keep(), |row, _| log_sum(row)).map(A::output)
}

/// The naive softmax, without subtracting the maximum: right on paper, NaN from x = 710 on.
///
/// The result carries the warnings that NumPy would give.
///
/// ```
/// use forward_pass::prelude::*;
///
/// let y = softmax_naive(&array![1000.0, 1001.0, 2000.0]);
/// assert_eq!(show(&y), "[nan nan nan]");
/// assert_eq!(y.warnings()[0].message(), "overflow encountered in exp");
/// ```
pub fn softmax_naive<S: Data<Elem: Real<K>>, D: Dimension, K>(x: &ArrayBase<S, D>) -> Warned<Floats<S, D, K>> {
    let (shares, warnings) = naive(S::Elem::floats(x.view().into_dyn()));
    Warned::new(shares.into_dimensionality().expect("softmax keeps every axis"), warnings)
}

fn naive<T: Float>(mut shares: ArrayD<T>) -> (ArrayD<T>, Vec<Warning>) {
    let (mut overflow, mut reduce, mut invalid) = (false, false, false);
    for mut row in lanes_mut(&mut shares) {
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
    (shares, warnings)
}

/// `row` of each row; the array is in the standard layout.
fn rows<T: Float>(mut out: ArrayD<T>, row: fn(&mut [T])) -> ArrayD<T> {
    let width = out.shape().last().copied().unwrap_or(1);
    if let Some(slice) = out.as_slice_mut()
        && width > 0
    {
        slice.chunks_mut(width).for_each(row);
    }
    out
}

/// The same for any axis: it is moved to the end, and back.
fn along<S: Data<Elem: Real<K>>, D: Dimension, K>(
    x: &ArrayBase<S, D>,
    axis: isize,
    row: fn(&mut [<S::Elem as Real<K>>::Float]),
) -> Result<Floats<S, D, K>> {
    let axis = place(x.shape(), axis)?;
    let last = x.ndim().saturating_sub(1);
    let mut turned = x.view().into_dyn();
    if axis < last {
        turned.swap_axes(axis, last);
    }
    let mut out = rows(S::Elem::floats(turned), row);
    if axis < last {
        out.swap_axes(axis, last);
    }
    Ok(out.into_dimensionality().expect("softmax keeps every axis"))
}

/// The maximum to subtract, or 0 if it is infinite.
fn log_sum<T: Float>(row: &[T]) -> T {
    let largest = row.iter().copied().fold(T::neg_infinity(), T::max);
    let shift = if largest.is_finite() { largest } else { T::zero() };
    let sum = row.iter().fold(T::zero(), |sum, &score| sum + (score - shift).e_to());
    shift + Float::log(sum)
}

fn log_row<T: Float>(row: &mut [T]) {
    let largest = row.iter().copied().fold(T::neg_infinity(), T::max);
    let shift = if largest.is_finite() { largest } else { T::zero() };
    row.iter_mut().for_each(|score| *score = *score - shift);
    let rest = Float::log(row.iter().fold(T::zero(), |sum, &score| sum + score.e_to()));
    row.iter_mut().for_each(|score| *score = *score - rest);
}

fn stable_row<T: Float>(row: &mut [T]) {
    let largest = row.iter().copied().fold(T::neg_infinity(), T::max);
    row.iter_mut().for_each(|score| *score = (*score - largest).e_to());
    let sum = row.iter().copied().fold(T::zero(), |sum, power| sum + power);
    row.iter_mut().for_each(|power| *power = *power / sum);
}

/// Empty rows are skipped: there may be more of them than fit in memory.
fn lanes_mut<T: Float>(x: &mut ArrayD<T>) -> Vec<ndarray::ArrayViewMut1<'_, T>> {
    if x.is_empty() {
        return Vec::new();
    }
    if x.ndim() == 0 {
        let one = x.view_mut().into_shape_with_order(1).expect("one number is a row of one");
        return vec![one];
    }
    let last = Axis(x.ndim() - 1);
    x.lanes_mut(last).into_iter().collect()
}
