//! The worker: loads cells and runs them on its main thread, and freezes copies of itself between them.
//!
//! It reads no input of the user's and decides nothing: orders come on its own channel, and so do its answers.

use std::ffi::CString;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::time::Instant;

use nix::libc;

use super::store;
use super::store::{API, Api};
use super::supervisor::{Fds, readable, words};
use super::wire::{Channel, FromWorker, OVERFLOWED, PIECE, Received, ToWorker, check};

/// Wakes a frozen copy; only the supervisor's counts.
pub const WAKE: i32 = libc::SIGUSR2;

/// The report of how long loading a cell took, in microseconds.
pub const LOADED: u32 = 7;

/// Reports of this kind and above wait until everything printed before has been read.
pub const ORDERED: u32 = 256;

/// For [`report`] and the signal handler, which are called without the worker at hand.
static CONTROL: AtomicI32 = AtomicI32::new(-1);
/// The lowest address of the main thread's stack.
static STACK_END: AtomicUsize = AtomicUsize::new(0);

type Cell = unsafe extern "C" fn(*const Api) -> u32;

/// The loop of the worker.
pub fn run(fds: &Fds) -> ! {
    follow_parent();
    // SAFETY: a group of its own, so that a cell that signals its group reaches neither supervisor nor copies.
    unsafe { libc::setpgid(0, 0) };
    CONTROL.store(fds.control.fd(), Ordering::SeqCst);
    watch_stack();
    say(&fds.control, &FromWorker::Ready { pid: own_pid() });
    let mut is_frozen = false;
    loop {
        match fds.control.receive() {
            Ok(Some(ToWorker::Run { library, symbol, reads })) => {
                if !is_frozen && freeze(fds) == Freeze::Woken {
                    continue;
                }
                set_stdin(fds, reads);
                run_cell(fds, &library, &symbol);
                is_frozen = match freeze(fds) {
                    Freeze::Frozen => true,
                    Freeze::Failed | Freeze::Woken => false,
                };
            }
            Ok(Some(ToWorker::Forget(name))) => store::forget(&name),
            Ok(Some(ToWorker::GoOn)) => {}
            _ => leave(),
        }
    }
}

/// What earlier cells left unread is not this one's.
fn set_stdin(fds: &Fds, reads: bool) {
    let kept = fds.stdin.as_raw_fd();
    let mut rest = [0u8; 4096];
    // SAFETY: descriptors of this process, and a buffer with its own length.
    unsafe {
        while libc::poll(&mut readable(kept), 1, 0) == 1 && libc::read(kept, rest.as_mut_ptr().cast(), rest.len()) > 0 {
        }
        if reads {
            libc::dup2(kept, 0);
            return;
        }
        let empty = libc::open(c"/dev/null".as_ptr(), libc::O_RDONLY);
        if empty > 0 {
            libc::dup2(empty, 0);
            libc::close(empty);
        }
    }
}

fn run_cell(fds: &Fds, library: &str, symbol: &str) {
    let pid = own_pid();
    let begun = Instant::now();
    let loaded = load(library, symbol);
    report(LOADED, begun.elapsed().as_micros().to_string().as_bytes());
    let answer = match loaded {
        // SAFETY: a cell that our own compiler made against this very table.
        Ok(cell) => FromWorker::Done { code: unsafe { cell(&API) } },
        Err(why) => FromWorker::NotLoaded(why),
    };
    if own_pid() != pid {
        // The cell forked, and this is the other one.
        leave();
    }
    reopen(1, fds.stdout.as_raw_fd());
    reopen(2, fds.stderr.as_raw_fd());
    say(&fds.control, &answer);
}

/// Never closed again: values and threads of a cell outlive it.
fn load(library: &str, symbol: &str) -> Result<Cell, String> {
    let library = CString::new(library).map_err(|error| error.to_string())?;
    let symbol = CString::new(symbol).map_err(|error| error.to_string())?;
    // SAFETY: both are C strings; what the symbol is was decided by our own compiler.
    unsafe {
        let handle = libc::dlopen(library.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL);
        if handle.is_null() {
            return Err(words(libc::dlerror()));
        }
        let address = libc::dlsym(handle, symbol.as_ptr());
        if address.is_null() {
            return Err(words(libc::dlerror()));
        }
        Ok(std::mem::transmute::<*mut libc::c_void, Cell>(address))
    }
}

/// Called by a cell: sends the bytes in pieces; an ordered report waits for the answer.
pub fn report(kind: u32, bytes: &[u8]) {
    let control = CONTROL.load(Ordering::SeqCst);
    // SAFETY: the worker's channel, open as long as the process; not closed here.
    let control = std::mem::ManuallyDrop::new(unsafe { channel(control) });
    let pieces: Vec<&[u8]> = if bytes.is_empty() { vec![bytes] } else { bytes.chunks(PIECE - 32).collect() };
    for (index, piece) in pieces.iter().enumerate() {
        let more = index + 1 < pieces.len();
        say(&control, &FromWorker::Report { kind, more, bytes: piece.to_vec() });
    }
    if kind >= ORDERED && !matches!(control.receive(), Ok(Some(ToWorker::GoOn))) {
        leave();
    }
}

unsafe fn channel(fd: RawFd) -> Channel {
    use std::os::fd::{FromRawFd, OwnedFd};
    // SAFETY: the caller's promise.
    Channel::from_fd(unsafe { OwnedFd::from_raw_fd(fd) })
}

#[derive(Debug, PartialEq)]
enum Freeze {
    /// This is the worker, and a copy of it stands still.
    Frozen,
    /// This is the copy, long after: the worker from now on.
    Woken,
    Failed,
}

/// Forks; the copy stands still until the supervisor wakes it.
fn freeze(fds: &Fds) -> Freeze {
    let threads = threads();
    // SAFETY: the copy keeps all signals blocked, and calls only what a signal handler may until it is woken.
    unsafe {
        let before = block_signals();
        match libc::fork() {
            0 => {
                libc::setpgid(0, 0);
                wait_for_wake(fds.life.as_raw_fd());
                follow_parent();
                unblock_signals(&before);
                while !matches!(fds.control.try_receive::<ToWorker>(), Ok(Received::Nothing) | Err(_)) {}
                say(&fds.control, &FromWorker::Ready { pid: own_pid() });
                Freeze::Woken
            }
            -1 => {
                let errno = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
                unblock_signals(&before);
                say(&fds.control, &FromWorker::NotFrozen { errno });
                Freeze::Failed
            }
            pid => {
                unblock_signals(&before);
                say(&fds.control, &FromWorker::Frozen { pid, threads });
                Freeze::Frozen
            }
        }
    }
}

/// Returns when the supervisor says so; ends the process when the supervisor is gone.
unsafe fn wait_for_wake(life: RawFd) {
    // SAFETY: system calls on places of the right size.
    unsafe {
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&mut set);
        libc::sigaddset(&mut set, WAKE);
        let signals = libc::signalfd(-1, &set, libc::SFD_CLOEXEC);
        if signals < 0 {
            libc::_exit(70);
        }
        loop {
            let mut polled = [readable(life), readable(signals)];
            libc::poll(polled.as_mut_ptr(), 2, -1);
            if polled[0].revents != 0 {
                libc::_exit(0);
            }
            let mut signal: libc::signalfd_siginfo = std::mem::zeroed();
            let size = size_of::<libc::signalfd_siginfo>();
            if polled[1].revents != 0
                && libc::read(signals, (&raw mut signal).cast(), size) == size as isize
                && signal.ssi_pid as i32 == libc::getppid()
            {
                libc::close(signals);
                return;
            }
        }
    }
}

unsafe fn block_signals() -> libc::sigset_t {
    // SAFETY: places of the right type.
    unsafe {
        let mut all: libc::sigset_t = std::mem::zeroed();
        let mut before: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&mut all);
        libc::sigprocmask(libc::SIG_SETMASK, &all, &mut before);
        before
    }
}

unsafe fn unblock_signals(before: &libc::sigset_t) {
    // SAFETY: a mask that was in force before.
    unsafe { libc::sigprocmask(libc::SIG_SETMASK, before, std::ptr::null_mut()) };
}

/// How many threads run beside this one.
fn threads() -> u64 {
    std::fs::read_dir("/proc/self/task").map_or(0, |tasks| tasks.count().saturating_sub(1) as u64)
}

/// Dies with the supervisor.
fn follow_parent() {
    // SAFETY: plain system calls on this process.
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL, 0, 0, 0) };
}

/// A cell may have closed its stdout; what it put there on purpose stays.
fn reopen(fd: RawFd, kept: RawFd) {
    // SAFETY: descriptors of this process.
    unsafe {
        if libc::fcntl(fd, libc::F_GETFD) < 0 {
            libc::dup2(kept, fd);
        }
    }
}

fn own_pid() -> i32 {
    // SAFETY: always succeeds.
    unsafe { libc::getpid() }
}

fn say(control: &Channel, message: &FromWorker) {
    if control.send(message).is_err() {
        leave();
    }
}

/// Nobody listens any more.
fn leave() -> ! {
    // SAFETY: ends the process without running anything of the cells'.
    unsafe { libc::_exit(70) }
}

/// Tells a stack overflow from other bad accesses, on a stack of its own.
fn watch_stack() {
    const SIZE: usize = 64 * 1024;
    // SAFETY: documented uses of each call; the memory for the handler's stack is never given back.
    unsafe {
        let mut attributes: libc::pthread_attr_t = std::mem::zeroed();
        let (mut low, mut size) = (std::ptr::null_mut(), 0);
        libc::pthread_getattr_np(libc::pthread_self(), &mut attributes);
        libc::pthread_attr_getstack(&attributes, &mut low, &mut size);
        libc::pthread_attr_destroy(&mut attributes);
        STACK_END.store(low as usize, Ordering::SeqCst);
        let (access, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
        let memory = libc::mmap(std::ptr::null_mut(), SIZE, access, flags, -1, 0);
        if memory == libc::MAP_FAILED {
            return;
        }
        libc::sigaltstack(&libc::stack_t { ss_sp: memory, ss_flags: 0, ss_size: SIZE }, std::ptr::null_mut());
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_bad_access as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_RESETHAND;
        let _ = check(libc::sigaction(libc::SIGSEGV, &action, std::ptr::null_mut()));
        let _ = check(libc::sigaction(libc::SIGBUS, &action, std::ptr::null_mut()));
    }
}

/// Says it when the address lies at the stack's end, and returns: the access happens again and ends the process.
unsafe extern "C" fn on_bad_access(_signal: i32, info: *mut libc::siginfo_t, _context: *mut libc::c_void) {
    const NEAR: usize = 1 << 20;
    // SAFETY: the kernel's description of the signal; `send` may be called in a handler.
    unsafe {
        let (address, end) = ((*info).si_addr() as usize, STACK_END.load(Ordering::SeqCst));
        if address.wrapping_add(NEAR).wrapping_sub(end) < NEAR + 64 * 1024 {
            let control = CONTROL.load(Ordering::SeqCst);
            libc::send(control, OVERFLOWED.as_ptr().cast(), OVERFLOWED.len(), libc::MSG_NOSIGNAL);
        }
    }
}
