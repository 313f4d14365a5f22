//! Replaces output that differs from run to run with stable text, for storing and for comparing.
//!
//! It changes only text of the compiler, the panic handler and the terminal, never a number that a cell computed.
//! Unstable text of the cell itself is reported by `volatile`, not replaced.

#[cfg(test)]
pub mod fuzz;

use crate::cli::outcome::{Output, STANDS_STILL, join_streams};

/// An author's rule: matches of the pattern are replaced, for the given reason.
#[derive(Clone, Debug)]
pub struct Normaliser {
    pub name: String,
    pub pattern: regex::Regex,
    pub replace: String,
    pub reason: String,
}

impl Normaliser {
    pub fn apply(&self, text: &str) -> String {
        self.pattern.replace_all(text, self.replace.as_str()).into_owned()
    }
}

/// Normalised outputs: streams are joined and read as a terminal shows them; unstable text is replaced.
pub fn outputs(outputs: impl IntoIterator<Item = Output>) -> Vec<Output> {
    let mut outputs = join_streams(outputs);
    for output in &mut outputs {
        match output {
            Output::Stream { text: content, .. } => *content = stream(content),
            Output::Rich { data, .. } => {
                for (_, content) in data.iter_mut().filter(|(mime, _)| mime.starts_with("text/")) {
                    *content = text(content);
                }
            }
        }
    }
    outputs.retain(|output| !matches!(output, Output::Stream { text, .. } if text.is_empty()));
    outputs
}

/// A stream as a terminal shows it, with a final newline: the stock kernel sends whole lines only.
pub fn stream(raw: &str) -> String {
    let mut shown = text(&carriage_returns(raw));
    if !shown.is_empty() && !shown.ends_with('\n') {
        shown.push('\n');
    }
    shown
}

/// Text without thread ids, places in generated code, backtraces, temporary folders and cargo's durations.
pub fn text(raw: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut in_backtrace = false;
    for line in raw.split('\n') {
        if is_of_the_kernel(line) {
            continue;
        }
        if line.trim_end() == "stack backtrace:" {
            in_backtrace = true;
            continue;
        }
        in_backtrace &= is_backtrace_line(line);
        if !in_backtrace {
            lines.push(line_text(line));
        }
    }
    lines.join("\n")
}

/// Hints about backtraces, what is said of a front end, and the stock kernel's message about a dropped variable, which
/// our notes replace.
fn is_of_the_kernel(line: &str) -> bool {
    line == STANDS_STILL
        || line.starts_with("note: run with `RUST_BACKTRACE=")
        || line.starts_with("note: Some details are omitted, run")
        || line.starts_with("The type of the variable ") && line.trim_end().ends_with(" was redefined, so was lost.")
}

fn line_text(line: &str) -> String {
    let mut line = debug_place(&panic_place(line));
    line = temporary_folders(&line);
    cargo_duration(&line)
}

/// Removes the thread id and the place from `thread '<unnamed>' (12345) panicked at src/lib.rs:116:2:`: the place is in
/// generated code. A place in a library stays.
fn panic_place(line: &str) -> String {
    let Some(at) = line.find("panicked at ") else { return line.to_string() };
    let Some(thread) = line[..at].find("thread '") else { return line.to_string() };
    let (before, name) = line[..at].split_at(thread);
    let name = match (name.find(" ("), name.ends_with(") ")) {
        (Some(open), true) => format!("{} ", &name[..open]),
        _ => name.to_string(),
    };
    let place = &line[at + "panicked at ".len()..];
    let place = if place.starts_with("src/lib.rs:") { "the cell:" } else { place };
    format!("{before}{name}panicked at {place}")
}

/// Removes the place from `[src/lib.rs:6:1] x = 3`, as `dbg!` prints it: it is in generated code.
fn debug_place(line: &str) -> String {
    let place = line.strip_prefix('[').and_then(|rest| rest.split_once("] "));
    let Some((place, rest)) = place else { return line.to_string() };
    let Some((file, numbers)) = place.split_once(".rs:") else { return line.to_string() };
    let cell = file.strip_prefix("cell_").is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    let counted = numbers.split(':').all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    if (cell || file == "src/lib") && counted { format!("[the cell] {rest}") } else { line.to_string() }
}

fn is_backtrace_line(line: &str) -> bool {
    let words = line.trim_start();
    let digits = words.chars().take_while(char::is_ascii_digit).count();
    (digits > 0 && words[digits..].starts_with(": ")) || words.starts_with("at ") || words.is_empty()
}

/// Replaces temporary folders such as `/tmp/.tmpAbC123` and `/tmp/rustcXyZ`.
fn temporary_folders(line: &str) -> String {
    let mut result = String::new();
    let mut rest = line;
    while let Some(at) = [rest.find("/tmp/.tmp"), rest.find("/tmp/rustc")].into_iter().flatten().min() {
        let name = rest[at + "/tmp/".len()..].chars().take_while(|c| c.is_alphanumeric() || *c == '.');
        let end = at + "/tmp/".len() + name.map(char::len_utf8).sum::<usize>();
        result.push_str(&rest[..at]);
        result.push_str("/tmp/folder");
        rest = &rest[end..];
    }
    result + rest
}

/// Removes the time from `` Finished `dev` profile [...] target(s) in 0.31s ``.
fn cargo_duration(line: &str) -> String {
    match line.find("target(s) in ") {
        Some(at) if line.trim_start().starts_with("Finished ") => line[..at + "target(s)".len()].to_string(),
        _ => line.to_string(),
    }
}

/// Each carriage return moves back to the start of the line, and what follows overwrites it.
fn carriage_returns(raw: &str) -> String {
    let raw = raw.replace("\r\n", "\n");
    if !raw.contains('\r') {
        return raw;
    }
    let lines = raw.split('\n').map(|line| {
        let mut shown: Vec<char> = Vec::new();
        for part in line.split('\r') {
            for (at, c) in part.chars().enumerate() {
                if at < shown.len() { shown[at] = c } else { shown.push(c) }
            }
        }
        shown.into_iter().collect::<String>()
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::outcome::Stream;

    #[test]
    fn text_of_the_machine_is_replaced_and_text_of_the_cell_stays() {
        let cases = [
            (
                "\nthread '<unnamed>' (22678) panicked at src/lib.rs:116:2:\nindex out of bounds\nnote: run with \
                 `RUST_BACKTRACE=1` environment variable to display a backtrace\n",
                "\nthread '<unnamed>' panicked at the cell:\nindex out of bounds\n",
            ),
            (
                "thread 'main' panicked at src/shape.rs:3:1:\nboom\nstack backtrace:\n   0: std::panicking\n     \
                 at /rustc/x.rs:1:1\n  10: core::ops\nafter\n",
                "thread 'main' panicked at src/shape.rs:3:1:\nboom\nafter\n",
            ),
            ("in /tmp/.tmpAb12/x and /tmp/rustcQ9 and /tmp/mine", "in /tmp/folder/x and /tmp/folder and /tmp/mine"),
            ("[src/lib.rs:6:1] x = 3\n[cell_12.rs:7:5] y = 4", "[the cell] x = 3\n[the cell] y = 4"),
            (
                "[src/shape.rs:6:1] x = 3\n[1, 2] 3\n[cell_x.rs:1] 3",
                "[src/shape.rs:6:1] x = 3\n[1, 2] 3\n[cell_x.rs:1] 3",
            ),
            ("a\nThe type of the variable p was redefined, so was lost.\nb", "a\nb"),
            (&format!("a\n{STANDS_STILL}\nnote: b"), "a\nnote: b"),
            ("    Finished `dev` profile target(s) in 0.31s", "    Finished `dev` profile target(s)"),
            ("0.74614674 [1, 2] 0xdeadbeef 12:30", "0.74614674 [1, 2] 0xdeadbeef 12:30"),
        ];
        for (raw, expected) in cases {
            assert_eq!(text(raw), expected);
            assert_eq!(text(expected), expected, "of {raw:?}");
        }
    }

    #[test]
    fn a_stream_reads_as_the_terminal_shows_it() {
        let cases = [("10 %\r50 %\rdone\n", "done\n"), ("abc\rx", "xbc\n"), ("a\r\nb\r\n", "a\nb\n"), ("", "")];
        for (raw, expected) in cases {
            assert_eq!(stream(raw), expected, "{raw:?}");
        }
    }

    #[test]
    fn how_streams_were_split_does_not_matter() {
        let piece = |stream, text: &str| Output::Stream { stream, text: text.into() };
        let split = vec![piece(Stream::Stderr, "e"), piece(Stream::Stdout, "a\n"), piece(Stream::Stdout, "b\n")];
        let whole = vec![piece(Stream::Stdout, "a\nb\n"), piece(Stream::Stderr, "e\n")];
        assert_eq!(outputs(split), whole);
    }
}
