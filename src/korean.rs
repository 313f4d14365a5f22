//! The chapter's figures in Korean: the functions that make them, with the words of the chapter translated.
//!
//! A text that is not in the table of `words` stays as it is. Text output is the same in every language.

pub mod check;
pub mod page;
mod words;

use ndarray::{ArrayBase, Data, Dimension};

use self::words::{korean, step_function};
use crate::error::Result;
use crate::moving::chapter;
use crate::network::{Network, Real};
use crate::plot::{Figure, Grid, Names, Number, Values};
use crate::reading::Reading;
use crate::shape::Float;
use crate::{activation, mnist, network, plot as figures, reading, softmax};

/// As [`plot`](figures::plot), with the chapter's words in Korean.
pub fn plot(x: &(impl Values + ?Sized), y: &(impl Values + ?Sized)) -> Figure {
    figures::plot(x, y).wording(korean)
}

/// As [`scatter`](figures::scatter), with the chapter's words in Korean.
pub fn scatter(x: &(impl Values + ?Sized), y: &(impl Values + ?Sized)) -> Figure {
    figures::scatter(x, y).wording(korean)
}

/// As [`bar`](figures::bar), with the chapter's words in Korean.
pub fn bar(names: &(impl Names + ?Sized), heights: &(impl Values + ?Sized)) -> Figure {
    figures::bar(names, heights).wording(korean)
}

/// As [`barh`](figures::barh), with the chapter's words in Korean.
pub fn barh(names: &(impl Names + ?Sized), widths: &(impl Values + ?Sized)) -> Figure {
    figures::barh(names, widths).wording(korean)
}

/// As [`hist`](figures::hist), with the chapter's words in Korean.
pub fn hist(values: &(impl Values + ?Sized), bins: usize) -> Figure {
    figures::hist(values, bins).wording(korean)
}

/// As [`imshow`](figures::imshow), with the chapter's words in Korean.
pub fn imshow(matrix: &(impl Grid + ?Sized)) -> Figure {
    figures::imshow(matrix).wording(korean)
}

/// As [`subplots`](figures::subplots), with the chapter's words in Korean.
pub fn subplots(rows: usize, columns: usize, parts: impl IntoIterator<Item = Figure>) -> Figure {
    figures::subplots(rows, columns, parts).wording(korean)
}

/// As [`plot_step`](activation::plot_step), with the chapter's words in Korean.
pub fn plot_step() -> Figure {
    activation::plot_step().wording(step_function)
}

/// As [`plot_sigmoid`](activation::plot_sigmoid), with the chapter's words in Korean.
pub fn plot_sigmoid() -> Figure {
    activation::plot_sigmoid().wording(step_function)
}

/// As [`plot_relu`](activation::plot_relu), with the chapter's words in Korean.
pub fn plot_relu() -> Figure {
    activation::plot_relu().wording(korean)
}

/// As [`plot_network`](network::plot_network), with the chapter's words in Korean.
pub fn plot_network<T: Real>(net: &Network<T>) -> Figure {
    network::plot_network(net).wording(step_function)
}

/// As [`plot_regions`](network::plot_regions), with the chapter's words in Korean.
pub fn plot_regions<T: Real>(net: &Network<T>, low: f64, high: f64) -> Figure {
    network::plot_regions(net, low, high).wording(korean)
}

/// As [`neuron_line`](chapter::neuron_line), with the chapter's words in Korean.
///
/// # Errors
/// None for finite numbers.
pub fn neuron_line(w1: f64, w2: f64, b: f64) -> Result<Figure> {
    Ok(chapter::neuron_line(w1, w2, b)?.wording(korean))
}

/// As [`softmax_at_temperature`](chapter::softmax_at_temperature), with the chapter's words in Korean.
pub fn softmax_at_temperature(scores: [f64; 3], t: f64) -> Figure {
    chapter::softmax_at_temperature(scores, t).wording(korean)
}

/// As [`plot_softmax`](softmax::plot_softmax), with the chapter's words in Korean.
pub fn plot_softmax<S: Data<Elem: Float + Number>, D: Dimension>(x: &ArrayBase<S, D>) -> Figure {
    softmax::plot_softmax(x).wording(korean)
}

/// As [`plot_digits`](mnist::plot_digits), with the chapter's words in Korean.
pub fn plot_digits<S, D>(digits: &ArrayBase<S, D>, labels: &(impl Names + ?Sized)) -> Figure
where
    S: Data<Elem: Number>,
    D: Dimension,
{
    mnist::plot_digits(digits, labels).wording(korean)
}

/// As [`plot_reading`](reading::plot_reading), with the chapter's words in Korean.
pub fn plot_reading(read: &Reading) -> Figure {
    reading::plot_reading(read).wording(korean)
}
