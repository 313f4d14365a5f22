//! One-hot labels, accuracy, and the confusion matrix.
//!
//! Classification itself is the task of a network.

use ndarray::{Array1, Array2, ArrayBase, Data, Ix1, Ix2};

use crate::error::{Error, ErrorKind, Result};
use crate::network::{Real, largest};

/// Labels as rows of `classes` values, 1 at the label and 0 elsewhere: (n,) -> (n, classes).
///
/// ```
/// use forward_pass::prelude::*;
/// assert_eq!(one_hot(&array![2_u8, 0], 3)?, array![[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]);
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// When a label is not below `classes`.
pub fn one_hot<S: Data<Elem = u8>>(labels: &ArrayBase<S, Ix1>, classes: usize) -> Result<Array2<f32>> {
    if let Some(label) = labels.iter().find(|&&label| usize::from(label) >= classes) {
        let message = format!("label {label} is out of range for {classes} classes");
        let help = format!("use at least {} classes", u32::from(*label) + 1);
        return Err(Error::new(ErrorKind::Value, message, help));
    }
    let mut rows = Array2::zeros((labels.len(), classes));
    for (mut row, &label) in rows.rows_mut().into_iter().zip(labels) {
        row[usize::from(label)] = 1.0;
    }
    Ok(rows)
}

/// Answers to compare with labels: classes (1-D), or scores (2-D) whose largest value in a row is the class.
pub trait Labels {
    #[doc(hidden)]
    fn classes(&self) -> Array1<usize>;
    #[doc(hidden)]
    fn shape_text(&self) -> String;
}

/// The share of right answers: (classes (n,) or scores (n, 10)) against labels (n,) -> from 0 to 1.
///
/// ```
/// use forward_pass::prelude::*;
/// let labels = array![7_u8, 2, 1, 0];
/// assert_eq!(accuracy(&array![7_u8, 2, 1, 9], &labels)?, 0.75);
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// When there are no answers, or not one for each label.
pub fn accuracy<P: Labels + ?Sized, S: Data<Elem = u8>>(answers: &P, labels: &ArrayBase<S, Ix1>) -> Result<f64> {
    let classes = compared(answers, labels)?;
    let right = classes.iter().zip(labels).filter(|(class, label)| **class == usize::from(**label)).count();
    Ok(right as f64 / labels.len() as f64)
}

/// The confusion matrix, (classes, classes): a row for each label and a column for each answer. Right answers are
/// counted on the diagonal.
///
/// ```
/// use forward_pass::prelude::*;
/// let (answers, labels) = (array![0_u8, 1, 1, 2], array![0_u8, 1, 2, 2]);
/// assert_eq!(confusion(&answers, &labels, 3)?, array![[1, 0, 0], [0, 1, 0], [0, 1, 1]]);
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// As [`accuracy`]; also when a label or an answer is not below `classes`, or there are more than 256.
pub fn confusion<P: Labels + ?Sized, S: Data<Elem = u8>>(
    answers: &P,
    labels: &ArrayBase<S, Ix1>,
    classes: usize,
) -> Result<Array2<i64>> {
    let answers = compared(answers, labels)?;
    if classes > 256 {
        let message = format!("a table of {classes} classes, but a label is a u8, 0 to 255");
        return Err(Error::new(ErrorKind::Value, message, "take at most 256 classes; digits have 10"));
    }
    let mut table = Array2::zeros((classes, classes));
    for (place, (&answer, &label)) in answers.iter().zip(labels).enumerate() {
        let Some(count) = table.get_mut((usize::from(label), answer)) else {
            let message = format!("label {label} and answer {answer} at index {place} for {classes} classes");
            return Err(Error::new(ErrorKind::Value, message, "both must be less than the number of classes"));
        };
        *count += 1;
    }
    Ok(table)
}

/// The class of each answer, as many as there are labels.
fn compared<P: Labels + ?Sized, S: Data<Elem = u8>>(answers: &P, labels: &ArrayBase<S, Ix1>) -> Result<Array1<usize>> {
    let classes = answers.classes();
    if classes.len() == labels.len() && !labels.is_empty() {
        return Ok(classes);
    }
    let message = format!("answers of shape {} cannot be compared with {} labels", answers.shape_text(), labels.len());
    Err(Error::new(ErrorKind::Shape, message, "give one answer for each label, and at least one"))
}

/// The integer types that can name a class.
pub trait Class: Copy {
    #[doc(hidden)]
    fn class(self) -> usize;
}

macro_rules! class {
    ($($type:ty),+) => {$(
        impl Class for $type {
            fn class(self) -> usize {
                // A negative class matches no label.
                usize::try_from(self).unwrap_or(usize::MAX)
            }
        }
    )+};
}

class!(u8, i32, i64, u32, u64, usize);

impl<C: Class, S: Data<Elem = C>> Labels for ArrayBase<S, Ix1> {
    fn classes(&self) -> Array1<usize> {
        self.iter().map(|class| class.class()).collect()
    }

    fn shape_text(&self) -> String {
        format!("({},)", self.len())
    }
}

impl<T: Real, S: Data<Elem = T>> Labels for ArrayBase<S, Ix2> {
    fn classes(&self) -> Array1<usize> {
        self.rows().into_iter().map(|row| largest(row.iter().copied())).collect()
    }

    fn shape_text(&self) -> String {
        format!("({}, {})", self.nrows(), self.ncols())
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn scores_count_by_their_largest_value() {
        let scores = array![[0.1, 0.7, 0.2], [0.5, 0.2, 0.3], [0.3, 0.3, 0.4]];
        assert_eq!(accuracy(&scores, &array![1, 2, 2]), Ok(2.0 / 3.0));
    }

    #[test]
    fn every_answer_is_counted_once() {
        let labels = array![2, 2, 0, 1];
        let table = confusion(&array![[0.1, 0.2, 0.7], [0.5, 0.4, 0.1], [0.9, 0.0, 0.1], [0.3, 0.6, 0.1]], &labels, 3);
        assert_eq!(table, Ok(array![[1, 0, 0], [0, 1, 0], [1, 0, 1]]));
        let refused = |answers: Array1<i64>, classes| confusion(&answers, &labels, classes).unwrap_err().to_string();
        let both = "\nhelp: both must be less than the number of classes";
        assert_eq!(refused(array![0, 1, 2, 3], 3), format!("label 1 and answer 3 at index 3 for 3 classes{both}"));
        assert_eq!(refused(array![0, 1, 2, 3], 2), format!("label 2 and answer 0 at index 0 for 2 classes{both}"));
        let help = "take at most 256 classes; digits have 10";
        let most = format!("a table of 257 classes, but a label is a u8, 0 to 255\nhelp: {help}");
        assert_eq!(refused(array![0, 1, 2, 3], 257), most);
        assert!(refused(array![0, 1], 3).starts_with("answers of shape (2,) cannot be compared with 4 labels"));
    }

    #[test]
    fn a_class_below_zero_is_wrong() {
        assert_eq!(accuracy(&array![-1_i64, 3], &array![255, 3]), Ok(0.5));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let error = accuracy(&array![1_u8, 2], &array![1, 2, 3]).unwrap_err().to_string();
        let help = "help: give one answer for each label, and at least one";
        assert_eq!(error, format!("answers of shape (2,) cannot be compared with 3 labels\n{help}"));
        let error = one_hot(&array![1, 10], 10).unwrap_err().to_string();
        assert_eq!(error, "label 10 is out of range for 10 classes\nhelp: use at least 11 classes");
    }
}
