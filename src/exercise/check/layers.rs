//! The checks of layers as tables: a product by hand, their sizes, and neurons that stay silent.

use ndarray::{Array1, Array2, ArrayView1, array};

use super::super::Verdict;
use super::super::answer::{Answer, Gives};
use super::super::inputs::{drawn, row, table};
use super::super::judge::{Exercise, Yours, boxed};
use super::{cast, named};
use crate::activation::sigmoid;
use crate::shape::{Float, dot};

/// Section 3: `yours(&a)` must be how many neurons (columns) ReLU silences for every input (row).
pub fn silent<T: Float, G: Gives>(yours: impl Fn(&Array2<T>) -> G + Send + 'static) -> Verdict {
    check_silent(boxed(move |a| yours(&cast(a))))
}

fn check_silent(yours: Yours<Array2<f64>>) -> Verdict {
    fn columns(a: &Array2<f64>, is_silent: impl Fn(ArrayView1<'_, f64>) -> bool) -> Answer {
        a.columns().into_iter().filter(|column| is_silent(*column)).count().answer()
    }
    let draw = drawn(14, |random| {
        let sizes = (1 + random.below(4), 1 + random.below(4));
        let mut a = table(random, sizes, 9);
        for mut column in a.columns_mut() {
            match random.below(4) {
                0 | 1 => column.mapv_inplace(|v| -v.abs()),
                2 => column.mapv_inplace(|v| v.min(0.0)),
                _ => {}
            }
        }
        a
    });
    let hard = [array![[-1.0]], array![[1.0]], array![[0.0]], array![[-1.0, 1.0], [-2.0, -2.0]], array![[-1.0], [1.0]]];
    Exercise {
        inputs: hard.into_iter().chain(draw).collect(),
        shown: |a| named("a", a),
        wanted: |a| columns(a, |column| column.iter().all(|v| *v <= 0.0)),
        mistakes: &[
            ("these are single sums: a neuron is silent if its whole column is", |a| {
                a.iter().filter(|v| **v <= 0.0).count().answer()
            }),
            ("these are rows: a row is an input, a column is a neuron", |a| {
                a.rows().into_iter().filter(|row| row.iter().all(|v| *v <= 0.0)).count().answer()
            }),
            ("silent once is not silent: all sums of the column have to be", |a| {
                columns(a, |column| column.iter().any(|v| *v <= 0.0))
            }),
            ("ReLU gives 0 for a sum of exactly 0, too: ask with `<=`", |a| {
                columns(a, |column| column.iter().all(|v| *v < 0.0))
            }),
            ("these are the neurons that speak: count the others", |a| {
                columns(a, |column| column.iter().any(|v| *v > 0.0))
            }),
        ],
    }
    .check(yours)
}

/// Section 4: `yours(&x, &w)` must be the matrix product of two tables that fit.
pub fn my_product<T: Float, G: Gives>(yours: impl Fn(&Array2<T>, &Array2<T>) -> G + Send + 'static) -> Verdict {
    check_my_product(boxed(move |(x, w)| yours(&cast(x), &cast(w))))
}

fn check_my_product(yours: Yours<(Array2<f64>, Array2<f64>)>) -> Verdict {
    type Both = (Array2<f64>, Array2<f64>);
    /// Each row of `x` with each column of `w`.
    fn each((x, w): &Both, of: impl Fn(ArrayView1<'_, f64>, ArrayView1<'_, f64>) -> f64) -> Array2<f64> {
        Array2::from_shape_fn((x.nrows(), w.ncols()), |(row, column)| of(x.row(row), w.column(column)))
    }
    let draw = drawn(15, |random| {
        let inner = 1 + random.below(3);
        let (rows, columns) = (1 + random.below(3), 1 + random.below(3));
        (table(random, (rows, inner), 30), table(random, (inner, columns), 30))
    });
    let hard = [
        (array![[1.0, 2.0]], array![[3.0], [4.0]]),
        (array![[1.0], [2.0]], array![[3.0, 4.0]]),
        (array![[1.0, 2.0], [3.0, 4.0]], array![[0.0, 1.0], [1.0, 0.0]]),
    ];
    Exercise {
        inputs: hard.into_iter().chain(draw).collect(),
        shown: |(x, w)| format!("{}\n{}", named("x", x), named("w", w)),
        wanted: |both| each(both, |row, column| row.dot(&column)).answer(),
        mistakes: &[
            ("rows and columns of the result are exchanged: rows come from `x`", |both| {
                each(both, |row, column| row.dot(&column)).t().to_owned().answer()
            }),
            ("only one pair is left: every pair is added to the sum, with `+=`", |both| {
                each(both, |row, column| row[row.len() - 1] * column[column.len() - 1]).answer()
            }),
            ("this is the first pair only: the others have to be added", |both| {
                each(both, |row, column| row[0] * column[0]).answer()
            }),
            ("sums were multiplied: multiply pair by pair first, then add up", |both| {
                each(both, |row, column| row.sum() * column.sum()).answer()
            }),
            ("the pairs were added: each is to be multiplied, and the products added up", |both| {
                each(both, |row, column| row.sum() + column.sum()).answer()
            }),
        ],
    }
    .check(yours)
}

/// Section 5: `yours(&sizes)` must be the number of weights and biases of a network, its inputs first.
pub fn parameters<G: Gives>(yours: impl Fn(&[usize]) -> G + Send + 'static) -> Verdict {
    check_parameters(boxed(move |sizes: &Vec<usize>| yours(sizes)))
}

fn check_parameters(yours: Yours<Vec<usize>>) -> Verdict {
    fn weights(sizes: &[usize]) -> usize {
        sizes.windows(2).map(|pair| pair[0] * pair[1]).sum()
    }
    let draw = drawn(16, |random| {
        let layers = 2 + random.below(4);
        (0..layers).map(|_| 1 + random.below(12)).collect::<Vec<usize>>()
    });
    let hard = [vec![3, 2, 3, 1], vec![784, 50, 100, 10], vec![2, 1], vec![1, 1]];
    Exercise {
        inputs: hard.into_iter().chain(draw).collect(),
        shown: |sizes| format!("sizes = {sizes:?}"),
        wanted: |sizes| (weights(sizes) + sizes[1..].iter().sum::<usize>()).answer(),
        mistakes: &[
            ("the biases are missing: each neuron has one", |sizes| weights(sizes).answer()),
            ("the inputs have no biases: nothing is computed in them", |sizes| {
                (weights(sizes) + sizes.iter().sum::<usize>()).answer()
            }),
            ("one bias for each neuron, not one for each layer", |sizes| (weights(sizes) + sizes.len() - 1).answer()),
            ("these are the values: between two layers there is a weight for every pair", |sizes| {
                sizes.iter().sum::<usize>().answer()
            }),
            ("the sizes of all layers were multiplied: multiply neighbours, and add up", |sizes| {
                sizes.iter().product::<usize>().answer()
            }),
        ],
    }
    .check(yours)
}

/// A batch, and two layers.
struct Two {
    x: Array2<f64>,
    first: (Array2<f64>, Array1<f64>),
    second: (Array2<f64>, Array1<f64>),
}

fn weighted(z: &Array2<f64>, (w, b): &(Array2<f64>, Array1<f64>)) -> Array2<f64> {
    dot(z, w).expect("the inputs of an exercise fit") + b
}

/// Section 5: `yours(&x, (&w1, &b1), (&w2, &b2))` must be the forward pass through two layers with the sigmoid.
pub fn two_layers<T: Float, G: Gives>(
    yours: impl Fn(&Array2<T>, (&Array2<T>, &Array1<T>), (&Array2<T>, &Array1<T>)) -> G + Send + 'static,
) -> Verdict {
    check_two_layers(boxed(move |it: &Two| {
        let layer = |(w, b): &(Array2<f64>, Array1<f64>)| (cast::<T, _>(w), cast::<T, _>(b));
        let ((w1, b1), (w2, b2)) = (layer(&it.first), layer(&it.second));
        yours(&cast(&it.x), (&w1, &b1), (&w2, &b2))
    }))
}

fn check_two_layers(yours: Yours<Two>) -> Verdict {
    let draw = drawn(17, |random| {
        let [rows, inputs, hidden, outputs] = [0; 4].map(|_: usize| 1 + random.below(2));
        Two {
            x: table(random, (rows, inputs), 20),
            first: (table(random, (inputs, hidden), 20), row(random, hidden, 20)),
            second: (table(random, (hidden, outputs), 20), row(random, outputs, 20)),
        }
    });
    Exercise {
        inputs: draw.collect(),
        shown: |it| {
            let named = |k: usize, (w, b): &(Array2<f64>, Array1<f64>)| {
                format!("\n{}\n{}", named(&format!("w{k}"), w), named(&format!("b{k}"), b))
            };
            super::named("x", &it.x) + &named(1, &it.first) + &named(2, &it.second)
        },
        wanted: |it| sigmoid(&weighted(&sigmoid(&weighted(&it.x, &it.first)), &it.second)).answer(),
        mistakes: &[
            ("two wires are wrong: the second layer reads a1, and what comes out is a2", |it| {
                weighted(&weighted(&it.x, &it.first), &it.second).answer()
            }),
            ("the second layer still reads the sums a1: it has to read the activated values z1", |it| {
                sigmoid(&weighted(&weighted(&it.x, &it.first), &it.second)).answer()
            }),
            ("the last layer is not activated: its sum a2 is not yet the answer", |it| {
                weighted(&sigmoid(&weighted(&it.x, &it.first)), &it.second).answer()
            }),
            ("the last activation is done twice", |it| {
                sigmoid(&sigmoid(&weighted(&sigmoid(&weighted(&it.x, &it.first)), &it.second))).answer()
            }),
            ("a bias is lost: both layers have one", |it| {
                let z1 = sigmoid(&dot(&it.x, &it.first.0).expect("they fit"));
                sigmoid(&weighted(&z1, &it.second)).answer()
            }),
        ],
    }
    .check(yours)
}
