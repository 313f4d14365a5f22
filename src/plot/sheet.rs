//! Parts of the page as plotters' drawing areas, and the styles that its elements take.
//!
//! Positions on a plotters backend are integers, so one unit here is a hundredth of a pixel.

use std::convert::Infallible;

use plotters::coord::{CoordTranslate, Shift};
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, FontTransform, ShapeStyle, TextStyle};
use plotters_backend::BackendCoord;

use super::canvas::Canvas;
use super::colour::Colour;
use super::path::{Area, Point};

/// Units in a pixel.
pub(super) const UNIT: f64 = 100.0;
/// The limit of positions, in units: the sum of two of them still fits into 32 bits.
const FAR: f64 = 1e9;

/// The result of drawing. Our page has no errors; plotters could reject a layout.
pub(super) type Drawn<T = ()> = Result<T, DrawingAreaErrorKind<Infallible>>;
/// A part of the page, in units.
pub(super) type Sheet = DrawingArea<Canvas, Shift>;
/// A part of the page, in pixels with fractions.
pub(super) type Plain = DrawingArea<Canvas, Fit>;

/// Pixels with fractions, scaled and shifted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fit {
    pub left: f64,
    pub top: f64,
    pub scale: f64,
}

impl Fit {
    /// Pixels of the page as they are.
    pub const PAGE: Fit = Fit { left: 0.0, top: 0.0, scale: 1.0 };

    /// Centres a drawing of a given size in an area, scaled down to fit.
    pub fn centered(area: &Area, (width, height): (f64, f64)) -> Fit {
        let scale = (area.width() / width).min(area.height() / height).min(1.0);
        let left = area.center().0 - width * scale / 2.0;
        Fit { left: left.round(), top: area.top, scale }
    }
}

impl CoordTranslate for Fit {
    type From = Point;

    fn translate(&self, (x, y): &Point) -> BackendCoord {
        (units(self.left + x * self.scale), units(self.top + y * self.scale))
    }
}

/// Pixels as units.
pub(super) fn units(pixels: f64) -> i32 {
    whole(pixels * UNIT)
}

/// The nearest integer number of units within the limit.
pub(super) fn whole(units: f64) -> i32 {
    units.round().clamp(-FAR, FAR) as i32
}

pub(super) fn pixels((x, y): BackendCoord) -> Point {
    (f64::from(x) / UNIT, f64::from(y) / UNIT)
}

pub(super) fn area_between(first: BackendCoord, last: BackendCoord) -> Area {
    let ((left, top), (right, bottom)) = (pixels(first), pixels(last));
    Area { left, top, right, bottom }
}

/// The position of a part of the page.
pub(super) fn area_of(sheet: &Sheet) -> Area {
    let (across, down) = sheet.get_pixel_range();
    area_between((across.start, down.start), (across.end, down.end))
}

/// A line of a width in pixels.
pub(super) fn line(colour: impl Color, width: f64) -> ShapeStyle {
    Color::stroke_width(&colour, units(width).unsigned_abs())
}

/// The text style for a size in pixels, with the horizontal and vertical anchor.
pub(super) fn letters(size: f64, colour: Colour, across: HPos, down: VPos) -> TextStyle<'static> {
    let font = FontDesc::new(FontFamily::SansSerif, size * UNIT, FontStyle::Normal);
    TextStyle { font, color: colour.to_backend_color(), pos: Pos::new(across, down) }
}

/// Rotated, to be read from below.
pub(super) fn upright(style: &TextStyle<'static>) -> TextStyle<'static> {
    style.transform(FontTransform::Rotate270)
}
