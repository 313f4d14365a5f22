//! Floats: the choice between fixed and scientific notation, and the common widths of an array.

use ndarray::ArrayViewD;

use super::Format;
use crate::show::digits::{Count, Digitable, Digits};
use crate::show::options::{FloatMode, PrintOptions, Sign};

/// A float dtype.
pub(in crate::show) trait Printable: Digitable + PartialOrd + std::ops::Div<Output = Self> {
    /// From here on NumPy uses scientific notation: 10 to the power of the sure digits of the dtype, at most 1e8.
    const LARGE: Self;
    /// Below this NumPy uses scientific notation.
    const SMALL: Self;
    /// The largest ratio of two elements that fixed notation shows.
    const RATIO: Self;
    const ZERO: Self;
    fn is_finite(self) -> bool;
    fn is_nan(self) -> bool;
    fn is_sign_negative(self) -> bool;
    fn abs(self) -> Self;
}

macro_rules! printable {
    ($type:ident, $large:literal) => {
        impl Printable for $type {
            const LARGE: Self = $large;
            const SMALL: Self = 0.0001;
            const RATIO: Self = 1000.0;
            const ZERO: Self = 0.0;
            fn is_finite(self) -> bool {
                $type::is_finite(self)
            }
            fn is_nan(self) -> bool {
                $type::is_nan(self)
            }
            fn is_sign_negative(self) -> bool {
                $type::is_sign_negative(self)
            }
            fn abs(self) -> Self {
                $type::abs(self)
            }
        }
    };
}

printable!(f32, 1e6);
printable!(f64, 1e8);

/// Floats of one array: all in fixed or all in scientific notation, aligned at the point.
pub(in crate::show) struct FloatFormat<T> {
    options: Options,
    scientific: bool,
    /// Characters before the point, and after it.
    left: usize,
    right: usize,
    /// Digits of the exponent, without its sign.
    exponent: usize,
    digits: Digits,
    word: String,
    element: std::marker::PhantomData<T>,
}

/// The print options that apply to one float.
struct Options {
    /// Digits after the point; `None` for as many as needed.
    precision: Option<usize>,
    /// Digits rounded from the exact value, rather than the fewest that are unique.
    exact: bool,
    /// Keeps trailing zeros.
    keep: bool,
    plus: bool,
    nanstr: String,
    infstr: String,
}

impl<T: Printable> Format<T> for FloatFormat<T> {
    fn new(shown: ArrayViewD<'_, T>, options: &PrintOptions) -> Self {
        Self::with_sign(shown, options, options.sign)
    }

    fn write(&mut self, element: T, out: &mut String) {
        if !element.is_finite() {
            return self.write_special(element, out);
        }
        let magnitude = element.abs();
        let count = self.options.precision.map(|digits| self.count(digits));
        match count {
            Some(count) if self.options.exact => self.digits.exact(magnitude, count),
            Some(count) if self.options.keep => self.digits.filled(magnitude, count),
            _ => self.digits.at_most(magnitude, count),
        }
        let sign = self.sign_of(element);
        if self.scientific { self.write_scientific(sign, out) } else { self.write_fixed(sign, out) }
    }

    fn width(&self) -> usize {
        self.left + self.right + 1
    }
}

impl<T: Printable> FloatFormat<T> {
    /// A format with its own sign option, which the imaginary part of a complex number needs.
    pub(in crate::show) fn with_sign(shown: ArrayViewD<'_, T>, options: &PrintOptions, sign: Sign) -> Self {
        let exact = options.floatmode == FloatMode::Fixed;
        let precision = match options.floatmode {
            FloatMode::Unique => None,
            _ => Some(options.precision.unwrap_or(8)),
        };
        let mut format = FloatFormat {
            options: Options {
                precision,
                exact,
                keep: false,
                plus: sign == Sign::Plus,
                nanstr: options.nanstr.clone(),
                infstr: options.infstr.clone(),
            },
            scientific: is_scientific(&shown, options.suppress),
            left: 0,
            right: 0,
            exponent: 0,
            digits: Digits::default(),
            word: String::new(),
            element: std::marker::PhantomData,
        };
        format.measure(&shown, options.floatmode, sign);
        format
    }

    /// Formats every element once to find the widths.
    fn measure(&mut self, shown: &ArrayViewD<'_, T>, floatmode: FloatMode, sign: Sign) {
        let (mut finite, mut negative, mut negative_infinity) = (0, false, false);
        for &element in shown.iter() {
            if element.is_finite() {
                finite += 1;
                negative |= element.is_sign_negative();
                self.measure_one(element);
            } else if !element.is_nan() {
                negative_infinity |= element.is_sign_negative();
            }
        }
        if finite > 0 {
            self.settle(floatmode);
        }
        if sign == Sign::Space && !negative {
            self.left += 1;
        }
        if finite < shown.len() {
            let marked = usize::from(sign != Sign::Minus || negative_infinity);
            let infinity = self.options.infstr.chars().count() + marked;
            let word = self.options.nanstr.chars().count().max(infinity);
            self.left = self.left.max(word.saturating_sub(self.right + 1));
        }
    }

    fn measure_one(&mut self, element: T) {
        let magnitude = element.abs();
        let count = self.options.precision.map(|digits| self.count(digits));
        match count {
            Some(count) if self.options.exact => self.digits.exact(magnitude, count),
            _ => self.digits.at_most(magnitude, count),
        }
        let signed = usize::from(self.sign_of(element).is_some());
        let (length, exponent) = (self.digits.text().len(), self.digits.exponent());
        if self.scientific {
            self.left = self.left.max(1 + signed);
            self.right = self.right.max(length.saturating_sub(1));
            self.exponent = self.exponent.max(decimal_length(exponent).max(2));
        } else {
            self.left = self.left.max(exponent.max(0) as usize + 1 + signed);
            self.right = self.right.max((length as i64 - i64::from(exponent) - 1).max(0) as usize);
        }
        if self.options.exact {
            self.right = self.options.precision.unwrap_or(0);
        }
    }

    /// Turns the widths into the digits of the second pass.
    fn settle(&mut self, floatmode: FloatMode) {
        if self.scientific {
            self.options.precision = Some(self.right);
            self.options.keep = true;
            self.right += self.exponent + 2;
        } else if matches!(floatmode, FloatMode::Fixed | FloatMode::MaxprecEqual) {
            self.options.precision = Some(self.right);
            self.options.keep = true;
        }
    }

    fn count(&self, digits: usize) -> Count {
        if self.scientific { Count::Scientific(digits) } else { Count::Positional(digits) }
    }

    fn sign_of(&self, element: T) -> Option<char> {
        if element.is_sign_negative() {
            Some('-')
        } else if self.options.plus {
            Some('+')
        } else {
            None
        }
    }

    fn write_fixed(&self, sign: Option<char>, out: &mut String) {
        let (text, exponent) = (self.digits.text(), self.digits.exponent());
        let whole = exponent.max(0) as usize + 1;
        pad(self.left.saturating_sub(whole + usize::from(sign.is_some())), ' ', out);
        out.extend(sign);
        let fraction = if exponent < 0 {
            out.push('0');
            out.push('.');
            pad((-exponent - 1) as usize, '0', out);
            out.push_str(text);
            text.len() + (-exponent - 1) as usize
        } else {
            let (before, after) = text.split_at(whole.min(text.len()));
            out.push_str(before);
            pad(whole - before.len(), '0', out);
            out.push('.');
            out.push_str(after);
            after.len()
        };
        let filler = if self.options.keep { '0' } else { ' ' };
        pad(self.right.saturating_sub(fraction), filler, out);
    }

    fn write_scientific(&self, sign: Option<char>, out: &mut String) {
        let (text, exponent) = (self.digits.text(), self.digits.exponent());
        pad(self.left.saturating_sub(1 + usize::from(sign.is_some())), ' ', out);
        out.extend(sign);
        let (first, after) = text.split_at(text.len().min(1));
        out.push_str(if first.is_empty() { "0" } else { first });
        out.push('.');
        out.push_str(after);
        pad(self.options.precision.unwrap_or(0).saturating_sub(after.len()), '0', out);
        out.push_str(if exponent < 0 { "e-" } else { "e+" });
        pad(self.exponent.saturating_sub(decimal_length(exponent)), '0', out);
        push_small(exponent.unsigned_abs(), out);
    }

    fn write_special(&mut self, element: T, out: &mut String) {
        self.word.clear();
        if element.is_nan() {
            self.word.extend(self.options.plus.then_some('+'));
            self.word.push_str(&self.options.nanstr);
        } else {
            self.word.extend(self.sign_of(element));
            self.word.push_str(&self.options.infstr);
        }
        pad((self.left + self.right + 1).saturating_sub(self.word.chars().count()), ' ', out);
        out.push_str(&self.word);
    }
}

/// NumPy's rule: scientific if an element is large, or if one is small compared to 1 or to the largest.
fn is_scientific<T: Printable>(shown: &ArrayViewD<'_, T>, suppress: bool) -> bool {
    let mut extremes: Option<(T, T)> = None;
    for &element in shown.iter() {
        let magnitude = element.abs();
        if magnitude.is_finite() && magnitude > T::ZERO {
            let (small, large) = extremes.unwrap_or((magnitude, magnitude));
            extremes = Some((
                if magnitude < small { magnitude } else { small },
                if magnitude > large { magnitude } else { large },
            ));
        }
    }
    extremes.is_some_and(|(small, large)| {
        large >= T::LARGE || (!suppress && (small < T::SMALL || large / small > T::RATIO))
    })
}

fn decimal_length(number: i32) -> usize {
    match number.unsigned_abs() {
        0..=9 => 1,
        10..=99 => 2,
        _ => 3,
    }
}

fn push_small(number: u32, out: &mut String) {
    if number >= 10 {
        push_small(number / 10, out);
    }
    out.push(char::from(b'0' + (number % 10) as u8));
}

fn pad(count: usize, filler: char, out: &mut String) {
    out.extend(std::iter::repeat_n(filler, count));
}
