//! The series of a figure: curves, points, bars, histograms, images, levels and bands.
//!
//! Data may have any number type; what cannot be drawn is recorded as a problem, and the rest is drawn.

use super::{Figure, sensible};
use crate::plot::colour::{ColourMap, VIRIDIS};
use crate::plot::histogram;
use crate::plot::path::Point;
use crate::plot::problem::Problem;
use crate::plot::series::{Bar, Image, Kind};
use crate::plot::values::{Grid, Names, Values};

impl Figure {
    /// Adds a curve through the points (x, y), in the next colour.
    pub fn plot(self, x: &(impl Values + ?Sized), y: &(impl Values + ?Sized)) -> Figure {
        self.pairs("plot", x.values(), y.values(), Kind::Curve)
    }

    /// Adds a dot at each point (x, y).
    pub fn scatter(self, x: &(impl Values + ?Sized), y: &(impl Values + ?Sized)) -> Figure {
        self.pairs("scatter", x.values(), y.values(), Kind::Points)
    }

    /// Adds a bar for each name, 0.8 wide, with the names below.
    pub fn bar(self, names: &(impl Names + ?Sized), heights: &(impl Values + ?Sized)) -> Figure {
        self.named_bars("bar", names.names(), heights.values(), false)
    }

    /// Adds a horizontal bar for each name, with the names on the left, the first one at the bottom as in matplotlib.
    pub fn barh(self, names: &(impl Names + ?Sized), widths: &(impl Values + ?Sized)) -> Figure {
        self.named_bars("barh", names.names(), widths.values(), true)
    }

    fn named_bars(mut self, verb: &str, names: Vec<String>, heights: Vec<f64>, lies: bool) -> Figure {
        if names.len() != heights.len() {
            let problem = lengths_differ(verb, "names", names.len(), "values", heights.len());
            return self.missing(problem, Kind::Bars(Vec::new()));
        }
        let places: Vec<f64> = (0..names.len()).map(|index| index as f64).collect();
        let bars = places.iter().zip(&heights);
        let bars: Vec<Bar> =
            bars.map(|(&place, &height)| Bar { left: place - 0.4, right: place + 0.4, height, lies }).collect();
        self = self.axis(!lies, |axis| {
            axis.names = Some(names);
            axis.places = Some(places);
        });
        self.bars(verb, bars)
    }

    /// Adds a histogram: how many values fall into each of `bins` bins of equal width.
    pub fn hist(self, values: &(impl Values + ?Sized), bins: usize) -> Figure {
        let values = values.values();
        let finite: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
        let missing = values.len() - finite.len();
        if bins == 0 || bins > 100_000 {
            let help = "10 is a good start";
            let problem = Problem::error(format!("a histogram cannot have {bins} bins"), help);
            return self.missing(problem, Kind::Bars(Vec::new()));
        }
        let figure = if missing == 0 { self } else { self.wrong(Problem::not_finite(missing, values.len(), "value")) };
        figure.bars("hist", histogram::bins(&finite, bins))
    }

    /// Shows a matrix as colours, the first row at the top.
    pub fn imshow(mut self, matrix: &(impl Grid + ?Sized)) -> Figure {
        let (rows, columns, values) = matrix.grid();
        if values.is_empty() {
            let message = format!("imshow got a matrix of shape ({rows}, {columns}), which has no values");
            return self.wrong(Problem::error(message, "give it at least one row and one column"));
        }
        let missing = values.iter().filter(|value| !value.is_finite()).count();
        if missing > 0 {
            self = self.wrong(Problem::not_finite(missing, values.len(), "value"));
        }
        let map = ColourMap::Stops(&VIRIDIS);
        let image = Image { rows, columns, values, map, low: None, high: None, extent: None };
        self.series(Kind::Image(image))
    }

    /// Adds a horizontal line across the whole frame.
    pub fn axhline(self, y: f64) -> Figure {
        self.level("axhline", y, Kind::Level(y))
    }

    /// Adds a vertical line across the whole frame.
    pub fn axvline(self, x: f64) -> Figure {
        self.level("axvline", x, Kind::Upright(x))
    }

    /// Fills the area between two curves, half transparent.
    pub fn fill_between(
        self,
        x: &(impl Values + ?Sized),
        low: &(impl Values + ?Sized),
        high: &(impl Values + ?Sized),
    ) -> Figure {
        let (x, low, high) = (x.values(), low.values(), high.values());
        if x.len() != low.len() || x.len() != high.len() {
            let lengths =
                format!("fill_between got {} x, {} lower and {} upper values", x.len(), low.len(), high.len());
            let problem = Problem::error(lengths, "give it three arrays of one length");
            return self.missing(problem, Kind::Band(Vec::new()));
        }
        let points = x.iter().zip(low.iter().zip(&high)).map(|(&x, (&low, &high))| (x, low, high));
        let finite: Vec<_> = points.filter(|(x, l, h)| x.is_finite() && l.is_finite() && h.is_finite()).collect();
        let missing = x.len() - finite.len();
        let figure = if missing == 0 { self } else { self.wrong(Problem::not_finite(missing, x.len(), "point")) };
        figure.series(Kind::Band(finite)).alpha(0.5)
    }

    fn pairs(self, verb: &str, x: Vec<f64>, y: Vec<f64>, kind: fn(Vec<Point>) -> Kind) -> Figure {
        if x.len() != y.len() {
            let problem = lengths_differ(verb, "x values", x.len(), "y values", y.len());
            return self.missing(problem, kind(Vec::new()));
        }
        if x.is_empty() {
            let problem = Problem::error(format!("{verb} got no values"), "give it at least one point");
            return self.missing(problem, kind(Vec::new()));
        }
        let points: Vec<Point> = x.into_iter().zip(y).collect();
        let missing = points.iter().filter(|(x, y)| !(x.is_finite() && y.is_finite())).count();
        let figure = if missing == 0 { self } else { self.wrong(Problem::not_finite(missing, points.len(), "point")) };
        figure.series(kind(points))
    }

    fn bars(self, verb: &str, bars: Vec<Bar>) -> Figure {
        if bars.is_empty() {
            let problem = Problem::error(format!("{verb} got no values"), "give it at least one number");
            return self.missing(problem, Kind::Bars(bars));
        }
        let all = bars.len();
        let finite: Vec<Bar> = bars.into_iter().filter(|bar| bar.height.is_finite()).collect();
        let missing = all - finite.len();
        let figure = if missing == 0 { self } else { self.wrong(Problem::not_finite(missing, all, "bar")) };
        figure.series(Kind::Bars(finite))
    }

    fn level(self, option: &str, value: f64, kind: Kind) -> Figure {
        match sensible(option, value, f64::MIN, f64::MAX) {
            Ok(_) => self.series(kind),
            Err(problem) => self.missing(problem, kind),
        }
    }

    /// Adds an empty series, so that the options that follow do not change the previous one.
    fn missing(self, problem: Problem, nothing: Kind) -> Figure {
        self.wrong(problem).series(nothing)
    }
}

fn lengths_differ(verb: &str, first: &str, m: usize, second: &str, n: usize) -> Problem {
    Problem::error(format!("{verb} got {m} {first} and {n} {second}"), "give it two arrays of one length")
}
