//! One element as text: how wide, how many digits, scientific or not, decided once from all elements shown.
//!
//! It does not know of brackets and lines; `layout` does.

mod complex;
mod float;
mod simple;

use ndarray::ArrayViewD;

use super::options::PrintOptions;

pub(super) use complex::ComplexFormat;
pub(super) use float::{FloatFormat, Printable};
pub(super) use simple::{BoolFormat, IntFormat};

/// Writes elements of one array, all in the same manner.
pub(super) trait Format<T>: Sized {
    /// Looks at every element that will be shown and decides the manner.
    fn new(shown: ArrayViewD<'_, T>, options: &PrintOptions) -> Self;

    /// Appends one element.
    fn write(&mut self, element: T, out: &mut String);

    /// A guess at the bytes of one element, to allocate once.
    fn width(&self) -> usize;
}
