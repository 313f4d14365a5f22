//! Colours by matplotlib's names, and its colour maps.
//!
//! It does not blend; [`super::raster`] does.

use std::fmt::Write;

use plotters::style::Color;
use plotters_backend::BackendColor;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Colour {
    pub red: u8,
    pub green: u8,
    pub blue: u8,
}

pub(super) const BLACK: Colour = Colour::new(0x00_00_00);
pub(super) const WHITE: Colour = Colour::new(0xff_ff_ff);

/// The cycle `C0` to `C9`.
const CYCLE: [u32; 10] =
    [0x1f77b4, 0xff7f0e, 0x2ca02c, 0xd62728, 0x9467bd, 0x8c564b, 0xe377c2, 0x7f7f7f, 0xbcbd22, 0x17becf];

const NAMES: [(&str, u32); 32] = [
    ("b", 0x0000ff),
    ("g", 0x008000),
    ("r", 0xff0000),
    ("c", 0x00bfbf),
    ("m", 0xbf00bf),
    ("y", 0xbfbf00),
    ("k", 0x000000),
    ("w", 0xffffff),
    ("black", 0x000000),
    ("white", 0xffffff),
    ("gray", 0x808080),
    ("grey", 0x808080),
    ("lightgray", 0xd3d3d3),
    ("lightgrey", 0xd3d3d3),
    ("red", 0xff0000),
    ("green", 0x008000),
    ("blue", 0x0000ff),
    ("cyan", 0x00ffff),
    ("magenta", 0xff00ff),
    ("yellow", 0xffff00),
    ("orange", 0xffa500),
    ("purple", 0x800080),
    ("brown", 0xa52a2a),
    ("pink", 0xffc0cb),
    ("olive", 0x808000),
    ("navy", 0x000080),
    ("teal", 0x008080),
    ("crimson", 0xdc143c),
    ("gold", 0xffd700),
    ("skyblue", 0x87ceeb),
    ("steelblue", 0x4682b4),
    ("tomato", 0xff6347),
];

const TABLEAU: [&str; 10] = ["blue", "orange", "green", "red", "purple", "brown", "pink", "gray", "olive", "cyan"];

impl Colour {
    pub const fn new(rgb: u32) -> Colour {
        Colour { red: (rgb >> 16) as u8, green: (rgb >> 8) as u8, blue: rgb as u8 }
    }

    pub const fn rgb8(red: u8, green: u8, blue: u8) -> Colour {
        Colour { red, green, blue }
    }

    /// The colours of curves; they repeat after ten.
    pub fn cycle(index: usize) -> Colour {
        Colour::new(CYCLE[index % CYCLE.len()])
    }

    pub fn gray(level: u8) -> Colour {
        Colour { red: level, green: level, blue: level }
    }

    /// `C1`, `tab:orange`, `k`, `tomato`, `#ff6347`, `#f64`, or a gray such as `0.8`.
    pub fn parse(name: &str) -> Option<Colour> {
        let name = name.trim();
        if let Some(digits) = name.strip_prefix('#') {
            let wide =
                if digits.len() == 3 { digits.chars().flat_map(|d| [d, d]).collect() } else { digits.to_string() };
            let plain = wide.len() == 6 && wide.bytes().all(|b| b.is_ascii_hexdigit());
            return u32::from_str_radix(&wide, 16).ok().filter(|_| plain).map(Colour::new);
        }
        if let Some(index) = name.strip_prefix('C').and_then(|digits| digits.parse().ok()) {
            return Some(Colour::cycle(index));
        }
        if let Some(table) = name.strip_prefix("tab:") {
            let table = if table == "grey" { "gray" } else { table };
            return TABLEAU.iter().position(|&known| known == table).map(Colour::cycle);
        }
        let named =
            NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name) && (name.len() > 1 || *known == name));
        let gray = || name.parse::<f64>().ok().filter(|level| (0.0..=1.0).contains(level));
        named.map(|&(_, rgb)| Colour::new(rgb)).or_else(|| gray().map(|level| Colour::gray(byte(level))))
    }

    pub fn to_svg(self) -> String {
        let mut text = String::from("#");
        for part in [self.red, self.green, self.blue] {
            // Writing to a String cannot fail.
            let _ = write!(text, "{part:02x}");
        }
        text
    }

    fn towards(self, other: Colour, share: f64) -> Colour {
        let part = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share + 0.5) as u8;
        Colour {
            red: part(self.red, other.red),
            green: part(self.green, other.green),
            blue: part(self.blue, other.blue),
        }
    }
}

impl Color for Colour {
    fn to_backend_color(&self) -> BackendColor {
        BackendColor { alpha: 1.0, rgb: (self.red, self.green, self.blue) }
    }
}

impl From<BackendColor> for Colour {
    fn from(color: BackendColor) -> Colour {
        let (red, green, blue) = color.rgb;
        Colour { red, green, blue }
    }
}

fn byte(level: f64) -> u8 {
    (level * 255.0 + 0.5) as u8
}

/// Numbers from 0 to 1 as colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColourMap {
    Gray,
    GrayReversed,
    Stops(&'static [u32; 17]),
}

impl ColourMap {
    /// `viridis`, `plasma`, `magma`, `coolwarm`, `RdBu`, `Blues`, `gray`, `gray_r`, `binary`.
    pub fn parse(name: &str) -> Option<ColourMap> {
        Some(match name {
            "viridis" => ColourMap::Stops(&VIRIDIS),
            "plasma" => ColourMap::Stops(&PLASMA),
            "magma" => ColourMap::Stops(&MAGMA),
            "coolwarm" => ColourMap::Stops(&COOLWARM),
            "RdBu" => ColourMap::Stops(&RED_BLUE),
            "Blues" => ColourMap::Stops(&BLUES),
            "gray" | "grey" => ColourMap::Gray,
            "gray_r" | "grey_r" | "binary" | "Greys" => ColourMap::GrayReversed,
            _ => return None,
        })
    }

    pub fn at(self, share: f64) -> Colour {
        let share = share.clamp(0.0, 1.0);
        match self {
            ColourMap::Gray => Colour::gray(byte(share)),
            ColourMap::GrayReversed => Colour::gray(byte(1.0 - share)),
            ColourMap::Stops(stops) => {
                let place = share * (stops.len() - 1) as f64;
                let low = (place as usize).min(stops.len() - 2);
                Colour::new(stops[low]).towards(Colour::new(stops[low + 1]), place - low as f64)
            }
        }
    }
}

pub(super) static VIRIDIS: [u32; 17] = [
    0x440154, 0x48186a, 0x472d7b, 0x424086, 0x3b528b, 0x33638d, 0x2c728e, 0x26828e, 0x21918c, 0x1fa088, 0x28ae80,
    0x3fbc73, 0x5ec962, 0x84d44b, 0xaddc30, 0xd8e219, 0xfde725,
];
static PLASMA: [u32; 17] = [
    0x0d0887, 0x310597, 0x4c02a1, 0x6600a7, 0x7e03a8, 0x9511a1, 0xaa2395, 0xbc3587, 0xcc4778, 0xda5a6a, 0xe66c5c,
    0xf0804e, 0xf89540, 0xfdac33, 0xfdc527, 0xf8df25, 0xf0f921,
];
static MAGMA: [u32; 17] = [
    0x000004, 0x0a0822, 0x1d1147, 0x36106b, 0x51127c, 0x6a1c81, 0x832681, 0x9c2e7f, 0xb73779, 0xd0416f, 0xe75263,
    0xf56b5c, 0xfc8961, 0xfea772, 0xfec488, 0xfde2a3, 0xfcfdbf,
];
static COOLWARM: [u32; 17] = [
    0x3b4cc0, 0x4e68d8, 0x6282ea, 0x779af7, 0x8db0fe, 0xa3c2fe, 0xb9d0f9, 0xccd9ed, 0xdddcdc, 0xecd3c5, 0xf5c4ac,
    0xf7b093, 0xf4987a, 0xeb7d62, 0xdd5f4b, 0xca3b37, 0xb40426,
];
static RED_BLUE: [u32; 17] = [
    0x67001f, 0x960f27, 0xbb2a34, 0xd25849, 0xe58368, 0xf5ac8b, 0xfbceb7, 0xfbe6da, 0xf6f7f7, 0xdeebf2, 0xc0dceb,
    0x98c8e0, 0x68abd0, 0x3e8cbf, 0x2870b1, 0x15508d, 0x053061,
];
static BLUES: [u32; 17] = [
    0xf7fbff, 0xeaf3fb, 0xdeebf7, 0xd2e3f3, 0xc6dbef, 0xb2d2e8, 0x9dcae1, 0x84bcdb, 0x6aaed6, 0x56a0ce, 0x4191c6,
    0x3181bd, 0x2070b4, 0x1460a8, 0x08509b, 0x084082, 0x08306b,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_have_matplotlib_names() {
        let cases = [
            ("C0", Some(0x1f77b4)),
            ("C13", Some(0xd62728)),
            ("tab:orange", Some(0xff7f0e)),
            ("k", Some(0)),
            ("K", None),
            ("Tomato", Some(0xff6347)),
            ("#0f8", Some(0x00ff88)),
            ("#12345", None),
            ("#+12345", None),
            ("0.5", Some(0x808080)),
            ("2", None),
            ("nan", None),
        ];
        for (name, rgb) in cases {
            assert_eq!(Colour::parse(name), rgb.map(Colour::new), "{name}");
        }
    }
}
