//! The letters: one embedded font, as a table of outlines.
//!
//! Text in a figure is drawn as paths, so that it has the same shape and width in every viewer and needs no font on
//! the reader's machine. The font is a subset of Noto Sans CJK KR (`font/OFL.txt`): Latin, Greek, mathematical signs
//! and the 2,350 Hangul syllables of KS X 1001. `tests/font/outlines.py` makes the table and describes its format.
//! There is no kerning and no right-to-left writing.

use super::path::Path;

#[cfg(not(page_letters))]
static TABLE: &[u8] = include_bytes!("font/outlines.bin");
/// A build with `--cfg page_letters` has only the Hangul of the chapter's figures, for pages: 36 kB instead of 276.
#[cfg(page_letters)]
static TABLE: &[u8] = include_bytes!("font/page.bin");
/// The number of segment shapes, the offset of the first entry, and the size of an entry.
const SHAPES: usize = 16;
const HEAD: usize = SHAPES + 2;
const ENTRY: usize = 8;

/// Font units to one em.
pub(super) const EM: f64 = 1000.0;
/// Height of capitals and digits, as a part of the font size.
pub(super) const CAPITAL: f64 = 0.733;

/// One letter on a line: its position in font units, its scale, and how far it is raised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Letter {
    pub letter: char,
    pub x: f64,
    /// Upwards from the baseline.
    pub raise: f64,
    pub scale: f64,
}

/// A line of text, laid out.
pub(super) struct Line {
    pub letters: Vec<Letter>,
    /// In font units.
    pub width: f64,
}

/// Lays out the letters of a text in one line.
pub(super) fn line(text: &str) -> Line {
    let mut letters = Vec::new();
    let mut x = 0.0;
    for letter in text.chars().filter(|letter| !letter.is_control()) {
        let (letter, raise, scale) = shifted(letter);
        if !letter.is_whitespace() {
            letters.push(Letter { letter, x, raise, scale });
        }
        x += advance(letter) * scale;
    }
    Line { letters, width: x }
}

/// The width of a text at a font size.
pub(super) fn width(text: &str, size: f64) -> f64 {
    line(text).width * size / EM
}

/// The outline of a letter in font units, y downwards, the baseline at 0. A letter that the font lacks is a box.
pub(super) fn outline(letter: char) -> Path {
    let glyph = &TABLE[entry(letter).1..];
    let count = usize::from(glyph[0]);
    let shape = |index: usize| TABLE[usize::from(glyph[1 + index / 2] >> (index % 2 * 4) & 15)];
    let mut pen = Pen { numbers: &glyph[1 + count.div_ceil(2)..], x: 0, y: 0 };
    let mut path = Path::new();
    for shape in (0..count).map(shape) {
        match shape >> 6 {
            0 => {
                if !path.is_empty() {
                    path.close();
                }
                let (x, y) = pen.point(shape);
                path.move_to(x, y);
            }
            1 => {
                let (x, y) = pen.point(shape);
                path.line_to(x, y);
            }
            _ => path.curve_to(pen.point(shape), pen.point(shape >> 2), pen.point(shape >> 4)),
        }
    }
    if !path.is_empty() {
        path.close();
    }
    path
}

fn advance(letter: char) -> f64 {
    entry(letter).0.into()
}

/// A letter's advance width, and where its outline starts in the table. The first entry is the box.
fn entry(letter: char) -> (u16, usize) {
    let count = usize::from(u16::from_le_bytes([TABLE[SHAPES], TABLE[SHAPES + 1]]));
    let (entries, _) = TABLE[HEAD..HEAD + count * ENTRY].as_chunks::<ENTRY>();
    let found =
        entries.binary_search_by_key(&u32::from(letter), |entry| u16::from_le_bytes([entry[0], entry[1]]).into());
    let [_, _, width @ .., a, b, c, d] = entries[found.unwrap_or(0)];
    (u16::from_le_bytes(width), u32::from_le_bytes([a, b, c, d]) as usize)
}

/// Reads an outline's changes of coordinates, and adds them up.
struct Pen {
    numbers: &'static [u8],
    x: i32,
    y: i32,
}

impl Pen {
    /// The next point, with y downwards; the lowest two bits of the shape say which of x and y change.
    fn point(&mut self, shape: u8) -> (f64, f64) {
        if shape & 1 != 0 {
            self.x += self.number();
        }
        if shape & 2 != 0 {
            self.y += self.number();
        }
        (self.x.into(), -f64::from(self.y))
    }

    fn number(&mut self) -> i32 {
        match self.byte() {
            first @ 0..=246 => first - 123,
            first @ 247..=250 => 124 + (first - 247) * 256 + self.byte(),
            first => -124 - (first - 251) * 256 - self.byte(),
        }
    }

    fn byte(&mut self) -> i32 {
        let byte = self.numbers[0];
        self.numbers = &self.numbers[1..];
        byte.into()
    }
}

/// Turns superscripts and subscripts into small raised or lowered letters, so that all exist and look alike.
fn shifted(letter: char) -> (char, f64, f64) {
    const UP: &str = "⁰0¹1²2³3⁴4⁵5⁶6⁷7⁸8⁹9⁺+⁻−⁼=⁽(⁾)ⁿnⁱiᵀT";
    const DOWN: &str = "₀0₁1₂2₃3₄4₅5₆6₇7₈8₉9₊+₋−₌=₍(₎)ₐaₑeₒoₓxₕhₖkₗlₘmₙnₚpₛsₜtᵢiⱼj";
    let plain = |pairs: &str| {
        let letters: Vec<char> = pairs.chars().collect();
        letters.chunks_exact(2).find(|pair| pair[0] == letter).map(|pair| pair[1])
    };
    if let Some(plain) = plain(UP) {
        (plain, 0.36 * EM, 0.7)
    } else if let Some(plain) = plain(DOWN) {
        (plain, -0.14 * EM, 0.7)
    } else {
        let known = match letter {
            '⋅' | '∙' => '·',
            '\u{a0}' | '\u{202f}' | '\u{2009}' => ' ',
            other => other,
        };
        (known, 0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_has_latin_greek_signs_and_hangul() {
        for letter in "Az09−σΣ≤∞→가힝한글신경망·".chars() {
            assert_ne!(entry(letter), entry('\u{10ffff}'), "no {letter}");
            assert!(!outline(letter).is_empty(), "nothing to draw for {letter}");
        }
        assert_eq!(width("00", 10.0), 11.1);
    }

    #[test]
    fn exponents_are_small_raised_digits() {
        let line = line("10⁻³");
        let raised: Vec<_> = line.letters.iter().map(|letter| (letter.letter, letter.raise > 0.0)).collect();
        assert_eq!(raised, [('1', false), ('0', false), ('−', true), ('3', true)]);
    }

    #[test]
    fn every_outline_is_the_one_that_figures_were_stored_with() {
        // FNV-1a over every segment and width, as ttf-parser 0.25.1 read them from the font itself.
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        let missing = entry('\u{10ffff}');
        for letter in ('\0'..='\u{ffff}').filter(|letter| *letter == '\0' || entry(*letter) != missing) {
            let text = format!("{letter} {} {}\n", advance(letter), outline(letter).to_svg());
            hash = text.bytes().fold(hash, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
        }
        assert_eq!(hash, 16_199_829_962_882_668_067);
    }
}
