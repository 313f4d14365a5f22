//! Complex numbers: two floats, the second with its sign and a `j`.

use ndarray::ArrayViewD;
use num_complex::Complex;

use super::Format;
use super::float::{FloatFormat, Printable};
use crate::show::options::{PrintOptions, Sign};

/// The real parts in one format, the imaginary parts in another.
pub(in crate::show) struct ComplexFormat<T: Part> {
    real: FloatFormat<T::Real>,
    imaginary: FloatFormat<T::Real>,
}

/// A complex dtype, seen as its parts.
pub(in crate::show) trait Part: Copy {
    type Real: Printable;
    fn parts(self) -> (Self::Real, Self::Real);
}

impl<F: Printable> Part for Complex<F> {
    type Real = F;
    fn parts(self) -> (F, F) {
        (self.re, self.im)
    }
}

impl<T: Part> Format<T> for ComplexFormat<T> {
    fn new(shown: ArrayViewD<'_, T>, options: &PrintOptions) -> Self {
        let real = shown.map(|number| number.parts().0);
        let imaginary = shown.map(|number| number.parts().1);
        ComplexFormat {
            real: FloatFormat::new(real.view(), options),
            imaginary: FloatFormat::with_sign(imaginary.view(), options, Sign::Plus),
        }
    }

    fn write(&mut self, element: T, out: &mut String) {
        let (real, imaginary) = element.parts();
        self.real.write(real, out);
        let start = out.len();
        self.imaginary.write(imaginary, out);
        let end = start + out[start..].trim_end().len();
        out.insert(end, 'j');
    }

    fn width(&self) -> usize {
        self.real.width() + self.imaginary.width() + 1
    }
}
