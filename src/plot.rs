//! Curves, points, bars and images as figures: SVG text in a notebook, SVG or PNG in a file.
//!
//! ```
//! use forward_pass::prelude::*;
//! let x = array![-2.0, -1.0, 0.0, 1.0, 2.0];
//! let figure = plot(&x, &x.mapv(|x: f64| x * x)).label("x²").xlabel("x").grid(true);
//! assert_eq!(figure.to_string(), "<Figure 640x480 with 1 Axes>");
//! ```
//!
//! A figure looks like matplotlib's defaults, and has the same bytes on every machine: lengths have two decimals, and
//! letters are drawn as outlines of an embedded font, so that a viewer needs no font. There is no animation and no
//! zooming.
//!
//! plotters maps data to positions on the page, draws the grid, the tick marks and their labels, and breaks every
//! element down into lines, rectangles, polygons and text. This module chooses limits, ticks and margins, and is
//! plotters' backend: it keeps the marks in hundredths of a pixel, draws letters, dashes and legends itself, and writes
//! SVG and PNG, so that a figure has the same bytes on every machine.

mod axes;
mod backend;
mod blocks;
mod canvas;
mod colour;
mod diagram;
mod element;
mod figure;
mod font;
mod frame;
mod gallery;
mod histogram;
mod legend;
mod path;
mod png;
mod problem;
mod raster;
mod retina;
mod scale;
mod series;
mod sheet;
mod svg;
mod ticks;
mod values;

use self::blocks::Blocks;
use self::diagram::Diagram;
pub use self::figure::Figure;
use self::gallery::Gallery;
pub use self::gallery::Picture;
pub use self::values::{Grid, Names, Number, Values};

/// A text of a figure in other words, or `None` if it stays as it is.
pub type Wording = fn(&str) -> Option<String>;

/// A curve through the points (x, y).
///
/// x and y are lists of any numbers: ndarray arrays and views, `Vec`, slices.
pub fn plot(x: &(impl Values + ?Sized), y: &(impl Values + ?Sized)) -> Figure {
    Figure::new().plot(x, y)
}

/// A dot at each point (x, y).
pub fn scatter(x: &(impl Values + ?Sized), y: &(impl Values + ?Sized)) -> Figure {
    Figure::new().scatter(x, y)
}

/// A bar for each name.
///
/// ```
/// use forward_pass::prelude::*;
/// let figure = bar(&["cat", "dog"], &[0.3, 0.7]).ylim(0.0, 1.0);
/// assert!(figure.to_svg().contains("aria-label=\"cat\""));
/// ```
pub fn bar(names: &(impl Names + ?Sized), heights: &(impl Values + ?Sized)) -> Figure {
    Figure::new().bar(names, heights)
}

/// A horizontal bar for each name, for names that are too long to stand below a bar. The first one is at the bottom.
///
/// ```
/// use forward_pass::prelude::*;
/// let figure = barh(&["softmax down the columns", "no mistake"], &[0.1, 0.98]).bar_label();
/// assert!(figure.to_svg().contains("aria-label=\"softmax down the columns\""));
/// ```
pub fn barh(names: &(impl Names + ?Sized), widths: &(impl Values + ?Sized)) -> Figure {
    Figure::new().barh(names, widths)
}

/// A histogram: how many values fall into each of `bins` bins of equal width.
pub fn hist(values: &(impl Values + ?Sized), bins: usize) -> Figure {
    Figure::new().hist(values, bins)
}

/// A matrix as colours, with its first row at the top.
pub fn imshow(matrix: &(impl Grid + ?Sized)) -> Figure {
    Figure::new().imshow(matrix)
}

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

/// A fully connected network: the number of values at each place, inputs first, with a note beneath each layer.
///
/// `notes` has one text per layer, such as the name of its activation.
///
/// ```
/// use forward_pass::plot::diagram;
/// let figure = diagram(&[3, 2, 3, 1], &["sigmoid", "sigmoid", "sigmoid"]);
/// assert!(figure.to_svg().contains("aria-label=\"W₁ (3, 2)\""));
/// ```
pub fn diagram(sizes: &[usize], notes: &[impl AsRef<str>]) -> Figure {
    let notes = notes.iter().map(|note| note.as_ref().to_string()).collect();
    Figure::from_diagram(Diagram { sizes: sizes.to_vec(), notes, wording: None })
}

/// A chain of products as blocks, rows high and columns wide: the sides that meet are green if they fit, red if not.
///
/// If all fit, the product stands behind them.
///
/// ```
/// use forward_pass::prelude::*;
/// let figure = plot_product(&[(2, 3), (3, 4)]);
/// assert!(figure.to_svg().contains("aria-label=\"(2, 4)\""));
/// assert!(plot_product(&[(2, 3), (2, 4)]).to_svg().contains("aria-label=\"3 ≠ 2\""));
/// ```
pub fn plot_product(factors: &[(usize, usize)]) -> Figure {
    const MOST: usize = 8;
    if factors.is_empty() || factors.len() > MOST {
        let message = format!("plot_product got {} shapes", factors.len());
        return Figure::new().error(message, format!("give it 1 to {MOST}, each as (rows, columns)"));
    }
    Figure::from_blocks(Blocks { factors: factors.to_vec() })
}

/// Several figures in one, row by row.
///
/// ```
/// use forward_pass::prelude::*;
/// let x = array![0.0, 1.0];
/// let both = subplots(1, 2, [plot(&x, &x).title("up"), plot(&x, &-&x).title("down")]);
/// assert_eq!(both.to_string(), "<Figure 640x480 with 2 Axes>");
/// ```
pub fn subplots(rows: usize, columns: usize, figures: impl IntoIterator<Item = Figure>) -> Figure {
    Figure::arranged(rows, columns, figures.into_iter().collect())
}
