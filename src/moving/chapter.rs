//! The chapter's figures that move, each made by a function of a few numbers.
//!
//! A page shows the source of the function that draws a figure, so each reads as a cell of the chapter would. A cell of
//! a notebook names its figure in its metadata: `"forward_pass": {"moving": "two-layers"}`.

mod curves;
mod digits;
mod plane;
mod scores;
mod shapes;

use std::cell::RefCell;

pub use self::curves::{activation_and_slope, step_and_sigmoid, two_layers};
pub use self::digits::{layers_of_a_digit, training_progress};
pub use self::plane::{Learner, neuron_line, trained_regions, two_neurons};
pub use self::scores::{overflow, softmax_at_temperature};
pub use self::shapes::{numbers_on_their_way, product_of_shapes};
use super::{Moving, choice, film, slider};

/// A figure of the chapter that moves.
pub struct Entry {
    /// The name that a cell's metadata has.
    pub name: &'static str,
    /// The function that draws it, by whose name its source is found.
    pub function: &'static str,
    /// The controls, and the function behind them.
    pub figure: fn() -> Moving,
}

/// All of them, in the order of the chapter.
pub const ALL: &[Entry] = &[
    Entry { name: "neuron-line", function: "neuron_line", figure: neuron_line_figure },
    Entry { name: "step-and-sigmoid", function: "step_and_sigmoid", figure: step_and_sigmoid_figure },
    Entry { name: "activations", function: "activation_and_slope", figure: activations_figure },
    Entry { name: "two-layers", function: "two_layers", figure: two_layers_figure },
    Entry { name: "shapes", function: "product_of_shapes", figure: shapes_figure },
    Entry { name: "on-their-way", function: "numbers_on_their_way", figure: on_their_way_figure },
    Entry { name: "two-neurons", function: "two_neurons", figure: two_neurons_figure },
    Entry { name: "regions", function: "trained_regions", figure: regions_figure },
    Entry { name: "temperature", function: "softmax_at_temperature", figure: temperature_figure },
    Entry { name: "overflow", function: "overflow", figure: overflow_figure },
];

/// The figure of this name.
pub fn find(name: &str) -> Option<Moving> {
    ALL.iter().find(|entry| entry.name == name).map(|entry| (entry.figure)())
}

fn neuron_line_figure() -> Moving {
    let number = |name, start| slider(name, -2.0..=2.0, 0.05, start);
    let controls = [number("w1", 0.5), number("w2", 0.5), number("b", -0.75)];
    Moving::new(controls, |[w1, w2, b]| neuron_line(w1, w2, b))
}

fn step_and_sigmoid_figure() -> Moving {
    let controls = [slider("w", 0.0..=20.0, 0.5, 1.0), slider("b", -5.0..=5.0, 0.5, 0.0)];
    Moving::new(controls, |[w, b]| step_and_sigmoid(w, b))
}

fn activations_figure() -> Moving {
    let controls = [choice("activation", &curves::NAMES), slider("x", -4.0..=4.0, 0.1, 1.0)];
    Moving::new(controls, |[index, x]| activation_and_slope(index as usize, x))
}

fn two_layers_figure() -> Moving {
    let weight = |name| slider(name, -9.0..=9.0, 0.5, 4.0);
    let controls = [choice("h", &["sigmoid(a)", "a"]), weight("w1"), weight("w2")];
    Moving::new(controls, |[h, w1, w2]| two_layers(h as usize, w1, w2))
}

fn temperature_figure() -> Moving {
    let score = |name, start| slider(name, -5.0..=5.0, 0.1, start);
    let controls = [slider("t", 0.1..=5.0, 0.1, 1.0), score("x0", 1.0), score("x1", 2.0), score("x2", 3.0)];
    Moving::new(controls, |[t, x0, x1, x2]| softmax_at_temperature([x0, x1, x2], t))
}

fn overflow_figure() -> Moving {
    Moving::new([slider("added to every score", 0.0..=1000.0, 5.0, 0.0)], |[added]| overflow(added))
}

fn shapes_figure() -> Moving {
    let size = |name, start| slider(name, 1.0..=6.0, 1.0, start);
    let controls =
        [size("rows, left", 2.0), size("columns, left", 3.0), size("rows, right", 3.0), size("columns, right", 4.0)];
    Moving::new(controls, |sizes| {
        let [a, b, c, d] = sizes.map(|size| size as usize);
        product_of_shapes((a, b), (c, d))
    })
}

fn on_their_way_figure() -> Moving {
    let controls = ["x₁", "x₂", "x₃"].map(|name| slider(name, -3.0..=3.0, 0.1, 1.0));
    Moving::new(controls, numbers_on_their_way)
}

fn two_neurons_figure() -> Moving {
    let weight = |name, start| slider(name, -12.0..=12.0, 0.5, start);
    let controls = [
        weight("x₁ → neuron 1", 6.0),
        weight("x₁ → neuron 2", 6.0),
        weight("x₂ → neuron 1", 6.0),
        weight("x₂ → neuron 2", 6.0),
        weight("b of neuron 1", -3.0),
        weight("b of neuron 2", 0.0),
        weight("neuron 1 → y", 8.0),
        weight("neuron 2 → y", -8.0),
        weight("b of y", -3.0),
    ];
    Moving::new(controls, |[a, b, c, d, e, f, g, h, bias]| two_neurons([a, b, c, d], [e, f], [g, h], bias))
}

fn regions_figure() -> Moving {
    let controls =
        [choice("points", &plane::SETS), slider("hidden neurons", 1.0..=10.0, 1.0, 6.0), film("epoch", 0..=100, 0)];
    let before = RefCell::new(None);
    Moving::new(controls, move |[set, hidden, epochs]| {
        trained_regions(&mut before.borrow_mut(), set as usize, hidden as usize, epochs as usize)
    })
}
