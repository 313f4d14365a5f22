//! A series as elements of plotters, in the coordinates of the chart.
//!
//! The legend draws its samples with the same lines and markers, in pixels.

use plotters::coord::CoordTranslate;
use plotters::coord::cartesian::Cartesian2d;
use plotters::drawing::DrawingArea;
use plotters::element::{Circle, Cross, EmptyElement, PathElement, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, VPos};
use plotters::style::{Color, RGBAColor};

use super::{Bar, Kind, LINE, Marker, POINT, Series};
use crate::plot::canvas::{Canvas, Dash, Style};
use crate::plot::colour::BLACK;
use crate::plot::element::{Dashed, Element};
use crate::plot::frame::Frame;
use crate::plot::path::Point;
use crate::plot::scale::Ruler;
use crate::plot::sheet::{Drawn, letters, line, units};

/// The area where data is drawn, in the coordinates of the two axes.
pub(in crate::plot) type Plane = DrawingArea<Canvas, Cartesian2d<Ruler, Ruler>>;

impl Series {
    pub fn draw(&self, plane: &Plane, frame: &Frame) -> Drawn {
        let (x, y) = (frame.x, frame.y);
        match &self.kind {
            Kind::Curve(points) => {
                frame.pieces(points).into_iter().try_for_each(|piece| self.line(plane, piece))?;
                if self.marker.is_some() { self.markers(plane, frame, points) } else { Ok(()) }
            }
            Kind::Points(points) => self.markers(plane, frame, points),
            Kind::Bars(bars) => bars.iter().try_for_each(|bar| self.bar(plane, frame, bar)),
            Kind::Image(image) => {
                let [left, right, bottom, top] = image.bounds();
                plane.draw(&Element::new([(left, top), (right, bottom)], image.pixels()))
            }
            Kind::Level(level) if y.scale.takes(*level) => self.line(plane, vec![(x.first, *level), (x.last, *level)]),
            Kind::Upright(place) if x.scale.takes(*place) => {
                self.line(plane, vec![(*place, y.first), (*place, y.last)])
            }
            Kind::Level(_) | Kind::Upright(_) => Ok(()),
            Kind::Band(points) => {
                let there = points.iter().map(|&(x, _, high)| (x, high));
                let back = points.iter().rev().map(|&(x, low, _)| (x, low));
                let corners: Vec<Point> = there.chain(back).filter(|&corner| frame.shows(corner)).collect();
                plane.draw(&Polygon::new(frame.clipped(&corners), self.ink().filled()))
            }
        }
    }

    fn ink(&self) -> RGBAColor {
        self.colour.mix(self.alpha)
    }

    /// A line in the style of this series.
    pub fn line<C: CoordTranslate<From = Point>>(&self, area: &DrawingArea<Canvas, C>, points: Vec<Point>) -> Drawn {
        match self.dash {
            None => Ok(()),
            Some(Dash::Solid) => area.draw(&PathElement::new(points, line(self.ink(), self.width))),
            Some(dash) => {
                let style = Style::line(self.colour, self.width).opacity(self.alpha);
                area.draw(&Element::new(points, Dashed { style, dash }))
            }
        }
    }

    fn markers(&self, plane: &Plane, frame: &Frame, points: &[Point]) -> Drawn {
        let seen = frame.area.grown(self.marker_size);
        let mut shown = points.iter().filter(|&&point| frame.shows(point) && seen.contains(frame.place(point)));
        shown.try_for_each(|&point| self.mark(plane, point))
    }

    /// One marker at a position.
    pub fn mark<C: CoordTranslate<From = Point>>(&self, area: &DrawingArea<Canvas, C>, at: Point) -> Drawn {
        // The edge of a marker is one point wide.
        let radius = units((self.marker_size + POINT) / 2.0);
        let (body, edge) = (self.ink().filled(), line(self.ink(), LINE));
        let here = EmptyElement::at(at);
        let r = radius;
        match self.marker.unwrap_or(Marker::Circle) {
            Marker::Circle => area.draw(&Circle::new(at, radius, body)),
            Marker::Point => area.draw(&Circle::new(at, radius / 2, body)),
            Marker::Square => area.draw(&(here + Polygon::new([(-r, -r), (r, -r), (r, r), (-r, r)], body))),
            Marker::Triangle => area.draw(&(here + Polygon::new([(0, -r), (r, r), (-r, r)], body))),
            Marker::Diamond => area.draw(&(here + Polygon::new([(0, -r), (r, 0), (0, r), (-r, 0)], body))),
            Marker::Cross => area.draw(&Cross::new(at, radius, edge)),
            Marker::Plus => {
                let across = PathElement::new([(-r, 0), (r, 0)], edge);
                area.draw(&(here + across + PathElement::new([(0, -r), (0, r)], edge)))
            }
        }
    }

    fn bar(&self, plane: &Plane, frame: &Frame, bar: &Bar) -> Drawn {
        let corners = bar.corners(frame.foot(bar.lies));
        if !corners.iter().all(|&corner| frame.shows(corner)) {
            return Ok(());
        }
        plane.draw(&Rectangle::new(corners, self.ink().filled()))
    }

    /// The values of bars, at their ends.
    pub fn values(&self, plane: &Plane, frame: &Frame) -> Drawn {
        const SIZE: f64 = 12.0;
        let Kind::Bars(bars) = &self.kind else { return Ok(()) };
        for bar in bars.iter().filter(|_| self.values_shown) {
            let place = bar.end();
            let (gap, across, down) = match (bar.lies, bar.height < 0.0) {
                (false, true) => ((0, units(6.0)), HPos::Center, VPos::Top),
                (false, false) => ((0, units(-5.0)), HPos::Center, VPos::Bottom),
                (true, true) => ((units(-5.0), 0), HPos::Right, VPos::Center),
                (true, false) => ((units(5.0), 0), HPos::Left, VPos::Center),
            };
            if frame.shows(place) && frame.area.contains(frame.place(place)) {
                let style = letters(SIZE, BLACK, across, down);
                plane.draw(&(EmptyElement::at(place) + Text::new(rounded(bar.height), gap, style)))?;
            }
        }
        Ok(())
    }
}

/// A value at the end of its bar: at most four decimals, or a power of ten.
fn rounded(value: f64) -> String {
    let text = match value.abs() {
        size if size >= 1e6 || (size > 0.0 && size < 5e-5) => format!("{value:.1e}"),
        _ => format!("{value:.4}").trim_end_matches('0').trim_end_matches('.').to_owned(),
    };
    text.replace('-', "−")
}
