//! 1 / (1 + e^-x) as NumPy users write it, with the same digits, and e^x where e^-x would overflow.
//!
//! A form with a smaller error exists, but its last digit would differ from NumPy's.

/// In f32.
pub(super) fn single(x: f32) -> f32 {
    // Below this, 1 + e^x is 1 and e^-x would overflow.
    if x < -80.0 { libm::expf(x) } else { 1.0 / (1.0 + libm::expf(-x)) }
}

/// In f64.
pub(super) fn double(x: f64) -> f64 {
    if x < -700.0 { libm::exp(x) } else { 1.0 / (1.0 + libm::exp(-x)) }
}
