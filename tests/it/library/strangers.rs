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
