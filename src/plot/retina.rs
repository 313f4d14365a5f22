//! A picture as a small PNG of twice the pixels, for viewers that show no SVG.
//!
//! JupyterLab shows no SVG of a notebook that it does not trust. Colours come from a palette: those that occur most,
//! and for every other the nearest of them, so that only smoothed edges can be off, and by little.

use std::collections::HashMap;

use png::{BitDepth, ColorType, DeflateCompression, Encoder, Filter, PixelDimensions, Unit};

use super::canvas::Canvas;
use super::raster;

/// Pixels for each of the page's, in each direction.
const DENSITY: u32 = 2;
/// Pixels per metre of a screen that shows the page's pixels one to one: 96 per inch.
const SCREEN: f64 = 96.0 / 0.0254;
/// Larger pictures have no PNG beside their SVG.
const MOST: u32 = 16_000_000;
/// The most colours of a palette.
const COLOURS: usize = 256;

type Colour = [u8; 3];

/// The page as a PNG; `None` if it is empty or too large.
pub(super) fn write(canvas: &Canvas) -> Option<Vec<u8>> {
    let side = |length: f64| (length * f64::from(DENSITY)).round() as u32;
    let (width, height) = (side(canvas.width), side(canvas.height));
    if width.checked_mul(height)? > MOST {
        return None;
    }
    let rgba = raster::render(canvas, width, height)?;
    let (colours, indices) = with_palette(&rgba);
    Some(encode(width, height, &colours, &indices))
}

/// The palette, most frequent colours first, and each pixel's place in it.
fn with_palette(rgba: &[u8]) -> (Vec<Colour>, Vec<u8>) {
    let (pixels, _) = rgba.as_chunks::<4>();
    let mut counts: HashMap<Colour, usize> = HashMap::new();
    for run in pixels.chunk_by(|a, b| a == b) {
        let [red, green, blue, _] = run[0];
        *counts.entry([red, green, blue]).or_default() += run.len();
    }
    let mut found: Vec<(Colour, usize)> = counts.into_iter().collect();
    found.sort_by_key(|&(colour, count)| (std::cmp::Reverse(count), colour));
    let palette: Vec<Colour> = found.iter().take(COLOURS).map(|(colour, _)| *colour).collect();
    let places: HashMap<Colour, u8> = found.iter().map(|(colour, _)| (*colour, nearest(&palette, *colour))).collect();
    let mut indices = Vec::with_capacity(pixels.len());
    for run in pixels.chunk_by(|a, b| a == b) {
        let [red, green, blue, _] = run[0];
        indices.extend(std::iter::repeat_n(places[&[red, green, blue]], run.len()));
    }
    (palette, indices)
}

fn nearest(palette: &[Colour], wanted: Colour) -> u8 {
    let distance =
        |colour: &Colour| -> u32 { colour.iter().zip(wanted).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum() };
    (0..palette.len()).min_by_key(|place| distance(&palette[*place])).unwrap_or(0) as u8
}

fn encode(width: u32, height: u32, palette: &[Colour], indices: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, width, height);
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_palette(palette.concat());
    let dots = (SCREEN * f64::from(DENSITY)).round() as u32;
    encoder.set_pixel_dims(Some(PixelDimensions { xppu: dots, yppu: dots, unit: Unit::Meter }));
    encoder.set_filter(Filter::NoFilter);
    encoder.set_deflate_compression(DeflateCompression::Level(9));
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(indices)?;
        writer.finish()
    });
    written.expect("the bytes fill the picture, and a Vec takes every byte");
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rgba(pixels: impl Iterator<Item = Colour>) -> Vec<u8> {
        pixels.flat_map(|[red, green, blue]| [red, green, blue, 255]).collect()
    }

    #[test]
    fn few_colours_are_kept_as_they_are() {
        let pixels = [[255, 255, 255], [0, 0, 0], [255, 255, 255], [9, 8, 7]];
        let (palette, indices) = with_palette(&rgba(pixels.into_iter()));
        assert_eq!(palette, [[255, 255, 255], [0, 0, 0], [9, 8, 7]]);
        assert_eq!(indices, [0, 1, 0, 2]);
    }

    #[test]
    fn a_rare_colour_becomes_the_nearest_frequent_one() {
        let frequent = (0..=255_u8).map(|level| [level, level, 0]);
        let pixels = frequent.clone().chain(frequent).chain([[7, 7, 3], [250, 251, 0]]);
        let (palette, indices) = with_palette(&rgba(pixels));
        assert_eq!(palette.len(), COLOURS);
        let seen = |place: usize| palette[usize::from(indices[place])];
        assert_eq!((seen(512), seen(513), seen(7)), ([7, 7, 0], [250, 250, 0], [7, 7, 0]));
    }
}
