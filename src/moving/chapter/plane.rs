//! Networks with two inputs, drawn as regions of the plane.

use ndarray::{Array1, Array2, array};

use crate::error::Result;
use crate::mnist::Digits;
use crate::network::{Activation, Layer, Network, plot_regions};
use crate::plot::Figure;
use crate::random::Random;
use crate::train::Training;

/// What a neuron with two inputs says, 1 or 0, everywhere around the four corners.
///
/// # Errors
/// None for finite numbers.
pub fn neuron_line(w1: f64, w2: f64, b: f64) -> Result<Figure> {
    let neuron = Layer::new(array![[w1], [w2]], array![b], Activation::Step)?;
    let net = Network::new(vec![neuron])?;
    let corners = array![[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]];
    let says = net.forward(&corners)?;
    let answers: Vec<String> = says.iter().map(|y| format!("{y}")).collect();
    let title = format!("(0, 0), (1, 0), (0, 1), (1, 1): {}", answers.join(", "));
    Ok(with_corners(plot_regions(&net, -0.5, 1.5), &corners).title(title))
}

/// A network of two hidden neurons with these weights, row by row, and these biases: what it says of XOR's corners.
///
/// # Errors
/// None for finite numbers.
pub fn two_neurons(w1: [f64; 4], b1: [f64; 2], w2: [f64; 2], b2: f64) -> Result<Figure> {
    let first = array![[w1[0], w1[1]], [w1[2], w1[3]]];
    let hidden = Layer::new(first, Array1::from_vec(b1.to_vec()), Activation::Sigmoid)?;
    let output = Layer::new(array![[w2[0]], [w2[1]]], array![b2], Activation::Sigmoid)?;
    let net = Network::new(vec![hidden, output])?;
    let corners = array![[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]];
    let answers: Vec<String> = net.forward(&corners)?.iter().map(|y| format!("{y:.2}")).collect();
    let title = format!("XOR wants 0, 1, 1, 0 and gets {}", answers.join(", "));
    Ok(with_corners(plot_regions(&net, -0.5, 1.5), &corners).title(title))
}

fn with_corners(figure: Figure, corners: &Array2<f64>) -> Figure {
    let (x1, x2) = (corners.column(0), corners.column(1));
    figure.scatter(&x1, &x2).color("0.2").markersize(10.0)
}

/// The names of the sets of points, by index.
pub const SETS: [&str; 4] = ["XOR", "circles", "moons", "spirals"];
/// The number of points in a set.
const POINTS: usize = 120;

/// A network of one hidden layer after this many epochs on a set of points of two classes, and its regions.
///
/// # Errors
/// When there are no hidden neurons.
pub fn trained_regions(set: usize, hidden: usize, epochs: usize) -> Result<Figure> {
    let (points, labels) = points_of(set);
    let digits = Digits::of_points(points.clone(), labels.clone());
    let mut net = Network::xavier(&[2, hidden, 2], 3)?;
    let title = if epochs == 0 {
        "untrained".to_owned()
    } else {
        let history = Training::adam(0.05).batch(POINTS / 4).epochs(epochs).fit(&mut net, &digits)?;
        format!("epoch {epochs}: loss {:.3}", history.losses()[epochs - 1])
    };
    let mut figure = plot_regions(&net, -1.5, 1.5).title(title);
    for (class, colour) in [(0, "C0"), (1, "C1")] {
        let of_class = |axis: usize| -> Vec<f32> {
            let chosen = points.rows().into_iter().zip(&labels).filter(|(_, label)| **label == class);
            chosen.map(|(point, _)| point[axis]).collect()
        };
        figure = figure.scatter(&of_class(0), &of_class(1)).color(colour).markersize(5.0);
    }
    Ok(figure)
}

/// Points between -1.5 and 1.5, and the class of each.
fn points_of(set: usize) -> (Array2<f32>, Array1<u8>) {
    let mut random = Random::new(7, 40 + set as u64);
    let labels: Array1<u8> = (0..POINTS).map(|place| (place % 2) as u8).collect();
    let mut points = Array2::zeros((POINTS, 2));
    for (mut point, &label) in points.rows_mut().into_iter().zip(&labels) {
        let (class, share) = (f32::from(label), random.between(0.0, 1.0));
        let (x, y) = match set {
            0 => {
                let (x, y) = (random.between(0.1, 1.2), random.between(0.1, 1.2));
                let (side, other) = if share < 0.5 { (1.0, -1.0) } else { (-1.0, 1.0) };
                if label == 0 { (side * x, side * y) } else { (side * x, other * y) }
            }
            1 => around(0.35 + 0.75 * class, share),
            2 => {
                let (x, y) = around(0.9, share / 2.0);
                if label == 0 { (x - 0.35, y - 0.3) } else { (0.35 - x, 0.3 - y) }
            }
            _ => around(0.15 + 1.1 * share, 0.9 * share + class / 2.0),
        };
        point[0] = x + 0.07 * random.normal() as f32;
        point[1] = y + 0.07 * random.normal() as f32;
    }
    (points, labels)
}

/// A point on a circle, after this share of a turn.
fn around(radius: f32, turn: f32) -> (f32, f32) {
    let angle = turn * std::f32::consts::TAU;
    (radius * libm::cosf(angle), radius * libm::sinf(angle))
}
