//! Integers as numbers: of 8 to 64 bits, signed or not. They wrap around.

use ndarray::{Array2, ArrayD, ArrayView2, ArrayViewD};

use super::super::{reduce, stacked};
use super::{Float, Integer, Number, Summed};
use crate::error::Result;

macro_rules! integers {
    ($total:ty, $beside:ident: $($type:ident $(#[$when:meta])?),*) => {$(
        impl Summed for $type {
            type Total = $total;

            fn as_total(self) -> $total {
                self as $total
            }
        }

        impl Integer for $type {
            type Beside<F: Float> = $beside!(F);

            $(#[$when])?
            fn integer_means(view: ArrayViewD<'_, Self>, axis: Option<isize>, keep: bool) -> Result<ArrayD<f64>> {
                reduce::means(view, axis, keep, Self::as_f64)
            }

            $(#[$when])?
            fn as_floats(view: ArrayViewD<'_, Self>) -> ArrayD<f64> {
                ArrayD::from_shape_vec(view.raw_dim(), view.iter().map(|x| x.as_f64()).collect())
                    .expect("one float for each integer")
            }
        }

        impl Number for $type {
            const ZERO: Self = 0;
            const ONE: Self = 1;

            fn plus(self, other: Self) -> Self {
                self.wrapping_add(other)
            }

            fn minus(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }

            fn times(self, other: Self) -> Self {
                self.wrapping_mul(other)
            }

            fn is_not_a_number(self) -> bool {
                false
            }

            fn as_f64(self) -> f64 {
                self as f64
            }

            fn steps(start: Self, stop: Self, step: Self) -> f64 {
                // 128 bits, so that no difference wraps around.
                let (span, step) = (stop as i128 - start as i128, step as i128);
                (span / step) as f64 + (span % step) as f64 / step as f64
            }

            mapped!($(#[$when])?);

            $(#[$when])?
            fn product(a: ArrayView2<'_, Self>, b: ArrayView2<'_, Self>) -> Array2<Self> {
                let mut out = Array2::zeros((a.nrows(), b.ncols()));
                if out.is_empty() {
                    return out;
                }
                for (row, mut sums) in a.rows().into_iter().zip(out.rows_mut()) {
                    for (&factor, terms) in row.iter().zip(b.rows()) {
                        sums.zip_mut_with(&terms, |sum: &mut Self, &term| *sum = sum.plus(factor.times(term)));
                    }
                }
                out
            }
        }
    )*};
}

/// The type of a product with floats: theirs, or f64.
#[rustfmt::skip]
macro_rules! same { ($float:ident) => { $float } }
#[rustfmt::skip]
macro_rules! double { ($float:ident) => { f64 } }

// A function marked `inline` is compiled in the crates that call it. Those of the rare types would take a fifth of the
// library's own time.
integers!(i64, same: i8 #[inline], i16 #[inline]);
integers!(i64, double: i32, i64, isize #[inline]);
integers!(u64, same: u8, u16 #[inline]);
integers!(u64, double: u32 #[inline], u64 #[inline], usize);
