//! A page as pixels.
//!
//! It draws the same marks as [`super::svg`], with text as outlines too, so that both look alike.

use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Mask, Paint, PathBuilder, Pixmap, Rect, Stroke, StrokeDash, Transform,
};

use super::canvas::{Canvas, Mark, Pixels, Style, Text};
use super::colour::Colour;
use super::font::{self, EM};
use super::path::{Area, Path, Segment};

/// Red, green, blue and alpha bytes, row by row, scaled to a size in pixels; `None` if a side is 0.
pub(super) fn render(canvas: &Canvas, width: u32, height: u32) -> Option<Vec<u8>> {
    let mut page = Page {
        pixmap: Pixmap::new(width, height)?,
        base: Transform::from_scale(
            (f64::from(width) / canvas.width) as f32,
            (f64::from(height) / canvas.height) as f32,
        ),
        mask: None,
    };
    page.pixmap.fill(color(canvas.background, 1.0));
    for mark in &canvas.marks {
        match mark {
            Mark::Shape { path, style, clip } => {
                page.clip(*clip);
                page.shape(path, style);
            }
            Mark::Text(text) => {
                page.clip(None);
                page.text(text);
            }
            Mark::Pixels { area, pixels, clip } => {
                page.clip(*clip);
                page.pixels(area, pixels);
            }
        }
    }
    // The background is opaque, so that premultiplied and plain colours are the same.
    Some(page.pixmap.take())
}

struct Page {
    pixmap: Pixmap,
    base: Transform,
    mask: Option<(Area, Mask)>,
}

impl Page {
    fn clip(&mut self, area: Option<Area>) {
        match area {
            None => self.mask = None,
            Some(area) if self.mask.as_ref().is_some_and(|(known, _)| *known == area) => {}
            Some(area) => {
                self.mask = Mask::new(self.pixmap.width(), self.pixmap.height()).and_then(|mut mask| {
                    mask.fill_path(&outline(&Path::rectangle(area))?, FillRule::Winding, true, self.base);
                    Some((area, mask))
                });
            }
        }
    }

    fn shape(&mut self, path: &Path, style: &Style) {
        let Some(path) = outline(path) else { return };
        let mask = self.mask.as_ref().map(|(_, mask)| mask);
        let opacity = style.opacity.unwrap_or(1.0) as f32;
        if let Some(fill) = style.fill {
            let paint = paint(fill, opacity, true);
            self.pixmap.fill_path(&path, &paint, FillRule::Winding, self.base, mask);
        }
        if let Some(line) = style.stroke {
            let lengths: Vec<f32> = line.dash.lengths().iter().map(|part| (part * line.width) as f32).collect();
            let stroke = Stroke {
                width: line.width as f32,
                line_cap: LineCap::Butt,
                line_join: LineJoin::Round,
                dash: StrokeDash::new(lengths, 0.0),
                ..Stroke::default()
            };
            self.pixmap.stroke_path(&path, &paint(line.colour, opacity, true), &stroke, self.base, mask);
        }
    }

    fn text(&mut self, text: &Text) {
        let layout = font::line(&text.text);
        let scale = text.size / EM;
        let (x, y) = text.at;
        let turn = if text.upright { Transform::from_rotate(-90.0) } else { Transform::identity() };
        let place = self
            .base
            .pre_translate(x as f32, y as f32)
            .pre_concat(turn)
            .pre_translate(text.start(layout.width * scale) as f32, 0.0)
            .pre_scale(scale as f32, scale as f32);
        let paint = paint(text.colour, 1.0, true);
        for letter in layout.letters {
            let Some(path) = outline(&font::outline(letter.letter)) else { continue };
            let small = letter.scale as f32;
            let place = place.pre_translate(letter.x as f32, -letter.raise as f32).pre_scale(small, small);
            self.pixmap.fill_path(&path, &paint, FillRule::Winding, place, None);
        }
    }

    fn pixels(&mut self, area: &Area, pixels: &Pixels) {
        let (across, down) = (area.width() / pixels.columns as f64, area.height() / pixels.rows() as f64);
        let mask = self.mask.as_ref().map(|(_, mask)| mask);
        for (y, row) in pixels.colours.chunks(pixels.columns.max(1)).enumerate() {
            for (x, &colour) in row.iter().enumerate() {
                let (left, top) = (area.left + x as f64 * across, area.top + y as f64 * down);
                let cell = Rect::from_xywh(left as f32, top as f32, across as f32, down as f32);
                if let Some(cell) = cell {
                    self.pixmap.fill_rect(cell, &paint(colour, 1.0, false), self.base, mask);
                }
            }
        }
    }
}

fn outline(path: &Path) -> Option<tiny_skia::Path> {
    let mut builder = PathBuilder::new();
    for segment in &path.segments {
        let near = |(x, y): (f64, f64)| (x as f32, y as f32);
        match *segment {
            Segment::Move(end) => builder.move_to(near(end).0, near(end).1),
            Segment::Line(end) => builder.line_to(near(end).0, near(end).1),
            Segment::Curve(first, second, end) => {
                let ((x1, y1), (x2, y2), (x, y)) = (near(first), near(second), near(end));
                builder.cubic_to(x1, y1, x2, y2, x, y);
            }
            Segment::Close => builder.close(),
        }
    }
    builder.finish()
}

fn paint(colour: Colour, opacity: f32, smooth: bool) -> Paint<'static> {
    let mut paint = Paint { anti_alias: smooth, ..Paint::default() };
    paint.set_color(color(colour, opacity));
    paint
}

fn color(colour: Colour, opacity: f32) -> Color {
    let mut color = Color::from_rgba8(colour.red, colour.green, colour.blue, 255);
    color.set_alpha(opacity.clamp(0.0, 1.0));
    color
}
