//! What a notebook shows when a cell ends in an expression: the trait behind `evcxr_display`.
//!
//! Without such a method on the type of the last expression, the kernel compiles the cell twice; with it, once. Output
//! that is updated while a cell runs is in [`live`].

mod containers;
pub mod live;
mod standard;

use ndarray::{ArrayBase, Data, Dimension};
use num_complex::{Complex32, Complex64};

use crate::error::Error;
use crate::show::{Element, PrintOptions, repr, show};

/// A value that a cell can end in.
///
/// Arrays appear as at Python's prompt, numbers as NumPy prints them, everything else as Rust's `{:?}` formats it.
///
/// ```
/// use forward_pass::prelude::*;
///
/// assert_eq!(array![1.0, 2.0].cell_text().as_deref(), Some("array([1., 2.])"));
/// assert_eq!((1e16, "one").cell_text().as_deref(), Some("(1e+16, \"one\")"));
/// assert_eq!(().cell_text(), None);
/// ```
pub trait CellDisplay {
    /// The text shown below the cell; `None` for `()`.
    fn cell_text(&self) -> Option<String>;

    /// The output of the cell by MIME type, plain text last; most values have plain text only.
    fn cell_parts(&self) -> Vec<(&'static str, String)> {
        self.cell_text().map(|text| ("text/plain", text)).into_iter().collect()
    }

    /// Text above the output, for a value whose picture does not say all: where there is one, Jupyter shows no plain
    /// text.
    fn cell_heading(&self) -> Option<String> {
        None
    }

    /// The parts of an output that is replaced many times while a cell runs: those that are made quickly.
    fn live_parts(&self) -> Vec<(&'static str, String)> {
        self.cell_parts()
    }

    /// How much is done, out of how much, for a value that is a progress bar.
    fn progress(&self) -> Option<(usize, usize)> {
        None
    }

    /// Of a `Result`, its value or its error in words; `None` for everything else.
    fn as_result(&self) -> Option<std::result::Result<&dyn CellDisplay, String>> {
        None
    }

    /// Prints the heading, and the parts in the kernel's protocol. The kernel calls it on a cell's last expression.
    #[expect(clippy::print_stdout, reason = "a heading is a line on stdout")]
    fn evcxr_display(&self) {
        if let Some(heading) = self.cell_heading() {
            println!("{heading}");
        }
        print(&self.cell_parts());
    }
}

#[expect(clippy::print_stdout, reason = "the protocol of `evcxr_display` is lines on stdout")]
pub(crate) fn print(parts: &[(&'static str, String)]) {
    for (kind, text) in parts {
        println!("EVCXR_BEGIN_CONTENT {kind}\n{text}\nEVCXR_END_CONTENT");
    }
}

impl<S: Data<Elem: Element>, D: Dimension> CellDisplay for ArrayBase<S, D> {
    fn cell_text(&self) -> Option<String> {
        Some(repr(self))
    }
}

macro_rules! numbers {
    ($($type:ty)*) => {$(
        impl CellDisplay for $type {
            fn cell_text(&self) -> Option<String> {
                Some(show(self))
            }
        }
    )*};
}

numbers!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize f32 f64 Complex32 Complex64);

impl CellDisplay for Error {
    fn cell_text(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl CellDisplay for PrintOptions {
    fn cell_text(&self) -> Option<String> {
        Some(self.to_string())
    }
}

/// The text of a part of a larger value, where even `()` has a text.
fn part<X: CellDisplay + ?Sized>(x: &X) -> String {
    x.cell_text().unwrap_or_else(|| "()".to_owned())
}
