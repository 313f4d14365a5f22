//! How a cell failed, as Jupyter shows it: a name, one line, and a traceback with the cell's own lines in colour.

use jupyter_protocol::{ErrorOutput, ReplyError};

use crate::cli::lang::Lang;
use crate::cli::outcome::{Diagnostic, End};
use crate::cli::terminal::cell_end;
use crate::cli::terminal::style::{BAD, Look, QUIET, STRONG};

/// Front ends show colours whether or not the kernel has a terminal.
const LOOK: Look = Look { width: 96, color: true, decorated: false };

/// How many lines of the cell are shown before and after the failing one.
const BEFORE: usize = 2;
const AFTER: usize = 1;

/// `None` if the cell passed.
pub fn of(end: &End, code: &str) -> Option<ErrorOutput> {
    let (name, line) = match end {
        End::Passed => return None,
        End::CompileError(diagnostics) => return Some(of_compiler(diagnostics)),
        End::Panicked { line, .. } => ("Panic", *line),
        End::ReturnedError { line, .. } => ("Error", *line),
        End::Exited(_) => ("Exited", None),
        End::Killed { .. } => ("Signal", None),
        End::TimedOut { .. } => ("Timeout", None),
        End::Interrupted => ("Interrupted", None),
    };
    let headline = cell_end::sentence(end, Lang::En);
    let value = match end {
        End::Panicked { message, .. } | End::ReturnedError { message, .. } => one_line(message),
        _ => one_line(&headline),
    };
    let mut traceback = vec![format!("{}: {headline}", LOOK.paint(BAD, name))];
    traceback.extend(line.map(|line| excerpt(code, line)).unwrap_or_default());
    Some(ErrorOutput { ename: name.into(), evalue: value, traceback })
}

/// A failure of the session itself.
pub fn of_tool(error: &anyhow::Error) -> ErrorOutput {
    let text = format!("{error:#}");
    let traceback = std::iter::once(LOOK.paint(BAD, "the session failed")).chain(text.lines().map(str::to_owned));
    ErrorOutput { ename: "SessionError".into(), evalue: one_line(&text), traceback: traceback.collect() }
}

/// The same error for the reply.
pub fn for_reply(error: &ErrorOutput) -> ReplyError {
    let ErrorOutput { ename, evalue, traceback } = error.clone();
    ReplyError { ename, evalue, traceback }
}

fn of_compiler(diagnostics: &[Diagnostic]) -> ErrorOutput {
    let first = diagnostics.iter().find(|it| it.level == "error").or(diagnostics.first());
    let name = diagnostics.iter().filter(|it| it.level == "error").find_map(|it| it.code.clone());
    let pages: Vec<String> = diagnostics.iter().map(|it| cell_end::diagnostic(it, &LOOK)).collect();
    ErrorOutput {
        ename: name.unwrap_or_else(|| "CompileError".into()),
        evalue: first.map(|it| one_line(&it.message)).unwrap_or_default(),
        traceback: pages.join("\n\n").lines().map(str::to_owned).collect(),
    }
}

/// The lines around the failing one, which has an arrow.
fn excerpt(code: &str, line: usize) -> Vec<String> {
    let lines: Vec<&str> = code.lines().collect();
    let (from, to) = (line.saturating_sub(BEFORE).max(1), (line + AFTER).min(lines.len()));
    let width = to.to_string().len();
    let shown = (from..=to).map(|number| {
        let text = lines.get(number - 1).copied().unwrap_or_default();
        // Front ends show it on red, on which highlighted code is hard to read.
        let (mark, style, text) =
            if number == line { ("-->", BAD, LOOK.paint(STRONG, text)) } else { ("   ", QUIET, text.to_owned()) };
        format!("{} {text}", LOOK.paint(style, &format!("{mark} {number:>width$} |")))
    });
    shown.collect()
}

fn one_line(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::outcome::Phase;

    fn plain(error: &ErrorOutput) -> Vec<String> {
        error.traceback.iter().map(|line| anstream::adapter::strip_str(line).to_string()).collect()
    }

    #[test]
    fn each_end_has_its_name_and_one_line() {
        let cases = [
            (End::Panicked { message: "no\n  left: 1".into(), line: Some(2) }, "Panic", "no; left: 1"),
            (End::ReturnedError { message: "bad".into(), line: None }, "Error", "bad"),
            (End::Exited(0), "Exited", "the cell ended the process with exit code 0"),
            (End::Killed { signal: 6, stack_overflow: false }, "Signal", "the cell was killed by SIGABRT (signal 6)"),
            (End::TimedOut { phase: Phase::Run, seconds: 5.0 }, "Timeout", "the cell was still running after 5 s"),
            (End::Interrupted, "Interrupted", "the cell was interrupted"),
        ];
        for (end, name, value) in cases {
            let error = of(&end, "a\nb\nc").expect("a failure");
            assert_eq!((error.ename.as_str(), error.evalue.as_str()), (name, value));
        }
        assert!(of(&End::Passed, "").is_none());
    }

    #[test]
    fn a_panic_shows_the_cells_own_lines_in_any_script() {
        let end = End::Panicked { message: "없다".into(), line: Some(3) };
        let error = of(&end, "// 값\nlet a = 1;\nNone::<i32>.expect(\"없다\");\nlet b = 2;\n").expect("a failure");
        let expected = [
            "Panic: the cell panicked at line 3: 없다",
            "    1 | // 값",
            "    2 | let a = 1;",
            "--> 3 | None::<i32>.expect(\"없다\");",
            "    4 | let b = 2;",
        ];
        assert_eq!(plain(&error), expected);
        assert!(error.traceback[3].contains('\u{1b}'), "in colour");
    }

    #[test]
    fn a_compilers_error_is_named_by_its_code() {
        let diagnostic = Diagnostic {
            code: Some("E0308".into()),
            level: "error".into(),
            message: "mismatched types".into(),
            rendered: "error[E0308]: mismatched types\n1 | let x: i32 = \"a\";\n  |              ^^^\n".into(),
            ..Diagnostic::default()
        };
        let warning = Diagnostic { level: "warning".into(), code: Some("unused".into()), ..Diagnostic::default() };
        let error = of(&End::CompileError(vec![warning, diagnostic]), "").expect("a failure");
        assert_eq!((error.ename.as_str(), error.evalue.as_str()), ("E0308", "mismatched types"));
        assert!(plain(&error).contains(&"error[E0308]: mismatched types".to_owned()));
        let syntax = Diagnostic { level: "error".into(), message: "expected `;`".into(), ..Diagnostic::default() };
        assert_eq!(of(&End::CompileError(vec![syntax]), "").expect("a failure").ename, "CompileError");
    }
}
