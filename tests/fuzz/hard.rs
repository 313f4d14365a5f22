//! The trials of `tests/hard` on bytes from libFuzzer, which keeps and mutates inputs that reach new code.
//!
//! ```text
//! bash tests/fuzz/run.sh 600
//! ```
//!
//! Results are not compared here, but in `tests/it/library/numpy`.
#![no_main]

#[path = "../hard/arrays.rs"]
mod arrays;
#[path = "../hard/draw.rs"]
mod draw;
#[path = "../hard/exercises.rs"]
mod exercises;
#[path = "../hard/figures.rs"]
mod figures;
#[path = "../hard/moving.rs"]
mod moving;
#[path = "../hard/networks.rs"]
mod networks;
#[path = "../hard/trials.rs"]
mod trials;

use draw::Draw;
use trials::TRIALS;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((&which, rest)) = bytes.split_first() else { return };
    let (_, trial) = TRIALS[usize::from(which) % TRIALS.len()];
    let mut draw = Draw::new(choices(rest.to_vec()));
    trial(&mut draw);
    std::hint::black_box(draw.step());
});

/// A small choice consumes one byte, a number nine; after the last byte, zeros follow.
fn choices(bytes: Vec<u8>) -> impl FnMut() -> u64 {
    let mut bytes = bytes.into_iter();
    move || {
        let first = bytes.next().unwrap_or(0);
        if first < 0xc0 {
            return u64::from(first);
        }
        (0..8).fold(0, |bits, _| (bits << 8) | u64::from(bytes.next().unwrap_or(0)))
    }
}
