//! The look of a terminal's letter, and what `ESC [ ... m` changes of it.

/// A colour of the terminal's own sixteen, or any other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Colour {
    #[default]
    Usual,
    Named(u8),
    Rgb(u8, u8, u8),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    letter: Colour,
    ground: Colour,
    bold: bool,
    dim: bool,
    italic: bool,
    underlined: bool,
    inverse: bool,
    struck: bool,
}

impl Style {
    /// Applies the codes of a sequence.
    pub fn set(&mut self, codes: &str) {
        let mut codes = codes.split(';');
        while let Some(code) = codes.next() {
            if let Some((kind, colour)) = code.split_once(':') {
                // All parts of a colour in one code; the space of the colour may be between them.
                let parts: Vec<&str> = colour.split(':').collect();
                let parts = if parts.len() > 4 { [&parts[..1], &parts[2..]].concat() } else { parts };
                self.colour(kind, &mut parts.into_iter());
                continue;
            }
            match code.parse().unwrap_or(0) {
                0 if code.is_empty() || code == "0" => *self = Style::default(),
                1 => self.bold = true,
                2 => self.dim = true,
                3 => self.italic = true,
                4 | 21 => self.underlined = true,
                7 => self.inverse = true,
                9 => self.struck = true,
                22 => (self.bold, self.dim) = (false, false),
                23 => self.italic = false,
                24 => self.underlined = false,
                27 => self.inverse = false,
                29 => self.struck = false,
                number @ 30..=37 => self.letter = Colour::Named(number - 30),
                number @ 90..=97 => self.letter = Colour::Named(number - 82),
                number @ 40..=47 => self.ground = Colour::Named(number - 40),
                number @ 100..=107 => self.ground = Colour::Named(number - 92),
                38 | 48 => self.colour(code, &mut codes),
                39 => self.letter = Colour::Usual,
                49 => self.ground = Colour::Usual,
                _ => {}
            }
        }
    }

    /// `5;196` or `2;255;0;0`.
    fn colour(&mut self, kind: &str, codes: &mut dyn Iterator<Item = &str>) {
        let mut number = || codes.next().and_then(|code| code.parse::<u8>().ok());
        let colour = match number() {
            Some(5) => number().map(of_palette),
            Some(2) => number().zip(number()).zip(number()).map(|((r, g), b)| Colour::Rgb(r, g, b)),
            _ => None,
        };
        match (kind, colour) {
            ("38", Some(colour)) => self.letter = colour,
            ("48", Some(colour)) => self.ground = colour,
            _ => {}
        }
    }

    /// The attributes of a `<span>`; `None` for usual text.
    pub fn attributes(&self) -> Option<String> {
        let flags = [
            (self.bold, "bold"),
            (self.dim, "dim"),
            (self.italic, "italic"),
            (self.underlined, "underlined"),
            (self.inverse, "inverse"),
            (self.struck, "struck"),
        ];
        let mut classes: Vec<String> = flags.iter().filter(|it| it.0).map(|it| it.1.to_owned()).collect();
        let mut styles = Vec::new();
        let (letter, ground) = if self.inverse { (self.ground, self.letter) } else { (self.letter, self.ground) };
        for (colour, class, property) in [(letter, "fg", "color"), (ground, "bg", "background")] {
            match colour {
                Colour::Usual => {}
                Colour::Named(number) => classes.push(format!("{class}{number}")),
                Colour::Rgb(r, g, b) => styles.push(format!("{property}:#{r:02x}{g:02x}{b:02x}")),
            }
        }
        let classes = (!classes.is_empty()).then(|| format!("class=\"{}\"", classes.join(" ")));
        let styles = (!styles.is_empty()).then(|| format!("style=\"{}\"", styles.join(";")));
        let all: Vec<String> = classes.into_iter().chain(styles).collect();
        (!all.is_empty()).then(|| all.join(" "))
    }
}

/// A colour of the 256: sixteen with names, a cube of 6 × 6 × 6, and greys.
fn of_palette(number: u8) -> Colour {
    let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
    match number {
        0..16 => Colour::Named(number),
        16..232 => {
            let place = number - 16;
            Colour::Rgb(level(place / 36), level(place / 6 % 6), level(place % 6))
        }
        _ => {
            let grey = 8 + 10 * (number - 232);
            Colour::Rgb(grey, grey, grey)
        }
    }
}
