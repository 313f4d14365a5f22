//! Room for a whole set in large pages: with small ones, making it takes longer than to turn the bytes into floats.
//!
//! It asks the system, as NumPy does for its arrays; a system that has none, or is not Linux, goes on as before.

/// Asks for large pages behind the values that are there.
pub(super) fn ask_for_large<T>(values: &mut Vec<T>) {
    #[cfg(target_os = "linux")]
    {
        use std::ffi::{c_int, c_void};

        /// 2 MiB, and so a multiple of every smaller page's size.
        const LARGE: usize = 1 << 21;
        const MADV_HUGEPAGE: c_int = 14;

        unsafe extern "C" {
            fn madvise(start: *mut c_void, length: usize, advice: c_int) -> c_int;
        }

        let room = values.spare_capacity_mut().as_mut_ptr_range();
        let first = room.start.addr().next_multiple_of(LARGE);
        let length = room.end.addr().saturating_sub(first) / LARGE * LARGE;
        if length > 0 {
            let start = room.start.map_addr(|_| first).cast();
            // SAFETY: whole pages of our own memory; advice changes nothing in them. A refusal costs time only.
            let _ = unsafe { madvise(start, length, MADV_HUGEPAGE) };
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = values;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_room_holds_what_is_put_there() {
        for size in [0, 1, 1 << 20, 5 << 20] {
            let mut values: Vec<u32> = Vec::with_capacity(size);
            ask_for_large(&mut values);
            values.extend(0..size as u32);
            assert!(values.iter().copied().eq(0..size as u32), "{size}");
        }
    }
}
