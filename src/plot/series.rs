//! One thing drawn between axes: a curve, points, bars or an image, with its colour and its label.
//!
//! A series knows its data and its looks; where it lands on the page is told by [`super::frame`].

use super::canvas::{Anchor, Canvas, Cap, Dash, Pixels, Stroke, Style, Text};
use super::colour::{BLACK, Colour, ColourMap, WHITE};
use super::frame::Frame;
use super::path::{Area, Path, Point};

/// matplotlib's 1.5 points, at its 100 pixels an inch.
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
    /// Whether each bar carries its value.
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

    /// The smallest and largest x and y of what is drawn, for the limits of the axes; infinite ones are left out.
    pub fn corners(&self) -> Vec<Point> {
        match &self.kind {
            Kind::Curve(points) | Kind::Points(points) => {
                points.iter().copied().filter(|(x, y)| x.is_finite() && y.is_finite()).collect()
            }
            Kind::Bars(bars) => bars.iter().flat_map(|bar| [(bar.left, 0.0), (bar.right, bar.height)]).collect(),
            Kind::Image(image) => {
                vec![(-0.5, -0.5), (image.columns as f64 - 0.5, image.rows as f64 - 0.5)]
            }
            Kind::Level(y) => vec![(f64::NAN, *y)],
            Kind::Upright(x) => vec![(*x, f64::NAN)],
            Kind::Band(points) => points.iter().flat_map(|&(x, low, high)| [(x, low), (x, high)]).collect(),
        }
    }

    /// Whether there is anything to draw.
    pub fn is_empty(&self) -> bool {
        match &self.kind {
            Kind::Curve(points) | Kind::Points(points) => points.is_empty(),
            Kind::Bars(bars) => bars.is_empty(),
            Kind::Band(points) => points.is_empty(),
            Kind::Image(_) | Kind::Level(_) | Kind::Upright(_) => false,
        }
    }

    pub fn draw(&self, canvas: &mut Canvas, frame: &Frame) {
        match &self.kind {
            Kind::Curve(points) => self.curve(canvas, frame, points),
            Kind::Points(points) => self.markers(canvas, frame, points),
            Kind::Bars(bars) => self.bars(canvas, frame, bars),
            Kind::Image(image) => {
                let (left, top) = frame.place((-0.5, -0.5));
                let (right, bottom) = frame.place((image.columns as f64 - 0.5, image.rows as f64 - 0.5));
                canvas.pixels(Area { left, top, right, bottom }, image.pixels());
            }
            Kind::Level(y) => {
                let y = frame.y(*y);
                self.stroke(canvas, Path::lines([(frame.area.left, y), (frame.area.right, y)]));
            }
            Kind::Upright(x) => {
                let x = frame.x(*x);
                self.stroke(canvas, Path::lines([(x, frame.area.top), (x, frame.area.bottom)]));
            }
            Kind::Band(points) => {
                let there = points.iter().map(|&(x, _, high)| frame.place((x, high)));
                let back = points.iter().rev().map(|&(x, low, _)| frame.place((x, low)));
                let style = Style::fill(self.colour).opacity(self.alpha);
                canvas.shape(Path::polygon(there.chain(back)), style);
            }
        }
    }

    fn curve(&self, canvas: &mut Canvas, frame: &Frame, points: &[Point]) {
        self.stroke(canvas, frame.lines(points));
        if self.marker.is_some() {
            self.markers(canvas, frame, points);
        }
    }

    /// A line with this series' looks.
    pub fn stroke(&self, canvas: &mut Canvas, path: Path) {
        if let Some(dash) = self.dash {
            let cap = if dash == Dash::Solid { Cap::Square } else { Cap::Butt };
            let stroke = Stroke { colour: self.colour, width: self.width, dash, cap };
            canvas.shape(path, Style { stroke: Some(stroke), ..Style::default() }.opacity(self.alpha));
        }
    }

    fn markers(&self, canvas: &mut Canvas, frame: &Frame, points: &[Point]) {
        let seen = frame.area.grown(self.marker_size);
        for &point in points.iter().filter(|point| frame.shows(**point)) {
            let place = frame.place(point);
            if seen.contains(place) {
                self.mark(canvas, place);
            }
        }
    }

    /// One marker at a place on the page.
    pub fn mark(&self, canvas: &mut Canvas, (x, y): Point) {
        // A marker has an edge one point wide.
        let r = (self.marker_size + POINT) / 2.0;
        let filled = Style::fill(self.colour).opacity(self.alpha);
        let lines = Style::line(self.colour, LINE).opacity(self.alpha);
        match self.marker.unwrap_or(Marker::Circle) {
            Marker::Circle => canvas.shape(Path::circle((x, y), r), filled),
            Marker::Point => canvas.shape(Path::circle((x, y), r / 2.0), filled),
            Marker::Square => canvas.shape(Path::rectangle(Area::new(x - r, y - r, 2.0 * r, 2.0 * r)), filled),
            Marker::Triangle => canvas.shape(Path::polygon([(x, y - r), (x + r, y + r), (x - r, y + r)]), filled),
            Marker::Diamond => {
                canvas.shape(Path::polygon([(x, y - r), (x + r, y), (x, y + r), (x - r, y)]), filled);
            }
            Marker::Cross => {
                canvas.shape(Path::lines([(x - r, y - r), (x + r, y + r)]), lines);
                canvas.shape(Path::lines([(x - r, y + r), (x + r, y - r)]), lines);
            }
            Marker::Plus => {
                canvas.shape(Path::lines([(x - r, y), (x + r, y)]), lines);
                canvas.shape(Path::lines([(x, y - r), (x, y + r)]), lines);
            }
        }
    }

    fn bars(&self, canvas: &mut Canvas, frame: &Frame, bars: &[Bar]) {
        for bar in bars {
            // On whole pixels, so that neighbours have no seam.
            let (left, foot) = (frame.x(bar.left).round(), frame.foot());
            let (right, head) = (frame.x(bar.right).round(), frame.y(bar.height).round());
            let area = Area { left, right, top: foot.min(head), bottom: foot.max(head) };
            canvas.shape(Path::rectangle(area), Style::fill(self.colour).opacity(self.alpha));
            if self.values_shown {
                let rise = if bar.height < 0.0 { 15.0 } else { -5.0 };
                let place = ((left + right) / 2.0, head + rise);
                canvas.text(Text { colour: BLACK, ..Text::new(rounded(bar.height), place, 12.0, Anchor::Middle) });
            }
        }
    }
}

/// A value above its bar: at most four decimals.
fn rounded(value: f64) -> String {
    let text = format!("{value:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if value != 0.0 && text.trim_start_matches('-') == "0" {
        return format!("{value:.1e}").replace('-', "−");
    }
    text.replace('-', "−")
}
