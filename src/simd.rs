//! Vectorised work on f32 slices: the matrix product, and element-wise loops for the widest registers available.
//!
//! None of this is part of the lesson; the formulas are in [`crate::network`] and [`crate::train`]. Element-wise
//! results have the same bits for every register width.

pub(crate) mod elementwise;
mod exp;
pub(crate) mod product;
