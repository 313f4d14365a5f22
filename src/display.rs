//! What a notebook shows when a cell ends in an expression: the trait behind `evcxr_display`.
//!
//! The kernel compiles a cell twice when the type of its last expression has no such method; with it, once. What is
//! shown while a cell runs, and replaced, is in [`live`].

mod containers;
pub mod live;
mod standard;

use ndarray::{ArrayBase, Data, Dimension};
use num_complex::{Complex32, Complex64};

use crate::error::Error;
use crate::show::{Element, PrintOptions, repr, show};

/// A value that a cell can end in.
///
/// Arrays appear as at Python's prompt, numbers as NumPy prints them, everything else as Rust's `{:?}` has it.
///
/// ```
/// use forward_pass::prelude::*;
///
/// assert_eq!(array![1.0, 2.0].cell_text().as_deref(), Some("array([1., 2.])"));
/// assert_eq!((1e16, "one").cell_text().as_deref(), Some("(1e+16, \"one\")"));
/// assert_eq!(().cell_text(), None);
/// ```
pub trait CellDisplay {
    /// The text that stands below the cell; nothing for `()`.
    fn cell_text(&self) -> Option<String>;

    /// What stands below the cell, kind by kind, its plain text last; for most values that text is all.
    fn cell_parts(&self) -> Vec<(&'static str, String)> {
        self.cell_text().map(|text| ("text/plain", text)).into_iter().collect()
    }

    /// Prints the parts in the kernel's protocol. The kernel calls it on the last expression of a cell.
    fn evcxr_display(&self) {
        for (kind, text) in self.cell_parts() {
            println!("EVCXR_BEGIN_CONTENT {kind}\n{text}\nEVCXR_END_CONTENT");
        }
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

/// The text of a part of something larger, where even `()` has one.
fn part<X: CellDisplay + ?Sized>(x: &X) -> String {
    x.cell_text().unwrap_or_else(|| "()".to_owned())
}
