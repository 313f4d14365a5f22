//! One thing drawn between axes: a curve, points, bars or an image, with its colour and its label.
//!
//! It stores data and style; [`draw`] turns them into plotters' elements.

mod draw;

use super::canvas::{Dash, Pixels};
use super::colour::{Colour, ColourMap, WHITE};
use super::path::Point;

pub(super) use self::draw::Plane;

/// matplotlib's 1.5 points, at its 100 pixels per inch.
pub(super) const LINE: f64 = 1.5 * POINT;
/// Pixels in a typographic point.
pub(super) const POINT: f64 = 100.0 / 72.0;

#[derive(Clone, Debug)]
pub(super) struct Series {
    pub kind: Kind,
    pub label: Option<String>,
    pub colour: Colour,
    pub width: f64,
    pub dash: Option<Dash>,
    pub marker: Option<Marker>,
    pub marker_size: f64,
    pub alpha: f64,
    /// Whether each bar shows its value.
    pub values_shown: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Curve(Vec<Point>),
    Points(Vec<Point>),
    Bars(Vec<Bar>),
    Image(Image),
    /// A line across the whole frame, at a y or an x.
    Level(f64),
    Upright(f64),
    /// The area between two curves: x, lower y, upper y.
    Band(Vec<(f64, f64, f64)>),
}

/// A rectangle from the axis at 0 to a height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bar {
    pub left: f64,
    pub right: f64,
    pub height: f64,
    /// Left and right are places on the y axis, and the height is one on the x axis.
    pub lies: bool,
}

impl Bar {
    /// Two opposite corners, the first at the base.
    pub fn corners(&self, base: f64) -> [Point; 2] {
        [self.turned((self.left, base)), self.turned((self.right, self.height))]
    }

    /// The middle of the end that shows its value.
    pub fn end(&self) -> Point {
        self.turned(((self.left + self.right) / 2.0, self.height))
    }

    fn turned(&self, (x, y): Point) -> Point {
        if self.lies { (y, x) } else { (x, y) }
    }
}

/// A matrix shown as colours.
#[derive(Clone, Debug)]
pub(super) struct Image {
    pub rows: usize,
    pub columns: usize,
    pub values: Vec<f64>,
    pub map: ColourMap,
    /// The values of the first and of the last colour; found from the data when not given.
    pub low: Option<f64>,
    pub high: Option<f64>,
    /// Left, right, bottom and top in data coordinates; rows and columns are counted when not given.
    pub extent: Option<[f64; 4]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marker {
    Circle,
    Point,
    Square,
    Triangle,
    Diamond,
    Cross,
    Plus,
}

impl Marker {
    pub fn parse(name: &str) -> Option<Marker> {
        Some(match name {
            "o" => Marker::Circle,
            "." => Marker::Point,
            "s" => Marker::Square,
            "^" => Marker::Triangle,
            "D" | "d" => Marker::Diamond,
            "x" => Marker::Cross,
            "+" => Marker::Plus,
            _ => return None,
        })
    }
}

impl Image {
    /// Left, right, bottom and top: pixels have integer centres unless an extent is given.
    pub fn bounds(&self) -> [f64; 4] {
        self.extent.unwrap_or([-0.5, self.columns as f64 - 0.5, self.rows as f64 - 0.5, -0.5])
    }

    /// The values of the first and of the last colour.
    pub fn range(&self) -> (f64, f64) {
        let finite = self.values.iter().copied().filter(|value| value.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
        (self.low.unwrap_or(low), self.high.unwrap_or(high))
    }

    pub fn pixels(&self) -> Pixels {
        let (low, high) = self.range();
        let share = |value: f64| if high > low { (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0) } else { 0.0 };
        let colour = |&value: &f64| if value.is_nan() { WHITE } else { self.map.at(share(value)) };
        Pixels { columns: self.columns, colours: self.values.iter().map(colour).collect() }
    }
}

impl Series {
    pub fn new(kind: Kind, colour: Colour) -> Series {
        Series {
            kind,
            label: None,
            colour,
            width: LINE,
            dash: Some(Dash::Solid),
            marker: None,
            marker_size: 6.0 * POINT,
            alpha: 1.0,
            values_shown: false,
        }
    }

    /// The smallest and largest x and y of what is drawn, for the limits of the axes; infinite values are ignored.
    pub fn corners(&self) -> Vec<Point> {
        match &self.kind {
            Kind::Curve(points) | Kind::Points(points) => {
                points.iter().copied().filter(|(x, y)| x.is_finite() && y.is_finite()).collect()
            }
            Kind::Bars(bars) => bars.iter().flat_map(|bar| bar.corners(0.0)).collect(),
            Kind::Image(image) => {
                let [left, right, bottom, top] = image.bounds();
                vec![(left, top), (right, bottom)]
            }
            Kind::Level(y) => vec![(f64::NAN, *y)],
            Kind::Upright(x) => vec![(*x, f64::NAN)],
            Kind::Band(points) => points.iter().flat_map(|&(x, low, high)| [(x, low), (x, high)]).collect(),
        }
    }

    /// Whether there is something to draw.
    pub fn is_empty(&self) -> bool {
        match &self.kind {
            Kind::Curve(points) | Kind::Points(points) => points.is_empty(),
            Kind::Bars(bars) => bars.is_empty(),
            Kind::Band(points) => points.is_empty(),
            Kind::Image(_) | Kind::Level(_) | Kind::Upright(_) => false,
        }
    }

    /// Whether it has bars along this axis.
    pub fn has_bars(&self, horizontal: bool) -> bool {
        matches!(&self.kind, Kind::Bars(bars) if bars.first().is_some_and(|bar| bar.lies) == horizontal)
    }

    /// Whether it fills an area, and is drawn behind the grid.
    pub fn is_patch(&self) -> bool {
        matches!(self.kind, Kind::Bars(_) | Kind::Image(_) | Kind::Band(_))
    }
}
