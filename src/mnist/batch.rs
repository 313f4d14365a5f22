//! Batches of digits, in a seeded order.
//!
//! The chosen rows are copied unchanged.

use std::fmt;

use ndarray::{Array1, Array2, Axis};

use super::Digits;
use super::score::one_hot;
use crate::error::{Error, ErrorKind, Result};
use crate::random::Random;

/// Some digits, processed together: the rows of one matrix product.
#[derive(Clone, PartialEq)]
pub struct Batch {
    /// (size, 784)
    pub images: Array2<f32>,
    /// (size,)
    pub labels: Array1<u8>,
}

impl Batch {
    /// The labels as rows with a single 1, (size, 10).
    ///
    /// # Errors
    /// When a label is above 9.
    pub fn one_hot(&self) -> Result<Array2<f32>> {
        one_hot(&self.labels, 10)
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a batch of {} digits", self.labels.len())
    }
}

/// The state of [`Digits::next_batch`].
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Order {
    places: Vec<usize>,
    at: usize,
    seed: u64,
    rounds: u64,
}

impl Order {
    fn new(seed: u64) -> Order {
        Order { seed, ..Order::default() }
    }

    fn take(&mut self, size: usize, count: usize) -> Vec<usize> {
        let mut places = Vec::with_capacity(size);
        while places.len() < size {
            if self.at == self.places.len() || self.places.len() != count {
                self.shuffle(count);
            }
            let end = self.places.len().min(self.at + size - places.len());
            places.extend_from_slice(&self.places[self.at..end]);
            self.at = end;
        }
        places
    }

    fn shuffle(&mut self, count: usize) {
        self.places = (0..count).collect();
        Random::new(self.seed, 4 + self.rounds).shuffle(&mut self.places);
        (self.at, self.rounds) = (0, self.rounds + 1);
    }
}

/// Every digit once, in a seeded order, `size` at a time; the last batch may be smaller.
#[derive(Debug)]
pub struct Batches<'a> {
    digits: &'a Digits,
    places: Vec<usize>,
    size: usize,
    at: usize,
}

impl Batches<'_> {
    /// The next batch, or `None` at the end of the set.
    pub fn next_batch(&mut self) -> Option<Batch> {
        let end = self.places.len().min(self.at + self.size);
        let places = &self.places[self.at..end];
        self.at = end;
        (!places.is_empty()).then(|| self.digits.gather(places))
    }
}

impl Iterator for Batches<'_> {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        self.next_batch()
    }
}

impl Digits {
    /// The next `size` digits in a seeded order. It never ends: after the last digit, the set is shuffled again.
    ///
    /// ```
    /// use forward_pass::prelude::*;
    /// let mut digits = Mnist::sample();
    /// let batch = digits.train.next_batch(100)?;
    /// assert_eq!((batch.images.dim(), batch.labels.len()), ((100, 784), 100));
    /// assert_eq!(batch.one_hot()?.dim(), (100, 10));
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// When `size` is 0 or larger than the set.
    pub fn next_batch(&mut self, size: usize) -> Result<Batch> {
        self.check_size(size)?;
        let places = self.order.take(size, self.labels.len());
        Ok(self.gather(&places))
    }

    /// Restarts [`next_batch`](Digits::next_batch) in the order of this seed (the initial seed is 0).
    pub fn shuffle(&mut self, seed: u64) {
        self.order = Order::new(seed);
    }

    /// Every digit once, `size` at a time, for a loop: `for batch in digits.train.batches(100, 1)? { .. }`.
    ///
    /// # Errors
    /// When `size` is 0 or larger than the set.
    pub fn batches(&self, size: usize, seed: u64) -> Result<Batches<'_>> {
        self.check_size(size)?;
        let places = Order::new(seed).take(self.len(), self.len());
        Ok(Batches { digits: self, places, size, at: 0 })
    }

    fn check_size(&self, size: usize) -> Result<()> {
        if (1..=self.len()).contains(&size) {
            return Ok(());
        }
        let message = format!("a batch of {size} from {} digits", self.len());
        Err(Error::new(ErrorKind::Value, message, format!("take 1 to {}", self.len())))
    }

    fn gather(&self, places: &[usize]) -> Batch {
        Batch { images: self.images.select(Axis(0), places), labels: self.labels.select(Axis(0), places) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mnist::Mnist;

    #[test]
    fn every_digit_comes_once_a_round() {
        let mut order = Order::new(5);
        let mut first: Vec<usize> = (0..5).flat_map(|_| order.take(2, 10)).collect();
        first.sort_unstable();
        assert_eq!(first, (0..10).collect::<Vec<_>>());
        assert_eq!(order.take(25, 10).len(), 25);
    }

    #[test]
    fn batches_end_with_a_smaller_one() {
        let digits = Mnist::drawn(25, 0, 1).train;
        let sizes: Vec<usize> = digits.batches(10, 1).unwrap().map(|batch| batch.labels.len()).collect();
        assert_eq!(sizes, [10, 10, 5]);
    }

    #[test]
    fn one_seed_gives_one_order() {
        let mut digits = Mnist::drawn(50, 0, 1).train;
        let first = digits.next_batch(10).unwrap();
        assert_ne!(first, digits.next_batch(10).unwrap());
        digits.shuffle(0);
        assert_eq!(first, digits.next_batch(10).unwrap());
        digits.shuffle(1);
        assert_ne!(first, digits.next_batch(10).unwrap());
    }

    #[test]
    fn a_batch_of_nothing_is_refused() {
        let error = Mnist::drawn(5, 0, 1).train.next_batch(0).unwrap_err();
        assert_eq!(error.to_string(), "a batch of 0 from 5 digits\nhelp: take 1 to 5");
        assert!(Mnist::drawn(5, 0, 1).train.batches(6, 1).is_err());
    }
}
