//! f32 and f64 as numbers, with the functions of `libm`.

use ndarray::{Array2, ArrayD, ArrayView2, ArrayViewD};

use super::super::{logistic, normal, reduce, stacked};
use super::{Float, Number};
use crate::error::Result;

macro_rules! float {
    ($type:ident, $exp:path, $expm1:path, $log:path, $log1p:path, $tanh:path, $logistic:path) => {
        impl Number for $type {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;

            fn plus(self, other: Self) -> Self {
                self + other
            }

            fn minus(self, other: Self) -> Self {
                self - other
            }

            fn times(self, other: Self) -> Self {
                self * other
            }

            fn is_not_a_number(self) -> bool {
                self.is_nan()
            }

            fn as_f64(self) -> f64 {
                f64::from(self)
            }

            fn steps(start: Self, stop: Self, step: Self) -> f64 {
                // In their own precision, as NumPy divides its scalars.
                f64::from((stop - start) / step)
            }

            mapped!();

            fn product(a: ArrayView2<'_, Self>, b: ArrayView2<'_, Self>) -> Array2<Self> {
                a.dot(&b)
            }
        }

        impl Float for $type {
            fn e_to(self) -> Self {
                $exp(self)
            }

            fn e_to_minus_one(self) -> Self {
                $expm1(self)
            }

            fn log(self) -> Self {
                $log(self)
            }

            fn log_one_plus(self) -> Self {
                $log1p(self)
            }

            fn tangent(self) -> Self {
                $tanh(self)
            }

            fn normal_below(self) -> Self {
                normal::below(f64::from(self)) as $type
            }

            fn normal_weighted(self) -> Self {
                normal::weighted(f64::from(self)) as $type
            }

            fn logistic(self) -> Self {
                $logistic(self)
            }

            fn from_f64(number: f64) -> Self {
                number as $type
            }

            fn float_means(view: ArrayViewD<'_, Self>, axis: Option<isize>, keep: bool) -> Result<ArrayD<Self>> {
                reduce::means(view, axis, keep, |number| number)
            }
        }
    };
}

float!(f32, libm::expf, libm::expm1f, libm::logf, libm::log1pf, libm::tanhf, logistic::single);
float!(f64, libm::exp, libm::expm1, libm::log, libm::log1p, libm::tanh, logistic::double);
