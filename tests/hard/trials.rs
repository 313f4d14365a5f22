//! The groups of functions to test; the fuzzer in `tests/fuzz` uses them, too.

use crate::draw::Draw;
use crate::{arrays, exercises, figures, moving, networks};

/// A group of functions, each called once with drawn arguments.
pub type Trial = fn(&mut Draw);

pub const TRIALS: [(&str, Trial); 11] = [
    ("arrays of f64", arrays::floats::<f64>),
    ("arrays of f32", arrays::floats::<f32>),
    ("arrays of i32", arrays::numbers::<_, i32>),
    ("arrays of i64", arrays::numbers::<_, i64>),
    ("arrays of u8", arrays::numbers::<_, u8>),
    ("arrays of i8", arrays::numbers::<_, i8>),
    ("figures", figures::figures),
    ("networks", networks::networks),
    ("files", networks::files),
    ("moving figures", moving::moved),
    ("exercises", exercises::exercises),
];
