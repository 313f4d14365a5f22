//! Figures that move, with values that no control gives.

use std::hint::black_box;

use forward_pass::moving::chapter::{
    self, activation_and_slope, layers_of_a_digit, neuron_line, numbers_on_their_way, overflow, product_of_shapes,
    softmax_at_temperature, step_and_sigmoid, trained_regions, training_progress, two_layers, two_neurons,
};
use forward_pass::moving::{Control, Drawn, Moving, choice, film, interact, slider, switch};
use forward_pass::prelude::ko::{self, page};
use forward_pass::prelude::*;

use crate::draw::{Draw, Hard};

pub fn moved(draw: &mut Draw) {
    draw.now("moving figures");
    let entry = &chapter::ALL[draw.below(chapter::ALL.len())];
    let figure = (entry.figure)();
    black_box((chapter::find(entry.name).is_some(), figure.still().is_ok(), figure.draw(&[]).is_ok()));
    let values: Vec<f64> = figure.controls().iter().map(|_| f64::hard(draw)).collect();
    black_box(figure.draw(&values).is_ok());
    let korean = page::find(entry.name).expect("it is one of the chapter's");
    black_box((korean.draw(&values).map(|figure| figure.to_svg()).is_ok(), page::judge("nand", &values).is_ok()));
    let x = f64::hard(draw);
    let own =
        Moving::new([slider("x", 0.0..=x.abs().min(1e9), x, x), choice("c", &[]), film("f", 0..=2, 9)], |[x, ..]| {
            plot(&[x], &[x]).figure()
        });
    black_box((own.draw(&[x, x, x]).is_ok(), own.still().is_ok(), own.controls().len()));
    let result = interact([slider("x", -1.0..=1.0, x, x), switch("s", x > 0.0)], move |[x, on]| {
        if on > 0.5 { Ok(plot(&[x], &[on])) } else { Err("off") }
    });
    black_box(result.controls().iter().all(Control::is_switch));
    black_box((result.draw(&[x, x]).is_ok(), result.draw(&[]).is_ok(), result.controls().len()));
    black_box((result.cell_text(), result.cell_parts().len(), result.live_parts().len(), format!("{result:?}")));
    black_box((Gauge::new(draw.below(9), draw.below(9)).progress(), x.progress()));
    black_box((Ok::<f64, Error>(x).as_result().is_some(), x.as_result().is_some()));
    drawn_by_hand(draw);
}

/// The functions behind them, beyond the ranges of their controls.
fn drawn_by_hand(draw: &mut Draw) {
    draw.now("functions of moving figures");
    let x: [f64; 9] = std::array::from_fn(|_| f64::hard(draw));
    let size = draw.below(9);
    black_box((step_and_sigmoid(x[0], x[1]).is_ok(), activation_and_slope(size, x[2]).is_ok()));
    black_box((two_layers(size, x[0], x[3]).is_ok(), neuron_line(x[0], x[1], x[2]).is_ok()));
    black_box(two_neurons([x[0], x[1], x[2], x[3]], [x[4], x[5]], [x[6], x[7]], x[8]).is_ok());
    black_box(trained_regions(&mut None, size, draw.below(4), draw.below(3)).is_ok());
    black_box(softmax_at_temperature([x[0], x[1], x[2]], x[3]).to_svg());
    black_box(ko::neuron_line(x[0], x[1], x[2]).map(|figure| figure.to_svg()).is_ok());
    black_box(ko::softmax_at_temperature([x[0], x[1], x[2]], x[3]).to_svg());
    black_box(overflow(x[4]).to_svg());
    black_box((
        product_of_shapes((size, 2), (draw.below(9), 0)).to_svg(),
        numbers_on_their_way([x[5], x[6], x[7]]).is_ok(),
    ));
    let net = Network::untrained(&[784, 4, 10], 1).unwrap();
    black_box(layers_of_a_digit(&net, &draw.vector()).is_ok());
    black_box(page::layers_of_a_digit(&net, &draw.vector()).is_ok());
    let losses = draw.vector::<f64>().to_vec();
    let test = Mnist::drawn(0, draw.below(3), 1).test;
    black_box(training_progress(&net, &losses, &test).is_ok());
    black_box(page::training_progress(&net, &losses, &test).map(|figure| figure.to_svg()).is_ok());
}
