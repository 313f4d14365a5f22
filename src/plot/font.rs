//! The letters: one embedded font, read as outlines.
//!
//! Text in a figure is drawn as paths, so that it has the same shape and width in every viewer and needs no font on
//! the reader's machine. The font is a subset of Noto Sans CJK KR (`font/OFL.txt`): Latin, Greek, mathematical signs
//! and the 2,350 Hangul syllables of KS X 1001. It does no kerning and no right-to-left writing.

use ttf_parser::{Face, GlyphId, OutlineBuilder};

use super::path::Path;

static FONT: &[u8] = include_bytes!("font/forward-pass-sans.otf");

/// Font units to one em.
pub(super) const EM: f64 = 1000.0;
/// Height of capitals and digits, as a part of the font size.
pub(super) const CAPITAL: f64 = 0.733;

/// One letter on a line: its place in font units, and how it is shrunk and raised.
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

/// The embedded font, parsed: a matter of microseconds, so that nothing is kept between calls.
pub(super) struct Font {
    face: Face<'static>,
}

impl Font {
    pub fn new() -> Font {
        Font { face: Face::parse(FONT, 0).expect("the embedded font is a font: a test draws with it") }
    }

    /// Places the letters of a text one after the other; a text in one line.
    pub fn line(&self, text: &str) -> Line {
        let mut letters = Vec::new();
        let mut x = 0.0;
        for letter in text.chars().filter(|letter| !letter.is_control()) {
            let (letter, raise, scale) = shifted(letter);
            if !letter.is_whitespace() {
                letters.push(Letter { letter, x, raise, scale });
            }
            x += self.advance(letter) * scale;
        }
        Line { letters, width: x }
    }

    /// The width of a text at a font size.
    pub fn width(&self, text: &str, size: f64) -> f64 {
        self.line(text).width * size / EM
    }

    /// The outline of a letter in font units, y downwards, the baseline at 0. A letter that the font has not is a box.
    pub fn outline(&self, letter: char) -> Path {
        let mut pen = Pen(Path::new());
        self.face.outline_glyph(self.glyph(letter), &mut pen);
        pen.0
    }

    fn advance(&self, letter: char) -> f64 {
        f64::from(self.face.glyph_hor_advance(self.glyph(letter)).unwrap_or(0))
    }

    fn glyph(&self, letter: char) -> GlyphId {
        self.face.glyph_index(letter).unwrap_or(GlyphId(0))
    }
}

/// Superscripts and subscripts as small raised letters, so that all of them exist and look alike.
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

struct Pen(Path);

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x.into(), (-y).into());
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x.into(), (-y).into());
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.0.quad_to((x1.into(), (-y1).into()), (x.into(), (-y).into()));
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.0.curve_to((x1.into(), (-y1).into()), (x2.into(), (-y2).into()), (x.into(), (-y).into()));
    }

    fn close(&mut self) {
        self.0.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_has_latin_greek_signs_and_hangul() {
        let font = Font::new();
        for letter in "Az09−σΣ≤∞→가힝한글신경망·".chars() {
            assert_ne!(font.glyph(letter), GlyphId(0), "no {letter}");
            assert!(!font.outline(letter).is_empty(), "nothing to draw for {letter}");
        }
        assert_eq!(font.width("00", 10.0), 11.1);
    }

    #[test]
    fn exponents_are_small_raised_digits() {
        let line = Font::new().line("10⁻³");
        let raised: Vec<_> = line.letters.iter().map(|letter| (letter.letter, letter.raise > 0.0)).collect();
        assert_eq!(raised, [('1', false), ('0', false), ('−', true), ('3', true)]);
    }
}
