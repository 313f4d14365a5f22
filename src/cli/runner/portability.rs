//! Predicts from a cell's outcome whether it would behave differently on the stock Jupyter kernel for Rust.
//!
//! It runs nothing: the differences are known from the source of evcxr 0.22. It is about kernels; text that differs
//! between machines is `volatile`'s.

use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::visit::Visit;

use crate::cli::outcome::{End, Outcome, Output, Stream};
use crate::cli::syntax::split::depth::within_limits;
use crate::cli::syntax::split::without_commands;

/// What the stock kernel would do differently; empty if the cell is portable.
pub fn reasons(code: &str, outcome: &Outcome) -> Vec<String> {
    let mut reasons = outcome.beyond_stock.clone();
    reasons.extend(rich_outputs(&outcome.outputs));
    reasons.extend(unfinished_line(&outcome.outputs));
    if let End::Exited(_) | End::Killed { .. } = outcome.end {
        reasons.push("the process ends: the stock kernel loses every variable with it".into());
    }
    if reads_stdin(code) {
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

/// Whether it calls `stdin()` of the standard library, not a method or a field of that name: those are a child's.
fn reads_stdin(code: &str) -> bool {
    let code = without_commands(code);
    let calls = || {
        let mut search = Stdin(false);
        let statements = syn::Block::parse_within.parse_str(&code).unwrap_or_default();
        statements.iter().for_each(|statement| search.visit_stmt(statement));
        search.0
    };
    within_limits(&code, calls).unwrap_or(false)
}

struct Stdin(bool);

impl<'ast> Visit<'ast> for Stdin {
    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let syn::Expr::Path(path) = &*call.func {
            let mut names = path.path.segments.iter().rev().map(|segment| segment.ident.to_string());
            let is_named = names.next().is_some_and(|name| name == "stdin");
            self.0 |= is_named && names.next().is_none_or(|module| module == "io");
        }
        syn::visit::visit_expr_call(self, call);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let arguments = Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated.parse2(call.tokens.clone());
        arguments.iter().flatten().for_each(|argument| self.visit_expr(argument));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::outcome::RichKind;

    #[test]
    fn differences_from_the_stock_kernel_are_reported() {
        let text = |text: &str| Output::Stream { stream: Stream::Stdout, text: text.into() };
        let rich = |mime: &str| Output::Rich { kind: RichKind::Display, data: [(mime.into(), "x".into())].into() };
        let cases: [(&str, Vec<Output>, End, usize); 13] = [
            ("1", vec![text("a\n"), rich("text/plain")], End::Passed, 0),
            ("1", vec![rich("text/plain"), text("a\n"), rich("image/png")], End::Passed, 1),
            ("1", vec![text("a"), text("\n")], End::Passed, 0),
            ("1", vec![text("a")], End::Passed, 1),
            ("1", vec![text("a"), rich("text/plain"), text("b\n")], End::Passed, 1),
            ("1", vec![rich("text/html; charset=utf-8")], End::Passed, 1),
            ("std::process::abort()", vec![], End::Killed { signal: 6, stack_overflow: false }, 1),
            ("// from stdin\nlet stdin_like = 1;", vec![], End::Passed, 0),
            ("std::io::stdin().lines();", vec![], End::Passed, 1),
            (":dep a = \"1\"\nprintln!(\"{}\", io::read_to_string(stdin())?);", vec![], End::Passed, 1),
            ("std::process::Command::new(\"cat\").stdin(Stdio::piped()).spawn()?;", vec![], End::Passed, 0),
            ("child.stdin.take(); \"stdin()\"", vec![], End::Passed, 0),
            ("/* stdin() */ let stdin = 1; stdin", vec![], End::Passed, 0),
        ];
        for (code, outputs, end, count) in cases {
            let outcome = Outcome { outputs, end, ..Outcome::default() };
            assert_eq!(reasons(code, &outcome).len(), count, "{code} {outcome:?}");
        }
    }
}
