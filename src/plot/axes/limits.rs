//! The limits of an axis, as requested or from the data.

use super::{Axes, Axis};
use crate::plot::scale::{Limits, Scale};
use crate::plot::series::Series;

impl Axes {
    pub(super) fn limits(&self, axis: &Axis, horizontal: bool) -> Limits {
        let scale = axis.scale;
        if let Some((first, last)) = axis.limits {
            return Limits { scale, first, last };
        }
        if let Some(image) = self.image() {
            let [left, right, bottom, top] = image.bounds();
            let (first, last) = if horizontal { (left, right) } else { (bottom, top) };
            return Limits { scale, first, last };
        }
        let pick = |(x, y): (f64, f64)| if horizontal { x } else { y };
        let values = self.series.iter().flat_map(Series::corners).map(pick).filter(|&value| scale.takes(value));
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        let shows_values = |series: &Series| series.values_shown && series.has_bars(horizontal);
        let room = if self.series.iter().any(shows_values) { 0.1 } else { 0.05 };
        let has_base = self.series.iter().any(|series| series.has_bars(horizontal));
        let (first, last) = widened(low, high, scale, has_base, room);
        Limits { scale, first, last }
    }
}

/// Limits with a margin of 5 % of their length at each end; bars get none at their base.
fn widened(low: f64, high: f64, scale: Scale, has_base: bool, share: f64) -> (f64, f64) {
    if low > high {
        return if scale == Scale::Log { (0.1, 10.0) } else { (0.0, 1.0) };
    }
    let (mut first, mut last) = (scale.even(low), scale.even(high));
    if last - first <= first.abs().max(last.abs()) * 1e-15 {
        let room = if first == 0.0 { 0.05 } else { first.abs() * 0.05 };
        (first, last) = (first - room, last + room);
    }
    let margin = (last / 4.0 - first / 4.0) * 4.0 * share;
    let (lowest, highest) = (first - margin, last + margin);
    let first = if has_base && low == 0.0 { first } else { lowest };
    let last = if has_base && high == 0.0 { last } else { highest };
    // A logarithmic axis has no 0, even if the margin underflows.
    let least = if scale == Scale::Log { f64::MIN_POSITIVE.min(low) } else { -f64::MAX / 4.0 };
    let bound = |value: f64| value.clamp(least, f64::MAX / 4.0);
    (bound(scale.back(first)), bound(scale.back(last)))
}
