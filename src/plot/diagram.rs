//! A network as a diagram: a circle for each value, an arrow for each weight, and the shapes beneath.
//!
//! It is told sizes and names only; of a layer with many values it draws the first and the last ones.

use super::canvas::{Anchor, Canvas, Style, Text};
use super::colour::Colour;
use super::figure::Figure;
use super::font::CAPITAL;
use super::path::{Area, Path, Point};

/// A fully connected network: how many values stand at each place, inputs first, and what each layer is called.
///
/// `notes` has one text a layer, drawn beneath it: the name of its activation, say.
///
/// ```
/// use forward_pass::plot::diagram;
/// let figure = diagram(&[3, 2, 3, 1], &["sigmoid", "sigmoid", "sigmoid"]);
/// assert!(figure.to_svg().contains("aria-label=\"W₁ (3, 2)\""));
/// ```
pub fn diagram(sizes: &[usize], notes: &[impl AsRef<str>]) -> Figure {
    let notes = notes.iter().map(|note| note.as_ref().to_string()).collect();
    Figure::from_diagram(Diagram { sizes: sizes.to_vec(), notes })
}

#[derive(Clone)]
pub(super) struct Diagram {
    sizes: Vec<usize>,
    notes: Vec<String>,
}

/// A layer with more values than this is elided.
const MOST: usize = 10;
/// How many values of an elided layer are drawn at each end.
const ENDS: usize = 4;
/// More arrows than this between two layers have no heads, and are paler.
const CROWD: usize = 24;
const ACROSS: f64 = 168.0;
const SIDE: f64 = 84.0;
const HEAD: f64 = 56.0;
const FOOT: f64 = 74.0;
const NAME: f64 = 14.0;
const SMALL: f64 = 12.5;
const INK: Colour = Colour::new(0x333333);
const PALE: Colour = Colour::new(0x6b7680);
const ARROW: Colour = Colour::new(0x93a1ad);
/// Fill and edge of inputs, hidden values and outputs.
const INPUT: (Colour, Colour) = (Colour::new(0xd6e6f4), Colour::new(0x1f77b4));
const HIDDEN: (Colour, Colour) = (Colour::new(0xfdebd3), Colour::new(0xe08214));
const OUTPUT: (Colour, Colour) = (Colour::new(0xdcf0dc), Colour::new(0x2ca02c));

/// One place in a column: a value, counted from 1, or the dots that stand for many.
enum Slot {
    Value(usize),
    Dots,
}

impl Diagram {
    fn slots(size: usize) -> Vec<Slot> {
        if size <= MOST {
            return (1..=size).map(Slot::Value).collect();
        }
        let first = (1..=ENDS).map(Slot::Value);
        first.chain([Slot::Dots]).chain((size - ENDS + 1..=size).map(Slot::Value)).collect()
    }

    fn tallest(&self) -> usize {
        self.sizes.iter().map(|&size| Self::slots(size).len()).max().unwrap_or(0)
    }

    /// From one circle's middle to the next one's, and a circle's radius.
    fn spacing(&self) -> (f64, f64) {
        if self.tallest() <= 6 { (62.0, 21.0) } else { (40.0, 14.0) }
    }

    pub fn size(&self) -> (f64, f64) {
        let across = self.sizes.len().saturating_sub(1) as f64 * ACROSS + 2.0 * SIDE;
        (across.max(240.0), HEAD + self.tallest().max(2) as f64 * self.spacing().0 + FOOT)
    }

    pub fn draw(&self, canvas: &mut Canvas, page: Area) {
        let (width, height) = self.size();
        let left = page.center().0 - width / 2.0 + SIDE;
        let middle = page.top + HEAD + (height - HEAD - FOOT) / 2.0;
        let columns: Vec<Vec<(Slot, Point)>> = self
            .sizes
            .iter()
            .enumerate()
            .map(|(index, &size)| {
                let slots = Self::slots(size);
                let top = middle - (slots.len() as f64 - 1.0) / 2.0 * self.spacing().0;
                let x = left + index as f64 * ACROSS;
                slots
                    .into_iter()
                    .enumerate()
                    .map(|(row, slot)| (slot, (x, top + row as f64 * self.spacing().0)))
                    .collect()
            })
            .collect();
        for pair in columns.windows(2) {
            self.arrows(canvas, &pair[0], &pair[1]);
        }
        for (index, column) in columns.iter().enumerate() {
            self.values(canvas, index, column);
        }
        let foot = page.top + height - FOOT;
        for index in 0..self.sizes.len() {
            self.words(canvas, index, left + index as f64 * ACROSS, page.top, foot);
        }
    }

    fn arrows(&self, canvas: &mut Canvas, from: &[(Slot, Point)], to: &[(Slot, Point)]) {
        let radius = self.spacing().1;
        let values = |column: &[(Slot, Point)]| -> Vec<Point> {
            column.iter().filter(|(slot, _)| matches!(slot, Slot::Value(_))).map(|(_, place)| *place).collect()
        };
        let (from, to) = (values(from), values(to));
        let crowded = from.len() * to.len() > CROWD;
        let style = Style::line(ARROW, if crowded { 0.8 } else { 1.3 }).opacity(if crowded { 0.55 } else { 1.0 });
        let (mut lines, mut heads) = (Path::new(), Path::new());
        for &start in &from {
            for &end in &to {
                let (start, end) = (towards(start, end, radius), towards(end, start, radius + 1.0));
                if crowded {
                    lines.extend(Path::lines([start, end]));
                } else {
                    lines.extend(Path::lines([start, towards(end, start, 6.0)]));
                    heads.extend(head(start, end));
                }
            }
        }
        canvas.shape(lines, style);
        canvas.shape(heads, Style::fill(ARROW));
    }

    fn values(&self, canvas: &mut Canvas, index: usize, column: &[(Slot, Point)]) {
        let radius = self.spacing().1;
        let last = index + 1 == self.sizes.len();
        let (fill, edge) = match index {
            0 => INPUT,
            _ if last => OUTPUT,
            _ => HIDDEN,
        };
        for (slot, (x, y)) in column {
            let Slot::Value(number) = slot else {
                for step in [-9.0, 0.0, 9.0] {
                    canvas.shape(Path::circle((*x, y + step), 2.0), Style::fill(edge));
                }
                continue;
            };
            canvas.shape(Path::circle((*x, *y), radius), Style::fill(fill).with_line(edge, 1.5));
            if radius > 20.0 && index == 0 {
                let place = (*x, y + 0.26 * NAME);
                let name = format!("x{}", lowered(*number));
                canvas.text(Text { colour: INK, ..Text::new(name, place, NAME, Anchor::Middle) });
            } else if radius > 20.0 {
                let note = self.notes.get(index - 1).map_or("", String::as_str);
                canvas.shape(curve(note, (*x, *y)), Style::line(edge, 2.0));
            }
        }
    }

    /// The name above a column and its size beneath; between columns, the shapes of weights and bias.
    fn words(&self, canvas: &mut Canvas, index: usize, x: f64, top: f64, foot: f64) {
        let last = index + 1 == self.sizes.len();
        let name = match index {
            0 => "input".to_string(),
            _ if last => "output".to_string(),
            _ => format!("layer {index}"),
        };
        let size = self.sizes[index];
        let mut say = |text: String, place: Point, size: f64, colour: Colour| {
            canvas.text(Text { colour, ..Text::new(text, place, size, Anchor::Middle) });
        };
        say(name, (x, top + 22.0), NAME, INK);
        let first = foot + SMALL * CAPITAL + 14.0;
        let letter = match index {
            0 => "x".to_string(),
            _ if last => "y".to_string(),
            _ => format!("z{}", lowered(index)),
        };
        say(format!("{letter} ({size},)"), (x, first), NAME, INK);
        if index == 0 {
            return;
        }
        let note = self.notes.get(index - 1).cloned().unwrap_or_default();
        say(note, (x, top + 41.0), SMALL, PALE);
        let between = x - ACROSS / 2.0;
        say(format!("W{} ({}, {size})", lowered(index), self.sizes[index - 1]), (between, first + 20.0), SMALL, PALE);
        say(format!("b{} ({size},)", lowered(index)), (between, first + 38.0), SMALL, PALE);
    }
}

fn lowered(number: usize) -> String {
    const DIGITS: [char; 10] = ['₀', '₁', '₂', '₃', '₄', '₅', '₆', '₇', '₈', '₉'];
    number.to_string().chars().filter_map(|letter| letter.to_digit(10)).map(|digit| DIGITS[digit as usize]).collect()
}

/// The small graph of an activation that stands in a circle; none for one that is not a function of one number.
fn curve(activation: &str, (x, y): Point) -> Path {
    const HALF: f64 = 11.0;
    const RISE: f64 = 7.0;
    let (left, right, top, bottom) = (x - HALF, x + HALF, y - RISE, y + RISE);
    let mut path = Path::new();
    match activation {
        "sigmoid" | "tanh" => {
            path.move_to(left, bottom);
            path.curve_to((x + 1.0, bottom), (x - 1.0, top), (right, top));
        }
        "step" => path = Path::lines([(left, bottom), (x, bottom), (x, top), (right, top)]),
        "relu" | "ReLU" => path = Path::lines([(left, bottom), (x, bottom), (right - 1.0, top)]),
        "identity" => path = Path::lines([(left + 1.0, bottom), (right - 1.0, top)]),
        _ => {}
    }
    path
}

/// The point at a distance from one place, on the way to another.
fn towards(from: Point, to: Point, distance: f64) -> Point {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = libm::hypot(dx, dy);
    if length == 0.0 { from } else { (from.0 + dx / length * distance, from.1 + dy / length * distance) }
}

/// A slim arrow head with its tip at the end.
fn head(start: Point, end: Point) -> Path {
    const LONG: f64 = 9.0;
    const WIDE: f64 = 3.4;
    let back = towards(end, start, LONG);
    let (dx, dy) = ((end.0 - back.0) / LONG * WIDE, (end.1 - back.1) / LONG * WIDE);
    Path::polygon([end, (back.0 - dy, back.1 + dx), (back.0 + dy, back.1 - dx)])
}
