//! The matrix product in f32, without copies: C += A · B, every value a chain of fused multiply-adds in the order of
//! the inner index.
//!
//! A value of C therefore depends only on its own row of A, not on the size of the batch or on how rows are split among
//! threads. Processors with AVX-512 or AVX2 use the [`tiles`], others the `matrixmultiply` crate.

#[cfg(all(target_arch = "x86_64", any(test, not(unoptimised))))]
mod tiles;

use std::sync::OnceLock;
use std::thread;

use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2, ShapeBuilder};

use super::elementwise::all_finite;

/// A matrix with strides: element (r, k) is `values[r * row + k * column]`.
#[derive(Clone, Copy)]
pub(crate) struct Across<'a> {
    pub(crate) values: &'a [f32],
    pub(crate) row: usize,
    pub(crate) column: usize,
    pub(crate) next: Next<'a>,
}

/// Rows to prefetch into the cache while the product is computed.
#[derive(Clone, Copy)]
pub(crate) enum Next<'a> {
    Nothing,
    /// The following rows of the same matrix.
    Rows,
    /// These rows of another matrix of the same width.
    Picked(&'a [f32], &'a [usize]),
}

impl Next<'_> {
    /// Skips the first rows.
    fn after(self, rows: usize) -> Self {
        match self {
            Next::Picked(values, places) => Next::Picked(values, places.get(rows..).unwrap_or(&[])),
            other => other,
        }
    }
}

impl<'a> Across<'a> {
    /// Rows one after the other, each `inner` long.
    pub(crate) fn rows(values: &'a [f32], inner: usize) -> Self {
        Across { values, row: inner, column: 1, next: Next::Rows }
    }

    /// The same memory read as columns: the transposed matrix.
    pub(crate) fn columns(values: &'a [f32], inner: usize) -> Self {
        Across { values, row: 1, column: inner, next: Next::Nothing }
    }
}

/// A matrix row by row, the second factor.
#[derive(Clone, Copy)]
pub(crate) struct Whole<'a> {
    pub(crate) values: &'a [f32],
    /// Whether all values are known to be finite, so that 0 times any of them is 0. `false` is always safe.
    #[allow(dead_code, reason = "only the tiles use it")]
    pub(crate) finite: bool,
}

impl<'a> Whole<'a> {
    /// Checks every value.
    pub(crate) fn looked_at(values: &'a [f32]) -> Self {
        Whole { values, finite: zeros_can_be_left_out(values) }
    }
}

/// Whether 0 times any of them is 0, and the product can take advantage of it.
pub(crate) fn zeros_can_be_left_out(values: &[f32]) -> bool {
    cfg!(not(unoptimised)) && all_finite(values)
}

/// (rows, inner) · (inner, columns) added to `c` (rows, columns).
pub(crate) fn add_product(a: Across<'_>, b: Whole<'_>, c: &mut [f32], [rows, inner, columns]: [usize; 3]) {
    if rows == 0 || inner == 0 || columns == 0 {
        return;
    }
    let last = (rows - 1) * a.row + (inner - 1) * a.column;
    assert!(
        last < a.values.len() && b.values.len() == inner * columns && c.len() == rows * columns,
        "the slices must match the shape"
    );
    // At opt-level 0 every vector instruction is a function call, and the optimised dependency is faster.
    #[cfg(all(target_arch = "x86_64", not(unoptimised)))]
    {
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: the processor has AVX-512, and the lengths were checked above.
            return unsafe { tiles::wide::product(a, b, c, [rows, inner, columns]) };
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: the processor has AVX2 and FMA, and the lengths were checked above.
            return unsafe { tiles::narrow::product(a, b, c, [rows, inner, columns]) };
        }
    }
    portable(a, b.values, c, [rows, inner, columns]);
}

/// Below this number of multiplications, a few milliseconds of work, a second thread may cost more than it saves: two
/// threads may share a core, and on a busy machine one waits for the other.
pub(crate) const WORTH_A_THREAD: usize = 200_000_000;

/// The same, with the rows of C split among at most `threads` threads (0: one per core) where that pays.
pub(crate) fn add_product_shared(a: Across<'_>, b: Whole<'_>, c: &mut [f32], shape: [usize; 3], threads: usize) {
    let [rows, inner, columns] = shape;
    let threads = threads_for(rows * inner * columns, threads).min(rows);
    if threads < 2 {
        return add_product(a, b, c, shape);
    }
    let share = rows.div_ceil(threads);
    thread::scope(|scope| {
        for (index, c) in c.chunks_mut(share * columns).enumerate() {
            let (values, next) = (&a.values[index * share * a.row..], a.next.after(index * share));
            scope.spawn(move || add_product(Across { values, next, ..a }, b, c, [c.len() / columns, inner, columns]));
        }
    });
}

/// The number of threads that pays for this many multiplications; `most` 0 means one per core.
pub(crate) fn threads_for(work: usize, most: usize) -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    if work < 2 * WORTH_A_THREAD || most == 1 {
        return 1;
    }
    let cores = || *CORES.get_or_init(|| thread::available_parallelism().map_or(1, usize::from));
    (work / WORTH_A_THREAD).min(if most == 0 { cores() } else { most })
}

fn portable(a: Across<'_>, b: &[f32], c: &mut [f32], [rows, inner, columns]: [usize; 3]) {
    let a = ArrayView2::from_shape((rows, inner).strides((a.row, a.column)), a.values).expect("checked by the caller");
    let b = ArrayView2::from_shape((inner, columns), b).expect("checked by the caller");
    let mut c = ArrayViewMut2::from_shape((rows, columns), c).expect("checked by the caller");
    general_mat_mul(1.0, &a, &b, 1.0, &mut c);
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "x86_64")]
    use super::tiles::{narrow, wide};
    use super::*;
    use crate::random::Random;

    type Product = fn(Across<'_>, Whole<'_>, &mut [f32], [usize; 3]);

    /// Values of which this share is 0, half of those with a minus sign.
    fn draw(random: &mut Random, count: usize, zeros: f64) -> Vec<f32> {
        let mut value = || match f64::from(random.unit()) {
            at if at < zeros / 2.0 => -0.0,
            at if at < zeros => 0.0,
            _ => random.between(-1.0, 1.0),
        };
        (0..count).map(|_| value()).collect()
    }

    fn check(product: Product, [rows, inner, columns]: [usize; 3], zeros: f64) {
        let mut random = Random::new(1, 0);
        let a = draw(&mut random, rows * inner, zeros);
        let (b, start) = (draw(&mut random, inner * columns, 0.0), draw(&mut random, rows * columns, 0.0));
        for across in [Across::rows(&a, inner), Across::columns(&a, rows)] {
            let mut c = start.clone();
            product(across, Whole { values: &b, finite: true }, &mut c, [rows, inner, columns]);
            for r in 0..rows {
                for n in 0..columns {
                    let term = |k: usize| {
                        f64::from(across.values[r * across.row + k * across.column]) * f64::from(b[k * columns + n])
                    };
                    let exact = f64::from(start[r * columns + n]) + (0..inner).map(term).sum::<f64>();
                    let got = f64::from(c[r * columns + n]);
                    assert!((got - exact).abs() < 1e-4, "({r}, {n}) of {rows} {inner} {columns}: {got} not {exact}");
                }
            }
        }
    }

    fn check_all(product: Product) {
        let sizes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 13];
        for rows in sizes {
            for columns in sizes.into_iter().chain([15, 16, 17, 50, 64, 65, 100, 131]) {
                check(product, [rows, 11, columns], 0.0);
                check(product, [rows, 37, columns], 0.8);
            }
        }
        check(product, [100, 784, 50], 0.8);
        check(product, [5, 2500, 3], 0.9);
    }

    #[test]
    fn every_shape_is_multiplied_right() {
        check_all(add_product);
        check_all(portable_whole);
    }

    fn portable_whole(a: Across<'_>, b: Whole<'_>, c: &mut [f32], shape: [usize; 3]) {
        portable(a, b.values, c, shape);
    }

    #[cfg(target_arch = "x86_64")]
    fn in_wide_tiles(a: Across<'_>, b: Whole<'_>, c: &mut [f32], shape: [usize; 3]) {
        // SAFETY: the features were checked before, and the shapes of the tests are right.
        unsafe { wide::product(a, b, c, shape) }
    }

    #[cfg(target_arch = "x86_64")]
    fn in_narrow_tiles(a: Across<'_>, b: Whole<'_>, c: &mut [f32], shape: [usize; 3]) {
        // SAFETY: the features were checked before, and the shapes of the tests are right.
        unsafe { narrow::product(a, b, c, shape) }
    }

    /// The products of this processor; prints which ones were not tested.
    #[cfg(target_arch = "x86_64")]
    fn of_this_processor() -> Vec<Product> {
        let mut found: Vec<Product> = Vec::new();
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            found.push(in_narrow_tiles);
        }
        if is_x86_feature_detected!("avx512f") {
            found.push(in_wide_tiles);
        } else {
            eprintln!("no AVX-512 here: the wide tiles were NOT tried");
        }
        found
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn all_tiles_multiply_right() {
        of_this_processor().into_iter().for_each(check_all);
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn leaving_zeros_out_changes_no_bit_and_neither_does_the_width_of_the_tiles() {
        let mut random = Random::new(2, 0);
        for (zeros, [rows, inner, columns]) in [
            (0.0, [13, 784, 50]),
            (0.5, [13, 784, 50]),
            (0.8, [100, 784, 50]),
            (0.97, [9, 3000, 17]),
            (1.0, [6, 100, 10]),
            (0.8, [1, 784, 50]),
        ] {
            let (mut a, b) = (draw(&mut random, rows * inner, zeros), draw(&mut random, inner * columns, 0.3));
            // NaN must not disappear; very small products underflow to 0 or -0.
            a[inner / 2] = f32::NAN;
            a.iter_mut().step_by(7).for_each(|value| *value *= 1e-40);
            let start = draw(&mut random, rows * columns, 0.5);
            for across in [Across::rows(&a, inner), Across::columns(&a, rows)] {
                let answers = of_this_processor().into_iter().flat_map(|product| {
                    [true, false].map(|finite| {
                        let mut c = start.clone();
                        product(across, Whole { values: &b, finite }, &mut c, [rows, inner, columns]);
                        c.into_iter().map(f32::to_bits).collect::<Vec<_>>()
                    })
                });
                let answers: Vec<_> = answers.collect();
                assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{zeros} {rows} {inner} {columns}");
            }
        }
    }

    #[test]
    fn infinity_times_black_is_not_left_out() {
        for bad in [f32::INFINITY, f32::NEG_INFINITY, f32::NAN] {
            let a = vec![0.0; 4 * 64];
            let mut b = vec![1.0; 64 * 3];
            b[3 * 20 + 1] = bad;
            let mut c = vec![0.0; 4 * 3];
            add_product(Across::rows(&a, 64), Whole::looked_at(&b), &mut c, [4, 64, 3]);
            assert!(c.chunks(3).all(|row| row[0] == 0.0 && row[1].is_nan() && row[2] == 0.0), "{bad}: {c:?}");
        }
    }
}
