//! Seeded random numbers: the same on every machine, from PCG32 and the `libm` crate.
//!
//! Not suitable for cryptography. Nothing here reads the clock.

use rand_pcg::Pcg32;
use rand_pcg::rand_core::Rng;

/// A stream of random numbers, one for each pair of seed and stream number.
pub(crate) struct Random {
    pcg: Pcg32,
}

impl Random {
    /// Streams with different numbers are independent, even with the same seed.
    pub(crate) fn new(seed: u64, stream: u64) -> Random {
        Random { pcg: Pcg32::new(seed ^ 0xcafe_f00d_d15e_a5e5, stream) }
    }

    /// A number in `0..1`, a multiple of 2^-24, so that f32 holds it exactly.
    pub(crate) fn unit(&mut self) -> f32 {
        (self.pcg.next_u32() >> 8) as f32 / 16_777_216.0
    }

    /// A number in `low..high`.
    pub(crate) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// A whole number in `0..count`; 0 when `count` is 0.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        // The bias of the multiply-shift is below count / 2^32.
        ((u64::from(self.pcg.next_u32()) * count as u64) >> 32) as usize
    }

    /// A draw from the normal distribution with mean 0 and standard deviation 1 (Box and Muller, 1958).
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(1.0 - f64::from(self.unit())));
        radius * libm::cos(std::f64::consts::TAU * f64::from(self.unit()))
    }

    /// Fisher and Yates: every order is equally likely.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_gives_one_stream() {
        let draws = |seed, stream| {
            let mut random = Random::new(seed, stream);
            (random.below(1000), random.below(1000), random.below(1000))
        };
        assert_eq!(draws(1, 1), draws(1, 1));
        assert_ne!(draws(1, 1), draws(2, 1));
        assert_ne!(draws(1, 1), draws(1, 2));
    }

    #[test]
    fn normal_draws_have_mean_zero_and_deviation_one() {
        let mut random = Random::new(7, 0);
        let draws: Vec<f64> = (0..20_000).map(|_| random.normal()).collect();
        let mean = draws.iter().sum::<f64>() / 20_000.0;
        let variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 20_000.0;
        assert!(mean.abs() < 0.03, "mean {mean}");
        assert!((variance - 1.0).abs() < 0.05, "variance {variance}");
    }

    #[test]
    fn shuffling_keeps_every_item() {
        let mut items: Vec<usize> = (0..100).collect();
        Random::new(3, 0).shuffle(&mut items);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
