//! How long it takes to print an array: the half of `benches/printing.py` that runs our release build.
//!
//! `printing DTYPE FILE OUT REPEATS` reads raw little-endian elements, prints them in full REPEATS times, writes the
//! text to OUT for comparison, and prints the median in milliseconds and the number of large allocations.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use forward_pass::prelude::*;
use forward_pass::show::Element;
use num_complex::Complex64;

const ROW: usize = 1000;

/// Counts allocations of a page and more, which a growing string would make repeatedly.
struct Counting;

static LARGE: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is forwarded unchanged to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LARGE.fetch_add(usize::from(layout.size() >= 4096), Ordering::Relaxed);
        // SAFETY: guaranteed by the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: guaranteed by the caller.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [dtype, file, out, repeats] = &arguments[..] else {
        return println!("run `python benches/printing.py`: it runs NumPy and this side by side");
    };
    let bytes = std::fs::read(file).expect("the elements");
    let repeats: usize = repeats.parse().expect("a count");
    match dtype.as_str() {
        "float64" => run(&numbers(&bytes, f64::from_le_bytes), out, repeats),
        "float32" => run(&numbers(&bytes, f32::from_le_bytes), out, repeats),
        "int64" => run(&numbers(&bytes, i64::from_le_bytes), out, repeats),
        "bool" => run(&numbers(&bytes, |[byte]: [u8; 1]| byte != 0), out, repeats),
        "complex128" => run(&numbers(&bytes, complex), out, repeats),
        other => panic!("no dtype {other}"),
    }
}

fn complex(bytes: [u8; 16]) -> Complex64 {
    let part = |at: usize| f64::from_le_bytes(std::array::from_fn(|index| bytes[at + index]));
    Complex64::new(part(0), part(8))
}

fn numbers<T, const SIZE: usize>(bytes: &[u8], read: fn([u8; SIZE]) -> T) -> Array2<T> {
    let flat: Array1<T> =
        bytes.chunks_exact(SIZE).map(|chunk| read(chunk.try_into().expect("a chunk of that size"))).collect();
    flat.into_shape_with_order((bytes.len() / SIZE / ROW, ROW)).expect("whole rows")
}

fn run<T: Element>(x: &Array2<T>, out: &str, repeats: usize) {
    let options = PrintOptions { threshold: usize::MAX, ..PrintOptions::default() };
    let mut times = Vec::new();
    let before = LARGE.load(Ordering::Relaxed);
    let mut text = options.show(x);
    let allocations = LARGE.load(Ordering::Relaxed) - before;
    for _ in 0..repeats {
        let start = Instant::now();
        text = options.show(std::hint::black_box(x));
        times.push(start.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    std::fs::write(out, text).expect("the text");
    println!("{} {allocations}", times[times.len() / 2]);
}
