//! Runs a learner's function on every input, apart from the cell's own thread, and compares its answers.
//!
//! A panic is an answer like any other, and so is none at all: a function that never returns is left to itself.

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::{Arc, mpsc};
use std::thread::{self, Builder};
use std::time::{Duration, Instant};

use super::answer::{Answer, Gives};
use super::{Counter, Verdict};

/// The name of the thread whose panics are answers and are not printed.
const THREAD: &str = "exercise";

/// How long all answers together may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The panic message of `todo!()`.
const TO_DO: &str = "not yet implemented";

/// A mistake: what to say, and the answers of somebody who makes it.
pub(super) type Mistake<I> = (&'static str, fn(&I) -> Answer);

/// The inputs of an exercise, the right answers, and the usual wrong ones.
pub(super) struct Exercise<I: 'static> {
    pub inputs: Vec<I>,
    /// An input as NumPy would print it.
    pub shown: fn(&I) -> String,
    pub wanted: fn(&I) -> Answer,
    pub mistakes: &'static [Mistake<I>],
}

/// A verdict, and what it was made of: inputs, the learner's answers and the right ones.
pub(super) struct Judged<I> {
    pub verdict: Verdict,
    pub inputs: Arc<Vec<I>>,
    pub answers: Vec<Answer>,
    pub right: Vec<Answer>,
}

impl<I: Send + Sync + 'static> Exercise<I> {
    /// Compares the answers of `yours` with the right ones.
    pub(super) fn check<G: Gives>(self, yours: impl Fn(&I) -> G + Send + 'static) -> Verdict {
        self.judge(yours).verdict
    }

    /// The same for answers that were given beforehand: in their order, and without showing the right one.
    pub(super) fn check_prediction<G: Gives>(self, yours: impl Fn(&I) -> G + Send + 'static) -> Verdict {
        let Judged { mut verdict, .. } = self.compare(yours);
        if let Some(counter) = &mut verdict.counter {
            counter.wanted = None;
        }
        verdict
    }

    /// Compares, and keeps all answers.
    pub(super) fn judge<G: Gives>(mut self, yours: impl Fn(&I) -> G + Send + 'static) -> Judged<I> {
        // What is shorter to print is easier to work out on paper; of equals, the earlier one.
        let shown = self.shown;
        self.inputs.sort_by_cached_key(|input| shown(input).len());
        self.compare(yours)
    }

    fn compare<G: Gives>(self, yours: impl Fn(&I) -> G + Send + 'static) -> Judged<I> {
        let Exercise { inputs, shown, wanted, mistakes } = self;
        let inputs = Arc::new(inputs);
        let answers = answers(&inputs, move |input| yours(input).answer());
        let right: Vec<Answer> = inputs.iter().take(answers.len()).map(wanted).collect();
        let pairs = || answers.iter().zip(&right);
        let wrong = pairs().filter(|(yours, right)| !yours.agrees(right)).count();
        let first = pairs().position(|(yours, right)| !yours.agrees(right));
        let mut verdict =
            Verdict { inputs: answers.len(), wrong, counter: None, hint: None, is_to_do: false, figure: None };
        let Some(first) = first else { return Judged { verdict, inputs, answers, right } };
        let is_to_do = answers[first].text().contains(TO_DO);
        let is_mistake = |does: fn(&I) -> Answer| inputs.iter().zip(&answers).all(|(x, yours)| yours.agrees(&does(x)));
        let known = mistakes.iter().find(|(_, does)| is_mistake(*does)).map(|(hint, _)| (*hint).to_owned());
        let counter = Counter {
            input: Some(shown(&inputs[first])).filter(|text| !text.is_empty()),
            yours: answers[first].text().to_owned(),
            wanted: Some(right[first].text().to_owned()),
        };
        verdict.hint = known.or_else(|| answers[first].remark(&right[first]));
        (verdict.counter, verdict.is_to_do) = (Some(counter), is_to_do);
        Judged { verdict, inputs, answers, right }
    }
}

/// The answers up to the first that did not come in time.
fn answers<I: Send + Sync + 'static>(
    inputs: &Arc<Vec<I>>,
    yours: impl Fn(&I) -> Answer + Send + 'static,
) -> Vec<Answer> {
    let one = |yours: &dyn Fn(&I) -> Answer, input: &I| {
        catch_unwind(AssertUnwindSafe(|| yours(input))).unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
            Answer::failure(format!("the panic `{}`", text.lines().next().unwrap_or_default()))
        })
    };
    if cfg!(target_family = "wasm") {
        return inputs.iter().map(|input| one(&yours, input)).collect();
    }
    let (sender, receiver) = mpsc::channel();
    let all = Arc::clone(inputs);
    let work = move || all.iter().all(|input| sender.send(one(&yours, input)).is_ok());
    let begun = Instant::now();
    without_panic_messages(|| {
        if let Err(error) = Builder::new().name(THREAD.to_owned()).spawn(work) {
            return vec![Answer::failure(format!("no thread could be started: {error}"))];
        }
        let mut answers = Vec::with_capacity(inputs.len());
        while answers.len() < inputs.len() {
            match receiver.recv_timeout(PATIENCE.saturating_sub(begun.elapsed())) {
                Ok(answer) => answers.push(answer),
                Err(_) => {
                    answers.push(Answer::failure(format!("no answer within {} seconds", PATIENCE.as_secs())));
                    break;
                }
            }
        }
        answers
    })
}

/// The process's panic hook stays silent for the learner's function, and is restored afterwards.
fn without_panic_messages<T>(work: impl FnOnce() -> T) -> T {
    let usual = Arc::new(take_hook());
    let outside = Arc::clone(&usual);
    set_hook(Box::new(move |panic| {
        if thread::current().name() != Some(THREAD) {
            outside(panic);
        }
    }));
    let result = work();
    drop(take_hook());
    if let Ok(usual) = Arc::try_unwrap(usual) {
        set_hook(usual);
    }
    result
}
