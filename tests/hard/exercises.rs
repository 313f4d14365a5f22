//! The checks of the exercises, on answers that no learner would give.

use std::hint::black_box;

use forward_pass::exercise::Verdict;
use forward_pass::exercise::quiz::{NAMES, judge};
use forward_pass::prelude::*;

use crate::draw::{Draw, Hard};

pub fn exercises(draw: &mut Draw) {
    numbers(draw);
    arrays(draw);
    weights(draw);
    numbers_of_a_page(draw);
}

/// Answers that a page sends: any number of numbers.
fn numbers_of_a_page(draw: &mut Draw) {
    draw.now("exercises with a row of numbers");
    let name = NAMES[draw.below(NAMES.len())];
    let answer: Vec<f64> = (0..draw.below(11)).map(|_| f64::hard(draw)).collect();
    if let Ok(verdict) = judge(name, &answer) {
        looked_at(&verdict);
    }
}

fn looked_at(verdict: &Verdict) {
    black_box((verdict.is_solved(), verdict.hint(), verdict.to_string(), verdict.cell_text()));
}

/// Exercises that ask for a number, or for a pair of them.
fn numbers(draw: &mut Draw) {
    draw.now("exercises that ask for a number");
    let (double, single, bits) = (f64::hard(draw), f32::hard(draw), draw.bits());
    let one = move |x: f64| if bits >> (x.to_bits() % 64) & 1 == 0 { double } else { x };
    looked_at(&check::logit(one));
    looked_at(&check::logit(move |_: f32| single));
    looked_at(&check::my_tanh(one));
    looked_at(&check::clipped(one));
    looked_at(&check::log_sum_exp(move |x: &Array1<f64>| one(x.len() as f64)));
    looked_at(&check::perceptron(move |x: &Array1<f64>, _: &Array1<f64>, b: f64| (x[0] + b > double) as i64));
    looked_at(&check::total_error(move |x: &Array1<f64>, y: &Array2<f64>| one(x[0]) + y[[0, 0]]));
    looked_at(&check::cross_entropy(move |y: &Array2<f64>, _: &Array1<u8>| one(y[[0, 0]])));
    looked_at(&check::log_sigmoid(one));
    looked_at(&check::border(move |w1: f64, _, _, x1: f64| one(w1 + x1)));
    looked_at(&check::silent(move |x: &Array2<f64>| one(x.len() as f64)));
    looked_at(&check::saturated(move |x: &Array2<f32>| single + x.len() as f32));
    looked_at(&check::confidence(move |y: &Array2<f64>, _: &Array1<u8>| one(y[[0, 0]])));
    // It trains a network first.
    if draw.below(2000) == 0 {
        looked_at(&check::my_reader(move |letters: &str, _: &Network| letters.len() as i64));
    }
    looked_at(&check::product_shape(move |left, right| [None, Some(left), Some((left.0, right.1))][bits as usize % 3]));
}

/// Exercises that ask for an array: the shape of an answer is as hard as its values.
fn arrays(draw: &mut Draw) {
    draw.now("exercises that ask for an array");
    let (table, row) = (draw.array::<f64>(), draw.array::<f32>());
    let (counts, bytes) = (draw.array::<i64>(), draw.array::<u8>());
    let given = table.clone();
    looked_at(&check::my_product(move |_: &Array2<f64>, _: &Array2<f64>| given.clone()));
    let given = table.clone();
    looked_at(&check::softmax_rows(move |_: &Array2<f64>| given.clone()));
    let given = table.clone();
    looked_at(&check::my_forward(move |_: &Array2<f64>, _: &[(Array2<f64>, Array1<f64>)]| given.clone()));
    looked_at(&check::recall(move |_: &Array2<i64>| table.clone()));
    looked_at(&check::normalise(move |_: &Array2<u8>| row.clone()));
    looked_at(&check::nearest(move |_: &Array2<f64>, _: &Array2<f64>| counts.clone()));
    looked_at(&check::nearest(move |_: &Array2<f32>, _: &Array2<f32>| bytes.clone()));
}

/// Exercises that ask for weights.
fn weights(draw: &mut Draw) {
    draw.now("exercises that ask for weights");
    let three = |draw: &mut Draw| [f64::hard(draw), f64::hard(draw), f64::hard(draw)];
    let ([w1, w2, b], corners) = (three(draw), three(draw));
    looked_at(&check::nand(w1, w2, b));
    looked_at(&check::tent(corners, [w1, w2, b]));
    looked_at(&check::edges(std::array::from_fn(|_| i64::hard(draw))));
    looked_at(&check::one_line(w1, b));
    looked_at(&check::bends(std::array::from_fn(|_| f64::hard(draw))));
    let sizes = std::array::from_fn(|_| (i64::hard(draw), i64::hard(draw)));
    looked_at(&check::chain(sizes, std::array::from_fn(|_| i64::hard(draw))));
    looked_at(&check::breaks(std::array::from_fn(|_| draw.below(2) == 0)));
    looked_at(&check::xor(&draw.matrix(), &draw.vector(), &draw.vector(), b));
}
