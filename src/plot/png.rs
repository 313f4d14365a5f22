//! Pixels as PNG bytes, and bytes as base64.
//!
//! It writes one kind of PNG (8 bits, RGB or RGBA) and reads none.

use std::io::Write;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

use super::canvas::Pixels;

/// RGBA bytes, row by row, as a PNG file. The bytes must be width x height x 4.
pub(super) fn encode(width: u32, height: u32, rgba: &[u8]) -> Vec<u8> {
    write(width, height, 6, 4, rgba)
}

pub(super) fn opaque(pixels: &Pixels) -> Vec<u8> {
    let rgb: Vec<u8> = pixels.colours.iter().flat_map(|colour| [colour.red, colour.green, colour.blue]).collect();
    write(pixels.columns as u32, pixels.rows() as u32, 2, 3, &rgb)
}

fn write(width: u32, height: u32, kind: u8, channels: usize, bytes: &[u8]) -> Vec<u8> {
    let mut header = Vec::with_capacity(13);
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, kind, 0, 0, 0]);
    let mut rows = Vec::with_capacity(bytes.len() + height as usize);
    for row in bytes.chunks((width as usize * channels).max(1)) {
        // Each row starts with its filter; 0 is none.
        rows.push(0);
        rows.extend(row);
    }
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut png, b"IHDR", &header);
    chunk(&mut png, b"IDAT", &deflated(&rows));
    chunk(&mut png, b"IEND", &[]);
    png
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("a Vec takes every byte written to it")
}

fn chunk(png: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    png.extend((data.len() as u32).to_be_bytes());
    let mut sum = Crc::new();
    sum.update(name);
    sum.update(data);
    png.extend(name);
    png.extend(data);
    png.extend(sum.sum().to_be_bytes());
}

pub(super) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let at = |index: usize| u32::from(group.get(index).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place)) as usize & 63];
            text.push(if place <= group.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_pads_to_groups_of_four() {
        let cases = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        for (bytes, text) in cases {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }
}
