//! The exercises whose answer is a row of numbers, for a page without a compiler: the numbers go to the same check that
//! a cell of the chapter calls.

use ndarray::{Array2, array};

use super::{Verdict, check};
use crate::error::{Error, ErrorKind, Result};

/// The exercises that [`judge`] knows.
pub const NAMES: [&str; 8] = ["nand", "edges", "one-line", "tent", "bends", "chain", "xor", "breaks"];

/// The verdict on the numbers of an answer, in the order in which they stand in the code of the exercise; a truth is 1
/// or 0.
///
/// # Errors
/// When there is no such exercise, there are more or fewer numbers than it has, or one must be whole and is not.
///
/// ```
/// use forward_pass::exercise::quiz::judge;
///
/// assert!(judge("nand", &[-0.5, -0.5, 0.75])?.is_solved());
/// let and = judge("nand", &[0.5, 0.5, -0.75])?;
/// assert!(and.hint().is_some_and(|hint| hint.starts_with("this is AND")));
/// # Ok::<(), forward_pass::error::Error>(())
/// ```
pub fn judge(name: &str, answer: &[f64]) -> Result<Verdict> {
    Ok(match name {
        "nand" => {
            let [w1, w2, b] = *row(answer)?;
            check::nand(w1, w2, b)
        }
        "edges" => check::edges(*row(&whole(answer)?)?),
        "one-line" => {
            let [w, b] = *row(answer)?;
            check::one_line(w, b)
        }
        "tent" => {
            let [a, b, c, d, e, f] = *row(answer)?;
            check::tent([a, b, c], [d, e, f])
        }
        "bends" => check::bends(*row(answer)?),
        "chain" => {
            let [a, b, c, d, e, f, g, h, i] = *row(&whole(answer)?)?;
            check::chain([(a, b), (c, d), (e, f)], [g, h, i])
        }
        "xor" => {
            let [a, b, c, d, e, f, g, h, b2] = *row(answer)?;
            let w1: Array2<f64> = array![[a, b], [c, d]];
            check::xor(&w1, &array![e, f], &array![g, h], b2)
        }
        "breaks" => check::breaks(row::<_, 6>(answer)?.map(|truth| truth != 0.0)),
        _ => return Err(wrong(format!("no exercise with numbers is called `{name}`"), "`NAMES` lists them")),
    })
}

fn row<T, const N: usize>(answer: &[T]) -> Result<&[T; N]> {
    let all = answer.try_into().ok();
    all.ok_or_else(|| wrong(format!("the answer has {} numbers", answer.len()), format!("give {N}")))
}

fn whole(answer: &[f64]) -> Result<Vec<i64>> {
    let whole = |&number: &f64| {
        let fits = number.fract() == 0.0 && number.abs() < 1e15;
        fits.then_some(number as i64).ok_or_else(|| wrong(format!("{number} is not whole"), "give a whole number"))
    };
    answer.iter().map(whole).collect()
}

fn wrong(message: String, help: impl Into<String>) -> Error {
    Error::new(ErrorKind::Value, message, help)
}
