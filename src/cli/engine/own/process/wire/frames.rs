//! Messages in a stream: each follows its length.

use std::collections::VecDeque;

/// What has arrived of a stream and is not yet a whole message.
#[derive(Debug, Default)]
pub struct Frames(VecDeque<u8>);

const HEAD: usize = size_of::<u32>();

impl Frames {
    /// What precedes a message.
    pub fn head(message: &[u8]) -> [u8; HEAD] {
        (message.len() as u32).to_le_bytes()
    }

    pub fn add(&mut self, bytes: &[u8]) {
        self.0.extend(bytes);
    }

    /// The next message, if all of it has arrived.
    pub fn next(&mut self) -> Option<Vec<u8>> {
        let mut head = [0; HEAD];
        for (to, from) in head.iter_mut().zip(self.0.iter()) {
            *to = *from;
        }
        let length = u32::from_le_bytes(head) as usize;
        if self.0.len() < HEAD + length {
            return None;
        }
        self.0.drain(..HEAD);
        Some(self.0.drain(..length).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_whole_however_the_bytes_arrive() {
        let messages: [&[u8]; 4] = [b"one", b"", &[7; 70_000], b"last"];
        let all: Vec<u8> = messages.iter().flat_map(|it| [&Frames::head(it)[..], it].concat()).collect();
        for size in [1, 3, 5, 4096, all.len()] {
            let mut frames = Frames::default();
            let mut found = Vec::new();
            for bytes in all.chunks(size) {
                frames.add(bytes);
                found.extend(std::iter::from_fn(|| frames.next()));
            }
            assert_eq!(found, messages);
            assert_eq!(frames.0.len(), 0);
        }
    }
}
