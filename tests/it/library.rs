//! The library through its prelude, beside NumPy and the book.

mod exercises;
mod figures;
mod mistakes;
mod mnist;
mod moving;
mod network;
mod numpy;
mod reading;
mod skeleton;
mod strangers;
mod train;
mod weights;
