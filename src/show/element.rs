//! The element types that can be printed: the dtypes, each with its formatter and its scalar form.
//!
//! Lines are laid out in `layout`.

use ndarray::ArrayViewD;
use num_complex::{Complex32, Complex64};

use super::layout::{self, Style};
use super::options::PrintOptions;
use super::scalar;

mod sealed {
    pub trait Sealed {}
}

/// An element type that NumPy has a name for: bool, the integers, the floats, the complex numbers.
///
/// Sealed: the crate implements it for every dtype it prints.
pub trait Element: Copy + sealed::Sealed + 'static {
    /// NumPy's name of the dtype, such as `int32`.
    const DTYPE: &'static str;
    /// Whether `repr` omits the dtype because the digits imply it (bool, int64, float64, complex128).
    const IMPLIED: bool;

    /// The whole array as text, with its brackets.
    #[doc(hidden)]
    fn array_text(view: ArrayViewD<'_, Self>, options: &PrintOptions, style: &Style<'_>) -> String;

    /// One number as NumPy's `str` formats it.
    #[doc(hidden)]
    fn scalar_text(self) -> String;
}

macro_rules! element {
    ($($type:ident: $name:literal, $implied:literal, $format:ident, $scalar:expr $(, #[$when:meta])?;)*) => {$(
        impl sealed::Sealed for $type {}

        impl Element for $type {
            const DTYPE: &'static str = $name;
            const IMPLIED: bool = $implied;

            $(#[$when])?
            fn array_text(view: ArrayViewD<'_, Self>, options: &PrintOptions, style: &Style<'_>) -> String {
                layout::array_text::<Self, super::format::$format<_>>(view, options, style)
            }

            fn scalar_text(self) -> String {
                $scalar(self)
            }
        }
    )*};
}

element! {
    bool: "bool", true, BoolFormat, scalar::bool;
    i8: "int8", false, IntFormat, scalar::int, #[inline];
    i16: "int16", false, IntFormat, scalar::int, #[inline];
    i32: "int32", false, IntFormat, scalar::int;
    i64: "int64", true, IntFormat, scalar::int;
    isize: "int64", true, IntFormat, scalar::int, #[inline];
    u8: "uint8", false, IntFormat, scalar::int;
    u16: "uint16", false, IntFormat, scalar::int, #[inline];
    u32: "uint32", false, IntFormat, scalar::int, #[inline];
    u64: "uint64", false, IntFormat, scalar::int, #[inline];
    usize: "uint64", false, IntFormat, scalar::int;
    f32: "float32", false, FloatFormat, scalar::float;
    f64: "float64", true, FloatFormat, scalar::float;
    Complex32: "complex64", false, ComplexFormat, scalar::complex;
    Complex64: "complex128", true, ComplexFormat, scalar::complex;
}
