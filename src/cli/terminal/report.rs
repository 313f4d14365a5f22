//! Words and colours for the terminal: outputs, and how a cell ended.
//!
//! It decides no verdicts; colours vanish where nobody asked for them (`NO_COLOR`, a pipe).

use anstyle::{AnsiColor, Style};

use crate::cli::outcome::{Diagnostic, End, MimeBundle, Output, Phase, Stream, signal_name};

pub const GOOD: Style = AnsiColor::Green.on_default().bold();
pub const BAD: Style = AnsiColor::Red.on_default().bold();
pub const QUIET: Style = Style::new().dimmed();
pub const STRONG: Style = Style::new().bold();

/// An output as the terminal shows it; figures by their text twin.
pub fn output_text(output: &Output) -> String {
    match output {
        Output::Stream { stream: Stream::Stdout, text } => text.clone(),
        Output::Stream { stream: Stream::Stderr, text } => format!("{QUIET}{text}{QUIET:#}"),
        Output::Rich { data, .. } => bundle_text(data),
    }
}

/// The text of a bundle, or what it holds when it has no text.
pub fn bundle_text(data: &MimeBundle) -> String {
    match data.get("text/plain").or_else(|| data.get("text/markdown")) {
        Some(text) => format!("{}\n", text.trim_end_matches('\n')),
        None => {
            let types: Vec<&str> = data.keys().map(String::as_str).collect();
            format!("<{}>\n", types.join(", "))
        }
    }
}

/// How a cell ended, in one line without the final stop; nothing when it passed.
pub fn end_words(end: &End) -> Option<String> {
    let at = |line: &Option<usize>| line.map(|line| format!(" at line {line}")).unwrap_or_default();
    Some(match end {
        End::Passed => return None,
        End::CompileError(diagnostics) => format!("failed to compile{}", codes(diagnostics)),
        End::Panicked { message, line } => format!("panicked{}: {message}", at(line)),
        End::ReturnedError { message, line } => format!("returned an error through `?`{}: {message}", at(line)),
        End::Exited(code) => format!("ended the process with exit code {code}"),
        End::Killed { stack_overflow: true, .. } => "overflowed its stack, which ended the process".into(),
        End::Killed { signal, .. } => match signal_name(*signal) {
            Some(name) => format!("was ended by {name} (signal {signal})"),
            None => format!("was ended by signal {signal}"),
        },
        End::TimedOut { phase: Phase::Compile, seconds } => format!("was still compiling after {seconds} s"),
        End::TimedOut { phase: Phase::Run, seconds } => format!("was still running after {seconds} s"),
        End::Interrupted => "was interrupted".into(),
    })
}

/// What there is to say beyond [`end_words`]: the compiler's own words.
pub fn end_details(end: &End) -> String {
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

/// A count with its noun: `1 cell`, `3 cells`.
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
