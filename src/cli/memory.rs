//! Memory that this process has freed and still holds.
//!
//! It frees nothing itself.

/// Returns freed memory to the system, which takes milliseconds: glibc keeps most of it for later.
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it takes a number and no pointer, and may be called from any thread.
    unsafe {
        nix::libc::malloc_trim(0);
    }
}
