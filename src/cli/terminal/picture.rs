//! A figure in the terminal: SVG text -> pixels -> what this terminal can show.
//!
//! [`probe`] asks the terminal once which protocol it speaks. Nothing is drawn here.

pub mod probe;

mod blocks;
mod grid;
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
    /// The best that the terminal reports
    Auto,
    /// kitty's protocol: kitty, Ghostty, Konsole, WezTerm
    Kitty,
    /// iTerm2's protocol: iTerm2, WezTerm, mintty, VS Code
    Iterm,
    /// Sixels: foot, xterm, mlterm, Windows Terminal, tmux
    Sixel,
    /// Half blocks in colour: any terminal with 256 colours
    Blocks,
    /// Braille dots, without colour
    Text,
    /// No picture: the name of the figure and where it is saved
    None,
}

/// How this terminal shows pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageProtocol {
    pub images: Images,
    /// Pixels of one character: width and height.
    pub cell: (usize, usize),
    /// 24-bit colour, or the 256 colours that nearly every terminal has.
    pub true_color: bool,
}

/// The most columns of a figure: wider ones are harder to read beside their text.
const WIDEST: usize = 84;

/// The figure as text for the terminal, ending with a line break; `None` if it cannot or should not be drawn. With
/// `rows`, it is no higher than that: the top of a higher one would scroll away.
pub fn draw(svg: &str, protocol: &ImageProtocol, look: &Look, rows: Option<usize>) -> Option<String> {
    let columns = look.width.saturating_sub(1).clamp(20, WIDEST);
    let columns = rows.and_then(|rows| columns_of(svg, protocol, rows)).map_or(columns, |most| columns.min(most));
    match protocol.images {
        Images::Auto | Images::None => None,
        Images::Blocks => blocks::draw(svg, columns, protocol.true_color),
        Images::Text => blocks::dots(svg, columns),
        Images::Kitty => pixels(svg, columns, protocol).map(|(raster, rows)| kitty::kitty(&raster, rows)),
        Images::Iterm => pixels(svg, columns, protocol).map(|(raster, _)| kitty::iterm(&raster)),
        Images::Sixel => pixels(svg, columns, protocol).map(|(raster, _)| sixel::encode(&raster)),
    }
}

/// Are figures made of the terminal's pixels, rather than of characters?
pub fn is_of_pixels(protocol: &ImageProtocol) -> bool {
    matches!(protocol.images, Images::Kitty | Images::Iterm | Images::Sixel)
}

/// The columns of a figure that is this many rows high.
fn columns_of(svg: &str, protocol: &ImageProtocol, rows: usize) -> Option<usize> {
    let (wide, high) = raster::size_of(svg)?;
    // Figures in characters take a character to be twice as high as wide.
    let cell = match protocol.images {
        Images::Blocks | Images::Text => (1, 2),
        _ => protocol.cell,
    };
    let columns = (rows * cell.1) as f64 * wide / (high * cell.0 as f64);
    Some((columns as usize).max(20))
}

/// The figure, `columns` wide in pixels, and the rows it takes.
fn pixels(svg: &str, columns: usize, protocol: &ImageProtocol) -> Option<(Raster, usize)> {
    let (wide, high) = protocol.cell;
    // No larger than its natural 640 pixels, scaled up where the terminal's pixels are small.
    let width = (columns * wide).min((640 * wide).div_ceil(9));
    let raster = Raster::of_svg(svg, width)?;
    let rows = raster.height.div_ceil(high);
    Some((raster, rows))
}

/// The figure as a PNG file at twice its own size, which is sharp on most screens.
pub fn png(svg: &str) -> Option<Vec<u8>> {
    let (width, _) = raster::size_of(svg)?;
    Some(kitty::png(&Raster::of_svg(svg, width as usize * 2)?))
}
