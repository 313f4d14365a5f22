//! `dot` and `matmul`: products that check the shapes first.
//!
//! Integers beside floats become floats, as in NumPy. Other types of number are not mixed: with NumPy's rule for f32
//! beside f64, rustc could not infer the type of `dot(&array![1.0, 2.0], &w)`.

use ndarray::{Array, Array1, Array2, ArrayBase, Data, Dimension, Ix0, Ix1, Ix2, Ix3, Ix4, Ix5, Ix6, IxDyn};

use super::make::room;
use super::number::{Float, Integer, Number};
use super::stacked::{check, outer};
use crate::error::Result;

/// What [`dot`] can multiply `Self` by, and the type of the result. `Kind` says whether both hold the same type of
/// number; rustc infers it.
#[diagnostic::on_unimplemented(
    message = "`dot` cannot multiply `{Self}` by `{Right}`",
    note = "it takes numbers and arrays of the same type of number, or integers and floats",
    note = "f32 beside f64 is NumPy's f64: `a.mapv(f64::from)` makes f64 of the numbers of an array"
)]
pub trait Dot<Right: ?Sized, Kind = Same> {
    /// A number, or an array of the shape that the two operands give.
    type Output;
    /// The product.
    ///
    /// # Errors
    /// When the inner sizes differ.
    fn dot_with(&self, right: &Right) -> Result<Self::Output>;
}

/// What [`matmul`] can multiply `Self` by, and the type of the result.
#[diagnostic::on_unimplemented(
    message = "`matmul` cannot multiply `{Self}` by `{Right}`",
    note = "it takes arrays of the same type of number, or of integers and floats, with one dimension or more",
    note = "a single number multiplies with `*` or `dot`"
)]
pub trait Matmul<Right: ?Sized, Kind = Same> {
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
/// Shapes: `(n) . (n) -> number`, `(m, n) . (n) -> (m)`, `(n) . (n, p) -> (p)`, `(m, n) . (n, p) -> (m, p)`, and
/// from 3-D on every row of `a` with every column of `b`: `(k, m, n) . (l, n, p) -> (k, m, l, p)`. A single number
/// multiplies each element. Integers wrap around, as NumPy's do.
///
/// ```
/// use forward_pass::prelude::*;
///
/// let a = dot(&array![[1, 2, 3], [10, 20, 30]], &array![1, 2, 3])?; // (2, 3) . (3,) -> (2,)
/// assert_eq!(show(&a), "[ 14 140]");
/// assert_eq!(show(&dot(&array![1, 2], &array![[0.5], [0.25]])?), "[1.]"); // integers beside floats become floats
/// # Ok::<(), forward_pass::error::Error>(())
/// ```
///
/// # Errors
/// When the inner sizes differ; the message names both shapes and both sizes.
pub fn dot<A: Dot<B, K> + ?Sized, B: ?Sized, K>(a: &A, b: &B) -> Result<A::Output> {
    a.dot_with(b)
}

/// NumPy's `matmul`, Python's `@`: the same as [`dot`] for one and two dimensions; from three on the two differ.
///
/// From 3-D on it multiplies stacks of matrices, pair by pair: `(k, m, n) @ (k, n, p) -> (k, m, p)`. The axes of the
/// stack broadcast, a 1-D operand is a row on the left and a column on the right, and scalars are refused.
///
/// ```
/// use forward_pass::prelude::*;
///
/// let y = matmul(&array![[10, 20]], &array![[1, 2], [10, 20]])?; // (1, 2) . (2, 2) -> (1, 2)
/// assert_eq!(show(&y), "[[210 420]]");
///
/// let (a, b) = (Array3::<f64>::ones((5, 2, 3)), Array3::<f64>::ones((5, 3, 4)));
/// assert_eq!(shape(&matmul(&a, &b)?), [5, 2, 4]); // five products
/// assert_eq!(shape(&dot(&a, &b)?), [5, 2, 5, 4]); // each with each
/// # Ok::<(), forward_pass::error::Error>(())
/// ```
///
/// # Errors
/// When the inner sizes differ, or the stacks do not broadcast; the message names both shapes and the sizes.
pub fn matmul<A: Matmul<B, K> + ?Sized, B: ?Sized, K>(a: &A, b: &B) -> Result<A::Output> {
    a.matmul_with(b)
}

/// Both operands hold the same type of number.
pub enum Same {}

/// Integers on the left, floats on the right.
pub enum IntegersFirst {}

/// Floats on the left, integers on the right.
pub enum FloatsFirst {}

/// The floats that a product of integers `I` and floats `F` has.
type Mixed<I, F> = <I as Integer>::Beside<F>;

fn as_floats<T: Number, S: Data<Elem = T>, D: Dimension, F: Float>(x: &ArrayBase<S, D>) -> Array<F, D> {
    x.map(|number| as_float(*number))
}

fn as_float<T: Number, F: Float>(number: T) -> F {
    F::from_f64(number.as_f64())
}

macro_rules! mixed {
    ($($trait:ident $method:ident $kind:ident: $left:ident $right:ident, $integer:ident $float:ident;)*) => {$(
        impl<I, F, S, R, L, D> $trait<ArrayBase<R, D>, $kind> for ArrayBase<S, L>
        where
            I: Integer,
            F: Float,
            S: Data<Elem = $left>,
            R: Data<Elem = $right>,
            L: Dimension,
            D: Dimension,
            Array<Mixed<$integer, $float>, L>: $trait<Array<Mixed<$integer, $float>, D>, Same>,
        {
            type Output =
                <Array<Mixed<$integer, $float>, L> as $trait<Array<Mixed<$integer, $float>, D>, Same>>::Output;
            fn $method(&self, right: &ArrayBase<R, D>) -> Result<Self::Output> {
                let (a, b): (Array<Mixed<I, F>, L>, Array<Mixed<I, F>, D>) = (as_floats(self), as_floats(right));
                a.$method(&b)
            }
        }
    )*};
}

mixed! {
    Dot dot_with IntegersFirst: I F, I F;
    Dot dot_with FloatsFirst: F I, I F;
    Matmul matmul_with IntegersFirst: I F, I F;
    Matmul matmul_with FloatsFirst: F I, I F;
}

/// A single number beside numbers of the other kind.
macro_rules! mixed_scalar {
    ($($kind:ident: $left:ident $right:ident, $integer:ident $float:ident;)*) => {$(
        impl<I: Integer, F: Float> Dot<$right, $kind> for $left {
            type Output = Mixed<$integer, $float>;
            fn dot_with(&self, right: &$right) -> Result<Self::Output> {
                Ok(as_float::<_, Mixed<I, F>>(*self).times(as_float(*right)))
            }
        }

        impl<I: Integer, F: Float, R: Data<Elem = $right>, D: Dimension> Dot<ArrayBase<R, D>, $kind> for $left {
            type Output = Array<Mixed<$integer, $float>, D>;
            fn dot_with(&self, right: &ArrayBase<R, D>) -> Result<Self::Output> {
                let factor: Mixed<I, F> = as_float(*self);
                Ok(right.map(|number| as_float::<_, Mixed<I, F>>(*number).times(factor)))
            }
        }

        impl<I: Integer, F: Float, S: Data<Elem = $left>, D: Dimension> Dot<$right, $kind> for ArrayBase<S, D> {
            type Output = Array<Mixed<$integer, $float>, D>;
            fn dot_with(&self, right: &$right) -> Result<Self::Output> {
                let factor: Mixed<I, F> = as_float(*right);
                Ok(self.map(|number| as_float::<_, Mixed<I, F>>(*number).times(factor)))
            }
        }
    )*};
}

mixed_scalar! {
    IntegersFirst: I F, I F;
    FloatsFirst: F I, I F;
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
                room::<T>(&outer(self.shape(), right.shape()))?;
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

macro_rules! stacked {
    ($trait:ident, $method:ident, $all:ident: $($left:ident $right:ident $output:ident,)*) => {$(
        impl<T: Number, S: Data<Elem = T>, R: Data<Elem = T>> $trait<ArrayBase<R, $right>> for ArrayBase<S, $left> {
            type Output = Array<T, $output>;
            fn $method(&self, right: &ArrayBase<R, $right>) -> Result<Self::Output> {
                let out = T::$all(self.view().into_dyn(), right.view().into_dyn())?;
                Ok(out.into_dimensionality().expect("the shapes give the number of axes"))
            }
        }
    )*};
}

stacked!(Dot, dot_with, dot_all:
    Ix0 Ix0 Ix0, Ix0 Ix1 Ix1, Ix0 Ix2 Ix2, Ix0 Ix3 Ix3, Ix0 Ix4 Ix4,
    Ix1 Ix0 Ix1, Ix2 Ix0 Ix2, Ix3 Ix0 Ix3, Ix4 Ix0 Ix4,
    Ix1 Ix3 Ix2, Ix3 Ix1 Ix2, Ix2 Ix3 Ix3, Ix3 Ix2 Ix3, Ix3 Ix3 Ix4,
    Ix1 Ix4 Ix3, Ix4 Ix1 Ix3, Ix2 Ix4 Ix4, Ix4 Ix2 Ix4, Ix3 Ix4 Ix5, Ix4 Ix3 Ix5, Ix4 Ix4 Ix6,
    Ix0 IxDyn IxDyn, Ix1 IxDyn IxDyn, Ix2 IxDyn IxDyn, Ix3 IxDyn IxDyn, Ix4 IxDyn IxDyn, IxDyn IxDyn IxDyn,
    IxDyn Ix0 IxDyn, IxDyn Ix1 IxDyn, IxDyn Ix2 IxDyn, IxDyn Ix3 IxDyn, IxDyn Ix4 IxDyn,
);

stacked!(Matmul, matmul_with, matmul_all:
    Ix1 Ix3 Ix2, Ix3 Ix1 Ix2, Ix2 Ix3 Ix3, Ix3 Ix2 Ix3, Ix3 Ix3 Ix3,
    Ix1 Ix4 Ix3, Ix4 Ix1 Ix3, Ix2 Ix4 Ix4, Ix4 Ix2 Ix4, Ix3 Ix4 Ix4, Ix4 Ix3 Ix4, Ix4 Ix4 Ix4,
    Ix1 IxDyn IxDyn, Ix2 IxDyn IxDyn, Ix3 IxDyn IxDyn, Ix4 IxDyn IxDyn, IxDyn IxDyn IxDyn,
    IxDyn Ix1 IxDyn, IxDyn Ix2 IxDyn, IxDyn Ix3 IxDyn, IxDyn Ix4 IxDyn,
);

macro_rules! scalar {
    ($($type:ty)*) => {$(
        impl Dot<$type> for $type {
            type Output = $type;
            fn dot_with(&self, right: &$type) -> Result<$type> {
                Ok(self.times(*right))
            }
        }

        impl<R: Data<Elem = $type>, D: Dimension> Dot<ArrayBase<R, D>> for $type {
            type Output = Array<$type, D>;
            fn dot_with(&self, right: &ArrayBase<R, D>) -> Result<Self::Output> {
                Ok(right.mapv(|element| element.times(*self)))
            }
        }

        impl<S: Data<Elem = $type>, D: Dimension> Dot<$type> for ArrayBase<S, D> {
            type Output = Array<$type, D>;
            fn dot_with(&self, right: &$type) -> Result<Self::Output> {
                right.dot_with(self)
            }
        }
    )*};
}

scalar!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize f32 f64);
