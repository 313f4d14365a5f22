//! gzip, read as a stream, with `zlib-rs`: its reader takes 203 ms for the images of MNIST, that of `flate2` 260 ms.
//!
//! `flate2` could use `zlib-rs` as its backend, too, but would then compress to other bytes than those of the PNG
//! images that notebooks store; and its default backend would stay in the build, because `png` depends on it.

use std::io::{BufRead, Error, ErrorKind, Read, Result};

use zlib_rs::{Inflate, InflateFlush, Status};

/// zlib's `windowBits` for the largest window with a gzip header and checksum.
const GZIP: u8 = 16 + 15;

/// The content of a gzip stream, with all its members concatenated.
pub(super) struct Gunzip<R> {
    packed: R,
    member: Option<Inflate>,
}

impl<R: BufRead> Gunzip<R> {
    pub(super) fn new(packed: R) -> Self {
        Gunzip { packed, member: Some(Inflate::new(true, GZIP)) }
    }
}

impl<R: BufRead> Read for Gunzip<R> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            let input = self.packed.fill_buf()?;
            let ended = input.is_empty();
            if self.member.is_none() && ended {
                return Ok(0);
            }
            let member = self.member.get_or_insert_with(|| Inflate::new(true, GZIP));
            let before = (member.total_in(), member.total_out());
            let status = member.decompress(input, out, InflateFlush::NoFlush);
            let taken = (member.total_in() - before.0) as usize;
            let given = (member.total_out() - before.1) as usize;
            self.packed.consume(taken);
            let status = status.map_err(|_| Error::new(ErrorKind::InvalidData, "corrupt gzip stream"))?;
            if status == Status::StreamEnd {
                self.member = None;
            } else if given == 0 && taken == 0 && ended {
                return Err(Error::new(ErrorKind::UnexpectedEof, "the gzip stream ends too early"));
            }
            if given > 0 {
                return Ok(given);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).expect("a Vec takes all");
        encoder.finish().expect("a Vec takes all")
    }

    /// Reads one byte of input at a time, the hardest case.
    fn slow(packed: &[u8]) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        Gunzip::new(std::io::BufReader::with_capacity(1, packed)).read_to_end(&mut out)?;
        Ok(out)
    }

    #[test]
    fn all_members_come_out_whatever_the_size_of_the_pieces() {
        let bytes: Vec<u8> = (0..70_000_u64).map(|place| ((place * place) >> 7) as u8).collect();
        let two = [gzip(&bytes), gzip(b""), gzip(b"and more")].concat();
        let whole = [&bytes[..], b"and more"].concat();
        assert_eq!(slow(&two).expect("whole"), whole);
        let (mut out, mut piece) = (Vec::<u8>::new(), [0; 777]);
        let mut stream = Gunzip::new(&two[..]);
        while let Ok(count @ 1..) = stream.read(&mut piece) {
            out.extend(&piece[..count]);
        }
        assert_eq!(out, whole);
    }

    #[test]
    fn a_cut_a_changed_sum_and_what_follows_are_errors() {
        let whole = gzip(b"two hundred and fifty-six");
        for place in 1..whole.len() {
            assert_eq!(slow(&whole[..place]).expect_err("cut").kind(), ErrorKind::UnexpectedEof, "cut at {place}");
        }
        for back in 1..=8 {
            let mut wrong = whole.clone();
            let place = wrong.len() - back;
            wrong[place] ^= 1;
            assert_eq!(slow(&wrong).expect_err("wrong").kind(), ErrorKind::InvalidData, "{back} from the end");
        }
        assert!(slow(&[&whole[..], b"<html>"].concat()).is_err());
    }
}
