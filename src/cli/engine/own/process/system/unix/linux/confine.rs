//! A process that can do no harm: its system calls are filtered by seccomp.

use nix::libc;
use nix::sys::prctl;
use nix::sys::signal::Signal;

/// From now on, this process manages its memory, closes descriptors and ends; every other system call does nothing and
/// reports success, so that a drop that removes a folder or kills a process comes to its end and changes nothing.
pub fn confine() -> bool {
    const ALLOWED: [libc::c_long; 17] = [
        libc::SYS_close,
        libc::SYS_mmap,
        libc::SYS_munmap,
        libc::SYS_mremap,
        libc::SYS_mprotect,
        libc::SYS_madvise,
        libc::SYS_brk,
        libc::SYS_futex,
        libc::SYS_exit,
        libc::SYS_exit_group,
        libc::SYS_rt_sigreturn,
        libc::SYS_rt_sigprocmask,
        libc::SYS_rt_sigaction,
        libc::SYS_sigaltstack,
        libc::SYS_clock_gettime,
        libc::SYS_sched_yield,
        libc::SYS_getrandom,
    ];
    /// Success would mean to be the new process.
    const REFUSED: [libc::c_long; 4] = [libc::SYS_clone, libc::SYS_clone3, libc::SYS_execve, libc::SYS_execveat];
    let load = |at: u32| statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, at);
    let equals = |number: u32, then: u8| statement(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, 0, then, number);
    let answer = |action: u32| statement(libc::BPF_RET | libc::BPF_K, 0, 0, action);
    let mut program = vec![load(std::mem::offset_of!(libc::seccomp_data, nr) as u32)];
    for number in ALLOWED {
        program.extend([equals(number as u32, 1), answer(libc::SECCOMP_RET_ALLOW)]);
    }
    for number in REFUSED {
        program.extend([equals(number as u32, 1), answer(libc::SECCOMP_RET_ERRNO | libc::EAGAIN as u32)]);
    }
    // Of `fcntl`, only the question whether a descriptor is open: its second argument, in the half that counts.
    let command = std::mem::offset_of!(libc::seccomp_data, args) + size_of::<u64>();
    let low = if cfg!(target_endian = "little") { 0 } else { 4 };
    program.extend([equals(libc::SYS_fcntl as u32, 3), load((command + low) as u32)]);
    program.extend([equals(libc::F_GETFD as u32, 1), answer(libc::SECCOMP_RET_ALLOW)]);
    program.push(answer(libc::SECCOMP_RET_ERRNO));
    let filter = libc::sock_fprog { len: program.len() as u16, filter: program.as_mut_ptr() };
    let _ = prctl::set_pdeathsig(Signal::SIGKILL);
    // SAFETY: the kernel copies the filter, which outlives the call.
    prctl::set_no_new_privs().is_ok()
        && unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const filter) } == 0
}

fn statement(code: u32, jt: u8, jf: u8, k: u32) -> libc::sock_filter {
    libc::sock_filter { code: code as u16, jt, jf, k }
}
