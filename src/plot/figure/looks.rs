//! The style of the latest series: colour, line, marker, label; and the colours of an image.
//!
//! Each option changes the series that was added last, like a keyword argument in matplotlib.

use super::{Figure, sensible};
use crate::plot::canvas::Dash;
use crate::plot::colour::{Colour, ColourMap};
use crate::plot::problem::Problem;
use crate::plot::series::{Marker, POINT};

impl Figure {
    /// Names the latest series, which adds a legend.
    pub fn label(self, label: impl Into<String>) -> Figure {
        let label = label.into();
        self.latest("label", |series| series.label = Some(label))
    }

    /// `C1`, `tab:orange`, `red`, `#ff7f0e` or a gray such as `0.5`.
    pub fn color(self, name: &str) -> Figure {
        match Colour::parse(name) {
            Some(colour) => self.latest("color", |series| series.colour = colour),
            None => self.unknown("color", name, "C0 to C9, tab:orange, red, #ff7f0e, or a gray such as 0.5"),
        }
    }

    /// `-`, `--`, `:`, `-.`, or an empty text for none.
    pub fn linestyle(self, name: &str) -> Figure {
        let dash = match name {
            "-" | "solid" => Some(Dash::Solid),
            "--" | "dashed" => Some(Dash::Dashed),
            ":" | "dotted" => Some(Dash::Dotted),
            "-." | "dashdot" => Some(Dash::Mixed),
            "" | " " | "None" | "none" => None,
            _ => return self.unknown("linestyle", name, "-, --, :, -. or an empty text"),
        };
        self.latest("linestyle", |series| series.dash = dash)
    }

    /// The width of a line in points, 1.5 by default.
    pub fn linewidth(self, points: f64) -> Figure {
        match sensible("linewidth", points, 0.0, 100.0) {
            Ok(points) => self.latest("linewidth", |series| series.width = points * POINT),
            Err(problem) => self.wrong(problem),
        }
    }

    /// The marker at each point: `o`, `.`, `s`, `^`, `D`, `x` or `+`.
    pub fn marker(self, name: &str) -> Figure {
        match Marker::parse(name) {
            Some(marker) => self.latest("marker", |series| series.marker = Some(marker)),
            None => self.unknown("marker", name, "o . s ^ D x +"),
        }
    }

    /// The size of markers in points, 6 by default.
    pub fn markersize(self, points: f64) -> Figure {
        match sensible("markersize", points, 0.0, 200.0) {
            Ok(points) => self.latest("markersize", |series| series.marker_size = points * POINT),
            Err(problem) => self.wrong(problem),
        }
    }

    /// From 0 (invisible) to 1 (solid).
    pub fn alpha(self, alpha: f64) -> Figure {
        match sensible("alpha", alpha, 0.0, 1.0) {
            Ok(alpha) => self.latest("alpha", |series| series.alpha = alpha),
            Err(problem) => self.wrong(problem),
        }
    }

    /// Writes its value above each bar.
    pub fn bar_label(self) -> Figure {
        self.latest("bar_label", |series| series.values_shown = true)
    }

    /// The colours of an image: `viridis`, `plasma`, `magma`, `coolwarm`, `RdBu`, `Blues`, `gray`, `gray_r`.
    pub fn cmap(self, name: &str) -> Figure {
        match ColourMap::parse(name) {
            Some(map) => self.image("cmap", |image| image.map = map),
            None => self.unknown("cmap", name, "viridis, plasma, magma, coolwarm, RdBu, Blues, gray or gray_r"),
        }
    }

    /// The values that the first and the last colour of an image stand for.
    pub fn clim(self, low: f64, high: f64) -> Figure {
        if !(low.is_finite() && high.is_finite() && low < high) {
            return self
                .wrong(Problem::error(format!("clim({low}, {high}) is not a range"), "give the smaller value first"));
        }
        self.image("clim", |image| (image.low, image.high) = (Some(low), Some(high)))
    }

    /// Places an image between these x and y instead of counting its columns and rows, like matplotlib's `extent`.
    pub fn extent(self, left: f64, right: f64, bottom: f64, top: f64) -> Figure {
        let sides = [left, right, bottom, top];
        if !sides.iter().all(|side| side.is_finite()) || left == right || bottom == top {
            let message = format!("extent({left}, {right}, {bottom}, {top}) has no area");
            return self.wrong(Problem::error(message, "give it left, right, bottom and top"));
        }
        self.image("extent", |image| image.extent = Some(sides))
    }

    /// Adds a colour bar on the right, which maps colours to values.
    pub fn colorbar(self) -> Figure {
        let figure = self.image("colorbar", |_| ());
        figure.axes(|axes| axes.colour_bar = true)
    }
}
