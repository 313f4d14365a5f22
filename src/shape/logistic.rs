//! 1 / (1 + e^-x) as NumPy's readers write it, so that every digit is the one they see; and e^x where that is 0 / 0 too early.
//!
//! A form with a smaller error exists, but its last digit would differ from NumPy's.

/// In f32.
pub(super) fn single(x: f32) -> f32 {
    // Below, 1 + e^x is 1, and e^-x would overflow.
    if x < -80.0 { libm::expf(x) } else { 1.0 / (1.0 + libm::expf(-x)) }
}

/// In f64.
pub(super) fn double(x: f64) -> f64 {
    if x < -700.0 { libm::exp(x) } else { 1.0 / (1.0 + libm::exp(-x)) }
}
