//! The check of the last exercise: a reader of drawings, from the letters to the digit.

use std::sync::Arc;

use ndarray::Array2;

use super::super::Verdict;
use super::super::answer::{Answer, Gives};
use super::super::judge::{Exercise, Yours, boxed};
use crate::error::Result;
use crate::mnist::{Digits, Mnist};
use crate::network::Network;
use crate::reading::read_drawing;
use crate::train::Training;

/// How many drawings are read.
const DRAWINGS: usize = 110;

/// A drawing, and the network that reads it.
struct Drawing {
    text: String,
    net: Arc<Network>,
}

impl Drawing {
    fn probabilities(&self) -> Vec<f32> {
        let image = read_drawing(&self.text).expect("the drawings of an exercise have ink");
        self.net.forward(&image).expect("it takes 784 values").to_vec()
    }

    /// The first class to which no other is preferred.
    fn class(&self, is_better: fn(f32, f32) -> bool) -> usize {
        let y = self.probabilities();
        (0..y.len()).fold(0, |best, class| if is_better(y[class], y[best]) { class } else { best })
    }
}

/// An image as letters. A letter is twice as high as wide, so every other row is left out.
fn letters(image: ndarray::ArrayView2<'_, f32>) -> String {
    let line = |row: ndarray::ArrayView1<'_, f32>| -> String {
        let ink: String = row.iter().map(|&ink| if ink > 0.4 { '*' } else { ' ' }).collect();
        ink.trim_end().to_owned()
    };
    let lines: Vec<String> = image.rows().into_iter().step_by(2).map(line).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

/// A small network that knows the drawn digits fairly well.
fn taught(digits: &Digits) -> Result<Network> {
    let mut net = Network::untrained(&[784, 20, 10], 1)?;
    Training::adam(0.01).epochs(3).fit(&mut net, digits)?;
    Ok(net)
}

/// Section 8: `yours(drawing, &net)` must be the digit that a network reads in a drawing made of letters.
pub fn my_reader<G: Gives>(yours: impl Fn(&str, &Network) -> G + Send + 'static) -> Verdict {
    check_my_reader(boxed(move |it: &Drawing| yours(&it.text, &it.net)))
}

fn check_my_reader(yours: Yours<Drawing>) -> Verdict {
    let digits = Mnist::drawn(1500, DRAWINGS, 2);
    let net = Arc::new(taught(&digits.train).expect("drawn digits can be learned"));
    let drawn = (0..DRAWINGS).map(|place| letters(digits.test.image(place).expect("it was drawn")));
    let inputs = drawn.filter(|text| !text.is_empty()).map(|text| Drawing { text, net: Arc::clone(&net) });
    Exercise {
        inputs: inputs.collect(),
        shown: |it| format!("drawing =\n{}", it.text),
        wanted: |it| it.class(|new, old| new > old).answer(),
        mistakes: &[
            ("this is the digit that it resembles least: take the largest probability", |it| {
                it.class(|new, old| new < old).answer()
            }),
            ("this is the probability of its answer: the place of it was asked for", |it| {
                let y = it.probabilities();
                f64::from(y[it.class(|new, old| new > old)]).answer()
            }),
            ("counted from 1: the first of the ten is the digit 0", |it| (it.class(|new, old| new > old) + 1).answer()),
            ("the same for every drawing: the network has to see the image that `read_drawing` gives", |it| {
                let paper = Array2::<f32>::zeros((1, 784));
                let y = it.net.classify(&paper).expect("it takes 784 values");
                usize::from(y[0]).answer()
            }),
            ("the first above one half is not always there: take the largest, however small", |it| -> Answer {
                it.probabilities().iter().position(|&p| p > 0.5).unwrap_or(0).answer()
            }),
        ],
    }
    .check(yours)
}
