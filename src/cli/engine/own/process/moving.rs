//! The worker's side of outputs that move: asks the library, which keeps them, through the functions that it exports.
//!
//! A library that a cell contains itself is not asked: its outputs stay as they are.

use std::time::{SystemTime, UNIX_EPOCH};

use super::loader::exported;
use super::wire::FromWorker;
use super::wire::worker_side::{self, ABSENT, MOVING};

type Tell = extern "C" fn(*const u8, usize);
type Shown = unsafe extern "C" fn(u64, Tell);
type Draw = unsafe extern "C" fn(u64, *const f64, usize, Tell) -> u32;
type End = unsafe extern "C" fn(u64);

/// A cell has ended: reports what it has displayed that can move.
pub fn report_shown() {
    for function in exported("forward_pass_moving_shown") {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        // After `:undo`, no number may stand for something else.
        NUMBER.set(since.as_nanos() as u64);
        // SAFETY: the library's own function of this name.
        unsafe { std::mem::transmute::<*const std::ffi::c_void, Shown>(function)(NUMBER.get(), tell_shown) };
    }
}

/// Draws one with these values, as a cell that prints it.
pub fn draw(id: u64, values: &[f64]) {
    let mut code = ABSENT;
    for function in exported("forward_pass_moving_draw") {
        // SAFETY: the library's own function of this name, and the numbers of a slice.
        code = unsafe {
            std::mem::transmute::<*const std::ffi::c_void, Draw>(function)(
                id,
                values.as_ptr(),
                values.len(),
                tell_error,
            )
        };
        if code != ABSENT {
            break;
        }
    }
    worker_side::send(&FromWorker::Done { code });
}

/// Drops one.
pub fn end(id: u64) {
    for function in exported("forward_pass_moving_end") {
        // SAFETY: the library's own function of this name.
        unsafe { std::mem::transmute::<*const std::ffi::c_void, End>(function)(id) };
    }
}

thread_local! {
    static NUMBER: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

extern "C" fn tell_shown(text: *const u8, length: usize) {
    // SAFETY: the library passes one slice.
    let text = unsafe { std::slice::from_raw_parts(text, length) };
    worker_side::report(MOVING, &[NUMBER.get().to_string().as_bytes(), b" ", text].concat());
}

/// As a cell reports an error that leaves it, without a place.
extern "C" fn tell_error(text: *const u8, length: usize) {
    const FAILED: u32 = 2;
    // SAFETY: the library passes one slice.
    let text = unsafe { std::slice::from_raw_parts(text, length) };
    worker_side::report(FAILED, &[b"\n0:0\n", text].concat());
}
