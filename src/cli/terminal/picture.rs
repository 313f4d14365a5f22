//! A figure in the terminal: SVG text -> pixels -> what this terminal can show.
//!
//! Which way is taken is asked of the terminal once ([`probe`]); it draws nothing itself.

pub mod probe;

mod blocks;
mod kitty;
mod labels;
mod raster;
mod sixel;

use clap::ValueEnum;
pub use raster::Raster;

use super::style::Look;

/// How figures are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Images {
    /// What the terminal answers that it can
    Auto,
    /// The protocol of kitty, Ghostty, Konsole, WezTerm
    Kitty,
    /// The protocol of iTerm2, WezTerm, mintty, VS Code
    Iterm,
    /// Sixels: foot, xterm, mlterm, Windows Terminal, tmux
    Sixel,
    /// Half blocks in colour: any terminal with many colours
    Blocks,
    /// Braille dots, without colour
    Text,
    /// Only the figure's name and where it is saved
    None,
}

/// What is known of the terminal's pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Canvas {
    pub images: Images,
    /// Pixels of one character: width and height.
    pub cell: (usize, usize),
    /// 24-bit colour, or the 256 colours that nearly every terminal has.
    pub true_color: bool,
}

/// The most columns that a figure takes: wider ones are harder to read beside their text.
const WIDEST: usize = 84;

/// The figure as text to be written to the terminal, ending with a line break; `None` where none is to be shown.
pub fn draw(svg: &str, canvas: &Canvas, look: &Look) -> Option<String> {
    let columns = look.width.saturating_sub(1).clamp(20, WIDEST);
    match canvas.images {
        Images::Auto | Images::None => None,
        Images::Blocks => blocks::draw(svg, columns, canvas.true_color),
        Images::Text => blocks::dots(svg, columns),
        Images::Kitty => pixels(svg, columns, canvas).map(|(raster, rows)| kitty::kitty(&raster, rows)),
        Images::Iterm => pixels(svg, columns, canvas).map(|(raster, _)| kitty::iterm(&raster)),
        Images::Sixel => pixels(svg, columns, canvas).map(|(raster, _)| sixel::encode(&raster)),
    }
}

/// The figure at the size that its columns have in pixels, and the rows that it takes.
fn pixels(svg: &str, columns: usize, canvas: &Canvas) -> Option<(Raster, usize)> {
    let (wide, high) = canvas.cell;
    // As large as on paper is large enough, unless the terminal's pixels are small.
    let width = (columns * wide).min((640 * wide).div_ceil(9));
    let raster = Raster::of_svg(svg, width)?;
    let rows = raster.height.div_ceil(high);
    Some((raster, rows))
}

/// The figure as a PNG file, at twice its own size, which is sharp on most screens.
pub fn png(svg: &str) -> Option<Vec<u8>> {
    let (width, _) = raster::size_of(svg)?;
    Some(kitty::png(&Raster::of_svg(svg, width as usize * 2)?))
}
