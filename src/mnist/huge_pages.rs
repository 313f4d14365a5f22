//! Memory for a whole data set in huge pages: with small ones, page faults take longer than converting bytes to floats.
//!
//! This is advice to the system, as NumPy gives for its arrays; without huge pages, or not on Linux, nothing changes.

/// Asks for huge pages for the spare capacity of a vector.
pub(super) fn ask_for_large<T>(values: &mut Vec<T>) {
    #[cfg(target_os = "linux")]
    {
        use std::ffi::{c_int, c_void};

        /// 2 MiB, a multiple of every smaller page size.
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
            // SAFETY: the range is whole pages of our own allocation, and the advice does not change their content.
            // If it is refused, only time is lost.
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
