//! The calls of a Unix, each in two ways: Linux's own, and what POSIX has for every other system.
//!
//! The way is chosen here and nowhere else. On Linux the other one can be tried: [`FORCE`] set to 1.

#[cfg(target_os = "linux")]
mod linux;
mod note_pipe;
mod posix;

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd, RawFd};
use std::path::PathBuf;
use std::sync::OnceLock;

use nix::libc;

use super::super::wire::worker_side::Fds;
use super::Limit;
#[cfg(all(test, target_os = "linux"))]
pub use linux::held;

/// For tests: with the value 1, the processes of the cells do without what Linux alone has.
pub const FORCE: &str = "FORWARD_PASS_POSIX";

/// Is POSIX all that this session may use?
pub fn is_posix() -> bool {
    static FORCED: OnceLock<bool> = OnceLock::new();
    !cfg!(target_os = "linux") || *FORCED.get_or_init(|| std::env::var_os(FORCE) == Some(OsString::from("1")))
}

/// How the supervisor hears of its processes.
pub struct Watch {
    /// Readable when there is news.
    pub news: OwnedFd,
    /// Where other processes write theirs, if that is how it works.
    pub writer: Option<OwnedFd>,
}

/// What the supervisor hears.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum News {
    /// The process ended with this wait status.
    Ended { pid: i32, status: i32 },
    /// The worker is this process from now on.
    Started { pid: i32 },
}

/// The processes below the supervisor that are not to be killed.
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "elsewhere, no list of processes is searched"))]
pub struct Kept<'a> {
    /// The checkpoint that is to be woken; its elders may be processes of earlier cells.
    pub woken: i32,
    pub checkpoints: &'a [i32],
    /// Checkpoints that may still be dying.
    pub discarded: &'a [i32],
}

macro_rules! in_two_ways {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*) $(-> $result:ty)?;)*) => {$(
        $(#[$doc])*
        pub fn $name($($argument: $type),*) $(-> $result)? {
            #[cfg(target_os = "linux")]
            if !is_posix() {
                return linux::$name($($argument),*);
            }
            posix::$name($($argument),*)
        }
    )*};
}

in_two_ways! {
    /// An event that can be polled: what is written to the second descriptor makes the first one readable.
    event() -> io::Result<(OwnedFd, Option<OwnedFd>)>;
    /// A pipe that takes more, where the system allows it.
    enlarge(pipe: BorrowedFd, bytes: i32);

    /// Makes the processes below this one its children when their parents end.
    adopt_orphans() -> io::Result<()>;
    /// From now on, ends of children are news.
    watch_children(places: &mut dyn Iterator<Item = RawFd>) -> io::Result<Watch>;
    /// Undoes that in a child of the supervisor.
    watch_no_children();
    /// All news that has arrived.
    news(watch: &Watch, on_news: &mut dyn FnMut(News));
    /// Kills what the dead worker has left; returns the names and numbers of processes of earlier cells that still run.
    end_strays(kept: Kept) -> Vec<(String, i32)>;
    /// Kills all processes below the supervisor.
    end_all(worker: i32);
    /// Has the process `pid` ended already, unnoticed?
    is_gone(pid: i32) -> bool;
    /// Kills what a supervisor that was itself killed has left.
    end_session(supervisor: i32, worker: i32);

    /// Ends this process when the supervisor ends.
    die_with_supervisor(life: BorrowedFd<'static>);
    /// Blocks a checkpoint until the supervisor wakes it; ends the process when the supervisor is gone.
    wait_for_wake(life: BorrowedFd, supervisor: i32);
    /// The woken checkpoint becomes the worker, whose end the supervisor hears of.
    become_worker(fds: &Fds, life: BorrowedFd<'static>);

    /// The lowest address of this thread's stack, and by how much more than a guard page that may be wrong.
    stack_end() -> (usize, usize);
    /// Where the stacks of the other threads end; `None` for those that run.
    other_threads() -> Vec<Option<usize>>;
    /// What `/proc/self/maps` says, or nothing.
    memory_maps() -> String;
    /// Is a thread of the process waiting for a line of its standard input?
    reads_stdin(process: i32) -> bool;
    /// From now on, no system call of this process reaches anything outside; `false` if the system does not allow that.
    confine() -> bool;
    /// Do the checkpoints hold more than they may? `size` is the worker's at its largest.
    is_too_much(worker: i32, checkpoints: &[i32], size: u64) -> bool;

    /// The limit on the memory of this process or its container, in bytes.
    memory_limit() -> Option<Limit>;
    /// The limit on processes and threads of this user or its container.
    process_limit() -> Option<Limit>;
    /// How many processes of the container have been killed because it met its limit on memory.
    memory_kills() -> u64;

    /// All descriptors of this process.
    open_fds() -> Vec<RawFd>;
    /// Is the file locked through this descriptor? The path is that of the file.
    is_locked(fd: RawFd, path: &std::path::Path) -> bool;
    /// A descriptor on which reading and writing fail.
    dead_file() -> io::Result<OwnedFd>;
    /// The same open file at a number, in place of what is there.
    put_at(file: BorrowedFd, fd: RawFd, close_on_exec: bool) -> io::Result<()>;
}

/// Can the session know that a cell waits for input? Elsewhere its stdin is empty.
pub fn knows_readers() -> bool {
    !is_posix()
}

/// The program that is running.
pub fn own_program() -> io::Result<PathBuf> {
    // This is also right when the file has been replaced meanwhile.
    if cfg!(target_os = "linux") { Ok("/proc/self/exe".into()) } else { std::env::current_exe() }
}

/// The path of an open file, or words for what has none.
#[cfg(target_os = "linux")]
pub fn path_of(fd: RawFd) -> Option<PathBuf> {
    std::fs::read_link(format!("/proc/self/fd/{fd}")).ok()
}

#[cfg(target_vendor = "apple")]
pub fn path_of(fd: RawFd) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    let mut path = vec![0u8; libc::PATH_MAX as usize];
    // SAFETY: the call writes a C string of at most this length.
    if unsafe { libc::fcntl(fd, libc::F_GETPATH, path.as_mut_ptr()) } < 0 {
        return None;
    }
    path.truncate(path.iter().position(|byte| *byte == 0)?);
    Some(OsString::from_vec(path).into())
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
pub fn path_of(_: RawFd) -> Option<PathBuf> {
    None
}

/// The largest that this process has been, in bytes.
pub fn largest_size() -> u64 {
    // SAFETY: the call fills the place given, which zeros are valid for.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &raw mut usage);
        usage
    };
    // Apple counts bytes, others kilobytes.
    usage.ru_maxrss as u64 * if cfg!(target_vendor = "apple") { 1 } else { 1024 }
}

/// A process that a cell signals by its group must reach neither the supervisor nor a checkpoint.
pub fn lead_own_group() {
    let _ = nix::unistd::setpgid(nix::unistd::Pid::from_raw(0), nix::unistd::Pid::from_raw(0));
}

/// Ends a process and everything in the group that it leads.
pub fn kill_group(leader: u32) {
    use nix::sys::signal::{Signal, killpg};
    let _ = killpg(nix::unistd::Pid::from_raw(leader.cast_signed()), Signal::SIGKILL);
}

/// The number of a moved descriptor: the same open file under a new number that programs of a cell do not inherit.
pub fn moved_to(fd: impl AsFd, places: &mut dyn Iterator<Item = RawFd>) -> io::Result<OwnedFd> {
    use std::os::fd::FromRawFd;
    let place = places.next().unwrap_or(3);
    let moved = nix::fcntl::fcntl(fd, nix::fcntl::FcntlArg::F_DUPFD_CLOEXEC(place))?;
    // SAFETY: the new descriptor is ours alone.
    Ok(unsafe { OwnedFd::from_raw_fd(moved) })
}

/// Has a program lead a group, so that it can be killed with its children.
pub fn in_own_group(command: &mut std::process::Command) -> &mut std::process::Command {
    std::os::unix::process::CommandExt::process_group(command, 0)
}

/// How many bytes can be read without waiting; 0 also at the end.
pub fn available(pipe: &impl AsFd) -> usize {
    use std::os::fd::AsRawFd;
    let mut unread: libc::c_int = 0;
    // SAFETY: the call writes one number, to the place given. nix has no wrapper for it.
    let asked = unsafe { libc::ioctl(pipe.as_fd().as_raw_fd(), libc::FIONREAD, &raw mut unread) };
    if asked == 0 { usize::try_from(unread).unwrap_or(0) } else { 0 }
}

/// Do programs that are started from now on inherit this descriptor?
pub fn set_inherited(fd: &impl AsFd, is_inherited: bool) -> io::Result<()> {
    use nix::fcntl::{FcntlArg, FdFlag, fcntl};
    let flags = if is_inherited { FdFlag::empty() } else { FdFlag::FD_CLOEXEC };
    fcntl(fd, FcntlArg::F_SETFD(flags))?;
    Ok(())
}

/// The number by which a program that inherits a descriptor knows it.
pub fn number_of(fd: &impl AsFd) -> u64 {
    use std::os::fd::AsRawFd;
    fd.as_fd().as_raw_fd() as u64
}

/// # Safety
///
/// The number is that of an open descriptor that nothing else owns.
pub unsafe fn of_number(number: u64) -> OwnedFd {
    use std::os::fd::FromRawFd;
    // SAFETY: the caller's promise.
    unsafe { OwnedFd::from_raw_fd(number as RawFd) }
}

/// Everything that a process starts, so that it can be ended with it.
pub struct Household(u32);

impl Household {
    /// Of a child that leads its group.
    pub fn of(child: &std::process::Child) -> Household {
        Household(child.id())
    }

    pub fn end(&self) {
        kill_group(self.0);
    }
}

/// Ends this process at once: no destructor and no exit handler runs.
pub fn exit(code: i32) -> ! {
    // SAFETY: `_exit` has no preconditions.
    unsafe { libc::_exit(code) }
}
