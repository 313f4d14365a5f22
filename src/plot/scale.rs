//! From numbers to positions along an axis: scales, limits, and the ruler that plotters reads.
//!
//! This is about a single axis; [`super::frame`] combines two.

use std::ops::Range;

use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};

use super::sheet::whole;
use super::ticks::Ticks;

/// How an axis grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Scale {
    #[default]
    Linear,
    Log,
}

impl Scale {
    /// The quantity that is spaced evenly: the number, or its logarithm.
    pub fn even(self, value: f64) -> f64 {
        match self {
            Scale::Linear => value,
            Scale::Log => libm::log10(value),
        }
    }

    pub fn back(self, even: f64) -> f64 {
        match self {
            Scale::Linear => even,
            Scale::Log => libm::pow(10.0, even),
        }
    }

    /// Whether a value can be drawn on this axis.
    pub fn takes(self, value: f64) -> bool {
        value.is_finite() && (self == Scale::Linear || value > 0.0)
    }
}

/// One axis: its scale, and the values at its two ends (the first may be the larger one).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Limits {
    pub scale: Scale,
    pub first: f64,
    pub last: f64,
}

impl Limits {
    /// The position of a value: 0 at the first end, 1 at the last.
    pub fn share(&self, value: f64) -> f64 {
        // Quarters, because the difference of two large numbers may overflow.
        let [first, last, value] = [self.first, self.last, value].map(|value| self.scale.even(value) / 4.0);
        (value - first) / (last - first)
    }

    /// The value at such a position.
    pub fn at(&self, share: f64) -> f64 {
        let [first, last] = [self.first, self.last].map(|value| self.scale.even(value) / 4.0);
        self.scale.back((first + share * (last - first)) * 4.0)
    }

    pub fn low(&self) -> f64 {
        self.first.min(self.last)
    }

    pub fn high(&self) -> f64 {
        self.first.max(self.last)
    }
}

/// An axis of a plotters chart: limits, and matplotlib's ticks as its key points.
#[derive(Clone, Debug)]
pub(super) struct Ruler {
    pub limits: Limits,
    pub ticks: Ticks,
    /// Whether the labels are drawn elsewhere.
    pub silent: bool,
}

impl Ranged for Ruler {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (first, last): (i32, i32)) -> i32 {
        whole(f64::from(first) + self.limits.share(*value) * f64::from(last - first))
    }

    /// Minor ticks have no grid lines.
    fn key_points<H: KeyPointHint>(&self, hint: H) -> Vec<f64> {
        let ticks = self.ticks.major.iter().map(|(value, _)| *value);
        if hint.weight().allow_light_points() { Vec::new() } else { ticks.collect() }
    }

    fn range(&self) -> Range<f64> {
        self.limits.first..self.limits.last
    }
}

impl ValueFormatter<f64> for Ruler {
    fn format_ext(&self, value: &f64) -> String {
        let label = self.ticks.major.iter().find(|(tick, _)| tick == value).map(|(_, label)| label.clone());
        label.filter(|_| !self.silent).unwrap_or_default()
    }
}
