//! Learning: right slopes, the same weights every time, and a clear word when it fails.
//!
//! The digits are drawn. Accuracies are bounded, not pinned: they end long sums whose last bits differ by processor.

use forward_pass::prelude::*;
use forward_pass::train::gradient;

const DEEP: [usize; 4] = [784, 50, 100, 10];

fn net_of(hidden: Activation, seed: u64) -> Network {
    let start = Network::untrained(&[784, 7, 6, 10], seed).unwrap();
    let layers = start.layers().iter().enumerate().map(|(index, layer)| {
        let kind = if index < 2 { hidden } else { Activation::Softmax };
        Layer::new(layer.weights().clone(), layer.bias().clone(), kind).unwrap()
    });
    Network::new(layers.collect()).unwrap()
}

/// The loss in f64, straight from its definition.
fn loss(net: &Network<f64>, digits: &Digits) -> f64 {
    let p = net.forward(&digits.images.mapv(f64::from)).unwrap();
    let total: f64 = p.rows().into_iter().zip(&digits.labels).map(|(p, &t)| -p[usize::from(t)].ln()).sum();
    total / digits.len() as f64
}

/// The same network in f64, with one number of layer k moved.
fn moved(net: &Network, k: usize, place: Option<(usize, usize)>, output: usize, by: f64) -> Network<f64> {
    let layers = net.layers().iter().enumerate().map(|(index, layer)| {
        let (mut w, mut b) = (layer.weights().mapv(f64::from), layer.bias().mapv(f64::from));
        match place {
            Some(place) if index == k => w[place] += by,
            None if index == k => b[output] += by,
            _ => {}
        }
        Layer::new(w, b, layer.activation()).unwrap()
    });
    Network::new(layers.collect()).unwrap()
}

#[test]
fn every_slope_is_what_moving_the_weight_says() {
    let digits = Mnist::drawn(12, 0, 4).train;
    for kind in [Activation::Sigmoid, Activation::Tanh, Activation::Relu, Activation::Identity] {
        let net = net_of(kind, 3);
        let slopes = gradient(&net, &digits).unwrap();
        assert!((slopes.loss - loss(&moved(&net, 9, None, 0, 0.0), &digits)).abs() < 1e-5);
        for k in 0..3 {
            let (rows, columns) = slopes.weights[k].dim();
            for place in [(0, 0), (rows / 2, columns / 2), (rows / 2 + 1, columns - 1), (rows - 1, 0)] {
                let by = |step| loss(&moved(&net, k, Some(place), 0, step), &digits);
                let measured = (by(1e-5) - by(-1e-5)) / 2e-5;
                let ours = f64::from(slopes.weights[k][place]);
                assert!(
                    (measured - ours).abs() < 1e-5 + 1e-3 * ours.abs(),
                    "{kind} W{} {place:?}: {ours} {measured}",
                    k + 1
                );
            }
            for output in [0, columns - 1] {
                let by = |step| loss(&moved(&net, k, None, output, step), &digits);
                let measured = (by(1e-5) - by(-1e-5)) / 2e-5;
                let ours = f64::from(slopes.bias[k][output]);
                assert!((measured - ours).abs() < 1e-5 + 1e-3 * ours.abs(), "{kind} b{}: {ours} {measured}", k + 1);
            }
        }
    }
}

#[test]
fn a_pixel_that_is_never_inked_moves_no_weight() {
    let digits = Mnist::drawn(5, 0, 4).train;
    let slopes = gradient(&net_of(Activation::Sigmoid, 3), &digits).unwrap();
    assert!(digits.images.column(0).iter().all(|&pixel| pixel == 0.0));
    assert!(slopes.weights[0].row(0).iter().all(|&slope| slope == 0.0));
}

fn trained(training: Training, sizes: &[usize], digits: &Mnist) -> Network {
    let mut net = Network::untrained(sizes, 1).unwrap();
    training.fit(&mut net, &digits.train).unwrap();
    net
}

#[test]
fn one_seed_gives_the_same_weights_whatever_the_threads() {
    let digits = Mnist::drawn(2500, 0, 1);
    // Batches of 1,250 through 1,300 neurons, 1.3 billion multiplications, are enough for several threads.
    let wide = [784, 1300, 10];
    for training in [Training::sgd(0.3).momentum(0.9), Training::adam(0.01)] {
        let run = |threads| trained(training.clone().epochs(1).batch(1250).threads(threads), &wide, &digits);
        let one = run(1);
        assert_eq!(one, run(1));
        assert_eq!(one, run(2));
        assert_eq!(one, run(3));
        assert_ne!(one, trained(training.clone().epochs(1).batch(1250).seed(2), &wide, &digits));
    }
}

#[test]
fn three_layers_read_the_drawn_digits_and_one_layer_reads_them_worse() {
    let digits = Mnist::sample();
    let training = Training::sgd(0.5).momentum(0.9).epochs(8);
    let rate = |sizes: &[usize]| {
        let net = trained(training.clone(), sizes, &digits);
        accuracy(&net.classify(&digits.test.images).unwrap(), &digits.test.labels).unwrap()
    };
    let (linear, deep) = (rate(&[784, 10]), rate(&DEEP));
    assert!((0.95..0.995).contains(&deep), "three layers: {deep}");
    assert!((0.80..0.93).contains(&linear), "one layer: {linear}");
}

#[test]
fn a_loss_that_is_no_number_stops_with_a_reason() {
    let digits = Mnist::drawn(200, 0, 1);
    let start = net_of(Activation::Relu, 1);
    let mut net = start.clone();
    let error = Training::sgd(1e20).fit(&mut net, &digits.train).unwrap_err().to_string();
    assert!(
        error.starts_with("training stopped at epoch 1, step 2 of 2: the loss is NaN; before, it was 2."),
        "{error}"
    );
    assert!(error.ends_with("help: the steps are too long: try a learning rate of 1e19 instead of 1e20"), "{error}");
    assert_eq!(net, start, "the weights before the bad epoch");

    let mut blot = digits.train.clone();
    blot.images[[7, 300]] = f32::NAN;
    let error = Training::sgd(0.1).batch(200).fit(&mut net, &blot).unwrap_err().to_string();
    assert_eq!(
        error,
        "training stopped at epoch 1, step 1 of 1: the loss is NaN; it was never finite\n\
         help: an image has a value that is not a number: clean the images first"
    );
}

/// No loss comes after the last step that would show what it did.
#[test]
fn a_last_step_that_breaks_the_weights_is_seen() {
    let digits = Mnist::drawn(200, 0, 1).train;
    let start = net_of(Activation::Sigmoid, 1);
    let mut net = start.clone();
    let mut said = |digits: &Digits, rate| {
        let error = Training::sgd(rate).batch(200).epochs(1).fit(&mut net, digits).unwrap_err();
        assert_eq!(net, start, "the weights before");
        error.to_string()
    };
    let stopped = "training stopped at the end of epoch 1: a weight is no longer finite";
    let help = "the steps are too long: try a learning rate of 1e299 instead of 1e300";
    assert_eq!(said(&digits, 1e300), format!("{stopped}\nhelp: {help}"));
    let mut blot = digits.clone();
    blot.images[[7, 300]] = f32::INFINITY;
    let help = "an image has a value that is not a number: clean the images first";
    assert_eq!(said(&blot, 0.1), format!("{stopped}\nhelp: {help}"));
}

fn refusal(training: Training, net: &Network) -> String {
    training.fit(&mut net.clone(), &Mnist::drawn(10, 0, 1).train).unwrap_err().to_string()
}

#[test]
fn what_cannot_learn_is_refused() {
    let net = Network::untrained(&[784, 10], 1).unwrap();
    let with = |kind| {
        let layer = &net.layers()[0];
        Network::new(vec![Layer::new(layer.weights().clone(), layer.bias().clone(), kind).unwrap()]).unwrap()
    };
    let good = || Training::sgd(0.1).batch(10);
    assert_eq!(refusal(good().epochs(0), &net), "training for 0 epochs\nhelp: choose at least 1");
    let nothing = good().fit(&mut net.clone(), &Mnist::drawn(1, 0, 1).train.first(0)).unwrap_err().to_string();
    assert_eq!(nothing, "training with 0 digits\nhelp: give it at least one: `digits.first(100)`");
    assert_eq!(refusal(Training::sgd(0.1), &net), "a batch of 100 from 10 digits\nhelp: take 1 to 10");
    assert!(refusal(Training::sgd(-1.0).batch(10), &net).starts_with("a learning rate of -1\n"));
    assert!(refusal(Training::adam(f64::NAN).batch(10), &net).starts_with("a learning rate of NaN\n"));
    assert!(refusal(good().momentum(1.0), &net).starts_with("a momentum of 1\n"));
    assert_eq!(
        refusal(good(), &with(Activation::Sigmoid)),
        "layer 1, the last, is sigmoid, not softmax\nhelp: cross-entropy needs probabilities"
    );
    assert!(
        refusal(good(), &net_of(Activation::Step, 1))
            .starts_with("layer 1 is a step function, which has no gradient\n")
    );
    assert!(refusal(good(), &Network::untrained(&[28, 10], 1).unwrap()).starts_with("the network takes 28 values"));
    assert!(refusal(good(), &Network::untrained(&[784, 5], 1).unwrap()).contains("is out of range for 5 outputs"));
}

#[test]
fn progress_and_history_say_the_same_in_words() {
    let digits = Mnist::drawn(250, 0, 1);
    let mut net = Network::untrained(&[784, 10], 1).unwrap();
    let mut lines = Vec::new();
    let history =
        Training::adam(0.01).epochs(2).fit_watched(&mut net, &digits.train, |p| lines.push(p.to_string())).unwrap();
    assert_eq!((lines.len(), history.losses().len(), history.epochs().len()), (6, 6, 2));
    assert!(lines[0].starts_with("epoch 1/2 [######--------------] loss "), "{}", lines[0]);
    assert!(lines[5].starts_with("epoch 2/2 [####################] loss "), "{}", lines[5]);
    let last = history.epochs()[1];
    assert!(lines[5].ends_with(&format!("loss {:.4}, accuracy {:.4}", last.loss, last.accuracy)));
    assert!(history.to_string().starts_with(&format!("epoch 1   loss {:.4}   accuracy ", history.epochs()[0].loss)));
}
