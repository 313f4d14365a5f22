//! One end of a socket pair that keeps messages whole, and waiting on several descriptors at once.
//!
//! Linux's sockets keep packets; elsewhere the socket is a stream, and each message follows its length.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::sync::{Mutex, MutexGuard, PoisonError};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{AddressFamily, MsgFlags, Shutdown, SockFlag, SockType, recv, send, shutdown, socketpair};

use super::super::system;
use super::frames::Frames;
use super::{Message, PIECE};

#[derive(Debug)]
pub struct Channel {
    socket: OwnedFd,
    stream: Option<Stream>,
}

/// What a socket needs that does not keep packets.
#[derive(Debug, Default)]
struct Stream {
    arrived: Mutex<Frames>,
    /// Messages of several threads must not mix.
    sending: Mutex<()>,
}

/// The result of looking for a message.
#[derive(Debug, PartialEq)]
pub enum Received<M> {
    Message(M),
    Nothing,
    /// The other side has closed its end.
    Closed,
}

#[cfg(target_vendor = "apple")]
const NO_SIGNAL: MsgFlags = MsgFlags::empty();
#[cfg(not(target_vendor = "apple"))]
const NO_SIGNAL: MsgFlags = MsgFlags::MSG_NOSIGNAL;

impl Channel {
    /// Both ends; programs that are started later inherit neither.
    pub fn pair() -> io::Result<(Channel, Channel)> {
        let (one, other) = pair()?;
        Ok((Channel::from(one), Channel::from(other)))
    }

    /// For the process that inherits this end.
    pub fn number(&self) -> RawFd {
        self.socket.as_raw_fd()
    }

    pub fn send(&self, message: &impl Message) -> io::Result<()> {
        let packet = message.encode();
        match &self.stream {
            None => self.send_packet(&packet),
            Some(stream) => {
                let _sending = locked(&stream.sending);
                self.send_frame(&packet)
            }
        }
    }

    /// Sends a whole packet from a signal handler: it neither allocates nor waits for a lock.
    pub fn send_in_handler(&self, packet: &[u8]) -> io::Result<()> {
        let Some(stream) = &self.stream else { return self.send_packet(packet) };
        match stream.sending.try_lock() {
            Ok(_sending) => self.send_frame(packet),
            Err(_) => Err(io::ErrorKind::WouldBlock.into()),
        }
    }

    /// While this is held, no thread is sending, so that a copy of the process can send, too.
    pub fn hold(&self) -> Option<MutexGuard<'_, ()>> {
        self.stream.as_ref().map(|stream| locked(&stream.sending))
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

    /// Discards what has arrived, and half a message of a sender that is gone.
    pub fn discard(&self) {
        let mut buffer = [0u8; PIECE];
        while matches!(recv(self.socket.as_raw_fd(), &mut buffer, MsgFlags::MSG_DONTWAIT), Ok(length) if length > 0) {}
        self.forget_half();
    }

    /// Forgets half a message of a sender that is gone.
    pub fn forget_half(&self) {
        if let Some(stream) = &self.stream {
            *locked(&stream.arrived) = Frames::default();
        }
    }

    /// Closes the connection for both sides, whoever else holds this end.
    pub fn shut_down(&self) {
        let _ = shutdown(self.socket.as_raw_fd(), Shutdown::Both);
    }

    fn send_packet(&self, packet: &[u8]) -> io::Result<()> {
        retry(|| send(self.socket.as_raw_fd(), packet, NO_SIGNAL))?;
        Ok(())
    }

    fn send_frame(&self, packet: &[u8]) -> io::Result<()> {
        for mut part in [&Frames::head(packet)[..], packet] {
            while !part.is_empty() {
                let sent = retry(|| send(self.socket.as_raw_fd(), part, NO_SIGNAL))?;
                part = &part[sent..];
            }
        }
        Ok(())
    }

    fn take<M: Message>(&self, flags: MsgFlags) -> io::Result<Received<M>> {
        let Some(stream) = &self.stream else { return self.take_packet(flags) };
        let mut arrived = locked(&stream.arrived);
        loop {
            if let Some(packet) = arrived.next() {
                return M::decode(&packet).map(Received::Message).ok_or_else(invalid);
            }
            let missing = arrived.missing();
            match self.receive_bytes(missing, flags, |bytes| arrived.add(bytes))? {
                Received::Closed => return Ok(Received::Closed),
                _ => continue,
            }
        }
    }

    fn take_packet<M: Message>(&self, flags: MsgFlags) -> io::Result<Received<M>> {
        let mut message = None;
        match self.receive_bytes(usize::MAX, flags, |bytes| message = M::decode(bytes))? {
            Received::Closed => Ok(Received::Closed),
            _ => message.map(Received::Message).ok_or_else(invalid),
        }
    }

    fn receive_bytes(&self, most: usize, flags: MsgFlags, on_bytes: impl FnOnce(&[u8])) -> io::Result<Received<()>> {
        let mut buffer = [0u8; PIECE + 64];
        let most = most.min(buffer.len());
        match retry(|| recv(self.socket.as_raw_fd(), &mut buffer[..most], flags)) {
            Ok(0) => Ok(Received::Closed),
            Ok(length) => {
                on_bytes(&buffer[..length]);
                Ok(Received::Message(()))
            }
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => Ok(Received::Closed),
            Err(error) => Err(error),
        }
    }
}

/// With packets where the system has them.
#[cfg(target_os = "linux")]
fn pair() -> nix::Result<(OwnedFd, OwnedFd)> {
    let kind = if system::is_posix() { SockType::Stream } else { SockType::SeqPacket };
    socketpair(AddressFamily::Unix, kind, None, SockFlag::SOCK_CLOEXEC)
}

#[cfg(not(target_os = "linux"))]
fn pair() -> nix::Result<(OwnedFd, OwnedFd)> {
    use nix::fcntl::{FcntlArg, FdFlag, fcntl};
    let (one, other) = socketpair(AddressFamily::Unix, SockType::Stream, None, SockFlag::empty())?;
    for end in [&one, &other] {
        fcntl(end, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
    }
    Ok((one, other))
}

impl From<OwnedFd> for Channel {
    fn from(socket: OwnedFd) -> Channel {
        let stream = system::is_posix().then(Stream::default);
        Channel { socket, stream }
    }
}

impl AsFd for Channel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
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

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn invalid() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "invalid message between the session and its processes")
}
