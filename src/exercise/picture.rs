//! Pictures of answers that are not right: a curve beside the wanted one, and the regions of a network.
//!
//! They are small, because they stand below the counter-example.

use ndarray::{Array1, Array2};

use super::Verdict;
use super::judge::{Exercise, Judged, Yours};
use crate::network::{Activation, Layer, Network, plot_regions};
use crate::plot::{Figure, plot};

/// The curves are drawn up to here on both sides.
const FAR: f64 = 10.0;
/// A difference that the eye finds.
const VISIBLE: f64 = 0.02;

impl Exercise<f64> {
    /// As [`check`](Exercise::check); an answer that is not right is drawn beside the wanted curve.
    pub(super) fn check_curve(self, yours: Yours<f64>) -> Verdict {
        let (Judged { verdict, places, answers, right }, inputs) = self.judge(yours);
        let draw = || {
            let numbers = places.iter().map(|&at| &inputs[at]).zip(answers.iter().zip(&right));
            let mut points: Vec<(f64, f64, f64)> = numbers
                .filter(|(x, _)| x.abs() <= FAR)
                .filter_map(|(&x, (yours, wanted))| Some((x, yours.number()?, wanted.number()?)))
                .collect();
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
            // What is wrong farther out, or too little to be seen, is not drawn.
            points.iter().any(|(_, yours, wanted)| (yours - wanted).abs() > VISIBLE).then(|| curves(&points))
        };
        verdict.seen(draw)
    }
}

/// Points as x, yours and wanted. A curve that leaves the picture is cut.
fn curves(points: &[(f64, f64, f64)]) -> Figure {
    let column = |of: fn(&(f64, f64, f64)) -> f64| points.iter().map(of).collect::<Vec<f64>>();
    let (x, yours, wanted) = (column(|it| it.0), column(|it| it.1), column(|it| it.2));
    let (low, high) =
        wanted.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(*y), high.max(*y)));
    let room = (0.4 * (high - low)).max(0.5);
    plot(&x, &wanted)
        .label("wanted")
        .linestyle("--")
        .plot(&x, &yours)
        .label("yours")
        .ylim(low - room, high + room)
        .xlabel("x")
        .figsize(4.8, 3.2)
}

/// Layers of steps with two inputs, and the four corners: which of them should be a yes.
pub(super) fn regions(layers: Vec<(Array2<f64>, Array1<f64>)>, corners: &[([f64; 2], bool)]) -> Option<Figure> {
    let layer = |(w, b)| Layer::new(w, b, Activation::Step).ok();
    let net = Network::new(layers.into_iter().map(layer).collect::<Option<Vec<_>>>()?).ok()?;
    let axis = |yes: bool, axis: usize| -> Vec<f64> {
        corners.iter().filter(|corner| corner.1 == yes).map(|corner| corner.0[axis]).collect()
    };
    let figure = plot_regions(&net, -0.5, 1.5).check().ok()?.title("yours: red is yes");
    let figure = figure.scatter(&axis(true, 0), &axis(true, 1)).color("gold").markersize(8.0).label("should be yes");
    let figure = figure.scatter(&axis(false, 0), &axis(false, 1)).color("k").markersize(8.0).label("should be no");
    Some(figure.figsize(4.0, 4.0))
}
