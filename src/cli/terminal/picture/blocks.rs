//! Figures in characters: half blocks in colour, or braille dots without.
//!
//! [`Grid`] decides what each character shows.

use super::grid::{Cell, Grid, PAPER, distance};

/// The figure in half blocks, two pixels a character.
pub fn draw(svg: &str, columns: usize, true_color: bool) -> Option<String> {
    let grid = Grid::new(svg, columns, (1, 2), |dots| Cell { letter: '▀', ink: dots[0], paper: dots[1] })?;
    Some(in_color(&grid, true_color))
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
    Some(plain(&grid))
}

fn in_color(grid: &Grid, true_color: bool) -> String {
    let mut out = String::new();
    for line in grid.lines() {
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

fn plain(grid: &Grid) -> String {
    let line = |line: &[Cell]| {
        let text: String = line.iter().map(|cell| cell.letter).filter(|letter| *letter != '\0').collect();
        format!("{}\n", text.trim_end())
    };
    grid.lines().map(line).collect()
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
    use super::super::grid::strongest;
    use super::super::raster::Raster;
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
                "<g aria-label=\"{text}\" fill=\"#000\" transform=\"translate(30 {y}) scale(.01)\">\
                 <use/><use x=\"500\"/></g>"
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
