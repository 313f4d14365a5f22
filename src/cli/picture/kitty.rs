//! The protocols that carry pixels or files in base64: kitty's and iTerm2's.
//!
//! The terminal scales to the columns that are named; pixels are sent in the terminal's own size.

use std::io::Write;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

use super::raster::Raster;

/// kitty: RGB pixels, packed by zlib, in pieces of at most 4096 characters; the cursor goes below the picture.
pub fn kitty(raster: &Raster, rows: usize) -> String {
    let data = base64(&packed(&raster.rgb()));
    let (width, height) = (raster.width, raster.height);
    let mut out = String::new();
    let pieces: Vec<&str> = (0..data.len()).step_by(4096).map(|at| &data[at..data.len().min(at + 4096)]).collect();
    for (at, piece) in pieces.iter().enumerate() {
        let more = usize::from(at + 1 < pieces.len());
        // `q=2`: no answers, which would land in the reader's input.
        let head = if at == 0 {
            format!("a=T,q=2,f=24,o=z,s={width},v={height},r={rows},m={more}")
        } else {
            format!("m={more}")
        };
        out.push_str(&format!("\x1b_G{head};{piece}\x1b\\"));
    }
    out.push('\n');
    out
}

/// iTerm2: a PNG file.
pub fn iterm(raster: &Raster) -> String {
    let png = png(raster);
    let (width, size) = (raster.width, png.len());
    format!("\x1b]1337;File=inline=1;size={size};width={width}px;preserveAspectRatio=1:{}\x07\n", base64(&png))
}

/// The pixels as a PNG file.
pub fn png(raster: &Raster) -> Vec<u8> {
    let mut header = Vec::new();
    header.extend((raster.width as u32).to_be_bytes());
    header.extend((raster.height as u32).to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    let mut rows = Vec::new();
    for row in raster.pixels.chunks(raster.width.max(1)) {
        rows.push(0);
        rows.extend(row.concat());
    }
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in [(b"IHDR", header), (b"IDAT", packed(&rows)), (b"IEND", Vec::new())] {
        file.extend((data.len() as u32).to_be_bytes());
        let mut crc = Crc::new();
        crc.update(kind);
        crc.update(&data);
        file.extend(kind);
        file.extend(data);
        file.extend(crc.sum().to_be_bytes());
    }
    file
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    // Writing to a Vec cannot fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let number = chunk.iter().fold(0u32, |number, byte| number << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let letter = LETTERS[(number >> (18 - 6 * place) & 63) as usize];
            out.push(if place > chunk.len() { '=' } else { letter.into() });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn raster() -> Raster {
        let (width, height) = (70, 50);
        // Noise does not pack: the data takes several pieces.
        let mut seed = 1u32;
        let mut byte = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        };
        Raster { width, height, pixels: (0..width * height).map(|_| [byte(), byte(), byte()]).collect() }
    }

    fn unbase64(text: &str) -> Vec<u8> {
        const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let bits: Vec<u32> = text.trim_end_matches('=').chars().map(|c| LETTERS.find(c).unwrap() as u32).collect();
        let mut out = Vec::new();
        for group in bits.chunks(4) {
            let number = group.iter().fold(0u32, |number, six| number << 6 | six) << (6 * (4 - group.len()));
            out.extend(&number.to_be_bytes()[1..group.len()]);
        }
        out
    }

    fn unpacked(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        flate2::read::ZlibDecoder::new(bytes).read_to_end(&mut out).unwrap();
        out
    }

    #[test]
    fn base64_is_the_usual_one() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn kitty_gets_every_pixel_in_pieces() {
        let sent = kitty(&raster(), 4);
        let mut data = String::new();
        let pieces: Vec<&str> = sent.trim_end().split("\x1b\\").filter(|piece| !piece.is_empty()).collect();
        assert!(pieces.len() > 2);
        for (at, piece) in pieces.iter().enumerate() {
            let (head, payload) = piece.strip_prefix("\x1b_G").unwrap().split_once(';').unwrap();
            assert!(payload.len() <= 4096);
            assert_eq!(head.ends_with("m=0"), at + 1 == pieces.len(), "{head}");
            assert_eq!(head.starts_with("a=T,q=2,f=24,o=z,s=70,v=50,r=4,"), at == 0, "{head}");
            data.push_str(payload);
        }
        assert_eq!(unpacked(&unbase64(&data)), raster().rgb());
    }

    #[test]
    fn iterm_gets_a_png_of_every_pixel() {
        let sent = iterm(&raster());
        let (head, payload) = sent.trim_end().split_once(':').unwrap();
        let file = unbase64(payload.strip_suffix('\x07').unwrap());
        assert_eq!(head, format!("\x1b]1337;File=inline=1;size={};width=70px;preserveAspectRatio=1", file.len()));
        let image = resvg::tiny_skia::Pixmap::decode_png(&file).unwrap();
        let pixels: Vec<[u8; 3]> = image.pixels().iter().map(|p| [p.red(), p.green(), p.blue()]).collect();
        assert_eq!(pixels, raster().pixels);
    }
}
