//! A digit drawn with letters: adjacent marks become pen strokes, scaled and centred like those of MNIST.
//!
//! There are no shades: a position has ink or not.

use ndarray::{Array1, Array2};

use super::{BOX, Reading, centre, taught};
use crate::error::{Error, ErrorKind, Result};
use crate::mnist::idx::SIDE;
use crate::network::Network;

/// Half the width of a stroke in pixels; those of MNIST are about three pixels wide.
const PEN: f32 = 1.2;
/// The aspect ratio of a letter: about twice as high as wide.
const HEIGHT: f32 = 2.0;

/// (x, y)
type Point = (f32, f32);

/// Reads a digit drawn with letters, with a network that is trained first, like [`classify_png`](super::classify_png).
///
/// A space or a dot is paper, and every other letter is ink.
///
/// ```
/// use forward_pass::prelude::*;
/// let seven = "
/// ********
///        *
///       *
///      *
///     *
///    *
///    *
/// ";
/// let mut net = Network::untrained(&[784, 50, 10], 1)?;
/// Training::adam(0.01).fit(&mut net, &Mnist::drawn(2000, 0, 1).train)?;
/// assert_eq!(net.classify_drawing(seven)?.digit, 7);
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// As [`read_drawing`]; also when files of MNIST exist but are damaged.
pub fn classify_drawing(drawing: &str) -> Result<Reading> {
    let image = read_drawing(drawing)?;
    taught()?.read(image)
}

impl Network {
    /// Reads a digit drawn with letters: a space or a dot is paper, and every other letter is ink.
    ///
    /// # Errors
    /// As [`read_drawing`]; also when the network does not take 784 values.
    pub fn classify_drawing(&self, drawing: &str) -> Result<Reading> {
        self.read(read_drawing(drawing)?)
    }
}

/// A digit drawn with letters, converted to the format of MNIST: (784,), from 0 (paper) to 1 (ink), scaled and centred.
///
/// # Errors
/// When the drawing has no ink.
pub fn read_drawing(drawing: &str) -> Result<Array1<f32>> {
    let marks: Vec<(usize, usize)> = drawing.lines().enumerate().flat_map(|(row, line)| marks(row, line)).collect();
    if marks.is_empty() {
        let help = "draw a digit with `*`: a space or a dot is paper, every other letter is ink";
        return Err(Error::new(ErrorKind::Value, "the drawing has no ink", help));
    }
    let strokes = strokes(&marks);
    let middle = SIDE as f32 / 2.0;
    let image = inked(&strokes, (middle, middle));
    let (y, x) = centre(&image);
    let image = inked(&strokes, (2.0 * middle - x, 2.0 * middle - y));
    Ok(image.into_iter().collect())
}

fn marks(row: usize, line: &str) -> impl Iterator<Item = (usize, usize)> {
    let ink = |letter: char| !letter.is_whitespace() && letter != '.';
    line.chars().enumerate().filter(move |(_, letter)| ink(*letter)).map(move |(column, _)| (row, column))
}

/// Lines from every mark to its neighbours, in pixels around (0, 0), scaled to the size of MNIST's digits.
fn strokes(marks: &[(usize, usize)]) -> Vec<(Point, Point)> {
    let ends = |of: fn(&(usize, usize)) -> usize| {
        let (first, last) = (marks.iter().map(of).min().unwrap_or(0), marks.iter().map(of).max().unwrap_or(0));
        (first as f32, last as f32)
    };
    let ((top, bottom), (left, right)) = (ends(|mark| mark.0), ends(|mark| mark.1));
    let scale = (BOX - 2.0 * PEN) / (HEIGHT * (bottom - top)).max(right - left).max(1.0);
    let place = |(row, column): (usize, usize)| {
        let (x, y) = (column as f32 - (left + right) / 2.0, HEIGHT * (row as f32 - (top + bottom) / 2.0));
        (scale * x, scale * y)
    };
    let is_mark = |mark: (usize, usize)| marks.binary_search(&mark).is_ok();
    let mut strokes = Vec::new();
    for &(row, column) in marks {
        let from = (row, column);
        // A mark without neighbours is a dot.
        strokes.push((place(from), place(from)));
        let (beside, below) = ((row, column + 1), (row + 1, column));
        let aslant = [(row + 1, column + 1), (row + 1, column.wrapping_sub(1))];
        // Around a corner there is a line already.
        let cut = |to: (usize, usize)| !is_mark(below) && !is_mark((row, to.1));
        let near = [beside, below].into_iter().chain(aslant.into_iter().filter(|&to| cut(to)));
        strokes.extend(near.filter(|&to| is_mark(to)).map(|to| (place(from), place(to))));
    }
    strokes
}

/// The strokes on a page of 28 x 28, with their (0, 0) at this position.
fn inked(strokes: &[(Point, Point)], (x, y): Point) -> Array2<f32> {
    let mut image = Array2::<f32>::zeros((SIDE, SIDE));
    let pixels = |a: f32, b: f32| {
        let (first, end) = (a.min(b) - PEN - 1.0, a.max(b) + PEN + 1.0);
        (first.max(0.0) as usize)..(end.max(0.0) as usize + 1).min(SIDE)
    };
    for &(from, to) in strokes {
        let (from, to) = ((from.0 + x, from.1 + y), (to.0 + x, to.1 + y));
        for row in pixels(from.1, to.1) {
            for column in pixels(from.0, to.0) {
                let far = distance((column as f32 + 0.5, row as f32 + 0.5), from, to);
                let ink = &mut image[[row, column]];
                *ink = ink.max((PEN + 0.5 - far).clamp(0.0, 1.0));
            }
        }
    }
    image
}

/// The distance of a point from the line between two others.
fn distance(point: Point, from: Point, to: Point) -> f32 {
    let (along, away) = ((to.0 - from.0, to.1 - from.1), (point.0 - from.0, point.1 - from.1));
    let length = along.0 * along.0 + along.1 * along.1;
    let share = if length > 0.0 { ((along.0 * away.0 + along.1 * away.1) / length).clamp(0.0, 1.0) } else { 0.0 };
    let (x, y) = (away.0 - share * along.0, away.1 - share * along.1);
    libm::sqrtf(x * x + y * y)
}
