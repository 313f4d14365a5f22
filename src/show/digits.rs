//! The decimal digits of a float: the fewest that identify it uniquely, or a given number of them.
//!
//! It places no point, padding or sign. The rules are those of NumPy's digit generator (the free-format
//! algorithm of Steele and White with cut-offs): ties go to the even digit, digits are rounded from the
//! exact value, never from digits that were already rounded.

use std::fmt::{LowerExp, Write};
use std::str::FromStr;

/// A float that the digit generator can decompose.
pub(super) trait Digitable: Copy + LowerExp + FromStr + PartialEq {
    /// The number of decimal digits that always survive a round trip (15 for f64, 6 for f32).
    const SURE: usize;
    /// Whether the number has its full precision, so that `SURE` holds.
    fn is_normal(self) -> bool;
    /// The number of bits after the binary point, which is also the number of decimal digits of the exact value.
    fn fraction_bits(self) -> i32;
}

macro_rules! digitable {
    ($type:ident, $sure:literal, $mantissa_bits:literal, $bias:literal) => {
        impl Digitable for $type {
            const SURE: usize = $sure;

            fn is_normal(self) -> bool {
                $type::is_normal(self)
            }

            fn fraction_bits(self) -> i32 {
                let bits = self.abs().to_bits();
                let exponent = (bits >> $mantissa_bits) as i32;
                let mantissa = bits & ((1 << $mantissa_bits) - 1);
                let (mantissa, exponent) =
                    if exponent == 0 { (mantissa, 1) } else { (mantissa | (1 << $mantissa_bits), exponent) };
                $bias + $mantissa_bits - exponent - mantissa.trailing_zeros() as i32
            }
        }
    };
}

digitable!(f64, 15, 52, 1023);
digitable!(f32, 6, 23, 127);

/// More significant digits than any f64 has.
const ALL: usize = 800;

/// Digits `d1 d2 d3 ...` with no trailing zero, standing for `d1.d2d3... x 10^exponent`; no digits stand for zero.
#[derive(Clone, Debug, Default)]
pub(super) struct Digits {
    text: String,
    exponent: i32,
}

/// Where to stop: counted from the first digit, or from the decimal point.
#[derive(Clone, Copy, Debug)]
pub(super) enum Count {
    /// This many digits after the first one.
    Scientific(usize),
    /// This many digits after the decimal point.
    Positional(usize),
}

impl Digits {
    /// The digits, without trailing zeros.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The power of ten of the first digit; 0 for zero.
    pub(super) fn exponent(&self) -> i32 {
        self.exponent
    }

    /// The fewest digits that identify `x` (finite, not negative) uniquely.
    pub(super) fn shortest<F: Digitable>(&mut self, x: F) {
        self.text.clear();
        write!(self.text, "{x:e}").expect("writing to a string cannot fail");
        self.split();
        if x.fraction_bits() == self.text.len() as i32 - self.exponent && !self.text.is_empty() {
            self.prefer_even(x);
        }
    }

    /// Halfway between two candidates, the standard library rounds up and NumPy to even, provided that the even one
    /// reads back as `x`: just below a power of two the neighbours are closer.
    fn prefer_even<F: Digitable>(&mut self, x: F) {
        let upper = self.clone();
        self.exact_to(x, self.text.len() as i64);
        let exponent = self.exponent - (self.text.len() as i32 - 1);
        if !format!("{}e{exponent}", self.text).parse().is_ok_and(|read: F| read == x) {
            *self = upper;
        }
    }

    /// The digits of the exact value of `x`, rounded (ties to even) at `count`.
    pub(super) fn exact<F: Digitable>(&mut self, x: F, count: Count) {
        self.rounded(x, count, 0);
    }

    /// The fewest digits of `x`, at most up to `most`, rounded from the exact value.
    pub(super) fn at_most<F: Digitable>(&mut self, x: F, most: Option<Count>) {
        self.shortest(x);
        let Some(most) = most else { return };
        let keep = self.keep(most);
        if keep < self.text.len() as i64 {
            self.cut(x, keep);
        }
    }

    /// The digits of `x` up to `count`: rounded if it needs more, padded with exact digits if it needs fewer.
    pub(super) fn filled<F: Digitable>(&mut self, x: F, count: Count) {
        self.rounded(x, count, 1);
    }

    /// The shortest digits if they reach `count` or fall short of it by less than `slack`, else exact ones.
    fn rounded<F: Digitable>(&mut self, x: F, count: Count, slack: i64) {
        self.shortest(x);
        let keep = self.keep(count);
        let length = self.text.len() as i64;
        if keep < length {
            self.cut(x, keep);
        } else if keep >= length + slack && (keep > F::SURE as i64 || !x.is_normal()) {
            let exponent = self.exponent;
            self.exact_to(x, keep);
            // The shortest digits of 9.99...e-7 are 1e-6: one digit fewer reaches the same decimal place.
            if self.exponent < exponent && matches!(count, Count::Positional(_)) {
                self.exact_to(x, keep - 1);
            }
        }
    }

    /// The number of significant digits up to `count`; not positive if it ends before the first one.
    fn keep(&self, count: Count) -> i64 {
        match count {
            Count::Scientific(after) => after as i64 + 1,
            Count::Positional(after) => after as i64 + 1 + i64::from(self.exponent),
        }
    }

    /// Rounds the shortest digits to `keep` of them. Only an apparent tie needs the exact value.
    fn cut<F: Digitable>(&mut self, x: F, keep: i64) {
        let keep_bytes = keep.max(0) as usize;
        let rest = if keep < 0 { "0" } else { &self.text[keep_bytes..] };
        if rest == "5" {
            return self.exact_to(x, keep);
        }
        let up = rest.as_bytes()[0] >= b'5';
        self.round(keep, up);
    }

    fn exact_to<F: Digitable>(&mut self, x: F, keep: i64) {
        if self.text.is_empty() {
            return;
        }
        if keep > 0 {
            self.text.clear();
            let after = (keep as usize - 1).min(ALL);
            write!(self.text, "{x:.after$e}").expect("writing to a string cannot fail");
            return self.split();
        }
        // No digit is kept, so it rounds to 0 or to one unit: up only above one half, and the tie goes to even 0.
        let exponent = self.exponent;
        self.text.clear();
        write!(self.text, "{x:.ALL$e}").expect("writing to a string cannot fail");
        self.split();
        let keep = keep + i64::from(self.exponent - exponent);
        let up = keep == 0 && (self.text.as_bytes()[0] > b'5' || (self.text.starts_with('5') && self.text.len() > 1));
        self.round(keep, up);
    }

    /// Drops the digits after the first `keep`, and increments the last kept one if `up`.
    fn round(&mut self, keep: i64, up: bool) {
        let end = self.exponent as i64 - keep;
        self.text.truncate(keep.max(0) as usize);
        while up && self.text.ends_with('9') {
            self.text.pop();
        }
        match (up, self.text.pop()) {
            (true, None) => {
                self.text.push('1');
                self.exponent = if keep > 0 { self.exponent + 1 } else { (end + 1) as i32 };
            }
            (true, Some(last)) => self.text.push((last as u8 + 1) as char),
            (false, Some(last)) => self.text.push(last),
            (false, None) => {}
        }
        self.trim();
    }

    /// Turns `1.25e-3` into digits and exponent.
    fn split(&mut self) {
        let mark = self.text.rfind('e').expect("the e format writes an e");
        self.exponent = self.text[mark + 1..].parse().expect("the e format writes a whole exponent");
        self.text.truncate(mark);
        if self.text.len() > 1 {
            self.text.remove(1);
        }
        self.trim();
    }

    fn trim(&mut self) {
        let length = self.text.trim_end_matches('0').len();
        self.text.truncate(length);
        if self.text.is_empty() {
            self.exponent = 0;
        }
    }
}
