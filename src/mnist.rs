//! Handwritten digits: 28 x 28 pixels from 0 (paper) to 1 (ink), flattened to 784 values, and a label from 0 to 9.
//!
//! The real ones are MNIST (LeCun, Cortes and Burges, 1998), 60,000 for training and 10,000 for testing. They
//! are read from a folder, never downloaded. [`Mnist::sample`] needs no files: its digits are drawn by our own code and
//! never presented as MNIST.

mod batch;
mod drawn;
mod figure;
mod file;
mod gunzip;
pub mod idx;
mod huge_pages;
mod score;

use std::path::Path;
use std::{fmt, thread};

use ndarray::{Array1, Array2, ArrayView2, s};

use self::batch::Order;
pub use self::batch::{Batch, Batches};
pub use self::figure::plot_digits;
pub use self::file::{FASHION_VARIABLE, VARIABLE, default_folder, find_folder};
pub use self::score::{Labels, accuracy, confusion, one_hot};
use crate::display::CellDisplay;
use crate::error::{Error, ErrorKind, Result};

/// A training set and a test set.
///
/// ```
/// use forward_pass::prelude::*;
/// let digits = Mnist::sample();
/// assert_eq!(digits.train.images.dim(), (6000, 784));
/// assert_eq!(digits.test.labels.len(), 1000);
/// assert_eq!(digits.to_string(), "drawn digits: 6000 to train, 1000 to test");
/// ```
#[derive(Clone, PartialEq)]
pub struct Mnist {
    /// The digits that a network learns from.
    pub train: Digits,
    /// Digits that it has never seen.
    pub test: Digits,
    source: Source,
}

#[derive(Clone, PartialEq)]
enum Source {
    Drawn,
    Handwritten,
    Fashion,
}

/// Images and their labels.
#[derive(Clone, PartialEq)]
pub struct Digits {
    /// (n, 784), from 0 to 1.
    pub images: Array2<f32>,
    /// (n,), from 0 to 9.
    pub labels: Array1<u8>,
    order: Order,
}

impl Mnist {
    /// Reads the four files of a folder, plain or `.gz`: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, and the
    /// same two with `t10k`.
    ///
    /// # Errors
    /// When a file is missing, or is not what its header says; the message names the file and the two values that
    /// disagree.
    pub fn open(folder: impl AsRef<Path>) -> Result<Mnist> {
        let folder = folder.as_ref();
        let (train, test) = if cfg!(target_family = "wasm") {
            (file::read(folder, "train"), file::read(folder, "t10k"))
        } else {
            thread::scope(|scope| {
                let test = scope.spawn(|| file::read(folder, "t10k"));
                (file::read(folder, "train"), test.join().expect("what is wrong with a file is an error, not a panic"))
            })
        };
        let (train, test) = (train?, test?);
        // The files do not say which data set they are.
        let fashion = folder.file_name().is_some_and(|name| name.to_string_lossy().contains("fashion"));
        Ok(Mnist { train, test, source: if fashion { Source::Fashion } else { Source::Handwritten } })
    }

    /// Reads the four files of [`Mnist::open`] from memory, each plain or gzip: images and labels to train, then images
    /// and labels to test.
    ///
    /// # Errors
    /// As [`Mnist::open`]; the message names the file by its part, such as `train images`.
    pub fn from_bytes(train: (&[u8], &[u8]), test: (&[u8], &[u8])) -> Result<Mnist> {
        let (train, test) = (file::from_bytes("train", train)?, file::from_bytes("test", test)?);
        Ok(Mnist { train, test, source: Source::Handwritten })
    }

    /// Opens the folder that `FORWARD_PASS_MNIST` names, otherwise the user's data folder.
    ///
    /// # Errors
    /// When neither exists; the message has the command that downloads the files. Otherwise as [`Mnist::open`].
    pub fn find() -> Result<Mnist> {
        Ok(Mnist { source: Source::Handwritten, ..Mnist::open(find_folder("mnist")?)? })
    }

    /// Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017): shirts, shoes and bags in the same format, harder to tell apart.
    /// The folder is the one that `FORWARD_PASS_FASHION_MNIST` names, otherwise the user's data folder.
    ///
    /// # Errors
    /// As [`Mnist::find`].
    pub fn fashion() -> Result<Mnist> {
        Ok(Mnist { source: Source::Fashion, ..Mnist::open(find_folder("fashion-mnist")?)? })
    }

    /// 6,000 drawn digits for training and 1,000 for testing, the same on every machine.
    pub fn sample() -> Mnist {
        Mnist::drawn(6000, 1000, 1)
    }

    /// Any number of drawn digits, the same for the same seed.
    ///
    /// ```
    /// use forward_pass::prelude::*;
    /// let digits = Mnist::drawn(20, 10, 7);
    /// assert_eq!(digits.train.images.dim(), (20, 784));
    /// assert_eq!(digits, Mnist::drawn(20, 10, 7));
    /// ```
    pub fn drawn(train: usize, test: usize, seed: u64) -> Mnist {
        let draw = |count, stream| {
            let (images, labels) = drawn::draw(count, seed, stream);
            Digits { images, labels, order: Order::default() }
        };
        Mnist { train: draw(train, 2), test: draw(test, 3), source: Source::Drawn }
    }

    /// Whether our own code drew these digits.
    pub fn is_drawn(&self) -> bool {
        self.source == Source::Drawn
    }
}

impl fmt::Display for Mnist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.source {
            Source::Drawn => "drawn digits",
            Source::Handwritten => "MNIST",
            Source::Fashion => "Fashion-MNIST",
        };
        write!(f, "{kind}: {} to train, {} to test", self.train.len(), self.test.len())
    }
}

impl fmt::Debug for Mnist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Digits {
    /// Images (n, 784) and as many labels.
    ///
    /// # Errors
    /// When the images do not have 784 values each, or the numbers of images and labels differ.
    pub fn new(images: Array2<f32>, labels: Array1<u8>) -> Result<Digits> {
        let (count, pixels) = images.dim();
        if pixels != idx::PIXELS {
            let message = format!("images of shape ({count}, {pixels}) do not have {} values each", idx::PIXELS);
            return Err(Error::new(ErrorKind::Shape, message, "flatten 28 x 28 pixels to one row of 784"));
        }
        if count != labels.len() {
            let message = format!("{count} images cannot have {} labels", labels.len());
            return Err(Error::new(ErrorKind::Shape, message, "give every image one label"));
        }
        Ok(Digits { images, labels, order: Order::default() })
    }

    /// Points of any dimension with their labels, for networks that read no digits.
    pub(crate) fn of_points(points: Array2<f32>, labels: Array1<u8>) -> Digits {
        Digits { images: points, labels, order: Order::default() }
    }

    /// The number of digits.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether the set is empty.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// One image as 28 rows of 28 pixels.
    ///
    /// # Errors
    /// When the index is beyond the end.
    pub fn image(&self, place: usize) -> Result<ArrayView2<'_, f32>> {
        if place >= self.len() {
            let message = format!("no image {place} in a set of {}", self.len());
            return Err(Error::new(ErrorKind::Value, message, "places count from 0"));
        }
        let row = self.images.row(place).into_shape_with_order((idx::SIDE, idx::SIDE));
        row.map_err(|error| Error::new(ErrorKind::Shape, error.to_string(), "make the images one block again"))
    }

    /// The first digits of the set, at most `count`.
    pub fn first(&self, count: usize) -> Digits {
        let count = count.min(self.len());
        let (images, labels) = (self.images.slice(s![..count, ..]), self.labels.slice(s![..count]));
        Digits { images: images.to_owned(), labels: labels.to_owned(), order: Order::default() }
    }

    /// The digits at these indices, in the given order.
    ///
    /// # Errors
    /// When an index is beyond the end.
    pub fn select(&self, places: &[usize]) -> Result<Digits> {
        if let Some(place) = places.iter().find(|&&place| place >= self.len()) {
            let message = format!("no image {place} in a set of {}", self.len());
            return Err(Error::new(ErrorKind::Value, message, "places count from 0"));
        }
        let images = self.images.select(ndarray::Axis(0), places);
        let labels = self.labels.select(ndarray::Axis(0), places);
        Ok(Digits { images, labels, order: Order::default() })
    }
}

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} digits of 28 x 28 pixels", self.len())
    }
}

macro_rules! shown {
    ($($type:ty),+) => {$(
        impl CellDisplay for $type {
            fn cell_text(&self) -> Option<String> {
                Some(format!("{self:?}"))
            }
        }
    )+};
}

shown!(Mnist, Digits, Batch);
