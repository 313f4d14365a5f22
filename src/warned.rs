//! Floating-point warnings as values: what NumPy would have warned about, kept with the result.
//!
//! Nothing is printed or stopped, and a warning never changes a number.

use std::fmt;
use std::ops::Deref;

use ndarray::{Array, ArrayBase, Data, Dimension, RawData};
use num_traits::{Float as _, Zero as _};

use crate::display::CellDisplay;
use crate::shape::{Float, Number, Real};
use crate::show::{PrintOptions, Show};

/// What happened to a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Trouble {
    /// A finite number became infinite by division by zero.
    DivideByZero,
    /// A finite number overflowed to infinity.
    Overflow,
    /// The result is undefined, and NaN.
    Invalid,
}

/// One warning in NumPy's words.
///
/// ```
/// use forward_pass::warned::{Trouble, Warning};
///
/// let warning = Warning::new(Trouble::Overflow, "exp");
/// assert_eq!(warning.to_string(), "RuntimeWarning: overflow encountered in exp");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Warning {
    trouble: Trouble,
    operation: &'static str,
}

impl Warning {
    /// The warning of `operation` about `trouble`.
    pub fn new(trouble: Trouble, operation: &'static str) -> Self {
        Warning { trouble, operation }
    }

    /// What happened.
    pub fn trouble(&self) -> Trouble {
        self.trouble
    }

    /// NumPy's name of the operation it happened in.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// NumPy's words, without the class: `overflow encountered in exp`.
    pub fn message(&self) -> String {
        let trouble = match self.trouble {
            Trouble::DivideByZero => "divide by zero",
            Trouble::Overflow => "overflow",
            Trouble::Invalid => "invalid value",
        };
        format!("{trouble} encountered in {}", self.operation)
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RuntimeWarning: {}", self.message())
    }
}

/// A value with the warnings of its computation. It dereferences to the value itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Warned<T> {
    value: T,
    warnings: Vec<Warning>,
}

impl<T> Warned<T> {
    /// A value and its warnings, in order of occurrence.
    pub fn new(value: T, warnings: Vec<Warning>) -> Self {
        Warned { value, warnings }
    }

    /// The value, without its warnings.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The warnings, in order of occurrence.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}

impl<T> Deref for Warned<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: Show> Show for Warned<T> {
    fn show_with(&self, options: &PrintOptions) -> String {
        self.value.show_with(options)
    }

    fn repr_with(&self, options: &PrintOptions) -> String {
        self.value.repr_with(options)
    }
}

impl<T: CellDisplay> CellDisplay for Warned<T> {
    /// The warnings, a line each, above the value.
    fn cell_text(&self) -> Option<String> {
        let lines = self.warnings.iter().map(Warning::to_string).chain(self.value.cell_text());
        Some(lines.collect::<Vec<_>>().join("\n")).filter(|text| !text.is_empty())
    }
}

impl CellDisplay for Warning {
    fn cell_text(&self) -> Option<String> {
        Some(self.to_string())
    }
}

/// e to the power of each number, with NumPy's warnings.
///
/// ```
/// use forward_pass::prelude::*;
/// use forward_pass::warned;
///
/// let powers = warned::exp(&array![0.0, 1000.0]);
/// assert_eq!(show(&powers), "[ 1. inf]");
/// assert_eq!(powers.warnings()[0].message(), "overflow encountered in exp");
/// ```
pub fn exp<S: Data<Elem: Real<K>>, D: Dimension, K>(x: &ArrayBase<S, D>) -> Warned<Floats<S, D, K>> {
    let x = floats(x);
    let powers = x.mapv(Float::e_to);
    let overflow = x.iter().zip(&powers).any(|(x, power)| power.is_infinite() && x.is_finite());
    let warnings = overflow.then(|| Warning::new(Trouble::Overflow, "exp"));
    Warned::new(powers, warnings.into_iter().collect())
}

/// The natural logarithm of each number, with NumPy's warnings.
///
/// ```
/// use forward_pass::prelude::*;
///
/// let y = warned::log(&array![1.0, 0.0, -1.0]);
/// assert_eq!(show(&y), "[  0. -inf  nan]");
/// assert_eq!(y.warnings()[0].message(), "divide by zero encountered in log");
/// assert_eq!(y.warnings()[1].message(), "invalid value encountered in log");
/// ```
pub fn log<S: Data<Elem: Real<K>>, D: Dimension, K>(x: &ArrayBase<S, D>) -> Warned<Floats<S, D, K>> {
    let x = floats(x);
    let zero = x.iter().any(|x| x.is_zero());
    let negative = x.iter().any(|x| *x < Number::ZERO);
    let warnings = [(zero, Trouble::DivideByZero), (negative, Trouble::Invalid)];
    Warned::new(x.mapv(Float::log), happened(warnings, "log"))
}

/// `x / divisor`, element by element, with NumPy's warnings.
///
/// ```
/// use forward_pass::prelude::*;
///
/// let y = warned::divide(&array![1.0, 0.0], 0.0);
/// assert_eq!(show(&y), "[inf nan]");
/// assert_eq!(y.warnings()[0].message(), "divide by zero encountered in divide");
/// assert_eq!(y.warnings()[1].message(), "invalid value encountered in divide");
/// ```
pub fn divide<S: Data<Elem: Real<K>>, D: Dimension, K>(
    x: &ArrayBase<S, D>,
    divisor: S::Elem,
) -> Warned<Floats<S, D, K>> {
    let (x, divisor) = (floats(x), divisor.as_float());
    let y = x.mapv(|x| x / divisor);
    let (mut zero, mut overflow, mut invalid) = (false, false, false);
    for (x, y) in x.iter().zip(&y) {
        zero |= x.is_finite() && y.is_infinite() && divisor.is_zero();
        overflow |= x.is_finite() && y.is_infinite() && !divisor.is_zero();
        invalid |= y.is_nan() && !x.is_nan() && !divisor.is_nan();
    }
    let warnings = [(zero, Trouble::DivideByZero), (overflow, Trouble::Overflow), (invalid, Trouble::Invalid)];
    Warned::new(y, happened(warnings, "divide"))
}

/// An array of floats with the axes of another: f32 for f32, else f64.
type Floats<S, D, K> = Array<<<S as RawData>::Elem as Real<K>>::Float, D>;

fn floats<S: Data<Elem: Real<K>>, D: Dimension, K>(x: &ArrayBase<S, D>) -> Floats<S, D, K> {
    S::Elem::floats(x.view().into_dyn()).into_dimensionality().expect("each number stays in its place")
}

fn happened<const N: usize>(troubles: [(bool, Trouble); N], operation: &'static str) -> Vec<Warning> {
    troubles.into_iter().filter(|trouble| trouble.0).map(|(_, trouble)| Warning::new(trouble, operation)).collect()
}
