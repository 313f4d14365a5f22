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

    /// How many bytes to read next, so that nothing of a later message is taken: who polls would not see it any more.
    #[cfg(unix)]
    pub fn missing(&self) -> usize {
        self.length().map_or(HEAD, |length| HEAD + length) - self.0.len()
    }

    /// The next message, if all of it has arrived.
    pub fn next(&mut self) -> Option<Vec<u8>> {
        let length = self.length().filter(|length| self.0.len() >= HEAD + length)?;
        self.0.drain(..HEAD);
        Some(self.0.drain(..length).collect())
    }

    fn length(&self) -> Option<usize> {
        let mut head = [0; HEAD];
        for (at, to) in head.iter_mut().enumerate() {
            *to = *self.0.get(at)?;
        }
        Some(u32::from_le_bytes(head) as usize)
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
        // Reading only what is missing never takes a byte of the next message.
        let (mut frames, mut rest) = (Frames::default(), &all[..]);
        for message in messages {
            while frames.next().inspect(|found| assert_eq!(found, message)).is_none() {
                let (bytes, after) = rest.split_at(frames.missing().min(1000));
                frames.add(bytes);
                rest = after;
            }
            assert_eq!(frames.0.len(), 0);
        }
        assert!(rest.is_empty());
    }
}
