//! The checks of what a learner says beforehand: the right answer is not shown, only which one is wrong.

use ndarray::{Array1, array};

use super::super::Verdict;
use super::super::answer::{Answer, Gives};
use super::super::inputs::{numbers, rounded};
use super::super::judge::{Exercise, boxed};
use super::{named, yes};
use crate::activation::{relu, step};
use crate::shape::Float;
use crate::show::show;
use crate::softmax::softmax;

/// Numbers with their places.
fn placed<I, const N: usize>(inputs: [I; N]) -> Vec<(usize, I)> {
    inputs.into_iter().enumerate().collect()
}

/// Section 1: what the step function gives for -0.5, -0.0, 0.0, 1e-300, NaN and infinity.
pub fn edges<N: Into<i64>>(answers: [N; 6]) -> Verdict {
    check_edges(answers.map(Into::into))
}

fn check_edges(answers: [i64; 6]) -> Verdict {
    Exercise {
        inputs: placed([-0.5, -0.0, 0.0, 1e-300, f64::NAN, f64::INFINITY]),
        shown: |(_, x)| format!("x = {}", show(x)),
        wanted: |(_, x)| step(*x).answer(),
        mistakes: &[
            ("the step is strict: neither zero is above zero", |(_, x)| yes(*x >= 0.0)),
            ("that is what `signum` would say: to the step both zeros are the same", |(_, x)| {
                yes(x.is_sign_positive() && !x.is_nan())
            }),
            ("NaN is not above anything, nor below", |(_, x)| yes(*x > 0.0 || x.is_nan())),
            ("1e-300 is a tiny number, and above zero all the same", |(_, x)| yes(*x > 0.1)),
            ("not everything is a no: which of the six are above zero?", |_| yes(false)),
        ],
    }
    .check_prediction(boxed(move |(place, _)| answers[*place]))
}

/// Section 2: the weight and the bias of the one line that three layers without activation make together.
pub fn one_line(w: impl Into<f64>, b: impl Into<f64>) -> Verdict {
    check_line(w.into(), b.into())
}

fn check_line(w: f64, b: f64) -> Verdict {
    Exercise {
        inputs: numbers(rounded::<f64>).into_iter().filter(|x| x.abs() <= 20.0).collect(),
        shown: |x| format!("x = {}", show(x)),
        wanted: |x| (5.0 - (3.0 * (2.0 * x + 1.0) - 1.0)).answer(),
        mistakes: &[
            ("nothing predicted yet: put the first line into the second", |_| 0.0.answer()),
            ("these are the first two layers: the third is missing", |x| (6.0 * x + 2.0).answer()),
            ("the biases go through the later layers, too: they are multiplied by their weights", |x| {
                (-6.0 * x + 5.0).answer()
            }),
            ("the last weight, -1, turns the sign of all that comes in, also that of the bias", |x| {
                (-6.0 * x + 7.0).answer()
            }),
            ("the weights of layers one behind the other are multiplied, not added", |x| (4.0 * x + 5.0).answer()),
        ],
    }
    .check_prediction(boxed(move |x| w * x + b))
}

/// Section 3: what relu(x) - 2 relu(x - 1) + relu(x - 3) gives at -1, 0.5, 1, 2 and 4.
pub fn bends<N: Into<f64>>(answers: [N; 5]) -> Verdict {
    check_bends(answers.map(Into::into))
}

fn check_bends(answers: [f64; 5]) -> Verdict {
    fn sum(x: f64, second: f64, third: f64) -> f64 {
        relu(x) + second * relu(x - 1.0) + third * relu(x - 3.0)
    }
    Exercise {
        inputs: placed([-1.0, 0.5, 1.0, 2.0, 4.0]),
        shown: |(_, x)| format!("x = {}", show(x)),
        wanted: |(_, x)| sum(*x, -2.0, 1.0).answer(),
        mistakes: &[
            ("right on the left of 0 only: where does the first ReLU begin to climb?", |_| 0.0.answer()),
            ("the third ReLU is missing: from 3 on it climbs", |(_, x)| sum(*x, -2.0, 0.0).answer()),
            ("a sum of ReLUs may be negative: the weight -2 pulls below 0", |(_, x)| {
                sum(*x, -2.0, 1.0).max(0.0).answer()
            }),
            ("the second has the weight -2: after 1 the curve falls, it does not stay level", |(_, x)| {
                sum(*x, -1.0, 1.0).answer()
            }),
            ("those are three lines without a corner: a ReLU is 0 on the left of its corner", |(_, x)| {
                (x - 2.0 * (x - 1.0) + (x - 3.0)).answer()
            }),
        ],
    }
    .check_prediction(boxed(move |(place, _)| answers[*place]))
}

/// Section 4: the shapes of three weight tables and the lengths of three biases, for a batch of (100, 5) and layers of
/// 4, 6 and 2 neurons.
pub fn chain<N: Into<i64>, M: Into<i64>>(w: [(N, N); 3], b: [M; 3]) -> Verdict {
    check_chain(w.map(|(rows, columns)| (rows.into(), columns.into())), b.map(Into::into))
}

fn check_chain(w: [(i64, i64); 3], b: [i64; 3]) -> Verdict {
    const SIZES: [i64; 4] = [5, 4, 6, 2];
    fn answer(place: usize, w: impl Fn(usize) -> (i64, i64), b: impl Fn(usize) -> i64) -> Answer {
        if place.is_multiple_of(2) { w(place / 2).answer() } else { b(place / 2).answer() }
    }
    Exercise {
        inputs: (0..6).collect(),
        shown: |place: &usize| {
            format!("{} of layer {}", if place.is_multiple_of(2) { "weights" } else { "bias" }, place / 2 + 1)
        },
        wanted: |place| answer(*place, |k| (SIZES[k], SIZES[k + 1]), |k| SIZES[k + 1]),
        mistakes: &[
            ("nothing yet: one row for each input, one column for each neuron", |place| {
                answer(*place, |_| (0, 0), |_| 0)
            }),
            ("the weights lie on their side: inputs are the rows, neurons the columns", |place| {
                answer(*place, |k| (SIZES[k + 1], SIZES[k]), |k| SIZES[k + 1])
            }),
            ("a bias belongs to a neuron, not to an input", |place| {
                answer(*place, |k| (SIZES[k], SIZES[k + 1]), |k| SIZES[k])
            }),
            ("the number of images in a batch is in no weight: a row is for one value of an input", |place| {
                answer(*place, |k| (if k == 0 { 100 } else { SIZES[k] }, SIZES[k + 1]), |k| SIZES[k + 1])
            }),
            ("what one layer gives is what the next takes: rows here, columns in the table before", |place| {
                answer(*place, |k| (SIZES[0], SIZES[k + 1]), |k| SIZES[k + 1])
            }),
        ],
    }
    .check_prediction(boxed(move |place| answer(*place, |k| w[k], |k| b[k])))
}

/// Section 6: for which of six rows of scores the plain formula of softmax gives the right probabilities.
pub fn breaks(answers: [bool; 6]) -> Verdict {
    type Row = (usize, Array1<f64>);
    fn survives((_, x): &Row) -> bool {
        let exp_x = x.mapv(f64::e_to);
        let sum = exp_x.sum();
        (exp_x / sum).iter().zip(softmax(x)).all(|(naive, right)| (naive - right).abs() < 1e-9)
    }
    Exercise {
        inputs: placed([
            array![1.0, 2.0, 3.0],
            array![700.0, 700.0],
            array![709.5, 709.5],
            array![1000.0, 0.0],
            array![-1000.0, -1001.0],
            array![-1000.0, 0.0],
        ]),
        shown: |(_, x)| named("x", x),
        wanted: |row| survives(row).answer(),
        mistakes: &[
            ("it breaks for some: where is e^x infinite, and where are all of them 0?", |_| true.answer()),
            ("it does not break for all: small scores are no trouble", |_| false.answer()),
            ("far below zero every exponential is 0, and 0 / 0 is NaN", |row| (survives(row) || row.0 == 4).answer()),
            ("each of the two exponentials fits, but their sum does not", |row| (survives(row) || row.0 == 2).answer()),
            ("one vanishing exponential does no harm: 0 / 1 is the right answer", |row| {
                (survives(row) && row.0 != 5).answer()
            }),
            ("e^709.78 is the last that fits, and two times e^700 still does", |row| {
                (survives(row) && row.0 != 1).answer()
            }),
        ],
    }
    .check_prediction(boxed(move |(place, _)| answers[*place]))
}
