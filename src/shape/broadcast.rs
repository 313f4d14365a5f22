//! `add`: element-wise, with an axis of length 1 repeated as often as the other operand needs.
//!
//! The other operations are ndarray's own operators: they broadcast one side only, and panic where this fails.

use ndarray::{Array, ArrayBase, Data, DimMax, Dimension};

use super::make::room;
use super::number::Number;
use crate::error::{Error, ErrorKind, Result};
use crate::show::tuple;

/// NumPy's `add`: `a + b`, element by element; sizes are compared from the last axis backwards, and 1 fits everything.
///
/// ```text
/// (3, 4) + (4,) -> (3, 4)      (3, 1) + (1, 4) -> (3, 4)      (3, 4) + (3,): refused
/// ```
///
/// ```
/// use forward_pass::prelude::*;
///
/// let z = add(&array![[1, 2], [3, 4]], &array![10, 20])?; // a bias for each column
/// assert_eq!(show(&z), "[[11 22]\n [13 24]]");
/// # Ok::<(), Error>(())
/// ```
///
/// The trap: a vector and a column of the same length are not added in pairs. It is no error, and gives nine numbers:
///
/// ```
/// use forward_pass::prelude::*;
///
/// let (row, column) = (array![1, 2, 3], array![[10], [20], [30]]); // (3,) and (3, 1)
/// assert_eq!(show(&add(&row, &column)?), "[[11 12 13]\n [21 22 23]\n [31 32 33]]"); // (3, 3)
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// When two sizes differ and neither is 1; the message names both shapes and the axes.
pub fn add<T, S, R, D, E>(a: &ArrayBase<S, D>, b: &ArrayBase<R, E>) -> Result<Array<T, <D as DimMax<E>>::Output>>
where
    T: Number,
    S: Data<Elem = T>,
    R: Data<Elem = T>,
    D: Dimension + DimMax<E>,
    E: Dimension,
{
    let (left, right) = (a.shape(), b.shape());
    let shape = common(left, right).map_err(|(i, j)| {
        Error::new(
            ErrorKind::Shape,
            format!(
                "cannot add {} and {}: the sizes {} (axis {i}) and {} (axis {j}) differ, and neither is 1",
                tuple(left),
                tuple(right),
                left[i],
                right[j]
            ),
            "sizes are compared from the last axis backwards: reshape or transpose one side",
        )
    })?;
    room::<T>(&shape)?;
    let (a, b) = (a.view().into_dyn(), b.view().into_dyn());
    let (a, b) = (a.broadcast(shape.as_slice()), b.broadcast(shape.as_slice()));
    let (a, b) = a.zip(b).expect("both sides broadcast to the common shape");
    let mut out = a.to_owned();
    // An axis of length 0 would not keep the loop from running through the others.
    if !out.is_empty() {
        out.zip_mut_with(&b, |sum, &term| *sum = sum.plus(term));
    }
    Ok(out.into_dimensionality().expect("the longer shape gives the number of axes"))
}

/// The shape that two shapes broadcast to, or the first axes, from the end, that disagree.
pub(super) fn common(left: &[usize], right: &[usize]) -> std::result::Result<Vec<usize>, (usize, usize)> {
    let axes = left.len().max(right.len());
    let mut shape = vec![1; axes];
    for back in 1..=axes {
        let size = |sizes: &[usize]| sizes.len().checked_sub(back).map_or(1, |axis| sizes[axis]);
        shape[axes - back] = match (size(left), size(right)) {
            (1, size) | (size, 1) => size,
            (a, b) if a == b => a,
            _ => return Err((left.len() - back, right.len() - back)),
        };
    }
    Ok(shape)
}
