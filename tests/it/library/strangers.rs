//! Weights that nobody here made: published by a stranger, with an accuracy that the stranger states
//! (tests/fixtures/weights/digitreader/make.py). Without FORWARD_PASS_MNIST it says that they met no digits.

use std::fs;
use std::path::Path;

use forward_pass::mnist::VARIABLE;
use forward_pass::prelude::*;

fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/weights/digitreader").join(name)
}

#[test]
fn published_weights_are_right_as_often_as_published_and_wrong_where_numpy_is() {
    let net = Network::load(fixture("weights.npz")).unwrap();
    let net = net.with_activations(&[Activation::Relu, Activation::Softmax]).unwrap();
    assert_eq!(net.to_string(), "784-64-10 network: 50890 parameters, relu, softmax");
    let about: serde_json::Value = serde_json::from_slice(&fs::read(fixture("about.json")).unwrap()).unwrap();
    let Some(folder) = std::env::var_os(VARIABLE) else {
        eprintln!("{VARIABLE} is not set, so the weights of strangers met NO real digits");
        return;
    };
    let digits = Mnist::open(folder).unwrap();
    // "Accuracy 1.0", says its README, of the 5,000 images that it was trained on.
    let seen = digits.train.first(5000);
    assert_eq!(accuracy(&net.classify(&seen.images).unwrap(), &seen.labels).unwrap(), 1.0);
    let said = net.classify(&digits.test.images).unwrap();
    assert_eq!(Some(accuracy(&said, &digits.test.labels).unwrap()), about["test"].as_f64());
    assert_eq!(about["test"], about["as published"]["test"], "halves cost nothing");
    let table = confusion(&said, &digits.test.labels, 10).unwrap();
    let table: Vec<Vec<i64>> = table.rows().into_iter().map(|row| row.to_vec()).collect();
    assert_eq!(serde_json::json!(table), about["confusion"]);
}

/// How many of the test set's images a network reads, in batches of a size.
fn read_in_batches(net: &Network, test: &Digits, size: usize) -> usize {
    let starts = (0..test.len()).step_by(size);
    let right = starts.map(|start| {
        let rows = start..(start + size).min(test.len());
        let said = net.classify(&test.images.slice(s![rows.clone(), ..])).unwrap();
        said.iter().zip(test.labels.slice(s![rows])).filter(|(said, label)| said == label).count()
    });
    right.sum()
}

/// The weights of *Deep Learning from Scratch*, which its third chapter loads and which are not shipped here.
#[test]
fn the_books_weights_read_9352_digits_in_batches_of_every_size() {
    let Some(folder) = std::env::var_os(VARIABLE) else {
        eprintln!("{VARIABLE} is not set, so the book's weights met NO real digits");
        return;
    };
    let path = Path::new(&folder).join("sample_weight.npz");
    if !path.exists() {
        eprintln!("{} is missing, so the book's weights met NO real digits", path.display());
        return;
    }
    let (net, test) = (Network::load(path).unwrap(), Mnist::open(&folder).unwrap().test);
    assert_eq!(net.sizes(), [784, 50, 100, 10]);
    for size in [1, 100, 10_000] {
        assert_eq!(read_in_batches(&net, &test, size), 9352, "batches of {size}");
    }
}

#[test]
fn the_weights_that_come_with_the_crate_read_97_of_100_digits() {
    let net = Network::sample();
    assert_eq!(net.to_string(), "784-50-100-10 network: 45360 parameters, sigmoid, sigmoid, softmax");
    let seven = "*******\n      *\n     *\n    *\n   *\n   *\n";
    assert_eq!(net.classify_drawing(seven).unwrap().digit, 7);
    let Some(folder) = std::env::var_os(VARIABLE) else {
        eprintln!("{VARIABLE} is not set, so the crate's weights met NO real digits");
        return;
    };
    let test = Mnist::open(folder).unwrap().test;
    for size in [1, 100, 10_000] {
        assert_eq!(read_in_batches(&net, &test, size), 9712, "batches of {size}");
    }
}
