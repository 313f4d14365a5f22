//! The types of number that can be computed with, and the two float types among them.
//!
//! Bools can be printed but not computed with; complex numbers only support products.

use ndarray::{Array2, ArrayD, ArrayView2, ArrayViewD};
use num_traits::Zero;

use crate::error::Result;
use crate::show::Element;

/// The type that a sum of such numbers has.
///
/// All floats share one impl, so that rustc knows the type of `sum(&array![1., 2.], All)?` before it has chosen between
/// f32 and f64. Integers cannot: i32 gives i64 and u32 gives u64.
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be added up", note = "sums are of integers and floats")]
pub trait Summed: Copy {
    /// The type of a sum, as in NumPy: 64 bits for integers, the same type for floats.
    type Total: Number;

    /// The same number in the type of the sum.
    fn as_total(self) -> Self::Total;
}

impl<T: Float> Summed for T {
    type Total = T;

    fn as_total(self) -> T {
        self
    }
}

/// The type that a mean of such numbers has. `Kind` distinguishes the impls for floats and integers; rustc infers it.
#[diagnostic::on_unimplemented(message = "`{Self}` has no mean", note = "means are of integers and floats")]
pub trait Averaged<Kind>: Number {
    /// The type of a mean, as in NumPy: f32 for f32, else f64.
    type Mean: Float;

    /// Means along an axis, or of everything.
    #[doc(hidden)]
    fn mean_all(view: ArrayViewD<'_, Self>, axis: Option<isize>, keep: bool) -> Result<ArrayD<Self::Mean>>;
}

/// The kind of f32 and f64.
pub enum Floats {}

/// The kind of i8 to i64 and u8 to u64.
pub enum Integers {}

impl<T: Float> Averaged<Floats> for T {
    type Mean = T;

    fn mean_all(view: ArrayViewD<'_, T>, axis: Option<isize>, keep: bool) -> Result<ArrayD<T>> {
        T::float_means(view, axis, keep)
    }
}

impl<T: Integer> Averaged<Integers> for T {
    type Mean = f64;

    fn mean_all(view: ArrayViewD<'_, T>, axis: Option<isize>, keep: bool) -> Result<ArrayD<f64>> {
        T::integer_means(view, axis, keep)
    }
}

/// An integer or a float. Integers wrap around when they overflow, as NumPy's arrays do.
pub trait Number: Summed + Element + Zero + PartialOrd + Send + Sync + std::fmt::Debug {
    /// The number 0.
    const ZERO: Self;
    /// The number 1.
    const ONE: Self;

    /// `self + other`, wrapping.
    fn plus(self, other: Self) -> Self;
    /// `self - other`, wrapping.
    fn minus(self, other: Self) -> Self;
    /// `self * other`, wrapping.
    fn times(self, other: Self) -> Self;
    /// Whether it is NaN; always false for integers.
    fn is_not_a_number(self) -> bool;
    /// The nearest f64.
    fn as_f64(self) -> f64;
    /// `(stop - start) / step`, rounded once; `step` must not be 0.
    #[doc(hidden)]
    fn steps(start: Self, stop: Self, step: Self) -> f64;

    /// `f` of each element. Compiled in the library, so that cells compile faster.
    #[doc(hidden)]
    fn map_all(view: ArrayViewD<'_, Self>, f: fn(Self) -> Self) -> ArrayD<Self>;
    /// `f` of each element, as integers.
    #[doc(hidden)]
    fn map_steps(view: ArrayViewD<'_, Self>, f: fn(Self) -> i64) -> ArrayD<i64>;
    /// The matrix product; the sizes must fit.
    #[doc(hidden)]
    fn product(a: ArrayView2<'_, Self>, b: ArrayView2<'_, Self>) -> Array2<Self>;
    /// `dot` of any dimensions.
    #[doc(hidden)]
    fn dot_all(a: ArrayViewD<'_, Self>, b: ArrayViewD<'_, Self>) -> Result<ArrayD<Self>>;
    /// `matmul` of any dimensions.
    #[doc(hidden)]
    fn matmul_all(a: ArrayViewD<'_, Self>, b: ArrayViewD<'_, Self>) -> Result<ArrayD<Self>>;
    /// Sums along an axis, or of everything.
    #[doc(hidden)]
    fn sum_all(view: ArrayViewD<'_, Self>, axis: Option<isize>, keep: bool) -> Result<ArrayD<Self::Total>>;
    /// The largest along an axis, or of everything.
    #[doc(hidden)]
    fn max_all(view: ArrayViewD<'_, Self>, axis: Option<isize>, keep: bool) -> Result<ArrayD<Self>>;
    /// Where the largest is, along an axis or in everything.
    #[doc(hidden)]
    fn argmax_all(view: ArrayViewD<'_, Self>, axis: Option<isize>, keep: bool) -> Result<ArrayD<i64>>;
}

/// An integer of any width, signed or not.
pub trait Integer: Number {
    /// Means along an axis, or of everything.
    #[doc(hidden)]
    fn integer_means(view: ArrayViewD<'_, Self>, axis: Option<isize>, keep: bool) -> Result<ArrayD<f64>>;
    /// Each number as f64, in the standard layout.
    #[doc(hidden)]
    fn as_floats(view: ArrayViewD<'_, Self>) -> ArrayD<f64>;

    /// The floats of a product with such floats, as in NumPy: f64, or theirs for integers of 16 bits at most.
    type Beside<F: Float>: Float;
}

/// `f32` or `f64`, with the functions of the `libm` crate: the same digits on every machine.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a float", note = "write `2.0` instead of `2`")]
pub trait Float: Number + Summed<Total = Self> + num_traits::Float {
    /// e to the power of `self`.
    fn e_to(self) -> Self;
    /// e to the power of `self`, minus 1, exact near 0.
    fn e_to_minus_one(self) -> Self;
    /// The natural logarithm.
    fn log(self) -> Self;
    /// The natural logarithm of 1 + `self`, exact near 0.
    fn log_one_plus(self) -> Self;
    /// The hyperbolic tangent.
    fn tangent(self) -> Self;
    /// Φ(`self`): the probability that a normal variable is smaller.
    fn normal_below(self) -> Self;
    /// `self` times Φ(`self`), accurate near 0.
    fn normal_weighted(self) -> Self;
    /// 1 / (1 + e^-`self`), accurate on both sides.
    fn logistic(self) -> Self;
    /// The nearest number of this type.
    fn from_f64(number: f64) -> Self;
    /// Means along an axis, or of everything.
    #[doc(hidden)]
    fn float_means(view: ArrayViewD<'_, Self>, axis: Option<isize>, keep: bool) -> Result<ArrayD<Self>>;
}

/// What integers and floats have in common; `inline` compiles it in the crates that call it.
macro_rules! mapped {
    ($(#[$when:meta])?) => {
        $(#[$when])?
        fn map_all(view: ArrayViewD<'_, Self>, f: fn(Self) -> Self) -> ArrayD<Self> {
            view.mapv(f)
        }

        $(#[$when])?
        fn map_steps(view: ArrayViewD<'_, Self>, f: fn(Self) -> i64) -> ArrayD<i64> {
            view.mapv(f)
        }

        $(#[$when])?
        fn dot_all(a: ArrayViewD<'_, Self>, b: ArrayViewD<'_, Self>) -> Result<ArrayD<Self>> {
            stacked::dot(a, b)
        }

        $(#[$when])?
        fn matmul_all(a: ArrayViewD<'_, Self>, b: ArrayViewD<'_, Self>) -> Result<ArrayD<Self>> {
            stacked::matmul(a, b)
        }

        $(#[$when])?
        fn sum_all(view: ArrayViewD<'_, Self>, axis: Option<isize>, keep: bool) -> Result<ArrayD<Self::Total>> {
            reduce::sums(view, axis, keep)
        }

        $(#[$when])?
        fn max_all(view: ArrayViewD<'_, Self>, axis: Option<isize>, keep: bool) -> Result<ArrayD<Self>> {
            reduce::maxima(view, axis, keep)
        }

        $(#[$when])?
        fn argmax_all(view: ArrayViewD<'_, Self>, axis: Option<isize>, keep: bool) -> Result<ArrayD<i64>> {
            reduce::argmaxima(view, axis, keep)
        }
    };
}

mod floats;
mod integers;
