//! Bools and integers: right-aligned to the widest.

use std::fmt::{Display, Write};
use std::marker::PhantomData;

use ndarray::ArrayViewD;

use super::Format;
use crate::show::options::{PrintOptions, Sign};

/// `True` and `False`, padded to the same width except in a 0-d array.
pub(in crate::show) struct BoolFormat<T> {
    truth: &'static str,
    element: PhantomData<T>,
}

impl Format<bool> for BoolFormat<bool> {
    fn new(shown: ArrayViewD<'_, bool>, _: &PrintOptions) -> Self {
        BoolFormat { truth: if shown.ndim() == 0 { "True" } else { " True" }, element: PhantomData }
    }

    fn write(&mut self, element: bool, out: &mut String) {
        out.push_str(if element { self.truth } else { "False" });
    }

    fn width(&self) -> usize {
        5
    }
}

/// An integer of any width.
pub(in crate::show) trait Integer: Copy + Ord + Display {
    fn is_negative(self) -> bool;
    /// Appends the digits, without a sign.
    fn write_digits(self, out: &mut String);
}

macro_rules! integer {
    ($($type:ty)*) => {$(
        impl Integer for $type {
            #[allow(unused_comparisons, reason = "one macro for signed and unsigned")]
            fn is_negative(self) -> bool {
                self < 0
            }

            #[allow(clippy::unnecessary_cast, reason = "one macro for all widths")]
            fn write_digits(self, out: &mut String) {
                write_magnitude((self as i128).unsigned_abs() as u64, out);
            }
        }
    )*};
}

integer!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

fn write_magnitude(mut rest: u64, out: &mut String) {
    let mut digits = [b'0'; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend(digits[first..].iter().map(|&digit| char::from(digit)));
}

/// Integers, right-aligned to the widest of the largest and the smallest.
pub(in crate::show) struct IntFormat<T> {
    sign: Sign,
    width: usize,
    scratch: String,
    element: PhantomData<T>,
}

impl<T: Integer> Format<T> for IntFormat<T> {
    fn new(shown: ArrayViewD<'_, T>, options: &PrintOptions) -> Self {
        let mut format = IntFormat { sign: options.sign, width: 0, scratch: String::new(), element: PhantomData };
        if let (Some(&largest), Some(&smallest)) = (shown.iter().max(), shown.iter().min()) {
            if format.sign == Sign::Space && smallest.is_negative() {
                format.sign = Sign::Minus;
            }
            let marked = usize::from(!largest.is_negative() && format.sign != Sign::Minus);
            format.width = (format.length(largest) + marked).max(format.length(smallest));
        }
        format
    }

    fn write(&mut self, element: T, out: &mut String) {
        self.scratch.clear();
        match (element.is_negative(), self.sign) {
            (true, _) => self.scratch.push('-'),
            (false, Sign::Minus) => {}
            (false, Sign::Plus) => self.scratch.push('+'),
            (false, Sign::Space) => self.scratch.push(' '),
        }
        element.write_digits(&mut self.scratch);
        out.extend(std::iter::repeat_n(' ', self.width.saturating_sub(self.scratch.len())));
        out.push_str(&self.scratch);
    }

    fn width(&self) -> usize {
        self.width
    }
}

impl<T: Integer> IntFormat<T> {
    fn length(&mut self, element: T) -> usize {
        self.scratch.clear();
        write!(self.scratch, "{element}").expect("writing to a string cannot fail");
        self.scratch.len()
    }
}
