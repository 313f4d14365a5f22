//! Judges a cell by how it ended, what it printed, what is stored, and what its author expects.
//!
//! It is pure, and the only place where a cell becomes green or red.

use super::compare::{self, Difference};
use super::rules::{Expect, Rules};
use crate::cli::notebook::course::Cell;
use crate::cli::outcome::{End, Outcome, Output};

/// The verdict on one cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    Passed,
    /// It ran, and its outputs differ from the stored ones.
    Changed(Vec<Difference>),
    /// It did not run to its last line.
    Failed(End),
    /// It was expected to fail, and ran to its last line.
    NoFailure(Expect),
    /// It was expected to fail, and failed in another way.
    OtherFailure(Expect, End),
    /// Its rules say that it does not run.
    Skipped {
        reason: Option<String>,
    },
    /// Not chosen: it ran at most because a chosen cell comes after it.
    LeftOut,
    /// The session ended, or the run was stopped, before its turn.
    NotRun {
        why: String,
    },
    /// Its tags or settings are invalid.
    BadRules(String),
}

impl Verdict {
    /// Whether this turns the notebook red.
    pub fn is_failure(&self) -> bool {
        !matches!(self, Verdict::Passed | Verdict::Skipped { .. } | Verdict::LeftOut | Verdict::NotRun { .. })
    }

    /// The word in JSON and JUnit.
    pub fn word(&self) -> &'static str {
        match self {
            Verdict::Passed => "passed",
            Verdict::Changed(_) => "output-changed",
            Verdict::Failed(end) => end_word(end),
            Verdict::NoFailure(_) => "expected-failure-missing",
            Verdict::OtherFailure(..) => "wrong-failure",
            Verdict::Skipped { .. } => "skipped",
            Verdict::LeftOut => "left-out",
            Verdict::NotRun { .. } => "not-run",
            Verdict::BadRules(_) => "bad-rules",
        }
    }
}

/// The word in JSON for how a cell ended.
pub fn end_word(end: &End) -> &'static str {
    match end {
        End::Passed => "passed",
        End::CompileError(_) => "compile-error",
        End::Panicked { .. } => "panicked",
        End::ReturnedError { .. } => "returned-error",
        End::Exited(_) | End::Killed { .. } => "process-ended",
        End::TimedOut { .. } => "timed-out",
        End::Interrupted => "interrupted",
    }
}

/// Judges a cell that ran.
pub fn judge(cell: &Cell, outcome: &Outcome, rules: &Rules) -> Verdict {
    let failed = outcome.end != End::Passed;
    match &rules.expect {
        Expect::Success if failed => return Verdict::Failed(outcome.end.clone()),
        Expect::Success => {}
        expected if !failed => return Verdict::NoFailure(expected.clone()),
        expected if !is_expected(expected, &outcome.end) => {
            return Verdict::OtherFailure(expected.clone(), outcome.end.clone());
        }
        _ => {}
    }
    if rules.ignore_output {
        return Verdict::Passed;
    }
    let mut differences = compare::compare(&cell.outputs, &outcome.outputs, &rules.measure);
    if let (Some(stored), false) = (&cell.stored_error, failed) {
        differences.push(Difference { part: "error".into(), stored: Some(stored.clone()), ..Difference::default() });
    }
    let is_solved = rules.solved.as_ref().is_some_and(|word| begins_with(&outcome.outputs, word));
    if differences.is_empty() || is_solved { Verdict::Passed } else { Verdict::Changed(differences) }
}

/// Whether the text of the first output begins with this.
fn begins_with(outputs: &[Output], word: &str) -> bool {
    outputs.first().is_some_and(|output| match output {
        Output::Stream { text, .. } => text.starts_with(word),
        Output::Rich { data, .. } => data.get("text/plain").is_some_and(|text| text.starts_with(word)),
    })
}

fn is_expected(expected: &Expect, end: &End) -> bool {
    match (expected, end) {
        (_, End::Interrupted | End::TimedOut { .. }) => false,
        (Expect::Failure, _) => true,
        (Expect::Panic(text), End::Panicked { message, .. }) => text.as_ref().is_none_or(|text| message.contains(text)),
        (Expect::CompileError(codes), End::CompileError(diagnostics)) => codes
            .iter()
            .all(|code| diagnostics.iter().any(|diagnostic| diagnostic.code.as_deref() == Some(code.as_str()))),
        _ => false,
    }
}

/// Whether a cell was cut off, so that later cells may lack what it was to define.
pub fn ends_session(end: &End) -> bool {
    matches!(end, End::Exited(_) | End::Killed { .. } | End::Interrupted | End::TimedOut { .. })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::outcome::{Diagnostic, Phase, Stream};

    fn verdict(expect: Expect, end: End) -> &'static str {
        let outcome = Outcome { end, ..Outcome::default() };
        judge(&Cell::default(), &outcome, &Rules { expect, ..Rules::default() }).word()
    }

    #[test]
    fn every_end_meets_every_expectation() {
        let panicked = || End::Panicked { message: "index out of bounds".into(), line: Some(1) };
        let refused =
            |code: &str| End::CompileError(vec![Diagnostic { code: Some(code.into()), ..Diagnostic::default() }]);
        let panic = |text: &str| Expect::Panic(Some(text.into()));
        let compile = |codes: &[&str]| Expect::CompileError(codes.iter().map(|code| code.to_string()).collect());
        let returned = || End::ReturnedError { message: "x".into(), line: None };
        let timed_out = || End::TimedOut { phase: Phase::Run, seconds: 1.0 };
        let killed = || End::Killed { signal: 11, stack_overflow: false };
        let cases = [
            (Expect::Success, End::Passed, "passed"),
            (Expect::Success, panicked(), "panicked"),
            (Expect::Success, refused("E0308"), "compile-error"),
            (Expect::Success, returned(), "returned-error"),
            (Expect::Success, End::Exited(3), "process-ended"),
            (Expect::Success, killed(), "process-ended"),
            (Expect::Success, timed_out(), "timed-out"),
            (Expect::Success, End::Interrupted, "interrupted"),
            (Expect::Failure, End::Passed, "expected-failure-missing"),
            (Expect::Failure, panicked(), "passed"),
            (Expect::Failure, returned(), "passed"),
            (Expect::Failure, timed_out(), "wrong-failure"),
            (Expect::Panic(None), panicked(), "passed"),
            (panic("out of bounds"), panicked(), "passed"),
            (panic("overflow"), panicked(), "wrong-failure"),
            (Expect::Panic(None), refused("E0308"), "wrong-failure"),
            (Expect::Panic(None), End::Passed, "expected-failure-missing"),
            (compile(&[]), refused("E0308"), "passed"),
            (compile(&["E0308"]), refused("E0308"), "passed"),
            (compile(&["E0382"]), refused("E0308"), "wrong-failure"),
            (compile(&["E0382"]), panicked(), "wrong-failure"),
        ];
        for (expect, end, expected) in cases {
            assert_eq!(verdict(expect.clone(), end.clone()), expected, "{expect:?} {end:?}");
        }
    }

    #[test]
    fn a_solved_exercise_passes_beside_the_stored_output_of_its_stub() {
        let text = |text: &str| Output::Stream { stream: Stream::Stdout, text: text.into() };
        let cell = Cell { outputs: vec![text("not yet\n")], ..Cell::default() };
        let rules = |word: &str| Rules { solved: Some(word.into()), ..Rules::default() };
        let cases = [
            ("not yet\n", rules("solved"), "passed"),
            ("solved: all right\n", rules("solved"), "passed"),
            ("solved: all right\n", rules("fine"), "output-changed"),
            ("solved: all right\n", Rules::default(), "output-changed"),
            ("not yet, but else\n", rules("solved"), "output-changed"),
            ("it is not solved\n", rules("solved"), "output-changed"),
        ];
        for (shown, rules, expected) in cases {
            let outcome = Outcome { outputs: vec![text(shown)], ..Outcome::default() };
            assert_eq!(judge(&cell, &outcome, &rules).word(), expected, "{shown}");
        }
    }

    #[test]
    fn output_that_is_not_stored_is_a_change() {
        let text = |text: &str| Output::Stream { stream: Stream::Stdout, text: text.into() };
        let outcome = Outcome { outputs: vec![text("new\n")], ..Outcome::default() };
        assert_eq!(judge(&Cell::default(), &outcome, &Rules::default()).word(), "output-changed");
        let rules = Rules { ignore_output: true, ..Rules::default() };
        assert_eq!(judge(&Cell::default(), &outcome, &rules), Verdict::Passed);
    }
}
