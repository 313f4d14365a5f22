//! Compares PNG and JPEG by pixels: two encoders may write the same picture in different bytes.
//!
//! SVG is compared as text, elsewhere.

use base64::Engine as _;

/// Pixels as RGBA, eight bits a channel.
struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<[u8; 4]>,
}

/// How two pictures differ.
pub struct Change {
    pub description: String,
    /// A PNG: the stored picture faded, red where the fresh one differs; `None` when the sizes differ.
    pub picture: Option<Vec<u8>>,
}

/// Compares two pictures in base64; `None` when every pixel is within the tolerance.
pub fn compare(mime: &str, stored: &str, fresh: &str, tolerance: u8) -> Option<Change> {
    let described = |description: String| Some(Change { description, picture: None });
    if !matches!(mime, "image/png" | "image/jpeg") {
        return bytes_differ(stored, fresh).and_then(described);
    }
    let (was, is) = match (decode(mime, stored), decode(mime, fresh)) {
        (Ok(was), Ok(is)) => (was, is),
        (Err(error), _) => return described(format!("the stored picture cannot be read: {error}")),
        (_, Err(error)) => return described(format!("the fresh picture cannot be read: {error}")),
    };
    if (was.width, was.height) != (is.width, is.height) {
        return described(format!("{} x {} pixels became {} x {}", was.width, was.height, is.width, is.height));
    }
    let off = |(a, b): (&[u8; 4], &[u8; 4])| a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0);
    let distances: Vec<u8> = was.pixels.iter().zip(&is.pixels).map(off).collect();
    let count = distances.iter().filter(|distance| **distance > tolerance).count();
    let worst = distances.iter().max().copied().unwrap_or(0);
    (count > 0).then(|| Change {
        description: format!("{count} of {} pixels differ, by up to {worst} of 255", distances.len()),
        picture: difference_picture(&was, &distances, tolerance),
    })
}

/// Other binary types are compared by their bytes; how the base64 was wrapped does not matter.
fn bytes_differ(stored: &str, fresh: &str) -> Option<String> {
    let (was, is) = (bytes_of(stored), bytes_of(fresh));
    let same = was == is && (was.is_ok() || stored == fresh);
    let size = |bytes: &Result<Vec<u8>, String>, text: &str| bytes.as_ref().map_or(text.len(), Vec::len);
    (!same).then(|| format!("{} bytes became {} other ones", size(&was, stored), size(&is, fresh)))
}

/// Decodes base64, however it was wrapped into lines.
pub fn bytes_of(base64: &str) -> Result<Vec<u8>, String> {
    let text: String = base64.chars().filter(|c| !c.is_whitespace()).collect();
    base64::engine::general_purpose::STANDARD.decode(text).map_err(|_| "it is not base64".to_string())
}

fn decode(mime: &str, base64: &str) -> Result<Picture, String> {
    let bytes = bytes_of(base64)?;
    if mime == "image/png" { decode_png(&bytes) } else { decode_jpeg(&bytes) }
}

/// Larger pictures are not decoded.
const MOST_BYTES: usize = 256 << 20;

fn decode_png(bytes: &[u8]) -> Result<Picture, String> {
    let mut decoder = png::Decoder::new_with_limits(std::io::Cursor::new(bytes), png::Limits { bytes: MOST_BYTES });
    decoder.set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);
    let mut reader = decoder.read_info().map_err(|error| error.to_string())?;
    let size = reader.output_buffer_size().filter(|size| *size <= MOST_BYTES).ok_or("it is too large")?;
    let mut buffer = vec![0; size];
    let info = reader.next_frame(&mut buffer).map_err(|error| error.to_string())?;
    let pixels: Vec<[u8; 4]> = match info.color_type {
        png::ColorType::GrayscaleAlpha => buffer.chunks_exact(2).map(|p| [p[0], p[0], p[0], p[1]]).collect(),
        png::ColorType::Rgba => buffer.chunks_exact(4).map(|p| [p[0], p[1], p[2], p[3]]).collect(),
        png::ColorType::Rgb => buffer.chunks_exact(3).map(|p| [p[0], p[1], p[2], 255]).collect(),
        _ => buffer.iter().map(|p| [*p, *p, *p, 255]).collect(),
    };
    Ok(Picture { width: info.width as usize, height: info.height as usize, pixels })
}

fn decode_jpeg(bytes: &[u8]) -> Result<Picture, String> {
    use zune_jpeg::zune_core::bytestream::ZCursor;
    use zune_jpeg::zune_core::colorspace::ColorSpace;
    use zune_jpeg::zune_core::options::DecoderOptions;
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let rgb = decoder.decode().map_err(|error| error.to_string())?;
    let (width, height) = decoder.dimensions().ok_or("it has no size")?;
    let pixels = rgb.chunks_exact(3).map(|p| [p[0], p[1], p[2], 255]).collect();
    Ok(Picture { width, height, pixels })
}

/// The width and height of a picture in base64.
pub fn size(mime: &str, base64: &str) -> Option<(usize, usize)> {
    decode(mime, base64).ok().map(|picture| (picture.width, picture.height))
}

/// A PNG that shows where two drawings of the same size differ; `None` when no pixel does.
pub fn difference_of(width: usize, was: &[[u8; 3]], is: &[[u8; 3]]) -> Option<Vec<u8>> {
    let opaque = |pixels: &[[u8; 3]]| pixels.iter().map(|p| [p[0], p[1], p[2], 255]).collect();
    let height = was.len() / width.max(1);
    let was = Picture { width, height, pixels: opaque(was) };
    let off = |(a, b): (&[u8; 3], &[u8; 3])| a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0);
    let distances: Vec<u8> = was.pixels.iter().map(|p| [p[0], p[1], p[2]]).zip(is).map(|(a, b)| off((&a, b))).collect();
    distances.iter().any(|distance| *distance > 0).then(|| difference_picture(&was, &distances, 0))?
}

fn difference_picture(was: &Picture, distances: &[u8], tolerance: u8) -> Option<Vec<u8>> {
    let faded = |channel: u8| 255 - (255 - channel) / 4;
    let paint = |(pixel, distance): (&[u8; 4], &u8)| {
        if *distance > tolerance {
            [220, 30, 30, 255]
        } else {
            [faded(pixel[0]), faded(pixel[1]), faded(pixel[2]), 255]
        }
    };
    let pixels: Vec<u8> = was.pixels.iter().zip(distances).flat_map(paint).collect();
    encode_png(was.width, was.height, &pixels)
}

/// RGBA pixels as a PNG.
pub fn encode_png(width: usize, height: usize, pixels: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, u32::try_from(width).ok()?, u32::try_from(height).ok()?);
    encoder.set_color(png::ColorType::Rgba);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(pixels).ok()?;
    drop(writer);
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base64_png(pixels: &[u8]) -> String {
        base64::engine::general_purpose::STANDARD.encode(encode_png(2, 1, pixels).unwrap())
    }

    #[test]
    fn pictures_are_compared_by_pixels() {
        let stored = base64_png(&[10, 20, 30, 255, 0, 0, 0, 255]);
        let near = base64_png(&[11, 20, 30, 255, 0, 0, 0, 255]);
        let wrapped = format!("{}\n{}\n", &stored[..20], &stored[20..]);
        assert!(compare("image/png", &stored, &wrapped, 0).is_none());
        assert!(compare("image/png", &stored, &near, 1).is_none());
        let change = compare("image/png", &stored, &near, 0).unwrap();
        assert_eq!(change.description, "1 of 2 pixels differ, by up to 1 of 255");
        assert!(change.picture.is_some());
        let broken = compare("image/png", &stored, "AAAA", 0).unwrap();
        assert!(broken.description.starts_with("the fresh picture cannot be read"), "{}", broken.description);
        assert!(compare("image/jpeg", "AAAA", "AAAB", 0).is_some());
        assert!(compare("image/gif", "AAAA", "AA\nAA\n", 0).is_none());
        assert_eq!(compare("image/gif", "AAAA", "AAAB", 9).unwrap().description, "3 bytes became 3 other ones");
    }
}
