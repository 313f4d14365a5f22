//! The legend, in the position where it hides the least.
//!
//! It has one column, in the order in which the series were added.

use plotters::element::{Rectangle, Text};
use plotters::style::Color;
use plotters::style::text_anchor::{HPos, VPos};

use super::axes::TEXT;
use super::canvas::Style;
use super::colour::{BLACK, Colour, WHITE};
use super::element::{Element, Rounded};
use super::font;
use super::frame::Frame;
use super::path::{Area, Point};
use super::series::{Kind, POINT, Series};
use super::sheet::{Drawn, Plain, letters};

/// matplotlib's distances, in font sizes.
const BORDER: f64 = 0.4;
const BETWEEN: f64 = 0.5;
const HANDLE: f64 = 2.0;
const HANDLE_GAP: f64 = 0.8;
const OUTSIDE: f64 = 0.5;
const LINE_HEIGHT: f64 = 1.05;
const EDGE: Colour = Colour::new(0xcccccc);

/// Positions by matplotlib's names, in the order in which it tries them: fractions of the free width and height.
const PLACES: [(&str, f64, f64); 9] = [
    ("upper right", 1.0, 0.0),
    ("upper left", 0.0, 0.0),
    ("lower left", 0.0, 1.0),
    ("lower right", 1.0, 1.0),
    ("center right", 1.0, 0.5),
    ("center left", 0.0, 0.5),
    ("lower center", 0.5, 1.0),
    ("upper center", 0.5, 0.0),
    ("center", 0.5, 0.5),
];

/// Whether matplotlib has a legend position of this name.
pub(super) fn is_place(name: &str) -> bool {
    name == "best" || PLACES.iter().any(|(known, ..)| *known == name)
}

pub(super) fn draw(plain: &Plain, frame: &Frame, series: &[Series], place: Option<&str>) -> Drawn {
    let entries: Vec<(&Series, &str)> = series
        .iter()
        .filter(|series| !series.is_empty())
        .filter_map(|series| Some((series, series.label.as_deref()?)))
        .collect();
    if entries.is_empty() {
        return Ok(());
    }
    let widest = entries.iter().map(|(_, label)| font::width(label, TEXT)).fold(0.0, f64::max);
    let width = widest + (HANDLE + HANDLE_GAP + 2.0 * BORDER) * TEXT;
    let lines = entries.len() as f64;
    let height = (lines * LINE_HEIGHT + (lines - 1.0) * BETWEEN + 2.0 * BORDER) * TEXT;
    let area = find_place(frame, series, place, width, height);
    let style = Style::fill(WHITE).with_line(EDGE, POINT).opacity(0.8);
    let corners = [(area.left, area.top), (area.right, area.bottom)];
    plain.draw(&Element::new(corners, Rounded { radius: 0.2 * TEXT, style }))?;
    let left = area.left + BORDER * TEXT;
    for (index, (series, label)) in entries.into_iter().enumerate() {
        let top = area.top + (BORDER + index as f64 * (LINE_HEIGHT + BETWEEN)) * TEXT;
        let middle = top + LINE_HEIGHT * TEXT / 2.0;
        handle(plain, series, left, middle)?;
        let place = (left + (HANDLE + HANDLE_GAP) * TEXT, middle);
        plain.draw(&Text::new(label, place, letters(TEXT, BLACK, HPos::Left, VPos::Center)))?;
    }
    Ok(())
}

/// A small sample of how a series looks.
fn handle(plain: &Plain, series: &Series, left: f64, middle: f64) -> Drawn {
    let right = left + HANDLE * TEXT;
    let center = ((left + right) / 2.0, middle);
    match series.kind {
        Kind::Bars(_) | Kind::Image(_) | Kind::Band(_) => {
            let corners = [(left, middle - 0.35 * TEXT), (right, middle + 0.35 * TEXT)];
            plain.draw(&Rectangle::new(corners, series.colour.mix(series.alpha).filled()))
        }
        Kind::Points(_) => series.mark(plain, center),
        Kind::Curve(_) | Kind::Level(_) | Kind::Upright(_) => {
            series.line(plain, vec![(left, middle), (right, middle)])?;
            if series.marker.is_some() { series.mark(plain, center) } else { Ok(()) }
        }
    }
}

/// The named position, or else the first one that hides the fewest points and lines.
fn find_place(frame: &Frame, series: &[Series], name: Option<&str>, width: f64, height: f64) -> Area {
    let inside = frame.area.grown(-OUTSIDE * TEXT);
    let at = |(_, across, down): &(&str, f64, f64)| {
        let left = inside.left + across * (inside.width() - width).max(0.0);
        Area::new(left, inside.top + down * (inside.height() - height).max(0.0), width, height)
    };
    if let Some(place) = name.and_then(|name| PLACES.iter().find(|(known, ..)| *known == name)) {
        return at(place);
    }
    let drawn: Vec<Obstacle> = series.iter().flat_map(|series| obstacles(series, frame)).collect();
    let hidden = |area: &Area| drawn.iter().filter(|obstacle| obstacle.touches(area)).count();
    PLACES.iter().map(at).min_by_key(hidden).unwrap_or_else(|| at(&PLACES[0]))
}

enum Obstacle {
    Line(Point, Point),
    Dot(Point),
    Block(Area),
}

impl Obstacle {
    fn touches(&self, area: &Area) -> bool {
        match *self {
            Obstacle::Dot(place) => area.contains(place),
            Obstacle::Line(from, to) => {
                let steps = ((to.0 - from.0).abs().max((to.1 - from.1).abs()) / 4.0).ceil().clamp(1.0, 1000.0);
                let at = |step: i32| {
                    let share = f64::from(step) / steps;
                    (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share)
                };
                (0..=steps as i32).any(|step| area.contains(at(step)))
            }
            Obstacle::Block(block) => {
                block.left < area.right && area.left < block.right && block.top < area.bottom && area.top < block.bottom
            }
        }
    }
}

fn obstacles(series: &Series, frame: &Frame) -> Vec<Obstacle> {
    match &series.kind {
        Kind::Curve(points) => {
            let places =
                frame.pieces(points).into_iter().map(|piece| piece.into_iter().map(|point| frame.place(point)));
            let places: Vec<Vec<Point>> = places.map(Iterator::collect).collect();
            places.iter().flat_map(|piece| piece.windows(2)).map(|pair| Obstacle::Line(pair[0], pair[1])).collect()
        }
        Kind::Points(points) => {
            let shown = points.iter().filter(|point| frame.shows(**point));
            shown.map(|&point| Obstacle::Dot(frame.place(point))).collect()
        }
        Kind::Bars(bars) => {
            let block = |bar: &super::series::Bar| {
                let [from, to] = bar.corners(frame.foot(bar.lies)).map(|corner| frame.place(corner));
                let (left, right) = (from.0.min(to.0), from.0.max(to.0));
                Obstacle::Block(Area { left, right, top: from.1.min(to.1), bottom: from.1.max(to.1) })
            };
            bars.iter().map(block).collect()
        }
        Kind::Level(_) | Kind::Upright(_) | Kind::Image(_) | Kind::Band(_) => Vec::new(),
    }
}
