//! Number crunching on f32 slices: the matrix product, and loops that use the widest registers the processor has.
//!
//! A learner never needs to open it: nothing in here is part of the lesson, and every result has the same bits on
//! every width. Layers, training and their formulas are in [`crate::network`] and [`crate::train`].

pub(crate) mod elementwise;
mod exp;
pub(crate) mod product;
