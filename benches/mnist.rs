//! How many images per second this library reads, trains on and classifies, as bare numbers for `benches/mnist.py`.
//!
//! The script runs its peers alternately and compares. To run it alone:
//! `cargo bench --bench mnist --no-default-features`. It uses real digits if FORWARD_PASS_MNIST is set, else noise.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

use forward_pass::mnist::{Digits, Mnist, VARIABLE};
use forward_pass::prelude::*;

const SIZES: [usize; 4] = [784, 50, 100, 10];
/// The number of images per pass, enough for a tenth of a second or more.
const IMAGES: usize = 60_000;

fn main() {
    // Cargo passes `--bench` on; other arguments select the measurements.
    let wished: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let wants = |name: &str| wished.is_empty() || wished.iter().any(|word| word == name);
    let folder = std::env::var_os(VARIABLE).map(PathBuf::from);
    if let Some(folder) = folder.as_ref().filter(|_| wants("read")) {
        measure("read", 70_000, || Mnist::open(folder).expect("the files are right").train.len());
    }
    if wished.iter().any(|word| word == "seeds") {
        return seeds(&Mnist::find().expect("`seeds` needs the real digits"));
    }
    if wants("peak") {
        peak("peak-1", 1);
        peak("peak-all", std::thread::available_parallelism().map_or(1, usize::from));
    }
    if !["train", "train-1", "classify-1", "classify-100", "classify-10000"].into_iter().any(wants) {
        return;
    }
    let digits = match folder {
        Some(folder) => Mnist::open(folder).expect("the files are right").train,
        None => noise(),
    };
    for (name, threads) in [("train", 0), ("train-1", 1)] {
        if wants(name) {
            let training = Training::sgd(0.1).momentum(0.9).epochs(1).batch(100).threads(threads);
            let mut net = Network::untrained(&SIZES, 1).expect("three layers");
            training.fit(&mut net, &digits.first(5_000)).expect("it learns");
            measure(name, IMAGES, || training.fit(&mut net, &digits).expect("it learns").losses().len());
        }
    }
    let net = Network::untrained(&SIZES, 1).expect("three layers");
    for batch in [1, 100, 10_000] {
        let name = format!("classify-{batch}");
        if wants(&name) {
            measure(&name, IMAGES, || classify(&net, &digits, batch));
        }
    }
}

/// The accuracy on the real test set of networks from five seeds after ten epochs.
fn seeds(digits: &Mnist) {
    let mut rates: Vec<f64> = (1..=5).map(|seed| rate_of(digits, seed)).collect();
    rates.sort_by(f64::total_cmp);
    println!("minimum {} median {} maximum {}", rates[0], rates[2], rates[4]);
}

fn rate_of(digits: &Mnist, seed: u64) -> f64 {
    let mut net = Network::untrained(&SIZES, seed).expect("three layers");
    let training = Training::sgd(0.1).momentum(0.9).epochs(10).seed(seed);
    training.fit(&mut net, &digits.train).expect("it learns");
    let said = net.classify(&digits.test.images).expect("784 values");
    accuracy(&said, &digits.test.labels).expect("one answer each")
}

fn classify(net: &Network, digits: &Digits, batch: usize) -> usize {
    let batches = digits.images.axis_chunks_iter(Axis(0), batch);
    batches.map(|rows| black_box(net.classify(&rows).expect("784 values")).len()).sum()
}

/// Random images: the speed does not depend on their content.
fn noise() -> Digits {
    let mut state = 1_u32;
    let images = Array2::from_shape_simple_fn((IMAGES, 784), || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if state >> 24 < 49 { (state >> 8) as f32 / 16_777_216.0 } else { 0.0 }
    });
    let labels = (0..IMAGES).map(|place| (place % 10) as u8).collect();
    Digits::new(images, labels).expect("784 values each")
}

/// One line: the name, and images per second.
fn measure(name: &str, images: usize, mut work: impl FnMut() -> usize) {
    let begun = Instant::now();
    black_box(work());
    println!("{name} {:.0}", images as f64 / begun.elapsed().as_secs_f64());
}

/// The peak number of multiplications and additions per second, in units of 10^9: sums that stay in registers, enough
/// of them in parallel to keep the processor busy.
fn peak(name: &str, threads: usize) {
    const ROUNDS: usize = 50_000_000;
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| black_box(flops(ROUNDS)));
        }
    });
    let operations = threads as f64 * ROUNDS as f64 * per_round();
    println!("{name} {:.1}", operations / begun.elapsed().as_secs_f64() / 1e9);
}

#[cfg(target_arch = "x86_64")]
mod wide {
    use std::arch::x86_64::*;
    use std::hint::black_box;

    /// Twelve different values: the compiler would merge equal sums.
    const STARTS: [f32; 12] = [1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2.0, 2.1];

    /// # Safety
    /// The processor must have AVX-512.
    #[target_feature(enable = "avx512f")]
    pub fn flops(rounds: usize) -> f32 {
        let (x, y) = (_mm512_set1_ps(black_box(0.999)), _mm512_set1_ps(black_box(1e-3)));
        let mut sums = STARTS.map(|start| _mm512_set1_ps(black_box(start)));
        for _ in 0..rounds {
            for sum in &mut sums {
                *sum = _mm512_fmadd_ps(*sum, x, y);
            }
        }
        sums.iter().map(|sum| _mm512_reduce_add_ps(*sum)).sum()
    }

    /// # Safety
    /// The processor must have AVX2 and FMA.
    #[target_feature(enable = "avx2,fma")]
    pub fn narrow_flops(rounds: usize) -> f32 {
        let (x, y) = (_mm256_set1_ps(black_box(0.999)), _mm256_set1_ps(black_box(1e-3)));
        let mut sums = STARTS.map(|start| _mm256_set1_ps(black_box(start)));
        for _ in 0..rounds {
            for sum in &mut sums {
                *sum = _mm256_fmadd_ps(*sum, x, y);
            }
        }
        sums.iter().map(|sum| _mm_cvtss_f32(_mm256_castps256_ps128(*sum))).sum()
    }
}

/// Two operations (multiply, add) for each of 12 vectors.
fn per_round() -> f64 {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") {
            return 2.0 * 12.0 * 16.0;
        }
        if is_x86_feature_detected!("fma") {
            return 2.0 * 12.0 * 8.0;
        }
    }
    2.0 * 48.0
}

fn flops(rounds: usize) -> f32 {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: the processor has AVX-512.
            return unsafe { wide::flops(rounds) };
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: the processor has AVX2 and FMA.
            return unsafe { wide::narrow_flops(rounds) };
        }
    }
    let mut sums: [f32; 48] = std::array::from_fn(|place| black_box(1.0 + place as f32));
    for _ in 0..rounds {
        sums.iter_mut().for_each(|sum| *sum = *sum * 0.999 + 1e-3);
    }
    sums.iter().sum()
}
