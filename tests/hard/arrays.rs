//! Printing, shapes, sums, products, activation functions and softmax.

use std::hint::black_box;

use forward_pass::activation::*;
use forward_pass::prelude::*;
use forward_pass::shape::{Averaged, Float, Number};
use num_traits::NumCast;

use crate::draw::{Draw, Hard};

/// The operations of all number types.
pub fn numbers<Kind, T: Averaged<Kind> + Hard + Show + CellDisplay + NumCast>(draw: &mut Draw) {
    let (a, b) = (draw.array::<T>(), draw.array::<T>());
    printed(&a, draw);
    draw.now("sums");
    for along in [0, 1, -1, draw.axis()] {
        black_box((sum(&a, along).is_ok(), mean(&a, along).is_ok(), max(&a, along).is_ok(), argmax(&a, along).is_ok()));
        let kept = keepdims(along);
        black_box((sum(&a, kept).is_ok(), mean(&a, kept).is_ok(), max(&a, kept).is_ok(), argmax(&a, kept).is_ok()));
    }
    black_box((sum(&a, All).is_ok(), mean(&a, All).is_ok(), max(&a, All).is_ok(), argmax(&a, keepdims(All)).is_ok()));
    draw.now("add");
    black_box((add(&a, &b).is_ok(), add(&a, &a).is_ok()));
    draw.now("dot");
    black_box((dot(&a, &b).is_ok(), dot(&a, &a.t()).is_ok()));
    draw.now("matmul");
    black_box((matmul(&a, &b).is_ok(), matmul(&a, &a.t()).is_ok()));
    let (v, m, n) = (draw.vector::<T>(), draw.matrix::<T>(), draw.matrix::<T>());
    black_box((dot(&v, &m).is_ok(), dot(&m, &v).is_ok(), matmul(&m, &n).is_ok(), dot(&v, &v).is_ok()));
    draw.now("reshape");
    for sizes in [vec![draw.axis()], vec![draw.axis(), -1], vec![], vec![2, draw.axis(), 0]] {
        black_box(reshape(&a, sizes.as_slice()).is_ok());
    }
    draw.now("zeros and ones");
    let sizes = [draw.one(&[0, 1, 3, -1, isize::MIN, isize::MAX]), draw.one(&[0, 1, 3, isize::MAX])];
    black_box((zeros(sizes.as_slice()).is_ok(), ones((sizes[0], 2)).is_ok(), shape(&a).to_string()));
    draw.now("arange");
    // No more numbers than a test has time for.
    let (start, stop, by) = (T::hard(draw), T::hard(draw), T::hard(draw));
    let count = (stop.as_f64() - start.as_f64()) / by.as_f64();
    if count < 1e4 || !count.is_finite() {
        black_box(arange(start, stop, by).is_ok());
    }
    draw.now("step, relu and identity");
    black_box((step(&a), relu(&a), identity(&a)));
}

/// The operations of floats only.
pub fn floats<T: Float + Hard + Show + CellDisplay + NumCast>(draw: &mut Draw) {
    numbers::<_, T>(draw);
    let a = draw.array::<T>();
    draw.now("the activation functions");
    black_box((sigmoid(&a), leaky_relu(&a), tanh(&a), softplus(&a), gelu(&a), silu(&a)));
    black_box((sigmoid_derivative(&a), relu_derivative(&a), leaky_relu_derivative(&a), tanh_derivative(&a)));
    black_box((softplus_derivative(&a), gelu_derivative(&a), silu_derivative(&a)));
    draw.now("softmax");
    let axis = draw.axis();
    black_box((softmax(&a), softmax_axis(&a, axis).is_ok(), log_softmax(&a), log_softmax_axis(&a, axis).is_ok()));
    black_box((logsumexp(&a, axis).is_ok(), logsumexp(&a, All).is_ok(), logsumexp(&a, keepdims(axis)).is_ok()));
    black_box(softmax_naive(&a).cell_text());
    draw.now("linspace");
    let count = draw.size();
    black_box((linspace(T::hard(draw), T::hard(draw), count).is_ok(), linspace(T::ZERO, T::ONE, usize::MAX).is_ok()));
    draw.now("warned");
    let troubles = [warned::exp(&a), warned::log(&a), warned::divide(&a, T::hard(draw))];
    for warned in troubles {
        let said: Vec<String> = warned.warnings().iter().map(|w| w.message() + w.operation()).collect();
        black_box((
            said,
            warned.warnings().iter().all(|w| w.trouble() == warned.warnings()[0].trouble()),
            show(&warned),
        ));
        black_box(Warned::new(warned.into_inner(), vec![Warning::new(forward_pass::warned::Trouble::Overflow, "exp")]));
    }
}

fn printed<T: Number + Show + CellDisplay>(a: &ArrayD<T>, draw: &mut Draw) {
    draw.now("show and repr");
    black_box((show(a), repr(a), a.cell_text(), a.first().map(|x| (show(x), repr(x)))));
    draw.now("PrintOptions");
    let options = PrintOptions {
        precision: draw.one(&[None, Some(0), Some(1), Some(8), Some(17), Some(400)]),
        threshold: draw.one(&[0, 1, 5, 1000, usize::MAX]),
        edgeitems: draw.one(&[0, 1, 3, usize::MAX]),
        linewidth: draw.one(&[0, 1, 10, 75, usize::MAX]),
        suppress: draw.below(2) == 0,
        nanstr: draw.word().to_owned(),
        infstr: draw.word().to_owned(),
        sign: draw.one(&[Sign::Minus, Sign::Plus, Sign::Space]),
        floatmode: draw.one(&[FloatMode::Fixed, FloatMode::Unique, FloatMode::Maxprec, FloatMode::MaxprecEqual]),
    };
    black_box((options.show(a), options.repr(a)));
    let (separator, prefix, suffix) = (draw.word(), draw.word(), draw.word());
    black_box(options.array2string(a, separator, prefix, suffix));
    let word = draw.word();
    black_box((PrintOptions::parse(word).is_ok(), PrintOptions::parse(&options.to_string()).is_ok()));
    let error = Error::new(ErrorKind::Value, word, word);
    black_box((error.help().len(), error.kind(), error.message().len(), error.cell_text()));
}
