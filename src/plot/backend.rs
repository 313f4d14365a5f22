//! The page as a backend of plotters: everything its elements draw becomes a mark.
//!
//! Like matplotlib, it snaps hairlines and rectangles to whole pixels, so that they are sharp and have no seams. What
//! this interface cannot express (dashes, clipping, round corners) is in [`super::element`].

use std::convert::Infallible;

use plotters::style::FontTransform;
use plotters::style::text_anchor::{HPos, VPos};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind};

use super::canvas::{Anchor, Canvas, Pixels, Style, Text};
use super::colour::Colour;
use super::font::{self, CAPITAL};
use super::path::{Area, Path, Point};
use super::sheet::{UNIT, area_between, pixels, units};

type Done = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for Canvas {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        (units(self.width).unsigned_abs(), units(self.height).unsigned_abs())
    }

    fn ensure_prepared(&mut self) -> Done {
        Ok(())
    }

    fn present(&mut self) -> Done {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Done {
        self.shape(Path::rectangle(area_between((x, y), (x + 1, y + 1))), filled(color));
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Done {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(&mut self, first: BackendCoord, last: BackendCoord, style: &S, fill: bool) -> Done {
        let area = area_between(first, last);
        let (area, style) = match fill {
            true => (area.each(f64::round), filled(style.color())),
            false if is_hairline(style) => (area.each(middle_of_pixel), stroked(style)),
            false => (area, stroked(style)),
        };
        self.shape(Path::rectangle(area), style);
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Done {
        let mut points: Vec<Point> = path.into_iter().map(pixels).collect();
        if let ([from, to], true) = (points.as_mut_slice(), is_hairline(style)) {
            sharpen(from, to);
        }
        self.shape(Path::lines(points), stroked(style));
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, style: &S, fill: bool) -> Done {
        let style = if fill { filled(style.color()) } else { stroked(style) };
        self.shape(Path::circle(pixels(center), f64::from(radius) / UNIT), style);
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, corners: I, style: &S) -> Done {
        self.shape(Path::polygon(corners.into_iter().map(pixels)), filled(style.color()));
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, place: BackendCoord) -> Done {
        let size = style.size() / UNIT;
        let upright = matches!(style.transform(), FontTransform::Rotate90 | FontTransform::Rotate270);
        let drop = size * CAPITAL * part_above(style.anchor().v_pos);
        let (x, y) = pixels(place);
        let anchor = match style.anchor().h_pos {
            HPos::Left => Anchor::Start,
            HPos::Center => Anchor::Middle,
            HPos::Right => Anchor::End,
        };
        let at = if upright { (x + drop, y) } else { (x, y + drop) };
        self.text(Text { text: text.to_owned(), at, size, anchor, colour: Colour::from(style.color()), upright });
        Ok(())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let size = style.size() / UNIT;
        Ok((units(font::width(text, size)).unsigned_abs(), units(size * CAPITAL).unsigned_abs()))
    }

    fn blit_bitmap(&mut self, place: BackendCoord, (columns, rows): (u32, u32), rgb: &[u8]) -> Done {
        let ((left, top), colours) =
            (pixels(place), rgb.chunks_exact(3).map(|part| Colour::rgb8(part[0], part[1], part[2])));
        let area = Area::new(left, top, f64::from(columns) / UNIT, f64::from(rows) / UNIT);
        self.pixels(area, Pixels { columns: columns as usize, colours: colours.collect() });
        Ok(())
    }
}

/// The share of the capital height above the anchor, for text below, around or above it.
fn part_above(anchor: VPos) -> f64 {
    match anchor {
        VPos::Top => 1.0,
        VPos::Center => 0.5,
        VPos::Bottom => 0.0,
    }
}

fn filled(color: BackendColor) -> Style {
    Style::fill(Colour::from(color)).opacity(color.alpha)
}

fn stroked(style: &impl BackendStyle) -> Style {
    let color = style.color();
    Style::line(Colour::from(color), f64::from(style.stroke_width()) / UNIT).opacity(color.alpha)
}

/// One pixel wide: the lines of frames, ticks and grids.
fn is_hairline(style: &impl BackendStyle) -> bool {
    f64::from(style.stroke_width()) == UNIT
}

/// The center of a pixel, so that a line one pixel wide is sharp.
pub(super) fn middle_of_pixel(place: f64) -> f64 {
    place.floor() + 0.5
}

/// Snaps a horizontal or vertical line to the center of a row or column of pixels.
fn sharpen(from: &mut Point, to: &mut Point) {
    if from.0 == to.0 {
        (from.0, to.0) = (middle_of_pixel(from.0), middle_of_pixel(to.0));
    } else if from.1 == to.1 {
        (from.1, to.1) = (middle_of_pixel(from.1), middle_of_pixel(to.1));
    }
}
