//! The checks of sections 7 and 8: images, labels, and how many were right.

use ndarray::{Array1, Array2, Axis, array};

use super::super::Verdict;
use super::super::answer::{Answer, Gives};
use super::super::inputs::{drawn, table};
use super::super::judge::{Exercise, Yours, boxed};
use super::{cast, named};
use crate::random::Random;
use crate::shape::Float;
use crate::show::repr;
use crate::softmax::softmax;

/// Probabilities, one row for each image, and the labels.
type Answered = (Array2<f64>, Array1<u8>);

/// The probability of the right label, image by image.
fn of_labels((y, labels): &Answered) -> Array1<f64> {
    labels.iter().zip(y.rows()).map(|(&label, row)| row[usize::from(label)]).collect()
}

fn mean(losses: Array1<f64>) -> Answer {
    (losses.sum() / losses.len() as f64).answer()
}

/// Section 7: `yours(&y, &labels)` must be the mean of minus the logarithm of the probability of each right label.
pub fn cross_entropy<T: Float, G: Gives>(yours: impl Fn(&Array2<T>, &Array1<u8>) -> G + Send + 'static) -> Verdict {
    check_cross_entropy(boxed(move |(y, labels)| yours(&cast(y), labels)))
}

fn check_cross_entropy(yours: Yours<Answered>) -> Verdict {
    let draw = drawn(9, |random| {
        let (rows, classes) = (1 + random.below(3), 2 + random.below(2));
        let y = softmax(&table(random, (rows, classes), 20)).mapv(|p| (p * 1000.0).round() / 1000.0);
        (y, (0..rows).map(|_| random.below(classes) as u8).collect())
    });
    let hard = [
        (array![[1.0, 0.0]], array![0]),
        (array![[1.0, 0.0]], array![1]),
        (array![[0.5, 0.5]], array![1]),
        (array![[0.5, 0.5], [0.25, 0.75]], array![0, 0]),
    ];
    Exercise {
        inputs: hard.into_iter().chain(draw).collect(),
        shown: |(y, labels)| format!("{}\nlabels = {}", named("y", y), repr(labels)),
        wanted: |it| mean(of_labels(it).mapv(|p| -p.ln())),
        mistakes: &[
            ("this is the sum: divide by the number of images", |it| of_labels(it).mapv(|p| -p.ln()).sum().answer()),
            ("the minus is missing: a loss is 0 at best, and above 0 otherwise", |it| {
                mean(of_labels(it).mapv(f64::ln))
            }),
            ("this looks at the largest probability: what counts is that of the label", |it| {
                mean(it.0.rows().into_iter().map(|row| -row.iter().copied().fold(0.0, f64::max).ln()).collect())
            }),
            ("this is how far the probability is from 1: the logarithm is missing", |it| {
                mean(of_labels(it).mapv(|p| 1.0 - p))
            }),
            ("divide by the number of images, not by that of all probabilities", |it| {
                (of_labels(it).mapv(|p| -p.ln()).sum() / it.0.len() as f64).answer()
            }),
        ],
    }
    .check(yours)
}

/// Section 7: `yours(&pixels)` must turn the bytes of an image into numbers from 0 to 1.
pub fn normalise<G: Gives>(yours: impl Fn(&Array2<u8>) -> G + Send + 'static) -> Verdict {
    check_normalise(boxed(move |pixels| yours(pixels)))
}

fn check_normalise(yours: Yours<Array2<u8>>) -> Verdict {
    let byte = |random: &mut Random| match random.below(4) {
        0 => 0,
        1 => 255,
        _ => random.below(256) as u8,
    };
    let draw = drawn(10, |random| {
        let sizes = (random.below(3), 1 + random.below(3));
        Array2::from_shape_fn(sizes, |_| byte(random))
    });
    Exercise {
        inputs: [array![[0]], array![[255]], array![[254]], array![[1]]].into_iter().chain(draw).collect(),
        shown: |pixels| format!("pixels = {}", repr(pixels).replace('\n', "\n         ")),
        wanted: |pixels| pixels.mapv(|p| f64::from(p) / 255.0).answer(),
        mistakes: &[
            ("a byte by a byte is a byte: convert each pixel before you divide", |pixels| {
                pixels.mapv(|p| f64::from(p / 255)).answer()
            }),
            ("the largest pixel is 255, not 256: it has to become exactly 1", |pixels| {
                pixels.mapv(|p| f64::from(p) / 256.0).answer()
            }),
            ("converted but not divided: from 0 to 255 the sigmoid is flat", |pixels| pixels.mapv(f64::from).answer()),
            ("paper is 0 and ink is 1: here they are exchanged", |pixels| {
                pixels.mapv(|p| 1.0 - f64::from(p) / 255.0).answer()
            }),
        ],
    }
    .check(yours)
}

/// Section 8: `yours(&table)` must be the share of each label's images that was recognised, from a confusion matrix.
pub fn recall<G: Gives>(yours: impl Fn(&Array2<i64>) -> G + Send + 'static) -> Verdict {
    check_recall(boxed(move |table| yours(table)))
}

fn check_recall(yours: Yours<Array2<i64>>) -> Verdict {
    fn shares(table: &Array2<i64>, sums: Array1<i64>) -> Answer {
        let share = |(&right, sum): (&i64, i64)| right as f64 / sum as f64;
        table.diag().iter().zip(sums).map(share).collect::<Array1<f64>>().answer()
    }
    let draw = drawn(11, |random| {
        let classes = 1 + random.below(3);
        Array2::from_shape_fn((classes, classes), |(row, column)| {
            let most = if row == column { 20 } else { 5 };
            random.below(most) as i64
        })
    });
    let hard = [array![[3]], array![[0]], array![[3, 1], [0, 4]], array![[2, 2], [0, 0]]];
    Exercise {
        inputs: hard.into_iter().chain(draw).collect(),
        shown: |table| format!("table = {}", repr(table).replace('\n', "\n        ")),
        wanted: |table| shares(table, table.sum_axis(Axis(1))),
        mistakes: &[
            ("divided by the columns: those are the answers, and the labels are the rows", |table| {
                shares(table, table.sum_axis(Axis(0)))
            }),
            ("an integer by an integer is an integer: convert before you divide", |table| {
                let sums = table.sum_axis(Axis(1));
                table
                    .diag()
                    .iter()
                    .zip(&sums)
                    .map(|(right, sum)| right.checked_div(*sum).unwrap_or(0))
                    .collect::<Array1<i64>>()
                    .answer()
            }),
            ("divided by all images: each label has its own number of images", |table| {
                shares(table, Array1::from_elem(table.nrows(), table.sum()))
            }),
            ("these are the numbers themselves: divide each by the sum of its row", |table| {
                table.diag().to_owned().answer()
            }),
        ],
    }
    .check(yours)
}

/// Images and means, both as rows.
type Rows = (Array2<f64>, Array2<f64>);

/// For each image the place of the mean that `badness` says is best: the smallest, and the first of equals.
fn best((x, means): &Rows, badness: impl Fn(f64, f64) -> f64, sign: f64) -> Array1<u64> {
    let bad = |image: ndarray::ArrayView1<'_, f64>, at: usize| {
        let both = image.into_iter().zip(means.row(at)).map(|(&x, &m)| badness(x, m));
        sign * both.sum::<f64>()
    };
    let first = |image: ndarray::ArrayView1<'_, f64>| {
        (0..means.nrows()).fold(0, |best, at| if bad(image, at) < bad(image, best) { at } else { best })
    };
    x.rows().into_iter().map(|image| first(image) as u64).collect()
}

/// Whether one mean is clearly nearer than all others.
fn is_clear((x, means): &Rows) -> bool {
    let square = |image: ndarray::ArrayView1<'_, f64>, at: usize| (&image - &means.row(at)).mapv(|d| d * d).sum();
    x.rows().into_iter().all(|image| {
        let mut all: Vec<f64> = (0..means.nrows()).map(|at| square(image, at)).collect();
        all.sort_by(f64::total_cmp);
        all.len() < 2 || all[1] - all[0] > 0.01
    })
}

/// Section 8: `yours(&x, &means)` must be, for each row of `x`, the place of the row of `means` that lies nearest.
pub fn nearest<T: Float, G: Gives>(yours: impl Fn(&Array2<T>, &Array2<T>) -> G + Send + 'static) -> Verdict {
    check_nearest(boxed(move |(x, means)| yours(&cast(x), &cast(means))))
}

fn check_nearest(yours: Yours<Rows>) -> Verdict {
    let draw = drawn(12, |random| {
        let (images, means, pixels) = (random.below(3), 1 + random.below(4), 1 + random.below(3));
        (table(random, (images, pixels), 30), table(random, (means, pixels), 30))
    });
    let hard = [
        (array![[1.0]], array![[0.0], [1.0]]),
        (array![[1.0]], array![[1.0], [3.0]]),
        (array![[1.0, 1.0]], array![[0.0, 1.0], [2.0, 3.0], [5.0, -4.0]]),
    ];
    Exercise {
        inputs: hard.into_iter().chain(draw.filter(is_clear)).collect(),
        shown: |(x, means)| format!("{}\n{}", named("x", x), named("means", means)),
        wanted: |it| best(it, |x, m| (x - m) * (x - m), 1.0).answer(),
        mistakes: &[
            ("the largest product favours long means: half of |m|^2 has to be subtracted from it", |it| {
                best(it, |x, m| x * m, -1.0).answer()
            }),
            ("this is the farthest: the distance should be smallest", |it| {
                best(it, |x, m| (x - m) * (x - m), -1.0).answer()
            }),
            ("differences of both signs cancel: square each before you add up", |it| {
                best(it, |x, m| x - m, 1.0).answer()
            }),
            ("this adds up absolute values: the distance is the sum of squares", |it| {
                best(it, |x, m| (x - m).abs(), 1.0).answer()
            }),
        ],
    }
    .check(yours)
}
