//! `dot` and `matmul`: products that check the shapes first.
//!
//! They do not convert: both operands hold the same type of number.

use ndarray::{Array1, Array2, ArrayBase, Data, Ix1, Ix2};

use super::number::Number;
use crate::error::{Error, ErrorKind, Result};
use crate::show::tuple;

/// What [`dot`] can multiply `Self` by, and what comes out.
pub trait Dot<Right: ?Sized> {
    /// A number, or an array of the shape that the two operands give.
    type Output;
    /// The product.
    ///
    /// # Errors
    /// When the inner sizes differ.
    fn dot_with(&self, right: &Right) -> Result<Self::Output>;
}

/// What [`matmul`] can multiply `Self` by, and what comes out.
pub trait Matmul<Right: ?Sized> {
    /// A number, or an array of the shape that the two operands give.
    type Output;
    /// The product.
    ///
    /// # Errors
    /// When the inner sizes differ.
    fn matmul_with(&self, right: &Right) -> Result<Self::Output>;
}

/// NumPy's `dot`: the sum of products along the last axis of `a` and the first of `b` (the last but one from 2-D on).
///
/// Shapes: `(n) . (n) -> number`, `(m, n) . (n) -> (m)`, `(n) . (n, p) -> (p)`, `(m, n) . (n, p) -> (m, p)`.
///
/// ```
/// use forward_pass::prelude::*;
///
/// let a = dot(&array![[1, 2, 3], [10, 20, 30]], &array![1, 2, 3])?; // (2, 3) . (3,) -> (2,)
/// assert_eq!(show(&a), "[ 14 140]");
/// # Ok::<(), forward_pass::error::Error>(())
/// ```
///
/// # Errors
/// When the inner sizes differ; the message names both shapes and both sizes.
pub fn dot<A: Dot<B> + ?Sized, B: ?Sized>(a: &A, b: &B) -> Result<A::Output> {
    a.dot_with(b)
}

/// NumPy's `matmul`, Python's `@`: the same as [`dot`] for one and two dimensions; from three on the two differ.
///
/// ```
/// use forward_pass::prelude::*;
///
/// let y = matmul(&array![[10, 20]], &array![[1, 2], [10, 20]])?; // (1, 2) . (2, 2) -> (1, 2)
/// assert_eq!(show(&y), "[[210 420]]");
/// # Ok::<(), forward_pass::error::Error>(())
/// ```
///
/// # Errors
/// When the inner sizes differ; the message names both shapes and both sizes.
pub fn matmul<A: Matmul<B> + ?Sized, B: ?Sized>(a: &A, b: &B) -> Result<A::Output> {
    a.matmul_with(b)
}

macro_rules! pair {
    ($left:ty, $right:ty, $output:ty, |$a:ident, $b:ident| $body:expr) => {
        impl<T: Number, S: Data<Elem = T>, R: Data<Elem = T>> Dot<ArrayBase<R, $right>> for ArrayBase<S, $left> {
            type Output = $output;
            fn dot_with(&self, right: &ArrayBase<R, $right>) -> Result<Self::Output> {
                self.matmul_with(right)
            }
        }

        impl<T: Number, S: Data<Elem = T>, R: Data<Elem = T>> Matmul<ArrayBase<R, $right>> for ArrayBase<S, $left> {
            type Output = $output;
            fn matmul_with(&self, right: &ArrayBase<R, $right>) -> Result<Self::Output> {
                check(self.shape(), right.shape())?;
                let ($a, $b) = (self.view(), right.view());
                Ok($body)
            }
        }
    };
}

pair!(Ix1, Ix1, T, |a, b| T::product(a.insert_axis(ndarray::Axis(0)), b.insert_axis(ndarray::Axis(1)))[(0, 0)]);
pair!(Ix2, Ix1, Array1<T>, |a, b| T::product(a, b.insert_axis(ndarray::Axis(1))).index_axis_move(ndarray::Axis(1), 0));
pair!(Ix1, Ix2, Array1<T>, |a, b| T::product(a.insert_axis(ndarray::Axis(0)), b).index_axis_move(ndarray::Axis(0), 0));
pair!(Ix2, Ix2, Array2<T>, |a, b| T::product(a, b));

/// The last size of the left operand against the inner size of the right one.
fn check(left: &[usize], right: &[usize]) -> Result<()> {
    let (inner_left, inner_right) = (left[left.len() - 1], right[right.len().saturating_sub(2)]);
    if inner_left == inner_right {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Shape,
        format!(
            "cannot multiply {} by {}: the inner sizes {inner_left} and {inner_right} differ",
            tuple(left),
            tuple(right)
        ),
        "the columns on the left must be as many as the rows on the right: transpose or reshape one side",
    ))
}
