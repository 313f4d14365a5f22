//! The rectangle that two axes span: positions of points on the page, and clipping of lines and polygons.
//!
//! It draws nothing.

use super::path::{Area, Point};
use super::scale::{Limits, Scale};

#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub area: Area,
    pub x: Limits,
    pub y: Limits,
}

/// How far beyond the frame lines are drawn, so that their ends are never cut off: the maximum line width.
const BEYOND: f64 = 150.0;

impl Frame {
    pub fn place(&self, (x, y): Point) -> Point {
        // Keeps coordinates in a range where arithmetic on them is safe.
        let near = |place: f64| place.clamp(-1e9, 1e9);
        let x = self.area.left + self.x.share(x) * self.area.width();
        (near(x), near(self.area.bottom - self.y.share(y) * self.area.height()))
    }

    /// The values at a position on the page.
    fn point(&self, (x, y): Point) -> Point {
        let across = (x - self.area.left) / self.area.width();
        (self.x.at(across), self.y.at((self.area.bottom - y) / self.area.height()))
    }

    pub fn shows(&self, (x, y): Point) -> bool {
        self.x.scale.takes(x) && self.y.scale.takes(y)
    }

    /// The base of bars: 0, or the lower end of a logarithmic axis.
    pub fn foot(&self, horizontal: bool) -> f64 {
        let axis = if horizontal { &self.x } else { &self.y };
        if axis.scale == Scale::Log { axis.low() } else { 0.0 }
    }

    /// Lines through points, in pieces: with a gap where a point cannot be drawn, and clipped outside the frame.
    pub fn pieces(&self, points: &[Point]) -> Vec<Vec<Point>> {
        let bounds = self.area.grown(BEYOND);
        let mut pieces: Vec<Vec<Point>> = Vec::new();
        let mut pen: Option<Point> = None;
        for pair in points.windows(2) {
            if !(self.shows(pair[0]) && self.shows(pair[1])) {
                continue;
            }
            let places = [self.place(pair[0]), self.place(pair[1])];
            let Some((start, end)) = cut(places[0], places[1], &bounds) else { continue };
            let ends = [(start, pair[0]), (end, pair[1])].map(|(share, own)| match share {
                0.0 | 1.0 => own,
                _ => self.point(at(places[0], places[1], share)),
            });
            match pieces.last_mut() {
                Some(piece) if pen == Some(ends[0]) => {
                    let last = self.place(piece[piece.len() - 1]);
                    let to = self.place(ends[1]);
                    if (to.0 - last.0).abs() >= 0.005 || (to.1 - last.1).abs() >= 0.005 {
                        piece.push(ends[1]);
                    }
                }
                _ => pieces.push(ends.to_vec()),
            }
            pen = Some(ends[1]);
        }
        pieces.into_iter().map(|piece| self.thinned(piece)).collect()
    }

    /// The part of a polygon near the frame (Sutherland and Hodgman, 1974).
    pub fn clipped(&self, corners: &[Point]) -> Vec<Point> {
        let bounds = self.area.grown(BEYOND);
        let mut corners: Vec<Point> = corners.iter().map(|&corner| self.place(corner)).collect();
        let sides: [&dyn Fn(Point) -> f64; 4] =
            [&|p| p.0 - bounds.left, &|p| bounds.right - p.0, &|p| p.1 - bounds.top, &|p| bounds.bottom - p.1];
        for room in sides {
            let mut kept = Vec::with_capacity(corners.len());
            for (index, &to) in corners.iter().enumerate() {
                let from = corners[index.checked_sub(1).unwrap_or(corners.len() - 1)];
                let (before, here) = (room(from), room(to));
                if (before < 0.0) != (here < 0.0) {
                    kept.push(at(from, to, before / (before - here)));
                }
                if here >= 0.0 {
                    kept.push(to);
                }
            }
            corners = kept;
        }
        corners.into_iter().map(|corner| self.point(corner)).collect()
    }

    /// Thins out dense points: keeps the first, lowest, highest and last of each quarter pixel in x.
    fn thinned(&self, points: Vec<Point>) -> Vec<Point> {
        const MANY: usize = 10_000;
        if points.len() < MANY {
            return points;
        }
        let column = |point: &Point| (self.place(*point).0 * 4.0).floor();
        let mut kept = Vec::new();
        for group in points.chunk_by(|a, b| column(a) == column(b)) {
            let by_height = |a: &usize, b: &usize| group[*a].1.total_cmp(&group[*b].1);
            let low = (0..group.len()).min_by(by_height).unwrap_or(0);
            let high = (0..group.len()).max_by(by_height).unwrap_or(0);
            let mut wanted = [0, low.min(high), low.max(high), group.len() - 1].to_vec();
            wanted.dedup();
            kept.extend(wanted.into_iter().map(|index| group[index]));
        }
        kept
    }
}

fn at(from: Point, to: Point, share: f64) -> Point {
    (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share)
}

/// The range of shares over which a straight line is inside an area (Liang and Barsky, 1984).
fn cut(from: Point, to: Point, area: &Area) -> Option<(f64, f64)> {
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
    (start <= end).then_some((start, end))
}
