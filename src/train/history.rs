//! The record of a training run: the loss of every step, and the mean of every epoch.
//!
//! No times are recorded, so that the same run gives the same record on every machine.

use std::fmt;

use ndarray::Array1;

use super::gradient::Outcome;
use crate::display::CellDisplay;
use crate::display::live::Gauge;

/// The losses of a finished training.
#[derive(Clone, PartialEq)]
pub struct History {
    losses: Vec<f64>,
    epochs: Vec<Epoch>,
}

/// The means over one epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    /// The mean loss.
    pub loss: f64,
    /// The share of training images that were classified right, each just before the step it took part in.
    pub accuracy: f64,
}

impl History {
    pub(super) fn new(epochs: usize, steps: usize) -> History {
        // A huge number of epochs should not abort the program with an allocation.
        let room = |wished: usize| wished.min(1 << 20);
        let losses = Vec::with_capacity(room(epochs.saturating_mul(steps)));
        History { losses, epochs: Vec::with_capacity(room(epochs)) }
    }

    pub(super) fn record(&mut self, loss: f64) {
        self.losses.push(loss);
    }

    pub(super) fn end_epoch(&mut self, progress: &Progress) {
        self.epochs.push(Epoch { loss: progress.loss(), accuracy: progress.accuracy() });
    }

    /// The loss of every step, for a curve.
    pub fn losses(&self) -> Array1<f64> {
        Array1::from(self.losses.clone())
    }

    /// The means of every epoch.
    pub fn epochs(&self) -> &[Epoch] {
        &self.epochs
    }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.epochs.len().to_string().len();
        for (index, epoch) in self.epochs.iter().enumerate() {
            let end = if index + 1 < self.epochs.len() { "\n" } else { "" };
            let number = index + 1;
            write!(f, "epoch {number:width$}   loss {:.4}   accuracy {:.4}{end}", epoch.loss, epoch.accuracy)?;
        }
        Ok(())
    }
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl CellDisplay for History {
    fn cell_text(&self) -> Option<String> {
        Some(self.to_string())
    }
}

/// The progress of a training run, displayed as one line with a bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// The epoch, counted from 1.
    pub epoch: usize,
    /// The number of epochs.
    pub epochs: usize,
    /// The step in this epoch, counted from 1.
    pub step: usize,
    /// The number of steps in an epoch.
    pub steps: usize,
    loss: f64,
    right: usize,
    images: usize,
    last: Option<f64>,
}

impl Progress {
    pub(super) fn new(epochs: usize, steps: usize) -> Progress {
        Progress { epoch: 0, epochs, step: 0, steps, loss: 0.0, right: 0, images: 0, last: None }
    }

    pub(super) fn start_epoch(&mut self) {
        (self.epoch, self.step) = (self.epoch + 1, 0);
        (self.loss, self.right, self.images) = (0.0, 0, 0);
    }

    pub(super) fn record(&mut self, outcome: &Outcome) {
        self.step += 1;
        self.loss += outcome.loss * outcome.images as f64;
        self.right += outcome.right;
        self.images += outcome.images;
        self.last = Some(outcome.loss);
    }

    pub(super) fn last_loss(&self) -> Option<f64> {
        self.last
    }

    /// The current step.
    pub(super) fn place(&self) -> String {
        format!("epoch {}, step {} of {}", self.epoch, self.step + 1, self.steps)
    }

    /// The mean loss of this epoch so far.
    pub fn loss(&self) -> f64 {
        self.loss / self.images.max(1) as f64
    }

    /// The share of right answers of this epoch so far.
    pub fn accuracy(&self) -> f64 {
        self.right as f64 / self.images.max(1) as f64
    }

    /// Whether this was the last step of an epoch.
    pub fn ends_epoch(&self) -> bool {
        self.step == self.steps
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bar = Gauge::new(self.step, self.steps).bar();
        let (epoch, epochs, width) = (self.epoch, self.epochs, self.epochs.to_string().len());
        write!(f, "epoch {epoch:width$}/{epochs} {bar} loss {:.4}, accuracy {:.4}", self.loss(), self.accuracy())
    }
}

impl CellDisplay for Progress {
    fn cell_text(&self) -> Option<String> {
        Some(self.to_string())
    }

    fn progress(&self) -> Option<(usize, usize)> {
        Some((self.step, self.steps))
    }
}
