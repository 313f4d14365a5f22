//! Numbers as floats, as NumPy's functions take them: f32 and f64 stay what they are, integers become f64.

use ndarray::{ArrayD, ArrayViewD};

use super::number::{Float, Floats, Integer, Integers, Number};

/// A number that a function of floats takes. `Kind` distinguishes the impls for floats and integers; rustc infers it.
///
/// All floats share one impl, so that rustc knows the type of `sigmoid(0.5)` before it has chosen between f32 and f64.
#[diagnostic::on_unimplemented(message = "`{Self}` cannot become a float", note = "functions take integers and floats")]
pub trait Real<Kind>: Number {
    /// f32 for f32, else f64.
    type Float: Float;
    /// The same number, or the nearest f64.
    fn as_float(self) -> Self::Float;
    /// Each number as a float, in the standard layout.
    #[doc(hidden)]
    fn floats(view: ArrayViewD<'_, Self>) -> ArrayD<Self::Float>;
}

impl<T: Float> Real<Floats> for T {
    type Float = T;

    fn as_float(self) -> T {
        self
    }

    fn floats(view: ArrayViewD<'_, T>) -> ArrayD<T> {
        view.as_standard_layout().into_owned()
    }
}

impl<T: Integer> Real<Integers> for T {
    type Float = f64;

    fn as_float(self) -> f64 {
        self.as_f64()
    }

    fn floats(view: ArrayViewD<'_, T>) -> ArrayD<f64> {
        T::as_floats(view)
    }
}
