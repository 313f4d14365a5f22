//! Two axes and what is drawn between them: limits, ticks, labels, title and legend, as matplotlib lays them out.
//!
//! Lengths are matplotlib's defaults in points, turned into pixels at its 100 dots an inch.

use super::canvas::{Anchor, Canvas, Cap, Dash, Stroke, Style, Text};
use super::colour::{BLACK, Colour};
use super::font::{CAPITAL, Font};
use super::frame::{Frame, Limits, Scale};
use super::legend;
use super::path::{Area, Path};
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
/// Between the outermost text and the edge of the page.
const EDGE: f64 = 6.0;
const GRID: Colour = Colour::new(0xb0b0b0);

/// What one axis was told.
#[derive(Clone, Debug, Default)]
pub(super) struct Axis {
    pub label: String,
    pub limits: Option<(f64, f64)>,
    pub scale: Scale,
    /// Ticks at these places only.
    pub places: Option<Vec<f64>>,
    /// What the ticks say, instead of their numbers.
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

/// Where the frame is and what stands beside it.
struct Layout {
    frame: Frame,
    x: Ticks,
    y: Ticks,
    upright_names: bool,
}

/// The room between a page's edges and the frame.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Margins {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Margins {
    /// matplotlib's shares of a page.
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

    fn inside(&self, page: &Area) -> Area {
        const LEAST: f64 = 20.0;
        let (left, top) = (page.left + self.left, page.top + self.top);
        let right = (page.right - self.right).max(left + LEAST);
        Area { left, top, right, bottom: (page.bottom - self.bottom).max(top + LEAST) }
    }
}

impl Axes {
    /// The next colour of the cycle; images do not use one up.
    pub fn next_colour(&self) -> Colour {
        let used = self.series.iter().filter(|series| !matches!(series.kind, Kind::Image(_))).count();
        Colour::cycle(used)
    }

    pub fn image(&self) -> Option<&Image> {
        self.series.iter().find_map(|series| match &series.kind {
            Kind::Image(image) => Some(image),
            _ => None,
        })
    }

    /// Draws everything into a part of the page.
    pub fn draw(&self, canvas: &mut Canvas, page: Area, margins: Margins) {
        let font = Font::new();
        let layout = self.layout(self.shaped(margins.inside(&page)), &font);
        let area = layout.frame.area;
        canvas.clip(Some(area));
        let (patches, lines): (Vec<_>, Vec<_>) = self
            .series
            .iter()
            .partition(|series| matches!(series.kind, Kind::Bars(_) | Kind::Image(_) | Kind::Band(_)));
        patches.iter().for_each(|series| series.draw(canvas, &layout.frame));
        if self.grid {
            grid(canvas, &layout);
        }
        lines.iter().for_each(|series| series.draw(canvas, &layout.frame));
        canvas.clip(None);
        canvas.shape(Path::rectangle(area), Style::line(BLACK, 1.0));
        self.x_axis(canvas, &layout);
        self.y_axis(canvas, &layout, &font);
        let middle = (area.center().0, area.top - TITLE_GAP - if layout.y.offset.is_empty() { 0.0 } else { TEXT });
        canvas.text(Text::new(&*self.title, middle, TITLE, Anchor::Middle));
        if self.legend.unwrap_or(true) {
            legend::draw(canvas, &layout.frame, &self.series, self.legend_place.as_deref(), &font);
        }
        if let Some(image) = self.image().filter(|_| self.colour_bar) {
            colour_bar(canvas, area, image);
        }
    }

    /// What the texts beside the frame need, if it has about the room that these margins leave.
    pub fn margins(&self, page: Area, about: Margins) -> Margins {
        let font = Font::new();
        let layout = self.layout(about.inside(&page), &font);
        let label = |label: &str| if label.is_empty() { 0.0 } else { LABEL_GAP + TEXT * (CAPITAL + DESCENT) };
        let names = if layout.upright_names { widest(&layout.x, &font) } else { TEXT * CAPITAL };
        let last = layout.x.major.last().filter(|_| !layout.upright_names);
        let beyond = last.map_or(0.0, |(place, label)| {
            layout.frame.x(*place) + font.width(label, TEXT) / 2.0 - layout.frame.area.right
        });
        let title = if self.title.is_empty() { 0.0 } else { TITLE_GAP + TITLE };
        let offset = |ticks: &Ticks| if ticks.offset.is_empty() { 0.0 } else { TEXT };
        let below = label(&self.x.label).max(offset(&layout.x) * 1.3);
        Margins {
            left: EDGE + label(&self.y.label) + widest(&layout.y, &font) + 2.0 * TICK,
            top: EDGE + title + offset(&layout.y),
            right: EDGE + beyond.max(0.0) + if self.colour_bar { 0.16 * page.width() } else { 0.0 },
            bottom: EDGE / 2.0 + 2.0 * TICK + names + TEXT * DESCENT + below,
        }
    }

    fn layout(&self, area: Area, font: &Font) -> Layout {
        let (x, y) = (self.limits(&self.x, true), self.limits(&self.y, false));
        let y_ticks = self.ticks(&self.y, &y, (area.height() / POINT / (2.0 * 10.0)) as usize);
        let mut x_ticks = self.ticks(&self.x, &x, (area.width() / POINT / (3.0 * 10.0)) as usize);
        let fits = |ticks: &Ticks| crowd(ticks, &x, &area, font) <= 1.0;
        let mut most = x_ticks.major.len();
        while !fits(&x_ticks) && most > 2 && self.x.places.is_none() {
            most -= 1;
            x_ticks = self.ticks(&self.x, &x, most);
        }
        let upright_names = !fits(&x_ticks);
        let area = Area {
            left: snapped(area.left),
            top: snapped(area.top),
            right: snapped(area.right),
            bottom: snapped(area.bottom),
        };
        Layout { frame: Frame { area, x, y }, x: x_ticks, y: y_ticks, upright_names }
    }

    /// An image's cells are square.
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

    fn limits(&self, axis: &Axis, horizontal: bool) -> Limits {
        let scale = axis.scale;
        if let Some((first, last)) = axis.limits {
            return Limits { scale, first, last };
        }
        let pick = |(x, y): (f64, f64)| if horizontal { x } else { y };
        let values = self.series.iter().flat_map(Series::corners).map(pick).filter(|&value| scale.takes(value));
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        if let Some(image) = self.image() {
            let count = if horizontal { image.columns } else { image.rows } as f64;
            let (first, last) = if horizontal { (-0.5, count - 0.5) } else { (count - 0.5, -0.5) };
            return Limits { scale, first, last };
        }
        let room = if !horizontal && self.series.iter().any(|series| series.values_shown) { 0.1 } else { 0.05 };
        let stands = !horizontal && self.series.iter().any(|series| matches!(series.kind, Kind::Bars(_)));
        let (first, last) = widened(low, high, scale, stands, room);
        Limits { scale, first, last }
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

    fn x_axis(&self, canvas: &mut Canvas, layout: &Layout) {
        let frame = &layout.frame;
        let bottom = frame.area.bottom;
        let tick = |value: f64, length: f64| {
            let x = snapped(frame.x(value));
            Path::lines([(x, bottom), (x, bottom + length)])
        };
        canvas.shape(layout.x.drawn(tick), Style::line(BLACK, 1.0));
        let mut lowest = bottom + 2.0 * TICK + TEXT * CAPITAL;
        for (value, label) in &layout.x.major {
            let x = frame.x(*value);
            if layout.upright_names {
                let place = (x + TEXT * CAPITAL / 2.0, bottom + 2.0 * TICK);
                canvas.text(Text { upright: true, ..Text::new(label, place, TEXT, Anchor::End) });
                lowest = lowest.max(bottom + 2.0 * TICK + Font::new().width(label, TEXT));
            } else {
                let place = (x, bottom + 2.0 * TICK + TEXT * CAPITAL);
                canvas.text(Text::new(label, place, TEXT, Anchor::Middle));
            }
        }
        let below = lowest + TEXT * DESCENT + LABEL_GAP + TEXT * CAPITAL;
        canvas.text(Text::new(&*self.x.label, (frame.area.center().0, below), TEXT, Anchor::Middle));
        canvas.text(Text::new(&*layout.x.offset, (frame.area.right, below), TEXT, Anchor::End));
    }

    fn y_axis(&self, canvas: &mut Canvas, layout: &Layout, font: &Font) {
        let frame = &layout.frame;
        let left = frame.area.left;
        let tick = |value: f64, length: f64| {
            let y = snapped(frame.y(value));
            Path::lines([(left - length, y), (left, y)])
        };
        canvas.shape(layout.y.drawn(tick), Style::line(BLACK, 1.0));
        for (value, label) in &layout.y.major {
            let place = (left - 2.0 * TICK, frame.y(*value) + TEXT * CAPITAL / 2.0);
            canvas.text(Text::new(label, place, TEXT, Anchor::End));
        }
        let beside = left - 2.0 * TICK - widest(&layout.y, font) - LABEL_GAP - TEXT * DESCENT;
        let place = (beside, frame.area.center().1);
        canvas.text(Text { upright: true, ..Text::new(&*self.y.label, place, TEXT, Anchor::Middle) });
        let above = (left, frame.area.top - LABEL_GAP);
        canvas.text(Text::new(&*layout.y.offset, above, TEXT, Anchor::Start));
    }
}

impl Ticks {
    /// All ticks, long and short, as one path.
    fn drawn(&self, tick: impl Fn(f64, f64) -> Path) -> Path {
        let mut path = Path::new();
        self.major.iter().for_each(|(value, _)| path.extend(tick(*value, TICK)));
        self.minor.iter().for_each(|value| path.extend(tick(*value, SMALL_TICK)));
        path
    }
}

/// The middle of a pixel, so that a line one pixel wide is sharp.
pub(super) fn snapped(place: f64) -> f64 {
    place.floor() + 0.5
}

/// Limits with a share of their length (5 %) added at each end; bars stand on their foot.
fn widened(low: f64, high: f64, scale: Scale, stands: bool, share: f64) -> (f64, f64) {
    if low > high {
        return if scale == Scale::Log { (0.1, 10.0) } else { (0.0, 1.0) };
    }
    let (mut first, mut last) = (scale.even(low), scale.even(high));
    if last - first <= first.abs().max(last.abs()) * 1e-15 {
        let room = if first == 0.0 { 0.05 } else { first.abs() * 0.05 };
        (first, last) = (first - room, last + room);
    }
    let margin = (last / 4.0 - first / 4.0) * 4.0 * share;
    let (lowest, highest) = (first - margin, last + margin);
    let first = if stands && low == 0.0 { first } else { lowest };
    let last = if stands && high == 0.0 { last } else { highest };
    let bound = |value: f64| value.clamp(-f64::MAX / 4.0, f64::MAX / 4.0);
    (bound(scale.back(first)), bound(scale.back(last)))
}

fn widest(ticks: &Ticks, font: &Font) -> f64 {
    ticks.major.iter().map(|(_, label)| font.width(label, TEXT)).fold(0.0, f64::max)
}

/// How full the line of labels is: above 1, neighbours would touch.
fn crowd(ticks: &Ticks, limits: &Limits, area: &Area, font: &Font) -> f64 {
    let gap = TEXT * 0.4;
    let spans = ticks.major.windows(2).map(|pair| {
        let room = (limits.share(pair[1].0) - limits.share(pair[0].0)).abs() * area.width();
        let need = (font.width(&pair[0].1, TEXT) + font.width(&pair[1].1, TEXT)) / 2.0 + gap;
        need / room
    });
    spans.fold(0.0, f64::max)
}

fn grid(canvas: &mut Canvas, layout: &Layout) {
    let Frame { area, .. } = layout.frame;
    let mut lines = Path::new();
    for (value, _) in &layout.x.major {
        let x = snapped(layout.frame.x(*value));
        lines.extend(Path::lines([(x, area.top), (x, area.bottom)]));
    }
    for (value, _) in &layout.y.major {
        let y = snapped(layout.frame.y(*value));
        lines.extend(Path::lines([(area.left, y), (area.right, y)]));
    }
    canvas.shape(lines, Style::line(GRID, 1.0));
}

/// A strip of the image's colours, with an axis of its own at the right.
fn colour_bar(canvas: &mut Canvas, beside: Area, image: &Image) {
    const STEPS: usize = 256;
    let width = (beside.height() / 20.0).max(10.0);
    let left = snapped(beside.right + 0.06 * beside.height().max(150.0));
    let area = Area { left, right: snapped(left + width), top: beside.top, bottom: beside.bottom };
    let colours = (0..STEPS).map(|step| image.map.at(1.0 - step as f64 / (STEPS - 1) as f64)).collect();
    canvas.pixels(area, super::canvas::Pixels { columns: 1, colours });
    let stroke = Stroke { colour: BLACK, width: 1.0, dash: Dash::Solid, cap: Cap::Butt };
    canvas.shape(Path::rectangle(area), Style { stroke: Some(stroke), ..Style::default() });
    let (low, high) = image.range();
    let (low, high) = if low < high { (low, high) } else { (low - 0.05, low + 0.05) };
    let frame = Frame {
        area,
        x: Limits { scale: Scale::Linear, first: 0.0, last: 1.0 },
        y: Limits { scale: Scale::Linear, first: low, last: high },
    };
    let ticks = ticks::linear(low, high, (area.height() / POINT / 20.0) as usize);
    let tick = |value: f64, length: f64| {
        let y = snapped(frame.y(value));
        Path::lines([(area.right, y), (area.right + length, y)])
    };
    canvas.shape(ticks.drawn(tick), Style::line(BLACK, 1.0));
    for (value, label) in &ticks.major {
        let y = frame.y(*value);
        let place = (area.right + 2.0 * TICK, y + TEXT * CAPITAL / 2.0);
        canvas.text(Text::new(label, place, TEXT, Anchor::Start));
    }
    canvas.text(Text::new(&*ticks.offset, (area.left, area.top - LABEL_GAP), TEXT, Anchor::Start));
}
