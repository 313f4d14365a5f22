//! Sixels: six rows of pixels at a time, each colour in turn, at most 256 colours.
//!
//! The palette holds the most frequent colours of the figure; every other pixel takes the nearest of them.

use std::collections::HashMap;
use std::fmt::Write;

use super::raster::Raster;

const MOST_COLORS: usize = 256;

pub fn encode(raster: &Raster) -> String {
    let palette = palette(raster);
    let indices = indices(raster, &palette);
    // `P2=1`: pixels that are not set keep their colour. Here all are set.
    let mut out = format!("\x1bP0;1;0q\"1;1;{};{}", raster.width, raster.height);
    for (at, color) in palette.iter().enumerate() {
        let [red, green, blue] = color.map(percent);
        // Writing to a String cannot fail.
        let _ = write!(out, "#{at};2;{red};{green};{blue}");
    }
    for band in indices.chunks(raster.width.max(1) * 6) {
        out.push_str(&self::band(band, raster.width));
        out.push('-');
    }
    out.push_str("\x1b\\\n");
    out
}

/// Sixel colours are percentages.
fn percent(byte: u8) -> u32 {
    (u32::from(byte) * 100 + 127) / 255
}

/// The most frequent colours, most frequent first; ties in order of their value.
fn palette(raster: &Raster) -> Vec<[u8; 3]> {
    let mut counts: HashMap<[u8; 3], usize> = HashMap::new();
    for pixel in &raster.pixels {
        // Rounded to the hundred steps that sixels have.
        *counts.entry(pixel.map(|byte| ((percent(byte) * 255 + 50) / 100) as u8)).or_default() += 1;
    }
    let mut colors: Vec<([u8; 3], usize)> = counts.into_iter().collect();
    colors.sort_by_key(|(color, count)| (std::cmp::Reverse(*count), *color));
    colors.into_iter().take(MOST_COLORS).map(|(color, _)| color).collect()
}

fn indices(raster: &Raster, palette: &[[u8; 3]]) -> Vec<usize> {
    let mut known: HashMap<[u8; 3], usize> = HashMap::new();
    let mut index = |pixel: &[u8; 3]| {
        *known.entry(*pixel).or_insert_with(|| {
            let far = |color: &[u8; 3]| -> i32 {
                color.iter().zip(pixel).map(|(a, b)| (i32::from(*a) - i32::from(*b)).pow(2)).sum()
            };
            (0..palette.len()).min_by_key(|at| far(&palette[*at])).unwrap_or(0)
        })
    };
    raster.pixels.iter().map(&mut index).collect()
}

/// Up to six rows of pixels: one line of sixels for each colour in them.
fn band(indices: &[usize], width: usize) -> String {
    let mut colors: Vec<usize> = indices.to_vec();
    colors.sort_unstable();
    colors.dedup();
    let lines: Vec<String> = colors
        .iter()
        .map(|color| {
            let sixel = |x: usize| {
                let rows = indices.chunks(width).enumerate();
                let bits = rows.filter(|(_, row)| row.get(x) == Some(color)).map(|(y, _)| 1u8 << y);
                char::from(63 + bits.sum::<u8>())
            };
            format!("#{color}{}", shortened((0..width).map(sixel)))
        })
        .collect();
    lines.join("$")
}

/// `!12~` for twelve of the same.
fn shortened(sixels: impl Iterator<Item = char>) -> String {
    let mut out = String::new();
    let mut last: Option<(char, usize)> = None;
    let mut put = |run: Option<(char, usize)>| match run {
        Some((sixel, count)) if count > 3 => out.push_str(&format!("!{count}{sixel}")),
        Some((sixel, count)) => out.extend(std::iter::repeat_n(sixel, count)),
        None => {}
    };
    for sixel in sixels {
        last = match last {
            Some((same, count)) if same == sixel => Some((same, count + 1)),
            other => {
                put(other);
                Some((sixel, 1))
            }
        };
    }
    put(last);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads sixels as a terminal does.
    fn decoded(text: &str, width: usize, height: usize) -> Vec<[u8; 3]> {
        let mut rest = text.strip_prefix(&format!("\x1bP0;1;0q\"1;1;{width};{height}")).unwrap();
        let mut pixels = vec![[1, 2, 3]; width * height];
        let (mut palette, mut color, mut x, mut y) = (HashMap::new(), 0, 0, 0);
        let number = |rest: &mut &str| -> u32 {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap();
            let number = rest[..end].parse().unwrap();
            *rest = &rest[end..];
            number
        };
        loop {
            let first = rest.chars().next().unwrap();
            rest = &rest[first.len_utf8()..];
            let mut count = 1;
            let sixel = match first {
                '\x1b' => return pixels,
                '$' => {
                    x = 0;
                    continue;
                }
                '-' => {
                    (x, y) = (0, y + 6);
                    continue;
                }
                '#' => {
                    color = number(&mut rest);
                    if let Some(after) = rest.strip_prefix(";2;") {
                        rest = after;
                        let mut part = || {
                            let percent = number(&mut rest);
                            rest = rest.strip_prefix(';').unwrap_or(rest);
                            ((percent * 255 + 50) / 100) as u8
                        };
                        palette.insert(color, [part(), part(), part()]);
                    }
                    continue;
                }
                '!' => {
                    count = number(&mut rest);
                    let sixel = rest.chars().next().unwrap();
                    rest = &rest[1..];
                    sixel
                }
                sixel => sixel,
            };
            for _ in 0..count {
                for row in (0..6).filter(|row| (sixel as u8 - 63) >> row & 1 == 1) {
                    pixels[(y + row) * width + x] = palette[&color];
                }
                x += 1;
            }
        }
    }

    #[test]
    fn a_decoder_sees_every_pixel_again() {
        let (width, height) = (23, 16);
        let colors = [[255, 255, 255], [255, 0, 0], [0, 0, 0], [51, 102, 204]];
        let pixels: Vec<[u8; 3]> = (0..width * height).map(|at| colors[(at / 5 + at % 7) % 4]).collect();
        let raster = Raster { width, height, pixels };
        assert_eq!(decoded(&encode(&raster), width, height), raster.pixels);
    }

    #[test]
    fn many_colours_become_256_near_ones() {
        let pixels: Vec<[u8; 3]> = (0..64 * 64).map(|at| [(at % 64 * 4) as u8, (at / 64 * 4) as u8, 128]).collect();
        let raster = Raster { width: 64, height: 64, pixels };
        assert_eq!(palette(&raster).len(), 256);
        assert!(encode(&raster).starts_with("\x1bP0;1;0q\"1;1;64;64#0;2;"));
    }

    #[test]
    fn runs_are_shortened() {
        assert_eq!(shortened("aaab????".chars()), "aaab!4?");
        assert_eq!(shortened("".chars()), "");
    }
}
