//! Learning, a look beyond the chapter: the network guesses, measures its error, and adjusts every weight a little.
//!
//! For a batch of n images with the right classes t:
//!
//! ```text
//! p = softmax(a_last)                                     what the network says           (n, 10)
//! loss = mean of -ln p[t]                                 cross-entropy                   ()
//! d_last = (p - one_hot(t)) / n                           how far every sum is off        (n, 10)
//! dW_k = z_(k-1)ᵀ · d_k       db_k = sum of d_k           what to change                  (as W_k, b_k)
//! d_(k-1) = (d_k · W_kᵀ) * h'(a_(k-1))                    the blame, passed back
//! ```
//!
//! (Rumelhart, Hinton and Williams, 1986.) The same seed gives the same weights, to the bit, whatever the number of
//! threads. It trains f32 networks that end in softmax, and nothing else.

mod gradient;
mod history;
mod step;

use self::gradient::Workspace;
pub use self::gradient::{Gradient, gradient};
pub use self::history::{History, Progress};
use self::step::Memory;
use crate::error::{Error, ErrorKind, Result};
use crate::mnist::Digits;
use crate::network::{Activation, Network};
use crate::random::Random;
use crate::simd::elementwise::all_finite;

/// The options of a training run: duration, step size, seed.
///
/// ```
/// use forward_pass::prelude::*;
/// let digits = Mnist::drawn(300, 100, 1);
/// let mut net = Network::untrained(&[784, 30, 10], 1)?;
/// let history = Training::adam(0.01).epochs(3).batch(50).fit(&mut net, &digits.train)?;
/// assert_eq!(history.epochs().len(), 3);
/// assert!(history.epochs()[2].loss < history.epochs()[0].loss);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Training {
    epochs: usize,
    batch: usize,
    seed: u64,
    threads: usize,
    rule: Rule,
}

/// The rule that turns a gradient into a step.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Rule {
    Sgd { rate: f64, momentum: f64 },
    Adam { rate: f64 },
}

/// Where a run has come to, beside the weights.
pub(crate) struct Run {
    memory: Memory,
    /// The digits in the order of the last epoch.
    places: Vec<usize>,
    epochs: usize,
}

impl Training {
    /// Stochastic gradient descent: w -= rate * dw. Five epochs in batches of 100, seed 1.
    pub fn sgd(rate: f64) -> Training {
        Training::with(Rule::Sgd { rate, momentum: 0.0 })
    }

    /// Adam (Kingma and Ba, 2015), which adapts the rate of every weight. A rate of 0.001 to 0.01 is usual.
    pub fn adam(rate: f64) -> Training {
        Training::with(Rule::Adam { rate })
    }

    fn with(rule: Rule) -> Training {
        Training { epochs: 5, batch: 100, seed: 1, threads: 0, rule }
    }

    /// The share of the last step that is added to the next (0.9 is usual). Adam ignores it and has its own.
    pub fn momentum(mut self, share: f64) -> Training {
        if let Rule::Sgd { momentum, .. } = &mut self.rule {
            *momentum = share;
        }
        self
    }

    /// The number of times that every image is seen.
    pub fn epochs(self, epochs: usize) -> Training {
        Training { epochs, ..self }
    }

    /// The number of images per step.
    pub fn batch(self, batch: usize) -> Training {
        Training { batch, ..self }
    }

    /// The seed of the order of the images.
    pub fn seed(self, seed: u64) -> Training {
        Training { seed, ..self }
    }

    /// The maximum number of threads; 0, the default, means one per core. The result is the same.
    pub fn threads(self, threads: usize) -> Training {
        Training { threads, ..self }
    }

    /// Trains in place and returns the losses.
    ///
    /// # Errors
    /// When the network, the digits and the options do not fit together, and when the loss is no longer finite: then
    /// the network has the weights of the last good epoch.
    pub fn fit(&self, net: &mut Network, digits: &Digits) -> Result<History> {
        self.fit_watched(net, digits, |_| {})
    }

    /// The same, calling `watch` after every step.
    ///
    /// ```
    /// use forward_pass::prelude::*;
    /// let digits = Mnist::drawn(300, 100, 1);
    /// let mut net = Network::untrained(&[784, 30, 10], 1)?;
    /// let mut steps = 0;
    /// Training::adam(0.01).epochs(2).fit_watched(&mut net, &digits.train, |progress| {
    ///     steps += 1;
    ///     if progress.ends_epoch() {
    ///         println!("{progress}");
    ///     }
    /// })?;
    /// assert_eq!(steps, 6);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`fit`](Training::fit).
    pub fn fit_watched(&self, net: &mut Network, digits: &Digits, watch: impl FnMut(&Progress)) -> Result<History> {
        self.go_on(&mut self.start(net, digits), net, digits, watch)
    }

    /// A run before its first step.
    pub(crate) fn start(&self, net: &Network, digits: &Digits) -> Run {
        let memory = Memory::new(net, matches!(self.rule, Rule::Adam { .. }));
        Run { memory, places: (0..digits.len()).collect(), epochs: 0 }
    }

    /// The next epochs of a run, on the network and the digits that it was started with: the same numbers as in one go.
    pub(crate) fn go_on(
        &self,
        run: &mut Run,
        net: &mut Network,
        digits: &Digits,
        mut watch: impl FnMut(&Progress),
    ) -> Result<History> {
        self.check(net, digits)?;
        let mut work = Workspace::new(net, self.batch, self.threads);
        let Run { memory, places, epochs } = run;
        let mut history = History::new(self.epochs, digits.len().div_ceil(self.batch));
        let mut progress = Progress::new(self.epochs, digits.len().div_ceil(self.batch));
        let mut good = net.clone();
        for _ in 0..self.epochs {
            Random::new(self.seed, 100 + *epochs as u64).shuffle(places);
            *epochs += 1;
            progress.start_epoch();
            for (at, batch) in places.chunks(self.batch).enumerate() {
                let next = places.chunks(self.batch).nth(at + 1).unwrap_or(&[]);
                let outcome = work.learn_from(net, digits, batch, next);
                if !outcome.loss.is_finite() {
                    let error = self.diverged(&progress, outcome.loss, digits);
                    *net = good;
                    return Err(error);
                }
                memory.apply(self.rule, net, work.gradient());
                progress.record(&outcome);
                history.record(outcome.loss);
                watch(&progress);
            }
            if !holds_numbers(net) {
                let error = self.broken(&progress, digits);
                *net = good;
                return Err(error);
            }
            history.end_epoch(&progress);
            good.take_over(net);
        }
        Ok(history)
    }

    fn check(&self, net: &Network, digits: &Digits) -> Result<()> {
        let value = |message: String, help: &str| Err(Error::new(ErrorKind::Value, message, help));
        if self.epochs == 0 {
            return value("training for 0 epochs".into(), "choose at least 1");
        }
        if digits.is_empty() {
            return value("training with 0 digits".into(), "give it at least one: `digits.first(100)`");
        }
        if !(1..=digits.len()).contains(&self.batch) {
            let help = format!("take 1 to {}", digits.len());
            return value(format!("a batch of {} from {} digits", self.batch, digits.len()), &help);
        }
        let (Rule::Sgd { rate, .. } | Rule::Adam { rate }) = self.rule;
        if !(rate > 0.0 && rate.is_finite()) {
            return value(
                format!("a learning rate of {rate}"),
                "choose a positive number, such as 0.1 for sgd and 0.003 for adam",
            );
        }
        if let Rule::Sgd { momentum, .. } = self.rule
            && !(0.0..1.0).contains(&momentum)
        {
            return value(format!("a momentum of {momentum}"), "choose 0 or more and less than 1; 0.9 is usual");
        }
        check_fit(net, digits)
    }

    fn diverged(&self, progress: &Progress, loss: f64, digits: &Digits) -> Error {
        let before =
            progress.last_loss().map_or("it was never finite".into(), |loss| format!("before, it was {loss:.4}"));
        self.stopped(&progress.place(), &format!("the loss is {loss}; {before}"), digits)
    }

    /// Checks the weights after an epoch: its last step may have diverged without a loss that shows it.
    fn broken(&self, progress: &Progress, digits: &Digits) -> Error {
        self.stopped(&format!("the end of epoch {}", progress.epoch), "a weight is no longer finite", digits)
    }

    fn stopped(&self, place: &str, why: &str, digits: &Digits) -> Error {
        let (Rule::Sgd { rate, .. } | Rule::Adam { rate }) = self.rule;
        let help = if digits.images.iter().any(|pixel| !pixel.is_finite()) {
            "an image has a value that is not a number: clean the images first".to_string()
        } else {
            format!("the steps are too long: try a learning rate of {} instead of {}", short(rate / 10.0), short(rate))
        };
        Error::new(ErrorKind::Value, format!("training stopped at {place}: {why}"), help)
    }
}

/// A short form without long runs of zeros: `0.5`, `1e20`.
fn short(rate: f64) -> String {
    if (1e-6..1e6).contains(&rate) { rate.to_string() } else { format!("{rate:e}") }
}

fn holds_numbers(net: &Network) -> bool {
    let parts = net.layers().iter().flat_map(|layer| [layer.weights().as_slice(), layer.bias().as_slice()]);
    parts.flatten().all(all_finite)
}

fn check_fit(net: &Network, digits: &Digits) -> Result<()> {
    let value = |message: String, help: &str| Err(Error::new(ErrorKind::Value, message, help));
    let (layers, sizes) = (net.layers(), net.sizes());
    let (inputs, outputs) = (sizes[0], sizes[sizes.len() - 1]);
    let last = layers.len() - 1;
    if inputs != digits.images.ncols() {
        let message = format!("the network takes {inputs} values and an image has {}", digits.images.ncols());
        return Err(Error::new(ErrorKind::Shape, message, "the first size is 784 for digits"));
    }
    if let Some(label) = digits.labels.iter().find(|&&label| usize::from(label) >= outputs) {
        let message = format!("label {label} is out of range for {outputs} outputs");
        return Err(Error::new(ErrorKind::Shape, message, "the last size is 10 for digits"));
    }
    for (index, layer) in layers.iter().enumerate() {
        let (k, kind) = (index + 1, layer.activation());
        match kind {
            Activation::Softmax if index == last => {}
            _ if index == last => {
                return value(
                    format!("layer {k}, the last, is {kind}, not softmax"),
                    "cross-entropy needs probabilities",
                );
            }
            Activation::Step => {
                let help = "use sigmoid, tanh or relu: a step is flat on both sides, so its gradient is 0 everywhere";
                return value(format!("layer {k} is a step function, which has no gradient"), help);
            }
            Activation::Softmax => {
                return value(format!("layer {k} is softmax and not the last"), "use sigmoid, tanh or relu there");
            }
            _ => {}
        }
    }
    Ok(())
}
