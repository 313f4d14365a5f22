//! Seeded inputs of all sizes, hard ones first: zeros of both signs, ties, what is not a number, and what overflows.

use ndarray::{Array1, Array2};

use crate::random::Random;
use crate::shape::Float;

/// How many random inputs an exercise has, beside the hard ones.
const DRAWN: usize = 110;

/// Hard numbers, and random ones with one decimal, all [`rounded`] to the type of the learner's function.
pub(super) fn numbers(rounded: fn(f64) -> f64) -> Vec<f64> {
    const HARD: [f64; 19] = [
        0.0,
        1.0,
        -1.0,
        2.0,
        -2.0,
        6.0,
        7.0,
        0.5,
        -0.5,
        -0.0,
        20.0,
        -20.0,
        300.0,
        800.0,
        -800.0,
        1e-30,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ];
    let mut random = Random::new(1, 1);
    let drawn = (0..DRAWN).map(|_| tenths(&mut random, 100));
    HARD.into_iter().chain(drawn).map(rounded).collect()
}

/// The nearest number of a type.
pub(super) fn rounded<T: Float>(number: f64) -> f64 {
    T::from_f64(number).as_f64()
}

/// A number between `-most / 10` and `most / 10`, with one decimal.
pub(super) fn tenths(random: &mut Random, most: usize) -> f64 {
    (random.below(2 * most + 1) as f64 - most as f64) / 10.0
}

/// A row of random numbers.
pub(super) fn row(random: &mut Random, length: usize, most: usize) -> Array1<f64> {
    (0..length).map(|_| tenths(random, most)).collect()
}

/// A table of random numbers.
pub(super) fn table(random: &mut Random, (rows, columns): (usize, usize), most: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows, columns), |_| tenths(random, most))
}

/// Calls `make` for each random input.
pub(super) fn drawn<I>(seed: u64, make: impl FnMut(&mut Random) -> I) -> impl Iterator<Item = I> {
    let (mut random, mut make) = (Random::new(seed, 2), make);
    (0..DRAWN).map(move |_| make(&mut random))
}
