//! Draws a pair of axes with plotters: frame, ticks, labels, grid, title, and the series.
//!
//! Filled areas are drawn first, then the grid, then lines and points, then the frame, as in matplotlib.

use plotters::chart::ChartBuilder;
use plotters::element::{PathElement, Rectangle, Text};
use plotters::style::text_anchor::{HPos, VPos};

use super::colour_bar::colour_bar;
use super::{Axes, Chart, DESCENT, LABEL_GAP, Layout, Margins, SMALL_TICK, TEXT, TICK, TITLE, TITLE_GAP};
use crate::plot::colour::{BLACK, Colour};
use crate::plot::element::{Clip, Element};
use crate::plot::font::CAPITAL;
use crate::plot::legend;
use crate::plot::path::{Area, Point};
use crate::plot::series::{Plane, Series};
use crate::plot::sheet::{Drawn, Fit, Plain, Sheet, area_of, letters, line, units, upright};

const GRID: Colour = Colour::new(0xb0b0b0);
/// How far outside the page data may lie before plotters clamps it, in pixels.
const AROUND: f64 = 200.0;

impl Axes {
    /// Draws everything into a part of the page.
    pub fn draw(&self, page: &Sheet, part: &Sheet, margins: Margins) -> Drawn {
        let layout = self.layout(self.shaped(margins.inside(&area_of(part))));
        let (area, frame) = (layout.frame.area, &layout.frame);
        let mut chart = chart(page, &layout)?;
        let around = -units(AROUND);
        let plane: Plane = page.margin(around, around, around, around).apply_coord_spec(chart.as_coord_spec().clone());
        let plain = page.apply_coord_spec(Fit::PAGE);

        let (patches, lines): (Vec<_>, Vec<_>) = self.series.iter().partition(|series| series.is_patch());
        within(&plane, Some(area), &patches, |series| series.draw(&plane, frame))?;
        self.mesh(&mut chart)?;
        within(&plane, Some(area), &lines, |series| series.draw(&plane, frame))?;
        within(&plane, None, &patches, |series| series.values(&plane, frame))?;
        plain.draw(&Rectangle::new([(area.left, area.top), (area.right, area.bottom)], line(BLACK, 1.0)))?;
        beside(&plain, &layout)?;
        let above = area.top - TITLE_GAP - if layout.y.ticks.offset.is_empty() { 0.0 } else { TEXT };
        let style = letters(TITLE, BLACK, HPos::Center, VPos::Bottom);
        plain.draw(&Text::new(&*self.title, (area.center().0, above), style))?;
        if self.legend.unwrap_or(true) {
            legend::draw(&plain, frame, &self.series, self.legend_place.as_deref())?;
        }
        match self.image().filter(|_| self.colour_bar) {
            Some(image) => colour_bar(page, area, image),
            None => Ok(()),
        }
    }

    /// Ticks, tick labels, axis labels, and the grid if it is enabled.
    fn mesh(&self, chart: &mut Chart<'_>) -> Drawn {
        let words = letters(TEXT, BLACK, HPos::Center, VPos::Top);
        let mut mesh = chart.configure_mesh();
        mesh.axis_style(line(BLACK, 1.0)).bold_line_style(line(GRID, 1.0)).set_all_tick_mark_size(units(TICK));
        mesh.label_style(words.clone()).axis_desc_style(words).x_desc(&*self.x.label).y_desc(&*self.y.label);
        if !self.grid {
            mesh.disable_mesh();
        }
        mesh.draw()
    }
}

/// Draws series, clipped to an area.
fn within(plane: &Plane, area: Option<Area>, series: &[&Series], draw: impl Fn(&Series) -> Drawn) -> Drawn {
    plane.draw(&Element::new([], Clip(area)))?;
    series.iter().try_for_each(|series| draw(series))?;
    plane.draw(&Element::new([], Clip(None)))
}

/// A chart with its frame at the position of the layout.
fn chart<'a>(page: &Sheet, layout: &Layout) -> Drawn<Chart<'a>> {
    let (whole, area) = (area_of(page), layout.frame.area);
    let (below, beside) = (layout.below.min(whole.bottom - area.bottom), layout.beside.min(area.left));
    ChartBuilder::on(page)
        .margin_top(units(area.top))
        .margin_left(units(area.left - beside))
        // plotters stops one unit before the edge.
        .margin_right(units(whole.right - area.right) - 1)
        .margin_bottom(units(whole.bottom - area.bottom - below) - 1)
        .x_label_area_size(units(below))
        .y_label_area_size(units(beside))
        .build_cartesian_2d(layout.x.clone(), layout.y.clone())
}

/// What plotters' mesh lacks: minor ticks, names that must be rotated, and the common offset of the tick labels.
fn beside(plain: &Plain, layout: &Layout) -> Drawn {
    let (frame, area) = (&layout.frame, layout.frame.area);
    let across = |value: f64| frame.place((value, frame.y.first)).0;
    let small = |ends: [Point; 2]| plain.draw(&PathElement::new(ends, line(BLACK, 1.0)));
    for x in layout.x.ticks.minor.iter().map(|&value| across(value)) {
        small([(x, area.bottom), (x, area.bottom + SMALL_TICK)])?;
    }
    for y in layout.y.ticks.minor.iter().map(|&value| frame.place((frame.x.first, value)).1) {
        small([(area.left - SMALL_TICK, y), (area.left, y)])?;
    }
    let names = upright(&letters(TEXT, BLACK, HPos::Right, VPos::Center));
    for (value, name) in layout.x.ticks.major.iter().filter(|_| layout.x.silent) {
        plain.draw(&Text::new(&**name, (across(*value), area.bottom + 2.0 * TICK), names.clone()))?;
    }
    let below = area.bottom + 2.0 * TICK + TEXT * (CAPITAL + DESCENT) + LABEL_GAP;
    let style = letters(TEXT, BLACK, HPos::Right, VPos::Top);
    plain.draw(&Text::new(&*layout.x.ticks.offset, (area.right, below), style))?;
    let style = letters(TEXT, BLACK, HPos::Left, VPos::Bottom);
    plain.draw(&Text::new(&*layout.y.ticks.offset, (area.left, area.top - LABEL_GAP), style))
}
