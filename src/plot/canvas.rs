//! A page and its marks, in drawing order. Positions are pixels from the top left corner, with fractions.
//!
//! It does not know what a curve or an axis is, nor any file format: [`super::backend`] fills it, [`super::svg`] and
//! [`super::raster`] read it.

use super::colour::Colour;
use super::path::{Area, Path, Point};

#[derive(Clone, Debug)]
pub(super) struct Canvas {
    pub width: f64,
    pub height: f64,
    pub background: Colour,
    pub marks: Vec<Mark>,
    clip: Option<Area>,
}

/// One thing on the page.
#[derive(Clone, Debug)]
pub(super) enum Mark {
    Shape { path: Path, style: Style, clip: Option<Area> },
    Text(Text),
    Pixels { area: Area, pixels: Pixels, clip: Option<Area> },
}

/// How a path is filled and stroked.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Style {
    pub fill: Option<Colour>,
    pub stroke: Option<Stroke>,
    /// From 0 (invisible) to 1.
    pub opacity: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stroke {
    pub colour: Colour,
    pub width: f64,
    pub dash: Dash,
}

/// matplotlib's four line styles; lengths are in line widths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Dash {
    #[default]
    Solid,
    Dashed,
    Dotted,
    Mixed,
}

impl Dash {
    pub fn lengths(self) -> &'static [f64] {
        match self {
            Dash::Solid => &[],
            Dash::Dashed => &[3.7, 1.6],
            Dash::Dotted => &[1.0, 1.65],
            Dash::Mixed => &[6.4, 1.6, 1.0, 1.6],
        }
    }
}

/// A line of text whose baseline starts, is centred or ends at a position.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub text: String,
    pub at: Point,
    pub size: f64,
    pub anchor: Anchor,
    pub colour: Colour,
    /// Rotated by a quarter turn, to be read from below.
    pub upright: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A small picture, row by row from the top.
#[derive(Clone, Debug)]
pub(super) struct Pixels {
    pub columns: usize,
    pub colours: Vec<Colour>,
}

impl Pixels {
    pub fn rows(&self) -> usize {
        self.colours.len().checked_div(self.columns).unwrap_or(0)
    }
}

impl Style {
    pub fn fill(colour: Colour) -> Style {
        Style { fill: Some(colour), ..Style::default() }
    }

    pub fn line(colour: Colour, width: f64) -> Style {
        let stroke = Stroke { colour, width, dash: Dash::Solid };
        Style { stroke: Some(stroke), ..Style::default() }
    }

    pub fn with_line(self, colour: Colour, width: f64) -> Style {
        Style { stroke: Style::line(colour, width).stroke, ..self }
    }

    pub fn opacity(self, opacity: f64) -> Style {
        Style { opacity: Some(opacity).filter(|&opacity| opacity < 1.0), ..self }
    }
}

impl Canvas {
    pub fn new(width: f64, height: f64, background: Colour) -> Canvas {
        Canvas { width, height, background, marks: Vec::new(), clip: None }
    }

    /// Clips what follows to an area.
    pub fn clip(&mut self, area: Option<Area>) {
        self.clip = area;
    }

    /// Lines in the style of the previous ones are merged with them, and an outline with the area it surrounds.
    pub fn shape(&mut self, path: Path, style: Style) {
        if path.is_empty() {
            return;
        }
        let joins = style.fill.is_none() && style.opacity.is_none();
        let last = self.marks.iter_mut().rev().find(|mark| !matches!(mark, Mark::Text(_)));
        match last {
            Some(Mark::Shape { path: last, style: its, clip }) if joins && (*its, *clip) == (style, self.clip) => {
                last.extend(path);
            }
            Some(Mark::Shape { path: last, style: its, clip })
                if joins && its.stroke.is_none() && its.opacity.is_none() && (&*last, *clip) == (&path, self.clip) =>
            {
                its.stroke = style.stroke;
            }
            _ => self.marks.push(Mark::Shape { path, style, clip: self.clip }),
        }
    }

    pub fn pixels(&mut self, area: Area, pixels: Pixels) {
        self.marks.push(Mark::Pixels { area, pixels, clip: self.clip });
    }

    pub fn text(&mut self, text: Text) {
        if !text.text.trim().is_empty() {
            self.marks.push(Mark::Text(text));
        }
    }
}

impl Text {
    /// Where the text starts, given its width.
    pub fn start(&self, width: f64) -> f64 {
        match self.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => -width / 2.0,
            Anchor::End => -width,
        }
    }
}
