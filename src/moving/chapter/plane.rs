//! Networks with two inputs, drawn as regions of the plane.

use ndarray::{Array1, Array2, Axis, array};

use crate::error::Result;
use crate::mnist::Digits;
use crate::network::{Activation, Layer, Network, plot_regions};
use crate::plot::Figure;
use crate::random::Random;
use crate::train::{Run, Training};

/// What a neuron with two inputs says, 1 or 0, everywhere around the four corners.
///
/// # Errors
/// None for finite numbers.
pub fn neuron_line(w1: f64, w2: f64, b: f64) -> Result<Figure> {
    let neuron = Layer::new(array![[w1], [w2]], array![b], Activation::Step)?;
    let net = Network::new(vec![neuron])?;
    let corners = array![[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]];
    let sign = |number: f64| if number < 0.0 { '-' } else { '+' };
    let title = format!("{w1:.2} x1 {} {:.2} x2 {} {:.2} > 0", sign(w2), w2.abs(), sign(b), b.abs());
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
/// `before` keeps the network: a later epoch goes on from there, with the same numbers as from the beginning.
///
/// # Errors
/// When there are no hidden neurons.
pub fn trained_regions(before: &mut Option<Learner>, set: usize, hidden: usize, epochs: usize) -> Result<Figure> {
    let is_earlier = |it: &Learner| (it.set, it.hidden) == (set, hidden) && it.epochs <= epochs;
    let mut learner = match before.take().filter(is_earlier) {
        Some(learner) => learner,
        None => Learner::new(set, hidden)?,
    };
    learner.learn_until(epochs)?;
    let title = learner.loss.map(|loss| format!("epoch {epochs}: loss {loss:.3}"));
    let mut figure = plot_regions(&learner.net, -1.5, 1.5).title(title.unwrap_or_else(|| "untrained".to_owned()));
    for (class, colour) in [(0, "C0"), (1, "C1")] {
        let points = learner.points_of(class);
        figure = figure.scatter(&points.column(0), &points.column(1)).color(colour).markersize(5.0);
    }
    *before = Some(learner);
    Ok(figure)
}

/// A network that learns a set of points, and can go on.
pub struct Learner {
    set: usize,
    hidden: usize,
    points: Digits,
    net: Network,
    run: Run,
    epochs: usize,
    /// The mean loss of the last epoch.
    loss: Option<f64>,
}

impl Learner {
    fn new(set: usize, hidden: usize) -> Result<Learner> {
        let (points, labels) = points_of(set);
        let points = Digits::of_points(points, labels);
        let net = Network::xavier(&[2, hidden, 2], 3)?;
        let run = training().start(&net, &points);
        Ok(Learner { set, hidden, points, net, run, epochs: 0, loss: None })
    }

    fn learn_until(&mut self, epochs: usize) -> Result<()> {
        if epochs > self.epochs {
            let more = training().epochs(epochs - self.epochs);
            let history = more.go_on(&mut self.run, &mut self.net, &self.points, |_| {})?;
            self.loss = history.epochs().last().map(|epoch| epoch.loss);
            self.epochs = epochs;
        }
        Ok(())
    }

    /// The points of one class, (n, 2).
    fn points_of(&self, class: u8) -> Array2<f32> {
        let Digits { images, labels, .. } = &self.points;
        let places: Vec<usize> = (0..labels.len()).filter(|&at| labels[at] == class).collect();
        images.select(Axis(0), &places)
    }
}

fn training() -> Training {
    Training::adam(0.05).batch(POINTS / 4)
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
