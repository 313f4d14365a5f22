//! One element as text: width, digits and notation are chosen once, from all elements shown.
//!
//! Brackets and lines are in `layout`.

mod complex;
mod float;
mod simple;

use ndarray::ArrayViewD;

use super::options::PrintOptions;

pub(super) use complex::ComplexFormat;
pub(super) use float::{FloatFormat, Printable};
pub(super) use simple::{BoolFormat, IntFormat};

/// Writes the elements of one array, all in the same format.
pub(super) trait Format<T>: Sized {
    /// Chooses the format from all elements that will be shown.
    fn new(shown: ArrayViewD<'_, T>, options: &PrintOptions) -> Self;

    /// Appends one element.
    fn write(&mut self, element: T, out: &mut String);

    /// An estimate of the bytes per element, to allocate once.
    fn width(&self) -> usize;
}
