//! The frame of a figure: title, labels, limits, scales, ticks, grid, legend and size.
//!
//! None of these draws data.

use super::{Figure, Panel, sensible};
use crate::plot::legend;
use crate::plot::problem::Problem;
use crate::plot::scale::Scale;
use crate::plot::values::Values;

impl Figure {
    /// The title above the figure.
    pub fn title(mut self, title: impl Into<String>) -> Figure {
        let title = title.into();
        match self.panels.last_mut() {
            Some(Panel::Axes(axes)) if self.grid == (1, 1) => axes.title = title,
            _ => self.title = title,
        }
        self
    }

    /// The label of the x axis.
    pub fn xlabel(self, label: impl Into<String>) -> Figure {
        let label = label.into();
        self.axis(true, |axis| axis.label = label)
    }

    /// The label of the y axis, rotated.
    pub fn ylabel(self, label: impl Into<String>) -> Figure {
        let label = label.into();
        self.axis(false, |axis| axis.label = label)
    }

    /// The limits of the x axis: the values at its left and right end.
    pub fn xlim(self, left: f64, right: f64) -> Figure {
        self.limits("xlim", true, left, right)
    }

    /// The limits of the y axis: the values at its bottom and top.
    pub fn ylim(self, bottom: f64, top: f64) -> Figure {
        self.limits("ylim", false, bottom, top)
    }

    /// `linear` or `log`.
    pub fn xscale(self, name: &str) -> Figure {
        self.scale("xscale", true, name)
    }

    /// `linear` or `log`.
    pub fn yscale(self, name: &str) -> Figure {
        self.scale("yscale", false, name)
    }

    /// Ticks at these x only.
    pub fn xticks(self, places: &(impl Values + ?Sized)) -> Figure {
        let places = places.values();
        self.axis(true, |axis| (axis.places, axis.names) = (Some(places), None))
    }

    /// Ticks at these y only.
    pub fn yticks(self, places: &(impl Values + ?Sized)) -> Figure {
        let places = places.values();
        self.axis(false, |axis| (axis.places, axis.names) = (Some(places), None))
    }

    /// Shows grid lines behind the data, at every tick.
    pub fn grid(self, shown: bool) -> Figure {
        self.axes(|axes| axes.grid = shown)
    }

    /// Where the legend goes: `best`, `upper right`, `lower left`, `center` and so on.
    pub fn legend(self, place: &str) -> Figure {
        if !legend::is_place(place) {
            return self.unknown("legend", place, "best, upper right, upper left, lower left, lower right, center");
        }
        let place = place.to_string();
        self.axes(|axes| (axes.legend, axes.legend_place) = (Some(true), Some(place)))
    }

    /// The size of the whole figure in inches of 100 pixels, as in matplotlib: `figsize(6.4, 4.8)`.
    pub fn figsize(mut self, width: f64, height: f64) -> Figure {
        match sensible("figsize", width, 1.0, 100.0).and_then(|w| Ok((w, sensible("figsize", height, 1.0, 100.0)?))) {
            Ok((width, height)) => (self.width, self.height) = (width * 100.0, height * 100.0),
            Err(problem) => return self.wrong(problem),
        }
        self
    }

    fn limits(self, option: &str, horizontal: bool, first: f64, last: f64) -> Figure {
        let length = last - first;
        if !(length.is_finite() && first / 8.0 != last / 8.0) {
            let help = format!("give two different numbers: `.{option}(-0.1, 1.1)`");
            return self.wrong(Problem::error(format!("{option}({first}, {last}) is not a range"), help));
        }
        self.axis(horizontal, |axis| axis.limits = Some((first, last)))
    }

    fn scale(self, option: &str, horizontal: bool, name: &str) -> Figure {
        let scale = match name {
            "linear" => Scale::Linear,
            "log" => Scale::Log,
            _ => return self.unknown(option, name, "linear and log"),
        };
        self.axis(horizontal, |axis| axis.scale = scale)
    }
}
