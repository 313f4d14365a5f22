//! A network as a diagram: a circle for each value, an arrow for each weight, and the shapes beneath.
//!
//! Only sizes and names are known here; large layers show their first and last values.

mod draw;

use super::Wording;

#[derive(Clone)]
pub(super) struct Diagram {
    pub sizes: Vec<usize>,
    pub notes: Vec<String>,
    pub wording: Option<Wording>,
}

/// A layer with more values than this is elided.
const MOST: usize = 10;
/// The number of values drawn at each end of an elided layer.
const ENDS: usize = 4;
const ACROSS: f64 = 168.0;
const SIDE: f64 = 84.0;
const HEAD: f64 = 56.0;
const FOOT: f64 = 74.0;

/// One place in a column: a value, counted from 1, or the dots that stand for many.
enum Slot {
    Value(usize),
    Dots,
}

impl Diagram {
    fn slots(size: usize) -> Vec<Slot> {
        if size <= MOST {
            return (1..=size).map(Slot::Value).collect();
        }
        let first = (1..=ENDS).map(Slot::Value);
        first.chain([Slot::Dots]).chain((size - ENDS + 1..=size).map(Slot::Value)).collect()
    }

    fn tallest(&self) -> usize {
        self.sizes.iter().map(|&size| Self::slots(size).len()).max().unwrap_or(0)
    }

    /// The distance between the centers of two circles, and the radius of a circle.
    fn spacing(&self) -> (f64, f64) {
        if self.tallest() <= 6 { (62.0, 21.0) } else { (40.0, 14.0) }
    }

    pub fn size(&self) -> (f64, f64) {
        let across = self.sizes.len().saturating_sub(1) as f64 * ACROSS + 2.0 * SIDE;
        (across.max(240.0), HEAD + self.tallest().max(2) as f64 * self.spacing().0 + FOOT)
    }
}
