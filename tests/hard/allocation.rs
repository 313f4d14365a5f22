//! Learning and classifying allocate up front: nothing is allocated inside the loop.
//!
//! An allocator that counts per thread wraps the system's.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use forward_pass::prelude::*;

struct Counting;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call is forwarded unchanged to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // A thread that is shutting down no longer counts.
        let _ = COUNT.try_with(|count| count.set(count.get() + 1));
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

fn count() -> usize {
    COUNT.with(Cell::get)
}

/// Without optimisation, or on a processor without AVX2, products are computed by `matrixmultiply`, which allocates a
/// buffer for each.
fn for_products(products: usize) -> usize {
    #[cfg(target_arch = "x86_64")]
    let tiles = !cfg!(unoptimised) && is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
    #[cfg(not(target_arch = "x86_64"))]
    let tiles = false;
    if tiles { 0 } else { products }
}

#[test]
fn a_step_of_training_allocates_nothing() {
    let digits = Mnist::drawn(500, 0, 1).train;
    for training in [Training::sgd(0.1).momentum(0.9), Training::adam(0.01)] {
        let mut net = Network::untrained(&[784, 50, 100, 10], 1).unwrap();
        let mut seen = Vec::with_capacity(15);
        training.epochs(3).fit_watched(&mut net, &digits, |_| seen.push(count())).unwrap();
        assert_eq!(seen.len(), 15);
        // One product per layer forwards, two backwards, except for the input of the first layer.
        let most = for_products(3 + 3 + 2);
        for (step, pair) in seen.windows(2).enumerate() {
            let took = pair[1] - pair[0];
            assert!(took <= most, "step {}: {took} allocations", step + 2);
        }
    }
}

#[test]
fn many_rows_take_no_more_allocations_than_one_block() {
    let images = Mnist::drawn(960, 0, 1).train.images;
    let net = Network::untrained(&[784, 50, 100, 10], 1).unwrap();
    let took = |rows: usize| {
        let (rows, before) = (images.slice(s![..rows, ..]), count());
        net.classify(&rows).unwrap();
        count() - before
    };
    let (one, ten) = (took(96), took(960));
    assert!(one < 16, "{one} allocations for one block");
    assert!(ten <= one + for_products(9 * 3), "{ten} allocations for ten blocks, {one} for one");
}
