//! Digits as a figure, with their labels above.
//!
//! It draws at most a hundred.

use ndarray::{ArrayBase, Data, Dimension};

use crate::plot::{Figure, Names, Number, Picture, images};

/// Images with their labels: (n, 784) or (n, 28, 28), from 0 (paper) to 1 (ink) or to 255, and n labels.
///
/// ```
/// use forward_pass::prelude::*;
/// let digits = Mnist::sample().train.first(20);
/// let figure = plot_digits(&digits.images, &digits.labels);
/// assert_eq!(figure.to_string(), "<Figure 714x194 with 20 Axes>");
/// ```
pub fn plot_digits<S, D>(digits: &ArrayBase<S, D>, labels: &(impl Names + ?Sized)) -> Figure
where
    S: Data<Elem: Number>,
    D: Dimension,
{
    const MOST: usize = 100;
    let shape = digits.shape();
    let (count, columns) = match *shape {
        [count, pixels] => (count, square_side(pixels)),
        [count, _, columns] => (count, Some(columns)),
        _ => (0, None),
    };
    let labels = labels.names();
    let Some(columns) = columns.filter(|&columns| columns > 0 && count > 0) else {
        let message = format!("plot_digits got images of shape {shape:?}");
        return Figure::new().error(message, "give it (n, 784) or (n, 28, 28)");
    };
    if labels.len() != count {
        let message = format!("plot_digits got {count} images and {} labels", labels.len());
        return Figure::new().error(message, "give every image one label");
    }
    let ink: Vec<f64> = digits.iter().map(|&ink| ink.to_f64()).collect();
    let most = ink.iter().copied().filter(|ink| ink.is_finite()).fold(1.0, f64::max);
    let pictures = ink.chunks(ink.len() / count).zip(labels).take(MOST);
    let figure = images(pictures.map(|(ink, name)| {
        let ink = ink.iter().map(|ink| ink / most).collect();
        Picture { columns, ink, name }
    }));
    if count > MOST { figure.note(format!("the first {MOST} of {count} images")) } else { figure }
}

/// The side of a square with this many pixels.
fn square_side(pixels: usize) -> Option<usize> {
    let side = pixels.isqrt();
    (side * side == pixels).then_some(side)
}
