//! A chain of products as blocks: each table with its rows and columns as sides, fitted together or not.
//!
//! Only sizes are known here. A block is drawn to scale among the others, but a side never shrinks below a few pixels.

use plotters::element::{PathElement, Rectangle, Text};
use plotters::style::Color;
use plotters::style::text_anchor::{HPos, VPos};

use super::colour::Colour;
use super::sheet::{Drawn, Fit, Plain, Sheet, area_of, letters, line};

#[derive(Clone)]
pub(super) struct Blocks {
    /// Rows and columns of each factor.
    pub factors: Vec<(usize, usize)>,
}

/// Pixels of a side: the longest, the shortest, and one of a size that is 1.
const LONGEST: f64 = 120.0;
const SHORTEST: f64 = 16.0;
const GAP: f64 = 64.0;
const MARGIN: f64 = 40.0;
const HEAD: f64 = 44.0;
const FOOT: f64 = 46.0;
const SIZE: f64 = 14.0;
const INK: Colour = Colour::new(0x333333);
const PALE: Colour = Colour::new(0x6b7680);
/// Fill and edge of a factor and of the product.
const FACTOR: (Colour, Colour) = (Colour::new(0xd6e6f4), Colour::new(0x1f77b4));
const PRODUCT: (Colour, Colour) = (Colour::new(0xdcf0dc), Colour::new(0x2ca02c));
/// Inner sizes that agree, and that differ.
const FITS: Colour = Colour::new(0x2ca02c);
const DIFFERS: Colour = Colour::new(0xd62728);
/// The width of a side that meets another.
const SEAM: f64 = 5.0;

/// The position of a block, and its size in rows and columns.
struct Block {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    sizes: (usize, usize),
}

impl Blocks {
    fn fits(&self) -> bool {
        self.factors.windows(2).all(|pair| pair[0].1 == pair[1].0)
    }

    /// The factors, and the product if there is one.
    fn shapes(&self) -> Vec<(usize, usize)> {
        let mut shapes = self.factors.clone();
        if let (true, Some(first), Some(last)) =
            (self.fits() && shapes.len() > 1, self.factors.first(), self.factors.last())
        {
            shapes.push((first.0, last.1));
        }
        shapes
    }

    fn side(&self, size: usize) -> f64 {
        let most = self.factors.iter().flat_map(|&(rows, columns)| [rows, columns]).max().unwrap_or(1).max(4);
        if size == 0 { 2.0 } else { (LONGEST * size as f64 / most as f64).max(SHORTEST) }
    }

    pub fn size(&self) -> (f64, f64) {
        let shapes = self.shapes();
        let across: f64 = shapes.iter().map(|shape| self.side(shape.1)).sum();
        let tallest = shapes.iter().map(|shape| self.side(shape.0)).fold(0.0, f64::max);
        let gaps = shapes.len().saturating_sub(1) as f64 * GAP;
        ((across + gaps + 2.0 * MARGIN).ceil().max(240.0), (HEAD + tallest + FOOT).ceil())
    }

    /// The blocks from left to right, centred on one line.
    fn placed(&self) -> Vec<Block> {
        let (width, height) = self.size();
        let shapes = self.shapes();
        let across: f64 = shapes.iter().map(|shape| self.side(shape.1)).sum();
        let mut left = (width - across - shapes.len().saturating_sub(1) as f64 * GAP) / 2.0;
        let middle = HEAD + (height - HEAD - FOOT) / 2.0;
        let place = |sizes: (usize, usize)| {
            let (width, height) = (self.side(sizes.1), self.side(sizes.0));
            let block = Block { left, top: middle - height / 2.0, width, height, sizes };
            left += width + GAP;
            block
        };
        shapes.into_iter().map(place).collect()
    }

    pub fn draw(&self, page: &Sheet, part: &Sheet) -> Drawn {
        let fit = Fit::centered(&area_of(part), self.size());
        let plain = page.apply_coord_spec(fit);
        let blocks = self.placed();
        let middle = HEAD + (self.size().1 - HEAD - FOOT) / 2.0;
        let between = |at: usize| (blocks[at].left + blocks[at].width + blocks[at + 1].left) / 2.0;
        for (at, block) in blocks.iter().enumerate() {
            let colours = if at < self.factors.len() { FACTOR } else { PRODUCT };
            block.draw(&plain, fit.scale, colours)?;
        }
        for at in 0..blocks.len().saturating_sub(1) {
            let sign = if at + 1 < self.factors.len() { "·" } else { "=" };
            let place = (between(at), middle + 0.35 * 1.6 * SIZE);
            plain.draw(&Text::new(sign, place, letters(1.6 * SIZE * fit.scale, INK, HPos::Center, VPos::Bottom)))?;
        }
        for (at, pair) in self.factors.windows(2).enumerate() {
            let (inner, next) = (pair[0].1, pair[1].0);
            let colour = if inner == next { FITS } else { DIFFERS };
            blocks[at].seam(&plain, fit.scale, false, colour)?;
            blocks[at + 1].seam(&plain, fit.scale, true, colour)?;
            let said = if inner == next { format!("{inner} = {next}") } else { format!("{inner} ≠ {next}") };
            let style = letters(SIZE * fit.scale, colour, HPos::Center, VPos::Bottom);
            plain.draw(&Text::new(said, (between(at), HEAD - 16.0), style))?;
        }
        Ok(())
    }
}

impl Block {
    fn draw(&self, plain: &Plain, scale: f64, (fill, edge): (Colour, Colour)) -> Drawn {
        let corners = [(self.left, self.top), (self.left + self.width, self.top + self.height)];
        plain.draw(&Rectangle::new(corners, fill.filled()))?;
        plain.draw(&Rectangle::new(corners, line(edge, 1.5 * scale)))?;
        let (rows, columns) = self.sizes;
        let place = (self.left + self.width / 2.0, self.top + self.height + 22.0);
        let style = letters(SIZE * scale, PALE, HPos::Center, VPos::Bottom);
        plain.draw(&Text::new(format!("({rows}, {columns})"), place, style))
    }

    /// The side that meets a neighbour: rows on the left edge, columns along the top.
    fn seam(&self, plain: &Plain, scale: f64, is_rows: bool, colour: Colour) -> Drawn {
        let (left, top) = (self.left, self.top);
        let end = if is_rows { (left, top + self.height) } else { (left + self.width, top) };
        plain.draw(&PathElement::new([(left, top), end], line(colour, SEAM * scale)))
    }
}
