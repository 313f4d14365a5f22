//! From numbers to places on the page: the limits of the two axes and the rectangle they span.
//!
//! It draws nothing.

use super::path::{Area, Path, Point, Segment};

/// How an axis grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Scale {
    #[default]
    Linear,
    Log,
}

impl Scale {
    /// What is laid out evenly: the number, or its logarithm.
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

    /// Whether a value has a place on this axis.
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
    /// Where a value lies: 0 at the first end, 1 at the last.
    pub fn share(&self, value: f64) -> f64 {
        let [first, last, value] = [self.first, self.last, value].map(|value| self.scale.even(value) / 4.0);
        (value - first) / (last - first)
    }

    pub fn low(&self) -> f64 {
        self.first.min(self.last)
    }

    pub fn high(&self) -> f64 {
        self.first.max(self.last)
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub area: Area,
    pub x: Limits,
    pub y: Limits,
}

impl Frame {
    pub fn x(&self, value: f64) -> f64 {
        near(self.area.left + self.x.share(value) * self.area.width())
    }

    pub fn y(&self, value: f64) -> f64 {
        near(self.area.bottom - self.y.share(value) * self.area.height())
    }

    pub fn place(&self, (x, y): Point) -> Point {
        (self.x(x), self.y(y))
    }

    pub fn shows(&self, (x, y): Point) -> bool {
        self.x.scale.takes(x) && self.y.scale.takes(y)
    }

    /// Where bars stand: at 0, or at the lower end of a logarithmic axis.
    pub fn foot(&self) -> f64 {
        if self.y.scale == Scale::Log { self.area.bottom } else { self.y(0.0) }
    }

    /// Lines through points, with a gap where a point has no place, and cut off a little outside the area.
    pub fn lines(&self, points: &[Point]) -> Path {
        let bounds = self.area.grown(20.0);
        let mut path = Path::new();
        let mut pen: Option<Point> = None;
        for pair in points.windows(2) {
            if !(self.shows(pair[0]) && self.shows(pair[1])) {
                continue;
            }
            let Some((from, to)) = cut(self.place(pair[0]), self.place(pair[1]), &bounds) else { continue };
            if pen != Some(from) {
                path.move_to(from.0, from.1);
            }
            let close = pen == Some(from) && (to.0 - from.0).abs() < 0.005 && (to.1 - from.1).abs() < 0.005;
            if !close {
                path.line_to(to.0, to.1);
                pen = Some(to);
            }
        }
        thinned(path)
    }
}

/// Keeps coordinates in a range where arithmetic on them is safe.
fn near(place: f64) -> f64 {
    place.clamp(-1e9, 1e9)
}

/// The part of a straight line inside an area (Liang and Barsky, 1984).
fn cut(from: Point, to: Point, area: &Area) -> Option<(Point, Point)> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (mut start, mut end) = (0.0_f64, 1.0_f64);
    let sides =
        [(-dx, from.0 - area.left), (dx, area.right - from.0), (-dy, from.1 - area.top), (dy, area.bottom - from.1)];
    for (speed, room) in sides {
        if speed == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if speed < 0.0 {
            start = start.max(room / speed);
        } else {
            end = end.min(room / speed);
        }
    }
    let at = |share: f64| match share {
        0.0 => from,
        1.0 => to,
        _ => (from.0 + dx * share, from.1 + dy * share),
    };
    (start <= end).then(|| (at(start), at(end)))
}

/// Of more points than a page has room for, the first, lowest, highest and last of each tenth of a pixel in x.
fn thinned(path: Path) -> Path {
    const MANY: usize = 10_000;
    if path.segments.len() < MANY {
        return path;
    }
    let end = |segment: &Segment| match *segment {
        Segment::Move(end) | Segment::Line(end) => end,
        _ => (0.0, 0.0),
    };
    let mut kept = Vec::new();
    let mut rest = path.segments.as_slice();
    while let Some(first) = rest.first() {
        let column = (end(first).0 * 4.0).floor();
        let same = |segment: &Segment| matches!(segment, Segment::Line(_)) && (end(segment).0 * 4.0).floor() == column;
        let count = 1 + rest[1..].iter().take_while(|segment| same(segment)).count();
        let (group, others) = rest.split_at(count);
        let by_height = |a: &usize, b: &usize| end(&group[*a]).1.total_cmp(&end(&group[*b]).1);
        let places = 0..group.len();
        let low = places.clone().min_by(by_height).unwrap_or(0);
        let high = places.max_by(by_height).unwrap_or(0);
        let mut wanted = [0, low.min(high), low.max(high), group.len() - 1].to_vec();
        wanted.dedup();
        kept.extend(wanted.into_iter().map(|place| group[place]));
        rest = others;
    }
    Path { segments: kept }
}
