//! The output of a figure: SVG, PNG, pixels, a file, a notebook display.
//!
//! Panels are placed on the page here; each panel draws itself.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use plotters::element::Text;
use plotters::style::text_anchor::{HPos, VPos};

use super::{Figure, Panel};
use crate::display::CellDisplay;
use crate::error::{Error, ErrorKind, Result};
use crate::file;
use crate::plot::axes::Margins;
use crate::plot::canvas::Canvas;
use crate::plot::colour::{BLACK, Colour, WHITE};
use crate::plot::problem::Problem;
use crate::plot::series::{POINT, Series};
use crate::plot::sheet::{Drawn, Sheet, area_of, letters, units};
use crate::plot::{png, raster, retina, svg};

/// Height of a line of notes.
const NOTE: f64 = 14.0;
/// Room for the title of several panels.
const HEAD: f64 = 34.0;
const RED: Colour = Colour::new(0xb02020);

impl Figure {
    /// The picture as SVG text, the same on every machine.
    pub fn to_svg(&self) -> String {
        svg::write(&self.canvas())
    }

    /// The picture as a PNG file; `scale` 1 gives 640 x 480 pixels, 2 twice as many in each direction.
    ///
    /// # Errors
    /// When the scale is not above 0, or the picture would have more than 16,384 pixels on a side.
    pub fn to_png(&self, scale: f64) -> Result<Vec<u8>> {
        let (width, height) = self.size();
        let (width, height) = ((width * scale).round(), (height * scale).round());
        let fits = |side: f64| (1.0..=16_384.0).contains(&side);
        if !(fits(width) && fits(height)) {
            let message = format!("a PNG cannot have {width} x {height} pixels");
            return Err(Error::new(ErrorKind::Value, message, "choose a scale from 0.1 to 10"));
        }
        let (width, height) = (width as u32, height as u32);
        Ok(png::encode(width, height, &self.render(width, height)?))
    }

    /// The picture as red, green, blue and alpha bytes, row by row, stretched to a size in pixels.
    ///
    /// # Errors
    /// When a side is 0 or more than 16,384 pixels.
    pub fn render(&self, width: u32, height: u32) -> Result<Vec<u8>> {
        let picture = if width.max(height) > 16_384 { None } else { raster::render(&self.canvas(), width, height) };
        picture.ok_or_else(|| {
            let message = format!("a picture cannot have {width} x {height} pixels");
            Error::new(ErrorKind::Value, message, "choose from 1 to 16384 on each side")
        })
    }

    /// Width and height in pixels.
    pub fn size(&self) -> (f64, f64) {
        let notes = if self.has_margin() { 0.0 } else { NOTE * self.notes_drawn().len() as f64 };
        (self.width, self.height + notes)
    }

    /// Writes the picture atomically to a file that ends in `.svg` or `.png`.
    ///
    /// # Errors
    /// When the data or an option is invalid (see [`check`](Figure::check)), the extension is another one, or the file
    /// cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        self.first_error()?;
        match path.extension().map(|ending| ending.to_ascii_lowercase()) {
            Some(ending) if ending == "svg" => file::write(path, self.to_svg().as_bytes()),
            Some(ending) if ending == "png" => file::write(path, &self.to_png(1.0)?),
            _ => {
                let message = format!("cannot tell the picture format from the name `{}`", path.display());
                Err(Error::new(ErrorKind::Value, message, "end the name in `.svg` or `.png`"))
            }
        }
    }

    /// The figure itself, if all of it could be drawn.
    ///
    /// # Errors
    /// The first problem: arrays whose lengths differ, a series without values, or an invalid option.
    ///
    /// ```
    /// use forward_pass::prelude::*;
    /// let error = plot(&[1, 2, 3], &[1, 4]).check().unwrap_err();
    /// assert_eq!(error.message(), "plot got 3 x values and 2 y values");
    /// ```
    pub fn check(self) -> Result<Figure> {
        self.first_error()?;
        Ok(self)
    }

    /// The problems, one sentence each; empty if everything was drawn.
    pub fn notes(&self) -> Vec<String> {
        self.problems.iter().map(|problem| problem.message.clone()).collect()
    }

    /// Displays the figure in a notebook: SVG, a PNG of twice the pixels for viewers that show no SVG, and one line of
    /// text as a fallback.
    pub fn evcxr_display(&self) {
        CellDisplay::evcxr_display(self);
    }

    fn canvas(&self) -> Canvas {
        if let Some(worded) = self.worded() {
            return worded.canvas();
        }
        let (width, height) = self.size();
        let canvas = Rc::new(RefCell::new(Canvas::new(width, height, WHITE)));
        self.draw(&Sheet::from(&canvas)).expect("our backend has no errors, and nothing else borrows the page");
        let canvas = Rc::into_inner(canvas).expect("the drawing areas are dropped");
        canvas.into_inner()
    }

    fn draw(&self, page: &Sheet) -> Drawn {
        let style = letters(11.0, RED, HPos::Left, VPos::Bottom);
        for (index, note) in self.notes_drawn().into_iter().enumerate() {
            page.draw(&Text::new(note, (units(8.0), units(NOTE * (index + 1) as f64)), style.clone()))?;
        }
        let top = self.room_above();
        let style = letters(12.0 * POINT, BLACK, HPos::Center, VPos::Bottom);
        page.draw(&Text::new(&*self.title, (units(self.width / 2.0), units(top - 8.0)), style))?;
        let parts = page.split_vertically(units(top)).1.split_evenly(self.grid);
        let margins = self.margins(&parts);
        for ((panel, part), margins) in self.panels.iter().zip(&parts).zip(margins) {
            match panel {
                Panel::Axes(axes) => axes.draw(page, part, margins)?,
                Panel::Diagram(diagram) => diagram.draw(page, part)?,
                Panel::Blocks(blocks) => blocks.draw(page, part)?,
                Panel::Gallery(gallery) => gallery.draw(page, part)?,
            }
        }
        Ok(())
    }

    /// The space above the panels: for a common title, and for notes that do not fit into a margin.
    fn room_above(&self) -> f64 {
        let title = if self.title.is_empty() { 0.0 } else { HEAD };
        let margin = self.has_margin() && title == 0.0;
        title + if margin { 0.0 } else { NOTE * self.notes_drawn().len() as f64 }
    }

    /// Whether the notes fit above the frame.
    fn has_margin(&self) -> bool {
        self.grid == (1, 1) && matches!(self.panels.first(), Some(Panel::Axes(_)))
    }

    /// Frames in one column have the same left and right edge, frames in one row the same top and bottom.
    fn margins(&self, parts: &[Sheet]) -> Vec<Margins> {
        let (_, columns) = self.grid;
        let alone = parts.len() == 1;
        let need = |(panel, part): (&Panel, &Sheet)| {
            let part = area_of(part);
            let about = Margins::usual(&part);
            let Panel::Axes(axes) = panel else { return Margins::default() };
            let needed = axes.margins(part, about);
            let needed = axes.margins(part, if alone { about.most(needed) } else { needed });
            if alone { about.most(needed) } else { needed }
        };
        let needed: Vec<Margins> = self.panels.iter().zip(parts).map(need).collect();
        let shared = |index: usize| {
            let most = |same: &dyn Fn(usize) -> bool| {
                let others = needed.iter().enumerate().filter(|(other, _)| same(*other));
                others.fold(Margins::default(), |most, (_, margins)| most.most(*margins))
            };
            let column = most(&|other| other % columns == index % columns);
            let row = most(&|other| other / columns == index / columns);
            Margins { left: column.left, right: column.right, top: row.top, bottom: row.bottom }
        };
        (0..needed.len()).map(shared).collect()
    }

    /// The SVG, another picture of the same page, and the text.
    fn parts(&self, more: impl Fn(&Canvas) -> Option<(&'static str, String)>) -> Vec<(&'static str, String)> {
        // An empty frame says less than the message.
        if self.is_empty() && self.first_error().is_err() {
            return vec![("text/plain", self.to_string())];
        }
        let canvas = self.canvas();
        let svg = ("image/svg+xml", svg::write(&canvas).trim_end().to_owned());
        [Some(svg), more(&canvas), Some(("text/plain", self.to_string()))].into_iter().flatten().collect()
    }

    /// Whether there is nothing but frames.
    fn is_empty(&self) -> bool {
        let is_frame = |panel: &Panel| match panel {
            Panel::Axes(axes) => axes.series.iter().all(Series::is_empty),
            Panel::Gallery(gallery) => gallery.len() == 0,
            Panel::Diagram(_) | Panel::Blocks(_) => false,
        };
        self.panels.iter().all(is_frame)
    }

    /// At most two lines fit above the frame.
    fn notes_drawn(&self) -> Vec<String> {
        const MOST: usize = 2;
        let mut lines: Vec<String> = self.problems.iter().take(MOST).map(Problem::line).collect();
        let more = self.problems.len().saturating_sub(MOST);
        if let Some(last) = lines.last_mut().filter(|_| more > 0) {
            *last = format!("{last} (and {more} more)");
        }
        lines
    }

    fn first_error(&self) -> Result<()> {
        match self.problems.iter().find_map(Problem::as_error) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

impl CellDisplay for Figure {
    fn cell_text(&self) -> Option<String> {
        Some(self.to_string())
    }

    fn cell_parts(&self) -> Vec<(&'static str, String)> {
        self.parts(|canvas| retina::write(canvas).map(|file| ("image/png", png::base64(&file))))
    }

    /// Without the PNG, which takes ten times as long as the SVG.
    fn live_parts(&self) -> Vec<(&'static str, String)> {
        self.parts(|_| None)
    }
}
