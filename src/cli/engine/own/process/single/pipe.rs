//! Pipes that are looked at without waiting, and messages in them.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::time::Duration;

use super::super::system::available;
use super::super::wire::{Frames, Message};

/// The reading end of a pipe.
pub struct Inlet {
    pipe: PipeReader,
    frames: Frames,
}

/// How much is read before other pipes are looked at.
const MOST: usize = 1 << 20;

impl Inlet {
    pub fn new(pipe: PipeReader) -> Inlet {
        Inlet { pipe, frames: Frames::default() }
    }

    /// Passes on what the pipe holds now.
    pub fn read(&mut self, on_bytes: &mut dyn FnMut(&[u8])) {
        let (mut buffer, mut taken) = ([0u8; 16 << 10], 0);
        while taken < MOST && available(&self.pipe) > 0 {
            match self.pipe.read(&mut buffer) {
                Ok(length) if length > 0 => {
                    taken += length;
                    on_bytes(&buffer[..length]);
                }
                _ => return,
            }
        }
    }

    /// The next message, if it has arrived.
    pub fn message<M: Message>(&mut self) -> io::Result<Option<M>> {
        let mut arrived = Vec::new();
        self.read(&mut |bytes| arrived.extend_from_slice(bytes));
        self.frames.add(&arrived);
        self.next()
    }

    /// Waits for a message; `None` when the other side has closed its end.
    pub fn wait<M: Message>(&mut self) -> io::Result<Option<M>> {
        let mut buffer = [0u8; 16 << 10];
        loop {
            if let Some(message) = self.next()? {
                return Ok(Some(message));
            }
            match self.pipe.read(&mut buffer) {
                Ok(0) => return Ok(None),
                Ok(length) => self.frames.add(&buffer[..length]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn next<M: Message>(&mut self) -> io::Result<Option<M>> {
        let invalid = || io::Error::new(io::ErrorKind::InvalidData, "invalid message between two processes");
        self.frames.next().map(|frame| M::decode(&frame).ok_or_else(invalid)).transpose()
    }
}

pub fn send(pipe: &mut PipeWriter, message: &impl Message) -> io::Result<()> {
    let packet = message.encode();
    pipe.write_all(&[&Frames::head(&packet)[..], &packet].concat())
}

/// Rests between two looks, longer each time.
pub struct Pause(Duration);

impl Default for Pause {
    fn default() -> Pause {
        Pause(Duration::from_micros(50))
    }
}

impl Pause {
    pub fn rest(&mut self) {
        const LONGEST: Duration = Duration::from_millis(5);
        std::thread::sleep(self.0);
        self.0 = (self.0 * 2).min(LONGEST);
    }
}
