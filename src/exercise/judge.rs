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

/// The learner's function. In a box, it leaves nothing of the check to compile in the learner's own cell.
pub(super) type Yours<I> = Box<dyn Fn(&I) -> Answer + Send>;

/// The learner's function, whatever it returns.
pub(super) fn boxed<I, G: Gives>(yours: impl Fn(&I) -> G + Send + 'static) -> Yours<I> {
    Box::new(move |input| yours(input).answer())
}

/// A verdict, and what it was made of: the places of the inputs as they were asked, the learner's answers and the right
/// ones.
pub(super) struct Judged {
    pub verdict: Verdict,
    pub places: Vec<usize>,
    pub answers: Vec<Answer>,
    pub right: Vec<Answer>,
}

impl<I: Send + Sync + 'static> Exercise<I> {
    /// Compares the answers of `yours` with the right ones.
    pub(super) fn check(self, yours: Yours<I>) -> Verdict {
        self.asked(yours, true).0.verdict
    }

    /// The same for answers that were given beforehand: in their order, and without showing the right one.
    pub(super) fn check_prediction(self, yours: Yours<I>) -> Verdict {
        let mut verdict = self.asked(yours, false).0.verdict;
        if let Some(counter) = &mut verdict.counter {
            counter.wanted = None;
        }
        verdict
    }

    /// Compares, and keeps all answers and the inputs.
    pub(super) fn judge(self, yours: Yours<I>) -> (Judged, Arc<Vec<I>>) {
        self.asked(yours, true)
    }

    fn asked(self, yours: Yours<I>, shortest_first: bool) -> (Judged, Arc<Vec<I>>) {
        let inputs = Arc::new(self.inputs);
        let asked = Arc::clone(&inputs);
        let questions = Questions {
            count: inputs.len(),
            shown: &|at| (self.shown)(&inputs[at]),
            wanted: &|at| (self.wanted)(&inputs[at]),
            hints: &self.mistakes.iter().map(|(hint, _)| *hint).collect::<Vec<_>>(),
            mistake: &|which, at| (self.mistakes[which].1)(&inputs[at]),
        };
        let judged = questions.judge(Box::new(move |at| yours(&asked[at])), shortest_first);
        (judged, inputs)
    }
}

/// An exercise without the type of its inputs: each is a place, each mistake a number. So this is compiled once.
struct Questions<'a> {
    count: usize,
    shown: &'a dyn Fn(usize) -> String,
    wanted: &'a dyn Fn(usize) -> Answer,
    hints: &'a [&'static str],
    mistake: &'a dyn Fn(usize, usize) -> Answer,
}

impl Questions<'_> {
    fn judge(&self, yours: Box<dyn Fn(usize) -> Answer + Send>, shortest_first: bool) -> Judged {
        let mut places: Vec<usize> = (0..self.count).collect();
        if shortest_first {
            // What is shorter to print is easier to work out on paper; of equals, the earlier one.
            places.sort_by_cached_key(|&at| (self.shown)(at).len());
        }
        let answers = answers(&places, yours);
        let right: Vec<Answer> = places.iter().take(answers.len()).map(|&at| (self.wanted)(at)).collect();
        let pairs = || answers.iter().zip(&right);
        let wrong = pairs().filter(|(yours, right)| !yours.agrees(right)).count();
        let first = pairs().position(|(yours, right)| !yours.agrees(right));
        let mut verdict =
            Verdict { inputs: answers.len(), wrong, counter: None, hint: None, is_to_do: false, figure: None };
        let Some(first) = first else { return Judged { verdict, places, answers, right } };
        let is_to_do = answers[first].text().contains(TO_DO);
        let is_mistake =
            |which: usize| places.iter().zip(&answers).all(|(&at, yours)| yours.agrees(&(self.mistake)(which, at)));
        let known = (0..self.hints.len()).find(|&which| is_mistake(which)).map(|which| self.hints[which].to_owned());
        let counter = Counter {
            input: Some((self.shown)(places[first])).filter(|text| !text.is_empty()),
            yours: answers[first].text().to_owned(),
            wanted: Some(right[first].text().to_owned()),
        };
        verdict.hint = known.or_else(|| answers[first].remark(&right[first]));
        (verdict.counter, verdict.is_to_do) = (Some(counter), is_to_do);
        Judged { verdict, places, answers, right }
    }
}

/// The answers up to the first that did not come in time.
fn answers(places: &[usize], yours: Box<dyn Fn(usize) -> Answer + Send>) -> Vec<Answer> {
    let one = |yours: &dyn Fn(usize) -> Answer, at: usize| {
        catch_unwind(AssertUnwindSafe(|| yours(at))).unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
            Answer::failure(format!("the panic `{}`", text.lines().next().unwrap_or_default()))
        })
    };
    if cfg!(target_family = "wasm") {
        return places.iter().map(|&at| one(&yours, at)).collect();
    }
    let (sender, receiver) = mpsc::channel();
    let all = places.to_vec();
    let work = move || all.iter().all(|&at| sender.send(one(&yours, at)).is_ok());
    let begun = Instant::now();
    without_panic_messages(|| {
        if let Err(error) = Builder::new().name(THREAD.to_owned()).spawn(work) {
            return vec![Answer::failure(format!("no thread could be started: {error}"))];
        }
        let mut answers = Vec::with_capacity(places.len());
        while answers.len() < places.len() {
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
