//! One end of a socket pair that keeps packets whole, and waiting on several descriptors at once.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{AddressFamily, MsgFlags, Shutdown, SockFlag, SockType, recv, send, shutdown, socketpair};

use super::{Message, PIECE};

#[derive(Debug)]
pub struct Channel(OwnedFd);

/// The result of looking for a message.
#[derive(Debug, PartialEq)]
pub enum Received<M> {
    Message(M),
    Nothing,
    /// The other side has closed its end.
    Closed,
}

impl Channel {
    /// Both ends; programs that are started later inherit neither.
    pub fn pair() -> io::Result<(Channel, Channel)> {
        let (one, other) = socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC)?;
        Ok((Channel(one), Channel(other)))
    }

    /// For the process that inherits this end.
    pub fn number(&self) -> RawFd {
        self.0.as_raw_fd()
    }

    pub fn send(&self, message: &impl Message) -> io::Result<()> {
        self.send_packet(&message.encode())
    }

    /// Sends a whole packet. Async-signal-safe: it neither allocates nor locks.
    pub fn send_packet(&self, packet: &[u8]) -> io::Result<()> {
        retry(|| send(self.0.as_raw_fd(), packet, MsgFlags::MSG_NOSIGNAL))?;
        Ok(())
    }

    /// Waits for a message; `None` when the other side has closed its end.
    pub fn receive<M: Message>(&self) -> io::Result<Option<M>> {
        match self.take(MsgFlags::empty())? {
            Received::Message(message) => Ok(Some(message)),
            _ => Ok(None),
        }
    }

    /// Takes a message if one has arrived.
    pub fn try_receive<M: Message>(&self) -> io::Result<Received<M>> {
        match self.take(MsgFlags::MSG_DONTWAIT) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Received::Nothing),
            other => other,
        }
    }

    /// Closes the connection for both sides, whoever else holds this end.
    pub fn shut_down(&self) {
        let _ = shutdown(self.0.as_raw_fd(), Shutdown::Both);
    }

    fn take<M: Message>(&self, flags: MsgFlags) -> io::Result<Received<M>> {
        let mut buffer = [0u8; PIECE + 64];
        match retry(|| recv(self.0.as_raw_fd(), &mut buffer, flags)) {
            Ok(0) => Ok(Received::Closed),
            Ok(length) => M::decode(&buffer[..length]).map(Received::Message).ok_or_else(invalid),
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => Ok(Received::Closed),
            Err(error) => Err(error),
        }
    }
}

impl From<OwnedFd> for Channel {
    fn from(fd: OwnedFd) -> Channel {
        Channel(fd)
    }
}

impl AsFd for Channel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Waits until one of the descriptors is readable or closed, and says which are; none of them after the timeout.
pub fn wait_readable<const N: usize>(fds: [BorrowedFd; N], timeout: impl Into<PollTimeout>) -> nix::Result<[bool; N]> {
    let mut polled = fds.map(|fd| PollFd::new(fd, PollFlags::POLLIN));
    poll(&mut polled, timeout)?;
    // `None` is an event that nix does not know.
    Ok(polled.map(|fd| fd.any() != Some(false)))
}

fn retry(mut call: impl FnMut() -> nix::Result<usize>) -> io::Result<usize> {
    loop {
        match call() {
            Err(Errno::EINTR) => {}
            other => return Ok(other?),
        }
    }
}

fn invalid() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "invalid message between the session and its processes")
}
