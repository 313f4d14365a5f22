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
