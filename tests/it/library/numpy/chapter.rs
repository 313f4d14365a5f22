//! The chapter's printed results, to the character: each Python case of the fixture retold in Rust.
//!
//! They are pinned here apart from the notebooks, so that a wrong result blessed there still fails.

use std::fmt::Write;

use forward_pass::prelude::*;
use serde_json::Value;

const CASES: &str = include_str!("../../../fixtures/chapter-cases.json");

/// Compares what a retelling printed with what NumPy printed for the case of that name.
fn check(name: &str, told: &str) {
    let cases: Vec<Value> = serde_json::from_str(CASES).expect("the fixture is a JSON list");
    let case = cases.iter().find(|case| case["name"] == name).expect("the case is in the fixture");
    assert_eq!(told, case["expected_stdout"].as_str().expect("a case has an output"), "{name}");
}

/// `print(...)`: parts on one line.
macro_rules! print {
    ($out:ident, $($part:expr),+) => {{
        let parts: Vec<String> = vec![$($part.to_string()),+];
        writeln!($out, "{}", parts.join(" ")).unwrap();
    }};
}

#[test]
fn every_case_of_the_fixture_is_retold() {
    let cases: Vec<Value> = serde_json::from_str(CASES).unwrap();
    for name in cases.iter().map(|case| case["name"].as_str().unwrap()) {
        assert!(include_str!("chapter.rs").contains(&format!("check(\"{name}\"")), "{name} is not retold");
    }
}

#[test]
fn step_of_a_matrix() {
    let mut out = String::new();
    let x = array![[-1.0, 2.0], [0.0, 2.0]];
    print!(out, show(&x.mapv(|x| x > 0.0)));
    print!(out, repr(&step(&x)));
    check("step_func_2d_int", &out);

    let mut out = String::new();
    print!(out, show(&x.mapv(|x| x > 0.0)));
    print!(out, repr(&step(&x).mapv(|y| y as i32)));
    check("step_func_2d", &out);
}

#[test]
fn step_along_an_axis() {
    let mut out = String::new();
    let x = arange(-5.0, 5.0, 0.1).unwrap();
    let y = step(&x).mapv(|y| y as i32);
    print!(out, shape(&x), "int32", y.sum());
    print!(out, repr(&x[50]), y[50], repr(&x[51]), y[51]);
    check("step_graph_values", &out);
}

#[test]
fn sigmoid_along_an_axis() {
    let mut out = String::new();
    let x = arange(-5.0, 5.0, 0.1).unwrap();
    let y = sigmoid(&x);
    print!(out, shape(&x), shape(&y));
    print!(out, show(&y[0]), show(&y[50]), show(&y[99]));
    print!(out, show(&sigmoid(&array![-1.0, 1.0, 2.0])));
    check("sigmoid_graph_values", &out);
}

#[test]
fn relu_along_an_axis() {
    check("relu_arange", &(repr(&relu(&arange(-5.0, 5.0, 0.1).unwrap())) + "\n"));
}

#[test]
fn products_of_a_matrix_and_a_vector() {
    let mut out = String::new();
    let (vector, matrix) = (array![1, 2, 3], array![[1, 2, 3], [10, 20, 30]]);
    print!(out, shape(&matrix));
    print!(out, shape(&matrix));
    print!(out, show(&dot(&matrix, &vector).unwrap()));
    check("dot_2d_1d", &out);

    let refusal = dot(&vector, &matrix).unwrap_err();
    assert_eq!(refusal.message(), "cannot multiply (3,) by (2, 3): the inner sizes 3 and 2 differ");
    let (left, right) = (shape(&vector).to_string(), shape(&matrix).to_string().replace(' ', ""));
    let words = format!("shapes {left} and {right} not aligned: 3 (dim 0) != 2 (dim 0)");
    check("dot_1d_2d_error", &format!("ValueError: {words}\n"));
}

#[test]
fn dot_beside_matmul() {
    let w1 = array![[1, 2, 3, 4], [10, 20, 30, 40]];
    let (x1, x2) = (array![10, 20], array![[10, 20]]);
    let (by_dot, by_matmul) = (dot(&x1, &w1).unwrap(), matmul(&x2, &w1).unwrap());

    let mut out = String::new();
    print!(out, show(&by_dot));
    print!(out, show(&by_matmul));
    print!(out, shape(&by_matmul));
    check("dot_vs_matmul_shape", &out);

    let mut out = String::new();
    let (also_matmul, also_dot) = (matmul(&x1, &w1).unwrap(), dot(&x2, &w1).unwrap());
    print!(out, shape(&x1), show(&by_dot), show(&also_matmul), show(&(by_dot == also_matmul)));
    print!(out, shape(&x2), show(&also_dot), show(&by_matmul), show(&(also_dot == by_matmul)));
    print!(out, show(&(&by_dot + 1)), show(&(&by_matmul + 10)));
    check("dot_matmul_same_input", &out);
}

#[test]
fn the_first_layer() {
    let mut out = String::new();
    let w1 = array![[0.1, 0.2, 0.3], [0.5, 0.6, 0.3]];
    let l1 = dot(&array![1.0, 2.0], &w1).unwrap() + 1.0;
    print!(out, "[] L1 shape: ", shape(&l1));
    print!(out, show(&sigmoid(&l1)));
    let l1 = matmul(&array![[1.0, 2.0]], &w1).unwrap() + 1.0;
    print!(out, "[] np.matmul: ", show(&l1));
    print!(out, "[] np.matmul shape: ", shape(&l1));
    print!(out, show(&sigmoid(&l1)));
    check("layer1_dot_and_matmul", &out);
}

/// The weights and biases of the 3-2-3-1 network, one pair a layer.
fn layers() -> [(Array2<f64>, Array1<f64>); 3] {
    [
        (array![[0.3, 0.1], [0.6, 0.1], [0.5, 0.2]], array![1.0, 1.0]),
        (array![[0.1, 0.1, 0.5], [0.8, 0.3, 0.2]], array![0.1, 0.4, 0.5]),
        (array![[0.3], [0.1], [0.4]], array![0.5]),
    ]
}

/// The network as the fixture's cases wire it: whether the second and the third layer read activated values.
fn wired(second: bool, third: bool) -> String {
    let [(w1, b1), (w2, b2), (w3, b3)] = layers();
    let or_raw = |activated: bool, a: &Array1<f64>| if activated { sigmoid(a) } else { a.clone() };
    let l1 = dot(&array![1.0, 1.0, 1.0], &w1).unwrap() + &b1;
    let l2 = dot(&or_raw(second, &l1), &w2).unwrap() + &b2;
    let y = sigmoid(&(dot(&or_raw(third, &l2), &w3).unwrap() + &b3));

    let or_raw = |activated: bool, a: &Array2<f64>| if activated { sigmoid(a) } else { a.clone() };
    let l1 = matmul(&array![[1.0, 1.0, 1.0]], &w1).unwrap() + &b1;
    let l2 = matmul(&or_raw(second, &l1), &w2).unwrap() + &b2;
    let batch = sigmoid(&(matmul(&or_raw(third, &l2), &w3).unwrap() + &b3));

    let mut out = String::new();
    print!(out, "[] dot process result: ", show(&y));
    print!(out, "[] dot result shape: ", shape(&y));
    print!(out, "[] matmul process result: ", show(&batch));
    print!(out, "[] matmul result shape: ", shape(&batch));
    out
}

#[test]
fn three_layers_and_their_miswirings() {
    check("three_layer_temp_temp", &wired(true, true));
    check("three_layer_L1_L2", &wired(false, false));
    check("three_layer_temp_L2", &wired(true, false));
    check("three_layer_L1_temp", &wired(false, true));
}

#[test]
fn the_trace_of_three_layers() {
    let [(w1, b1), (w2, b2), (w3, b3)] = layers();
    let a1 = dot(&array![1.0, 1.0, 1.0], &w1).unwrap() + &b1;
    let z1 = sigmoid(&a1);
    let a2 = dot(&z1, &w2).unwrap() + &b2;
    let z2 = sigmoid(&a2);
    let a3 = dot(&z2, &w3).unwrap() + &b3;
    let y = sigmoid(&a3);
    let mut out = String::new();
    for (name, values) in [("a1", &a1), ("z1", &z1), ("a2", &a2), ("z2", &z2), ("a3", &a3), ("y", &y)] {
        print!(out, name, show(values));
    }
    check("three_layer_trace", &out);
}

#[test]
fn linear_layers_are_one_layer() {
    let x = array![1.0, 2.0];
    let (w1, w2) = (array![[0.1, 0.2, 0.3], [0.5, 0.6, 0.3]], array![[0.1], [0.2], [0.3]]);
    let two = dot(&(dot(&x, &w1).unwrap() + 1.0), &w2).unwrap() + 0.1;
    let one = dot(&x, &dot(&w1, &w2).unwrap()).unwrap() + (dot(&array![1.0, 1.0, 1.0], &w2).unwrap() + 0.1);
    let close = (&two - &one).iter().all(|gap: &f64| gap.abs() < 1e-12);
    let mut out = String::new();
    print!(out, show(&two), show(&one), show(&close));
    check("linear_layers_collapse", &out);
}

#[test]
fn softmax_without_the_maximum() {
    let x = array![1.0, 2.0, 3.0];
    let mut out = String::new();
    print!(out, show(&warned::exp(&x)));
    print!(out, show(&softmax_naive(&x)));
    check("softmax_naive", &out);

    let x = array![1000.0, 1001.0, 2000.0];
    let mut out = String::new();
    print!(out, show(&warned::exp(&x)));
    print!(out, softmax_naive(&x).cell_text().unwrap());
    check("softmax_overflow", &out);
}

#[test]
fn softmax_with_the_maximum() {
    let x = array![1010.0, 1000.0, 990.0];
    let shifted = array![1010, 1000, 990_i64] - 1010;
    let mut out = String::new();
    print!(out, show(&shifted));
    print!(out, show(&warned::exp(&shifted.mapv(|x| x as f64))));
    print!(out, show(&softmax(&x)));
    check("softmax_stable", &out);

    let mut out = String::new();
    let y = softmax(&array![1000.0, 1001.0, 2000.0]);
    print!(out, show(&y), show(&y.sum()));
    let y = softmax(&x);
    let largest = (0..3).max_by(|&i, &j| f64::total_cmp(&y[i], &y[j])).unwrap();
    print!(out, show(&y.sum()), largest);
    check("softmax_stable_on_overflow_input", &out);
}

#[test]
fn softmax_of_a_batch() {
    let x = array![[1.0, 2.0, 3.0], [1010.0, 1000.0, 990.0]];
    let powers = x.mapv(|x: f64| (x - 1010.0).exp());
    let mixed = &powers / &powers.sum_axis(Axis(0));
    let rows = softmax(&x);
    let mut out = String::new();
    print!(out, show(&mixed));
    print!(out, show(&mixed.sum_axis(Axis(1))));
    print!(out, show(&rows));
    print!(out, show(&rows.sum_axis(Axis(1))));
    check("softmax_batch_bug", &out);
}
