//! Elements that plotters lacks: dashed lines, round corners, images, and clipping.
//!
//! They draw on our page only. plotters clamps the points of its elements to their area; these keep them.

use std::convert::Infallible;

use plotters::coord::CoordTranslate;
use plotters::drawing::Rect;
use plotters::element::{CoordMapper, Drawable, PointCollection};
use plotters_backend::{BackendCoord, DrawingErrorKind};

use super::canvas::{Canvas, Dash, Pixels, Style};
use super::path::{Area, Path};
use super::sheet::{area_between, pixels};

/// Points, not clamped to the area.
pub(super) struct Anywhere;

impl CoordMapper for Anywhere {
    type Output = BackendCoord;

    fn map<C: CoordTranslate>(coordinates: &C, from: &C::From, _: &Rect) -> BackendCoord {
        coordinates.translate(from)
    }
}

/// Draws one of our elements from its points.
pub(super) trait Marks {
    fn marks(&self, points: Vec<BackendCoord>, canvas: &mut Canvas);
}

/// Points, and how to draw them.
pub(super) struct Element<C, M> {
    pub points: Vec<C>,
    pub marks: M,
}

impl<C, M> Element<C, M> {
    pub fn new(points: impl Into<Vec<C>>, marks: M) -> Element<C, M> {
        Element { points: points.into(), marks }
    }
}

impl<'a, C, M> PointCollection<'a, C, Anywhere> for &'a Element<C, M> {
    type Point = &'a C;
    type IntoIter = &'a [C];

    fn point_iter(self) -> &'a [C] {
        &self.points
    }
}

impl<C, M: Marks> Drawable<Canvas, Anywhere> for Element<C, M> {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        points: I,
        canvas: &mut Canvas,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        self.marks.marks(points.collect(), canvas);
        Ok(())
    }
}

/// A dashed line through all points. plotters' own one computes the dashes with f32 and differs between machines; SVG
/// has dashes.
pub(super) struct Dashed {
    pub style: Style,
    pub dash: Dash,
}

impl Marks for Dashed {
    fn marks(&self, points: Vec<BackendCoord>, canvas: &mut Canvas) {
        let mut style = self.style;
        if let Some(stroke) = &mut style.stroke {
            stroke.dash = self.dash;
        }
        canvas.shape(Path::lines(points.into_iter().map(pixels)), style);
    }
}

/// A box with round corners between two points.
pub(super) struct Rounded {
    pub radius: f64,
    pub style: Style,
}

impl Marks for Rounded {
    fn marks(&self, points: Vec<BackendCoord>, canvas: &mut Canvas) {
        if let [first, last] = points[..] {
            canvas.shape(Path::rounded(area_between(first, last), self.radius), self.style);
        }
    }
}

impl Marks for Pixels {
    fn marks(&self, points: Vec<BackendCoord>, canvas: &mut Canvas) {
        if let [first, last] = points[..] {
            canvas.pixels(area_between(first, last), self.clone());
        }
    }
}

/// Clips everything drawn from here on to an area.
pub(super) struct Clip(pub Option<Area>);

impl Marks for Clip {
    fn marks(&self, _: Vec<BackendCoord>, canvas: &mut Canvas) {
        canvas.clip(self.0);
    }
}
