//! The size at which a dense PNG is shown, which notebooks keep in the metadata of an output.
//!
//! A PNG says in its chunk `pHYs` how many pixels it has to a metre. One of twice or more the density of a screen, 96
//! pixels to an inch, is shown smaller than its pixels, as Jupyter shows matplotlib's retina figures.

use base64::Engine as _;
use serde_json::{Map, Value, json};

use crate::cli::outcome::MimeBundle;

const PNG: &str = "image/png";
/// Pixels per metre of a screen.
const SCREEN: f64 = 96.0 / 0.0254;
/// How much of the base64 is read: the chunks before the pixels. A multiple of four.
const HEAD: usize = 4096;

/// The metadata of a bundle: the width and height of its PNG, if that is dense.
pub fn metadata(data: &MimeBundle) -> Map<String, Value> {
    let mut metadata = Map::new();
    if let Some((width, height)) = data.get(PNG).and_then(|base64| shown_size(base64)) {
        metadata.insert(PNG.to_owned(), json!({"height": height, "width": width}));
    }
    metadata
}

fn shown_size(base64: &str) -> Option<(u32, u32)> {
    let head: String = base64.chars().filter(|c| !c.is_whitespace()).take(HEAD).collect();
    let whole = head.len() / 4 * 4;
    let bytes = base64::engine::general_purpose::STANDARD.decode(head.get(..whole)?).ok()?;
    let mut chunks = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    let (mut size, mut density) = (None, None);
    while let Some((kind, body, rest)) = chunk(chunks) {
        match kind {
            b"IHDR" => size = Some((number(body)?, number(body.get(4..)?)?)),
            // The unit 1 is the metre.
            b"pHYs" if body.get(8) == Some(&1) && body[..4] == body[4..8] => density = number(body),
            b"IDAT" => break,
            _ => {}
        }
        chunks = rest;
    }
    let (width, height) = size?;
    let times = f64::from(density?) / SCREEN;
    let whole = times.round();
    (whole >= 2.0 && (times - whole).abs() < 0.01 * whole).then(|| (width / whole as u32, height / whole as u32))
}

/// The first chunk, its content, and what follows it: a length, a name, the content and a checksum.
fn chunk(bytes: &[u8]) -> Option<(&[u8; 4], &[u8], &[u8])> {
    let length = number(bytes)? as usize;
    let (kind, rest) = bytes.get(4..)?.split_first_chunk()?;
    let (body, rest) = rest.split_at_checked(length)?;
    Some((kind, body, rest.get(4..)?))
}

fn number(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle(dots: Option<(u32, png::Unit)>) -> MimeBundle {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, 8, 6);
        encoder.set_pixel_dims(dots.map(|(dots, unit)| png::PixelDimensions { xppu: dots, yppu: dots, unit }));
        encoder.write_header().unwrap().write_image_data(&[0; 48]).unwrap();
        let base64 = base64::engine::general_purpose::STANDARD.encode(file);
        MimeBundle::from([(PNG.to_owned(), base64), ("text/plain".to_owned(), "a figure".to_owned())])
    }

    #[test]
    fn a_dense_picture_is_shown_smaller_than_its_pixels() {
        use png::Unit::{Meter, Unspecified};
        let cases = [
            (Some((7559, Meter)), Some((4, 3))),
            (Some((11339, Meter)), Some((2, 2))),
            (Some((3780, Meter)), None),
            // A hundred to the inch, as matplotlib writes.
            (Some((3937, Meter)), None),
            (Some((7559, Unspecified)), None),
            (None, None),
        ];
        for (dots, expected) in cases {
            let expected = expected.map(|(width, height)| json!({"height": height, "width": width}));
            assert_eq!(metadata(&bundle(dots)).get(PNG), expected.as_ref(), "{dots:?}");
        }
    }

    #[test]
    fn what_is_no_png_has_no_size() {
        for base64 in ["", "AAAA", "not base64", "iVBORw0KGgo=", "iVBORw0KGgoAAAANSUhEUgAA"] {
            assert!(metadata(&MimeBundle::from([(PNG.to_owned(), base64.to_owned())])).is_empty(), "{base64}");
        }
        assert!(metadata(&MimeBundle::from([("text/plain".to_owned(), "x".to_owned())])).is_empty());
    }
}
