//! Pixels as PNG bytes, and bytes as base64.
//!
//! Filter and compression level are fixed, because notebooks store the bytes. base64 is written out here, so that the
//! library needs no further crate for these few lines.

use png::{ColorType, DeflateCompression, Encoder, Filter};

use super::canvas::Pixels;

/// RGBA bytes, row by row, as a PNG file. There must be width x height x 4 of them.
pub(super) fn encode(width: u32, height: u32, rgba: &[u8]) -> Vec<u8> {
    write(width, height, ColorType::Rgba, rgba)
}

/// A picture without transparency, which has at least one row; an incomplete last row is dropped.
pub(super) fn opaque(pixels: &Pixels) -> Vec<u8> {
    let whole_rows = pixels.colours.iter().take(pixels.columns * pixels.rows());
    let rgb: Vec<u8> = whole_rows.flat_map(|colour| [colour.red, colour.green, colour.blue]).collect();
    write(pixels.columns as u32, pixels.rows() as u32, ColorType::Rgb, &rgb)
}

fn write(width: u32, height: u32, kind: ColorType, bytes: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, width, height);
    encoder.set_color(kind);
    encoder.set_filter(Filter::NoFilter);
    encoder.set_deflate_compression(DeflateCompression::Level(6));
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(bytes)?;
        writer.finish()
    });
    written.expect("the bytes fill the picture, and a Vec takes every byte");
    file
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
    fn the_bytes_are_those_that_notebooks_store() {
        // FNV-1a over what the library's first encoder wrote: one IDAT of `flate2` at level 6, no filter.
        let picture: Vec<u8> =
            (0..640 * 480 * 4_u32).map(|place| (place.wrapping_mul(place) >> 9) as u8 & 0x1f).collect();
        let hash = |bytes: Vec<u8>| {
            let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
            bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, mix)
        };
        assert_eq!(hash(encode(640, 480, &picture)), 11338130795897983939);
    }

    #[test]
    fn base64_pads_to_groups_of_four() {
        let cases = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        for (bytes, text) in cases {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }
}
