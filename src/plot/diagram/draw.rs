//! A diagram as plotters' circles, lines, arrow heads and texts.
//!
//! Lengths are those of a full-size diagram; in a smaller part of the page all of them are scaled down.

use plotters::element::{Circle, PathElement, Polygon, Text};
use plotters::style::Color;
use plotters::style::text_anchor::{HPos, VPos};

use super::{ACROSS, Diagram, FOOT, HEAD, Slot};
use crate::plot::colour::Colour;
use crate::plot::path::Point;
use crate::plot::sheet::{Drawn, Fit, Plain, Sheet, area_of, letters, line, units};

/// With more arrows than this between two layers, they are paler and have no heads.
const CROWD: usize = 24;
const NAME: f64 = 14.0;
const SMALL: f64 = 12.5;
const INK: Colour = Colour::new(0x333333);
const PALE: Colour = Colour::new(0x6b7680);
const ARROW: Colour = Colour::new(0x93a1ad);
const MANY: Colour = Colour::new(0xc4ccd3);
/// Fill and edge of inputs, hidden values and outputs.
const INPUT: (Colour, Colour) = (Colour::new(0xd6e6f4), Colour::new(0x1f77b4));
const HIDDEN: (Colour, Colour) = (Colour::new(0xfdebd3), Colour::new(0xe08214));
const OUTPUT: (Colour, Colour) = (Colour::new(0xdcf0dc), Colour::new(0x2ca02c));

/// A part of the page, and the scale of the drawing on it.
struct Board {
    plain: Plain,
    scale: f64,
}

impl Board {
    fn path(&self, points: impl Into<Vec<Point>>, colour: Colour, width: f64) -> Drawn {
        self.plain.draw(&PathElement::new(points, line(colour, width * self.scale)))
    }

    fn circle(&self, center: Point, radius: f64, (fill, edge): (Colour, Colour)) -> Drawn {
        let radius = units(radius * self.scale);
        self.plain.draw(&Circle::new(center, radius, fill.filled()))?;
        self.plain.draw(&Circle::new(center, radius, line(edge, 1.5 * self.scale)))
    }

    fn say(&self, text: &str, place: Point, size: f64, colour: Colour) -> Drawn {
        let style = letters(size * self.scale, colour, HPos::Center, VPos::Bottom);
        self.plain.draw(&Text::new(text, place, style))
    }
}

impl Diagram {
    pub fn draw(&self, page: &Sheet, part: &Sheet) -> Drawn {
        let (width, height) = self.size();
        let fit = Fit::centered(&area_of(part), (width, height));
        let board = Board { plain: page.apply_coord_spec(fit), scale: fit.scale };
        let between = self.sizes.len().saturating_sub(1) as f64 * ACROSS;
        let left = (width - between) / 2.0;
        let across = |index: usize| left + index as f64 * ACROSS;
        let columns: Vec<_> = (0..self.sizes.len()).map(|index| self.column(index, across(index))).collect();
        for pair in columns.windows(2) {
            self.arrows(&board, &pair[0], &pair[1])?;
        }
        for (index, column) in columns.iter().enumerate() {
            self.values(&board, index, column)?;
            self.words(&board, index, across(index))?;
        }
        Ok(())
    }

    /// The slots of a layer from top to bottom.
    fn column(&self, index: usize, x: f64) -> Vec<(Slot, Point)> {
        let (slots, step) = (Self::slots(self.sizes[index]), self.spacing().0);
        let middle = HEAD + (self.size().1 - HEAD - FOOT) / 2.0;
        let top = middle - (slots.len() as f64 - 1.0) / 2.0 * step;
        slots.into_iter().enumerate().map(|(row, slot)| (slot, (x, top + row as f64 * step))).collect()
    }

    fn arrows(&self, board: &Board, from: &[(Slot, Point)], to: &[(Slot, Point)]) -> Drawn {
        let radius = self.spacing().1;
        let values = |column: &[(Slot, Point)]| -> Vec<Point> {
            column.iter().filter(|(slot, _)| matches!(slot, Slot::Value(_))).map(|(_, place)| *place).collect()
        };
        let (from, to) = (values(from), values(to));
        let crowded = from.len() * to.len() > CROWD;
        let ends = from.iter().flat_map(|&start| to.iter().map(move |&end| (start, end)));
        let ends: Vec<(Point, Point)> =
            ends.map(|(start, end)| (towards(start, end, radius), towards(end, start, radius + 1.0))).collect();
        if crowded {
            return ends.iter().try_for_each(|&(start, end)| board.path([start, end], MANY, 0.8));
        }
        for &(start, end) in &ends {
            board.path([start, towards(end, start, 6.0)], ARROW, 1.3)?;
        }
        ends.iter().try_for_each(|&(start, end)| board.plain.draw(&Polygon::new(head(start, end), ARROW.filled())))
    }

    fn values(&self, board: &Board, index: usize, column: &[(Slot, Point)]) -> Drawn {
        let radius = self.spacing().1;
        let (fill, edge) = match index {
            0 => INPUT,
            _ if index + 1 == self.sizes.len() => OUTPUT,
            _ => HIDDEN,
        };
        for &(ref slot, (x, y)) in column {
            let Slot::Value(number) = slot else {
                for step in [-9.0, 0.0, 9.0] {
                    let dot = Circle::new((x, y + step), units(2.0 * board.scale), edge.filled());
                    board.plain.draw(&dot)?;
                }
                continue;
            };
            board.circle((x, y), radius, (fill, edge))?;
            if radius > 20.0 && index == 0 {
                board.say(&format!("x{}", lowered(*number)), (x, y + 0.26 * NAME), NAME, INK)?;
            } else if radius > 20.0 {
                let note = self.notes.get(index - 1).map_or("", String::as_str);
                board.path(curve(note, (x, y)), edge, 2.0)?;
            }
        }
        Ok(())
    }

    /// The name above a column and its size beneath; between columns, the shapes of weights and bias.
    fn words(&self, board: &Board, index: usize, x: f64) -> Drawn {
        let is_last = index + 1 == self.sizes.len();
        let (name, letter) = match index {
            0 => ("input".to_owned(), "x".to_owned()),
            _ if is_last => ("output".to_owned(), "y".to_owned()),
            _ => (format!("layer {index}"), format!("z{}", lowered(index))),
        };
        let size = self.sizes[index];
        let first = self.size().1 - FOOT + 23.0;
        let worded = |text: &str| self.wording.and_then(|wording| wording(text)).unwrap_or_else(|| text.to_owned());
        board.say(&worded(&name), (x, 22.0), NAME, INK)?;
        board.say(&format!("{letter} ({size},)"), (x, first), NAME, INK)?;
        if index == 0 {
            return Ok(());
        }
        let note = self.notes.get(index - 1).map_or("", String::as_str);
        board.say(&worded(note), (x, 41.0), SMALL, PALE)?;
        let between = x - ACROSS / 2.0;
        let number = lowered(index);
        board.say(&format!("W{number} ({}, {size})", self.sizes[index - 1]), (between, first + 20.0), SMALL, PALE)?;
        board.say(&format!("b{number} ({size},)"), (between, first + 38.0), SMALL, PALE)
    }
}

fn lowered(number: usize) -> String {
    const DIGITS: [char; 10] = ['₀', '₁', '₂', '₃', '₄', '₅', '₆', '₇', '₈', '₉'];
    number.to_string().chars().filter_map(|letter| letter.to_digit(10)).map(|digit| DIGITS[digit as usize]).collect()
}

/// The small graph of an activation inside a circle; `None` if it is not a function of one number.
fn curve(activation: &str, (x, y): Point) -> Vec<Point> {
    const HALF: f64 = 11.0;
    const RISE: f64 = 7.0;
    let at = |(across, up): Point| (x + across * HALF, y - up * RISE);
    let points = match activation {
        "sigmoid" | "tanh" => {
            return (-10..=10).map(|step| f64::from(step) / 10.0).map(|t| at((t, libm::tanh(3.0 * t)))).collect();
        }
        "step" => [(-1.0, -1.0), (0.0, -1.0), (0.0, 1.0), (1.0, 1.0)].to_vec(),
        "relu" | "ReLU" => [(-1.0, -1.0), (0.0, -1.0), (0.9, 1.0)].to_vec(),
        "identity" => [(-0.9, -1.0), (0.9, 1.0)].to_vec(),
        _ => Vec::new(),
    };
    points.into_iter().map(at).collect()
}

/// The point at a distance from one point, in the direction of another.
fn towards(from: Point, to: Point, distance: f64) -> Point {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = libm::hypot(dx, dy);
    if length == 0.0 { from } else { (from.0 + dx / length * distance, from.1 + dy / length * distance) }
}

/// A slim arrow head with its tip at the end.
fn head(start: Point, end: Point) -> [Point; 3] {
    const LONG: f64 = 9.0;
    const WIDE: f64 = 3.4;
    let back = towards(end, start, LONG);
    let (dx, dy) = ((end.0 - back.0) / LONG * WIDE, (end.1 - back.1) / LONG * WIDE);
    [end, (back.0 - dy, back.1 + dx), (back.0 + dy, back.1 - dx)]
}
