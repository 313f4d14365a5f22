//! What a page moves: the figures with controls, and the pictures of answers to exercises.

use ndarray::Array1;

use super::words::{korean, step_function};
use crate::error::Result;
use crate::exercise::{Verdict, quiz};
use crate::mnist::Digits;
use crate::moving::{Moving, chapter};
use crate::network::Network;
use crate::plot::Figure;

/// As [`find`](chapter::find), with the chapter's words in Korean; the names of the controls stay English.
pub fn find(name: &str) -> Option<Moving> {
    chapter::find(name).map(|figure| figure.wording(step_function))
}

/// As [`layers_of_a_digit`](chapter::layers_of_a_digit), with the chapter's words in Korean.
///
/// # Errors
/// When the network does not take 784 values.
pub fn layers_of_a_digit(net: &Network, image: &Array1<f32>) -> Result<Figure> {
    Ok(chapter::layers_of_a_digit(net, image)?.wording(korean))
}

/// As [`training_progress`](chapter::training_progress), with the chapter's words in Korean.
///
/// # Errors
/// When the network does not take 784 values.
pub fn training_progress(net: &Network, losses: &[f64], test: &Digits) -> Result<Figure> {
    Ok(chapter::training_progress(net, losses, test)?.wording(korean))
}

/// As [`judge`](quiz::judge), with a picture in Korean.
///
/// # Errors
/// When there is no such exercise, there are more or fewer numbers than it has, or one must be whole and is not.
pub fn judge(name: &str, answer: &[f64]) -> Result<Verdict> {
    Ok(quiz::judge(name, answer)?.wording(korean))
}
