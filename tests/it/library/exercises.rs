//! The checks of the exercises: rounding passes, in f32 too; nothing that a learner writes makes them fail themselves.

use forward_pass::prelude::*;

fn first_lines(verdict: &forward_pass::exercise::Verdict, count: usize) -> String {
    verdict.to_string().lines().take(count).collect::<Vec<_>>().join("\n")
}

#[test]
fn answers_in_f32_are_right() {
    let forward = |x: &Array2<f32>, layers: &[(Array2<f32>, Array1<f32>)]| -> Result<Array2<f32>> {
        layers.iter().try_fold(x.clone(), |z, (w, b)| Ok(sigmoid(&(dot(&z, w)? + b))))
    };
    let loss = |y: &Array2<f32>, labels: &Array1<u8>| -> f32 {
        let losses = y.rows().into_iter().zip(labels).map(|(row, &label)| -row[usize::from(label)].ln());
        losses.sum::<f32>() / labels.len() as f32
    };
    let nearest = |x: &Array2<f32>, means: &Array2<f32>| -> Array1<usize> {
        let nearness = |row: &ndarray::ArrayView1<f32>, at: usize| {
            row.dot(&means.row(at)) - means.row(at).dot(&means.row(at)) / 2.0
        };
        let best = |row: ndarray::ArrayView1<f32>| {
            (0..means.nrows()).fold(0, |best, at| if nearness(&row, at) > nearness(&row, best) { at } else { best })
        };
        x.rows().into_iter().map(best).collect()
    };
    let verdicts = [
        check::perceptron(|x: &Array1<f32>, w: &Array1<f32>, b: f32| step((x * w).sum() + b)),
        check::logit(|p: f32| -(1.0 / p - 1.0).ln()),
        check::my_tanh(|x: f32| x.tanh()),
        check::clipped(|x: f32| x.clamp(0.0, 6.0)),
        check::total_error(|a: &Array1<f32>, b: &Array2<f32>| (a - &b.column(0)).mapv(f32::abs).sum()),
        check::my_forward(forward),
        check::log_sum_exp(|x: &Array1<f32>| logsumexp(x, All)),
        check::softmax_rows(|x: &Array2<f32>| softmax(x)),
        check::cross_entropy(loss),
        check::nearest(nearest),
    ];
    for verdict in verdicts {
        assert!(verdict.is_solved(), "{verdict}");
    }
}

#[test]
fn a_wrong_shape_an_error_and_a_panic_are_counter_examples() {
    let shape = check::softmax_rows(|x: &Array2<f64>| x.row(0).to_owned());
    assert_eq!(
        first_lines(&shape, 9),
        "not yet: 118 of 118 inputs differ, here is the smallest\n\
         input:  x = array([[0.]])\n\
         yours:  array([0.])\n\
         wanted: array([[1.]])\n\
         hint:   the shapes differ: yours is (1,), wanted is (1, 1)"
    );
    let error =
        check::my_forward(|x: &Array2<f64>, _: &[(Array2<f64>, Array1<f64>)]| dot(x, &Array2::<f64>::zeros((99, 1))));
    assert!(error.to_string().contains("yours:  the error `cannot multiply"), "{error}");
    let panic = check::clipped(|x: f64| if x > 6.0 { panic!("too large") } else { relu(x) });
    assert!(panic.to_string().contains("\nyours:  the panic `too large`\n"), "{panic}");
    let to_do = check::clipped(|_: f64| -> f64 { panic!("not yet implemented") });
    assert_eq!(to_do.to_string(), "not yet: write your code in the place of `todo!()`, then check again");
}

#[test]
fn the_smallest_counter_example_is_shown() {
    let verdict = check::perceptron(|x: &Array1<f64>, w: &Array1<f64>, b: f64| i64::from((x * w).sum() + b >= 0.0));
    assert_eq!(
        verdict.to_string(),
        "not yet: 9 of 116 inputs differ, here is the smallest\n\
         input:  x = array([0.])\n        w = array([-2.])\n        b = 0.0\nyours:  1\nwanted: 0\n\
         hint:   the step is strict: a sum of exactly 0 is a no, so compare with `>`"
    );
}

#[test]
fn a_check_is_the_same_twice() {
    let once = || check::recall(|table: &Array2<i64>| table.diag().to_owned()).to_string();
    assert_eq!(once(), once());
}

#[test]
fn a_function_that_never_returns_is_left_to_itself() {
    let verdict = check::clipped(|x: f64| {
        if x == 1.0 {
            loop {
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
        }
        x.clamp(0.0, 6.0)
    });
    assert!(verdict.to_string().contains("yours:  no answer within 20 seconds"), "{verdict}");
}

#[test]
fn the_newer_checks_accept_f32_too() {
    let two = |x: &Array2<f32>, (w1, b1): (&Array2<f32>, &Array1<f32>), (w2, b2): (&Array2<f32>, &Array1<f32>)| {
        let z1 = sigmoid(&(dot(x, w1)? + b1));
        Result::Ok(sigmoid(&(dot(&z1, w2)? + b2)))
    };
    let flat = |z: &Array2<f32>| z.iter().filter(|z| **z < 0.01 || **z > 0.99).count() as f32 / z.len() as f32;
    let verdicts = [
        check::border(|w1: f32, w2: f32, b: f32, x1: f32| -(w1 * x1 + b) / w2),
        check::log_sigmoid(|x: f32| if x < 0.0 { x - x.exp().ln_1p() } else { -(-x).exp().ln_1p() }),
        check::my_product(|x: &Array2<f32>, w: &Array2<f32>| x.dot(w)),
        check::silent(|a: &Array2<f32>| a.columns().into_iter().filter(|it| it.iter().all(|v| *v <= 0.0)).count()),
        check::two_layers(two),
        check::temperature(|x: &Array1<f32>, t: f32| softmax(&(x / t))),
        check::saturated(flat),
        check::flatten(|image: &Array2<f32>| image.iter().copied().collect::<Array1<f32>>()),
    ];
    for verdict in verdicts {
        assert!(verdict.is_solved(), "{verdict}");
    }
}

#[test]
fn a_prediction_is_shown_without_the_right_answer() {
    assert_eq!(
        check::edges([0, 0, 0, 0, 0, 1]).to_string(),
        "not yet: 1 of 6 predictions differs, here is the first\n\
         input:  x = 1e-300\n\
         yours:  0\n\
         hint:   1e-300 is a tiny number, and above zero all the same"
    );
    let nearly = check::chain([(5, 4), (4, 6), (6, 3)], [4, 6, 2]).to_string();
    assert!(nearly.contains("\ninput:  weights of layer 3\n") && !nearly.contains("wanted"), "{nearly}");
}

#[test]
fn an_answer_that_ran_and_is_not_right_is_drawn_where_looking_helps() {
    let drawn = |verdict: &forward_pass::exercise::Verdict| {
        let kinds: Vec<_> = verdict.cell_parts().into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds.last(), Some(&"text/plain"));
        // Where there is a picture, Jupyter shows no plain text: the words stand above it.
        assert_eq!(verdict.cell_heading(), verdict.figure().map(|_| verdict.to_string()));
        assert_eq!((&verdict).cell_heading(), verdict.cell_heading());
        verdict.figure().map(Figure::to_string)
    };
    let curve = check::clipped(|x: f64| relu(x));
    assert_eq!(drawn(&curve).as_deref(), Some("<Figure 480x320 with 1 Axes>"));
    let regions = check::nand(1.0, 1.0, -1.5);
    assert_eq!(drawn(&regions).as_deref(), Some("<Figure 400x400 with 1 Axes>"));
    // Wrong at 800 only, where no picture reaches.
    assert_eq!(drawn(&check::my_tanh(|x: f64| (x.exp() - (-x).exp()) / (x.exp() + (-x).exp()))), None);
    // Not where nothing ran, nothing is wrong, or the shapes make no network.
    assert_eq!(drawn(&check::clipped(|_: f64| -> f64 { panic!("not yet implemented") })), None);
    assert_eq!(drawn(&check::clipped(|x: f64| x.clamp(0.0, 6.0))), None);
    assert_eq!(drawn(&check::xor(&array![[1.0, 1.0]], &array![0.0, 0.0], &array![1.0, 1.0], 0.0)), None);
}
