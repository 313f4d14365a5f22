//! Digits that are drawn on the page, and a network that learns while the page watches.

use std::cell::RefCell;

use forward_pass::mnist::{Digits, Mnist};
use forward_pass::moving::chapter::{layers_of_a_digit, training_progress};
use forward_pass::network::Network;
use forward_pass::prelude::ko::page as korean;
use forward_pass::reading::read_image;
use forward_pass::train::Training;
use ndarray::Array2;

use crate::request::is_korean;

/// Digits to train with, and to test with.
const DRAWN: (usize, usize) = (5000, 500);
/// Digits between two pictures, unless the page asks for another number.
const CHUNK: usize = 500;

thread_local! {
    static READER: Network = Network::sample();
    static LEARNER: RefCell<Option<Learner>> = const { RefCell::new(None) };
}

/// The digit on a canvas of this many pixels, row by row, on its way through the network.
pub fn read(width: usize, height: usize, ink: &[u8]) -> Result<String, String> {
    let ink: Vec<f32> = ink.iter().map(|&ink| f32::from(ink) / 255.0).collect();
    let canvas = Array2::from_shape_vec((height, width), ink).map_err(|_| "the canvas has another size")?;
    let image = read_image(&canvas).map_err(|error| error.to_string())?;
    let draw = if is_korean() { korean::layers_of_a_digit } else { layers_of_a_digit };
    let figure = READER.with(|net| draw(net, &image));
    Ok(figure.map_err(|error| error.to_string())?.to_svg())
}

/// A network in training.
struct Learner {
    net: Network,
    digits: Mnist,
    losses: Vec<f64>,
    /// The next digit to learn from.
    next: usize,
}

/// A new network and new digits, and how they look before the first step.
pub fn start() -> Result<String, String> {
    let net = Network::untrained(&[784, 50, 100, 10], 1).map_err(|error| error.to_string())?;
    let learner = Learner { net, digits: Mnist::drawn(DRAWN.0, DRAWN.1, 1), losses: Vec::new(), next: 0 };
    let picture = learner.picture();
    LEARNER.set(Some(learner));
    picture
}

/// Learns from the next digits, and shows where the network has come to.
pub fn learn(count: Option<usize>) -> Result<String, String> {
    let count = count.unwrap_or(CHUNK);
    LEARNER.with_borrow_mut(|learner| learner.as_mut().ok_or("the training has not started")?.learn(count))
}

impl Learner {
    fn learn(&mut self, count: usize) -> Result<String, String> {
        let places: Vec<usize> = (self.next..self.next + count).map(|place| place % DRAWN.0).collect();
        self.next = (self.next + count) % DRAWN.0;
        let some: Digits = self.digits.train.select(&places).map_err(|error| error.to_string())?;
        let history = Training::sgd(0.5).momentum(0.9).batch(100).epochs(1).fit(&mut self.net, &some);
        self.losses.extend(history.map_err(|error| error.to_string())?.losses());
        self.picture()
    }

    fn picture(&self) -> Result<String, String> {
        let draw = if is_korean() { korean::training_progress } else { training_progress };
        let figure = draw(&self.net, &self.losses, &self.digits.test);
        Ok(figure.map_err(|error| error.to_string())?.to_svg())
    }
}
