//! Reads a handwritten digit: a PNG or a drawing in letters becomes an image like those of MNIST, and a network
//! classifies it.
//!
//! The authors of MNIST scaled every digit to fit 20 x 20 pixels and centred it by its centre of mass in 28 x 28; a
//! network that learned from such images reads others badly. Ink may be dark on light or light on dark: the border of
//! the picture decides which is the paper. A picture holds one digit; pages are not segmented.

mod drawing;
mod figure;

use std::fmt;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use ndarray::{Array1, Array2};

pub use self::drawing::{classify_drawing, read_drawing};
pub use self::figure::plot_reading;
use crate::display::CellDisplay;
use crate::error::{Error, ErrorKind, Result};
use crate::mnist::Mnist;
use crate::mnist::idx::{PIXELS, SIDE};
use crate::network::{Network, largest};
use crate::train::Training;

/// The side of the square that MNIST's digits fill.
const BOX: f32 = 20.0;
/// Ink fainter than this share of the strongest belongs to the paper.
const FAINT: f32 = 0.2;
/// Greys that differ by less than this, out of 255, look the same.
const FEWEST_GREYS: f32 = 6.0;
const MOST_BYTES: usize = 1 << 28;

/// The answer of a network to a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The digit with the largest probability.
    pub digit: usize,
    /// One for each class, (10,).
    pub probabilities: Array1<f32>,
    /// The input of the network, (784,).
    pub image: Array1<f32>,
}

/// Reads the digit in a PNG with a network that is trained first: on MNIST if it is installed, otherwise on the drawn
/// digits. With a trained network, `net.classify_png(path)` is immediate.
///
/// ```no_run
/// use forward_pass::prelude::*;
/// println!("{}", classify_png("seven.png")?);
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// As [`read_png`]; also when files of MNIST exist but are damaged.
pub fn classify_png(path: impl AsRef<Path>) -> Result<Reading> {
    let image = read_png(path)?;
    taught()?.read(image)
}

/// A newly trained network, from the best digits available.
fn taught() -> Result<Network> {
    let digits = if crate::mnist::find_folder("mnist").is_ok() { Mnist::find()? } else { Mnist::sample() };
    let epochs = if digits.is_drawn() { 10 } else { 3 };
    let mut net = Network::untrained(&[PIXELS, 50, 100, 10], 1)?;
    Training::sgd(0.3).momentum(0.9).epochs(epochs).fit(&mut net, &digits.train)?;
    Ok(net)
}

impl Network {
    /// Reads the digit in a PNG.
    ///
    /// # Errors
    /// As [`read_png`]; also when the network does not take 784 values.
    pub fn classify_png(&self, path: impl AsRef<Path>) -> Result<Reading> {
        self.read(read_png(path)?)
    }

    /// Reads the digit in an image of any size: see [`read_image`].
    ///
    /// # Errors
    /// As [`read_image`]; also when the network does not take 784 values.
    pub fn classify_image(&self, image: &Array2<f32>) -> Result<Reading> {
        self.read(read_image(image)?)
    }

    fn read(&self, image: Array1<f32>) -> Result<Reading> {
        let probabilities = self.forward(&image)?;
        Ok(Reading { digit: largest(probabilities.iter().copied()), probabilities, image })
    }
}

/// A PNG converted to the format of MNIST: (784,), from 0 (paper) to 1 (ink), scaled and centred.
///
/// # Errors
/// When the file is missing, is not a PNG, is too large, or has no ink.
pub fn read_png(path: impl AsRef<Path>) -> Result<Array1<f32>> {
    let path = path.as_ref();
    let wrong = |what: String, help: &str| Error::new(ErrorKind::File, format!("{}: {what}", path.display()), help);
    let grey = grey(path).map_err(|(what, help)| wrong(what, help))?;
    let ink = ink(&grey).ok_or_else(|| {
        wrong("the picture has one colour and no ink".into(), "draw a digit that differs from its paper")
    })?;
    Ok(placed(&ink))
}

/// An image of any size, from 0 (paper) to 1 (ink), converted to the format of MNIST: (784,), the ink scaled to
/// 20 x 20 pixels and its centre of mass in the middle of 28 x 28.
///
/// ```
/// use forward_pass::prelude::*;
/// let mut canvas = Array2::<f32>::zeros((200, 300));
/// canvas.slice_mut(s![50..150, 20..30]).fill(1.0);
/// let image = read_image(&canvas)?;
/// assert_eq!(image.len(), 784);
/// // A bar of 100 x 10 becomes one of 20 x 2, in the middle.
/// let row = image.slice(s![14 * 28..15 * 28]).mapv(f32::round);
/// assert_eq!((row[12], row[13], row[14], row[15]), (0.0, 1.0, 1.0, 0.0));
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// When the image has no ink, or a value that is not between 0 and 1.
pub fn read_image(image: &Array2<f32>) -> Result<Array1<f32>> {
    if let Some(((row, column), value)) = image.indexed_iter().find(|(_, value)| !(0.0..=1.0).contains(*value)) {
        let message = format!("pixel ({row}, {column}) is {value}");
        return Err(Error::new(ErrorKind::Value, message, "give 0 for paper, 1 for ink, and shades between them"));
    }
    if image.iter().all(|&value| value == 0.0) {
        return Err(Error::new(ErrorKind::Value, "the image has no ink", "give 0 for paper and 1 for ink"));
    }
    Ok(placed(image))
}

type Problem = (String, &'static str);

/// The brightness of every pixel, 0 to 255; transparent pixels count as white, or as black if the ink is white. If ink
/// and paper are equally bright, a single colour channel is used.
fn grey(path: &Path) -> std::result::Result<Array2<f32>, Problem> {
    let file = File::open(path).map_err(|error| (error.to_string(), "give the path of a PNG file"))?;
    let damaged = |error: png::DecodingError| (format!("cannot read it as a PNG: {error}"), "save it as a PNG again");
    let limits = png::Limits { bytes: MOST_BYTES };
    let mut decoder = png::Decoder::new_with_limits(BufReader::new(file), limits);
    decoder.set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);
    let mut reader = decoder.read_info().map_err(damaged)?;
    let large = || ("the picture is too large".to_string(), "make it smaller: 28 x 28 pixels are enough");
    let size = reader.output_buffer_size().filter(|&size| size <= MOST_BYTES).ok_or_else(large)?;
    let mut bytes = vec![0; size];
    let frame = reader.next_frame(&mut bytes).map_err(damaged)?;
    // Grey and alpha, or red, green, blue and alpha.
    let width = if frame.color_type == png::ColorType::GrayscaleAlpha { 2 } else { 4 };
    let over = |paper: f32, of: Look| -> Vec<f32> {
        let alpha = |pixel: &[u8]| f32::from(pixel[width - 1]) / 255.0;
        bytes.chunks_exact(width).map(|pixel| paper + (of(pixel) - paper) * alpha(pixel)).collect()
    };
    let others: [(f32, Look); 4] =
        [(0.0, brightness), (255.0, |it| it[0].into()), (255.0, |it| it[1].into()), (255.0, |it| it[2].into())];
    let mut pixels = over(255.0, brightness);
    for (paper, of) in others.into_iter().take(if width == 2 { 1 } else { 4 }) {
        if contrast(&pixels) < FEWEST_GREYS {
            pixels = over(paper, of);
        }
    }
    let shape = (frame.height as usize, frame.width as usize);
    Array2::from_shape_vec(shape, pixels).map_err(|error| (error.to_string(), "save it as a PNG again"))
}

/// The difference between the lightest and the darkest pixel.
fn contrast(pixels: &[f32]) -> f32 {
    let ends = |(least, most): (f32, f32), &pixel: &f32| (least.min(pixel), most.max(pixel));
    let (least, most) = pixels.iter().fold((f32::INFINITY, f32::NEG_INFINITY), ends);
    most - least
}

/// The part of a pixel that is used.
type Look = fn(&[u8]) -> f32;

/// Perceived brightness of red, green and blue (ITU-R BT.601).
fn brightness(pixel: &[u8]) -> f32 {
    if pixel.len() < 4 {
        return pixel[0].into();
    }
    0.299 * f32::from(pixel[0]) + 0.587 * f32::from(pixel[1]) + 0.114 * f32::from(pixel[2])
}

/// The distance of every pixel from the paper, 0 to 1; `None` if all are the same.
fn ink(grey: &Array2<f32>) -> Option<Array2<f32>> {
    let (rows, columns) = grey.dim();
    let edge = |(row, column): (usize, usize)| row == 0 || column == 0 || row + 1 == rows || column + 1 == columns;
    let mut border: Vec<f32> = grey.indexed_iter().filter(|(place, _)| edge(*place)).map(|(_, &grey)| grey).collect();
    border.sort_by(f32::total_cmp);
    let paper = *border.get(border.len() / 2)?;
    let most = grey.iter().map(|grey| (grey - paper).abs()).fold(0.0, f32::max);
    (most >= FEWEST_GREYS).then(|| grey.mapv(|grey| ((grey - paper).abs() / most - FAINT).max(0.0) / (1.0 - FAINT)))
}

/// The centre of mass, rows down and columns across.
fn centre(ink: &Array2<f32>) -> (f32, f32) {
    // In f64: a photograph has millions of pixels, and an f32 sum would lose the last of them.
    let (mut mass, mut down, mut across) = (0.0, 0.0, 0.0);
    for ((row, column), &ink) in ink.indexed_iter() {
        let ink = f64::from(ink);
        mass += ink;
        down += ink * (row as f64 + 0.5);
        across += ink * (column as f64 + 0.5);
    }
    ((down / mass) as f32, (across / mass) as f32)
}

/// Scaled to 20 x 20 by area, its centre of mass in the middle of 28 x 28.
fn placed(ink: &Array2<f32>) -> Array1<f32> {
    let inked = || ink.indexed_iter().filter(|(_, ink)| **ink > 0.0).map(|(place, _)| place);
    let ends = |of: fn((usize, usize)) -> usize| {
        (inked().map(of).min().unwrap_or(0) as f32, inked().map(of).max().unwrap_or(0) as f32 + 1.0)
    };
    let ((top, bottom), (left, right)) = (ends(|place| place.0), ends(|place| place.1));
    let scale = BOX / (bottom - top).max(right - left);
    let (middle, (down, across)) = (SIDE as f32 / 2.0, centre(ink));
    let start = (middle - scale * down, middle - scale * across);
    let mut image = Array2::<f32>::zeros((SIDE, SIDE));
    for ((row, column), &ink) in ink.indexed_iter().filter(|(_, ink)| **ink > 0.0) {
        for (y, height) in covered(start.0 + scale * row as f32, scale) {
            for (x, width) in covered(start.1 + scale * column as f32, scale) {
                image[[y, x]] += ink * height * width;
            }
        }
    }
    let most = image.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
    image.iter().map(|ink| ink / most).collect()
}

/// The pixels that an interval covers, each with its share.
fn covered(from: f32, length: f32) -> impl Iterator<Item = (usize, f32)> {
    let to = from + length;
    let first = from.max(0.0) as usize;
    let last = (to.max(0.0).ceil() as usize).min(SIDE);
    (first..last).map(move |pixel| (pixel, (to.min(pixel as f32 + 1.0) - from.max(pixel as f32)).max(0.0)))
}

const BAR: usize = 30;

/// `an 8`, and `a` before the others.
pub(crate) fn with_article(digit: usize) -> String {
    format!("{} {digit}", if digit == 8 { "an" } else { "a" })
}

/// `it is a 7`, followed by a bar for each digit.
impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it is {}", with_article(self.digit))?;
        for (digit, p) in self.probabilities.iter().enumerate() {
            let bar = "#".repeat((p.clamp(0.0, 1.0) * BAR as f32).round() as usize);
            write!(f, "\n{digit} |{bar:BAR$}| {p:.2}")?;
        }
        Ok(())
    }
}

/// The figure, with the text bars as a fallback.
impl CellDisplay for Reading {
    fn cell_text(&self) -> Option<String> {
        Some(self.to_string())
    }

    fn cell_parts(&self) -> Vec<(&'static str, String)> {
        let mut parts = plot_reading(self).cell_parts();
        parts.retain(|(kind, _)| *kind != "text/plain");
        parts.push(("text/plain", self.to_string()));
        parts
    }
}
