//! The descriptors of a frozen checkpoint. It closes what others can see closed: sockets, pipes, locked files, epoll.
//!
//! A copy that held them would keep a port bound, a reader waiting and a lock taken after a cell has closed its own.
//! Each number keeps a placeholder on which every operation fails, so that no value ever uses or closes another file.
//! When the copy is woken, it opens regular files again; the rest is lost. It does not know which variables own them.

use std::collections::BTreeSet;
use std::ffi::CString;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use nix::libc;
use nix::sys::stat::{FileStat, fstat, stat};

use super::system::{dead_file, is_locked, open_fds, path_of, put_at};

/// Devices that are the same for everybody.
const MEMORY_DEVICES: [&str; 5] = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"];

/// Descriptors without a peer: whether a copy holds them makes no difference.
const WITHOUT_PEER: [&str; 5] = ["[eventfd]", "[timerfd]", "[signalfd]", "[pidfd]", "pidfd:"];

/// What was open before any cell ran: the engine's own, and what the session inherited.
pub struct Base(BTreeSet<(u64, u64)>);

/// A descriptor that the checkpoint has closed.
pub struct Closed {
    pub fd: RawFd,
    /// As a message names it.
    pub kind: &'static str,
    close_on_exec: bool,
    /// How to open it again.
    file: Option<Regular>,
}

/// An open file that has a path.
struct Regular {
    path: CString,
    identity: (u64, u64),
    flags: libc::c_int,
    offset: i64,
    /// The next write was to extend the file.
    is_at_end: bool,
}

impl Base {
    pub fn now() -> Base {
        let named = open_fds().into_iter().filter_map(about).filter(|about| about.st_mode & libc::S_IFMT != 0);
        Base(named.map(|about| identity(&about)).collect())
    }

    /// Is there anything for a checkpoint to close?
    pub fn has_others(&self) -> bool {
        open_fds().into_iter().any(|fd| self.to_close(fd, |_, _| false).is_some())
    }

    /// Closes all that a cell may have opened, except what is harmless to hold, and except one.
    pub fn close_others(&self, except: &OwnedFd) -> Vec<Closed> {
        let others = open_fds().into_iter().filter(|fd| *fd != except.as_raw_fd());
        let mut closed: Vec<Closed> = others.filter_map(|fd| self.to_close(fd, is_locked)).collect();
        let Ok(dead) = dead_file() else { return Vec::new() };
        closed.retain(|closed| put_at(dead.as_fd(), closed.fd, true).is_ok());
        closed
    }

    /// Whether a file is locked can only be asked in a copy: asking may cost the process its own locks.
    fn to_close(&self, fd: RawFd, is_locked: fn(RawFd, &Path) -> bool) -> Option<Closed> {
        let about = about(fd)?;
        if self.0.contains(&identity(&about)) {
            return None;
        }
        let link = path_of(fd).unwrap_or_default();
        let mut file = None;
        let kind = match about.st_mode & libc::S_IFMT {
            libc::S_IFSOCK => "socket",
            libc::S_IFIFO => "pipe",
            libc::S_IFCHR if MEMORY_DEVICES.iter().any(|device| link == Path::new(device)) => return None,
            libc::S_IFCHR | libc::S_IFBLK => "device",
            libc::S_IFREG if is_locked(fd, &link) => "locked file",
            libc::S_IFREG => {
                // Nobody else can open a file without a path.
                file = Some(Regular::of(fd, &about, link)?);
                "file"
            }
            libc::S_IFDIR => return None,
            _ if WITHOUT_PEER.iter().any(|kind| link.to_string_lossy().contains(kind)) => return None,
            _ => "event queue",
        };
        // SAFETY: only asks for the flags of a descriptor.
        let close_on_exec = unsafe { libc::fcntl(fd, libc::F_GETFD) } & libc::FD_CLOEXEC != 0;
        Some(Closed { fd, kind, close_on_exec, file })
    }
}

/// Opens files again, in their places; returns what is lost.
pub fn reopen(closed: Vec<Closed>) -> Vec<Closed> {
    let lost = |closed: &Closed| {
        let file = closed.file.as_ref().and_then(Regular::open);
        file.is_none_or(|file| put_at(file.as_fd(), closed.fd, closed.close_on_exec).is_err())
    };
    closed.into_iter().filter(lost).collect()
}

impl Regular {
    fn of(fd: RawFd, about: &FileStat, path: PathBuf) -> Option<Regular> {
        let path = CString::new(path.as_os_str().as_bytes()).ok()?;
        if identity(&stat(path.as_c_str()).ok()?) != identity(about) {
            return None;
        }
        // SAFETY: both calls only ask.
        let (flags, offset) = unsafe { (libc::fcntl(fd, libc::F_GETFL), libc::lseek(fd, 0, libc::SEEK_CUR)) };
        let is_written = flags & libc::O_ACCMODE != libc::O_RDONLY;
        let is_usual = flags >= 0 && offset >= 0 && !is_path_only(flags);
        let is_at_end = is_written && offset == about.st_size;
        is_usual.then(|| Regular { path, identity: identity(about), flags, offset, is_at_end })
    }

    /// What a cell that died had appended stays.
    fn open(&self) -> Option<OwnedFd> {
        // SAFETY: a path that is a C string, and flags that create nothing.
        let fd = unsafe { libc::open(self.path.as_ptr(), self.flags | libc::O_CLOEXEC) };
        // SAFETY: if it is a descriptor, it is new.
        let file = (fd >= 0).then(|| unsafe { OwnedFd::from_raw_fd(fd) })?;
        let (offset, whence) = if self.is_at_end { (0, libc::SEEK_END) } else { (self.offset, libc::SEEK_SET) };
        // SAFETY: moves the offset of the file just opened.
        let is_placed = unsafe { libc::lseek(fd, offset, whence) } >= 0;
        (is_placed && self.identity == identity(&about(fd)?)).then_some(file)
    }
}

fn about(fd: RawFd) -> Option<FileStat> {
    // SAFETY: used for this call only, which fails if the descriptor is closed.
    fstat(unsafe { std::os::fd::BorrowedFd::borrow_raw(fd) }).ok()
}

#[cfg(target_os = "linux")]
fn is_path_only(flags: libc::c_int) -> bool {
    flags & libc::O_PATH != 0
}

#[cfg(not(target_os = "linux"))]
fn is_path_only(_: libc::c_int) -> bool {
    false
}

/// Anonymous descriptors, such as epoll's, share one inode, and have no file type.
#[cfg_attr(target_os = "linux", expect(clippy::unnecessary_cast, reason = "the numbers have other types elsewhere"))]
fn identity(about: &FileStat) -> (u64, u64) {
    (about.st_dev as u64, about.st_ino)
}
