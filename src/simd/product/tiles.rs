//! The tiles of the matrix product: a few rows and vectors of C are kept in registers while the inner index runs.
//!
//! An image is mostly black. Where all rows of a tile have a 0, their products are 0 and are skipped, which does not
//! change the result: b is known to be finite, and a sum of -0 is stored as 0 either way. One macro generates the code
//! for AVX-512 and for AVX2. It is ugly, and most of the `unsafe` code of the library is here.

use super::{Across, Next, Whole};

/// The inner index runs in parts of this length, for which the indices of nonzero values are listed.
const PART: usize = 1024;
/// The number of tiles that are not scanned for zeros after one that has few.
const PATIENCE: usize = 7;

macro_rules! tiles {
    ($name:ident, $features:literal, $lanes:literal, $vectors:literal, $vector:ty, $mask:ty,
     mask: $make:expr, zero: $zero:expr, load: $load:expr, store: $store:expr, broadcast: $broadcast:expr,
     fma: $fma:expr, add: $add:expr, or: $or:expr, nonzero: $nonzero:expr, append: $append:expr) => {
        pub(super) mod $name {
            use std::arch::x86_64::*;
            use std::mem::MaybeUninit;

            use super::{Across, Next, PART, PATIENCE, Whole};

            /// The rows of a tile, and of one that skips zeros: fewer rows have more zeros in common.
            const ROWS: usize = 6;
            const FEW: usize = 4;
            /// The number of f32 values in a cache line.
            const LINE: usize = 16;

            /// # Safety
            /// The processor must have the features, and `a`, `b` and `c` must match the shape.
            #[target_feature(enable = $features)]
            pub(in super::super) unsafe fn product(
                a: Across<'_>,
                b: Whole<'_>,
                c: &mut [f32],
                [rows, inner, columns]: [usize; 3],
            ) {
                let skips = b.finite && inner >= LINE && (a.column == 1 || a.row == 1);
                let (mut list, mut rest) = ([const { MaybeUninit::uninit() }; PART + $lanes], 0);
                for column in (0..columns).step_by($lanes * $vectors) {
                    for begin in (0..inner).step_by(PART) {
                        let length = PART.min(inner - begin);
                        let mut row = 0;
                        while row < rows {
                            let mut height = ROWS.min(rows - row);
                            // SAFETY: (row, begin) of A, (begin, column) of B and (row, column) of C are inside, and so
                            // are the next `height` rows and `length` places.
                            unsafe {
                                let corner = a.values.as_ptr().add(row * a.row + begin * a.column);
                                let mut places = None;
                                if skips && rest == 0 {
                                    let few = FEW.min(height);
                                    let count = pick(corner, a, few, length, &mut list);
                                    if count * 8 < length * 7 {
                                        (places, height) = (Some(list[..count].assume_init_ref()), few);
                                    } else {
                                        rest = PATIENCE;
                                    }
                                } else {
                                    rest = rest.saturating_sub(1);
                                }
                                // For further columns the rows are in the cache already, and prefetching a single row
                                // costs what it saves.
                                let far = column == 0 && height > 1;
                                let tile = Tile {
                                    a: corner,
                                    b: b.values.as_ptr().add(begin * columns + column),
                                    c: c.as_mut_ptr().add(row * columns + column),
                                    a_row: a.row,
                                    a_column: a.column,
                                    places,
                                    length,
                                    columns,
                                    width: ($lanes * $vectors).min(columns - column),
                                    next: if far { next_of(a, row, height, begin, inner) } else { None },
                                };
                                by_height(&tile, height);
                            }
                            row += height;
                        }
                    }
                }
            }

            /// Lists the inner indices where not all rows have a 0, and returns how many; `length` if it is not worth
            /// looking further.
            ///
            /// # Safety
            /// There must be `height` rows of `length` values, contiguous in one of the two directions.
            #[target_feature(enable = $features)]
            unsafe fn pick(
                corner: *const f32,
                a: Across<'_>,
                height: usize,
                length: usize,
                list: &mut [MaybeUninit<u32>; PART + $lanes],
            ) -> usize {
                let mut count = 0;
                // SAFETY: guaranteed by the caller; the list has room for one vector more than a part.
                unsafe {
                    if a.column == 1 {
                        let mut place = 0;
                        while place < length {
                            let mask = ($make)($lanes.min(length - place));
                            let mut any = ($zero);
                            for r in 0..height {
                                any = ($or)(any, ($load)(corner.add(r * a.row + place), mask));
                            }
                            count += ($append)(list.as_mut_ptr().add(count).cast(), place as i32, ($nonzero)(any));
                            place += $lanes;
                            // Without any 0 so far, there will be few.
                            if place == 8 * LINE && count == place {
                                return length;
                            }
                        }
                    } else {
                        let mask = ($make)(height);
                        for place in 0..length {
                            list[count].write(place as u32);
                            let bits: u32 = ($nonzero)(($load)(corner.add(place * a.column), mask));
                            count += usize::from(bits != 0);
                        }
                    }
                }
                count
            }

            struct Tile<'a> {
                a: *const f32,
                b: *const f32,
                c: *mut f32,
                a_row: usize,
                a_column: usize,
                places: Option<&'a [u32]>,
                length: usize,
                columns: usize,
                width: usize,
                next: Option<[*const f32; ROWS]>,
            }

            /// The start of the rows to prefetch, as many as a tile has. The pointers are not dereferenced.
            fn next_of(
                a: Across<'_>,
                row: usize,
                height: usize,
                begin: usize,
                inner: usize,
            ) -> Option<[*const f32; ROWS]> {
                match a.next {
                    Next::Nothing => None,
                    Next::Rows => {
                        let first = |r| a.values.as_ptr().wrapping_add((row + height + r) * a.row + begin);
                        Some(std::array::from_fn(first))
                    }
                    Next::Picked(values, places) => {
                        let first = |place: &usize| values.as_ptr().wrapping_add(place * inner + begin);
                        let places = places.get(row..).filter(|places| !places.is_empty())?;
                        Some(std::array::from_fn(|r| first(places.get(r).unwrap_or(&places[0]))))
                    }
                }
            }

            #[target_feature(enable = $features)]
            unsafe fn by_height(tile: &Tile<'_>, height: usize) {
                // SAFETY: guaranteed by the caller.
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
            unsafe fn by_width<const MR: usize>(tile: &Tile<'_>) {
                // SAFETY: guaranteed by the caller.
                unsafe {
                    match tile.width.div_ceil($lanes) {
                        1 => by_places::<MR, 1>(tile),
                        2 => by_places::<MR, 2>(tile),
                        3 => by_places::<MR, 3>(tile),
                        _ => by_places::<MR, 4>(tile),
                    }
                }
            }

            #[target_feature(enable = $features)]
            unsafe fn by_places<const MR: usize, const NV: usize>(tile: &Tile<'_>) {
                // SAFETY: guaranteed by the caller.
                unsafe {
                    match tile.places {
                        Some(places) if MR <= FEW => {
                            run::<MR, NV>(tile, places.len(), places.iter().map(|place| *place as usize))
                        }
                        _ => run::<MR, NV>(tile, tile.length, 0..tile.length),
                    }
                }
            }

            #[target_feature(enable = $features)]
            unsafe fn run<const MR: usize, const NV: usize>(
                tile: &Tile<'_>,
                count: usize,
                places: impl Iterator<Item = usize>,
            ) {
                let mut masks: [$mask; NV] = [($make)($lanes); NV];
                masks[NV - 1] = ($make)(tile.width - (NV - 1) * $lanes);
                let mut sums: [[$vector; NV]; MR] = [[$zero; NV]; MR];
                // SAFETY: the masks end at `width`, the loops at `MR` rows and `length`: all inside the shape.
                unsafe {
                    for r in 0..MR {
                        for v in 0..NV {
                            sums[r][v] = ($load)(tile.c.add(r * tile.columns + v * $lanes), masks[v]);
                        }
                    }
                    // Prefetches are spread evenly, one cache line of each row at a time.
                    let stride = (count / tile.length.div_ceil(LINE)).max(1);
                    let (mut left, mut line) = (stride, 0);
                    for place in places {
                        if let Some(next) = tile.next {
                            if left > 1 {
                                left -= 1;
                            } else if line < tile.length {
                                let far = next[..MR].iter().map(|row| row.wrapping_add(line).cast());
                                far.for_each(|place| _mm_prefetch::<_MM_HINT_T0>(place));
                                (left, line) = (stride, line + LINE);
                            }
                        }
                        let (a, b) = (tile.a.add(place * tile.a_column), tile.b.add(place * tile.columns));
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
                    }
                    for r in 0..MR {
                        for v in 0..NV {
                            let sum = ($add)(sums[r][v], $zero);
                            ($store)(tile.c.add(r * tile.columns + v * $lanes), masks[v], sum);
                        }
                    }
                }
            }
        }
    };
}

tiles!(
    wide, "avx512f", 16, 4, __m512, __mmask16,
    mask: |lanes: usize| (u32::MAX >> (32 - lanes)) as __mmask16,
    zero: _mm512_setzero_ps(),
    load: |place, mask| _mm512_maskz_loadu_ps(mask, place),
    store: |place, mask, value| _mm512_mask_storeu_ps(place, mask, value),
    broadcast: |value| _mm512_set1_ps(value),
    fma: |a, b, c| _mm512_fmadd_ps(a, b, c),
    add: |a, b| _mm512_add_ps(a, b),
    or: |a, b| _mm512_castsi512_ps(_mm512_or_si512(_mm512_castps_si512(a), _mm512_castps_si512(b))),
    nonzero: |value| u32::from(_mm512_test_epi32_mask(_mm512_castps_si512(value), _mm512_set1_epi32(i32::MAX))),
    append: |to: *mut u32, place: i32, bits: u32| {
        let steps = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        let places = _mm512_add_epi32(_mm512_set1_epi32(place), steps);
        _mm512_storeu_epi32(to.cast(), _mm512_maskz_compress_epi32(bits as __mmask16, places));
        bits.count_ones() as usize
    }
);

tiles!(
    narrow, "avx2,fma", 8, 2, __m256, __m256i,
    mask: |lanes: usize| _mm256_cmpgt_epi32(_mm256_set1_epi32(lanes as i32), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)),
    zero: _mm256_setzero_ps(),
    load: |place, mask| _mm256_maskload_ps(place, mask),
    store: |place, mask, value| _mm256_maskstore_ps(place, mask, value),
    broadcast: |value| _mm256_set1_ps(value),
    fma: |a, b, c| _mm256_fmadd_ps(a, b, c),
    add: |a, b| _mm256_add_ps(a, b),
    or: |a, b| _mm256_or_ps(a, b),
    nonzero: |value| {
        // Doubling the bits as an integer gives 0 for both 0 and -0.
        let bits = _mm256_castps_si256(value);
        let zeros = _mm256_cmpeq_epi32(_mm256_add_epi32(bits, bits), _mm256_setzero_si256());
        !_mm256_movemask_ps(_mm256_castsi256_ps(zeros)) as u32 & 0xff
    },
    append: |to: *mut u32, place: i32, bits: u32| {
        let mut count = 0;
        for lane in 0..8 {
            to.add(count).write(place as u32 + lane);
            count += (bits >> lane & 1) as usize;
        }
        count
    }
);
