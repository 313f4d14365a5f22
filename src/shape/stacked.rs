//! `dot` and `matmul` from three dimensions on: rows, columns and stacks of matrices.
//!
//! It does not multiply; each product of two matrices is `Number::product`.

use ndarray::{ArrayD, ArrayView2, ArrayViewD, Axis, Ix2};

use super::broadcast::common;
use super::make::room;
use super::number::Number;
use crate::error::{Error, ErrorKind, Result};
use crate::show::tuple;

/// Checks the last size of the left operand against the inner size of the right one.
pub(super) fn check(left: &[usize], right: &[usize]) -> Result<()> {
    let (left_axis, right_axis) = (left.len() - 1, right.len().saturating_sub(2));
    let (inner_left, inner_right) = (left[left_axis], right[right_axis]);
    if inner_left == inner_right {
        return Ok(());
    }
    let (left, right) = (tuple(left), tuple(right));
    Err(Error::new(
        ErrorKind::Shape,
        format!("cannot multiply {left} by {right}: the inner sizes {inner_left} and {inner_right} differ"),
        format!(
            "axis {left_axis} on the left must be as long as axis {right_axis} on the right: \
             transpose or reshape one side"
        ),
    ))
}

/// The shape of `dot`: both shapes without the axes that are summed over.
pub(super) fn outer(left: &[usize], right: &[usize]) -> Vec<usize> {
    let mut shape = left[..left.len() - 1].to_vec();
    shape.extend(&right[..right.len().saturating_sub(2)]);
    shape.extend(right.last().filter(|_| right.len() > 1));
    shape
}

/// Every row of `a` with every column of `b`.
pub(super) fn dot<T: Number>(a: ArrayViewD<'_, T>, b: ArrayViewD<'_, T>) -> Result<ArrayD<T>> {
    room::<T>(a.shape())?;
    room::<T>(b.shape())?;
    match (a.ndim(), b.ndim()) {
        (0, _) => return Ok(scaled(b, &a)),
        (_, 0) => return Ok(scaled(a, &b)),
        _ => check(a.shape(), b.shape())?,
    }
    let shape = outer(a.shape(), b.shape());
    room::<T>(&shape)?;
    let inner = b.ndim().saturating_sub(2);
    let terms = b.len_of(Axis(inner));
    if shape.contains(&0) || terms == 0 {
        return Ok(ArrayD::from_elem(shape, T::ZERO));
    }
    let mut axes = vec![inner];
    axes.extend((0..b.ndim()).filter(|&axis| axis != inner));
    let rows = a.to_shape((a.len() / terms, terms)).expect("the last axis holds the terms");
    let b = b.permuted_axes(axes);
    let columns = b.to_shape((terms, b.len() / terms)).expect("the first axis holds the terms");
    let out = T::product(rows.view(), columns.view());
    // The product of two operands in Fortran order is in Fortran order, too.
    let out = if out.is_standard_layout() { out } else { out.as_standard_layout().into_owned() };
    Ok(out.into_shape_with_order(shape).expect("the product has a number for each row and column"))
}

fn scaled<T: Number>(array: ArrayViewD<'_, T>, number: &ArrayViewD<'_, T>) -> ArrayD<T> {
    let number = number.first().copied().unwrap_or(T::ZERO);
    array.mapv(|element| element.times(number))
}

/// Matrix by matrix; the axes before the last two broadcast.
pub(super) fn matmul<T: Number>(a: ArrayViewD<'_, T>, b: ArrayViewD<'_, T>) -> Result<ArrayD<T>> {
    let shapes = (tuple(a.shape()), tuple(b.shape()));
    if a.ndim() == 0 || b.ndim() == 0 {
        return Err(Error::new(
            ErrorKind::Shape,
            format!("cannot multiply {} by {}: matmul does not take scalars", shapes.0, shapes.1),
            "a number multiplies each element with `*` or `dot`",
        ));
    }
    check(a.shape(), b.shape())?;
    let (row, column) = (a.ndim() == 1, b.ndim() == 1);
    let a = if row { a.insert_axis(Axis(0)) } else { a };
    let b = if column { b.insert_axis(Axis(1)) } else { b };
    let (left, right) = (a.ndim() - 2, b.ndim() - 2);
    let stack = common(&a.shape()[..left], &b.shape()[..right]).map_err(|(i, j)| {
        let (left, right) = (a.len_of(Axis(i)), b.len_of(Axis(j)));
        Error::new(
            ErrorKind::Shape,
            format!("cannot multiply {} by {}: the stacks of {left} and {right} matrices differ", shapes.0, shapes.1),
            format!("axis {i} on the left and axis {j} on the right must be equal, or one of them 1: reshape one side"),
        )
    })?;
    let mut shape = stack.clone();
    shape.extend([a.len_of(Axis(left)), b.len_of(Axis(right + 1))]);
    room::<T>(&shape)?;
    let mut out = ArrayD::from_elem(shape, T::ZERO);
    if !out.is_empty() {
        for index in ndarray::indices(stack.as_slice()) {
            let index: Vec<usize> = (0..stack.len()).map(|axis| index[axis]).collect();
            let product = T::product(matrix(a.view(), &index), matrix(b.view(), &index));
            let mut place = out.view_mut();
            for &number in &index {
                place = place.index_axis_move(Axis(0), number);
            }
            place.assign(&product);
        }
    }
    let out = if row { out.index_axis_move(Axis(stack.len()), 0) } else { out };
    let last = Axis(out.ndim().saturating_sub(1));
    Ok(if column { out.index_axis_move(last, 0) } else { out })
}

/// The matrix at an index of the stack; an axis of length 1 is broadcast.
fn matrix<'a, T>(mut view: ArrayViewD<'a, T>, index: &[usize]) -> ArrayView2<'a, T> {
    let own = view.ndim() - 2;
    for &number in &index[index.len() - own..] {
        let number = if view.len_of(Axis(0)) == 1 { 0 } else { number };
        view = view.index_axis_move(Axis(0), number);
    }
    view.into_dimensionality::<Ix2>().expect("two axes are left")
}
