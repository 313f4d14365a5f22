//! How a cell ended, read from texts: evcxr's message about the process, the panic's own report on stderr.

use crate::cli::outcome::End;

/// How the process ended, from evcxr's message: `... status: exit status: 3`, `... status: signal: 11 (SIGSEGV)`.
pub fn of_process(message: &str, stderr: &str) -> End {
    let number = |after: &str| {
        let rest = &message[message.rfind(after)? + after.len()..];
        rest.chars().take_while(|c| c.is_ascii_digit()).collect::<String>().parse::<i32>().ok()
    };
    match (number("signal: "), number("exit status: ")) {
        (Some(signal), _) => End::Killed { signal, stack_overflow: stderr.contains("has overflowed its stack") },
        (None, Some(code)) => End::Exited(code),
        (None, None) => End::Exited(-1),
    }
}

/// The end by the last panic on stderr, with its line in the cell.
pub fn by_panic(stderr: &str, generated: &str, code: &str) -> End {
    let (message, line) = panic_in(stderr);
    End::Panicked { message, line: line.and_then(|line| cell_line(generated, line, code)) }
}

/// The message of the last panic, and its line in the generated file.
fn panic_in(stderr: &str) -> (String, Option<usize>) {
    let Some(at) = stderr.rfind("panicked at ") else { return ("(no message)".into(), None) };
    let (place, rest) = stderr[at + "panicked at ".len()..].split_once('\n').unwrap_or_default();
    let end = rest.find("\nnote: run with `RUST_BACKTRACE").unwrap_or(rest.trim_end().len());
    let line = place.strip_prefix("src/lib.rs:").and_then(|numbers| numbers.split(':').next()?.parse().ok());
    (rest[..end].to_string(), line)
}

/// The cell's line for a line of the generated file. evcxr copies the user's lines unchanged, so this looks for the
/// same text, and for the same occurrence of it if there are several.
fn cell_line(generated: &str, line: usize, code: &str) -> Option<usize> {
    let lines: Vec<&str> = generated.lines().map(str::trim).collect();
    let text = *lines.get(line.checked_sub(1)?)?;
    let places: Vec<usize> =
        code.lines().enumerate().filter(|(_, its)| its.trim() == text).map(|(at, _)| at + 1).collect();
    let earlier = lines[..line - 1].iter().filter(|its| **its == text).count();
    let after = lines[line..].iter().filter(|its| **its == text).count();
    // Occurrences before the cell's own belong to items of earlier cells.
    let from_others = (earlier + after + 1).checked_sub(places.len())?;
    places.get(earlier.checked_sub(from_others)?).or(places.last()).copied()
}
