//! How far the activation functions are from the truth, in units of the last place (`tests/numpy/accuracy.py`).

use forward_pass::activation::*;
use forward_pass::prelude::warned;
use serde_json::Value;

use super::cases::{parsed, text};
use super::stored;

/// A function by its name, and the largest error that is promised.
type Promise = (&'static str, fn(f64) -> f64, f64);

const FUNCTIONS: [Promise; 8] = [
    ("exp", exp, 1.0),
    ("sigmoid", |x| sigmoid(x), 1.75),
    ("sigmoid_derivative", |x| sigmoid_derivative(x), 2.5),
    ("tanh", |x| tanh(x), 1.0),
    ("tanh_derivative", |x| tanh_derivative(x), 2.5),
    ("softplus", |x| softplus(x), 1.1),
    ("silu", |x| silu(x), 2.5),
    ("gelu", |x| gelu(x), 3.0),
];

fn exp(x: f64) -> f64 {
    warned::exp(&ndarray::arr0(x)).into_inner().into_scalar()
}

fn number(word: &str) -> f64 {
    f64::from_bits(u64::from_str_radix(word, 16).unwrap())
}

/// The error in units of the last place of the nearest number, subnormal ones too.
fn error(ours: f64, nearest: f64, rest: f64) -> f64 {
    if ours == nearest && !nearest.is_finite() {
        return 0.0;
    }
    let size = nearest.abs();
    let unit = f64::from_bits(size.to_bits() + 1) - size;
    ((ours - nearest) / unit - rest / unit).abs()
}

#[test]
fn every_function_is_as_exact_as_it_says() {
    let cases = stored::cases("accuracy");
    assert!(cases.len() >= 1500, "only {} cases", cases.len());
    for (name, function, promised) in FUNCTIONS {
        let measured = |case: &Value| {
            let x = number(text(case, "x"));
            let (nearest, rest) = text(case, name).split_once(' ').unwrap();
            let (ours, nearest) = (function(x), number(nearest));
            (error(ours, nearest, parsed(rest)), x, ours, nearest)
        };
        let worst = cases.iter().map(measured).max_by(|a, b| a.0.total_cmp(&b.0)).unwrap();
        println!("{name}: {:.3} units at {:e}", worst.0, worst.1);
        assert!(
            worst.0 <= promised,
            "{name}({:e}) is {:e}, the truth {:e}: {} units",
            worst.1,
            worst.2,
            worst.3,
            worst.0
        );
    }
}
