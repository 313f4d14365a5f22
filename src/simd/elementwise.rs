//! Loops over f32 values, compiled for baseline, AVX2 and AVX-512 processors; the fastest available version runs.
//!
//! All versions give the same bits: each value is computed separately, and no operations are fused implicitly.

use super::exp::exp;

/// Compiles a loop for several register widths.
macro_rules! each_width {
    ($(#[$doc:meta])* fn $name:ident($($argument:ident: $type:ty),*) $(-> $answer:ty)? $body:block) => {
        $(#[$doc])*

        pub(crate) fn $name($($argument: $type),*) $(-> $answer)? {
            #[inline(always)]

            fn plain($($argument: $type),*) $(-> $answer)? $body

            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw")]

                fn wide($($argument: $type),*) $(-> $answer)? {
                    plain($($argument),*)
                }
                #[target_feature(enable = "avx2")]

                fn narrow($($argument: $type),*) $(-> $answer)? {
                    plain($($argument),*)
                }
                if is_x86_feature_detected!("avx512bw") && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl") {
                    // SAFETY: the processor has the features of `wide`.
                    return unsafe { wide($($argument),*) };
                }
                if is_x86_feature_detected!("avx2") {
                    // SAFETY: the processor has the features of `narrow`.
                    return unsafe { narrow($($argument),*) };
                }
            }
            plain($($argument),*)
        }
    };
}

pub(crate) use each_width;

each_width! {
    /// Whether all values are finite.
    fn all_finite(values: &[f32]) -> bool {
        values.iter().fold(0, |largest, value| largest.max(value.to_bits() & 0x7fff_ffff)) < f32::INFINITY.to_bits()
    }
}

each_width! {
    /// 1 / (1 + exp(-a))
    fn sigmoid(values: &mut [f32]) {
        for a in values {
            *a = 1.0 / (1.0 + exp(-*a));
        }
    }
}

each_width! {
    /// max(0, a), and NaN stays NaN: `0.0.max(NAN)` is 0 in Rust, the comparison keeps it.
    fn relu(values: &mut [f32]) {
        for a in values {
            *a = if *a < 0.0 { 0.0 } else { *a };
        }
    }
}

each_width! {
    /// exp(a) / sum of exp(a) along each row, after the row's own maximum was subtracted.
    fn softmax(values: &mut [f32], row: usize) {
        for row in values.chunks_mut(row.max(1)) {
            let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            for a in row {
                *a -= largest;
            }
        }
        for a in values.iter_mut() {
            *a = exp(*a);
        }
        for row in values.chunks_mut(row.max(1)) {
            let sum: f32 = row.iter().sum();
            for a in row {
                *a /= sum;
            }
        }
    }
}
