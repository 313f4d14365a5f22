//! Arrays and numbers as NumPy prints them: `show` is Python's `print`, `repr` is Python's prompt.
//!
//! It returns text and never prints. ndarray's own `{}` form differs (`[0.1, 0.2]`) and cannot be changed, so the
//! chapter writes `println!("{}", show(&x))`.
//!
//! Source of the rules: NumPy 2.4's `arrayprint`, followed to the character and checked against NumPy itself.

mod digits;
mod element;
mod format;
mod layout;
mod options;
mod scalar;

use ndarray::{ArrayBase, ArrayViewD, Data, Dimension};
use num_complex::{Complex32, Complex64};

pub use element::Element;
pub use layout::Style;
pub use options::{FloatMode, PRINT_VARIABLE, PrintOptions, Sign};

/// `x` as Python's `print` would show it.
///
/// ```
/// use forward_pass::prelude::*;
///
/// assert_eq!(show(&array![0.25, 1.0]), "[0.25 1.  ]");
/// assert_eq!(show(&array![[true, false]]), "[[ True False]]");
/// assert_eq!(show(&0.5), "0.5");
/// ```
pub fn show<X: Show + ?Sized>(x: &X) -> String {
    x.show_with(&session())
}

/// `x` as Python's prompt would show it: with `array(...)`, and the dtype where the digits do not imply it.
///
/// A single number shows as itself, as Python's own numbers do.
///
/// ```
/// use forward_pass::prelude::*;
///
/// assert_eq!(repr(&array![[0, 1], [0, 1]]), "array([[0, 1],\n       [0, 1]], dtype=int32)");
/// assert_eq!(repr(&array![0.1, 0.2]), "array([0.1, 0.2])");
/// ```
pub fn repr<X: Show + ?Sized>(x: &X) -> String {
    x.repr_with(&session())
}

/// A value that [`show`] and [`repr`] accept: arrays and views of any dimension, numbers, and references to them.
pub trait Show {
    /// The form of Python's `print`, with the given options.
    fn show_with(&self, options: &PrintOptions) -> String;
    /// The form of Python's prompt, with the given options.
    fn repr_with(&self, options: &PrintOptions) -> String;
}

impl<S: Data<Elem: Element>, D: Dimension> Show for ArrayBase<S, D> {
    fn show_with(&self, options: &PrintOptions) -> String {
        str_of(self.view().into_dyn(), options)
    }

    fn repr_with(&self, options: &PrintOptions) -> String {
        repr_of(self.view().into_dyn(), options)
    }
}

macro_rules! show_scalar {
    ($($type:ty)*) => {$(
        impl Show for $type {
            fn show_with(&self, _: &PrintOptions) -> String {
                self.scalar_text()
            }

            fn repr_with(&self, _: &PrintOptions) -> String {
                self.scalar_text()
            }
        }
    )*};
}

show_scalar!(bool i8 i16 i32 i64 isize u8 u16 u32 u64 usize f32 f64 Complex32 Complex64);

impl<X: Show + ?Sized> Show for &X {
    fn show_with(&self, options: &PrintOptions) -> String {
        (**self).show_with(options)
    }

    fn repr_with(&self, options: &PrintOptions) -> String {
        (**self).repr_with(options)
    }
}

impl<X: Show + ?Sized> Show for Box<X> {
    fn show_with(&self, options: &PrintOptions) -> String {
        (**self).show_with(options)
    }

    fn repr_with(&self, options: &PrintOptions) -> String {
        (**self).repr_with(options)
    }
}

impl PrintOptions {
    /// `x` as Python's `print` would show it, with these options.
    pub fn show<X: Show + ?Sized>(&self, x: &X) -> String {
        x.show_with(self)
    }

    /// `x` as Python's prompt would show it, with these options.
    pub fn repr<X: Show + ?Sized>(&self, x: &X) -> String {
        x.repr_with(self)
    }

    /// NumPy's `array2string`: elements separated by `separator`, with room for `prefix` and `suffix`.
    ///
    /// ```
    /// use forward_pass::prelude::*;
    ///
    /// assert_eq!(PrintOptions::default().array2string(&array![1, 2], ",", "", ""), "[1,2]");
    /// ```
    pub fn array2string<S: Data<Elem: Element>, D: Dimension>(
        &self,
        x: &ArrayBase<S, D>,
        separator: &str,
        prefix: &str,
        suffix: &str,
    ) -> String {
        let style = Style { separator, prefix: prefix.chars().count(), suffix: suffix.chars().count() };
        S::Elem::array_text(x.view().into_dyn(), self, &style)
    }
}

/// The options of the session; NumPy's defaults if the variable is invalid.
fn session() -> PrintOptions {
    PrintOptions::of_session().unwrap_or_default()
}

fn str_of<T: Element>(view: ArrayViewD<'_, T>, options: &PrintOptions) -> String {
    match view.first() {
        Some(&number) if view.ndim() == 0 => number.scalar_text(),
        _ => T::array_text(view, options, &Style { separator: " ", prefix: 0, suffix: 0 }),
    }
}

fn repr_of<T: Element>(view: ArrayViewD<'_, T>, options: &PrintOptions) -> String {
    const PREFIX: &str = "array(";
    let mut extras = Vec::new();
    if (view.is_empty() && view.shape() != [0]) || view.len() > options.threshold {
        extras.push(format!("shape={}", tuple(view.shape())));
    }
    if !T::IMPLIED || view.is_empty() {
        extras.push(format!("dtype={}", T::DTYPE));
    }
    let style = Style { separator: ", ", prefix: PREFIX.len(), suffix: 1 };
    let mut text = format!("{PREFIX}{}", T::array_text(view, options, &style));
    if extras.is_empty() {
        text.push(')');
        return text;
    }
    text.push(',');
    let extras = extras.join(", ") + ")";
    let last_line = text.rsplit('\n').next().unwrap_or_default().chars().count();
    if last_line + extras.len() + 1 > options.linewidth {
        text.push('\n');
        text.push_str(&" ".repeat(PREFIX.len()));
    } else {
        text.push(' ');
    }
    text + &extras
}

/// A shape as Python writes a tuple: `(2, 3)`, `(1,)`, `()`.
pub(crate) fn tuple(shape: &[usize]) -> String {
    match shape {
        [only] => format!("({only},)"),
        _ => format!("({})", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}
