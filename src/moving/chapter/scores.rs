//! Scores and the probabilities that softmax makes of them.

use ndarray::{Array1, array};

use crate::plot::{Figure, bar, subplots};
use crate::softmax::{softmax, softmax_naive};

/// Three scores and their softmax, after a division by the temperature.
pub fn softmax_at_temperature(scores: [f64; 3], temperature: f64) -> Figure {
    let names = ["cat", "dog", "horse"];
    let scores = Array1::from_vec(scores.to_vec());
    let shares = softmax(&(&scores / temperature)).mapv(|share| (share * 1e4).round() / 1e4);
    let left = bar(&names, &scores).bar_label().ylim(-6.0, 6.0).title("scores");
    let right = bar(&names, &shares).bar_label().color("C1").ylim(0.0, 1.1).title("softmax(scores / temperature)");
    subplots(1, 2, [left, right]).figsize(8.0, 3.6)
}

/// The same number added to every score: softmax as books write it, and with the largest score subtracted.
pub fn overflow(added: f64) -> Figure {
    let scores = array![0.3, 2.9, 4.0] + added;
    let naive = softmax_naive(&scores);
    let warnings: Vec<String> = naive.warnings().iter().map(|warning| warning.message()).collect();
    let drawn = |shares: &Array1<f64>, title: &str| {
        let names: Vec<String> = shares.iter().map(|share| format!("{share:.4}")).collect();
        let heights = shares.mapv(|share| if share.is_nan() { 0.0 } else { share });
        bar(&names, &heights).ylim(0.0, 1.1).title(title)
    };
    let title = if warnings.is_empty() { "no warning".to_owned() } else { warnings.join("; ") };
    let naive = drawn(&naive.into_inner(), "exp(x) / sum(exp(x))").color("C3");
    let safe = drawn(&softmax(&scores), "softmax(x)").color("C1");
    subplots(1, 2, [naive, safe]).title(title).figsize(8.0, 3.8)
}
