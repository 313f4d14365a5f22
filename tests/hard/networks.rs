//! Layers, networks, training, digits, and files with arbitrary content.

use std::hint::black_box;

use forward_pass::mnist::idx;
use forward_pass::prelude::*;
use forward_pass::train::gradient;

use crate::draw::Draw;

const KINDS: [Activation; 6] = [
    Activation::Step,
    Activation::Sigmoid,
    Activation::Relu,
    Activation::Tanh,
    Activation::Identity,
    Activation::Softmax,
];

pub fn networks(draw: &mut Draw) {
    draw.now("Layer");
    let layers: Vec<Layer<f32>> =
        (0..draw.below(3)).filter_map(|_| Layer::new(draw.matrix(), draw.vector(), draw.one(&KINDS)).ok()).collect();
    let x = draw.matrix::<f32>();
    for layer in &layers {
        black_box((layer.forward(&x).is_ok(), layer.weighted(&x).is_ok(), layer.activate(&x), layer.to_string()));
        black_box((layer.weights(), layer.bias(), layer.activation().name(), layer.inputs(), layer.outputs()));
    }
    black_box(Network::new(layers).is_ok());
    draw.now("untrained networks");
    let sizes: Vec<usize> = (0..draw.below(4)).map(|_| draw.size()).collect();
    let starts = [Network::untrained(&sizes, 1), Network::he(&sizes, u64::MAX), Network::xavier(&sizes, 0)];
    for net in starts.into_iter().flatten() {
        used(draw, &net, &x);
    }
    draw.now("the chapter's network");
    let net = Network::chapter();
    let x = draw.matrix::<f64>();
    black_box((net.forward(&x).is_ok(), net.classify(&x).is_ok(), net.trace(&draw.vector::<f64>()).is_ok()));
    taught(draw);
}

fn used(draw: &mut Draw, net: &Network, x: &Array2<f32>) {
    draw.now("a network's functions");
    let inputs = net.sizes()[0];
    let fitting = Array2::from_shape_simple_fn((draw.size(), inputs), || crate::draw::Hard::hard(draw));
    for x in [x, &fitting] {
        black_box((net.forward(x).is_ok(), net.predict(x).is_ok(), net.classify(x).is_ok()));
        if let Ok(trace) = net.trace(x) {
            let last = draw.one(&[0, 1, 2, usize::MAX]);
            black_box((
                trace.layers(),
                trace.a(last),
                trace.z(last),
                trace.activation(last),
                trace.y(),
                trace.cell_text(),
            ));
        }
    }
    black_box((net.layers().len(), net.parameters(), net.to_string(), plot_network(net).to_svg()));
    let kinds: Vec<Activation> = (0..draw.below(4)).map(|_| draw.one(&KINDS)).collect();
    black_box((net.with_activations(&kinds).is_ok(), net.save("no-such-folder/w.npz").is_ok(), net.save("/").is_ok()));
    black_box(draw.word().parse::<Activation>().is_ok());
}

fn taught(draw: &mut Draw) {
    draw.now("Digits");
    let count = draw.size();
    let images = Array2::from_shape_simple_fn((count, 784), || crate::draw::Hard::hard(draw));
    let labels: Array1<u8> = (0..draw.one(&[count, count, count, 1])).map(|_| draw.below(12) as u8).collect();
    black_box((
        one_hot(&labels, draw.size()).is_ok(),
        accuracy(&labels, &labels).is_ok(),
        accuracy(&images, &labels).is_ok(),
        confusion(&labels, &labels, 10).is_ok(),
        confusion(&images, &labels, usize::MAX).is_ok(),
    ));
    let drawn = Mnist::drawn(draw.below(4), draw.below(4), draw.bits());
    black_box((drawn.is_drawn(), drawn.cell_text()));
    let mut digits = match Digits::new(images, labels) {
        Ok(digits) if draw.below(2) == 0 => digits,
        _ => drawn.train,
    };
    let place = draw.one(&[0, 1, usize::MAX]);
    black_box((digits.len(), digits.is_empty(), digits.image(place).is_ok(), digits.first(place).len()));
    black_box((digits.select(&[place, 0]).is_ok(), digits.cell_text()));
    digits.shuffle(draw.bits());
    let size = draw.size();
    if let Ok(batch) = digits.next_batch(size) {
        black_box((batch.one_hot().is_ok(), digits.batches(size, 1).map(|mut all| all.next_batch().is_some()).is_ok()));
    }
    draw.now("Training");
    let rate = draw.one(&[0.0, -1.0, 0.1, 1e30, f64::NAN, f64::INFINITY]);
    let training = if draw.below(2) == 0 { Training::sgd(rate) } else { Training::adam(rate) };
    let training = training.momentum(draw.one(&[0.0, 0.9, 1.0, f64::NAN])).epochs(draw.below(3)).batch(draw.size());
    let training = training.seed(draw.bits()).threads(draw.one(&[0, 1, 2, usize::MAX]));
    let Ok(mut net) = Network::untrained(draw.one(&[&[784, 3, 10], &[784, 2, 5], &[3, 10, 10]]), 1) else { return };
    black_box((gradient(&net, &digits).is_ok(), training.fit(&mut net, &digits).is_ok()));
    let watched = training.fit_watched(&mut net, &digits, |progress| {
        black_box((progress.loss(), progress.accuracy(), progress.ends_epoch(), progress.to_string()));
    });
    if let Ok(history) = watched {
        black_box((history.losses(), history.epochs().len(), history.cell_text()));
    }
}

/// Arbitrary bytes under the name of a known format.
pub fn files(draw: &mut Draw) {
    let mut bytes: Vec<u8> = match draw.below(6) {
        0 => vec![0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 28],
        1 => vec![0, 0, 8, 1, 0xff, 0xff, 0xff, 0xff],
        2 => include_bytes!("../fixtures/weights/compressed.npz").to_vec(),
        3 => include_bytes!("../fixtures/weights/f16.safetensors").to_vec(),
        4 => Figure::new().to_png(0.1).unwrap_or_default(),
        _ => Vec::new(),
    };
    for _ in 0..draw.below(6) {
        let place = draw.below(bytes.len() + 1);
        match draw.below(3) {
            0 => bytes.truncate(place),
            1 => bytes.insert(place, draw.bits() as u8),
            _ => bytes.iter_mut().skip(place).take(1).for_each(|byte| *byte ^= 1 << (place % 8)),
        }
    }
    draw.now("images and labels");
    black_box((idx::images(&bytes[..], "a").is_ok(), idx::labels(&bytes[..], "b").is_ok()));
    let folder = tempfile::tempdir().unwrap();
    for name in ["w.npz", "digit.png", "train-images-idx3-ubyte.gz"] {
        std::fs::write(folder.path().join(name), &bytes).unwrap();
    }
    draw.now("load");
    black_box((Network::load(folder.path().join("w.npz")).is_ok(), Network::from_bytes(&bytes).is_ok()));
    draw.now("bytes of a data set");
    black_box(Mnist::from_bytes((&bytes, &bytes), (&bytes, &[])).is_ok());
    draw.now("read_png and classify_png");
    let picture = folder.path().join("digit.png");
    let net = Network::untrained(&[784, 10], 1).unwrap();
    black_box((read_png(&picture).is_ok(), net.classify_png(&picture).map(|reading| reading.to_string()).is_ok()));
    black_box(classify_png("no such file").is_ok());
    draw.now("read_image and classify_image");
    let image = draw.matrix::<f32>();
    black_box((read_image(&image).is_ok(), net.classify_image(&image).is_ok(), net.to_bytes().len()));
    draw.now("read_drawing and classify_drawing");
    let drawing = String::from_utf8_lossy(&bytes);
    black_box((read_drawing(&drawing).is_ok(), net.classify_drawing(&drawing).is_ok()));
    draw.now("plot_reading");
    let reading = Reading { digit: draw.size(), probabilities: draw.vector(), image: draw.vector() };
    black_box((reading.to_string(), plot_reading(&reading).to_svg(), reading.cell_text()));
    draw.now("open");
    black_box(Mnist::open(folder.path()).is_ok());
    draw.now("sample");
    if draw.below(2000) == 0 {
        black_box(Mnist::sample().train.len());
    }
}
