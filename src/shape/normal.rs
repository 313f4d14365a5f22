//! The normal distribution function Φ(x), and x Φ(x), accurate far to the left, where both are close to 0.
//!
//! erfc(-x / √2) alone is not: the rounding error of x / √2 is amplified by x², a thousandfold at -35. The slope of
//! erfc corrects for that error; below -30 the series of Mills' ratio takes over.

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};

/// 1 / √2 - `FRAC_1_SQRT_2`.
const REST_OF_SQRT: f64 = -4.833_646_656_726_457e-17;
/// 1 / √(2π).
const DENSITY_AT_0: f64 = 0.398_942_280_401_432_7;
/// Below this the series is accurate.
const FAR: f64 = -30.0;
/// Below this the result underflows to 0.
const NOTHING: f64 = -39.0;

/// Φ(x).
pub(super) fn below(x: f64) -> f64 {
    if x < FAR {
        return tail(x) / -x;
    }
    if x > -FAR {
        return 1.0;
    }
    let t = -x * FRAC_1_SQRT_2;
    let lost = libm::fma(-x, FRAC_1_SQRT_2, -t) - x * REST_OF_SQRT;
    0.5 * (libm::erfc(t) - lost * FRAC_2_SQRT_PI * libm::exp(-t * t))
}

/// x Φ(x).
pub(super) fn weighted(x: f64) -> f64 {
    if x < FAR {
        return -tail(x);
    }
    let share = below(x);
    if share == 0.0 { 0.0 } else { x * share }
}

/// -x Φ(x) = φ(x) (1 - 1 / x² + 3 / x⁴ - 15 / x⁶ + ...), for x < -30.
fn tail(x: f64) -> f64 {
    if x < NOTHING {
        return 0.0;
    }
    let square = x * x;
    let lost = libm::fma(x, x, -square);
    let u = 1.0 / square;
    // The odd factors 13, 11, ... 1, one at a time.
    let series = (1..=7).rev().fold(1.0, |sum, k| 1.0 - f64::from(2 * k - 1) * u * sum);
    DENSITY_AT_0 * (series - 0.5 * lost) * libm::exp(-0.5 * square)
}
