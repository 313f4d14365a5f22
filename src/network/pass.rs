//! The forward pass over many rows: in blocks that stay in the cache, split among threads where that pays.
//!
//! The output of a row depends on that row alone, so block and thread do not affect it.

use std::thread;

use super::{Layer, Real};
use crate::simd::product::threads_for;

/// Rows that go through all layers together; the usual batch of 100 is one block.
const BLOCK: usize = 120;

/// The values between the layers, for one block of rows.
pub(crate) struct Scratch<T> {
    hidden: Vec<Vec<T>>,
}

impl<T: Real> Scratch<T> {
    pub(crate) fn new(layers: &[Layer<T>], rows: usize) -> Self {
        let hidden = layers[..layers.len() - 1].iter().map(|layer| vec![T::zero(); rows * layer.outputs()]);
        Scratch { hidden: hidden.collect() }
    }

    /// (rows, inputs) -> (rows, outputs), with at most the rows of `new`.
    fn forward(&mut self, layers: &[Layer<T>], x: &[T], y: &mut [T], rows: usize) {
        for (index, layer) in layers.iter().enumerate() {
            let (before, here) = self.hidden.split_at_mut(index);
            let from = before.last().map_or(x, |z| &z[..rows * layer.inputs()]);
            let to = here.first_mut().map_or(&mut *y, |z| &mut z[..rows * layer.outputs()]);
            layer.weigh_into(from, to);
            layer.activate_in_place(to);
        }
    }
}

/// (rows, inputs) -> (rows, outputs)
pub(super) fn forward<T: Real>(layers: &[Layer<T>], x: &[T], y: &mut [T]) {
    let (Some(first), Some(last)) = (layers.first(), layers.last()) else { return };
    let rows = y.len() / last.outputs();
    let work = rows * layers.iter().map(|layer| layer.weights().len()).sum::<usize>();
    let threads = threads_for(work, 0);
    if threads < 2 {
        return blocks(layers, x, y);
    }
    let share = rows.div_ceil(threads).next_multiple_of(BLOCK);
    let parts = x.chunks(share * first.inputs()).zip(y.chunks_mut(share * last.outputs()));
    thread::scope(|scope| {
        let mut parts = parts;
        let ours = parts.next();
        parts.for_each(|(x, y)| {
            scope.spawn(move || blocks(layers, x, y));
        });
        if let Some((x, y)) = ours {
            blocks(layers, x, y);
        }
    });
}

fn blocks<T: Real>(layers: &[Layer<T>], x: &[T], y: &mut [T]) {
    let (inputs, outputs) = (layers[0].inputs(), layers[layers.len() - 1].outputs());
    let mut scratch = Scratch::new(layers, BLOCK.min(y.len() / outputs));
    for (x, y) in x.chunks(BLOCK * inputs).zip(y.chunks_mut(BLOCK * outputs)) {
        let rows = y.len() / outputs;
        scratch.forward(layers, x, y, rows);
    }
}
