//! `interact`: a cell's value that moves, made from controls and a function.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use super::{Control, names, within};
use crate::display::{self, CellDisplay};
use crate::error::{Error, ErrorKind, Result};

/// An output by MIME type, plain text last.
type Parts = Vec<(&'static str, String)>;

/// From the values of the controls to the output: all of it, or only what is made quickly.
type Draw = dyn FnMut(&[f64], bool) -> std::result::Result<Parts, String>;

/// What [`interact()`] returns.
///
/// As the value of a cell it is displayed as its function's value at the start, with the controls where they work.
pub struct Interact(pub(super) Rc<Inner>);

pub(super) struct Inner {
    pub controls: Vec<Control>,
    draw: RefCell<Box<Draw>>,
}

/// Shows what `draw` returns, with controls that change its arguments: values in, one for each control and in the same
/// order; a figure, a number, text, or anything else that a cell can show out.
///
/// ```
/// use forward_pass::prelude::*;
/// let x = linspace(-5.0, 5.0, 101)?;    // (101,)
/// let curve = interact([slider("slope", 0.0..=10.0, 0.5, 1.0)], move |[slope]| plot(&x, &sigmoid(&(&x * slope))));
/// assert_eq!(curve.controls()[0].name, "slope");
/// assert_eq!(curve.cell_text().as_deref(), Some("<Figure 640x480 with 1 Axes>"));
/// # Ok::<(), Error>(())
/// ```
///
/// In Jupyter (with `ipywidgets`) and at the prompt of `forward-pass`, the controls move the output; elsewhere, and in
/// a stored notebook, it is the one at the start. The function is compiled once, with its cell, and owns what it uses:
/// clone what later cells need. What it changes or shares with them is in an `Rc<RefCell<_>>`.
///
/// # Errors
/// The function may return a `Result`, whose error is shown instead. Its type must be named, as here:
///
/// ```
/// use forward_pass::prelude::*;
/// let part = interact([slider("rows", 1.0..=4.0, 1.0, 2.0)], |[rows]| {
///     let x = dot(&array![[1.0, 2.0]], &Array2::<f64>::ones((rows as usize, 1)))?;    // (1, 2) · (2, 1) -> (1, 1)
///     Ok::<_, Error>(x.sum())
/// });
/// assert_eq!(part.draw(&[2.0])?, [("text/plain", "3.0".to_owned())]);
/// assert!(part.draw(&[3.0]).unwrap_err().message().starts_with("cannot multiply (1, 2) by (3, 1)"));
/// # Ok::<(), Error>(())
/// ```
pub fn interact<const N: usize, T: CellDisplay>(
    controls: [Control; N],
    mut draw: impl FnMut([f64; N]) -> T + 'static,
) -> Interact {
    let draw = move |values: &[f64], is_still: bool| {
        let value = draw(values.try_into().expect("the number of values was checked"));
        let parts = |it: &dyn CellDisplay| if is_still { it.cell_parts() } else { it.live_parts() };
        match value.as_result() {
            Some(result) => result.map(parts),
            None => Ok(if is_still { value.cell_parts() } else { value.live_parts() }),
        }
    };
    Interact(Rc::new(Inner { controls: controls.into(), draw: RefCell::new(Box::new(draw)) }))
}

impl Interact {
    /// Its controls, in the order of their values.
    pub fn controls(&self) -> &[Control] {
        &self.0.controls
    }

    /// The output for these values, by MIME type, without what takes long to make. A value outside its range becomes
    /// the nearest in it.
    ///
    /// # Errors
    /// When there is not one number for each control, one of them is NaN, or the function returned an error.
    pub fn draw(&self, values: &[f64]) -> Result<Vec<(&'static str, String)>> {
        self.0.parts(values, false)
    }

    fn still(&self, is_still: bool) -> Parts {
        let start: Vec<f64> = self.0.controls.iter().map(|control| control.start).collect();
        self.0.parts(&start, is_still).unwrap_or_else(|error| vec![("text/plain", error.to_string())])
    }
}

impl Inner {
    pub fn parts(&self, values: &[f64], is_still: bool) -> Result<Parts> {
        let values = within(&self.controls, values)?;
        (self.draw.borrow_mut())(&values, is_still).map_err(|text| {
            let (message, help) = text.split_once("\nhelp: ").unwrap_or((&text, "choose other values"));
            Error::new(ErrorKind::Value, message, help)
        })
    }
}

impl CellDisplay for Interact {
    fn cell_text(&self) -> Option<String> {
        self.cell_parts().pop().map(|(_, text)| text)
    }

    fn cell_parts(&self) -> Parts {
        self.still(true)
    }

    fn live_parts(&self) -> Parts {
        self.still(false)
    }

    fn evcxr_display(&self) {
        display::print(&self.cell_parts());
        #[cfg(not(target_arch = "wasm32"))]
        super::live::show(self);
    }
}

impl fmt::Debug for Interact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an output with the controls {}", names(&self.0.controls))
    }
}
