//! Other words for the texts of a figure, such as those of another language.
//!
//! The words are replaced when the figure is drawn, so that it does not matter which text was set before. Numbers on
//! the axes, shapes and the messages of problems stay.

use super::{Figure, Panel};
use crate::plot::Wording;
use crate::plot::axes::{Axes, Axis};

impl Figure {
    /// Draws each title, label, name and note as `wording` has it; `None` leaves a text as it is.
    ///
    /// ```
    /// use forward_pass::prelude::*;
    /// fn in_german(text: &str) -> Option<String> {
    ///     (text == "step").then(|| "Stufe".to_owned())
    /// }
    /// let figure = plot(&[0, 1], &[0, 1]).wording(in_german).title("step").xlabel("x");
    /// assert!(figure.to_svg().contains("aria-label=\"Stufe\""));
    /// assert!(figure.to_svg().contains("aria-label=\"x\""));
    /// ```
    pub fn wording(self, wording: Wording) -> Figure {
        Figure { wording: Some(wording), ..self }
    }

    /// The same figure with the other words in place; `None` if there are none.
    pub(super) fn worded(&self) -> Option<Figure> {
        let wording = self.wording?;
        let mut worded = Figure { wording: None, ..self.clone() };
        reword(&mut worded.title, wording);
        for panel in &mut worded.panels {
            match panel {
                Panel::Axes(axes) => reword_axes(axes, wording),
                Panel::Diagram(diagram) => diagram.wording = Some(wording),
                Panel::Gallery(gallery) => gallery.images.iter_mut().for_each(|it| reword(&mut it.name, wording)),
                Panel::Blocks(_) => {}
            }
        }
        Some(worded)
    }
}

fn reword_axes(axes: &mut Axes, wording: Wording) {
    reword(&mut axes.title, wording);
    let Axes { x, y, series, .. } = axes;
    for Axis { label, names, .. } in [x, y] {
        reword(label, wording);
        names.iter_mut().flatten().for_each(|name| reword(name, wording));
    }
    series.iter_mut().filter_map(|series| series.label.as_mut()).for_each(|label| reword(label, wording));
}

/// Line by line.
fn reword(text: &mut String, wording: Wording) {
    let lines: Vec<String> = text.split('\n').map(|line| wording(line).unwrap_or_else(|| line.to_owned())).collect();
    *text = lines.join("\n");
}
