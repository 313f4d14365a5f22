//! `sum`, `mean`, `max` and `argmax`: of everything, or along an axis.
//!
//! They take one axis at a time. Floats are added in NumPy's order (pairwise along the last
//! axis of an array in its standard layout), so that the last digit agrees too.

use ndarray::{Array, ArrayBase, ArrayD, ArrayViewD, Axis, Data, Dimension, IxDyn, RemoveAxis};

use super::make::room;
use super::number::{Averaged, Float, Number, Summed};
use crate::error::{Error, ErrorKind, Result};
use crate::show::tuple;

/// Every axis at once: `sum(&x, All)` is one number. NumPy's `axis=None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct All;

/// The axes are kept, with length 1: NumPy's `keepdims=True`. Made by [`keepdims`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeepDims<A>(A);

/// NumPy's `keepdims=True`: `sum(&x, keepdims(1))` is `(m, n) -> (m, 1)`, so that it can be subtracted from `x` again.
///
/// ```
/// use forward_pass::prelude::*;
///
/// let x = array![[1.0, 3.0], [2.0, 2.0]];
/// assert_eq!(show(&(&x / &sum(&x, keepdims(1))?)), "[[0.25 0.75]\n [0.5  0.5 ]]");
/// # Ok::<(), Error>(())
/// ```
pub fn keepdims<A>(along: A) -> KeepDims<A> {
    KeepDims(along)
}

/// What a function reduces along: an axis (`0`, or `-1` for the last), [`All`] of them, and either with [`keepdims`].
pub trait Along<D: Dimension> {
    /// One number, or an array with fewer axes.
    type Output<T>;
    #[doc(hidden)]
    fn axis(&self) -> Option<isize>;
    #[doc(hidden)]
    fn keep(&self) -> bool;
    #[doc(hidden)]
    fn output<T: Copy>(out: ArrayD<T>) -> Self::Output<T>;
}

const AXES: &str = "the kind of axis gives the number of axes";

impl<D: Dimension> Along<D> for All {
    type Output<T> = T;
    fn axis(&self) -> Option<isize> {
        None
    }
    fn keep(&self) -> bool {
        false
    }
    fn output<T: Copy>(out: ArrayD<T>) -> T {
        *out.first().expect("an array without axes holds one number")
    }
}

impl<D: RemoveAxis> Along<D> for isize {
    type Output<T> = Array<T, D::Smaller>;
    fn axis(&self) -> Option<isize> {
        Some(*self)
    }
    fn keep(&self) -> bool {
        false
    }
    fn output<T: Copy>(out: ArrayD<T>) -> Array<T, D::Smaller> {
        out.into_dimensionality().expect(AXES)
    }
}

impl<D: Dimension> Along<D> for KeepDims<All> {
    type Output<T> = Array<T, D>;
    fn axis(&self) -> Option<isize> {
        None
    }
    fn keep(&self) -> bool {
        true
    }
    fn output<T: Copy>(out: ArrayD<T>) -> Array<T, D> {
        out.into_dimensionality().expect(AXES)
    }
}

impl<D: Dimension> Along<D> for KeepDims<isize> {
    type Output<T> = Array<T, D>;
    fn axis(&self) -> Option<isize> {
        Some(self.0)
    }
    fn keep(&self) -> bool {
        true
    }
    fn output<T: Copy>(out: ArrayD<T>) -> Array<T, D> {
        out.into_dimensionality().expect(AXES)
    }
}

/// NumPy's `sum`. Integers add up in 64 bits and wrap around there.
///
/// ```
/// use forward_pass::prelude::*;
///
/// let x = array![[1.0_f64, 2.0, 3.0], [4.0, 5.0, 6.0]]; // (2, 3)
/// assert_eq!(sum(&x, All)?, 21.0);
/// assert_eq!(show(&sum(&x, 0)?), "[5. 7. 9.]"); // (2, 3) -> (3,): down the columns
/// assert_eq!(show(&sum(&x, -1)?), "[ 6. 15.]"); // (2, 3) -> (2,): along the rows
/// # Ok::<(), Error>(())
/// ```
///
/// The trap: axis 0 is the one that disappears, so it sums the columns, not the rows.
///
/// Integer literals need a type suffix or an annotation here: i32 gives i64, u32 gives u64, and rustc falls back to i32
/// for a plain `1` only after it has resolved the type of the sum.
///
/// ```compile_fail
/// # use forward_pass::prelude::*;
/// let total = sum(&array![1, 2], All)?;
/// # Ok::<(), Error>(())
/// ```
///
/// ```
/// # use forward_pass::prelude::*;
/// let total = sum(&array![1_i64, 2], All)?;
/// let same: i64 = sum(&array![1, 2], All)?;
/// # assert_eq!(total, same);
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// When the array has no such axis.
pub fn sum<S, D, A>(x: &ArrayBase<S, D>, along: A) -> Result<A::Output<<S::Elem as Summed>::Total>>
where
    S: Data<Elem: Number>,
    D: Dimension,
    A: Along<D>,
{
    S::Elem::sum_all(x.view().into_dyn(), along.axis(), along.keep()).map(A::output)
}

/// NumPy's `mean`: the sum divided by the count; a float for integers, too.
///
/// ```
/// use forward_pass::prelude::*;
///
/// assert_eq!(mean(&array![1_i64, 2], All)?, 1.5);
/// # Ok::<(), Error>(())
/// ```
///
/// The mean of nothing is NaN, as NumPy's is.
///
/// # Errors
/// When the array has no such axis.
pub fn mean<S, D, A, Kind>(x: &ArrayBase<S, D>, along: A) -> Result<A::Output<<S::Elem as Averaged<Kind>>::Mean>>
where
    S: Data<Elem: Averaged<Kind>>,
    D: Dimension,
    A: Along<D>,
{
    S::Elem::mean_all(x.view().into_dyn(), along.axis(), along.keep()).map(A::output)
}

/// NumPy's `max`: the largest; NaN counts as the largest, so that it is not overlooked.
///
/// ```
/// use forward_pass::prelude::*;
///
/// assert_eq!(show(&max(&array![[1, 5], [3, 2]], keepdims(1))?), "[[5]\n [3]]");
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// When the array has no such axis, or no elements along it.
pub fn max<S, D, A>(x: &ArrayBase<S, D>, along: A) -> Result<A::Output<S::Elem>>
where
    S: Data<Elem: Number>,
    D: Dimension,
    A: Along<D>,
{
    S::Elem::max_all(x.view().into_dyn(), along.axis(), along.keep()).map(A::output)
}

/// NumPy's `argmax`: the index of the largest, the first one if there are several; NaN counts as the largest.
///
/// ```
/// use forward_pass::prelude::*;
///
/// let y = array![[0.1, 0.8, 0.1], [0.3, 0.1, 0.6]]; // two images, three classes
/// assert_eq!(show(&argmax(&y, 1)?), "[1 2]");
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// When the array has no such axis, or no elements along it.
pub fn argmax<S, D, A>(x: &ArrayBase<S, D>, along: A) -> Result<A::Output<i64>>
where
    S: Data<Elem: Number>,
    D: Dimension,
    A: Along<D>,
{
    S::Elem::argmax_all(x.view().into_dyn(), along.axis(), along.keep()).map(A::output)
}

type View<'a, T> = ArrayViewD<'a, T>;

pub(super) fn sums<T: Number>(x: View<'_, T>, axis: Option<isize>, keep: bool) -> Result<ArrayD<T::Total>> {
    lanes(x, axis, keep, |lane, pairs| added(lane, pairs, T::as_total))
}

pub(super) fn means<T: Number, M: Float>(
    x: View<'_, T>,
    axis: Option<isize>,
    keep: bool,
    term: fn(T) -> M,
) -> Result<ArrayD<M>> {
    if x.ndim() == 0
        && let Some(axis) = axis
    {
        // NumPy accepts an axis for a scalar in other reductions, but not in this one.
        return Err(no_axis(x.shape(), axis));
    }
    lanes(x, axis, keep, |lane, pairs| added(lane, pairs, term) / M::from_f64(lane.len() as f64))
}

pub(super) fn maxima<T: Number>(x: View<'_, T>, axis: Option<isize>, keep: bool) -> Result<ArrayD<T>> {
    not_empty(&x, axis, "max")?;
    lanes(x, axis, keep, |lane, _| lane[largest(lane)])
}

pub(super) fn argmaxima<T: Number>(x: View<'_, T>, axis: Option<isize>, keep: bool) -> Result<ArrayD<i64>> {
    not_empty(&x, axis, "argmax")?;
    lanes(x, axis, keep, |lane, _| largest(lane) as i64)
}

/// `f` of each lane along the axis; its second argument says whether the lane is contiguous in memory.
pub(crate) fn lanes<T: Copy, U: Copy>(
    x: ArrayViewD<'_, T>,
    axis: Option<isize>,
    keep: bool,
    f: impl Fn(&[T], bool) -> U,
) -> Result<ArrayD<U>> {
    room::<T>(x.shape())?;
    let Some(axis) = axis.map(|axis| place(x.shape(), axis)).transpose()?.filter(|_| x.ndim() > 0) else {
        let whole = x.as_standard_layout();
        let number = f(whole.as_slice().expect("the standard layout is one piece"), true);
        return Ok(ArrayD::from_elem(vec![1; if keep { x.ndim() } else { 0 }], number));
    };
    let mut shape = x.shape().to_vec();
    shape[axis] = 1;
    room::<U>(&shape)?;
    // NumPy drops axes of length 1: the numbers of such a lane lie side by side.
    let pairs = x.shape()[axis + 1..].iter().all(|&size| size == 1);
    // An empty array may have other axes of any length.
    let mut lane = Vec::with_capacity(x.len_of(Axis(axis)).min(x.len()));
    let mut numbers = Vec::new();
    for terms in x.lanes(Axis(axis)) {
        lane.clear();
        lane.extend(terms);
        numbers.push(f(&lane, pairs));
    }
    if !keep {
        shape.remove(axis);
    }
    Ok(ArrayD::from_shape_vec(IxDyn(&shape), numbers).expect("each lane gives one number"))
}

/// The axis, counted from the front; NumPy accepts axis 0 for a scalar.
pub(crate) fn place(shape: &[usize], axis: isize) -> Result<usize> {
    let axes = shape.len().max(1);
    let front = if axis < 0 { axes.checked_sub(axis.unsigned_abs()) } else { Some(axis.unsigned_abs()) };
    front.filter(|&front| front < axes).ok_or_else(|| no_axis(shape, axis))
}

fn no_axis(shape: &[usize], axis: isize) -> Error {
    let count = if shape.len() == 1 { "1 axis".to_owned() } else { format!("{} axes", shape.len()) };
    Error::new(
        ErrorKind::Shape,
        format!("there is no axis {axis}: the shape {} has {count}", tuple(shape)),
        "axes are counted from 0, or from -1 at the end",
    )
}

fn not_empty<T>(x: &ArrayViewD<'_, T>, axis: Option<isize>, name: &str) -> Result<()> {
    let axis = axis.map(|axis| place(x.shape(), axis)).transpose()?;
    let nothing = match axis.filter(|_| x.ndim() > 0) {
        None => x.is_empty(),
        Some(axis) => x.len_of(Axis(axis)) == 0,
    };
    if !nothing {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Value,
        format!("{name} of no elements: the shape is {}", tuple(x.shape())),
        "check why the array is empty, or choose another axis",
    ))
}

/// The index of the first NaN, or else of the first largest value.
fn largest<T: Number>(lane: &[T]) -> usize {
    let mut best = 0;
    for (index, &number) in lane.iter().enumerate() {
        if number.is_not_a_number() {
            return index;
        }
        if number > lane[best] {
            best = index;
        }
    }
    best
}

/// The sum: pairwise, as NumPy adds contiguous memory, or sequential.
pub(crate) fn added<T: Copy, U: Number>(lane: &[T], pairs: bool, term: fn(T) -> U) -> U {
    let one_by_one = |lane: &[T]| lane.iter().fold(U::ZERO, |sum, &x| sum.plus(term(x)));
    match lane.len() {
        0..8 => one_by_one(lane),
        _ if !pairs => one_by_one(lane),
        count @ 0..=128 => {
            let (eights, rest) = lane.split_at(count - count % 8);
            let mut sums: [U; 8] = std::array::from_fn(|at| term(eights[at]));
            for chunk in eights[8..].chunks_exact(8) {
                for (sum, &x) in sums.iter_mut().zip(chunk) {
                    *sum = sum.plus(term(x));
                }
            }
            let [a, b, c, d, e, f, g, h] = sums;
            let sum = a.plus(b).plus(c.plus(d)).plus(e.plus(f).plus(g.plus(h)));
            rest.iter().fold(sum, |sum, &x| sum.plus(term(x)))
        }
        count => {
            let half = count / 2;
            let (front, back) = lane.split_at(half - half % 8);
            added(front, true, term).plus(added(back, true, term))
        }
    }
}
