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
        let mut taken = 0;
        while taken < MOST {
            match available(&self.pipe).min(MOST - taken) {
                0 => return,
                length => taken += self.read_exactly(length, on_bytes),
            }
        }
    }

    /// Passes on so many bytes, which the pipe holds.
    fn read_exactly(&mut self, length: usize, on_bytes: &mut dyn FnMut(&[u8])) -> usize {
        let (mut buffer, mut left) = ([0u8; 16 << 10], length);
        while left > 0 {
            let most = left.min(buffer.len());
            match self.pipe.read(&mut buffer[..most]) {
                Ok(length) if length > 0 => {
                    left -= length;
                    on_bytes(&buffer[..length]);
                }
                // The other end is closed.
                _ => return MOST,
            }
        }
        length
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

/// Passes on what both hold. Nothing of the second one comes before what was written to the first one earlier.
pub fn read_both(first: &mut Inlet, second: &mut Inlet, on_bytes: &mut dyn FnMut(Which, &[u8])) {
    let held = available(&second.pipe).min(MOST);
    first.read(&mut |bytes| on_bytes(Which::First, bytes));
    second.read_exactly(held, &mut |bytes| on_bytes(Which::Second, bytes));
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Which {
    First,
    Second,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_first_is_read_first() {
        const TIMES: usize = 400_000;
        let ((first, mut to_first), (second, mut to_second)) = (std::io::pipe().unwrap(), std::io::pipe().unwrap());
        let writer = std::thread::spawn(move || {
            for _ in 0..TIMES {
                to_first.write_all(b"a").unwrap();
                to_second.write_all(b"b").unwrap();
            }
        });
        let (mut first, mut second) = (Inlet::new(first), Inlet::new(second));
        let (mut of_first, mut of_second) = (0, 0);
        while of_second < TIMES {
            read_both(&mut first, &mut second, &mut |which, bytes| {
                match which {
                    Which::First => of_first += bytes.len(),
                    Which::Second => of_second += bytes.len(),
                }
                assert!(of_first >= of_second, "{of_first} {of_second}");
            });
        }
        assert_eq!((of_first, of_second), (TIMES, TIMES));
        writer.join().unwrap();
    }
}
