//! A figure as a grid of characters, its labels written over it as real letters.
//!
//! In each small area the pixel farthest from the paper wins, so that a thin curve stays as clear as it was.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::labels::Label;
use super::raster::Raster;
use super::{labels, raster};

pub const PAPER: [u8; 3] = [255; 3];

/// How many times finer than its dots a figure is rendered at most.
const FINEST: usize = 12;
const BLANK: [[u8; 3]; FINEST] = [PAPER; FINEST];

/// One character of the picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    pub letter: char,
    pub ink: [u8; 3],
    pub paper: [u8; 3],
}

impl Cell {
    /// Shows neither a letter nor ink.
    fn is_bare(&self) -> bool {
        let is_light = |color| distance(color) < 90;
        self.letter == ' ' || self.letter == '▀' && is_light(&self.ink) && is_light(&self.paper)
    }

    fn is_word(&self) -> bool {
        !matches!(self.letter, '▀' | ' ' | '\u{2800}'..='\u{28ff}')
    }
}

pub struct Grid {
    columns: usize,
    cells: Vec<Cell>,
}

impl Grid {
    /// Draws the figure at `dots` pixels a character, and its labels over it.
    pub fn new(svg: &str, columns: usize, dots: (usize, usize), cell: impl Fn(&[[u8; 3]]) -> Cell) -> Option<Grid> {
        let (wide, high) = raster::size_of(svg)?;
        // A character is about twice as high as it is wide.
        let rows = ((columns as f64 * high / wide / 2.0).round() as usize).clamp(1, 200);
        let (labels, svg) = labels::taken_out(svg);
        let (across, down) = (columns * dots.0, rows * dots.1);
        let times = finer(wide, across);
        let fine = Raster::squeezed(&svg, across * times, down * times)?;
        let mut cells = Vec::with_capacity(columns * rows);
        for row in 0..rows {
            for column in 0..columns {
                let places = (0..dots.1).flat_map(|y| (0..dots.0).map(move |x| (x, y)));
                let pixels: Vec<[u8; 3]> =
                    places.map(|(x, y)| strongest(&fine, times, column * dots.0 + x, row * dots.1 + y)).collect();
                cells.push(cell(&pixels));
            }
        }
        let mut grid = Grid { columns, cells };
        // Upright labels come last: they get a column of their own where the others leave one free.
        let (upright, level): (Vec<&Label>, Vec<&Label>) = labels.iter().partition(|label| label.upright);
        for label in level.into_iter().chain(upright) {
            grid.write(label, columns as f64 / wide, rows as f64 / high);
        }
        Some(grid)
    }

    /// Writes a label's letters over the picture, keeping the paper below them.
    fn write(&mut self, label: &Label, across: f64, down: f64) {
        let (column, row) = (label.center.0 * across, label.center.1 * down);
        let rows = self.cells.len() / self.columns.max(1);
        if label.upright {
            let start = (row - label.text.chars().count() as f64 / 2.0).round().max(0.0) as usize;
            let Some(column) = self.free_column(label, column, start) else { return };
            for (at, letter) in label.text.chars().enumerate() {
                self.put(column, start + at, letter, label.color);
            }
            return;
        }
        let width = label.text.width();
        let start = (column - width as f64 / 2.0).round().max(0.0) as usize;
        let start = start.min(self.columns.saturating_sub(width));
        let Some(row) = self.free_row(start, width, row, rows) else { return };
        let mut at = start;
        for letter in label.text.chars() {
            self.put(at, row, letter, label.color);
            at += letter.width().unwrap_or(0);
        }
    }

    /// The label's own row, or the one beside it if a line or another label is in the way; `None` if the label would
    /// hide another.
    fn free_row(&self, start: usize, width: usize, middle: f64, rows: usize) -> Option<usize> {
        let own = (middle.floor().max(0.0) as usize).min(rows.saturating_sub(1));
        let covered = |row: usize| (start..start + width).filter_map(move |at| self.cells.get(row * self.columns + at));
        let is_bare = |row: usize| covered(row).all(Cell::is_bare);
        let has_words = |row: usize| covered(row).any(Cell::is_word);
        let above = own.checked_sub(1).filter(|row| is_bare(*row));
        let below = Some(own + 1).filter(|row| *row < rows && is_bare(*row));
        if has_words(own) {
            let beside = [Some(own + 1).filter(|row| *row < rows), own.checked_sub(1)];
            return below.or(above).or_else(|| beside.into_iter().flatten().find(|row| !has_words(*row)));
        }
        let stands_high = middle.fract() < 0.5;
        above.filter(|_| stands_high && !is_bare(own)).or(Some(own))
    }

    /// The column of an upright label: its own or one further left, with a blank column beside it if possible; `None`
    /// if the label would hide another.
    fn free_column(&self, label: &Label, middle: f64, start: usize) -> Option<usize> {
        let wide = label.text.chars().filter_map(UnicodeWidthChar::width).max().unwrap_or(1);
        let own = (middle.floor().max(0.0) as usize).min(self.columns.saturating_sub(wide));
        let is_free = |column: usize, wide: usize| {
            let rows = start..start + label.text.chars().count();
            let mut places = rows.flat_map(|row| (column..column + wide).map(move |at| row * self.columns + at));
            places.all(|at| self.cells.get(at).is_none_or(|cell| !cell.is_word()))
        };
        let columns = || (0..=own).rev();
        columns().find(|at| is_free(*at, wide + 1)).or_else(|| columns().find(|at| is_free(*at, wide)))
    }

    fn put(&mut self, column: usize, row: usize, letter: char, ink: [u8; 3]) {
        let wide = letter.width().unwrap_or(0);
        if wide == 0 || column + wide > self.columns {
            return;
        }
        let at = row * self.columns + column;
        if let Some(cell) = self.cells.get_mut(at) {
            let paper = if cell.letter == '▀' { lighter(cell.ink, cell.paper) } else { cell.paper };
            *cell = Cell { letter, ink, paper };
        }
        if let Some(second) = self.cells.get_mut(at + 1).filter(|_| wide == 2) {
            // The second half of a wide letter.
            second.letter = '\0';
        }
    }

    pub fn lines(&self) -> impl Iterator<Item = &[Cell]> {
        self.cells.chunks(self.columns.max(1))
    }
}

/// How many times finer than its dots the figure is rendered first, so that thin curves do not turn pale.
fn finer(wide: f64, dots: usize) -> usize {
    ((wide / dots as f64).ceil() as usize).clamp(3, FINEST)
}

/// The pixel farthest from the paper among those that make up one dot.
pub fn strongest(fine: &Raster, times: usize, x: usize, y: usize) -> [u8; 3] {
    let mut strongest = PAPER;
    for row in y * times..(y + 1) * times {
        let pixels = fine.row(x * times, row, times);
        // Bytes are compared at once, also in an unoptimised build, and most of a figure is paper.
        if pixels.as_flattened() == BLANK[..pixels.len()].as_flattened() {
            continue;
        }
        for pixel in pixels {
            if distance(pixel) >= distance(&strongest) {
                strongest = *pixel;
            }
        }
    }
    strongest
}

pub fn distance(color: &[u8; 3]) -> u32 {
    let [red, green, blue] = *color;
    3 * 255 - u32::from(red) - u32::from(green) - u32::from(blue)
}

fn lighter(a: [u8; 3], b: [u8; 3]) -> [u8; 3] {
    if distance(&a) < distance(&b) { a } else { b }
}
