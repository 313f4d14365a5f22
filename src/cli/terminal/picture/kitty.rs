//! The protocols that carry pixels or files in base64: kitty's and iTerm2's.
//!
//! Pixels are sent at the size at which the terminal shows them.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::raster::Raster;

/// kitty: zlib-compressed RGB pixels in pieces of at most 4096 characters; the cursor ends below the picture.
pub fn kitty(raster: &Raster, rows: usize) -> String {
    let data = STANDARD.encode(packed(&raster.rgb()));
    let (width, height) = (raster.width, raster.height);
    let mut out = String::new();
    let pieces: Vec<&str> = (0..data.len()).step_by(4096).map(|at| &data[at..data.len().min(at + 4096)]).collect();
    for (at, piece) in pieces.iter().enumerate() {
        let more = usize::from(at + 1 < pieces.len());
        // `q=2` suppresses responses, which would end up in the user's input.
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
    format!("\x1b]1337;File=inline=1;size={size};width={width}px;preserveAspectRatio=1:{}\x07\n", STANDARD.encode(&png))
}

/// The pixels as a PNG file.
pub fn png(raster: &Raster) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, raster.width as u32, raster.height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    // Writing to a Vec cannot fail, and there are as many pixels as width and height say.
    let _ = encoder.write_header().and_then(|mut writer| writer.write_image_data(&raster.rgb()));
    file
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    // Writing to a Vec cannot fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn raster() -> Raster {
        let (width, height) = (70, 50);
        // Noise does not compress, so the data takes several pieces.
        let mut seed = 1u32;
        let mut byte = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        };
        Raster { width, height, pixels: (0..width * height).map(|_| [byte(), byte(), byte()]).collect() }
    }

    fn unbase64(text: &str) -> Vec<u8> {
        STANDARD.decode(text).unwrap()
    }

    fn unpacked(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        flate2::read::ZlibDecoder::new(bytes).read_to_end(&mut out).unwrap();
        out
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
