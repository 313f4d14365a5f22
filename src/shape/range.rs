//! `arange` and `linspace`: evenly spaced numbers, with NumPy's rounding to the last bit.
//!
//! They do not fail: where NumPy raises (a step of 0, a size no memory can hold), the array is empty.

use ndarray::Array1;
use num_traits::NumCast;

use super::number::{Float, Number};

/// Numbers from `start` on, `step` apart, up to but not including `stop`.
///
/// `x_i = start + i * ((start + step) - start)`: the step that is used is the one that survived a rounding, which is
/// why element 50 of `arange(-5.0, 5.0, 0.1)` is not 0.
///
/// ```
/// use forward_pass::prelude::*;
///
/// assert_eq!(arange(0, 10, 3), array![0, 3, 6, 9]);
/// let x = arange(-5.0, 5.0, 0.1); // (100,)
/// assert_eq!(x[50], -1.7763568394002505e-14);
/// ```
///
/// The trap: a `stop` that the steps reach only up to rounding may still be in, or not. Use [`linspace`] when the
/// number of points matters. A step of 0 gives an empty array, where NumPy raises `ZeroDivisionError`.
pub fn arange<T: Number + NumCast>(start: T, stop: T, step: T) -> Array1<T> {
    let length = length(start, stop, step);
    let mut numbers = Vec::new();
    if numbers.try_reserve_exact(length).is_err() {
        return Array1::from_vec(Vec::new());
    }
    let next = start.plus(step);
    let used = next.minus(start);
    numbers.extend((0..length).map(|index| match index {
        0 => start,
        1 => next,
        _ => start.plus(counter::<T>(index).times(used)),
    }));
    Array1::from_vec(numbers)
}

/// `num` numbers from `start` to `stop`, both included.
///
/// `x_i = start + i * ((stop - start) / (num - 1))`, and the last one is `stop` itself.
///
/// ```
/// use forward_pass::prelude::*;
///
/// assert_eq!(linspace(0.0, 1.0, 5), array![0.0, 0.25, 0.5, 0.75, 1.0]);
/// ```
///
/// It takes floats only: NumPy turns integer ends into floats, here they are written so.
pub fn linspace<T: Float>(start: T, stop: T, num: usize) -> Array1<T> {
    let mut numbers = Vec::new();
    if numbers.try_reserve_exact(num).is_err() {
        return Array1::from_vec(Vec::new());
    }
    let delta = stop - start;
    let gaps = T::from_f64(num.saturating_sub(1) as f64);
    let step = delta / gaps;
    numbers.extend((0..num).map(|index| {
        let index = T::from_f64(index as f64);
        let offset = if num < 2 {
            index * delta
        } else if step == T::zero() {
            index / gaps * delta
        } else {
            index * step
        };
        offset + start
    }));
    if num > 1 {
        numbers[num - 1] = stop;
    }
    Array1::from_vec(numbers)
}

/// The index as a number of the type, wrapped like the multiplication that follows.
fn counter<T: Number + NumCast>(index: usize) -> T {
    T::from(index).unwrap_or_else(T::zero)
}

/// NumPy's count: the quotient rounded up.
fn length<T: Number>(start: T, stop: T, step: T) -> usize {
    let span = stop.minus(start).as_f64();
    let quotient = span / step.as_f64();
    if quotient == 0.0 && span != 0.0 {
        return <usize as From<bool>>::from(!quotient.is_sign_negative());
    }
    if !quotient.is_finite() || quotient <= 0.0 || quotient >= isize::MAX as f64 {
        return 0;
    }
    quotient.ceil() as usize
}
