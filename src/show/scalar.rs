//! A single number, as Python's `str` formats it: all its digits, no options.

use std::fmt::Display;

use num_complex::Complex;

use super::digits::Digits;
use super::format::Printable;

pub(super) fn bool(truth: bool) -> String {
    (if truth { "True" } else { "False" }).to_owned()
}

pub(super) fn int(number: impl Display) -> String {
    number.to_string()
}

/// `0.1`, `1.0`, `1e+16`, `nan`.
pub(super) fn float<F: Scalar>(number: F) -> String {
    text(number, true)
}

/// `(1+2j)`, or `2j` when the real part is a positive zero.
pub(super) fn complex<F: Scalar>(number: Complex<F>) -> String {
    let imaginary = text(number.im, false);
    if number.re == F::ZERO && !number.re.is_sign_negative() {
        return format!("{imaginary}j");
    }
    let plus = if imaginary.starts_with('-') { "" } else { "+" };
    format!("({}{plus}{imaginary}j)", text(number.re, false))
}

/// A float with the bounds of fixed notation.
pub(super) trait Scalar: Printable {
    /// Whether NumPy writes this magnitude in fixed notation.
    fn is_fixed(self) -> bool;
}

impl Scalar for f64 {
    fn is_fixed(self) -> bool {
        self == 0.0 || (1e-4..1e16).contains(&self)
    }
}

impl Scalar for f32 {
    fn is_fixed(self) -> bool {
        self == 0.0 || (1e-4..1e6).contains(&f64::from(self))
    }
}

fn text<F: Scalar>(number: F, keep_zero: bool) -> String {
    let sign = if number.is_sign_negative() && !number.is_nan() { "-" } else { "" };
    if number.is_nan() {
        return "nan".to_owned();
    }
    if !number.is_finite() {
        return format!("{sign}inf");
    }
    let mut digits = Digits::default();
    digits.shortest(number.abs());
    let body = if number.abs().is_fixed() { fixed(&digits, keep_zero) } else { scientific(&digits) };
    format!("{sign}{body}")
}

fn fixed(digits: &Digits, keep_zero: bool) -> String {
    let (text, exponent) = (digits.text(), digits.exponent());
    if exponent < 0 {
        let zeros = (-exponent - 1) as usize;
        return format!("0.{:0>1$}", text, zeros + text.len());
    }
    let whole = exponent as usize + 1;
    let (before, after) = text.split_at(whole.min(text.len()));
    match (after, keep_zero) {
        ("", true) => format!("{before:0<whole$}.0"),
        ("", false) => format!("{before:0<whole$}"),
        _ => format!("{before}.{after}"),
    }
}

fn scientific(digits: &Digits) -> String {
    let (first, after) = digits.text().split_at(1);
    let point = if after.is_empty() { "" } else { "." };
    let sign = if digits.exponent() < 0 { '-' } else { '+' };
    format!("{first}{point}{after}e{sign}{:02}", digits.exponent().unsigned_abs())
}
