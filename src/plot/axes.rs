//! A pair of axes with its series: limits, ticks and margins, laid out as in matplotlib.
//!
//! Lengths are matplotlib's defaults in points, converted to pixels at its 100 dots per inch. The layout is computed
//! here; [`draw`] draws it.

mod colour_bar;
mod draw;
mod limits;

use plotters::chart::ChartContext;
use plotters::coord::cartesian::Cartesian2d;

use super::backend::middle_of_pixel;
use super::canvas::Canvas;
use super::colour::Colour;
use super::font::{self, CAPITAL};
use super::frame::Frame;
use super::path::Area;
use super::scale::{Limits, Ruler, Scale};
use super::series::{Image, Kind, POINT, Series};
use super::ticks::{self, Ticks};

pub(super) const TEXT: f64 = 10.0 * POINT;
const TITLE: f64 = 12.0 * POINT;
const TICK: f64 = 3.5 * POINT;
const SMALL_TICK: f64 = 2.0 * POINT;
/// Below the baseline, as a part of the font size.
const DESCENT: f64 = 0.24;
const LABEL_GAP: f64 = 4.0 * POINT;
const TITLE_GAP: f64 = 6.0 * POINT;
/// The gap between the outermost text and the edge of the page.
const EDGE: f64 = 6.0;

type Chart<'a> = ChartContext<'a, Canvas, Cartesian2d<Ruler, Ruler>>;

/// The options of one axis.
#[derive(Clone, Debug, Default)]
pub(super) struct Axis {
    pub label: String,
    pub limits: Option<(f64, f64)>,
    pub scale: Scale,
    /// Ticks at these places only.
    pub places: Option<Vec<f64>>,
    /// Tick labels that replace the numbers.
    pub names: Option<Vec<String>>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Axes {
    pub series: Vec<Series>,
    pub title: String,
    pub x: Axis,
    pub y: Axis,
    pub grid: bool,
    /// Shown or hidden on request; otherwise shown when a series has a label.
    pub legend: Option<bool>,
    pub legend_place: Option<String>,
    pub colour_bar: bool,
}

/// The position of the frame, and what surrounds it.
struct Layout {
    frame: Frame,
    x: Ruler,
    y: Ruler,
    /// Room for ticks, tick labels and the axis label: below, and on the left.
    below: f64,
    beside: f64,
}

/// The distances between the edges of a page and the frame.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Margins {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Margins {
    /// matplotlib's fractions of a page.
    pub fn usual(page: &Area) -> Margins {
        let (width, height) = (page.width(), page.height());
        Margins { left: 0.125 * width, top: 0.12 * height, right: 0.1 * width, bottom: 0.11 * height }
    }

    /// The larger one at each edge.
    pub fn most(self, other: Margins) -> Margins {
        Margins {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// The part of a page inside the margins: at least a quarter of it in each direction.
    fn inside(&self, page: &Area) -> Area {
        let fit = |room: f64, margins: f64| (room * 0.75 / margins).min(1.0);
        let across = fit(page.width(), self.left + self.right);
        let down = fit(page.height(), self.top + self.bottom);
        Area {
            left: page.left + self.left * across,
            right: page.right - self.right * across,
            top: page.top + self.top * down,
            bottom: page.bottom - self.bottom * down,
        }
    }
}

impl Axes {
    /// The next colour of the cycle; images do not consume one.
    pub fn next_colour(&self) -> Colour {
        let used = self.series.iter().filter(|series| !matches!(series.kind, Kind::Image(_))).count();
        Colour::cycle(used)
    }

    fn image(&self) -> Option<&Image> {
        self.series.iter().find_map(|series| match &series.kind {
            Kind::Image(image) => Some(image),
            _ => None,
        })
    }

    /// The margins that the texts around the frame need, if the frame has about the size that `about` leaves.
    pub fn margins(&self, page: Area, about: Margins) -> Margins {
        let layout = self.layout(about.inside(&page));
        let last = layout.x.ticks.major.last().filter(|_| !layout.x.silent);
        let beyond = last.map_or(0.0, |(place, label)| {
            layout.frame.place((*place, layout.frame.y.first)).0 + font::width(label, TEXT) / 2.0
                - layout.frame.area.right
        });
        let title = if self.title.is_empty() { 0.0 } else { TITLE_GAP + TITLE };
        let offset = if layout.y.ticks.offset.is_empty() { 0.0 } else { TEXT };
        Margins {
            left: EDGE + layout.beside,
            top: EDGE + title + offset,
            right: EDGE + beyond.max(0.0) + if self.colour_bar { 0.16 * page.width() } else { 0.0 },
            bottom: EDGE / 2.0 + layout.below + TEXT * DESCENT,
        }
    }

    fn layout(&self, area: Area) -> Layout {
        let (x, y) = (self.limits(&self.x, true), self.limits(&self.y, false));
        let y_ticks = self.ticks(&self.y, &y, (area.height() / POINT / (2.0 * 10.0)) as usize);
        let mut x_ticks = self.ticks(&self.x, &x, (area.width() / POINT / (3.0 * 10.0)) as usize);
        let fits = |ticks: &Ticks| crowd(ticks, &x, &area) <= 1.0;
        let mut most = x_ticks.major.len();
        while !fits(&x_ticks) && most > 2 && self.x.places.is_none() {
            most -= 1;
            x_ticks = self.ticks(&self.x, &x, most);
        }
        let silent = !fits(&x_ticks);
        let names = if silent { widest(&x_ticks) } else { TEXT * CAPITAL };
        let label = |label: &str| if label.is_empty() { 0.0 } else { TEXT * (DESCENT + CAPITAL) + LABEL_GAP };
        let offset = if x_ticks.offset.is_empty() { 0.0 } else { 1.3 * TEXT };
        Layout {
            frame: Frame { area: area.each(middle_of_pixel), x, y },
            below: 2.0 * TICK + names + label(&self.x.label).max(offset),
            beside: 2.0 * TICK + widest(&y_ticks) + label(&self.y.label),
            x: Ruler { limits: x, ticks: x_ticks, silent },
            y: Ruler { limits: y, ticks: y_ticks, silent: false },
        }
    }

    /// Shrinks the area so that the cells of an image are square.
    fn shaped(&self, area: Area) -> Area {
        if self.image().is_none() {
            return area;
        }
        let (x, y) = (self.limits(&self.x, true), self.limits(&self.y, false));
        let cell = (area.width() / (x.high() - x.low())).min(area.height() / (y.high() - y.low()));
        let (width, height) = ((x.high() - x.low()) * cell, (y.high() - y.low()) * cell);
        let (middle_x, middle_y) = area.center();
        Area::new(middle_x - width / 2.0, middle_y - height / 2.0, width.max(1.0), height.max(1.0))
    }

    fn ticks(&self, axis: &Axis, limits: &Limits, most: usize) -> Ticks {
        let (low, high) = (limits.low(), limits.high());
        let mut ticks = match (&axis.places, limits.scale) {
            (Some(places), _) => ticks::at(places, low, high),
            (None, Scale::Log) => ticks::logarithmic(low, high, most),
            (None, Scale::Linear) => ticks::linear(low, high, most),
        };
        if let (Some(names), Some(places)) = (&axis.names, &axis.places) {
            let named = places.iter().copied().zip(names.iter().cloned());
            ticks.major = named.filter(|(place, _)| (low..=high).contains(place)).collect();
            ticks.offset.clear();
        }
        ticks
    }
}

fn widest(ticks: &Ticks) -> f64 {
    ticks.major.iter().map(|(_, label)| font::width(label, TEXT)).fold(0.0, f64::max)
}

/// How crowded the tick labels are: above 1, neighbours would touch.
fn crowd(ticks: &Ticks, limits: &Limits, area: &Area) -> f64 {
    let gap = TEXT * 0.4;
    let spans = ticks.major.windows(2).map(|pair| {
        let room = (limits.share(pair[1].0) - limits.share(pair[0].0)).abs() * area.width();
        let need = (font::width(&pair[0].1, TEXT) + font::width(&pair[1].1, TEXT)) / 2.0 + gap;
        need / room
    });
    spans.fold(0.0, f64::max)
}
