//! Whether a cell that is green here would be green on the stock Jupyter kernel for Rust, as far as its outcome tells.
//!
//! It runs nothing: what evcxr 0.22 does otherwise is known from its source, and each reason says what that is.

use crate::cli::outcome::{End, Outcome, Output, Stream};

/// What the stock kernel would do otherwise; nothing where the cell is portable.
pub fn reasons(code: &str, outcome: &Outcome) -> Vec<String> {
    let mut reasons = outcome.beyond_stock.clone();
    reasons.extend(rich_outputs(&outcome.outputs));
    reasons.extend(unfinished_line(&outcome.outputs));
    if let End::Exited(_) | End::Killed { .. } = outcome.end {
        reasons.push("the process ends: the stock kernel loses every variable with it".into());
    }
    if code_words(code).any(|word| word == "stdin") {
        reasons.push("it reads stdin: the stock kernel waits for ever".into());
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

/// Text of a line that was not finished waits in the cell's buffer: the stock kernel sees it a cell later, or never.
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
    open.then(|| "the last printed line has no end: the stock kernel loses it, or shows it a cell later".into())
}

/// The words of the code outside comments to the line's end.
fn code_words(code: &str) -> impl Iterator<Item = &str> {
    let lines = code.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::outcome::RichKind;

    #[test]
    fn what_the_stock_kernel_would_do_otherwise_is_said() {
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
