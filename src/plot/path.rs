//! Outlines: lines and curves in pixels, y downwards.
//!
//! A path has no colours; [`super::canvas`] fills and strokes it.

use std::fmt::Write;

pub(super) type Point = (f64, f64);

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Segment {
    Move(Point),
    Line(Point),
    Curve(Point, Point, Point),
    Close,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Path {
    pub segments: Vec<Segment>,
}

impl Path {
    pub fn new() -> Path {
        Path::default()
    }

    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    pub fn move_to(&mut self, x: f64, y: f64) {
        self.segments.push(Segment::Move((x, y)));
    }

    pub fn line_to(&mut self, x: f64, y: f64) {
        self.segments.push(Segment::Line((x, y)));
    }

    pub fn curve_to(&mut self, first: Point, second: Point, end: Point) {
        self.segments.push(Segment::Curve(first, second, end));
    }

    pub fn close(&mut self) {
        self.segments.push(Segment::Close);
    }

    /// Adds another path; both are drawn at once.
    pub fn extend(&mut self, other: Path) {
        self.segments.extend(other.segments);
    }

    /// Straight lines through points.
    pub fn lines(points: impl IntoIterator<Item = Point>) -> Path {
        let segment = |(index, point)| if index == 0 { Segment::Move(point) } else { Segment::Line(point) };
        Path { segments: points.into_iter().enumerate().map(segment).collect() }
    }

    pub fn polygon(points: impl IntoIterator<Item = Point>) -> Path {
        let mut path = Path::lines(points);
        path.close();
        path
    }

    pub fn rectangle(area: Area) -> Path {
        let Area { left, top, right, bottom } = area;
        Path::polygon([(left, top), (right, top), (right, bottom), (left, bottom)])
    }

    /// A rectangle with round corners.
    pub fn rounded(area: Area, radius: f64) -> Path {
        let Area { left, top, right, bottom } = area;
        let r = radius.min(area.width() / 2.0).min(area.height() / 2.0);
        let k = r * (1.0 - ROUND);
        let mut path = Path::new();
        path.move_to(left + r, top);
        path.line_to(right - r, top);
        path.curve_to((right - k, top), (right, top + k), (right, top + r));
        path.line_to(right, bottom - r);
        path.curve_to((right, bottom - k), (right - k, bottom), (right - r, bottom));
        path.line_to(left + r, bottom);
        path.curve_to((left + k, bottom), (left, bottom - k), (left, bottom - r));
        path.line_to(left, top + r);
        path.curve_to((left, top + k), (left + k, top), (left + r, top));
        path.close();
        path
    }

    pub fn circle((x, y): Point, radius: f64) -> Path {
        let (r, k) = (radius, radius * ROUND);
        let mut path = Path::new();
        path.move_to(x + r, y);
        path.curve_to((x + r, y + k), (x + k, y + r), (x, y + r));
        path.curve_to((x - k, y + r), (x - r, y + k), (x - r, y));
        path.curve_to((x - r, y - k), (x - k, y - r), (x, y - r));
        path.curve_to((x + k, y - r), (x + r, y - k), (x + r, y));
        path.close();
        path
    }

    /// The `d` attribute of an SVG path.
    pub fn to_svg(&self) -> String {
        let mut text = String::new();
        let mut last = ' ';
        for segment in &self.segments {
            let (command, points): (char, &[Point]) = match segment {
                Segment::Move(end) => ('M', &[*end]),
                Segment::Line(end) => ('L', &[*end]),
                Segment::Curve(first, second, end) => ('C', &[*first, *second, *end]),
                Segment::Close => ('Z', &[]),
            };
            text.push(if command == last { ' ' } else { command });
            let pairs: Vec<String> = points.iter().map(|&(x, y)| format!("{} {}", number(x), number(y))).collect();
            text.push_str(&pairs.join(" "));
            last = command;
        }
        text
    }
}

/// The length of the Bézier handles of a quarter circle of radius 1.
const ROUND: f64 = 0.552_284_75;

/// A rectangle on the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Area {
    pub fn new(left: f64, top: f64, width: f64, height: f64) -> Area {
        Area { left, top, right: left + width, bottom: top + height }
    }

    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub fn center(&self) -> Point {
        ((self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0)
    }

    /// Applies a function to all four sides.
    pub fn each(&self, change: impl Fn(f64) -> f64) -> Area {
        let [left, top, right, bottom] = [self.left, self.top, self.right, self.bottom].map(change);
        Area { left, top, right, bottom }
    }

    pub fn contains(&self, (x, y): Point) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }

    pub fn grown(&self, by: f64) -> Area {
        Area { left: self.left - by, top: self.top - by, right: self.right + by, bottom: self.bottom + by }
    }
}

/// A length with at most two decimals and no trailing zeros: `80`, `57.6`, `-0.25`.
pub(super) fn number(value: f64) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write!(text, "{value:.2}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_string() } else { short.to_string() }
}
