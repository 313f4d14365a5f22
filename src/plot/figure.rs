//! A figure: its panels, and the options that matplotlib users know, as a builder.
//!
//! It stores data, and renders it on request; layout is in [`super::axes`].

mod draw;
mod frame;
mod looks;
mod output;
mod wording;

use std::fmt;

use super::Wording;
use super::axes::{Axes, Axis};
use super::blocks::Blocks;
use super::diagram::Diagram;
use super::gallery::Gallery;
use super::problem::Problem;
use super::series::{Image, Kind, Series};

/// A figure: 640 x 480 pixels by default, displayed by a notebook as SVG.
///
/// Every option takes and returns the figure, so that calls can be chained:
///
/// ```
/// use forward_pass::prelude::*;
/// let x = array![-1.0, 0.0, 1.0];
/// let figure = plot(&x, &array![0.0, 0.0, 1.0]).label("step").ylim(-0.5, 1.5).title("a step");
/// assert_eq!(figure.to_string(), "<Figure 640x480 with 1 Axes>");
/// assert!(figure.to_svg().starts_with("<svg "));
/// ```
///
/// Bad data does not panic. If some points cannot be drawn (NaN, infinite, not above 0 on a logarithmic axis), the rest
/// is drawn with a note; if nothing of a series can be drawn (lengths that differ, no values), or an option is invalid,
/// the figure shows a message in the picture and below it, and [`check`](Figure::check) and [`save`](Figure::save)
/// return it as an error.
#[derive(Clone)]
pub struct Figure {
    width: f64,
    height: f64,
    title: String,
    panels: Vec<Panel>,
    /// Rows and columns of panels.
    grid: (usize, usize),
    problems: Vec<Problem>,
    wording: Option<Wording>,
}

/// One cell of a figure.
#[derive(Clone)]
enum Panel {
    Axes(Box<Axes>),
    Diagram(Diagram),
    Blocks(Blocks),
    Gallery(Gallery),
}

impl Default for Figure {
    fn default() -> Self {
        Figure::new()
    }
}

impl Figure {
    /// An empty frame.
    pub fn new() -> Figure {
        Figure::of(Panel::Axes(Box::default()), 640.0, 480.0)
    }

    fn of(panel: Panel, width: f64, height: f64) -> Figure {
        Figure {
            width,
            height,
            title: String::new(),
            panels: vec![panel],
            grid: (1, 1),
            problems: Vec::new(),
            wording: None,
        }
    }

    pub(super) fn from_diagram(diagram: Diagram) -> Figure {
        let (width, height) = diagram.size();
        Figure::of(Panel::Diagram(diagram), width, height)
    }

    pub(super) fn from_blocks(blocks: Blocks) -> Figure {
        let (width, height) = blocks.size();
        Figure::of(Panel::Blocks(blocks), width, height)
    }

    pub(super) fn from_gallery(gallery: Gallery) -> Figure {
        let (width, height) = gallery.size();
        Figure::of(Panel::Gallery(gallery), width, height)
    }

    pub(super) fn arranged(rows: usize, columns: usize, figures: Vec<Figure>) -> Figure {
        const MOST: usize = 100;
        let fits = rows.max(columns) <= MOST && figures.len() <= rows * columns && !figures.is_empty();
        if !fits {
            let message = format!("subplots({rows}, {columns}) got {} figures", figures.len());
            return Figure::new().error(message, "give 1 figure or more, and at most one for each place");
        }
        let mut whole = Figure { grid: (rows, columns), panels: Vec::new(), ..Figure::new() };
        for figure in figures {
            whole.panels.extend(figure.panels);
            whole.problems.extend(figure.problems);
            whole.wording = whole.wording.or(figure.wording);
        }
        whole
    }

    /// Adds a note, shown above and below the picture.
    pub fn note(self, message: impl Into<String>) -> Figure {
        self.wrong(Problem::note(message))
    }

    /// Adds a message that [`check`](Figure::check) and [`save`](Figure::save) return as an error.
    pub(crate) fn error(self, message: impl Into<String>, help: impl Into<String>) -> Figure {
        self.wrong(Problem::error(message, help))
    }

    fn wrong(mut self, problem: Problem) -> Figure {
        self.problems.push(problem);
        self
    }

    fn unknown(self, option: &str, name: &str, known: &str) -> Figure {
        self.wrong(Problem::error(format!("{option} does not know `{name}`"), format!("it knows {known}")))
    }

    fn axes(mut self, change: impl FnOnce(&mut Axes)) -> Figure {
        match self.panels.last_mut() {
            Some(Panel::Axes(axes)) => change(axes),
            _ => self.problems.push(Problem::error("this figure has no axes", "start with `plot(&x, &y)`")),
        }
        self
    }

    fn axis(self, horizontal: bool, change: impl FnOnce(&mut Axis)) -> Figure {
        self.axes(|axes| change(if horizontal { &mut axes.x } else { &mut axes.y }))
    }

    fn series(self, kind: Kind) -> Figure {
        self.axes(|axes| {
            let colour = axes.next_colour();
            axes.series.push(Series::new(kind, colour));
        })
    }

    fn latest(mut self, option: &str, change: impl FnOnce(&mut Series)) -> Figure {
        let latest = match self.panels.last_mut() {
            Some(Panel::Axes(axes)) => axes.series.last_mut(),
            _ => None,
        };
        match latest {
            Some(series) => change(series),
            None => {
                let help = format!("draw something first: `plot(&x, &y).{option}(..)`");
                self.problems.push(Problem::error(format!("{option} has nothing to change yet"), help));
            }
        }
        self
    }

    fn image(mut self, option: &str, change: impl FnOnce(&mut Image)) -> Figure {
        let mut found = None;
        if let Some(Panel::Axes(axes)) = self.panels.last_mut() {
            found = axes.series.iter_mut().rev().find_map(|series| match &mut series.kind {
                Kind::Image(image) => Some(image),
                _ => None,
            });
        }
        match found {
            Some(image) => change(image),
            None => {
                let help = format!("show one first: `imshow(&matrix).{option}(..)`");
                self.problems.push(Problem::error(format!("{option} belongs to an image, and there is none"), help));
            }
        }
        self
    }

    fn axes_count(&self) -> usize {
        let count = |panel: &Panel| match panel {
            Panel::Axes(axes) if axes.colour_bar => 2,
            Panel::Gallery(gallery) => gallery.len(),
            Panel::Axes(_) | Panel::Diagram(_) | Panel::Blocks(_) => 1,
        };
        self.panels.iter().map(count).sum()
    }
}

/// `<Figure 640x480 with 1 Axes>`, followed by one line per problem.
impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<Figure {:.0}x{:.0} with {} Axes>", self.width, self.height, self.axes_count())?;
        self.problems.iter().try_for_each(|problem| write!(f, "\n{}", problem.line()))
    }
}

impl fmt::Debug for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn sensible(option: &str, value: f64, low: f64, high: f64) -> std::result::Result<f64, Problem> {
    if (low..=high).contains(&value) {
        return Ok(value);
    }
    let help =
        if low == f64::MIN { "give a finite number".into() } else { format!("give a number from {low} to {high}") };
    Err(Problem::error(format!("{option} cannot be {value}"), help))
}
