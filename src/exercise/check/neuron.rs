//! The checks of sections 1 to 3: one neuron and its activation.

use ndarray::{Array1, array};

use super::super::Verdict;
use super::super::answer::Gives;
use super::super::inputs::{drawn, numbers, rounded};
use super::super::judge::{Exercise, Yours, boxed};
use super::super::picture::regions;
use super::{PAIRS, cast, gate, named, yes};
use crate::activation::{relu, sigmoid, step};
use crate::random::Random;
use crate::shape::Float;
use crate::show::show;

/// Section 1: a neuron with the weights `w1` and `w2` and the bias `b` must say no only to two ones.
pub fn nand(w1: impl Into<f64>, w2: impl Into<f64>, b: impl Into<f64>) -> Verdict {
    check_nand(w1.into(), w2.into(), b.into())
}

fn check_nand(w1: f64, w2: f64, b: f64) -> Verdict {
    gate(
        |[x1, x2]| yes(x1 + x2 < 2.0),
        &[
            ("it never says yes: without any input only the bias speaks, so it must be above 0", |_| yes(false)),
            ("it always says yes: two ones must bring the sum to 0 or below", |_| yes(true)),
            ("this is AND: NAND says the opposite, so turn the sign of everything", |[x1, x2]| yes(x1 + x2 > 1.0)),
            ("this is OR: here a yes of one input should not matter, two should give a no", |[x1, x2]| {
                yes(x1 + x2 > 0.0)
            }),
            ("a single yes already gives a no: the bias is too low (a sum of exactly 0 is a no)", |[x1, x2]| {
                yes(x1 + x2 < 1.0)
            }),
        ],
    )
    .check(boxed(move |[x1, x2]: &[f64; 2]| step(w1 * x1 + w2 * x2 + b)))
    .seen(|| regions(vec![(array![[w1], [w2]], array![b])], &PAIRS.map(|pair| (pair, pair.iter().sum::<f64>() < 2.0))))
}

/// Section 1: `yours(w1, w2, b, x1)` must be the x2 at which the sum of a neuron is 0.
pub fn border<T: Float, G: Gives>(yours: impl Fn(T, T, T, T) -> G + Send + 'static) -> Verdict {
    check_border(boxed(move |input: &[f64; 4]| {
        let [w1, w2, b, x1] = input.map(T::from_f64);
        yours(w1, w2, b, x1)
    }))
}

fn check_border(yours: Yours<[f64; 4]>) -> Verdict {
    let half = |random: &mut Random| random.below(17) as f64 / 2.0 - 4.0;
    let draw = drawn(13, |random| {
        let slope = (1 + random.below(8)) as f64 / 2.0 * if random.below(2) == 0 { 1.0 } else { -1.0 };
        [half(random), slope, half(random), half(random)]
    });
    let hard = [[1.0, 1.0, -1.0, 0.0], [0.5, 0.5, -0.75, 1.0], [0.0, 2.0, 1.0, 3.0], [1.0, -1.0, 0.0, 2.0]];
    Exercise {
        inputs: hard.into_iter().chain(draw).collect(),
        shown: |[w1, w2, b, x1]| format!("w1 = {w1}, w2 = {w2}, b = {b}, x1 = {x1}"),
        wanted: |[w1, w2, b, x1]| (-(w1 * x1 + b) / w2).answer(),
        mistakes: &[
            (
                "the sign is turned around: what moves to the other side of the equation changes it",
                |[w1, w2, b, x1]| ((w1 * x1 + b) / w2).answer(),
            ),
            ("the bias is missing: without it every border goes through (0, 0)", |[w1, w2, _, x1]| {
                (-(w1 * x1) / w2).answer()
            }),
            ("x2 has a weight, too: divide by w2", |[w1, _, b, x1]| (-(w1 * x1 + b)).answer()),
            ("the bias has the wrong sign: both w1 x1 and b move to the other side", |[w1, w2, b, x1]| {
                ((b - w1 * x1) / w2).answer()
            }),
            ("this is the sum at x2 = 0: the x2 at which it becomes 0 is wanted", |[w1, _, b, x1]| {
                (w1 * x1 + b).answer()
            }),
            ("the weights are exchanged: w1 belongs to x1", |[w1, w2, b, x1]| (-(w2 * x1 + b) / w1).answer()),
        ],
    }
    .check(yours)
}

/// What a neuron gets: inputs, weights and bias.
struct Neuron {
    x: Array1<f64>,
    w: Array1<f64>,
    b: f64,
}

impl Neuron {
    fn sum(&self) -> f64 {
        self.x.iter().zip(&self.w).map(|(x, w)| x * w).sum()
    }
}

/// Section 1: `yours(&x, &w, b)` must be 1 if the weighted sum of any number of inputs plus the bias is above 0,
/// else 0.
pub fn perceptron<T: Float, G: Gives>(yours: impl Fn(&Array1<T>, &Array1<T>, T) -> G + Send + 'static) -> Verdict {
    check_perceptron(boxed(move |it: &Neuron| yours(&cast(&it.x), &cast(&it.w), T::from_f64(it.b))))
}

fn check_perceptron(yours: Yours<Neuron>) -> Verdict {
    let halves = |length: usize, random: &mut Random| -> Array1<f64> {
        (0..length).map(|_| random.below(9) as f64 / 2.0 - 2.0).collect()
    };
    let mut inputs: Vec<Neuron> = drawn(2, |random| {
        let length = 1 + random.below(4);
        Neuron { x: halves(length, random), w: halves(length, random), b: halves(1, random)[0] }
    })
    .collect();
    inputs.extend([
        Neuron { x: array![1.0], w: array![1.0], b: -1.0 },
        Neuron { x: array![-0.0], w: array![1.0], b: 0.0 },
        Neuron { x: array![], w: array![], b: 1.0 },
        Neuron { x: array![], w: array![], b: 0.0 },
        Neuron { x: array![1.0, f64::NAN], w: array![1.0, 1.0], b: 1.0 },
        Neuron { x: array![1e30, 1.0], w: array![1.0, 1.0], b: 1.0 },
    ]);
    Exercise {
        inputs,
        shown: |it| format!("{}\n{}\nb = {}", named("x", &it.x), named("w", &it.w), show(&it.b)),
        wanted: |it| step(it.sum() + it.b).answer(),
        mistakes: &[
            ("the step is strict: a sum of exactly 0 is a no, so compare with `>`", |it| {
                (it.sum() + it.b >= 0.0).answer()
            }),
            ("the bias is missing: add it to the sum before you compare", |it| step(it.sum()).answer()),
            ("the bias is added, not subtracted", |it| step(it.sum() - it.b).answer()),
            ("the weights are missing: multiply each input by its own weight", |it| {
                step(it.x.iter().sum::<f64>() + it.b).answer()
            }),
            ("this is the sum itself: the step that turns it into 0 or 1 is missing", |it| (it.sum() + it.b).answer()),
        ],
    }
    .check(yours)
}

/// Section 2: `yours(p)` must be the number to which the sigmoid says `p`.
pub fn logit<T: Float, G: Gives>(yours: impl Fn(T) -> G + Send + 'static) -> Verdict {
    check_logit(rounded::<T>, boxed(move |p| yours(T::from_f64(*p))))
}

fn check_logit(rounded: fn(f64) -> f64, yours: Yours<f64>) -> Verdict {
    let hard = [0.5, 0.9, 0.1, 0.0, 1.0, 0.25, 0.75, 0.99, 0.01, 0.999, 1e-9];
    let inputs = hard.into_iter().chain(drawn(3, |random| (1 + random.below(999)) as f64 / 1000.0));
    Exercise {
        inputs: inputs.map(rounded).collect(),
        shown: |p| format!("p = {}", show(p)),
        wanted: |p| (p / (1.0 - p)).ln().answer(),
        mistakes: &[
            ("the sign is turned around: 0.9 lies to the right of 0", |p| ((1.0 - p) / p).ln().answer()),
            ("a step is missing: take the logarithm of p / (1 - p), not of p", |p| p.ln().answer()),
            ("this is a logarithm to the base 10: the sigmoid is made of e, and `ln` is its logarithm", |p| {
                libm::log10(p / (1.0 - p)).answer()
            }),
            ("this is the sigmoid itself: here its answer is given, and the question is wanted", |p| {
                sigmoid(*p).answer()
            }),
            ("the logarithm is missing: p / (1 - p) is e to the power of x", |p| (p / (1.0 - p)).answer()),
        ],
    }
    .check(yours)
}

/// Section 2: `yours(x)` must be the hyperbolic tangent, for every number.
pub fn my_tanh<T: Float, G: Gives>(yours: impl Fn(T) -> G + Send + 'static) -> Verdict {
    check_my_tanh(rounded::<T>, boxed(move |x| yours(T::from_f64(*x))))
}

fn check_my_tanh(rounded: fn(f64) -> f64, yours: Yours<f64>) -> Verdict {
    fn fraction(x: f64) -> f64 {
        let (up, down) = (x.e_to(), (-x).e_to());
        (up - down) / (up + down)
    }
    Exercise {
        inputs: numbers(rounded),
        shown: |x| format!("x = {}", show(x)),
        wanted: |x| x.tangent().answer(),
        mistakes: &[
            ("infinity by infinity on both sides: no exponential may be of a large number", |x| fraction(*x).answer()),
            ("half as steep as it should be: look at what is multiplied by x", |x| (2.0 * sigmoid(*x) - 1.0).answer()),
            ("it runs from 0 to 2: it should run from -1 to 1", |x| (2.0 * sigmoid(2.0 * x)).answer()),
            (
                "still infinity by infinity on the left: what helps for a large x does not for a very negative one",
                |x| {
                    let small = (-2.0 * x).e_to();
                    ((1.0 - small) / (1.0 + small)).answer()
                },
            ),
            ("far left it is -1, and a NaN that goes in must come out", |x| {
                let y = fraction(*x);
                if y.is_nan() { 1.0 } else { y }.answer()
            }),
        ],
    }
    .check_curve(yours)
}

/// Section 2: `yours(x)` must be the logarithm of the sigmoid, for every number.
pub fn log_sigmoid<T: Float, G: Gives>(yours: impl Fn(T) -> G + Send + 'static) -> Verdict {
    check_log_sigmoid(rounded::<T>, boxed(move |x| yours(T::from_f64(*x))))
}

fn check_log_sigmoid(rounded: fn(f64) -> f64, yours: Yours<f64>) -> Verdict {
    Exercise {
        inputs: numbers(rounded),
        shown: |x| format!("x = {}", show(x)),
        wanted: |x| (x.min(0.0) - libm::log1p((-x.abs()).e_to())).answer(),
        mistakes: &[
            ("at -800 the sigmoid is 0 and e^800 infinite: no exponential may be of a large number", |x| {
                sigmoid(*x).ln().answer()
            }),
            ("this is the logarithm of sigmoid(-x): look at the sign of the exponent", |x| sigmoid(-*x).ln().answer()),
            ("right on the left, but on the right e^x overflows: choose the form by the sign of x", |x| {
                (x - (1.0 + x.e_to()).ln()).answer()
            }),
            ("far left the curve is the line x: where x is negative, it has to be added", |x| {
                (-libm::log1p((-x.abs()).e_to())).answer()
            }),
            ("these are the two straight parts: the bend between them is missing", |x| x.min(0.0).answer()),
            ("a logarithm of a number below 1 is negative: a minus is missing", |x| {
                (libm::log1p((-x.abs()).e_to()) - x.min(0.0)).answer()
            }),
        ],
    }
    .check_curve(yours)
}

/// Section 3: `yours(x)` must be 0 below 0, 6 above 6, and the number itself between; NaN stays NaN.
pub fn clipped<T: Float, G: Gives>(yours: impl Fn(T) -> G + Send + 'static) -> Verdict {
    check_clipped(rounded::<T>, boxed(move |x| yours(T::from_f64(*x))))
}

fn check_clipped(rounded: fn(f64) -> f64, yours: Yours<f64>) -> Verdict {
    Exercise {
        inputs: numbers(rounded),
        shown: |x| format!("x = {}", show(x)),
        wanted: |x| x.clamp(0.0, 6.0).answer(),
        mistakes: &[
            ("`max` and `min` take the other number when one is NaN: ask with `<` and `>` instead", |x| {
                let above = x.max(0.0);
                above.min(6.0).answer()
            }),
            ("this is ReLU: the second corner, at 6, is missing", |x| relu(*x).answer()),
            ("this is ReLU, and `max` hides a NaN: the second corner, at 6, is missing", |x| x.max(0.0).answer()),
            ("the corner at 0 is missing: negative numbers come through", |x| if *x > 6.0 { 6.0 } else { *x }.answer()),
            ("the corner at 0 is missing, and `min` hides a NaN", |x| x.min(6.0).answer()),
            ("above 6 it should stay at 6, not fall to 0", |x| {
                if (0.0..=6.0).contains(x) || x.is_nan() { *x } else { 0.0 }.answer()
            }),
        ],
    }
    .check_curve(yours)
}

/// Three ReLUs with their corners at `corners`, weighted and added up.
fn bump(x: f64, corners: [f64; 3], weights: [f64; 3]) -> f64 {
    corners.iter().zip(weights).map(|(corner, weight)| weight * relu(x - corner)).sum()
}

/// Section 3: three weighted ReLUs must make a tent over 1 to 3, 2 high at its top over 2.
pub fn tent(corners: [f64; 3], weights: [f64; 3]) -> Verdict {
    Exercise {
        inputs: numbers(rounded::<f64>).into_iter().filter(|x| x.abs() <= 20.0).collect(),
        shown: |x| format!("x = {}", show(x)),
        wanted: |x| (2.0 - 2.0 * (x - 2.0).abs()).max(0.0).answer(),
        mistakes: &[
            ("nothing there yet: choose where each ReLU has its corner, and how steeply it climbs", |_| 0.0.answer()),
            ("the corners are on the other side: relu(x - c) begins to climb at c", |x| {
                bump(*x, [-1.0, -2.0, -3.0], [2.0, -4.0, 2.0]).answer()
            }),
            ("the place is right and the height is half: from 1 to 2 it must climb by 2", |x| {
                bump(*x, [1.0, 2.0, 3.0], [1.0, -2.0, 1.0]).answer()
            }),
            ("after 3 it goes on falling: the third ReLU has to level it off", |x| {
                bump(*x, [1.0, 2.0, 3.0], [2.0, -4.0, 0.0]).answer()
            }),
            ("after 2 it is flat: to fall, the second must pull down twice as steeply as the first climbs", |x| {
                bump(*x, [1.0, 2.0, 3.0], [2.0, -2.0, 0.0]).answer()
            }),
            ("a tent of the right height around 0: move its corners", |x| {
                bump(*x, [-1.0, 0.0, 1.0], [2.0, -4.0, 2.0]).answer()
            }),
        ],
    }
    .check_curve(boxed(move |x| bump(*x, corners, weights)))
}
