//! Many small images in rows, each with its name above: handwritten digits and their labels.
//!
//! Every image has a frame of its own and square pixels, from white (the smallest value) to black.

use plotters::element::{Rectangle, Text};
use plotters::style::text_anchor::{HPos, VPos};

use super::canvas::Pixels;
use super::colour::{BLACK, Colour, ColourMap};
use super::element::Element;
use super::figure::Figure;
use super::sheet::{Drawn, Fit, Sheet, area_of, letters, line};

/// Images side by side, at most ten in a row, each with its name above.
///
/// ```
/// use forward_pass::plot::{Picture, images};
/// let cross = Picture { columns: 3, ink: vec![1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0], name: "cross".into() };
/// assert_eq!(images([cross]).to_string(), "<Figure 160x96 with 1 Axes>");
/// ```
pub fn images(pictures: impl IntoIterator<Item = Picture>) -> Figure {
    Figure::from_gallery(Gallery { images: pictures.into_iter().collect() })
}

#[derive(Clone)]
pub(super) struct Gallery {
    pub images: Vec<Picture>,
}

/// One image of a gallery.
#[derive(Clone, Debug)]
pub struct Picture {
    /// How many pixels a row has.
    pub columns: usize,
    /// Row by row, from 0 (paper) to 1 (ink).
    pub ink: Vec<f64>,
    /// What stands above it.
    pub name: String,
}

/// Pixels of the page for one pixel of an image, where there is room.
const ZOOM: f64 = 2.0;
const GAP: f64 = 14.0;
const NAME: f64 = 13.0;
const NAME_ROOM: f64 = 20.0;
const MARGIN: f64 = 14.0;
const EDGE: Colour = Colour::new(0xd0d0d0);

impl Gallery {
    pub fn len(&self) -> usize {
        self.images.len()
    }

    /// At most ten in a row.
    fn columns(&self) -> usize {
        let count = self.len().max(1);
        count.div_ceil(count.div_ceil(10))
    }

    fn side(&self) -> f64 {
        let widest = self.images.iter().map(|image| image.columns).max().unwrap_or(28);
        widest as f64 * if self.len() == 1 { 8.0 * ZOOM } else { ZOOM }
    }

    pub fn size(&self) -> (f64, f64) {
        let (columns, rows) = (self.columns(), self.len().max(1).div_ceil(self.columns()));
        let width = columns as f64 * (self.side() + GAP) - GAP + 2.0 * MARGIN;
        let height = rows as f64 * (self.side() + NAME_ROOM + GAP) - GAP + 2.0 * MARGIN;
        (width.max(160.0), height)
    }

    /// Draws everything into a part of the page; shrunk where it has no room.
    pub fn draw(&self, page: &Sheet, part: &Sheet) -> Drawn {
        let (side, columns) = (self.side(), self.columns());
        let step = side + GAP;
        let (width, height) = (columns as f64 * step - GAP, self.size().1);
        let fit = Fit::centered(&area_of(part), (width + 2.0 * MARGIN, height));
        let plain = page.apply_coord_spec(fit);
        let names = letters(NAME * fit.scale, BLACK, HPos::Center, VPos::Bottom);
        for (index, image) in self.images.iter().enumerate() {
            let (row, column) = ((index / columns) as f64, (index % columns) as f64);
            let (x, y) = (MARGIN + column * step, MARGIN + row * (step + NAME_ROOM) + NAME_ROOM);
            plain.draw(&Text::new(&*image.name, (x + side / 2.0, y - 5.0), names.clone()))?;
            plain.draw(&Element::new([(x, y), (x + side, y + side)], image.pixels()))?;
            let around = [(x - 0.5, y - 0.5), (x + side + 0.5, y + side + 0.5)];
            plain.draw(&Rectangle::new(around, line(EDGE, 1.0)))?;
        }
        Ok(())
    }
}

impl Picture {
    fn pixels(&self) -> Pixels {
        // No eye tells more shades apart, and fewer make a shorter text.
        const SHADES: f64 = 31.0;
        let level = |ink: f64| if ink.is_finite() { (ink * SHADES).round() / SHADES } else { 0.0 };
        let shade = |&ink: &f64| ColourMap::GrayReversed.at(level(ink));
        Pixels { columns: self.columns, colours: self.ink.iter().map(shade).collect() }
    }
}
