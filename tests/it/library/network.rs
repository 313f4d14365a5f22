//! The chapter's 3-2-3-1 network, right and wrong, against what NumPy computed.
//!
//! Printing is not tested here: numbers are compared to eight digits, as the chapter shows them.

use forward_pass::prelude::*;

fn digits(values: impl IntoIterator<Item = f64>) -> Vec<String> {
    values.into_iter().map(|value| format!("{value:.8}")).collect()
}

#[test]
fn the_chapter_network_says_what_numpy_says_in_both_shapes() {
    let net = Network::chapter();
    let single = net.forward(&array![1.0, 1.0, 1.0]).unwrap();
    assert_eq!((single.shape(), digits(single.clone())), (&[1][..], vec!["0.74614674".to_string()]));
    let batch = net.forward(&array![[1.0, 1.0, 1.0]]).unwrap();
    assert_eq!((batch.shape(), digits(batch.clone())), (&[1, 1][..], vec!["0.74614674".to_string()]));
}

#[test]
fn the_trace_holds_every_value() {
    let trace = Network::chapter().trace(&array![1.0, 1.0, 1.0]).unwrap();
    let all: Vec<Vec<String>> =
        (1..=3).flat_map(|k| [trace.a(k), trace.z(k)]).map(|values| digits(values.unwrap().clone())).collect();
    let expected: [&[&str]; 6] = [
        &["2.40000000", "1.40000000"],
        &["0.91682730", "0.80218389"],
        &["0.83342984", "0.73233790", "1.11885043"],
        &["0.69707966", "0.67531810", "0.75377542"],
        &["1.07816588"],
        &["0.74614674"],
    ];
    assert_eq!(all, expected);
    assert_eq!((trace.layers(), trace.a(0), trace.z(4)), (3, None, None));
    assert_eq!(trace.activation(1), Some(Activation::Sigmoid));
}

#[test]
fn the_trace_prints_as_the_chapter_does() {
    let trace = Network::chapter().trace(&array![1.0, 1.0, 1.0]).unwrap();
    let expected = "\
a1 [2.4 1.4]
z1 [0.9168273  0.80218389]
a2 [0.83342984 0.7323379  1.11885043]
z2 [0.69707966 0.6753181  0.75377542]
a3 [1.07816588]
y [0.74614674]";
    assert_eq!(trace.to_string(), expected);
}

/// Which layers read what the one before had before its activation.
fn miswired(second_reads_a: bool, third_reads_a: bool) -> String {
    let net = Network::chapter();
    let [l1, l2, l3] = net.layers() else { panic!("three layers") };
    let a1 = l1.weighted(&array![1.0, 1.0, 1.0]).unwrap();
    let a2 = l2.weighted(&if second_reads_a { a1 } else { l1.activate(&a1) }).unwrap();
    let a3 = l3.weighted(&if third_reads_a { a2 } else { l2.activate(&a2) }).unwrap();
    format!("{:.8}", l3.activate(&a3)[0])
}

#[test]
fn every_miswiring_gives_its_own_wrong_answer() {
    assert_eq!(miswired(false, false), "0.74614674");
    assert_eq!(miswired(true, true), "0.86247495");
    assert_eq!(miswired(false, true), "0.78088016");
    assert_eq!(miswired(true, false), "0.76300062");
}

#[test]
fn two_linear_layers_are_one() {
    let linear = |weights, bias| Layer::new(weights, bias, Activation::Identity).unwrap();
    let first = linear(array![[0.1, 0.2, 0.3], [0.5, 0.6, 0.3]], array![1.0, 1.0, 1.0]);
    let second = linear(array![[0.1], [0.2], [0.3]], array![0.1]);
    let product = first.weights().dot(second.weights());
    let bias = first.bias().dot(second.weights()) + second.bias();
    assert_eq!(digits(product.clone()), ["0.14000000", "0.26000000"]);
    let one = Network::new(vec![linear(product, bias)]).unwrap();
    let two = Network::new(vec![first, second]).unwrap();
    let x = array![1.0, 2.0];
    assert_eq!(digits(two.forward(&x).unwrap()), ["1.36000000"]);
    assert_eq!(digits(one.forward(&x).unwrap()), ["1.36000000"]);
}

#[test]
fn a_batch_answers_as_its_rows_do_to_the_last_bit() {
    let net = Network::untrained(&[784, 50, 100, 10], 3).unwrap();
    let images = Mnist::drawn(137, 0, 9).train.images;
    let all = net.forward(&images).unwrap();
    for size in [1, 2, 7, 32, 64, 100] {
        for (index, rows) in images.axis_chunks_iter(Axis(0), size).enumerate() {
            let end = (index * size + size).min(137);
            assert_eq!(net.forward(&rows).unwrap(), all.slice(s![index * size..end, ..]), "batches of {size}");
        }
    }
    assert_eq!(net.forward(&images.row(5)).unwrap(), all.row(5));
}

#[test]
fn views_columns_and_turned_arrays_are_read_right() {
    let net = Network::chapter();
    let wide = array![[1.0, 0.0], [1.0, 0.0], [1.0, 0.0]];
    assert_eq!(digits(net.forward(&wide.column(0)).unwrap()), ["0.74614674"]);
    assert_eq!(digits(net.forward(&wide.t()).unwrap().column(0).to_owned())[0], "0.74614674");
    let turned =
        Layer::new(array![[0.3, 0.6, 0.5], [0.1, 0.1, 0.2]].reversed_axes(), array![1.0, 1.0], Activation::Identity);
    assert_eq!(digits(turned.unwrap().forward(&array![1.0, 1.0, 1.0]).unwrap()), ["2.40000000", "1.40000000"]);
}

#[test]
fn activations_by_hand() {
    let act = |kind, values: Array1<f64>| {
        let n = values.len();
        Layer::new(Array2::zeros((1, n)), Array1::zeros(n), kind).unwrap().activate(&values)
    };
    assert_eq!(act(Activation::Step, array![-1.0, 0.0, -0.0, f64::NAN, 0.1]), array![0.0, 0.0, 0.0, 0.0, 1.0]);
    assert_eq!(act(Activation::Relu, array![-1.0, 0.0, 2.0]), array![0.0, 0.0, 2.0]);
    assert!(act(Activation::Relu, array![f64::NAN])[0].is_nan());
    assert_eq!(act(Activation::Softmax, array![1000.0, 1001.0, 2000.0]), array![0.0, 0.0, 1.0]);
    assert_eq!(act(Activation::Sigmoid, array![-800.0, 0.0, 800.0]), array![0.0, 0.5, 1.0]);
    assert_eq!(act(Activation::Tanh, array![0.0]), array![0.0]);
}

#[test]
fn what_does_not_fit_is_refused_with_both_shapes() {
    let error = Network::chapter().forward(&array![1.0, 2.0]).unwrap_err().to_string();
    assert_eq!(
        error,
        "cannot feed (2,) to weights (3, 2): the inner sizes 2 and 3 differ\n\
         help: each input must have 3 values, with the batch along the first axis"
    );
    let error = Layer::new(Array2::<f32>::zeros((2, 3)), Array1::zeros(2), Activation::Step).unwrap_err().to_string();
    assert_eq!(
        error,
        "weights of shape (2, 3) need a bias of shape (3,), not (2,)\n\
         help: a weight matrix has one row for each input and one column for each output"
    );
    let layer = |rows, columns| {
        Layer::new(Array2::<f64>::zeros((rows, columns)), Array1::zeros(columns), Activation::Step).unwrap()
    };
    let error = Network::new(vec![layer(3, 2), layer(4, 1)]).unwrap_err().to_string();
    assert_eq!(error, "layer 1 gives 2 values and layer 2 takes 4\nhelp: W2 needs 2 rows, one for each column of W1");
    let error = Network::<f32>::new(vec![]).unwrap_err().to_string();
    assert_eq!(error, "a network cannot have 0 layers\nhelp: give it at least one layer: `Network::new(vec![layer])`");
    assert!(Network::untrained(&[784], 1).is_err());
    assert!(Network::untrained(&[784, 0, 10], 1).is_err());
}

#[test]
fn an_untrained_network_guesses() {
    let digits = Mnist::sample();
    let rates: Vec<f64> = (1..=5)
        .map(|seed| {
            let net = Network::untrained(&[784, 50, 100, 10], seed).unwrap();
            accuracy(&net.classify(&digits.test.images).unwrap(), &digits.test.labels).unwrap()
        })
        .collect();
    assert!(rates.iter().all(|rate| (0.04..0.20).contains(rate)), "{rates:?}");
}
