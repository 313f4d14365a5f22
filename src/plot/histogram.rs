//! The number of values in each of a row of bins.
//!
//! Bins have equal widths; the last one includes its upper edge, as in NumPy.

use super::series::Bar;

pub(super) fn bins(values: &[f64], count: usize) -> Vec<Bar> {
    let (low, high) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &v| (l.min(v), h.max(v)));
    if low > high {
        return Vec::new();
    }
    let (low, high) = if low == high { (low - 0.5, high + 0.5) } else { (low, high) };
    let edge = |index: usize| {
        let share = index as f64 / count as f64;
        low * (1.0 - share) + high * share
    };
    let mut counts = vec![0_u64; count];
    for &value in values {
        let share = (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
        let mut place = ((share * count as f64) as usize).min(count - 1);
        // A rounding error must not move a value across the edge of its bin.
        while place > 0 && value < edge(place) {
            place -= 1;
        }
        while place + 1 < count && value >= edge(place + 1) {
            place += 1;
        }
        counts[place] += 1;
    }
    let bar = |(index, &height): (usize, &u64)| Bar {
        left: edge(index),
        right: edge(index + 1),
        height: height as f64,
        lies: false,
    };
    counts.iter().enumerate().map(bar).collect()
}
