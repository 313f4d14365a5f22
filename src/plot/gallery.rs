//! Many small images in rows, each with its name above: handwritten digits and their labels.
//!
//! Every image has a frame of its own and square pixels, from white (the smallest value) to black.

use super::canvas::{Anchor, Canvas, Pixels, Style, Text};
use super::colour::{Colour, ColourMap};
use super::figure::Figure;
use super::path::{Area, Path};

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

    pub fn draw(&self, canvas: &mut Canvas, page: Area) {
        let side = self.side();
        let columns = self.columns();
        let width = columns as f64 * (side + GAP) - GAP;
        let left = (page.center().0 - width / 2.0).round();
        for (index, image) in self.images.iter().enumerate() {
            let (row, column) = ((index / columns) as f64, (index % columns) as f64);
            let x = left + column * (side + GAP);
            let y = page.top + MARGIN + row * (side + NAME_ROOM + GAP) + NAME_ROOM;
            let area = Area::new(x, y, side, side);
            canvas.text(Text::new(&*image.name, (area.center().0, y - 5.0), NAME, Anchor::Middle));
            canvas.pixels(area, image.pixels());
            canvas.shape(Path::rectangle(area.grown(0.5)), Style::line(EDGE, 1.0));
        }
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
