//! The IDX format: a header of big-endian numbers, then one byte per value.
//!
//! ```text
//! images   00 00 08 03 | count | rows | columns | count * rows * columns bytes, 0 white to 255 black
//! labels   00 00 08 01 | count | count bytes, 0 to 9
//! ```
//!
//! It reads from any stream and opens no file. The header is untrusted: beyond the size of a real data set, memory only
//! grows with the bytes that actually arrive.

use std::io::{ErrorKind as IoKind, Read};
use std::sync::mpsc;
use std::thread;

use ndarray::{Array1, Array2};

use super::huge_pages::ask_for_large;
use crate::error::{Error, ErrorKind, Result};

/// The first four bytes of an image file, 0x0803.
pub const IMAGES_MAGIC: u32 = 2051;
/// The first four bytes of a label file, 0x0801.
pub const LABELS_MAGIC: u32 = 2049;
/// The width and the height of an image.
pub const SIDE: usize = 28;
/// The values of one image, 28 * 28.
pub const PIXELS: usize = SIDE * SIDE;

const OTHER: &str = "digits are 28 x 28, one byte a pixel; this file holds something else";
const CHUNK: usize = PIXELS * 64;
/// The number of chunks that may be queued for conversion.
const AHEAD: usize = 8;
/// The values of 80,000 images; memory is committed page by page, so up to here a false header costs nothing.
const RESERVED_AT_ONCE: usize = PIXELS * 80_000;

/// Reads an image file: (count, 784), every pixel divided by 255.
///
/// ```
/// use forward_pass::mnist::idx;
/// let mut file = vec![0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 28];
/// file.extend([255; 784]);
/// assert_eq!(idx::images(&file[..], "one-image")?.dim(), (1, 784));
/// # Ok::<(), forward_pass::error::Error>(())
/// ```
///
/// # Errors
/// When the magic number, the size of an image, or the number of bytes is wrong. `name` is used in the message.
pub fn images(mut stream: impl Read, name: &str) -> Result<Array2<f32>> {
    let [_, count, rows, columns] = header(&mut stream, IMAGES_MAGIC, name)?;
    if (rows as usize, columns as usize) != (SIDE, SIDE) {
        let message = format!("{name}: images of {rows} x {columns} pixels, not {SIDE} x {SIDE}");
        return Err(Error::new(ErrorKind::File, message, OTHER));
    }
    let expected = u64::from(count) * PIXELS as u64;
    let values = floats(&mut stream, name, expected)?;
    let count = values.len() / PIXELS;
    Ok(Array2::from_shape_vec((count, PIXELS), values).expect("the body was counted"))
}

/// Every byte of the body divided by 255.
fn floats(stream: &mut impl Read, name: &str, expected: u64) -> Result<Vec<f32>> {
    let mut body = Body { stream, name, expected, seen: 0 };
    if cfg!(target_family = "wasm") { floats_here(&mut body) } else { floats_beside(&mut body) }
}

fn convert(values: &mut Vec<f32>, bytes: &[u8], rest: u64, name: &str) -> Result<()> {
    grow(values, bytes.len(), rest, name)?;
    values.extend(bytes.iter().map(|&byte| f32::from(byte) / 255.0));
    Ok(())
}

/// For systems without threads.
fn floats_here(body: &mut Body<impl Read>) -> Result<Vec<f32>> {
    let (mut values, mut piece) = (Vec::new(), Vec::new());
    loop {
        let rest = body.rest();
        if !body.next(&mut piece)? {
            return Ok(values);
        }
        convert(&mut values, &piece, rest, body.name)?;
    }
}

/// On a separate thread: allocating the floats takes longer than unpacking.
fn floats_beside(body: &mut Body<impl Read>) -> Result<Vec<f32>> {
    let name = body.name;
    thread::scope(|scope| {
        let (full, pieces) = mpsc::sync_channel::<(Vec<u8>, u64)>(AHEAD);
        let (empty, spare) = mpsc::channel();
        let converter = scope.spawn(move || {
            let mut values: Vec<f32> = Vec::new();
            for (bytes, rest) in pieces {
                convert(&mut values, &bytes, rest, name)?;
                // The reader may have stopped already.
                let _ = empty.send(bytes);
            }
            Ok(values)
        });
        let mut read = || -> Result<()> {
            loop {
                let (mut piece, rest) = (spare.try_recv().unwrap_or_default(), body.rest());
                // The receiver is gone if memory ran out, and then reading can stop.
                if !body.next(&mut piece)? || full.send((piece, rest)).is_err() {
                    return Ok(());
                }
            }
        };
        let read = read();
        drop(full);
        let values = converter.join().expect("the loop above does not panic");
        read.and(values)
    })
}

/// Reads a label file: (count,).
///
/// # Errors
/// As [`images`]; also when a label is above 9.
pub fn labels(mut stream: impl Read, name: &str) -> Result<Array1<u8>> {
    let [_, count] = header(&mut stream, LABELS_MAGIC, name)?;
    let mut body = Body { stream: &mut stream, name, expected: u64::from(count), seen: 0 };
    let (mut values, mut piece) = (Vec::new(), Vec::new());
    loop {
        let rest = body.rest();
        if !body.next(&mut piece)? {
            break;
        }
        grow(&mut values, piece.len(), rest, name)?;
        values.extend_from_slice(&piece);
    }
    if let Some(place) = values.iter().position(|&label| label > 9) {
        let message = format!("{name}: label {} at index {place} is above 9", values[place]);
        return Err(Error::new(ErrorKind::File, message, "the file is damaged: fetch it again"));
    }
    Ok(Array1::from_vec(values))
}

fn header<const N: usize>(stream: &mut impl Read, magic: u32, name: &str) -> Result<[u32; N]> {
    let mut numbers = [0; N];
    for (index, number) in numbers.iter_mut().enumerate() {
        let mut bytes = [0; 4];
        let got = fill(stream, &mut bytes, name)?;
        if got < 4 {
            let message = format!("{name}: a header of {} bytes is cut off after {}", 4 * N, 4 * index + got);
            return Err(Error::new(ErrorKind::File, message, "the file is damaged: fetch it again"));
        }
        *number = u32::from_be_bytes(bytes);
        if index == 0 {
            // Report an image file in place of a label file as such, not as a short header.
            check_magic(*number, magic, name)?;
        }
    }
    Ok(numbers)
}

fn check_magic(magic: u32, wanted: u32, name: &str) -> Result<()> {
    let (what, help) = match magic {
        _ if magic == wanted => return Ok(()),
        IMAGES_MAGIC => (" (images)", "the two files are swapped, or one has the wrong name"),
        LABELS_MAGIC => (" (labels)", "the two files are swapped, or one has the wrong name"),
        _ if magic >> 16 == 0x1f8b => ("", "it is a gzip file: give it a name that ends in .gz"),
        _ => ("", "it is not an IDX file; a web page saved under its name starts with `<`"),
    };
    let kind = if wanted == IMAGES_MAGIC { "images" } else { "labels" };
    let message = format!("{name}: magic number {magic}{what}, not {wanted} ({kind})");
    Err(Error::new(ErrorKind::File, message, help))
}

/// The bytes after the header, as many as it announces.
struct Body<'a, R> {
    stream: &'a mut R,
    name: &'a str,
    expected: u64,
    seen: u64,
}

impl<R: Read> Body<'_, R> {
    fn rest(&self) -> u64 {
        self.expected - self.seen
    }

    /// Fills the chunk with the next bytes; `false` at the end. Too few or too many bytes are errors.
    fn next(&mut self, piece: &mut Vec<u8>) -> Result<bool> {
        let (name, expected) = (self.name, self.expected);
        if self.rest() == 0 {
            if fill(self.stream, &mut [0], name)? > 0 {
                let message = format!("{name}: the header says {expected} bytes follow, and there are more");
                return Err(Error::new(ErrorKind::File, message, "the file is damaged: fetch it again"));
            }
            return Ok(false);
        }
        piece.resize(CHUNK.min(usize::try_from(self.rest()).unwrap_or(CHUNK)), 0);
        let got = fill(self.stream, piece, name)?;
        self.seen += got as u64;
        if got < piece.len() {
            let message = format!("{name}: the header says {expected} bytes follow, and there are {}", self.seen);
            return Err(Error::new(ErrorKind::File, message, "the file is cut short: fetch it again"));
        }
        Ok(true)
    }
}

/// Reserves room for everything the header announces at once if a real set could need it; otherwise doubles the room
/// when it is full, up to what the header announces. Running out of memory is an error, not an abort.
fn grow<T>(values: &mut Vec<T>, needed: usize, rest: u64, name: &str) -> Result<()> {
    if values.capacity() - values.len() >= needed {
        return Ok(());
    }
    let rest = usize::try_from(rest).unwrap_or(usize::MAX);
    let wished = if rest <= RESERVED_AT_ONCE { rest } else { needed.max(values.len()).min(rest) };
    values.try_reserve_exact(wished).map_err(|_| {
        let message = format!("{name}: not enough memory for {} values", values.len() + needed);
        Error::new(ErrorKind::File, message, "close other programs, or use the drawn digits: `Mnist::sample()`")
    })?;
    ask_for_large(values);
    Ok(())
}

fn fill(stream: &mut impl Read, buffer: &mut [u8], name: &str) -> Result<usize> {
    let mut seen = 0;
    while seen < buffer.len() {
        match stream.read(&mut buffer[seen..]) {
            Ok(0) => break,
            Ok(count) => seen += count,
            Err(error) if error.kind() == IoKind::Interrupted => {}
            Err(error) => {
                let message = format!("{name}: {error} after {seen} bytes of a piece of {}", buffer.len());
                return Err(Error::new(ErrorKind::File, message, "the file is damaged: fetch it again"));
            }
        }
    }
    Ok(seen)
}
