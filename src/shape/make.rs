//! `zeros`, `ones` and `reshape`: arrays of a given shape.
//!
//! A shape that does not fit in memory is an error, not an aborted process.

use ndarray::{Array, ArrayBase, Data, Dim, Dimension, Ix, IxDyn};

use crate::error::{Error, ErrorKind, Result};
use crate::show::tuple;

/// A shape as written in a cell: `3`, `(2, 3)`, `[2, 3]`, or a slice; `reshape` infers a size of -1.
pub trait Sizes {
    /// The number of axes.
    type Dim: Dimension;
    /// The sizes, one for each axis.
    fn sizes(&self) -> Vec<isize>;
}

impl Sizes for isize {
    type Dim = Dim<[Ix; 1]>;
    fn sizes(&self) -> Vec<isize> {
        vec![*self]
    }
}

impl<const N: usize> Sizes for [isize; N]
where
    Dim<[Ix; N]>: Dimension,
{
    type Dim = Dim<[Ix; N]>;
    fn sizes(&self) -> Vec<isize> {
        self.to_vec()
    }
}

impl Sizes for &[isize] {
    type Dim = IxDyn;
    fn sizes(&self) -> Vec<isize> {
        self.to_vec()
    }
}

macro_rules! tuples {
    ($($count:literal: $($name:ident $type:ident)*;)*) => {$(
        impl Sizes for ($($type,)*) {
            type Dim = Dim<[Ix; $count]>;
            fn sizes(&self) -> Vec<isize> {
                let ($($name,)*) = *self;
                vec![$($name),*]
            }
        }
    )*};
}

tuples! {
    1: a isize;
    2: a isize b isize;
    3: a isize b isize c isize;
    4: a isize b isize c isize d isize;
}

/// NumPy's `zeros`: an array of the given shape, filled with 0.0.
///
/// ```
/// use forward_pass::prelude::*;
///
/// assert_eq!(show(&zeros((2, 3))?), "[[0. 0. 0.]\n [0. 0. 0.]]");
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// When a size is negative, or the array does not fit in memory.
pub fn zeros<Shape: Sizes>(shape: Shape) -> Result<Array<f64, Shape::Dim>> {
    full(&shape, 0.0)
}

/// NumPy's `ones`: an array of the given shape, filled with 1.0.
///
/// ```
/// use forward_pass::prelude::*;
///
/// assert_eq!(show(&ones(3)?), "[1. 1. 1.]");
/// # Ok::<(), Error>(())
/// ```
///
/// # Errors
/// When a size is negative, or the array does not fit in memory.
pub fn ones<Shape: Sizes>(shape: Shape) -> Result<Array<f64, Shape::Dim>> {
    full(&shape, 1.0)
}

fn full<Shape: Sizes>(shape: &Shape, number: f64) -> Result<Array<f64, Shape::Dim>> {
    let sizes = shape.sizes();
    let shape: Option<Vec<usize>> = sizes.iter().map(|&size| size.try_into().ok()).collect();
    let shape = shape.ok_or_else(|| {
        let help = "every size must be 0 or more";
        Error::new(ErrorKind::Value, format!("an array cannot have the shape {}", written(&sizes)), help)
    })?;
    room::<f64>(&shape)?;
    let out = Array::from_elem(shape, number);
    Ok(out.into_dimensionality().expect("the sizes give the number of axes"))
}

/// NumPy's `reshape`: the same numbers, row by row, in another shape; one size may be -1 and is inferred.
///
/// ```
/// use forward_pass::prelude::*;
///
/// let x = reshape(&arange(0, 6, 1)?, (2, -1))?; // (6,) -> (2, 3)
/// assert_eq!(show(&x), "[[0 1 2]\n [3 4 5]]");
/// # Ok::<(), Error>(())
/// ```
///
/// The trap: it does not transpose. `reshape(&x, (3, 2))` reads the numbers in the order in which they are printed.
///
/// # Errors
/// When the numbers do not fill the shape, or more than one size is negative; the message names both shapes.
pub fn reshape<S, D, Shape>(x: &ArrayBase<S, D>, shape: Shape) -> Result<Array<S::Elem, Shape::Dim>>
where
    S: Data<Elem: Clone>,
    D: Dimension,
    Shape: Sizes,
{
    let sizes = found(x.shape(), &shape.sizes())?;
    room::<S::Elem>(&sizes)?;
    let view = x.view().into_dyn();
    let out = view.to_shape(sizes).expect("the sizes hold as many numbers").into_owned();
    Ok(out.into_dimensionality().expect("the sizes give the number of axes"))
}

/// The requested shape, with -1 filled in.
fn found(from: &[usize], sizes: &[isize]) -> Result<Vec<usize>> {
    let refused = |why: String, help: &str| {
        let message = format!("cannot reshape {} into {}: {why}", tuple(from), written(sizes));
        Err(Error::new(ErrorKind::Shape, message, help))
    };
    let open = sizes.iter().filter(|size| **size < 0).count();
    if sizes.iter().any(|size| *size < -1) || open > 1 {
        return refused("one size may be -1, the others are 0 or more".to_owned(), "write the other sizes out");
    }
    // The product cannot overflow unless the array is empty: the array itself fits in memory.
    let count: usize = if from.contains(&0) { 0 } else { from.iter().product() };
    let known = sizes.iter().filter(|size| **size >= 0);
    let known = known.fold(1_u128, |product, &size| product.saturating_mul(size.unsigned_abs() as u128));
    let count = count as u128;
    let fits = if open == 0 { known == count } else { known > 0 && count.is_multiple_of(known) };
    if !fits {
        let why = format!("{count} numbers do not fill it");
        return refused(why, "the sizes must multiply to as many numbers; one of them may be -1");
    }
    let rest = count.checked_div(known).unwrap_or(0) as usize;
    Ok(sizes.iter().map(|&size| usize::try_from(size).unwrap_or(rest)).collect())
}

/// Whether an array of `shape` fits in memory.
pub(crate) fn room<T>(shape: &[usize]) -> Result<()> {
    let nonzero = shape.iter().filter(|size| **size > 0);
    let count = nonzero.copied().try_fold(1, usize::checked_mul).filter(|&count| isize::try_from(count).is_ok());
    let fits = count.is_some_and(|count| shape.contains(&0) || Vec::<T>::new().try_reserve_exact(count).is_ok());
    if fits {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Value,
        format!("an array of the shape {} does not fit into memory", tuple(shape)),
        "ask for fewer numbers along one axis",
    ))
}

/// Sizes as Python writes a tuple, negative ones too.
fn written(sizes: &[isize]) -> String {
    match sizes {
        [only] => format!("({only},)"),
        _ => format!("({})", sizes.iter().map(isize::to_string).collect::<Vec<_>>().join(", ")),
    }
}
