//! The chapter's figures that move, for a browser: text in, SVG out.
//!
//! A page writes a request into memory that [`allocate`] gives, passes it to [`call`], and reads as many bytes as
//! [`length`] says from where `call` points to. A request is a line, and the bytes after it where it takes any:
//!
//! | request | answer |
//! |---|---|
//! | `figures` | a line for each figure: its name and function, then its controls, see [`figures`] |
//! | `language ko` | nothing; the words of figures are Korean from now on, and English after `language en` |
//! | `draw NAME VALUE...` | the figure as SVG |
//! | `read WIDTH HEIGHT`, then a byte for each pixel, 0 paper to 255 ink | the digit on its way through a network, as SVG |
//! | `check NAME VALUE...` | the verdict on the numbers of an exercise, a line, and the picture of it as SVG if there is one |
//! | `start`, then `learn` or `learn COUNT` again and again | a network that learns from 500 or COUNT digits more, as SVG |
//!
//! An answer starts with `=`, an error with `!`. There are no threads and no files.

mod digits;
mod request;

use std::cell::RefCell;

thread_local! {
    static ANSWER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Memory for a request of this many bytes; [`call`] frees it.
#[unsafe(no_mangle)]
pub extern "C" fn allocate(length: usize) -> *mut u8 {
    Box::leak(vec![0_u8; length].into_boxed_slice()).as_mut_ptr()
}

/// Answers a request. The answer stays where it is until the next call.
///
/// # Safety
/// `request` came from [`allocate`] with this length, and was not passed before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn call(request: *mut u8, length: usize) -> *const u8 {
    // SAFETY: `allocate` leaked a boxed slice of this length, and the caller passes it once.
    let request = unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(request, length)) };
    let answer = match request::answer(&request) {
        Ok(text) => format!("={text}"),
        Err(problem) => format!("!{problem}"),
    };
    ANSWER.with_borrow_mut(|kept| {
        *kept = answer.into_bytes();
        kept.as_ptr()
    })
}

/// The length of the latest answer.
#[unsafe(no_mangle)]
pub extern "C" fn length() -> usize {
    ANSWER.with_borrow(Vec::len)
}
