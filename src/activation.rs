//! Activation functions: how a neuron turns its weighted sum into its output.
//!
//! They are total: every number is accepted, and no shape can be wrong. Functions of a whole row are in `softmax`.

mod figure;
mod modern;

use ndarray::{Array, ArrayBase, Data, Dimension};

pub use self::figure::{plot_relu, plot_sigmoid, plot_step};
pub use self::modern::{
    gelu, gelu_derivative, leaky_relu, leaky_relu_derivative, relu_derivative, sigmoid_derivative, silu,
    silu_derivative, softplus, softplus_derivative, tanh, tanh_derivative,
};
use crate::shape::{Float, Number, Real};

/// What an activation function takes: a number, an array, a view, or a reference to one of them.
pub trait Elementwise {
    /// The type of each number.
    type Elem: Number;
    /// The same shape, with numbers of another type.
    type Of<T>;
    /// `f` of each number.
    fn each(self, f: fn(Self::Elem) -> Self::Elem) -> Self::Of<Self::Elem>;
    /// `f` of each number, as integers.
    fn each_step(self, f: fn(Self::Elem) -> i64) -> Self::Of<i64>;
    /// `f` of each number as a float: integers become f64.
    fn each_float<K, F: Float>(self, f: fn(F) -> F) -> Self::Of<F>
    where
        Self::Elem: Real<K, Float = F>;
}

/// What a function of floats gives for an `X`: the same shape; f32 for f32, else f64.
pub type FloatsOf<X, K> = <X as Elementwise>::Of<<<X as Elementwise>::Elem as Real<K>>::Float>;

impl<T: Number> Elementwise for T {
    type Elem = T;
    type Of<U> = U;

    fn each(self, f: fn(T) -> T) -> T {
        f(self)
    }

    fn each_step(self, f: fn(T) -> i64) -> i64 {
        f(self)
    }

    fn each_float<K, F: Float>(self, f: fn(F) -> F) -> F
    where
        T: Real<K, Float = F>,
    {
        f(self.as_float())
    }
}

impl<S: Data<Elem: Number>, D: Dimension> Elementwise for &ArrayBase<S, D> {
    type Elem = S::Elem;
    type Of<T> = Array<T, D>;

    fn each(self, f: fn(S::Elem) -> S::Elem) -> Array<S::Elem, D> {
        same_axes(S::Elem::map_all(self.view().into_dyn(), f))
    }

    fn each_step(self, f: fn(S::Elem) -> i64) -> Array<i64, D> {
        same_axes(S::Elem::map_steps(self.view().into_dyn(), f))
    }

    fn each_float<K, F: Float>(self, f: fn(F) -> F) -> Array<F, D>
    where
        S::Elem: Real<K, Float = F>,
    {
        let floats = S::Elem::floats(self.view().into_dyn());
        same_axes(F::map_all(floats.view(), f))
    }
}

impl<S: Data<Elem: Number>, D: Dimension> Elementwise for ArrayBase<S, D> {
    type Elem = S::Elem;
    type Of<T> = Array<T, D>;

    fn each(self, f: fn(S::Elem) -> S::Elem) -> Array<S::Elem, D> {
        (&self).each(f)
    }

    fn each_step(self, f: fn(S::Elem) -> i64) -> Array<i64, D> {
        (&self).each_step(f)
    }

    fn each_float<K, F: Float>(self, f: fn(F) -> F) -> Array<F, D>
    where
        S::Elem: Real<K, Float = F>,
    {
        (&self).each_float(f)
    }
}

fn same_axes<T, D: Dimension>(mapped: ndarray::ArrayD<T>) -> Array<T, D> {
    mapped.into_dimensionality().expect("a map keeps every axis")
}

/// The step function: 1 above 0, else 0.
///
/// ```text
/// step(x) = 1 if x > 0 else 0
/// ```
///
/// ```
/// use forward_pass::prelude::*;
///
/// assert_eq!(step(&array![[-1.0, 2.0], [0.0, 2.0]]), array![[0, 1], [0, 1]]);
/// ```
///
/// The trap: it is strict, so `step(0.0)`, `step(-0.0)` and `step(NAN)` are 0. Rust's `signum(0.0)` is 1.
///
/// Source: McCulloch and Pitts, *A Logical Calculus of the Ideas Immanent in Nervous Activity* (1943).
pub fn step<X: Elementwise>(x: X) -> X::Of<i64> {
    x.each_step(|x| i64::from(x > X::Elem::ZERO))
}

/// The sigmoid: squeezes every number between 0 and 1.
///
/// ```text
/// sigmoid(x) = 1 / (1 + e^-x)
/// ```
///
/// ```
/// use forward_pass::prelude::*;
///
/// assert_eq!(show(&sigmoid(&array![-1.0, 1.0, 2.0])), "[0.26894142 0.73105858 0.88079708]");
/// assert_eq!(sigmoid(0.0), 0.5);
/// assert_eq!(show(&sigmoid(&array![-1, 1, 2])), "[0.26894142 0.73105858 0.88079708]"); // integers become f64
/// ```
///
/// The trap: `e^x / (1 + e^x)` is the same on paper, and NaN from x = 710 on. This one is never NaN for a finite x.
/// Its error is at most 1.75 units in the last place (`tests/numpy/accuracy.py`), like the form that NumPy users write.
///
/// Source: Rumelhart, Hinton and Williams, *Learning Representations by Back-propagating Errors* (1986).
pub fn sigmoid<X: Elementwise<Elem: Real<K>>, K>(x: X) -> FloatsOf<X, K> {
    x.each_float(Float::logistic)
}

/// The rectified linear unit: 0 below 0, else the number itself.
///
/// ```text
/// relu(x) = max(0, x)
/// ```
///
/// ```
/// use forward_pass::prelude::*;
///
/// assert_eq!(relu(&array![-1.0, 0.5]), array![0.0, 0.5]);
/// assert!(relu(f64::NAN).is_nan());
/// ```
///
/// The trap: Rust's `x.max(0.0)` turns NaN into 0 and hides the mistake that caused it. As in NumPy, NaN stays NaN.
///
/// Source: Nair and Hinton, *Rectified Linear Units Improve Restricted Boltzmann Machines* (2010).
pub fn relu<X: Elementwise>(x: X) -> X::Of<X::Elem> {
    x.each(|x| if x > X::Elem::ZERO || x.is_not_a_number() { x } else { X::Elem::ZERO })
}

/// The identity: the number itself, for the last layer of a regression.
///
/// ```
/// use forward_pass::prelude::*;
///
/// assert_eq!(identity(&array![1.5, -2.0]), array![1.5, -2.0]);
/// ```
pub fn identity<X: Elementwise>(x: X) -> X::Of<X::Elem> {
    x.each(|x| x)
}
