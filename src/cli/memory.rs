//! Memory that this process has freed and still holds.
//!
//! It frees nothing itself.

/// Most of what is kept for later, in bytes, by each thread.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const KEPT: nix::libc::c_int = 1 << 20;

/// For a process that waits most of the time: from now on, each thread returns what it has freed. By itself, glibc
/// keeps more and more, up to 32 MB a thread, and `give_back` does not reach the end of a thread's memory.
pub fn keep_little() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: they take numbers and no pointers, and may be called from any thread.
    unsafe {
        nix::libc::mallopt(nix::libc::M_TRIM_THRESHOLD, KEPT);
        nix::libc::mallopt(nix::libc::M_MMAP_THRESHOLD, KEPT);
    }
}

/// Returns freed memory to the system, which takes milliseconds: glibc keeps most of it for later.
pub fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it takes a number and no pointer, and may be called from any thread.
    unsafe {
        nix::libc::malloc_trim(0);
    }
}
