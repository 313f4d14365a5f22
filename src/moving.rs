//! Figures that move: named controls with ranges, and a function from their values to a figure.
//!
//! A [`Moving`] knows nothing of where it is shown. A page, a notebook or a terminal offers the controls, and calls
//! [`Moving::draw`] whenever one of them changes; the same values always give the same figure. The chapter's own are in
//! [`chapter`]. A cell makes one with [`interact()`], and its function may return whatever a cell can show.

pub mod chapter;
mod interact;
#[cfg(not(target_arch = "wasm32"))]
mod live;

use std::fmt;
use std::ops::RangeInclusive;

pub use self::interact::{Interact, interact};
use crate::error::{Error, ErrorKind, Result};
use crate::plot::{Figure, Wording};

/// A figure with controls.
///
/// ```
/// use forward_pass::moving::{Moving, slider};
/// use forward_pass::prelude::*;
/// let x = linspace(-5.0, 5.0, 101)?;
/// let curve = Moving::new([slider("slope", 0.0..=10.0, 0.5, 1.0)], move |[slope]| plot(&x, &sigmoid(&(&x * slope))));
/// assert_eq!(curve.controls()[0].name, "slope");
/// assert_eq!(curve.draw(&[2.0])?.to_string(), "<Figure 640x480 with 1 Axes>");
/// # Ok::<(), Error>(())
/// ```
pub struct Moving {
    controls: Vec<Control>,
    draw: Box<Draw>,
}

/// From the values of the controls to the figure.
type Draw = dyn Fn(&[f64]) -> Result<Figure>;

/// One thing that a reader can change: a number in a range, or one of several choices.
#[derive(Clone, Debug, PartialEq)]
pub struct Control {
    /// What it changes, such as `slope`.
    pub name: String,
    /// Its smallest and its largest value.
    pub range: RangeInclusive<f64>,
    /// The distance between two neighbouring values.
    pub step: f64,
    /// The value at the start, and after a reset.
    pub start: f64,
    /// The names of the values 0, 1, 2, ...; empty for a number.
    pub choices: Vec<String>,
    /// Whether its values are moments of a film, which can be played.
    pub plays: bool,
}

/// A number in a range.
pub fn slider(name: &str, range: RangeInclusive<f64>, step: f64, start: f64) -> Control {
    Control { name: name.to_owned(), range, step, start, choices: Vec::new(), plays: false }
}

/// A whole number that counts moments, such as the epochs of a training, and can be played like a film.
pub fn film(name: &str, range: RangeInclusive<u32>, start: u32) -> Control {
    let range = f64::from(*range.start())..=f64::from(*range.end());
    Control { plays: true, ..slider(name, range, 1.0, f64::from(start)) }
}

/// One of several names; its value is the index, and the first is chosen at the start.
pub fn choice(name: &str, choices: &[&str]) -> Control {
    let last = choices.len().saturating_sub(1) as f64;
    let choices = choices.iter().map(|&choice| choice.to_owned()).collect();
    Control { name: name.to_owned(), range: 0.0..=last, step: 1.0, start: 0.0, choices, plays: false }
}

/// The choices of a [`switch`].
const OFF_AND_ON: [&str; 2] = ["off", "on"];

/// Something that is on or off; its value is 1 or 0.
///
/// ```
/// use forward_pass::moving::switch;
/// assert_eq!(switch("grid", true).choices, ["off", "on"]);
/// assert_eq!(switch("grid", true).start, 1.0);
/// ```
pub fn switch(name: &str, is_on: bool) -> Control {
    Control { start: f64::from(u8::from(is_on)), ..choice(name, &OFF_AND_ON) }
}

impl Control {
    /// Whether it is a [`switch`], and its values 0 and 1 are off and on.
    ///
    /// ```
    /// use forward_pass::moving::{choice, switch};
    /// assert!(switch("grid", true).is_switch());
    /// assert!(!choice("set", &["moons", "spirals"]).is_switch());
    /// ```
    pub fn is_switch(&self) -> bool {
        self.choices == OFF_AND_ON
    }
}

/// What a function of controls may return: a [`Figure`], or a [`Result`] of one.
pub trait Drawn {
    /// The figure.
    ///
    /// # Errors
    /// When it could not be drawn.
    fn figure(self) -> Result<Figure>;
}

impl Drawn for Figure {
    fn figure(self) -> Result<Figure> {
        Ok(self)
    }
}

impl Drawn for Result<Figure> {
    fn figure(self) -> Result<Figure> {
        self
    }
}

impl Moving {
    /// A figure that `draw` makes from the values of the controls, which come in the same order.
    pub fn new<const N: usize, F: Drawn>(controls: [Control; N], draw: impl Fn([f64; N]) -> F + 'static) -> Moving {
        let draw = move |values: &[f64]| {
            let values = values.try_into().expect("the number of values was checked");
            draw(values).figure()
        };
        Moving { controls: controls.into(), draw: Box::new(draw) }
    }

    /// Draws every figure with other words, such as those of another language; see [`Figure::wording`].
    pub fn wording(self, wording: Wording) -> Moving {
        let draw = self.draw;
        Moving { draw: Box::new(move |values: &[f64]| Ok(draw(values)?.wording(wording))), ..self }
    }

    /// Its controls, in the order of their values.
    pub fn controls(&self) -> &[Control] {
        &self.controls
    }

    /// The figure at the start.
    ///
    /// # Errors
    /// When it could not be drawn.
    pub fn still(&self) -> Result<Figure> {
        self.draw(&self.controls.iter().map(|control| control.start).collect::<Vec<_>>())
    }

    /// The figure for these values, one for each control. A value outside its range becomes the nearest in it.
    ///
    /// # Errors
    /// When there is not one number for each control, one of them is NaN, or the figure could not be drawn.
    pub fn draw(&self, values: &[f64]) -> Result<Figure> {
        let values = within(&self.controls, values)?;
        (self.draw)(&values)
    }
}

/// One value for each control, within its range.
fn within(controls: &[Control], values: &[f64]) -> Result<Vec<f64>> {
    if values.len() != controls.len() {
        let message = format!("{} values for {} controls", values.len(), controls.len());
        return Err(Error::new(ErrorKind::Value, message, "give one value for each control"));
    }
    let within = |(control, value): (&Control, &f64)| {
        if value.is_nan() {
            let message = format!("the value of `{}` is NaN", control.name);
            return Err(Error::new(ErrorKind::Value, message, "give a number in its range"));
        }
        Ok(value.clamp(*control.range.start(), *control.range.end()))
    };
    controls.iter().zip(values).map(within).collect()
}

fn names(controls: &[Control]) -> String {
    controls.iter().map(|control| control.name.as_str()).collect::<Vec<_>>().join(", ")
}

impl fmt::Debug for Moving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a figure with the controls {}", names(&self.controls))
    }
}
