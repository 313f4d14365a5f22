//! exp in f32 without branches or division, so that a loop over it is vectorised.
//!
//! The printed digits of the chapter's small examples come from the `libm` crate's `expf`; this one is for large
//! networks. Its error is at most 2 units in the last place (a test measures it), and it gives the same bits on every
//! machine. The method is the usual one: exp(x) = 2^k · exp(r) with x = k · ln 2 + r, and a polynomial for exp(r).

/// ln 2 in two parts: the first has trailing zeros, so that k · LN2_HIGH is exact.
const LN2_HIGH: f32 = 0.693_359_4;
const LN2_LOW: f32 = -2.121_944_4e-4;
/// 1.5 · 2^23: adding and subtracting it rounds to an integer.
const ROUND: f32 = 12_582_912.0;

/// e to the power x.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    // Beyond these the answer is 0 or infinity; NaN falls through both comparisons.
    let inside = if x < -104.0 { -104.0 } else { x };
    let inside = if inside > 89.0 { 89.0 } else { inside };
    let shifted = inside * std::f32::consts::LOG2_E + ROUND;
    let k = shifted - ROUND;
    let r = inside - k * LN2_HIGH - k * LN2_LOW;
    // 1 + r + r^2/2! + r^3/3! + ..., the last coefficients adjusted to even out the error over |r| <= ln 2 / 2.
    let p = 1.987_569_1e-4;
    let p = p * r + 1.398_199_9e-3;
    let p = p * r + 8.333_452e-3;
    let p = p * r + 4.166_579_6e-2;
    let p = p * r + 1.666_666_5e-1;
    let p = p * r + 5.0e-1;
    let y = p * r * r + r + 1.0;
    // Two factors, because 2^k alone overflows or underflows at the ends.
    let whole = (shifted.to_bits() as i32).wrapping_sub(ROUND.to_bits() as i32);
    let half = whole >> 1;
    y * power_of_two(half) * power_of_two(whole.wrapping_sub(half))
}

#[inline(always)]
fn power_of_two(k: i32) -> f32 {
    f32::from_bits((k.wrapping_add(127) << 23) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_within_two_units_of_the_true_one() {
        // Every 997th of all 2^32 floats, the boundaries, and their neighbours.
        let borders = [88.722_83_f32, 88.722_84, -103.972_08, -103.972_09, -87.336_55, 0.346_573_6, 1.039_720_8];
        let near = borders.iter().flat_map(|border| (-300..300).map(|step| border.to_bits().wrapping_add_signed(step)));
        for bits in (0..=u32::MAX).step_by(997).chain(near) {
            let x = f32::from_bits(bits);
            let (ours, exact) = (exp(x), libm::exp(f64::from(x)) as f32);
            let near = ours.to_bits().abs_diff(exact.to_bits()) <= 2 || (ours.is_nan() && exact.is_nan());
            assert!(near, "exp({x:e}) = {ours:e}, not {exact:e}");
        }
    }

    #[test]
    fn the_ends_are_exact() {
        let ends = [f32::INFINITY, 89.0, 0.0, -0.0, -110.0, f32::NEG_INFINITY];
        assert_eq!(ends.map(exp), [f32::INFINITY, f32::INFINITY, 1.0, 1.0, 0.0, 0.0]);
        assert!(exp(f32::NAN).is_nan());
    }
}
