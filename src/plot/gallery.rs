//! Many small images in rows, each with its name above: handwritten digits and their labels.
//!
//! Every image has its own frame and square pixels, from white (the smallest value) to black. A name may have several
//! lines; if names are wider than their images, there are fewer images in a row.

use plotters::element::{Rectangle, Text};
use plotters::style::text_anchor::{HPos, VPos};

use super::canvas::Pixels;
use super::colour::{BLACK, Colour, ColourMap};
use super::element::Element;
use super::font;
use super::sheet::{Drawn, Fit, Sheet, area_of, letters, line};

#[derive(Clone)]
pub(super) struct Gallery {
    pub images: Vec<Picture>,
}

/// One image of a gallery.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The number of pixels in a row.
    pub columns: usize,
    /// Row by row, from 0 (paper) to 1 (ink).
    pub ink: Vec<f64>,
    /// The name above the image; it may have several lines.
    pub name: String,
}

/// Pixels of the page per pixel of an image, if there is room.
const ZOOM: f64 = 2.0;
const GAP: f64 = 14.0;
const NAME: f64 = 13.0;
const NAME_LINE: f64 = 16.0;
/// The gap between a name and its image, and above the name.
const NAME_GAP: f64 = 4.0;
const MARGIN: f64 = 14.0;
/// The width of ten digits with short names, which is also the limit for a name.
const ROOM: f64 = 10.0 * (28.0 * ZOOM + GAP);
const EDGE: Colour = Colour::new(0xd0d0d0);

impl Gallery {
    pub fn len(&self) -> usize {
        self.images.len()
    }

    /// At most ten in a row, and no wider than ten digits with short names.
    fn columns(&self) -> usize {
        let (count, most) = (self.len().max(1), (ROOM / self.step()) as usize);
        count.div_ceil(count.div_ceil(most.clamp(1, 10)))
    }

    /// From one image to the next: the widest image or name, plus the gap.
    fn step(&self) -> f64 {
        let lines = self.images.iter().flat_map(|image| image.name.lines());
        lines.map(|line| font::width(line, NAME).ceil().min(ROOM - GAP)).fold(self.side(), f64::max) + GAP
    }

    /// Room for the longest name above every image.
    fn name_room(&self) -> f64 {
        let lines = self.images.iter().map(|image| image.name.lines().count()).max().unwrap_or(1);
        lines.max(1) as f64 * NAME_LINE + NAME_GAP
    }

    fn side(&self) -> f64 {
        let widest = self.images.iter().map(|image| image.columns).max().unwrap_or(28);
        widest as f64 * if self.len() == 1 { 8.0 * ZOOM } else { ZOOM }
    }

    pub fn size(&self) -> (f64, f64) {
        let (columns, rows) = (self.columns(), self.len().max(1).div_ceil(self.columns()));
        let width = columns as f64 * self.step() - GAP + 2.0 * MARGIN;
        let height = rows as f64 * (self.side() + self.name_room() + GAP) - GAP + 2.0 * MARGIN;
        (width.max(160.0), height)
    }

    /// Draws everything into a part of the page, scaled down to fit.
    pub fn draw(&self, page: &Sheet, part: &Sheet) -> Drawn {
        let (side, columns, step, room) = (self.side(), self.columns(), self.step(), self.name_room());
        let (width, height) = (columns as f64 * step - GAP, self.size().1);
        let fit = Fit::centered(&area_of(part), (width + 2.0 * MARGIN, height));
        let plain = page.apply_coord_spec(fit);
        let names = letters(NAME * fit.scale, BLACK, HPos::Center, VPos::Bottom);
        for (index, image) in self.images.iter().enumerate() {
            let (row, column) = ((index / columns) as f64, (index % columns) as f64);
            let middle = MARGIN + column * step + (step - GAP) / 2.0;
            let (x, y) = (middle - side / 2.0, MARGIN + row * (side + room + GAP) + room);
            for (above, line) in image.name.lines().rev().enumerate() {
                plain.draw(&Text::new(line, (middle, y - NAME_GAP - 1.0 - above as f64 * NAME_LINE), names.clone()))?;
            }
            plain.draw(&Element::new([(x, y), (x + side, y + side)], image.pixels()))?;
            let around = [(x - 0.5, y - 0.5), (x + side + 0.5, y + side + 0.5)];
            plain.draw(&Rectangle::new(around, line(EDGE, 1.0)))?;
        }
        Ok(())
    }
}

impl Picture {
    fn pixels(&self) -> Pixels {
        // The eye cannot distinguish more shades, and fewer make a shorter SVG.
        const SHADES: f64 = 31.0;
        let level = |ink: f64| if ink.is_finite() { (ink * SHADES).round() / SHADES } else { 0.0 };
        let shade = |&ink: &f64| ColourMap::GrayReversed.at(level(ink));
        Pixels { columns: self.columns, colours: self.ink.iter().map(shade).collect() }
    }
}
