//! Shapes, evenly spaced numbers, sums along an axis, and products that check the shapes first.
//!
//! Layers are in `network`.

mod broadcast;
mod logistic;
mod make;
mod normal;
mod number;
mod product;
mod range;
mod real;
mod reduce;
mod stacked;

use std::fmt;
use std::ops::Deref;

use ndarray::{ArrayBase, Dimension, RawData};

use crate::display::CellDisplay;
use crate::show::tuple;

pub use broadcast::add;
pub(crate) use make::room;
pub use make::{Sizes, ones, reshape, zeros};
pub use number::{Averaged, Float, Floats, Integer, Integers, Number, Summed};
pub use product::{Dot, Matmul, dot, matmul};
pub use range::{arange, linspace};
pub use real::Real;
pub use reduce::{All, Along, KeepDims, argmax, keepdims, max, mean, sum};
pub(crate) use reduce::{lanes, place};

/// How many elements an array has along each axis; displayed as a Python tuple.
///
/// ```
/// use forward_pass::prelude::*;
///
/// assert_eq!(shape(&array![[1, 2, 3], [10, 20, 30]]).to_string(), "(2, 3)");
/// assert_eq!(shape(&array![1]).to_string(), "(1,)");
/// assert_eq!(shape(&0.5).to_string(), "()");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Shape(Vec<usize>);

impl Shape {
    pub(crate) fn from_sizes(sizes: &[usize]) -> Shape {
        Shape(sizes.to_vec())
    }
}

/// The shape of an array, a view or a number.
pub fn shape<X: Shaped + ?Sized>(x: &X) -> Shape {
    Shape(x.sizes().to_vec())
}

/// What has a shape.
pub trait Shaped {
    /// The size along each axis.
    fn sizes(&self) -> &[usize];
}

impl<S: RawData, D: Dimension> Shaped for ArrayBase<S, D> {
    fn sizes(&self) -> &[usize] {
        self.shape()
    }
}

macro_rules! shapeless {
    ($($type:ty)*) => {$(
        impl Shaped for $type {
            fn sizes(&self) -> &[usize] {
                &[]
            }
        }
    )*};
}

shapeless!(bool i8 i16 i32 i64 isize u8 u16 u32 u64 usize f32 f64);

impl<X: Shaped + ?Sized> Shaped for &X {
    fn sizes(&self) -> &[usize] {
        (**self).sizes()
    }
}

impl<X: Shaped + ?Sized> Shaped for Box<X> {
    fn sizes(&self) -> &[usize] {
        (**self).sizes()
    }
}

impl Deref for Shape {
    type Target = [usize];
    fn deref(&self) -> &[usize] {
        &self.0
    }
}

impl<const N: usize> PartialEq<[usize; N]> for Shape {
    fn eq(&self, other: &[usize; N]) -> bool {
        self.0 == other
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&tuple(&self.0))
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl CellDisplay for Shape {
    fn cell_text(&self) -> Option<String> {
        Some(self.to_string())
    }
}
