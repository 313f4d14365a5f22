//! How a cell ended, in words and in colour, and its stderr without a panic report that these words replace.
//!
//! It prints nothing.

pub mod operators;
mod window;

use super::style::{BAD, Look, NOTE, QUIET};
use crate::cli::lang::Lang;
use crate::cli::outcome::{Diagnostic, End, Phase, signal_name};

/// The width of a tab in a terminal cannot be known, so spaces stand for it.
const TAB: &str = "    ";

/// How the cell ended, as a predicate without a full stop: `panicked at line 3: no`. `None` if it passed.
pub fn predicate(end: &End, lang: Lang) -> Option<String> {
    let at = |line: &Option<usize>| line.map(|line| lang.at_line(line)).unwrap_or_default();
    Some(match end {
        End::Passed => return None,
        End::CompileError(diagnostics) => lang.not_compiled(codes(diagnostics)),
        End::Panicked { message, line } => lang.panicked(at(line), message),
        End::ReturnedError { message, line } => lang.returned_error(at(line), message),
        End::Exited(code) => lang.exited(code),
        End::Killed { stack_overflow: true, .. } => lang.overflowed(),
        End::Killed { signal, .. } => killed(*signal, lang),
        End::TimedOut { phase: Phase::Compile, seconds } => lang.compiled_too_long(seconds),
        End::TimedOut { phase: Phase::Run, seconds } => lang.ran_too_long(seconds),
        End::Interrupted => lang.stopped(),
    })
}

/// The same as a sentence about `the cell`; empty if it passed.
pub fn sentence(end: &End, lang: Lang) -> String {
    predicate(end, lang).map(|predicate| lang.ended(predicate)).unwrap_or_default()
}

/// The compiler's own report, where the cell failed to compile.
pub fn compiler_report(end: &End) -> String {
    match end {
        End::CompileError(diagnostics) => {
            diagnostics.iter().map(|it| format!("{}\n", it.rendered.trim_end())).collect()
        }
        _ => String::new(),
    }
}

fn codes(diagnostics: &[Diagnostic]) -> String {
    let mut codes: Vec<&str> = diagnostics.iter().filter_map(|it| it.code.as_deref()).collect();
    codes.dedup();
    if codes.is_empty() { String::new() } else { format!(" ({})", codes.join(", ")) }
}

fn killed(number: i32, lang: Lang) -> String {
    match signal_name(number) {
        Some("SIGSEGV") => lang.segfault(lang.signal("SIGSEGV", number)),
        Some("SIGKILL") => lang.killed_at_once(lang.signal("SIGKILL", number)),
        Some(name) => lang.killed(lang.signal(name, number)),
        None => lang.killed(lang.unnamed_signal(number)),
    }
}

/// A diagnostic with its first word and its carets in colour, its long lines cut to the width of a terminal.
pub fn diagnostic(diagnostic: &Diagnostic, look: &Look) -> String {
    let text = if diagnostic.rendered.is_empty() {
        let code = diagnostic.code.as_ref().map(|code| format!("[{code}]")).unwrap_or_default();
        let notes: String = diagnostic.notes.iter().map(|note| format!("\n  = {note}")).collect();
        format!("{}{code}: {}{notes}", diagnostic.level, diagnostic.message)
    } else {
        diagnostic.rendered.trim_end().to_owned()
    };
    // A pipe gets whole lines.
    let text = if look.decorated { window::windowed(&text.replace('\t', TAB), look.width) } else { text };
    let lines = text.lines().enumerate().map(|(at, line)| in_color(at, line, look));
    lines.collect::<Vec<_>>().join("\n")
}

fn in_color(at: usize, line: &str, look: &Look) -> String {
    let style = if line.starts_with("warning") { NOTE } else { BAD };
    if at == 0 {
        let (head, rest) = line.split_once(": ").unwrap_or((line, ""));
        return format!("{}: {rest}", look.paint(style, head));
    }
    let Some(bar) = line.find('|') else { return line.to_owned() };
    let (margin, rest) = line.split_at(bar + 1);
    let marks = rest.contains(['^', '-']) && rest.trim_start().starts_with(['^', '-', '|', '_']);
    format!("{}{}", look.paint(QUIET, margin), if marks { look.paint(BAD, rest) } else { rest.to_owned() })
}

/// Whether this may be the beginning of a panic report.
pub fn is_report(text: &str) -> bool {
    text.trim().is_empty() || text.trim_start().starts_with("thread '")
}

/// The text without its last `thread '...' panicked at ...` up to the note about the backtrace.
pub fn without_report(text: &str) -> String {
    let Some(start) = text.rfind("thread '<unnamed>'").or_else(|| text.rfind("thread 'main'")) else {
        return text.to_owned();
    };
    let after = text[start..].find("note: run with `RUST_BACKTRACE").map(|note| {
        let rest = &text[start + note..];
        rest.find('\n').map_or("", |end| &rest[end + 1..])
    });
    // A blank line comes before the report.
    let before = text[..start].trim_start_matches('\n');
    let before = if before.ends_with("\n\n") { &before[..before.len() - 1] } else { before };
    format!("{before}{}", after.unwrap_or_default())
}

/// The cell's stderr without what [`sentence`] repeats.
pub fn without_end(text: String, end: &End) -> String {
    match end {
        End::Panicked { .. } => without_report(&text),
        End::ReturnedError { message, .. } => {
            text.trim_end().strip_suffix(message.trim_end()).map(str::to_owned).unwrap_or(text)
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_end_has_a_sentence() {
        let refused = |codes: &[&str]| {
            let diagnostic = |code: &&str| Diagnostic { code: Some((*code).into()), ..Diagnostic::default() };
            End::CompileError(codes.iter().map(diagnostic).collect())
        };
        let killed = |signal, stack_overflow| End::Killed { signal, stack_overflow };
        let cases = [
            (End::Passed, ""),
            (refused(&["E0308", "E0308", "E0425"]), "the cell failed to compile (E0308, E0425)"),
            (refused(&[]), "the cell failed to compile"),
            (End::Panicked { message: "no".into(), line: Some(2) }, "the cell panicked at line 2: no"),
            (End::Panicked { message: "no".into(), line: None }, "the cell panicked: no"),
            (
                End::ReturnedError { message: "bad".into(), line: Some(1) },
                "the cell returned an error through `?` at line 1: bad",
            ),
            (End::Exited(3), "the cell ended the process with exit code 3"),
            (killed(11, false), "the cell was killed by SIGSEGV (signal 11): it accessed memory that is not its own"),
            (killed(9, false), "the cell was killed by SIGKILL (signal 9), as the system does when memory runs out"),
            (killed(15, false), "the cell was killed by SIGTERM (signal 15)"),
            (killed(40, false), "the cell was killed by signal 40"),
            (killed(6, true), "the cell overflowed its stack: does a function call itself forever?"),
            (End::TimedOut { phase: Phase::Run, seconds: 5.0 }, "the cell was still running after 5 s"),
            (End::TimedOut { phase: Phase::Compile, seconds: 0.5 }, "the cell was still compiling after 0.5 s"),
            (End::Interrupted, "the cell was interrupted"),
        ];
        for (end, text) in cases {
            assert_eq!(sentence(&end, Lang::En), text);
        }
    }

    #[test]
    fn a_panic_report_is_left_out() {
        let report = "thread '<unnamed>' (7) panicked at src/lib.rs:1:1:\nno\nnote: run with `RUST_BACKTRACE=1` ...\n";
        assert_eq!(without_report(&format!("\n{report}")), "");
        assert_eq!(without_report(&format!("before\n{report}after\n")), "before\nafter\n");
        assert_eq!(without_report(&format!("before\n\n{report}")), "before\n");
        assert_eq!(without_report("thread 'worker' panicked"), "thread 'worker' panicked");
    }

    #[test]
    fn a_returned_error_is_not_shown_twice() {
        let end = End::ReturnedError { message: "bad\nvalue".into(), line: None };
        let cases = [("bad\nvalue\n", ""), ("first\nbad\nvalue\n", "first\n"), ("other\n", "other\n")];
        for (text, left) in cases {
            assert_eq!(without_end(text.into(), &end), left);
        }
        assert_eq!(without_end("bad\n".into(), &End::Passed), "bad\n");
    }

    #[test]
    fn a_diagnostic_that_is_not_rendered_keeps_its_code_and_help() {
        let diagnostic = Diagnostic {
            code: Some("E0308".into()),
            level: "error".into(),
            message: "mismatched types".into(),
            notes: vec!["help: try `.into()`".into()],
            ..Diagnostic::default()
        };
        let text = super::diagnostic(&diagnostic, &Look::plain(80));
        assert_eq!(text, "error[E0308]: mismatched types\n  = help: try `.into()`");
    }

    #[test]
    fn long_lines_are_cut_for_terminals_only_also_behind_tabs() {
        let code = format!("1 | \tlet a = {};", "b + ".repeat(20));
        let diagnostic =
            Diagnostic { rendered: format!("error: no\n{code}\n  | \t    ^ here\n"), ..Diagnostic::default() };
        let whole = super::diagnostic(&diagnostic, &Look::plain(40));
        assert_eq!(whole, diagnostic.rendered.trim_end());
        let cut = super::diagnostic(&diagnostic, &Look { decorated: true, ..Look::plain(40) });
        assert_eq!(cut, "error: no\n1 |     let a = b + b + b + b + b + b +…\n  |         ^ here");
    }
}
