//! `arange` and `linspace`: evenly spaced numbers, with NumPy's rounding to the last bit.
//!
//! They reject what NumPy rejects: a step of 0, a range of undefined length, a size that does not fit in memory.

use ndarray::Array1;
use num_traits::NumCast;

use super::make::room;
use super::number::{Float, Number};
use super::real::Real;
use crate::error::{Error, ErrorKind, Result};

/// Numbers from `start` on, `step` apart, up to but not including `stop`.
///
/// `x_i = start + i * ((start + step) - start)`: the step that is used is the rounded one, which is why element 50 of
/// `arange(-5.0, 5.0, 0.1)` is not 0.
///
/// ```
/// use forward_pass::prelude::*;
///
/// assert_eq!(arange(0, 10, 3)?, array![0, 3, 6, 9]);
/// assert!(arange(0, 10, -3)?.is_empty()); // no step leads from 0 to 10
/// let x = arange(-5.0, 5.0, 0.1)?; // (100,)
/// assert_eq!(x[50], -1.7763568394002505e-14);
/// # Ok::<(), Error>(())
/// ```
///
/// The trap: rounding decides whether a `stop` that the steps should reach exactly is included. Use [`linspace`] when
/// the number of points matters.
///
/// # Errors
/// When the step is 0, when NaN or infinity makes the number of steps undefined, and when the numbers do not fit in
/// memory: where NumPy raises `ZeroDivisionError`, `ValueError` or `MemoryError`.
pub fn arange<T: Number + NumCast>(start: T, stop: T, step: T) -> Result<Array1<T>> {
    let length = length(start, stop, step)?;
    room::<T>(&[length])?;
    let next = start.plus(step);
    let used = next.minus(start);
    let number = |index| match index {
        0 => start,
        1 => next,
        _ => start.plus(counter::<T>(index).times(used)),
    };
    Ok((0..length).map(number).collect())
}

/// `num` numbers from `start` to `stop`, both included.
///
/// `x_i = start + i * ((stop - start) / (num - 1))`, and the last one is `stop` itself.
///
/// ```
/// use forward_pass::prelude::*;
///
/// assert_eq!(linspace(0.0, 1.0, 5)?, array![0.0, 0.25, 0.5, 0.75, 1.0]);
/// # Ok::<(), Error>(())
/// ```
///
/// Integer ends become f64: `linspace(0, 1, 5)` is the same.
///
/// # Errors
/// When the numbers do not fit in memory.
pub fn linspace<T: Real<K>, K>(start: T, stop: T, num: usize) -> Result<Array1<T::Float>> {
    spaced(start.as_float(), stop.as_float(), num)
}

fn spaced<T: Float>(start: T, stop: T, num: usize) -> Result<Array1<T>> {
    room::<T>(&[num])?;
    let delta = stop - start;
    let gaps = T::from_f64(num.saturating_sub(1) as f64);
    let step = delta / gaps;
    let mut numbers: Array1<T> = (0..num)
        .map(|index| {
            let index = T::from_f64(index as f64);
            let offset = if num < 2 {
                index * delta
            } else if step == T::zero() {
                index / gaps * delta
            } else {
                index * step
            };
            offset + start
        })
        .collect();
    if num > 1 {
        numbers[num - 1] = stop;
    }
    Ok(numbers)
}

/// The index converted to the type, wrapping like the multiplication that follows.
fn counter<T: Number + NumCast>(index: usize) -> T {
    T::from(index).unwrap_or_else(T::zero)
}

/// NumPy's count: the quotient rounded up.
fn length<T: Number>(start: T, stop: T, step: T) -> Result<usize> {
    let refused = |why: &str, help: &str| {
        let [start, stop, step] = [start, stop, step].map(T::scalar_text);
        Err(Error::new(ErrorKind::Value, format!("cannot count from {start} to {stop} in steps of {step}{why}"), help))
    };
    if step == T::ZERO {
        return refused("", "give a step other than 0, or use `linspace` for a number of points");
    }
    let steps = T::steps(start, stop, step);
    if steps.is_nan() {
        return refused(": the number of steps is undefined", "start and stop must be finite, and the step a number");
    }
    if !(isize::MIN as f64..isize::MAX as f64).contains(&steps) {
        return refused(": that many numbers do not fit in an array", "choose a larger step, or a closer stop");
    }
    // A quotient that underflows to 0 is still one step.
    let least = if start != stop && steps.is_sign_positive() { 1.0 } else { 0.0 };
    Ok(steps.ceil().max(least) as usize)
}
