//! The checks of sections 4 and 5: shapes and layers.

use ndarray::{Array1, Array2, ArrayView1, Axis, array};

use super::super::Verdict;
use super::super::answer::{Answer, Gives};
use super::super::inputs::{drawn, row, table};
use super::super::judge::{Exercise, Yours, boxed};
use super::super::picture::regions;
use super::{PAIRS, cast, gate, named, yes};
use crate::activation::{sigmoid, step};
use crate::error::Result;
use crate::shape::{Float, dot};

/// Rows and columns.
type Sizes = (usize, usize);

/// Section 4: `yours(left, right)` must be the shape of the product of two tables, or `None` if they do not fit.
pub fn product_shape<G: Gives>(yours: impl Fn(Sizes, Sizes) -> G + Send + 'static) -> Verdict {
    check_product_shape(boxed(move |(left, right)| yours(*left, *right)))
}

fn check_product_shape(yours: Yours<(Sizes, Sizes)>) -> Verdict {
    let draw = drawn(4, |random| {
        let left = (random.below(5), random.below(5));
        let fits = random.below(2) == 0;
        (left, (if fits { left.1 } else { random.below(5) }, random.below(5)))
    });
    let hard =
        [((1, 1), (1, 1)), ((1, 2), (1, 2)), ((2, 1), (1, 3)), ((2, 3), (3, 2)), ((2, 3), (2, 3)), ((1, 3), (2, 1))];
    Exercise {
        inputs: hard.into_iter().chain(draw).collect(),
        shown: |(left, right)| format!("left = {left:?}, right = {right:?}"),
        wanted: |(left, right)| {
            let product = dot(&Array2::<f64>::zeros(*left), &Array2::<f64>::zeros(*right));
            product.ok().map(|product| product.dim()).answer()
        },
        mistakes: &[
            ("some products do not exist: compare the inner sizes first", |(left, right)| {
                Some((left.0, right.1)).answer()
            }),
            ("the inner sizes disappear; the outer ones remain", |(left, right)| {
                (left.1 == right.0).then_some((left.1, right.0)).answer()
            }),
            (
                "you compare the outer sizes: those that meet are the last of the left and the first of the right",
                |(left, right)| (left.0 == right.1).then_some((left.1, right.0)).answer(),
            ),
            ("rows come from the left side, columns from the right", |(left, right)| {
                (left.1 == right.0).then_some((right.1, left.0)).answer()
            }),
            ("that is how sums go, place by place: in a product only the inner sizes must agree", |(left, right)| {
                (left == right).then_some(*left).answer()
            }),
        ],
    }
    .check(yours)
}

/// Section 4: `yours(&results, &answers)` must add up how far each result is from its answer; answers are a column.
pub fn total_error<T: Float, G: Gives>(yours: impl Fn(&Array1<T>, &Array2<T>) -> G + Send + 'static) -> Verdict {
    check_total_error(boxed(move |(results, answers)| yours(&cast(results), &cast(answers))))
}

fn check_total_error(yours: Yours<(Array1<f64>, Array2<f64>)>) -> Verdict {
    type Both = (Array1<f64>, Array2<f64>);
    fn differences((results, answers): &Both) -> Array1<f64> {
        results - &answers.column(0)
    }
    let draw = drawn(5, |random| {
        let length = random.below(5);
        (row(random, length, 50), table(random, (length, 1), 50))
    });
    let hard = [(array![1.0, 2.0], array![[1.0], [2.0]]), (array![1.0, 2.0], array![[2.0], [1.0]])];
    Exercise {
        inputs: hard.into_iter().chain(draw).collect(),
        shown: |(results, answers)| format!("{}\n{}", named("results", results), named("answers", answers)),
        wanted: |both| differences(both).mapv(f64::abs).sum().answer(),
        mistakes: &[
            (
                "every result met every answer: the shapes (n,) and (n, 1) were broadcast to (n, n)",
                |(results, answers)| (results - answers).mapv(f64::abs).sum().answer(),
            ),
            ("a difference of -2 is as bad as one of 2: take the absolute value of each", |both| {
                differences(both).sum().answer()
            }),
            ("take the absolute value before you add up, not after", |both| differences(both).sum().abs().answer()),
            ("these are squares: the distance itself was asked for", |both| {
                differences(both).mapv(|d| d * d).sum().answer()
            }),
            ("this is the mean: the sum was asked for", |both| {
                let all = differences(both);
                (all.mapv(f64::abs).sum() / all.len() as f64).answer()
            }),
        ],
    }
    .check(yours)
}

/// A batch, and the weights and biases of layers.
struct Layers {
    x: Array2<f64>,
    layers: Vec<(Array2<f64>, Array1<f64>)>,
}

impl Layers {
    /// Folds the layers, each by its place, weights and bias.
    fn fold(&self, layer: impl Fn(usize, &Array2<f64>, &Array2<f64>, &Array1<f64>) -> Array2<f64>) -> Answer {
        let layers = self.layers.iter().enumerate();
        layers.fold(self.x.clone(), |z, (at, (w, b))| layer(at, &z, w, b)).answer()
    }

    fn is_last(&self, at: usize) -> bool {
        at + 1 == self.layers.len()
    }
}

fn product(x: &Array2<f64>, w: &Array2<f64>) -> Array2<f64> {
    dot(x, w).expect("the inputs of an exercise fit")
}

/// Section 5: `yours(&x, &layers)` must be the forward pass of a batch through any number of layers, all with sigmoid.
pub fn my_forward<T: Float, G: Gives>(
    yours: impl Fn(&Array2<T>, &[(Array2<T>, Array1<T>)]) -> G + Send + 'static,
) -> Verdict {
    check_my_forward(boxed(move |it: &Layers| {
        let layers: Vec<_> = it.layers.iter().map(|(w, b)| (cast(w), cast(b))).collect();
        yours(&cast(&it.x), &layers)
    }))
}

fn check_my_forward(yours: Yours<Layers>) -> Verdict {
    let inputs = drawn(6, |random| {
        let mut sizes: Vec<usize> = (0..2 + random.below(3)).map(|_| 1 + random.below(3)).collect();
        let x = table(random, (sizes[0] % 3, sizes[0]), 20);
        let last = sizes.split_off(1);
        let mut before = sizes[0];
        let layers = last.into_iter().map(|size| {
            let layer = (table(random, (before, size), 20), row(random, size, 20));
            before = size;
            layer
        });
        Layers { layers: layers.collect(), x }
    });
    Exercise {
        inputs: inputs.collect(),
        shown: |it| {
            let layers = it.layers.iter().enumerate();
            let layer = |(k, (w, b)): (usize, &(_, _))| {
                format!("\n{}\n{}", named(&format!("w{}", k + 1), w), named(&format!("b{}", k + 1), b))
            };
            named("x", &it.x) + &layers.map(layer).collect::<String>()
        },
        wanted: |it| it.fold(|_, z, w, b| sigmoid(&(product(z, w) + b))),
        mistakes: &[
            ("the activation is missing: without it all layers are one", |it| it.fold(|_, z, w, b| product(z, w) + b)),
            ("the last layer is activated too", |it| {
                it.fold(|at, z, w, b| {
                    let a = product(z, w) + b;
                    if it.is_last(at) { a } else { sigmoid(&a) }
                })
            }),
            ("only the last layer is activated: every layer reads the activated values of the one before", |it| {
                it.fold(|at, z, w, b| {
                    let a = product(z, w) + b;
                    if it.is_last(at) { sigmoid(&a) } else { a }
                })
            }),
            ("the biases are missing: add one to each neuron's sum", |it| {
                it.fold(|_, z, w, _| sigmoid(&product(z, w)))
            }),
            ("first the product and the bias, then the activation: the input itself is not activated", |it| {
                it.fold(|_, z, w, b| product(&sigmoid(z), w) + b)
            }),
            ("this is the first layer only: its output is the input of the next", |it| {
                it.layers.first().map_or(it.x.clone(), |(w, b)| sigmoid(&(product(&it.x, w) + b))).answer()
            }),
        ],
    }
    .check(yours)
}

/// Section 5: with two hidden neurons and the step as activation, a network must say yes to exactly one yes.
pub fn xor(w1: &Array2<f64>, b1: &Array1<f64>, w2: &Array1<f64>, b2: f64) -> Verdict {
    let (w1, b1, w2) = (w1.clone(), b1.clone(), w2.clone());
    gate(
        |[x1, x2]| yes(x1 != x2),
        &[
            ("it never says yes", |_| yes(false)),
            ("it always says yes", |_| yes(true)),
            ("this is OR: two ones must give a no, so let a hidden neuron find them and pull down", |[x1, x2]| {
                yes(x1 + x2 > 0.0)
            }),
            ("this is AND: that hidden neuron must pull the answer down, and another has to pull it up", |[x1, x2]| {
                yes(x1 + x2 > 1.0)
            }),
            ("this is NAND: two zeros must give a no, too", |[x1, x2]| yes(x1 + x2 < 2.0)),
            ("just the opposite: turn the signs of w2 and b2", |[x1, x2]| yes(x1 == x2)),
        ],
    )
    .check({
        let (w1, b1, w2) = (w1.clone(), b1.clone(), w2.clone());
        boxed(move |pair| network(pair, &w1, &b1, &w2, b2))
    })
    .seen(|| {
        let layers = vec![(w1, b1), (w2.insert_axis(Axis(1)), array![b2])];
        regions(layers, &PAIRS.map(|[x1, x2]| ([x1, x2], x1 != x2)))
    })
}

fn network(pair: &[f64; 2], w1: &Array2<f64>, b1: &Array1<f64>, w2: &Array1<f64>, b2: f64) -> Result<i64> {
    let z1 = step(&(dot(&ArrayView1::from(pair), w1)? + b1)).mapv(|yes| yes as f64);
    Ok(step(dot(&z1.insert_axis(Axis(0)), w2)?[0] + b2))
}
