//! The worker: loads cells and runs them on its main thread, and forks checkpoints of itself between them.
//!
//! It reads no input of the user's and decides nothing: orders arrive on a channel of its own, and answers leave on it.

use std::collections::BTreeSet;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, IntoRawFd, OwnedFd};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl, open};
use nix::libc;
use nix::poll::PollTimeout;
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, SigmaskHow, Signal, sigaction};
use nix::sys::stat::Mode;
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, dup2_stderr, dup2_stdin, dup2_stdout, fork, getpid, read};

use super::descriptors::{Base, Closed, reopen};
use super::loader::{load_cell, load_layers, reset_layers};
use super::moving;
use super::owners::{self, Owners};
use super::share::share_statics;
use super::store::{self, API};
use super::system;
use super::threads::Threads;
use super::wire::worker_side::{self, BROKEN, Fds, LOADED, announce_overflow, exit, report, send};
use super::wire::{FromWorker, Restarted, ToWorker, wait_readable};

/// Wakes a checkpoint; only the supervisor's counts.
pub const WAKE: Signal = Signal::SIGUSR2;

/// The lowest address of the main thread's stack, and how near to it an overflow is.
static STACK_END: AtomicUsize = AtomicUsize::new(0);
static NEAR_END: AtomicUsize = AtomicUsize::new(0);

/// The worker's loop.
pub fn run(fds: &'static Fds, life: BorrowedFd<'static>, supervisor: i32) -> ! {
    system::lead_own_group();
    system::die_with_supervisor(life);
    worker_side::connect(&fds.control);
    watch_stack();
    let mut worker = Worker { fds, life, supervisor, base: Base::now(), copies: Vec::new() };
    send(&FromWorker::Ready { pid: getpid().as_raw(), woken: 0, restarted: None });
    let mut has_checkpoint = false;
    loop {
        match fds.control.receive() {
            Ok(Some(ToWorker::Run { library, layers, symbol, reads, shares })) => {
                // Before the checkpoint, so that it has them.
                let layers = load_layers(&layers);
                if !has_checkpoint && worker.checkpoint() == Checkpoint::Woken {
                    continue;
                }
                set_stdin(fds, reads);
                run_cell(fds, layers, &library, &symbol, shares);
                has_checkpoint = worker.checkpoint() == Checkpoint::Frozen;
            }
            Ok(Some(ToWorker::Draw { id, values })) => {
                moving::draw(id, &values);
                // It may have changed what the session shares with it.
                has_checkpoint = false;
            }
            Ok(Some(order)) => store::obey(order),
            _ => exit(BROKEN),
        }
    }
}

/// What earlier cells left unread is dropped.
fn set_stdin(fds: &Fds, reads: bool) {
    let mut unread = [0u8; 4096];
    while wait_readable([fds.stdin.as_fd()], PollTimeout::ZERO) == Ok([true])
        && read(&fds.stdin, &mut unread).is_ok_and(|length| length > 0)
    {}
    if reads {
        let _ = dup2_stdin(&fds.stdin);
        return;
    }
    if let Ok(empty) = open(c"/dev/null", OFlag::O_RDONLY, Mode::empty()) {
        if empty.as_raw_fd() == 0 {
            // A cell had closed its stdin, and this is the new one.
            let _ = empty.into_raw_fd();
        } else {
            let _ = dup2_stdin(&empty);
        }
    }
}

fn run_cell(fds: &Fds, layers: Result<(), String>, library: &str, symbol: &str, shares: bool) {
    let pid = getpid();
    let begun = Instant::now();
    let loaded = layers.and_then(|()| load_cell(library, symbol));
    if shares && loaded.is_ok() {
        share_statics(library);
    }
    report(LOADED, begun.elapsed().as_micros().to_string().as_bytes());
    let answer = match loaded {
        // SAFETY: a cell that our own compiler made against this very table.
        Ok(cell) => FromWorker::Done { code: unsafe { cell(&API) } },
        Err(why) => FromWorker::NotLoaded(why),
    };
    if getpid() != pid {
        // The cell forked, and this is its child.
        exit(BROKEN);
    }
    // A cell may have closed its streams; a file that it put in their place stays.
    if is_closed(io::stdout()) {
        let _ = dup2_stdout(&fds.stdout);
    }
    if is_closed(io::stderr()) {
        let _ = dup2_stderr(&fds.stderr);
    }
    moving::report_shown();
    send(&answer);
}

fn is_closed(stream: impl AsFd) -> bool {
    fcntl(stream, FcntlArg::F_GETFD).is_err()
}

#[derive(Debug, PartialEq)]
enum Checkpoint {
    /// This is the worker, and its checkpoint is frozen.
    Frozen,
    /// This was the checkpoint, and is the worker from now on.
    Woken,
    Failed,
}

/// What the loop keeps between cells.
struct Worker {
    fds: &'static Fds,
    life: BorrowedFd<'static>,
    supervisor: i32,
    base: Base,
    /// The checkpoints that this process has forked and must reap.
    copies: Vec<Pid>,
}

impl Worker {
    /// Forks a checkpoint, which is frozen until the supervisor wakes it.
    fn checkpoint(&mut self) -> Checkpoint {
        self.reap();
        let threads = Threads::beside_this();
        let must_wait = self.base.has_others();
        let (closing, closed) = match io::pipe() {
            Ok((reader, writer)) => (reader, OwnedFd::from(writer)),
            Err(error) => return not_frozen(Errno::from_raw(error.raw_os_error().unwrap_or(0))),
        };
        let sending = self.fds.control.hold();
        let before = SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK).expect("SIG_SETMASK is valid");
        // SAFETY: until it is woken, the copy keeps all signals blocked and runs nothing of a cell's; the C library's
        // `fork` leaves it an allocator that works.
        match unsafe { fork() } {
            Ok(ForkResult::Child) => {
                drop((closing, sending));
                system::lead_own_group();
                let shut = self.base.close_others(&closed);
                drop(closed);
                let checkpoint = getpid().as_raw();
                system::wait_for_wake(self.life, self.supervisor);
                system::become_worker(self.fds, self.life);
                self.wake(checkpoint, before, shut, &threads);
                Checkpoint::Woken
            }
            Ok(ForkResult::Parent { child }) => {
                let _ = before.thread_set_mask();
                drop((closed, sending));
                self.copies.push(child);
                // Only when the copy has closed its descriptors does closing them here have an effect.
                while must_wait && read(&closing, &mut [0]) == Err(Errno::EINTR) {}
                let (pid, size) = (child.as_raw(), system::largest_size());
                send(&FromWorker::Frozen { pid, threads: threads.count(), size });
                Checkpoint::Frozen
            }
            Err(error) => {
                let _ = before.thread_set_mask();
                drop(sending);
                not_frozen(error)
            }
        }
    }

    /// The copy becomes the worker. Variables whose descriptors are lost are dropped before anything uses them.
    fn wake(&mut self, woken: i32, mask: SigSet, shut: Vec<Closed>, threads: &Threads) {
        self.copies.clear();
        let lost = reopen(shut);
        let _ = mask.thread_set_mask();
        self.fds.control.discard();
        // First: a variable that holds a thread must not be dropped for its descriptor.
        let restarted = restart_crates(threads);
        drop_owners(&lost);
        send(&FromWorker::Ready { pid: getpid().as_raw(), woken, restarted });
    }

    /// Discarded checkpoints are dead children of this process until it asks for them.
    fn reap(&mut self) {
        self.copies.retain(|pid| matches!(waitpid(*pid, Some(WaitPidFlag::WNOHANG)), Ok(WaitStatus::StillAlive)));
    }
}

fn not_frozen(error: Errno) -> Checkpoint {
    send(&FromWorker::NotFrozen { errno: error as i32 });
    Checkpoint::Failed
}

fn drop_owners(lost: &[Closed]) {
    if lost.is_empty() {
        return;
    }
    let fds: Vec<_> = lost.iter().map(|closed| closed.fd).collect();
    let Owners { known, unsafe_to_drop, unknown } = owners::find(&fds);
    if unknown {
        send(&FromWorker::Lost { name: String::new(), kinds: String::new() });
    }
    for (name, fds) in known {
        if unsafe_to_drop.contains(&name) {
            store::leak(&name);
        } else {
            store::forget(&name);
        }
        let kinds = lost.iter().filter(|closed| fds.contains(&closed.fd)).map(|closed| closed.kind);
        let kinds: Vec<_> = kinds.collect::<BTreeSet<_>>().into_iter().collect();
        send(&FromWorker::Lost { name, kinds: kinds.join(" and ") });
    }
}

/// The threads of the process that was copied are gone. Crates that would wait for theirs begin anew, without the
/// variables that hold them.
fn restart_crates(threads: &Threads) -> Option<Restarted> {
    let owners = threads.owners();
    if owners.is_empty() {
        return None;
    }
    // SAFETY: a copy has one thread, and it is in this function.
    unsafe { reset_layers() };
    let crates: Vec<String> = owners.into_iter().collect();
    let may_hold = |name: &str| name == "dyn" || crates.iter().any(|one| one == name);
    let variables =
        store::leak_of_types(|type_name| type_name.split(|c: char| !c.is_alphanumeric() && c != '_').any(may_hold));
    Some(Restarted { crates, variables })
}

/// Tells a stack overflow from other bad accesses, on a stack of its own.
pub fn watch_stack() {
    const SIZE: usize = 64 * 1024;
    let (end, error) = system::stack_end();
    STACK_END.store(end, Ordering::SeqCst);
    NEAR_END.store(error + SIZE, Ordering::SeqCst);
    // SAFETY: documented uses of each call; the memory for the handler's stack is never unmapped, and the handler only
    // does what a signal handler may.
    unsafe {
        let (access, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
        let memory = libc::mmap(std::ptr::null_mut(), SIZE, access, flags, -1, 0);
        if memory == libc::MAP_FAILED {
            return;
        }
        libc::sigaltstack(&libc::stack_t { ss_sp: memory, ss_flags: 0, ss_size: SIZE }, std::ptr::null_mut());
        let flags = SaFlags::SA_SIGINFO | SaFlags::SA_ONSTACK | SaFlags::SA_RESETHAND;
        let action = SigAction::new(SigHandler::SigAction(on_bad_access), flags, SigSet::empty());
        let _ = sigaction(Signal::SIGSEGV, &action);
        let _ = sigaction(Signal::SIGBUS, &action);
    }
}

/// Announces the overflow if the address is at the stack's end. Then the access happens again and ends the process.
extern "C" fn on_bad_access(_signal: libc::c_int, info: *mut libc::siginfo_t, _context: *mut libc::c_void) {
    const NEAR: usize = 1 << 20;
    // SAFETY: the kernel's description of the signal.
    let address = unsafe { (*info).si_addr() } as usize;
    let end = STACK_END.load(Ordering::SeqCst);
    if address.wrapping_add(NEAR).wrapping_sub(end) < NEAR + NEAR_END.load(Ordering::SeqCst) {
        announce_overflow();
    }
}
