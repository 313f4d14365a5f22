//! What the library computes and refuses, against the behaviour cases of the judge (`tests/numpy/behaviour.py`).

use forward_pass::error::Result;
use forward_pass::prelude::*;
use forward_pass::shape::{Averaged, Float, Number};
use serde_json::Value;

use super::cases::{parsed, shape_of, text};
use super::stored::{self, Disagreement};

#[test]
fn every_behaviour_case_gives_what_numpy_gives() {
    let cases = stored::cases("behaviour");
    assert!(cases.len() >= 1000, "only {} cases", cases.len());
    stored::judge("behaviour", &cases, |case| {
        let (ours, numpys) = (answer(case), numpys(case));
        if ours == numpys { Ok(()) } else { Err(Disagreement { ours, numpys }) }
    });
}

/// NumPy's refusals are told apart from answers; our own words are pinned in a test below.
fn numpys(case: &Value) -> String {
    case["e"].as_str().map(|_| "refused".to_owned()).unwrap_or_else(|| {
        let shape: Vec<usize> = case["rs"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap() as usize).collect();
        let words: Vec<&str> = text(case, "r").split_whitespace().collect();
        match text(case, "rd") {
            "f8" => told(shape, "float64", words.iter().map(|word| parsed::<f64>(word))),
            "f4" => told(shape, "float32", words.iter().map(|word| parsed::<f32>(word))),
            "i8" => told(shape, "int64", words.iter().map(|word| parsed::<i64>(word))),
            "i4" => told(shape, "int32", words.iter().map(|word| parsed::<i64>(word))),
            "i2" => told(shape, "int16", words.iter().map(|word| parsed::<i64>(word))),
            "i1" => told(shape, "int8", words.iter().map(|word| parsed::<i64>(word))),
            "u8" => told(shape, "uint64", words.iter().map(|word| parsed::<u64>(word))),
            "u4" => told(shape, "uint32", words.iter().map(|word| parsed::<u64>(word))),
            "u2" => told(shape, "uint16", words.iter().map(|word| parsed::<u64>(word))),
            "u1" => told(shape, "uint8", words.iter().map(|word| parsed::<u64>(word))),
            other => panic!("no dtype {other}"),
        }
    })
}

/// Shape, dtype and every element, digit by digit and with its sign; all NaNs are one.
fn told<T: std::fmt::Debug>(shape: Vec<usize>, dtype: &str, elements: impl Iterator<Item = T>) -> String {
    format!("{shape:?} {dtype} {:?}", elements.collect::<Vec<_>>())
}

fn outcome<T: Number>(result: Result<ArrayD<T>>) -> String {
    result.map_or("refused".to_owned(), |array| told(array.shape().to_vec(), T::DTYPE, array.iter().copied()))
}

fn answer(case: &Value) -> String {
    match text(case, "d") {
        _ if text(case, "f") == "arange" => match text(case, "d") {
            "i1" => ranged::<i8>(case),
            "i4" => ranged::<i32>(case),
            "i8" => ranged::<i64>(case),
            "u1" => ranged::<u8>(case),
            "u8" => ranged::<u64>(case),
            "f4" => ranged::<f32>(case),
            _ => ranged::<f64>(case),
        },
        first if case["d2"].is_string() => mixed(case, first, text(case, "d2")),
        "i1" => of::<_, i8>(case),
        "i2" => of::<_, i16>(case),
        "i4" => of::<_, i32>(case),
        "i8" => of::<_, i64>(case),
        "u1" => of::<_, u8>(case),
        "u2" => of::<_, u16>(case),
        "u4" => of::<_, u32>(case),
        "u8" => of::<_, u64>(case),
        "f4" => of::<_, f32>(case),
        "f8" if text(case, "f") == "linspace" => spaced::<f64>(case),
        "f8" => of::<_, f64>(case),
        other => panic!("no dtype {other}"),
    }
}

/// Integers beside floats.
fn mixed(case: &Value, first: &str, second: &str) -> String {
    macro_rules! both {
        ($first:ty, $second:ty) => {{
            let (a, b) = (array::<$first>(case, "s", "v"), array::<$second>(case, "s2", "v2"));
            if text(case, "f") == "dot" { outcome(dot(&a, &b)) } else { outcome(matmul(&a, &b)) }
        }};
    }
    macro_rules! pairs {
        ($($word:literal $integer:ty),*) => {
            match (first, second) {
                $(($word, "f4") => both!($integer, f32),
                ($word, "f8") => both!($integer, f64),
                ("f4", $word) => both!(f32, $integer),
                ("f8", $word) => both!(f64, $integer),)*
                other => panic!("no dtypes {other:?}"),
            }
        };
    }
    pairs!("i1" i8, "i2" i16, "i4" i32, "i8" i64, "u1" u8, "u2" u16, "u4" u32, "u8" u64)
}

fn ranged<T: Number + std::str::FromStr<Err: std::fmt::Debug> + num_traits::NumCast>(case: &Value) -> String {
    let numbers: Vec<T> = text(case, "v").split_whitespace().map(parsed).collect();
    outcome(arange(numbers[0], numbers[1], numbers[2]).map(|numbers| numbers.into_dyn()))
}

fn spaced<T: Float + std::str::FromStr<Err: std::fmt::Debug>>(case: &Value) -> String {
    let ends: Vec<T> = text(case, "v").split_whitespace().map(parsed).collect();
    let count = case["to"][0].as_u64().unwrap() as usize;
    outcome(linspace(ends[0], ends[1], count).map(|numbers| numbers.into_dyn()))
}

fn array<T: std::str::FromStr<Err: std::fmt::Debug>>(case: &Value, shape: &str, numbers: &str) -> ArrayD<T> {
    let sizes = shape_of(&serde_json::json!({ "s": case[shape] }));
    ArrayD::from_shape_vec(sizes, text(case, numbers).split_whitespace().map(parsed).collect()).unwrap()
}

fn of<Kind, T: Averaged<Kind> + std::str::FromStr<Err: std::fmt::Debug>>(case: &Value) -> String {
    let a = array::<T>(case, "s", "v");
    let b = || array::<T>(case, "s2", "v2");
    match text(case, "f") {
        "dot" => outcome(dot(&a, &b())),
        "matmul" => outcome(matmul(&a, &b())),
        "add" => outcome(add(&a, &b())),
        "sum" => reduced(case, |axis| sum(&a, axis), |axis| sum(&a, axis), || sum(&a, All), || sum(&a, keepdims(All))),
        "mean" => {
            reduced(case, |axis| mean(&a, axis), |axis| mean(&a, axis), || mean(&a, All), || mean(&a, keepdims(All)))
        }
        "max" => reduced(case, |axis| max(&a, axis), |axis| max(&a, axis), || max(&a, All), || max(&a, keepdims(All))),
        "argmax" => {
            let whole = (|| argmax(&a, All), || argmax(&a, keepdims(All)));
            reduced(case, |axis| argmax(&a, axis), |axis| argmax(&a, axis), whole.0, whole.1)
        }
        "reshape" => {
            let sizes: Vec<isize> =
                case["to"].as_array().unwrap().iter().map(|size| size.as_i64().unwrap() as isize).collect();
            outcome(reshape(&a, sizes.as_slice()))
        }
        other => panic!("no function {other}"),
    }
}

/// A reduction in the four ways it can be asked for.
fn reduced<T: Number>(
    case: &Value,
    along: impl Fn(isize) -> Result<ArrayD<T>>,
    kept: impl Fn(forward_pass::shape::KeepDims<isize>) -> Result<ArrayD<T>>,
    whole: impl Fn() -> Result<T>,
    whole_kept: impl Fn() -> Result<ArrayD<T>>,
) -> String {
    let keep = case["keep"].as_bool().unwrap();
    outcome(match case["axis"].as_i64() {
        Some(axis) if keep => kept(keepdims(axis as isize)),
        Some(axis) => along(axis as isize),
        None if keep => whole_kept(),
        None => whole().map(|number| ndarray::arr0(number).into_dyn()),
    })
}

#[test]
fn integers_become_floats_where_a_function_is_one_of_floats() {
    use forward_pass::activation::{
        gelu_derivative, leaky_relu_derivative, relu_derivative, sigmoid_derivative, silu_derivative,
        softplus_derivative, tanh_derivative,
    };
    let (ints, floats) = (array![[1, 2, 3], [-4, 0, 600]], array![[1.0, 2.0, 3.0], [-4.0, 0.0, 600.0]]);
    let small = ints.mapv(|x: i32| x.clamp(-100, 100) as i8);
    macro_rules! same {
        ($($function:ident)*) => {$(
            assert_eq!($function(&ints), $function(&floats), stringify!($function));
            assert_eq!($function(&small), $function(&small.mapv(f64::from)), stringify!($function));
            assert_eq!($function(2_u64), $function(2.0), stringify!($function));
            assert_eq!($function(2.0_f32), $function(2.0) as f32 + ($function(2.0_f32) - $function(2.0) as f32));
        )*};
    }
    same!(sigmoid tanh softplus gelu silu leaky_relu sigmoid_derivative relu_derivative leaky_relu_derivative);
    same!(tanh_derivative softplus_derivative gelu_derivative silu_derivative);
    assert_eq!(show(&softmax(&array![1, 2, 3])), "[0.09003057 0.24472847 0.66524096]");
    assert_eq!(show(&sigmoid(&array![1, 2])), "[0.73105858 0.88079708]");
    assert_eq!(sigmoid(2), sigmoid(2.0));
    assert_eq!(softmax(&ints), softmax(&floats));
    assert_eq!(softmax_axis(&ints, 0).unwrap(), softmax_axis(&floats, 0).unwrap());
    assert_eq!(log_softmax(&ints), log_softmax(&floats));
    assert_eq!(logsumexp(&ints, 1).unwrap(), logsumexp(&floats, 1).unwrap());
    assert_eq!(show(&softmax_naive(&array![1000, 1001, 2000])), "[nan nan nan]");
    assert_eq!(show(&warned::exp(&array![0, 1000])), "[ 1. inf]");
    assert_eq!(linspace(0, 1, 5).unwrap(), linspace(0.0, 1.0, 5).unwrap());
    assert_eq!(dot(&array![1, 2], &array![0.5, 0.25]).unwrap(), 1.0);
}

/// Each type of integer beside each type of float, a single number on either side or on both; the types are NumPy's.
#[test]
fn dot_takes_a_number_of_the_other_kind() {
    macro_rules! mixed {
        ($($integer:ty, $float:ty => $made:ty;)*) => {$(
            let (two, half) = (2 as $integer, 0.5 as $float);
            let (integers, floats) = (array![[1 as $integer, 3]], array![0.5 as $float, 0.25]);
            assert_eq!(dot(&two, &half).unwrap(), 1.0 as $made);
            assert_eq!(dot(&half, &two).unwrap(), 1.0 as $made);
            assert_eq!(dot(&two, &floats).unwrap(), array![1.0 as $made, 0.5]);
            assert_eq!(dot(&floats, &two).unwrap(), array![1.0 as $made, 0.5]);
            assert_eq!(dot(&half, &integers).unwrap(), array![[0.5 as $made, 1.5]]);
            assert_eq!(dot(&integers.view(), &half).unwrap(), array![[0.5 as $made, 1.5]]);
            assert_eq!(dot(&integers, &floats).unwrap(), array![1.25 as $made]);
        )*};
    }
    mixed! {
        i8, f32 => f32; i16, f32 => f32; i32, f32 => f64; i64, f32 => f64; isize, f32 => f64;
        u8, f32 => f32; u16, f32 => f32; u32, f32 => f64; u64, f32 => f64; usize, f32 => f64;
        i8, f64 => f64; i16, f64 => f64; i32, f64 => f64; i64, f64 => f64; isize, f64 => f64;
        u8, f64 => f64; u16, f64 => f64; u32, f64 => f64; u64, f64 => f64; usize, f64 => f64;
    }
    assert_eq!(show(&dot(&2, &array![0.5, 1.5]).unwrap()), "[1. 3.]");
    assert_eq!(show(&dot(&array![1, 2], &0.5).unwrap()), "[0.5 1. ]");
    assert_eq!(show(&dot(&ndarray::arr0(2), &array![0.5, 1.5]).unwrap()), "[1. 3.]");
    assert_eq!(dot(&3, &i64::MAX).unwrap(), i64::MAX.wrapping_mul(3));
}

/// What rustc knows without a word from the reader, before and after integers were taken.
#[test]
fn types_are_still_inferred() {
    let half = sigmoid(0.5);
    let sum_of: f64 = sigmoid(&array![0.5, 1.0]).iter().sum::<f64>() + half;
    let single: f32 = sigmoid(0.5);
    let singles: Array1<f32> = linspace(0.0, 1.0, 3).unwrap();
    let row = softmax(&array![0.5, 1.0]);
    let hidden = sigmoid(dot(&array![1.0, 2.0], &array![[0.1], [0.2]]).unwrap() + array![0.5]);
    let mapped = array![0.5, 1.0].mapv(sigmoid);
    let nested = relu(tanh(sigmoid(&row)));
    assert!(
        sum_of > 0.0 && single < 1.0 && singles.len() == 3 && hidden[0] < 1.0 && mapped[0] < 1.0 && nested[0] < 1.0
    );
    assert!(row[0] < row[1]);
    // A literal takes the type of the other side.
    let (w, n): (Array1<f32>, Array1<i64>) = (array![0.5, 0.25], array![1, 2]);
    let (by_w, by_n): (f32, i64) = (dot(&array![1.0, 2.0], &w).unwrap(), dot(&array![3, 4], &n).unwrap());
    let scaled: Array1<f32> = dot(&2.0, &w.view()).unwrap();
    let (rows, numbers) = (array![[1.0, 2.0]], dot(&array![1.0, 2.0], &array![3.0, 4.0]).unwrap());
    // Methods are called on the product before its numbers are f64.
    assert_eq!(dot(&rows, &array![[1.0], [2.0]]).unwrap().shape(), [1, 1]);
    assert_eq!((by_w, by_n, scaled[0], numbers), (1.0, 11, 1.0, 11.0_f64));
}

#[test]
fn a_side_of_any_length_costs_nothing_where_no_number_is() {
    let (tall, none) = (Array2::<i64>::zeros((1 << 40, 0)), Array2::<i64>::zeros((0, 0)));
    assert_eq!(shape(&add(&tall, &tall).unwrap()), [1 << 40, 0]);
    assert_eq!(shape(&add(&tall.t(), &tall.t()).unwrap()), [0, 1 << 40]);
    assert_eq!(shape(&matmul(&tall, &none).unwrap()), [1 << 40, 0]);
    assert_eq!(shape(&dot(&none, &tall.t()).unwrap()), [0, 1 << 40]);
    assert_eq!(shape(&relu(&tall)), [1 << 40, 0]);
}

#[test]
fn refusals_name_both_shapes_the_axes_and_the_next_step() {
    fn check<T: std::fmt::Debug>(refusal: Result<T>, message: &str, help: &str) {
        let refusal = refusal.unwrap_err();
        assert_eq!((refusal.message(), refusal.help()), (message, help));
    }
    let cube = |a, b, c| Array3::<f64>::zeros((a, b, c));
    check(
        dot(&cube(2, 3, 4), &cube(2, 3, 4)),
        "cannot multiply (2, 3, 4) by (2, 3, 4): the inner sizes 4 and 3 differ",
        "axis 2 on the left must be as long as axis 1 on the right: transpose or reshape one side",
    );
    check(
        matmul(&cube(2, 3, 4), &cube(3, 4, 5)),
        "cannot multiply (2, 3, 4) by (3, 4, 5): the stacks of 2 and 3 matrices differ",
        "axis 0 on the left and axis 0 on the right must be equal, or one of them 1: reshape one side",
    );
    check(
        matmul(&ndarray::arr0(2).into_dyn(), &array![1, 2]),
        "cannot multiply () by (2,): matmul does not take scalars",
        "a number multiplies each element with `*` or `dot`",
    );
    check(
        add(&array![[1, 2, 3], [4, 5, 6]], &array![1, 2]),
        "cannot add (2, 3) and (2,): the sizes 3 (axis 1) and 2 (axis 0) differ, and neither is 1",
        "sizes are compared from the last axis backwards: reshape or transpose one side",
    );
    check(
        sum(&array![1, 2], 1),
        "there is no axis 1: the shape (2,) has 1 axis",
        "axes are counted from 0, or from -1 at the end",
    );
    check(
        reshape(&array![1, 2, 3], (2, -1)),
        "cannot reshape (3,) into (2, -1): 3 numbers do not fill it",
        "the sizes must multiply to as many numbers; one of them may be -1",
    );
    let step_help = "give a step other than 0, or use `linspace` for a number of points";
    check(arange(0.0, 5.0, 0.0), "cannot count from 0.0 to 5.0 in steps of 0.0", step_help);
    check(
        arange(0.0, f64::NAN, 1.0),
        "cannot count from 0.0 to nan in steps of 1.0: the number of steps is undefined",
        "start and stop must be finite, and the step a number",
    );
    check(
        arange(0.0, f64::INFINITY, 1.0),
        "cannot count from 0.0 to inf in steps of 1.0: that many numbers do not fit in an array",
        "choose a larger step, or a closer stop",
    );
    check(
        linspace(0.0, 1.0, 1 << 62),
        "an array of the shape (4611686018427387904,) does not fit into memory",
        "ask for fewer numbers along one axis",
    );
    check(zeros((2, -1)), "an array cannot have the shape (2, -1)", "every size must be 0 or more");
    check(
        zeros((isize::MAX, 2)),
        "an array of the shape (9223372036854775807, 2) does not fit into memory",
        "ask for fewer numbers along one axis",
    );
    check(
        max(&Array1::<f64>::zeros(0), All),
        "max of no elements: the shape is (0,)",
        "check why the array is empty, or choose another axis",
    );
}
