//! What each mistake costs, on the real digits, with a network that scikit-learn trained: exactly what NumPy says it
//! costs (tests/fixtures/weights/others.py).
//!
//! In f64, as there, so that no image changes its class by rounding. Without FORWARD_PASS_MNIST nothing is measured,
//! and that is printed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use forward_pass::mnist::VARIABLE;
use forward_pass::prelude::*;

type Wide = Network<f64>;

fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/weights").join(name)
}

/// The network in f64 with `hidden` for its first activation, its biases times `bias`, its arrays in so many bits.
fn network(hidden: Activation, bias: f64, bits: Option<i32>) -> Wide {
    let net = Network::load(fixture("other.npz")).unwrap();
    let rounded = |values: Vec<f64>| {
        let Some(bits) = bits else { return values };
        let step = values.iter().fold(0.0, |most: f64, value| most.max(value.abs())) / f64::from((1 << (bits - 1)) - 1);
        values.iter().map(|value| (value / step).round_ties_even() * step).collect()
    };
    let layers = net.layers().iter().zip([hidden, Activation::Softmax]).map(|(layer, kind)| {
        let weights = rounded(layer.weights().iter().map(|&w| f64::from(w)).collect());
        let weights = Array2::from_shape_vec(layer.weights().dim(), weights).unwrap();
        let biases = rounded(layer.bias().iter().map(|&b| f64::from(b) * bias).collect());
        Layer::new(weights, Array1::from(biases), kind).unwrap()
    });
    Network::new(layers.collect()).unwrap()
}

struct Exam {
    net: Wide,
    /// As they are in the file, 0 to 255.
    raw: Array2<f64>,
    images: Array2<f64>,
    labels: Array1<u8>,
}

impl Exam {
    fn rate(&self, net: &Wide, images: &Array2<f64>) -> f64 {
        accuracy(&net.classify(images).unwrap(), &self.labels).unwrap()
    }

    /// Everything in front of the pixels taken for pixels, and as many fewer at the end.
    fn header_kept(&self) -> Array2<f64> {
        let header = [2051_u32, 10_000, 28, 28].map(u32::to_be_bytes).concat();
        let bytes = header.into_iter().map(f64::from).chain(self.raw.iter().copied());
        Array2::from_shape_vec((10_000, 784), bytes.take(7_840_000).collect()).unwrap() / 255.0
    }

    fn label_header_kept(&self) -> f64 {
        let header = [2049_u32, 10_000].map(u32::to_be_bytes).concat();
        let labels = header.into_iter().chain(self.labels.iter().copied()).take(10_000).collect::<Array1<u8>>();
        accuracy(&self.net.classify(&self.images).unwrap(), &labels).unwrap()
    }

    /// Softmax down the columns of each batch instead of along its rows.
    fn wrong_axis(&self, batch: usize) -> f64 {
        let [hidden, last] = self.net.layers() else { panic!("two layers") };
        let parts = self.images.axis_chunks_iter(Axis(0), batch).map(|part| {
            let a = last.weighted(&hidden.forward(&part).unwrap()).unwrap();
            softmax_axis(&a, 0).unwrap()
        });
        let parts: Vec<Array2<f64>> = parts.collect();
        let views: Vec<_> = parts.iter().map(|part| part.view()).collect();
        accuracy(&ndarray::concatenate(Axis(0), &views).unwrap(), &self.labels).unwrap()
    }

    fn saturated(&self, images: &Array2<f64>) -> f64 {
        let z = self.net.layers()[0].forward(images).unwrap();
        z.iter().filter(|&&z| !(0.01..=0.99).contains(&z)).count() as f64 / z.len() as f64
    }
}

#[test]
fn each_mistake_costs_what_numpy_says() {
    let Some(folder) = std::env::var_os(VARIABLE) else {
        eprintln!("{VARIABLE} is not set, so NO mistake was made on real digits");
        return;
    };
    let test = Mnist::open(folder).unwrap().test;
    let plain = |kind| network(kind, 1.0, None);
    let exam = Exam {
        net: plain(Activation::Sigmoid),
        raw: test.images.mapv(|ink| f64::from((ink * 255.0).round())),
        images: test.images.mapv(f64::from),
        labels: test.labels,
    };
    let (raw, images) = (&exam.raw, &exam.images);
    let swapped = Array2::from_shape_fn(images.dim(), |(n, pixel)| images[[n, pixel % 28 * 28 + pixel / 28]]);
    let rounded = |bits| exam.rate(&network(Activation::Sigmoid, 1.0, Some(bits)), images);
    let ours = BTreeMap::from([
        ("by 256", exam.rate(&exam.net, &(raw / 256.0))),
        ("not normalised", exam.rate(&exam.net, raw)),
        ("mean and deviation", exam.rate(&exam.net, &((raw / 255.0 - 0.1307) / 0.3081))),
        ("transposed", exam.rate(&exam.net, &swapped)),
        ("inverted", exam.rate(&exam.net, &raw.mapv(|ink| 1.0 - ink / 255.0))),
        ("image header kept", exam.rate(&exam.net, &exam.header_kept())),
        ("label header kept", exam.label_header_kept()),
        ("step", exam.rate(&plain(Activation::Step), images)),
        ("tanh", exam.rate(&plain(Activation::Tanh), images)),
        ("relu", exam.rate(&plain(Activation::Relu), images)),
        ("identity", exam.rate(&plain(Activation::Identity), images)),
        ("no biases", exam.rate(&network(Activation::Sigmoid, 0.0, None), images)),
        ("8 bits", rounded(8)),
        ("4 bits", rounded(4)),
        ("2 bits", rounded(2)),
        ("wrong axis, batch 1", exam.wrong_axis(1)),
        ("wrong axis, batch 10", exam.wrong_axis(10)),
        ("wrong axis, batch 100", exam.wrong_axis(100)),
        ("saturated", exam.saturated(images)),
        ("saturated, not normalised", exam.saturated(raw)),
    ]);
    let about: serde_json::Value = serde_json::from_slice(&fs::read(fixture("other.json")).unwrap()).unwrap();
    let theirs = about["mistakes"].as_object().unwrap();
    let theirs: BTreeMap<&str, f64> =
        theirs.iter().map(|(name, rate)| (name.as_str(), rate.as_f64().unwrap())).collect();
    assert_eq!(ours, theirs);
    assert_eq!(about["accuracy"].as_f64(), Some(exam.rate(&exam.net, images)));
}
