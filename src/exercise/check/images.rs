//! The checks of what surrounds a network that reads images: flattening, saturation, confidence.

use ndarray::{Array1, Array2, ArrayView1, array, s};

use super::super::Verdict;
use super::super::answer::{Answer, Gives};
use super::super::inputs::{drawn, row, table};
use super::super::judge::{Exercise, Yours, boxed};
use super::{cast, named};
use crate::shape::Float;
use crate::show::repr;
use crate::softmax::softmax;

/// Section 7: `yours(&z)` must be the share of values below 0.01 or above 0.99.
pub fn saturated<T: Float, G: Gives>(yours: impl Fn(&Array2<T>) -> G + Send + 'static) -> Verdict {
    check_saturated(boxed(move |z| yours(&cast(z))))
}

fn check_saturated(yours: Yours<Array2<f64>>) -> Verdict {
    fn share(z: &Array2<f64>, is_flat: impl Fn(f64) -> bool) -> f64 {
        z.iter().filter(|z| is_flat(**z)).count() as f64 / z.len() as f64
    }
    let draw = drawn(18, |random| {
        let sizes = (1 + random.below(3), 1 + random.below(3));
        Array2::from_shape_fn(sizes, |_| match random.below(3) {
            0 => random.below(9) as f64 / 1000.0,
            1 => 1.0 - random.below(9) as f64 / 1000.0,
            _ => (2 + random.below(97)) as f64 / 100.0,
        })
    });
    let hard = [array![[0.5]], array![[0.0]], array![[1.0]], array![[0.0, 0.5]], array![[1.0, 0.5], [0.5, 0.5]]];
    Exercise {
        inputs: hard.into_iter().chain(draw).collect(),
        shown: |z| named("z", z),
        wanted: |z| share(z, |z| !(0.01..=0.99).contains(&z)).answer(),
        mistakes: &[
            ("only the high end: close to 0 the sigmoid is flat as well", |z| share(z, |z| z > 0.99).answer()),
            ("only the low end: close to 1 the sigmoid is flat as well", |z| share(z, |z| z < 0.01).answer()),
            ("this is how many: divide by the number of values", |z| {
                (share(z, |z| !(0.01..=0.99).contains(&z)) * z.len() as f64).answer()
            }),
            ("these are the values that are not saturated: the others were asked for", |z| {
                share(z, |z| (0.01..=0.99).contains(&z)).answer()
            }),
            ("divided by the number of rows: each row has several values", |z| {
                (share(z, |z| !(0.01..=0.99).contains(&z)) * z.ncols() as f64).answer()
            }),
        ],
    }
    .check(yours)
}

/// Section 7: `yours(&image)` must be the rows of an image one behind the other.
pub fn flatten<T: Float, G: Gives>(yours: impl Fn(&Array2<T>) -> G + Send + 'static) -> Verdict {
    check_flatten(boxed(move |image| yours(&cast(image))))
}

fn check_flatten(yours: Yours<Array2<f64>>) -> Verdict {
    let draw = drawn(19, |random| {
        let sizes = (1 + random.below(4), 1 + random.below(4));
        table(random, sizes, 50)
    });
    let hard = [array![[1.0, 2.0], [3.0, 4.0]], array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], array![[1.0], [2.0]]];
    Exercise {
        inputs: hard.into_iter().chain(draw).collect(),
        shown: |image| named("image", image),
        wanted: |image| image.iter().copied().collect::<Array1<f64>>().answer(),
        mistakes: &[
            ("column by column: rows and columns are swapped, which costs almost everything", |image| {
                image.t().iter().copied().collect::<Array1<f64>>().answer()
            }),
            ("the picture stands on its head: begin with the top row", |image| {
                image.slice(s![..;-1, ..]).iter().copied().collect::<Array1<f64>>().answer()
            }),
            ("each row runs from right to left: this is the picture in a mirror", |image| {
                image.slice(s![.., ..;-1]).iter().copied().collect::<Array1<f64>>().answer()
            }),
            ("this is the first row only: lay the others behind it", |image| image.row(0).to_owned().answer()),
            ("it is still a table: a network takes one row of numbers", |image| image.clone().answer()),
        ],
    }
    .check(yours)
}

/// Probabilities, one row for each image, and the labels.
type Answered = (Array2<f64>, Array1<u8>);

/// Of right answers and of wrong ones: the sum of what counts in each row, and the number of rows.
fn sums((y, labels): &Answered, of: impl Fn(ArrayView1<'_, f64>, usize) -> f64) -> [(f64, f64); 2] {
    let mut sums = [(0.0, 0.0); 2];
    for (row, &label) in y.rows().into_iter().zip(labels) {
        let best = (0..row.len()).fold(0, |best, class| if row[class] > row[best] { class } else { best });
        let sum = &mut sums[usize::from(best != usize::from(label))];
        *sum = (sum.0 + of(row, usize::from(label)), sum.1 + 1.0);
    }
    sums
}

fn means(it: &Answered, of: impl Fn(ArrayView1<'_, f64>, usize) -> f64) -> [f64; 2] {
    sums(it, of).map(|(sum, count)| sum / count)
}

fn largest(row: ArrayView1<'_, f64>, _: usize) -> f64 {
    row.iter().copied().fold(0.0, f64::max)
}

fn both(means: [f64; 2]) -> Answer {
    Array1::from(means.to_vec()).answer()
}

/// Section 8: `yours(&y, &labels)` must be the mean of the largest probabilities, of right answers and of wrong ones.
pub fn confidence<T: Float, G: Gives>(yours: impl Fn(&Array2<T>, &Array1<u8>) -> G + Send + 'static) -> Verdict {
    check_confidence(boxed(move |(y, labels)| yours(&cast(y), labels)))
}

fn check_confidence(yours: Yours<Answered>) -> Verdict {
    let draw = drawn(20, |random| {
        let (rows, classes) = (1 + random.below(4), 2 + random.below(2));
        let scores = Array2::from_shape_fn((rows, classes), |(_, class)| class as f64 / 7.0);
        let y = softmax(&(scores + row(random, classes, 30))).mapv(|p| (p * 1000.0).round() / 1000.0);
        (y, (0..rows).map(|_| random.below(classes) as u8).collect())
    });
    let hard = [
        (array![[0.75, 0.25], [0.5, 0.25]], array![0, 1]),
        (array![[0.75, 0.25]], array![0]),
        (array![[0.75, 0.25]], array![1]),
        (array![[0.1, 0.9], [0.8, 0.2], [0.4, 0.6]], array![1, 1, 1]),
    ];
    Exercise {
        inputs: hard.into_iter().chain(draw).collect(),
        shown: |(y, labels)| format!("{}\nlabels = {}", named("y", y), repr(labels)),
        wanted: |it| both(means(it, largest)),
        mistakes: &[
            ("right and wrong are exchanged: first the right answers", |it| {
                let [right, wrong] = means(it, largest);
                both([wrong, right])
            }),
            ("of a wrong answer this is the probability of the label: its confidence is that of what it said", |it| {
                both(means(it, |row, label| row[label]))
            }),
            ("one mean for both: tell the right answers from the wrong ones", |it| {
                let all = it.0.rows().into_iter().map(|row| largest(row, 0)).sum::<f64>() / it.0.nrows() as f64;
                both([all, all])
            }),
            ("divided by the number of all images: each group has its own number", |it| {
                both(sums(it, largest).map(|(sum, _)| sum / it.0.nrows() as f64))
            }),
        ],
    }
    .check(yours)
}
