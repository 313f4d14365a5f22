//! The matrix product in f32, without copies: C += A · B, every value a chain of fused multiply-adds in the order of
//! the inner index.
//!
//! A value of C therefore depends on its own row of A and nothing else: not on the size of the batch, nor on how the
//! rows are shared among threads. The tiles are written twice by one macro, for AVX-512 and for AVX2; other machines
//! take the `matrixmultiply` crate. Ugly, and the one place of the library with `unsafe`: the rest pays nothing for it.

use std::sync::OnceLock;
use std::thread;

use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2, ShapeBuilder};

/// A matrix that may be read across: element (r, k) is `values[r * row + k * column]`.
#[derive(Clone, Copy)]
pub(crate) struct Across<'a> {
    pub(crate) values: &'a [f32],
    pub(crate) row: usize,
    pub(crate) column: usize,
    pub(crate) next: Next<'a>,
}

/// What will be read soon: it is asked for while the product is worked out, and is near when its turn comes.
#[derive(Clone, Copy)]
pub(crate) enum Next<'a> {
    Nothing,
    /// The rows that follow in the same memory.
    Rows,
    /// These rows of another matrix that is as wide.
    Picked(&'a [f32], &'a [usize]),
}

impl Next<'_> {
    /// Without the first rows.
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

/// (rows, inner) · (inner, columns) added to `c` (rows, columns).
pub(crate) fn add_product(a: Across<'_>, b: &[f32], c: &mut [f32], [rows, inner, columns]: [usize; 3]) {
    if rows == 0 || inner == 0 || columns == 0 {
        return;
    }
    let last = (rows - 1) * a.row + (inner - 1) * a.column;
    assert!(last < a.values.len() && b.len() == inner * columns && c.len() == rows * columns, "shapes were checked");
    // At opt-level 0 every vector instruction is a call, and the optimised dependency wins.
    #[cfg(all(target_arch = "x86_64", not(unoptimised)))]
    {
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: the processor has AVX-512, and the lengths were compared above.
            return unsafe { wide::product(a, b, c, [rows, inner, columns]) };
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: the processor has AVX2 and FMA, and the lengths were compared above.
            return unsafe { narrow::product(a, b, c, [rows, inner, columns]) };
        }
    }
    portable(a, b, c, [rows, inner, columns]);
}

/// Multiplications below which a second thread may cost more than it saves: some milliseconds of work. Two threads may
/// share a core, and on a busy machine one waits for the other.
pub(crate) const WORTH_A_THREAD: usize = 200_000_000;

/// The same, the rows of C shared among at most `threads` threads (0: as many as there are) where that pays.
pub(crate) fn add_product_shared(a: Across<'_>, b: &[f32], c: &mut [f32], shape: [usize; 3], threads: usize) {
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

/// How many threads that many multiplications are worth; `most` 0 stands for as many as there are.
pub(crate) fn threads_for(work: usize, most: usize) -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    if work < 2 * WORTH_A_THREAD || most == 1 {
        return 1;
    }
    let cores = || *CORES.get_or_init(|| thread::available_parallelism().map_or(1, usize::from));
    (work / WORTH_A_THREAD).min(if most == 0 { cores() } else { most })
}

fn portable(a: Across<'_>, b: &[f32], c: &mut [f32], [rows, inner, columns]: [usize; 3]) {
    let a = ArrayView2::from_shape((rows, inner).strides((a.row, a.column)), a.values).expect("compared above");
    let b = ArrayView2::from_shape((inner, columns), b).expect("compared above");
    let mut c = ArrayViewMut2::from_shape((rows, columns), c).expect("compared above");
    general_mat_mul(1.0, &a, &b, 1.0, &mut c);
}

/// One tile: `MR` rows and `NV` vectors of C stay in registers while the inner index runs.
#[cfg(all(target_arch = "x86_64", any(test, not(unoptimised))))]
macro_rules! tiles {
    ($name:ident, $features:literal, $lanes:literal, $vectors:literal, $vector:ty, $mask:ty,
     mask: $make:expr, zero: $zero:expr, load: $load:expr, store: $store:expr, broadcast: $broadcast:expr, fma: $fma:expr) => {
        mod $name {
            use std::arch::x86_64::*;

            use super::{Across, Next};

            const ROWS: usize = 6;
            /// Numbers that come from memory together.
            const LINE: usize = 16;

            /// # Safety
            /// The processor has the features; `a`, `b` and `c` hold the shape.
            #[target_feature(enable = $features)]
            pub(super) unsafe fn product(a: Across<'_>, b: &[f32], c: &mut [f32], [rows, inner, columns]: [usize; 3]) {
                let mut column = 0;
                while column < columns {
                    let width = ($lanes * $vectors).min(columns - column);
                    let mut row = 0;
                    while row < rows {
                        let height = ROWS.min(rows - row);
                        // The same rows again for further columns are near already; to ask for one row costs what it saves.
                        let next = if column == 0 && height > 1 { next_of(a, row, height, inner) } else { None };
                        let tile = Tile {
                            // SAFETY: (row, 0) of A, (0, column) of B and (row, column) of C are inside.
                            a: unsafe { a.values.as_ptr().add(row * a.row) },
                            b: unsafe { b.as_ptr().add(column) },
                            c: unsafe { c.as_mut_ptr().add(row * columns + column) },
                            a_row: a.row,
                            a_column: a.column,
                            inner,
                            columns,
                            width,
                            next,
                        };
                        // SAFETY: the tile ends at row + height and column + width, inside the shape.
                        unsafe { by_height(&tile, height) };
                        row += height;
                    }
                    column += width;
                }
            }

            struct Tile {
                a: *const f32,
                b: *const f32,
                c: *mut f32,
                a_row: usize,
                a_column: usize,
                inner: usize,
                columns: usize,
                width: usize,
                next: Option<[*const f32; ROWS]>,
            }

            /// Where the rows begin that will be read soon, as many as a tile has. Nothing is read there yet.
            fn next_of(a: Across<'_>, row: usize, height: usize, inner: usize) -> Option<[*const f32; ROWS]> {
                match a.next {
                    Next::Nothing => None,
                    Next::Rows => {
                        let begin = |r| a.values.as_ptr().wrapping_add((row + height + r) * a.row);
                        Some(std::array::from_fn(begin))
                    }
                    Next::Picked(values, places) => {
                        let begin = |place: &usize| values.as_ptr().wrapping_add(place * inner);
                        let places = places.get(row..).filter(|places| !places.is_empty())?;
                        Some(std::array::from_fn(|r| begin(places.get(r).unwrap_or(&places[0]))))
                    }
                }
            }

            #[target_feature(enable = $features)]
            unsafe fn by_height(tile: &Tile, height: usize) {
                // SAFETY: as the caller's.
                unsafe {
                    match height {
                        1 => by_width::<1>(tile),
                        2 => by_width::<2>(tile),
                        3 => by_width::<3>(tile),
                        4 => by_width::<4>(tile),
                        5 => by_width::<5>(tile),
                        _ => by_width::<ROWS>(tile),
                    }
                }
            }

            #[target_feature(enable = $features)]
            unsafe fn by_width<const MR: usize>(tile: &Tile) {
                // SAFETY: as the caller's.
                unsafe {
                    match tile.width.div_ceil($lanes) {
                        1 => run::<MR, 1>(tile),
                        2 => run::<MR, 2>(tile),
                        3 => run::<MR, 3>(tile),
                        _ => run::<MR, 4>(tile),
                    }
                }
            }

            #[target_feature(enable = $features)]
            unsafe fn run<const MR: usize, const NV: usize>(tile: &Tile) {
                let mut masks: [$mask; NV] = [($make)($lanes); NV];
                masks[NV - 1] = ($make)(tile.width - (NV - 1) * $lanes);
                let mut sums: [[$vector; NV]; MR] = [[$zero; NV]; MR];
                // SAFETY: the masks end at `width`, the loops at `MR` rows and `inner`: all inside the shape.
                unsafe {
                    for r in 0..MR {
                        for v in 0..NV {
                            sums[r][v] = ($load)(tile.c.add(r * tile.columns + v * $lanes), masks[v]);
                        }
                    }
                    let (mut a, mut b) = (tile.a, tile.b);
                    for k in 0..tile.inner {
                        if let Some(next) = tile.next.filter(|_| k % LINE == 0) {
                            next[..MR].iter().for_each(|row| _mm_prefetch::<_MM_HINT_T0>(row.wrapping_add(k).cast()));
                        }
                        let mut parts: [$vector; NV] = [$zero; NV];
                        for v in 0..NV {
                            parts[v] = ($load)(b.add(v * $lanes), masks[v]);
                        }
                        for r in 0..MR {
                            let value = ($broadcast)(*a.add(r * tile.a_row));
                            for v in 0..NV {
                                sums[r][v] = ($fma)(value, parts[v], sums[r][v]);
                            }
                        }
                        a = a.wrapping_add(tile.a_column);
                        b = b.wrapping_add(tile.columns);
                    }
                    for r in 0..MR {
                        for v in 0..NV {
                            ($store)(tile.c.add(r * tile.columns + v * $lanes), masks[v], sums[r][v]);
                        }
                    }
                }
            }
        }
    };
}

#[cfg(all(target_arch = "x86_64", any(test, not(unoptimised))))]
tiles!(
    wide, "avx512f", 16, 4, __m512, __mmask16,
    mask: |lanes: usize| (u32::MAX >> (32 - lanes)) as __mmask16,
    zero: _mm512_setzero_ps(),
    load: |place, mask| _mm512_maskz_loadu_ps(mask, place),
    store: |place, mask, value| _mm512_mask_storeu_ps(place, mask, value),
    broadcast: |value| _mm512_set1_ps(value),
    fma: |a, b, c| _mm512_fmadd_ps(a, b, c)
);

#[cfg(all(target_arch = "x86_64", any(test, not(unoptimised))))]
tiles!(
    narrow, "avx2,fma", 8, 2, __m256, __m256i,
    mask: |lanes: usize| _mm256_cmpgt_epi32(_mm256_set1_epi32(lanes as i32), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)),
    zero: _mm256_setzero_ps(),
    load: |place, mask| _mm256_maskload_ps(place, mask),
    store: |place, mask, value| _mm256_maskstore_ps(place, mask, value),
    broadcast: |value| _mm256_set1_ps(value),
    fma: |a, b, c| _mm256_fmadd_ps(a, b, c)
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    type Product = fn(Across<'_>, &[f32], &mut [f32], [usize; 3]);

    fn check(product: Product, [rows, inner, columns]: [usize; 3]) {
        let mut random = Random::new(1, 0);
        let mut draw = |count: usize| (0..count).map(|_| random.between(-1.0, 1.0)).collect::<Vec<f32>>();
        let (a, b, start) = (draw(rows * inner), draw(inner * columns), draw(rows * columns));
        for across in [Across::rows(&a, inner), Across::columns(&a, rows)] {
            let mut c = start.clone();
            product(across, &b, &mut c, [rows, inner, columns]);
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
        let sizes = [1, 2, 3, 5, 6, 7, 8, 9, 13];
        for rows in sizes {
            for columns in sizes.into_iter().chain([15, 16, 17, 50, 64, 65, 100, 131]) {
                check(product, [rows, 11, columns]);
            }
        }
        check(product, [100, 784, 50]);
    }

    #[test]
    fn every_shape_is_multiplied_right() {
        check_all(add_product);
        check_all(portable);
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn the_wide_tiles_multiply_right() {
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: the processor has AVX-512; `check` makes shapes that fit.
            check_all(|a, b, c, shape| unsafe { wide::product(a, b, c, shape) });
        } else {
            eprintln!("no AVX-512 here: the wide tiles were NOT tried");
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn the_narrow_tiles_agree_with_the_wide_ones_to_the_bit() {
        if !is_x86_feature_detected!("avx512f") {
            eprintln!("no AVX-512 here: the wide tiles were NOT compared");
            return;
        }
        // SAFETY: AVX-512 implies AVX2 and FMA; the shapes below fit.
        check_all(|a, b, c, shape| unsafe { narrow::product(a, b, c, shape) });
        let mut random = Random::new(2, 0);
        let mut draw = |count: usize| (0..count).map(|_| random.between(-1.0, 1.0)).collect::<Vec<f32>>();
        let (a, b) = (draw(13 * 784), draw(784 * 50));
        let (mut one, mut other) = (vec![0.0; 13 * 50], vec![0.0; 13 * 50]);
        // SAFETY: as above.
        unsafe {
            wide::product(Across::rows(&a, 784), &b, &mut one, [13, 784, 50]);
            narrow::product(Across::rows(&a, 784), &b, &mut other, [13, 784, 50]);
        }
        assert_eq!(one, other);
    }
}
