//! The checks of section 6: exponentials that do not overflow.

use ndarray::{Array1, Array2, Axis, array};

use super::super::Verdict;
use super::super::answer::Gives;
use super::super::inputs::{drawn, row, table};
use super::super::judge::{Exercise, Yours, boxed};
use super::{cast, named};
use crate::shape::{All, Float};
use crate::softmax::{logsumexp, softmax};

fn largest<'a>(x: impl IntoIterator<Item = &'a f64>) -> f64 {
    x.into_iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

/// Section 6: `yours(&x)` must be the logarithm of the sum of e to the power of each score, for any scores.
pub fn log_sum_exp<T: Float, G: Gives>(yours: impl Fn(&Array1<T>) -> G + Send + 'static) -> Verdict {
    check_log_sum_exp(boxed(move |x| yours(&cast(x))))
}

fn check_log_sum_exp(yours: Yours<Array1<f64>>) -> Verdict {
    fn sum(x: &Array1<f64>, shift: f64) -> f64 {
        x.iter().map(|v| (v - shift).e_to()).sum()
    }
    let hard = [
        array![0.0],
        array![0.0, 0.0],
        array![1000.0],
        array![-1000.0],
        array![1000.0, 1000.0],
        array![-1000.0, -1001.0],
        array![709.5, 709.5],
        array![0.0, f64::NEG_INFINITY],
        array![1010.0, 1000.0, 990.0],
    ];
    let draw = drawn(7, |random| {
        let length = 1 + random.below(4);
        row(random, length, 50)
    });
    Exercise {
        inputs: hard.into_iter().chain(draw).collect(),
        shown: |x| named("x", x),
        wanted: |x| logsumexp(x, All).answer(),
        mistakes: &[
            ("large scores overflow and small ones vanish: subtract the largest before the exponential", |x| {
                sum(x, 0.0).ln().answer()
            }),
            ("what was subtracted has to be added again, after the logarithm", |x| sum(x, largest(x)).ln().answer()),
            ("this is the largest score alone: the others count a little, too", |x| largest(x).answer()),
            ("the logarithm is missing", |x| sum(x, 0.0).answer()),
            ("the logarithm of what was subtracted is not wanted: add the largest itself", |x| {
                (sum(x, largest(x)).ln() + largest(x).ln()).answer()
            }),
        ],
    }
    .check(yours)
}

/// Each number by the sum of its row.
fn by_rows(exp_x: Array2<f64>) -> Array2<f64> {
    let sums = exp_x.sum_axis(Axis(1)).insert_axis(Axis(1));
    exp_x / sums
}

/// Section 6: `yours(&x)` must be the softmax of each row of a batch, for any scores.
pub fn softmax_rows<T: Float, G: Gives>(yours: impl Fn(&Array2<T>) -> G + Send + 'static) -> Verdict {
    check_softmax_rows(boxed(move |x| yours(&cast(x))))
}

fn check_softmax_rows(yours: Yours<Array2<f64>>) -> Verdict {
    let hard = [
        array![[0.0]],
        array![[0.0, 0.0]],
        array![[0.0], [1.0]],
        array![[1000.0, 1000.0]],
        array![[-1000.0, -1001.0]],
        array![[1.0, 2.0, 3.0], [1010.0, 1000.0, 990.0]],
        array![[709.5, 709.5]],
        Array2::zeros((0, 3)),
    ];
    let draw = drawn(8, |random| {
        let sizes = (1 + random.below(3), 1 + random.below(3));
        table(random, sizes, 50)
    });
    Exercise {
        inputs: hard.into_iter().chain(draw).collect(),
        shown: |x| named("x", x),
        wanted: |x| softmax(x).answer(),
        mistakes: &[
            ("one maximum for the whole batch: beside a large row the others vanish; take that of each row", |x| {
                let all = largest(x);
                by_rows(x.mapv(|v| (v - all).e_to())).answer()
            }),
            ("nothing is subtracted: large scores overflow", |x| by_rows(x.mapv(f64::e_to)).answer()),
            ("down the columns: each row is a question and has to make 1 by itself", |x| {
                let all = largest(x);
                let exp_x = x.mapv(|v| (v - all).e_to());
                let sums = exp_x.sum_axis(Axis(0));
                (exp_x / sums).answer()
            }),
            ("down the columns: each row is a question and has a maximum and a sum of its own", |x| {
                softmax(&x.t()).t().to_owned().answer()
            }),
            ("divided by the sum of the whole batch: each row has to make 1 by itself", |x| {
                let all = largest(x);
                let exp_x = x.mapv(|v| (v - all).e_to());
                let sum = exp_x.sum();
                (exp_x / sum).answer()
            }),
        ],
    }
    .check(yours)
}

/// Section 6: `yours(&x, t)` must be the softmax of a row of scores, each divided by the temperature `t`.
pub fn temperature<T: Float, G: Gives>(yours: impl Fn(&Array1<T>, T) -> G + Send + 'static) -> Verdict {
    check_temperature(boxed(move |(x, t)| yours(&cast(x), T::from_f64(*t))))
}

fn check_temperature(yours: Yours<(Array1<f64>, f64)>) -> Verdict {
    type Input = (Array1<f64>, f64);
    /// Without anything subtracted.
    fn naive(x: &Array1<f64>) -> Array1<f64> {
        let exp_x = x.mapv(f64::e_to);
        let sum = exp_x.sum();
        exp_x / sum
    }
    let draw = drawn(21, |random| {
        let length = 1 + random.below(3);
        (row(random, length, 30), [0.5, 1.0, 2.0, 4.0, 0.25][random.below(5)])
    });
    let hard: [Input; 4] =
        [(array![1.0, 2.0, 3.0], 1.0), (array![1.0, 2.0], 2.0), (array![1.0, 2.0], 0.001), (array![-1.0, -2.0], 0.001)];
    Exercise {
        inputs: hard.into_iter().chain(draw).collect(),
        shown: |(x, t)| format!("{}\nt = {t}", named("x", x)),
        wanted: |(x, t)| softmax(&(x / *t)).answer(),
        mistakes: &[
            ("multiplied: a high temperature should make the answers more alike, so divide", |(x, t)| {
                softmax(&(x * *t)).answer()
            }),
            ("divided by a small t the scores are large and overflow: subtract the largest of them", |(x, t)| {
                naive(&(x / *t)).answer()
            }),
            ("the probabilities were divided, and no longer make 1: divide the scores", |(x, t)| {
                (softmax(x) / *t).answer()
            }),
            ("the temperature is missing: divide each score by t", |(x, _)| softmax(x).answer()),
            ("not yet a softmax: the divided scores are exponents", |(x, t)| (x / *t).answer()),
        ],
    }
    .check(yours)
}
