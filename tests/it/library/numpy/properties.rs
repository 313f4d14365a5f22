//! What must hold for every input: softmax, products and printing, on random arrays.

use forward_pass::prelude::*;
use forward_pass::shape::Number;
use ndarray::{Dimension, IxDyn, Slice};
use proptest::prelude::*;

/// Any finite number, subnormal, huge, or -0.0.
fn finite() -> impl Strategy<Value = f64> {
    prop_oneof![any::<f64>().prop_filter("finite", |x| x.is_finite()), -30.0..30.0_f64, -2000.0..2000.0_f64]
}

fn finite_single() -> impl Strategy<Value = f32> {
    prop_oneof![any::<f32>().prop_filter("finite", |x| x.is_finite()), -30.0..30.0_f32, -200.0..200.0_f32]
}

fn rows<T: Clone + std::fmt::Debug>(number: impl Strategy<Value = T> + Clone) -> impl Strategy<Value = Array2<T>> {
    (1..5_usize, 1..9_usize).prop_flat_map(move |(rows, columns)| {
        proptest::collection::vec(number.clone(), rows * columns)
            .prop_map(move |numbers| Array2::from_shape_vec((rows, columns), numbers).unwrap())
    })
}

fn bits(x: ArrayView1<'_, f64>) -> Vec<u64> {
    x.iter().map(|x| x.to_bits()).collect()
}

proptest! {
    #[test]
    fn softmax_rows_sum_to_1(x in rows(finite().boxed())) {
        for row in softmax(&x).rows() {
            prop_assert!((row.sum() - 1.0).abs() < 1e-14, "{row}");
            prop_assert!(row.iter().all(|y| (0.0..=1.0).contains(y)), "{row}");
        }
        for (row, x) in log_softmax(&x).rows().into_iter().zip(x.rows()) {
            prop_assert!(row.iter().all(|y| *y <= 0.0), "{row} of {x}");
            prop_assert!((row.mapv(f64::exp).sum() - 1.0).abs() < 1e-12, "{row} of {x}");
        }
    }

    #[test]
    fn softmax_rows_sum_to_1_in_f32(x in rows(finite_single().boxed())) {
        for row in softmax(&x).rows() {
            prop_assert!((row.sum() - 1.0).abs() < 1e-6, "{row}");
            prop_assert!(row.iter().all(|y| (0.0..=1.0).contains(y)), "{row}");
        }
    }

    /// By eighths and whole numbers, so that the shift itself is not rounded: then not a bit may change.
    #[test]
    fn softmax_does_not_see_a_shift(x in rows((-8000..8000_i32).boxed()), shift in -1_000_000..1_000_000_i32) {
        let x = x.mapv(|x| f64::from(x) / 8.0);
        prop_assert_eq!(softmax(&(&x + f64::from(shift))), softmax(&x));
    }

    #[test]
    fn softmax_follows_a_permutation(x in rows(finite().boxed()), turn in 0..8_usize) {
        let order: Vec<usize> = (0..x.ncols()).map(|at| (at + turn) % x.ncols()).rev().collect();
        let (moved, y) = (softmax(&x.select(Axis(1), &order)), softmax(&x).select(Axis(1), &order));
        for (one, other) in moved.iter().zip(&y) {
            // The sum is taken in another order: its last digits may differ, and nothing else.
            prop_assert!((one - other).abs() <= 1e-15 + 1e-14 * other, "{one} {other}");
        }
    }

    #[test]
    fn softmax_of_a_batch_is_that_of_its_rows(x in rows(finite().boxed())) {
        for (row, y) in x.rows().into_iter().zip(softmax(&x).rows()) {
            prop_assert_eq!(bits(softmax(&row).view()), bits(y));
        }
        for (column, y) in x.columns().into_iter().zip(softmax_axis(&x, 0).unwrap().columns()) {
            prop_assert!(softmax(&column).iter().zip(y).all(|(one, other)| (one - other).abs() <= 1e-14));
        }
    }

    #[test]
    fn sigmoid_is_between_0_and_1_and_turns_about_a_half(x in finite()) {
        prop_assert!((0.0..=1.0).contains(&sigmoid(x)));
        prop_assert!((sigmoid(x) + sigmoid(-x) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn products_are_those_of_a_naive_loop((a, b, ways) in operands(), seed in any::<i64>()) {
        check_products::<i64>(&a, &b, ways, seed)?;
        check_products::<i32>(&a, &b, ways, seed)?;
        check_products::<u8>(&a, &b, ways, seed)?;
        check_products::<i8>(&a, &b, ways, seed)?;
        check_products::<f64>(&a, &b, ways, seed)?;
        check_products::<f32>(&a, &b, ways, seed)?;
    }

    #[test]
    fn a_printed_number_reads_back(x in any::<f64>(), y in any::<f32>(), n in any::<i64>(), m in any::<u64>()) {
        prop_assert_eq!(show(&n).parse::<i64>().unwrap(), n);
        prop_assert_eq!(show(&m).parse::<u64>().unwrap(), m);
        if x.is_finite() {
            prop_assert_eq!(show(&x).parse::<f64>().unwrap().to_bits(), x.to_bits());
        }
        if y.is_finite() {
            prop_assert_eq!(show(&y).parse::<f32>().unwrap().to_bits(), y.to_bits());
        }
    }

    #[test]
    fn a_printed_array_reads_back(x in rows(finite().boxed()), n in rows(any::<i64>().boxed())) {
        prop_assert_eq!(read::<i64>(&show(&n)), n.into_raw_vec_and_offset().0);
        let unique = PrintOptions { floatmode: FloatMode::Unique, ..PrintOptions::default() };
        prop_assert_eq!(read::<f64>(&unique.show(&x)), x.into_raw_vec_and_offset().0);
    }

    /// NumPy's default keeps eight digits: what has no more comes back.
    #[test]
    fn a_printed_array_of_short_numbers_reads_back(
        x in rows((-99_999_999..99_999_999_i64).boxed()),
        digits in 0..6_i32,
    ) {
        let x = x.mapv(|x| x as f64 / 10_f64.powi(digits));
        let shown = show(&x);
        prop_assume!(!shown.contains('e') || digits == 0);
        prop_assert_eq!(read::<f64>(&shown), x.into_raw_vec_and_offset().0);
    }
}

fn read<T: std::str::FromStr<Err: std::fmt::Debug>>(shown: &str) -> Vec<T> {
    let words = shown.split(|c: char| c.is_whitespace() || "[]".contains(c)).filter(|word| !word.is_empty());
    words.map(|word| word.parse().unwrap()).collect()
}

/// Two shapes that fit for `matmul`, and how each array lies in memory.
fn operands() -> impl Strategy<Value = (Vec<usize>, Vec<usize>, [u8; 2])> {
    let stack = proptest::collection::vec((0..4_usize, any::<bool>(), any::<bool>()), 0..3);
    (stack, 0..5_usize, 0..5_usize, 0..5_usize, any::<[u8; 2]>(), 0..3_usize).prop_map(
        |(stack, rows, inner, columns, ways, cut)| {
            let one = |size: usize, single: bool| if single { 1 } else { size };
            let mut a: Vec<usize> = stack.iter().map(|(size, single, _)| one(*size, *single)).collect();
            let mut b: Vec<usize> = stack.iter().map(|(size, _, single)| one(*size, *single)).collect();
            a.extend([rows, inner]);
            b.extend([inner, columns]);
            // A shorter stack on one side; a 1-D operand where nothing else is left.
            a.drain(..if cut == 1 { a.len() - 1 } else { 0 });
            b.drain(..if cut == 2 { b.len() - 2 } else { 0 });
            (a, b, ways)
        },
    )
}

/// Numbers small enough that no float is rounded, and large enough that integers wrap around.
fn filled<T: From8>(shape: &[usize], way: u8, seed: i64) -> ArrayD<T> {
    let mut state = seed as u64 | 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        T::from_8((state >> 56) as u8)
    };
    let mut turned: Vec<usize> = shape.to_vec();
    if way & 1 == 1 {
        turned.reverse();
    }
    if way & 2 == 2
        && let Some(size) = turned.last_mut()
    {
        *size *= 2;
    }
    let count = turned.iter().product();
    let numbers = (0..count).map(|_| next()).collect();
    let mut array = ArrayD::from_shape_vec(IxDyn(&turned), numbers).unwrap();
    if way & 2 == 2 && !shape.is_empty() {
        array.slice_axis_inplace(Axis(shape.len() - 1), Slice::new(0, None, 2));
    }
    if way & 1 == 1 {
        array = array.reversed_axes();
    }
    if way & 4 == 4 && !shape.is_empty() {
        array.invert_axis(Axis(0));
    }
    array
}

trait From8: Number {
    fn from_8(byte: u8) -> Self;
}

macro_rules! from_8 {
    ($($type:ident)*) => {$(
        impl From8 for $type {
            fn from_8(byte: u8) -> $type {
                byte as i8 as $type
            }
        }
    )*};
}

from_8!(i64 i32 u8 i8 f64 f32);

fn check_products<T: From8>(
    a: &[usize],
    b: &[usize],
    ways: [u8; 2],
    seed: i64,
) -> std::result::Result<(), TestCaseError> {
    let (a, b) = (filled::<T>(a, ways[0], seed), filled::<T>(b, ways[1], seed ^ 0x5555));
    let said = matmul(&a, &b).unwrap();
    prop_assert_eq!(&said, &naive_matmul(&a, &b));
    let said = dot(&a, &b).unwrap();
    prop_assert_eq!(&said, &naive_dot(&a, &b));
    Ok(())
}

/// The sum over k of a[.., k] b[.., k, j], each index written out.
fn term<T: Number>(a: &ArrayD<T>, b: &ArrayD<T>, left: &[usize], right: &[usize]) -> T {
    let inner = a.shape()[a.ndim() - 1];
    (0..inner).fold(T::ZERO, |sum, k| {
        let (mut i, mut j) = (left.to_vec(), right.to_vec());
        i.push(k);
        j.insert(b.ndim().saturating_sub(2), k);
        sum.plus(a[IxDyn(&i)].times(b[IxDyn(&j)]))
    })
}

fn naive_dot<T: Number>(a: &ArrayD<T>, b: &ArrayD<T>) -> ArrayD<T> {
    let left = &a.shape()[..a.ndim() - 1];
    let mut shape = left.to_vec();
    let mut right = b.shape().to_vec();
    right.remove(b.ndim().saturating_sub(2));
    shape.extend(&right);
    ArrayD::from_shape_fn(shape, |index| {
        let index = index.slice();
        term(a, b, &index[..left.len()], &index[left.len()..])
    })
}

fn naive_matmul<T: Number>(a: &ArrayD<T>, b: &ArrayD<T>) -> ArrayD<T> {
    let stacks = |x: &ArrayD<T>| x.shape()[..x.ndim().saturating_sub(2)].to_vec();
    let (left, right) = (stacks(a), stacks(b));
    let axes = left.len().max(right.len());
    let size = |stack: &[usize], axis: usize| (axis + stack.len()).checked_sub(axes).map_or(1, |at| stack[at]);
    let mut shape: Vec<usize> =
        (0..axes).map(|axis| if size(&left, axis) == 1 { size(&right, axis) } else { size(&left, axis) }).collect();
    shape.extend((a.ndim() > 1).then(|| a.shape()[a.ndim() - 2]));
    shape.extend((b.ndim() > 1).then(|| b.shape()[b.ndim() - 1]));
    ArrayD::from_shape_fn(shape, |index| {
        let index = index.slice();
        let place = |stack: &[usize]| -> Vec<usize> {
            (0..stack.len()).map(|at| if stack[at] == 1 { 0 } else { index[axes - stack.len() + at] }).collect()
        };
        let (mut i, mut j) = (place(&left), place(&right));
        i.extend((a.ndim() > 1).then(|| index[axes]));
        j.extend((b.ndim() > 1).then(|| index[index.len() - 1]));
        term(a, b, &i, &j)
    })
}
