//! The colour bar beside an image, which maps colours to values: a separate chart, with its axis on the right.

use plotters::chart::ChartBuilder;
use plotters::element::{Rectangle, Text};
use plotters::style::text_anchor::{HPos, VPos};

use super::{Chart, LABEL_GAP, TEXT, TICK};
use crate::plot::backend::middle_of_pixel;
use crate::plot::canvas::Pixels;
use crate::plot::colour::BLACK;
use crate::plot::element::Element;
use crate::plot::path::Area;
use crate::plot::scale::{Limits, Ruler, Scale};
use crate::plot::series::{Image, POINT};
use crate::plot::sheet::{Drawn, Fit, Sheet, area_of, letters, line, units};
use crate::plot::ticks::{self, Ticks};

pub(super) fn colour_bar(page: &Sheet, beside: Area, image: &Image) -> Drawn {
    const STEPS: usize = 256;
    let width = (beside.height() / 20.0).max(10.0);
    let left = middle_of_pixel(beside.right + 0.06 * beside.height().max(150.0));
    let area = Area { left, right: middle_of_pixel(left + width), ..beside };
    let (low, high) = image.range();
    let (low, high) = if low < high { (low, high) } else { (low - 0.05, low + 0.05) };
    let values = Limits { scale: Scale::Linear, first: low, last: high };
    let ticks = ticks::within(low, high, (area.height() / POINT / 20.0) as usize);
    let mut chart = chart(page, area, Ruler { limits: values, ticks: ticks.clone(), silent: true })?;

    let colours = (0..STEPS).map(|step| image.map.at(1.0 - step as f64 / (STEPS - 1) as f64)).collect();
    let plane = chart.plotting_area();
    plane.draw(&Element::new([(0.0, high), (1.0, low)], Pixels { columns: 1, colours }))?;
    let mut mesh = chart.configure_mesh();
    mesh.disable_mesh().axis_style(line(BLACK, 1.0)).set_all_tick_mark_size(units(TICK)).draw()?;

    let plain = page.apply_coord_spec(Fit::PAGE);
    plain.draw(&Rectangle::new([(area.left, area.top), (area.right, area.bottom)], line(BLACK, 1.0)))?;
    let style = letters(TEXT, BLACK, HPos::Left, VPos::Center);
    for (value, label) in &ticks.major {
        let y = area.bottom - values.share(*value) * area.height();
        plain.draw(&Text::new(&**label, (area.right + 2.0 * TICK, y), style.clone()))?;
    }
    let style = letters(TEXT, BLACK, HPos::Left, VPos::Bottom);
    plain.draw(&Text::new(&*ticks.offset, (area.left, area.top - LABEL_GAP), style))
}

/// The tick labels are drawn separately, because plotters aligns those of a right axis by its own rule.
fn chart<'a>(page: &Sheet, area: Area, values: Ruler) -> Drawn<Chart<'a>> {
    let whole = area_of(page);
    let ticks = Ticks { major: Vec::new(), minor: Vec::new(), offset: String::new() };
    let across = Ruler { limits: Limits { scale: Scale::Linear, first: 0.0, last: 1.0 }, ticks, silent: true };
    let room = (2.0 * TICK).min(whole.right - area.right);
    ChartBuilder::on(page)
        .margin_top(units(area.top))
        .margin_left(units(area.left))
        .margin_right(units(whole.right - area.right - room) - 1)
        .margin_bottom(units(whole.bottom - area.bottom) - 1)
        .right_y_label_area_size(units(room))
        .build_cartesian_2d(across, values)
}
