//! Activation functions beyond the chapter, and the derivative of each.
//!
//! The digits are those of the `libm` crate. All were measured against mpmath in f64 (`tests/numpy/accuracy.py`, 1,517
//! inputs over the whole range); the largest errors, in units of the last place: exp 0.77, tanh 0.94, softplus 1.01,
//! sigmoid 1.75, sigmoid' 2.1, silu 2.2, gelu 2.4, tanh' 2.4.

use super::{Elementwise, FloatsOf};
use crate::shape::{Float, Number, Real};

/// The slope of the leaky unit below 0.
const LEAK: f64 = 0.01;

fn half<T: Float>() -> T {
    T::from_f64(0.5)
}

/// The slope of [`sigmoid`](super::sigmoid).
///
/// ```text
/// sigmoid'(x) = sigmoid(x) sigmoid(-x)
/// ```
///
/// ```
/// use forward_pass::activation::sigmoid_derivative;
///
/// assert_eq!(sigmoid_derivative(0.0), 0.25);
/// ```
///
/// The trap: `y (1 - y)` is the same on paper, and 0 from x = 37 on.
pub fn sigmoid_derivative<X: Elementwise<Elem: Real<K>>, K>(x: X) -> FloatsOf<X, K> {
    x.each_float(logistic_slope)
}

/// The slope of [`relu`](super::relu): 1 above 0, else 0; at 0, where it has none, 0 by convention.
///
/// ```
/// use forward_pass::activation::relu_derivative;
///
/// assert_eq!(relu_derivative(-2.0), 0.0);
/// assert_eq!(relu_derivative(2.0), 1.0);
/// ```
pub fn relu_derivative<X: Elementwise<Elem: Real<K>>, K>(x: X) -> FloatsOf<X, K> {
    x.each_float(|x| pick(x, Number::ONE, Number::ZERO))
}

/// The leaky rectified linear unit: a hundredth of the number below 0, else the number itself.
///
/// ```text
/// leaky_relu(x) = x if x > 0 else 0.01 x
/// ```
///
/// ```
/// use forward_pass::prelude::*;
///
/// assert_eq!(show(&leaky_relu(&array![-1.0, 0.5])), "[-0.01  0.5 ]");
/// ```
///
/// Source: Maas, Hannun and Ng, *Rectifier Nonlinearities Improve Neural Network Acoustic Models* (2013).
pub fn leaky_relu<X: Elementwise<Elem: Real<K>>, K>(x: X) -> FloatsOf<X, K> {
    x.each_float(leaky)
}

/// The slope of [`leaky_relu`]: 1 above 0, else 0.01.
///
/// ```
/// use forward_pass::activation::leaky_relu_derivative;
///
/// assert_eq!(leaky_relu_derivative(-2.0), 0.01);
/// ```
pub fn leaky_relu_derivative<X: Elementwise<Elem: Real<K>>, K>(x: X) -> FloatsOf<X, K> {
    x.each_float(|x| pick(x, Number::ONE, Float::from_f64(LEAK)))
}

/// The hyperbolic tangent: squeezes every number between -1 and 1. A stretched sigmoid.
///
/// ```text
/// tanh(x) = (e^x - e^-x) / (e^x + e^-x) = 2 sigmoid(2 x) - 1
/// ```
///
/// ```
/// use forward_pass::prelude::*;
///
/// assert_eq!(show(&tanh(&array![-1.0, 0.0, 1.0])), "[-0.76159416  0.          0.76159416]");
/// ```
///
/// Source: LeCun, Bottou, Orr and Müller, *Efficient BackProp* (1998).
pub fn tanh<X: Elementwise<Elem: Real<K>>, K>(x: X) -> FloatsOf<X, K> {
    x.each_float(Float::tangent)
}

/// The slope of [`tanh`].
///
/// ```text
/// tanh'(x) = 1 - tanh(x)^2 = 4 sigmoid(2 x) sigmoid(-2 x)
/// ```
///
/// ```
/// use forward_pass::activation::tanh_derivative;
///
/// assert_eq!(tanh_derivative(0.0), 1.0);
/// ```
pub fn tanh_derivative<X: Elementwise<Elem: Real<K>>, K>(x: X) -> FloatsOf<X, K> {
    x.each_float(tangent_slope)
}

/// Softplus: a rectified linear unit with a round corner. Its slope is the sigmoid.
///
/// ```text
/// softplus(x) = log(1 + e^x) = max(0, x) + log(1 + e^-|x|)
/// ```
///
/// ```
/// use forward_pass::prelude::*;
///
/// assert_eq!(show(&softplus(&array![-1.0, 0.0, 1000.0])), "[3.13261688e-01 6.93147181e-01 1.00000000e+03]");
/// ```
///
/// The trap: the first form is infinite from x = 710 on. Source: Dugas et al., *Incorporating Second-Order Functional
/// Knowledge for Better Option Pricing* (2001).
pub fn softplus<X: Elementwise<Elem: Real<K>>, K>(x: X) -> FloatsOf<X, K> {
    x.each_float(soft_unit)
}

/// The slope of [`softplus`]: the sigmoid.
///
/// ```
/// use forward_pass::activation::softplus_derivative;
///
/// assert_eq!(softplus_derivative(0.0), 0.5);
/// ```
pub fn softplus_derivative<X: Elementwise<Elem: Real<K>>, K>(x: X) -> FloatsOf<X, K> {
    x.each_float(Float::logistic)
}

/// The Gaussian error linear unit: each number times the probability that a normal variable is smaller. The exact form.
///
/// ```text
/// gelu(x) = x Φ(x) = x erfc(-x / √2) / 2
/// ```
///
/// ```
/// use forward_pass::prelude::*;
///
/// assert_eq!(show(&gelu(&array![-1.0, 0.0, 1.0])), "[-0.15865525  0.          0.84134475]");
/// ```
///
/// The trap: many libraries compute an approximation with tanh, which differs in the fourth digit, and erfc alone is
/// off by a thousand units in the last place at -35.
///
/// Source: Hendrycks and Gimpel, *Gaussian Error Linear Units* (2016).
pub fn gelu<X: Elementwise<Elem: Real<K>>, K>(x: X) -> FloatsOf<X, K> {
    x.each_float(Float::normal_weighted)
}

/// The slope of [`gelu`].
///
/// ```text
/// gelu'(x) = Φ(x) + x φ(x), with φ(x) = e^(-x² / 2) / √(2π)
/// ```
///
/// ```
/// use forward_pass::activation::gelu_derivative;
///
/// assert_eq!(gelu_derivative(0.0), 0.5);
/// ```
pub fn gelu_derivative<X: Elementwise<Elem: Real<K>>, K>(x: X) -> FloatsOf<X, K> {
    x.each_float(gaussian_slope)
}

/// The sigmoid linear unit, also called swish: each number times its sigmoid.
///
/// ```text
/// silu(x) = x sigmoid(x)
/// ```
///
/// ```
/// use forward_pass::prelude::*;
///
/// assert_eq!(show(&silu(&array![-1.0, 0.0, 1.0])), "[-0.26894142  0.          0.73105858]");
/// ```
///
/// Source: Elfwing, Uchibe and Doya, *Sigmoid-Weighted Linear Units* (2017).
pub fn silu<X: Elementwise<Elem: Real<K>>, K>(x: X) -> FloatsOf<X, K> {
    x.each_float(sigmoid_unit)
}

/// The slope of [`silu`].
///
/// ```text
/// silu'(x) = sigmoid(x) (1 + x sigmoid(-x))
/// ```
///
/// ```
/// use forward_pass::activation::silu_derivative;
///
/// assert_eq!(silu_derivative(0.0), 0.5);
/// ```
pub fn silu_derivative<X: Elementwise<Elem: Real<K>>, K>(x: X) -> FloatsOf<X, K> {
    x.each_float(sigmoid_unit_slope)
}

fn logistic_slope<T: Float>(x: T) -> T {
    x.logistic() * (-x).logistic()
}

fn leaky<T: Float>(x: T) -> T {
    if x > T::ZERO { x } else { x * T::from_f64(LEAK) }
}

fn tangent_slope<T: Float>(x: T) -> T {
    let twice = x + x;
    T::from_f64(4.0) * twice.logistic() * (-twice).logistic()
}

fn soft_unit<T: Float>(x: T) -> T {
    let size = if x > T::ZERO { -x } else { x };
    let rest = size.e_to().log_one_plus();
    if x > T::ZERO { x + rest } else { rest }
}

fn gaussian_slope<T: Float>(x: T) -> T {
    let root = T::from_f64(1.0 / (2.0 * std::f64::consts::PI).sqrt());
    let density = (-x * x * half()).e_to() * root;
    x.normal_below() + weighted(x, density)
}

fn sigmoid_unit<T: Float>(x: T) -> T {
    if x < T::from_f64(-80.0) {
        // 1 + e^x is 1 here; e^x is split in two factors, because the whole may be subnormal.
        let root = (x * half()).e_to();
        return weighted(weighted(x, root), root);
    }
    weighted(x, x.logistic())
}

fn sigmoid_unit_slope<T: Float>(x: T) -> T {
    x.logistic() + x.logistic() * weighted(x, (-x).logistic())
}

/// x · weight, and 0 where the weight is 0: an infinite x times 0 gives the limit, not NaN.
fn weighted<T: Float>(x: T, weight: T) -> T {
    if weight == T::ZERO { T::ZERO } else { x * weight }
}

/// One value above 0, another one otherwise; NaN stays NaN.
fn pick<T: Number>(x: T, above: T, else_: T) -> T {
    match x {
        _ if x.is_not_a_number() => x,
        _ if x > T::ZERO => above,
        _ => else_,
    }
}
