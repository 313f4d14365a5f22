//! Turns points into curves and curves into ink.
//!
//! A pixel's ink depends on its distance to the nearest part of a stroke, so edges come out soft, as scanned ones are.

use super::Point;
use crate::mnist::idx::SIDE;
use crate::random::Random;

/// The number of straight pieces between two points of a stroke.
const PIECES: usize = 6;

/// A smooth curve through all points (Catmull and Rom, 1974).
pub(super) fn spline(points: &[Point]) -> Vec<Point> {
    let Some(&last) = points.last() else { return Vec::new() };
    let at = |index: usize| points[index.min(points.len() - 1)];
    let mut curve = Vec::with_capacity(points.len() * PIECES);
    for start in 0..points.len() - 1 {
        let (before, from, to, after) = (at(start.saturating_sub(1)), at(start), at(start + 1), at(start + 2));
        for piece in 0..PIECES {
            let t = piece as f32 / PIECES as f32;
            let along = |a: f32, b: f32, c: f32, d: f32| {
                b + 0.5 * t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)))
            };
            curve.push((along(before.0, from.0, to.0, after.0), along(before.1, from.1, to.1, after.1)));
        }
    }
    curve.push(last);
    curve
}

/// The center of the bounding box of some points.
pub(super) fn centre(points: impl Iterator<Item = Point>) -> Point {
    let far = f32::INFINITY;
    let (low, high) = points.fold(((far, far), (-far, -far)), |(low, high), (x, y)| {
        ((x.min(low.0), y.min(low.1)), (x.max(high.0), y.max(high.1)))
    });
    (0.5 * (low.0 + high.0), 0.5 * (low.1 + high.1))
}

/// 28 x 28 pixels of ink, 0 to 1.
pub(super) struct Page {
    ink: [f32; SIDE * SIDE],
}

impl Default for Page {
    fn default() -> Page {
        Page { ink: [0.0; SIDE * SIDE] }
    }
}

impl Page {
    pub(super) fn clear(&mut self) {
        self.ink.fill(0.0);
    }

    /// Draws a line with a radius in pixels that changes to `radius * pressure` at its end.
    pub(super) fn stroke(&mut self, points: impl ExactSizeIterator<Item = Point>, radius: f32, pressure: f32) {
        let pieces = points.len().max(2) - 1;
        let mut from: Option<Point> = None;
        for (index, to) in points.enumerate() {
            let grown = 1.0 + (pressure - 1.0) * index as f32 / pieces as f32;
            if let Some(from) = from {
                self.line(from, to, radius * grown);
            }
            from = Some(to);
        }
    }

    fn line(&mut self, from: Point, to: Point, radius: f32) {
        let reach = radius + 1.0;
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = (dx * dx + dy * dy).max(1e-6);
        for y in span(from.1.min(to.1) - reach, from.1.max(to.1) + reach) {
            for x in span(from.0.min(to.0) - reach, from.0.max(to.0) + reach) {
                let (px, py) = (x as f32 - from.0, y as f32 - from.1);
                let t = ((px * dx + py * dy) / length).clamp(0.0, 1.0);
                let (ox, oy) = (px - t * dx, py - t * dy);
                let edge = radius + 0.5 - (ox * ox + oy * oy).sqrt();
                let pixel = &mut self.ink[y * SIDE + x];
                *pixel = pixel.max(edge.clamp(0.0, 1.0));
            }
        }
    }

    /// Copies the page, with grain in the ink and a few specks, in the 256 levels of a scan.
    pub(super) fn develop(&self, random: &mut Random, noise: f32, pixels: &mut [f32]) {
        for (pixel, &ink) in pixels.iter_mut().zip(&self.ink) {
            let grain = if ink > 0.0 { 1.0 - noise * random.unit() } else { 0.0 };
            *pixel = (ink * grain * 255.0).round() / 255.0;
        }
        for _ in 0..random.below(1 + (noise * 40.0) as usize) {
            let place = random.below(pixels.len());
            pixels[place] = pixels[place].max((random.between(0.1, 0.6) * 255.0).round() / 255.0);
        }
    }
}

fn span(low: f32, high: f32) -> std::ops::Range<usize> {
    let end = SIDE as f32;
    low.ceil().clamp(0.0, end) as usize..(high.floor() + 1.0).clamp(0.0, end) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spline_goes_through_its_points() {
        let points = [(0.0, 0.0), (1.0, 2.0), (3.0, 1.0)];
        let curve = spline(&points);
        assert_eq!(curve.len(), 2 * PIECES + 1);
        assert_eq!((curve[0], curve[PIECES], curve[2 * PIECES]), (points[0], points[1], points[2]));
    }

    #[test]
    fn a_line_is_dark_in_the_middle_and_soft_at_the_edge() {
        let mut page = Page::default();
        page.stroke([(5.0, 10.0), (20.0, 10.0)].into_iter(), 1.25, 1.0);
        let column = |y: usize| page.ink[y * SIDE + 12];
        assert_eq!((column(10), column(11), column(13)), (1.0, 0.75, 0.0));
    }

    #[test]
    fn a_line_outside_the_page_leaves_it_clean() {
        let mut page = Page::default();
        page.stroke([(-50.0, -50.0), (-40.0, 90.0)].into_iter(), 2.0, 1.0);
        assert!(page.ink.iter().all(|&ink| ink == 0.0));
    }
}
