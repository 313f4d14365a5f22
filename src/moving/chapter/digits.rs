//! Digits on their way through a network, and a network on its way to reading them.

use ndarray::{Array1, Axis};

use crate::error::Result;
use crate::mnist::idx::SIDE;
use crate::mnist::{Digits, accuracy, plot_digits};
use crate::network::{Network, largest};
use crate::plot::{Figure, Picture, bar, images, plot, subplots};
use crate::reading::with_article;

/// The image that a network reads, (784,), the values of each hidden layer as a square of greys, and its ten
/// probabilities.
///
/// # Errors
/// When the network does not take 784 values.
pub fn layers_of_a_digit(net: &Network, image: &Array1<f32>) -> Result<Figure> {
    let trace = net.trace(image)?;
    let y = trace.y();
    let mut panels = vec![picture(SIDE, image, "input")];
    for layer in 1..trace.layers() {
        if let Some(z) = trace.z(layer) {
            panels.push(picture(z.len().isqrt().max(1), z, &format!("layer {layer}")));
        }
    }
    let shares = y.mapv(|p| f64::from((p * 100.0).round()));
    let classes: Vec<usize> = (0..y.len()).collect();
    panels.push(bar(&classes, &shares).ylim(0.0, 110.0).xlabel("digit").ylabel("%"));
    let title = format!("it is {}", with_article(largest(y.iter().copied())));
    Ok(subplots(1, panels.len(), panels).title(title).figsize(9.0, 2.6))
}

/// Values as greys, `columns` in a row, the last row filled up with white.
fn picture(columns: usize, values: &Array1<f32>, name: &str) -> Figure {
    let least = values.iter().copied().fold(f32::INFINITY, f32::min);
    let most = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut ink: Vec<f64> = values.iter().map(|value| f64::from((value - least) / (most - least).max(1e-9))).collect();
    ink.resize(ink.len().next_multiple_of(columns), 0.0);
    images([Picture { columns, ink, name: name.to_owned() }])
}

/// A network in training: the loss of every step, what ten neurons of its first layer look for, and the first digits
/// that it reads wrongly, with its answers.
///
/// # Errors
/// When the network does not take 784 values.
pub fn training_progress(net: &Network, losses: &[f64], test: &Digits) -> Result<Figure> {
    let said = net.classify(&test.images)?;
    let right = accuracy(&said, &test.labels)?;
    let steps: Vec<usize> = (1..=losses.len()).collect();
    let curve = if losses.is_empty() { Figure::new() } else { plot(&steps, &losses) };
    let curve = curve.title(format!("{:.0} % right", right * 100.0)).xlabel("step").ylabel("loss").ylim(0.0, 2.5);
    let first = net.layers()[0].weights();
    let neurons = first.axis_iter(Axis(1)).take(10).map(|weights| {
        let (least, most) = (weights.fold(0_f32, |a, &b| a.min(b)), weights.fold(0_f32, |a, &b| a.max(b)));
        let ink = weights.iter().map(|w| f64::from((w - least) / (most - least).max(1e-9))).collect();
        Picture { columns: SIDE, ink, name: String::new() }
    });
    let wrong: Vec<usize> = (0..test.len()).filter(|&at| said[at] != test.labels[at]).take(10).collect();
    let mistakes = test.select(&wrong)?;
    let names: Vec<String> = wrong.iter().map(|&at| format!("{}?", said[at])).collect();
    let read = if wrong.is_empty() { Figure::new() } else { plot_digits(&mistakes.images, &names) };
    Ok(subplots(3, 1, [curve, images(neurons), read]).figsize(7.2, 6.0))
}
