//! A digit beside its ten probabilities.
//!
//! For many digits with their labels, see [`plot_digits`](crate::mnist::plot_digits).

use super::{Reading, with_article};
use crate::mnist::idx::SIDE;
use crate::plot::{Figure, Picture, bar, images, subplots};

/// The input of the network on the left, and a bar for each of its probabilities on the right.
///
/// ```
/// use forward_pass::prelude::*;
/// let probabilities = array![0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.75, 0.0, 0.25];
/// let reading = Reading { digit: 7, probabilities, image: Array1::zeros(784) };
/// assert_eq!(plot_reading(&reading).to_string(), "<Figure 660x330 with 2 Axes>");
/// ```
pub fn plot_reading(reading: &Reading) -> Figure {
    let ink = reading.image.iter().map(|&ink| f64::from(ink)).collect();
    let digit = images([Picture { columns: SIDE, ink, name: String::new() }]);
    let classes: Vec<usize> = (0..reading.probabilities.len()).collect();
    // In percent, so that the value above a bar is short.
    let shares: Vec<f64> = reading.probabilities.iter().map(|&p| (f64::from(p) * 100.0).round()).collect();
    let bars = bar(&classes, &shares).bar_label().ylim(0.0, 110.0).yticks(&[0, 25, 50, 75, 100]);
    let both = [digit, bars.xlabel("digit").ylabel("probability in %")];
    subplots(1, 2, both).title(format!("it is {}", with_article(reading.digit))).figsize(6.6, 3.3)
}
