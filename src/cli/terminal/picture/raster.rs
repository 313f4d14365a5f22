//! SVG rendered to pixels on white paper.
//!
//! It loads no fonts: letters must be outlines, as in this library's figures.

use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{Options, Tree};

/// Opaque pixels, row by row from the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raster {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<[u8; 3]>,
}

/// More pixels than a terminal shows.
const WIDEST: usize = 4000;

impl Raster {
    /// The figure at this width; `None` if it is not SVG.
    pub fn of_svg(svg: &str, width: usize) -> Option<Raster> {
        let tree = Tree::from_str(svg, &Options::default()).ok()?;
        let scale = width.clamp(1, WIDEST) as f32 / tree.size().width();
        let height = (tree.size().height() * scale).round().clamp(1.0, WIDEST as f32);
        Raster::of_tree(&tree, width.clamp(1, WIDEST), height as usize)
    }

    /// The figure stretched to exactly this size.
    pub fn squeezed(svg: &str, width: usize, height: usize) -> Option<Raster> {
        let tree = Tree::from_str(svg, &Options::default()).ok()?;
        Raster::of_tree(&tree, width.clamp(1, WIDEST), height.clamp(1, WIDEST))
    }

    fn of_tree(tree: &Tree, width: usize, height: usize) -> Option<Raster> {
        let mut pixmap = Pixmap::new(width as u32, height as u32)?;
        pixmap.fill(Color::WHITE);
        let (x, y) = (width as f32 / tree.size().width(), height as f32 / tree.size().height());
        resvg::render(tree, Transform::from_scale(x, y), &mut pixmap.as_mut());
        let pixels = pixmap.pixels().iter().map(|pixel| [pixel.red(), pixel.green(), pixel.blue()]).collect();
        Some(Raster { width, height, pixels })
    }

    /// This many pixels of a row, from the one at `x` to the right; none where it does not have so many.
    pub fn row(&self, x: usize, y: usize, count: usize) -> &[[u8; 3]] {
        let row = self.pixels.chunks(self.width.max(1)).nth(y).unwrap_or_default();
        row.get(x..x + count).unwrap_or_default()
    }

    pub fn rgb(&self) -> Vec<u8> {
        self.pixels.concat()
    }
}

/// The SVG's own width and height.
pub fn size_of(svg: &str) -> Option<(f64, f64)> {
    let size = Tree::from_str(svg, &Options::default()).ok()?.size();
    Some((size.width().into(), size.height().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="4" height="2">
        <rect width="2" height="2" fill="#f00"/></svg>"##;

    #[test]
    fn a_figure_is_drawn_on_white() {
        let raster = Raster::of_svg(TWO, 8).expect("it is SVG");
        assert_eq!((raster.width, raster.height), (8, 4));
        assert_eq!((raster.row(0, 0, 1), raster.row(6, 3, 2)), (&[[255, 0, 0]][..], &[[255; 3]; 2][..]));
        assert_eq!(raster.row(7, 0, 2), [[0; 3]; 0]);
        assert_eq!(raster.rgb().len(), 8 * 4 * 3);
        let raster = Raster::squeezed(TWO, 2, 6).expect("it is SVG");
        assert_eq!((raster.width, raster.height), (2, 6));
    }

    #[test]
    fn text_that_is_not_svg_gives_no_raster() {
        for text in ["", "<html/>", "<svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"0\" height=\"0\"/>"] {
            assert_eq!(Raster::of_svg(text, 100), None, "{text}");
        }
    }
}
