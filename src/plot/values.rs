//! Plottable data: arrays, views, vectors and slices of any number type, converted to f64.
//!
//! All values are accepted: those that cannot be drawn become a [`Problem`](super::Problem) of the figure.

use ndarray::{ArrayBase, ArrayView2, Data, Dimension, Ix2};

use crate::warned::Warned;

/// A number that can be drawn.
pub trait Number: Copy {
    /// The nearest f64.
    fn to_f64(self) -> f64;
}

macro_rules! numbers {
    ($($number:ty)*) => {$(
        impl Number for $number {
            fn to_f64(self) -> f64 {
                self as f64
            }
        }
    )*};
}

numbers!(f32 f64 i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

impl Number for bool {
    fn to_f64(self) -> f64 {
        u8::from(self).into()
    }
}

/// A list of numbers: an ndarray of one dimension (owned, view or reference), a `Vec`, a slice, an array.
///
/// Arrays of more dimensions are taken row by row, as NumPy's `ravel` does.
pub trait Values {
    /// All values, in order.
    fn values(&self) -> Vec<f64>;
}

impl<T: Number, S: Data<Elem = T>, D: Dimension> Values for ArrayBase<S, D> {
    fn values(&self) -> Vec<f64> {
        self.iter().map(|value| value.to_f64()).collect()
    }
}

impl<T: Number> Values for [T] {
    fn values(&self) -> Vec<f64> {
        self.iter().map(|value| value.to_f64()).collect()
    }
}

impl<T: Number> Values for Vec<T> {
    fn values(&self) -> Vec<f64> {
        self.as_slice().values()
    }
}

impl<T: Number, const N: usize> Values for [T; N] {
    fn values(&self) -> Vec<f64> {
        self.as_slice().values()
    }
}

impl<A: Values> Values for Warned<A> {
    fn values(&self) -> Vec<f64> {
        (**self).values()
    }
}

impl<V: Values + ?Sized> Values for &V {
    fn values(&self) -> Vec<f64> {
        (**self).values()
    }
}

/// Rows and columns of numbers: an ndarray of two dimensions, owned, view or reference.
pub trait Grid {
    /// The number of rows and of columns, and all values row by row.
    fn grid(&self) -> (usize, usize, Vec<f64>);
}

impl<T: Number, S: Data<Elem = T>> Grid for ArrayBase<S, Ix2> {
    fn grid(&self) -> (usize, usize, Vec<f64>) {
        let view: ArrayView2<'_, T> = self.view();
        (view.nrows(), view.ncols(), view.iter().map(|value| value.to_f64()).collect())
    }
}

impl<G: Grid + ?Sized> Grid for &G {
    fn grid(&self) -> (usize, usize, Vec<f64>) {
        (**self).grid()
    }
}

/// Names below the bars of a chart: strings or numbers.
pub trait Names {
    /// All names, in order.
    fn names(&self) -> Vec<String>;
}

impl<T: std::fmt::Display> Names for [T] {
    fn names(&self) -> Vec<String> {
        self.iter().map(ToString::to_string).collect()
    }
}

impl<T: std::fmt::Display> Names for Vec<T> {
    fn names(&self) -> Vec<String> {
        self.as_slice().names()
    }
}

impl<T: std::fmt::Display, const N: usize> Names for [T; N] {
    fn names(&self) -> Vec<String> {
        self.as_slice().names()
    }
}

impl<T: std::fmt::Display, S: Data<Elem = T>, D: Dimension> Names for ArrayBase<S, D> {
    fn names(&self) -> Vec<String> {
        self.iter().map(ToString::to_string).collect()
    }
}

impl<N: Names + ?Sized> Names for &N {
    fn names(&self) -> Vec<String> {
        (**self).names()
    }
}
