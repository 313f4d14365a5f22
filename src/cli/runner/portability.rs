//! Predicts from a cell's outcome whether it would behave differently on the stock Jupyter kernel for Rust.
//!
//! It runs nothing: the differences are known from the source of evcxr 0.22. It is about kernels; text that differs
//! between machines is `volatile`'s.

use crate::cli::outcome::{End, Outcome, Output, Stream};

/// What the stock kernel would do differently; empty if the cell is portable.
pub fn reasons(code: &str, outcome: &Outcome) -> Vec<String> {
    let mut reasons = outcome.beyond_stock.clone();
    reasons.extend(rich_outputs(&outcome.outputs));
    reasons.extend(unfinished_line(&outcome.outputs));
    if let End::Exited(_) | End::Killed { .. } = outcome.end {
        reasons.push("the process ends: the stock kernel loses every variable with it".into());
    }
    if code_words(code).any(|word| word == "stdin") {
        reasons.push("it reads stdin: the stock kernel waits forever".into());
    }
    if code.lines().any(|line| line.trim() == ":undo") {
        reasons.push("`:undo`: the stock kernel does not know this command".into());
    }
    reasons
}

fn rich_outputs(outputs: &[Output]) -> Vec<String> {
    let bundles: Vec<_> = outputs
        .iter()
        .filter_map(|output| match output {
            Output::Rich { data, .. } => Some(data),
            Output::Stream { .. } => None,
        })
        .collect();
    let mut reasons = Vec::new();
    if bundles.len() > 1 {
        reasons.push(format!("{} rich outputs: the stock kernel shows one, with the last of each type", bundles.len()));
    }
    for mime in bundles.iter().flat_map(|data| data.keys()).filter(|mime| mime.contains([';', ' '])) {
        reasons.push(format!("the type `{mime}`: the stock kernel takes no parameters"));
    }
    reasons
}

/// An unfinished line stays in the cell's buffer: the stock kernel shows it a cell later, or never.
fn unfinished_line(outputs: &[Output]) -> Option<String> {
    let mut open = false;
    for output in outputs {
        match output {
            Output::Stream { stream: Stream::Stdout, text } => open = !text.is_empty() && !text.ends_with('\n'),
            Output::Stream { .. } => {}
            Output::Rich { .. } if open => break,
            Output::Rich { .. } => {}
        }
    }
    open.then(|| "the last printed line has no newline: the stock kernel loses it, or shows it a cell later".into())
}

/// The words of the code outside line comments.
fn code_words(code: &str) -> impl Iterator<Item = &str> {
    let lines = code.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::outcome::RichKind;

    #[test]
    fn differences_from_the_stock_kernel_are_reported() {
        let text = |text: &str| Output::Stream { stream: Stream::Stdout, text: text.into() };
        let rich = |mime: &str| Output::Rich { kind: RichKind::Display, data: [(mime.into(), "x".into())].into() };
        let cases: [(&str, Vec<Output>, End, usize); 9] = [
            ("1", vec![text("a\n"), rich("text/plain")], End::Passed, 0),
            ("1", vec![rich("text/plain"), text("a\n"), rich("image/png")], End::Passed, 1),
            ("1", vec![text("a"), text("\n")], End::Passed, 0),
            ("1", vec![text("a")], End::Passed, 1),
            ("1", vec![text("a"), rich("text/plain"), text("b\n")], End::Passed, 1),
            ("1", vec![rich("text/html; charset=utf-8")], End::Passed, 1),
            ("std::process::abort()", vec![], End::Killed { signal: 6, stack_overflow: false }, 1),
            ("// from stdin\nlet stdin_like = 1;", vec![], End::Passed, 0),
            ("std::io::stdin().lines();", vec![], End::Passed, 1),
        ];
        for (code, outputs, end, count) in cases {
            let outcome = Outcome { outputs, end, ..Outcome::default() };
            assert_eq!(reasons(code, &outcome).len(), count, "{code} {outcome:?}");
        }
    }
}
