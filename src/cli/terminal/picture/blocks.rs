//! Figures out of characters: half blocks in colour, or braille dots without, with the labels as real letters.
//!
//! In each small area the pixel farthest from the paper wins, so that a thin curve stays as clear as it was.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::labels::Label;
use super::raster::Raster;
use super::{labels, raster};

const PAPER: [u8; 3] = [255; 3];
/// How many times finer than its dots the figure is drawn first: so much that no thin curve turns pale.
fn finer(wide: f64, dots: usize) -> usize {
    ((wide / dots as f64).ceil() as usize).clamp(3, 12)
}

/// One character of the picture.
#[derive(Clone, Debug, PartialEq)]
struct Cell {
    letter: char,
    ink: [u8; 3],
    paper: [u8; 3],
}

/// The figure in half blocks, two pixels a character.
pub fn draw(svg: &str, columns: usize, true_color: bool) -> Option<String> {
    let grid = Grid::new(svg, columns, (1, 2), |dots| Cell { letter: '▀', ink: dots[0], paper: dots[1] })?;
    Some(grid.in_color(true_color))
}

/// The figure in braille, eight dots a character.
pub fn dots(svg: &str, columns: usize) -> Option<String> {
    /// Which bit each dot of a braille character has, row by row.
    const BITS: [u32; 8] = [0, 3, 1, 4, 2, 5, 6, 7];
    let grid = Grid::new(svg, columns, (2, 4), |dots| {
        let set = |(dot, bit): (&[u8; 3], u32)| if distance(dot) > 90 { 1 << bit } else { 0 };
        let bits: u32 = dots.iter().zip(BITS).map(set).sum();
        let letter = if bits == 0 { ' ' } else { char::from_u32(0x2800 + bits).unwrap_or(' ') };
        Cell { letter, ink: [0; 3], paper: PAPER }
    })?;
    Some(grid.plain())
}

impl Cell {
    /// Neither a word nor any of the picture.
    fn is_bare(&self) -> bool {
        let is_light = |color| distance(color) < 90;
        self.letter == ' ' || self.letter == '▀' && is_light(&self.ink) && is_light(&self.paper)
    }

    fn is_word(&self) -> bool {
        !matches!(self.letter, '▀' | ' ' | '\u{2800}'..='\u{28ff}')
    }
}

struct Grid {
    columns: usize,
    cells: Vec<Cell>,
}

impl Grid {
    /// Draws the figure at `dots` pixels a character, and its labels over it.
    fn new(svg: &str, columns: usize, dots: (usize, usize), cell: impl Fn(&[[u8; 3]]) -> Cell) -> Option<Grid> {
        let (wide, high) = raster::size_of(svg)?;
        // A character is about twice as high as it is wide.
        let rows = ((columns as f64 * high / wide / 2.0).round() as usize).clamp(1, 200);
        let (labels, svg) = labels::taken_out(svg);
        let (across, down) = (columns * dots.0, rows * dots.1);
        let times = finer(wide, across);
        let fine = Raster::squeezed(&svg, across * times, down * times)?;
        let mut cells = Vec::with_capacity(columns * rows);
        for row in 0..rows {
            for column in 0..columns {
                let places = (0..dots.1).flat_map(|y| (0..dots.0).map(move |x| (x, y)));
                let pixels: Vec<[u8; 3]> =
                    places.map(|(x, y)| strongest(&fine, times, column * dots.0 + x, row * dots.1 + y)).collect();
                cells.push(cell(&pixels));
            }
        }
        let mut grid = Grid { columns, cells };
        // Those that are read from below have a column to themselves, if the others leave one.
        let (upright, level): (Vec<&Label>, Vec<&Label>) = labels.iter().partition(|label| label.upright);
        for label in level.into_iter().chain(upright) {
            grid.write(label, columns as f64 / wide, rows as f64 / high);
        }
        Some(grid)
    }

    /// Puts a label's letters over the picture; they keep the paper that was there.
    fn write(&mut self, label: &Label, across: f64, down: f64) {
        let (column, row) = (label.center.0 * across, label.center.1 * down);
        let rows = self.cells.len() / self.columns.max(1);
        if label.upright {
            let start = (row - label.text.chars().count() as f64 / 2.0).round().max(0.0) as usize;
            let Some(column) = self.free_column(label, column, start) else { return };
            for (at, letter) in label.text.chars().enumerate() {
                self.put(column, start + at, letter, label.color);
            }
            return;
        }
        let width = label.text.width();
        let start = (column - width as f64 / 2.0).round().max(0.0) as usize;
        let start = start.min(self.columns.saturating_sub(width));
        let Some(row) = self.free_row(start, width, row, rows) else { return };
        let mut at = start;
        for letter in label.text.chars() {
            self.put(at, row, letter, label.color);
            at += letter.width().unwrap_or(0);
        }
    }

    /// The label's own row, or the one beside it where a line or another label is in the way; none where it would hide
    /// another label.
    fn free_row(&self, start: usize, width: usize, middle: f64, rows: usize) -> Option<usize> {
        let own = (middle.floor().max(0.0) as usize).min(rows.saturating_sub(1));
        let covered = |row: usize| (start..start + width).filter_map(move |at| self.cells.get(row * self.columns + at));
        let is_bare = |row: usize| covered(row).all(Cell::is_bare);
        let has_words = |row: usize| covered(row).any(Cell::is_word);
        let above = own.checked_sub(1).filter(|row| is_bare(*row));
        let below = Some(own + 1).filter(|row| *row < rows && is_bare(*row));
        if has_words(own) {
            return below.or(above);
        }
        let stands_high = middle.fract() < 0.5;
        above.filter(|_| stands_high && !is_bare(own)).or(Some(own))
    }

    /// The column of a label that is read from below: its own or one further left, with a blank one beside it if it can
    /// be; none where it would hide another label.
    fn free_column(&self, label: &Label, middle: f64, start: usize) -> Option<usize> {
        let wide = label.text.chars().filter_map(UnicodeWidthChar::width).max().unwrap_or(1);
        let own = (middle.floor().max(0.0) as usize).min(self.columns.saturating_sub(wide));
        let is_free = |column: usize, wide: usize| {
            let rows = start..start + label.text.chars().count();
            let mut places = rows.flat_map(|row| (column..column + wide).map(move |at| row * self.columns + at));
            places.all(|at| self.cells.get(at).is_none_or(|cell| !cell.is_word()))
        };
        let columns = || (0..=own).rev();
        columns().find(|at| is_free(*at, wide + 1)).or_else(|| columns().find(|at| is_free(*at, wide)))
    }

    fn put(&mut self, column: usize, row: usize, letter: char, ink: [u8; 3]) {
        let wide = letter.width().unwrap_or(0);
        if wide == 0 || column + wide > self.columns {
            return;
        }
        let at = row * self.columns + column;
        if let Some(cell) = self.cells.get_mut(at) {
            let paper = if cell.letter == '▀' { lighter(cell.ink, cell.paper) } else { cell.paper };
            *cell = Cell { letter, ink, paper };
        }
        if let Some(second) = self.cells.get_mut(at + 1).filter(|_| wide == 2) {
            // A wide letter covers this one.
            second.letter = '\0';
        }
    }

    fn lines(&self) -> impl Iterator<Item = &[Cell]> {
        self.cells.chunks(self.columns.max(1))
    }

    fn in_color(&self, true_color: bool) -> String {
        let mut out = String::new();
        for line in self.lines() {
            let mut last = None;
            for cell in line.iter().filter(|cell| cell.letter != '\0') {
                // Two equal halves are a blank on that paper.
                let solid = cell.letter == '▀' && cell.ink == cell.paper;
                if last != Some((cell.ink, cell.paper)) {
                    out.push_str(&colors(cell.ink, cell.paper, true_color));
                    last = Some((cell.ink, cell.paper));
                }
                out.push(if solid { ' ' } else { cell.letter });
            }
            out.push_str("\x1b[0m\n");
        }
        out
    }

    fn plain(&self) -> String {
        let line = |line: &[Cell]| {
            let text: String = line.iter().map(|cell| cell.letter).filter(|letter| *letter != '\0').collect();
            format!("{}\n", text.trim_end())
        };
        self.lines().map(line).collect()
    }
}

/// The pixel farthest from the paper among those that make up one dot.
fn strongest(fine: &Raster, times: usize, x: usize, y: usize) -> [u8; 3] {
    let places = (0..times).flat_map(|dy| (0..times).map(move |dx| (x * times + dx, y * times + dy)));
    places.map(|(x, y)| fine.at(x, y)).max_by_key(distance).unwrap_or(PAPER)
}

fn distance(color: &[u8; 3]) -> u32 {
    color.iter().map(|byte| u32::from(255 - byte)).sum()
}

fn lighter(a: [u8; 3], b: [u8; 3]) -> [u8; 3] {
    if distance(&a) < distance(&b) { a } else { b }
}

fn colors(ink: [u8; 3], paper: [u8; 3], true_color: bool) -> String {
    if true_color {
        let [[r, g, b], [s, h, c]] = [ink, paper];
        format!("\x1b[38;2;{r};{g};{b};48;2;{s};{h};{c}m")
    } else {
        format!("\x1b[38;5;{};48;5;{}m", of_256(ink), of_256(paper))
    }
}

/// The nearest of the 6 x 6 x 6 cube and the 24 greys.
fn of_256(color: [u8; 3]) -> u8 {
    let steps = [0u8, 95, 135, 175, 215, 255];
    let step = |byte: u8| (0..6).min_by_key(|at| steps[*at].abs_diff(byte)).unwrap_or(0);
    let [r, g, b] = color.map(step);
    let mean = (u32::from(color[0]) + u32::from(color[1]) + u32::from(color[2])) / 3;
    let is_grey = color.iter().all(|byte| byte.abs_diff(mean as u8) < 8);
    if is_grey && (8..=238).contains(&mean) {
        return 232 + ((mean - 8) / 10).min(23) as u8;
    }
    16 + (36 * r + 6 * g + b) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Black on the left half, a label on the right.
    const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
                       width=\"80\" height=\"40\"><rect width=\"40\" height=\"40\"/>\
                       <g aria-label=\"ab\" fill=\"#f00\" transform=\"translate(55 20) scale(.01)\">\
                       <use/><use x=\"500\"/></g></svg>";

    #[test]
    fn half_blocks_have_the_figures_colours_and_letters() {
        let text = draw(SVG, 8, true).expect("it is SVG");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2);
        let (black, white) = ("\x1b[38;2;0;0;0;48;2;0;0;0m", "\x1b[38;2;255;255;255;48;2;255;255;255m");
        let red = "\x1b[38;2;255;0;0;48;2;255;255;255m";
        assert_eq!(lines[0], format!("{black}    {white} {red}ab{white} \x1b[0m"));
        assert_eq!(lines[1], format!("{black}    {white}    \x1b[0m"));
    }

    /// What a terminal shows of half blocks: each character's upper and lower colour.
    fn seen(text: &str) -> Vec<Vec<[[u8; 3]; 2]>> {
        let line = |line: &str| {
            let mut out = Vec::new();
            for part in line.split("\x1b[").skip(1) {
                let (codes, letters) = part.split_once('m').expect("every sequence is about colours");
                let bytes: Vec<u8> = codes.split(';').map(|code| code.parse().expect("a byte")).collect();
                if let [38, 2, r, g, b, 48, 2, s, h, c] = bytes[..] {
                    let (ink, paper) = ([r, g, b], [s, h, c]);
                    out.extend(letters.chars().map(|it| if it == ' ' { [paper, paper] } else { [ink, paper] }));
                } else {
                    assert_eq!((codes, letters), ("0", ""));
                }
            }
            out
        };
        text.lines().map(line).collect()
    }

    #[test]
    fn half_blocks_read_again_are_the_raster() {
        let shapes: String = (0..40)
            .map(|at| {
                let (x, y) = (at * 37 % 120, at * 53 % 60);
                format!(
                    "<rect x=\"{x}\" y=\"{y}\" width=\"9\" height=\"7\" fill=\"#{:06x}\"/>",
                    at * 413_579 % 0xff_ffff
                )
            })
            .collect();
        let svg = format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"120\" height=\"60\">{shapes}</svg>");
        let columns = 40;
        let picture = seen(&draw(&svg, columns, true).expect("it is SVG"));
        assert_eq!((picture.len(), picture[0].len()), (10, columns));
        let fine = Raster::squeezed(&svg, columns * 3, 2 * picture.len() * 3).expect("it is SVG");
        let mut colors = std::collections::HashSet::new();
        for (row, line) in picture.iter().enumerate() {
            for (column, halves) in line.iter().enumerate() {
                let wanted = [0, 1].map(|half| strongest(&fine, 3, column, 2 * row + half));
                assert_eq!(*halves, wanted, "row {row}, column {column}");
                colors.extend(wanted);
            }
        }
        assert!(colors.len() > 20, "{}", colors.len());
    }

    #[test]
    fn braille_read_again_is_the_raster() {
        let bars: String =
            (0..12).map(|at| format!("<rect x=\"{}\" y=\"{}\" width=\"4\" height=\"9\"/>", at * 10, at * 5)).collect();
        let svg = format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"120\" height=\"60\">{bars}</svg>");
        let columns = 30;
        let text = dots(&svg, columns).expect("it is SVG");
        let rows = text.lines().count();
        let fine = Raster::squeezed(&svg, columns * 2 * 3, rows * 4 * 3).expect("it is SVG");
        // Unicode: dots 1 to 3 go down the left, 4 to 6 down the right, 7 and 8 are the last row.
        let number = [[0, 3], [1, 4], [2, 5], [6, 7]];
        for (row, line) in text.lines().enumerate() {
            let letters: Vec<char> = line.chars().chain(std::iter::repeat(' ')).take(columns).collect();
            for (x, y) in (0..columns * 2).flat_map(|x| (0..4).map(move |y| (x, y))) {
                let letter = letters[x / 2];
                let bits = if letter == ' ' { 0 } else { letter as u32 - 0x2800 };
                let is_set = bits >> number[y][x % 2] & 1 == 1;
                assert_eq!(is_set, distance(&strongest(&fine, 3, x, 4 * row + y)) > 90, "{x} {y} of row {row}");
            }
        }
        assert!(text.chars().filter(|letter| *letter > ' ').count() > 20, "{text}");
    }

    #[test]
    fn braille_has_dots_where_the_figure_is_dark() {
        let text = dots(SVG, 8).expect("it is SVG");
        assert!(text.starts_with("⣿⣿⣿⣿\n") || text.starts_with("⣿⣿⣿⣿ ab"), "{text}");
        assert!(text.contains("ab"), "{text}");
    }

    #[test]
    fn a_label_gives_way_to_a_line_and_to_another_label() {
        let label = |text: &str, y: f64| {
            format!(
                "<g aria-label=\"{text}\" fill=\"#000\" transform=\"translate(30 {y}) scale(.01)\"><use/><use x=\"500\"/></g>"
            )
        };
        let svg = |inside: &str| {
            let links = "xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\"";
            format!("<svg {links} width=\"80\" height=\"60\">{inside}</svg>")
        };
        let rows = |inside: String| {
            let text = dots(&svg(&inside), 8).expect("it is SVG");
            let row = |word: &str| text.lines().position(|line| line.contains(word));
            (row("ab"), row("cd"))
        };
        // Three rows of 20 units; the middle of a letter is 3.5 above the line it stands on.
        assert_eq!(rows(label("ab", 30.0)), (Some(1), None));
        let line = "<rect y=\"36\" width=\"80\" height=\"2\"/>";
        assert_eq!(rows(format!("{line}{}", label("ab", 30.0))), (Some(0), None), "a line below the middle");
        assert_eq!(rows(format!("{}{}", label("ab", 30.0), label("cd", 30.0))), (Some(1), Some(2)));
        let all: String = [10.0, 30.0, 50.0].map(|y| label("ab", y)).concat();
        assert_eq!(rows(format!("{all}{}", label("cd", 30.0))), (Some(0), None), "none hides another");
    }

    #[test]
    fn colours_have_neighbours_among_the_256() {
        for (color, number) in [([0, 0, 0], 16), ([255, 255, 255], 231), ([255, 0, 0], 196), ([128, 128, 128], 244)] {
            assert_eq!(of_256(color), number);
        }
    }

    #[test]
    fn what_is_not_svg_is_not_drawn() {
        assert_eq!(draw("no", 80, true), None);
        assert_eq!(dots("", 80), None);
    }
}
