//! Cuts long lines of code in a diagnostic to the part that is marked; `…` stands for the rest.
//!
//! It expects rustc's layout: `12 | code`, then lines of marks after a bar.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The columns shown before the first mark where the beginning of the line is cut.
const BEFORE: usize = 8;

/// The diagnostic with its marked lines of code cut to `width` columns.
pub fn windowed(text: &str, width: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        at += 1;
        let marks = lines[at..].iter().take_while(|line| first_mark(line).is_some()).count();
        let marks = &lines[at..at + marks];
        match margin(line).filter(|margin| line.width() > width && !marks.is_empty() && margin + BEFORE * 2 < width) {
            Some(margin) => {
                let room = width - margin;
                let first = marks.iter().filter_map(|line| first_mark(line)).min().unwrap_or(0).saturating_sub(margin);
                let start = if first + BEFORE < room { 0 } else { first - BEFORE };
                out.push(format!("{}{}", &line[..margin], shown(&line[margin..], start, room)));
                out.extend(marks.iter().map(|line| without(line, margin, start)));
                at += marks.len();
            }
            None => out.push((*line).to_owned()),
        }
    }
    out.join("\n")
}

/// Where the code begins in `12 | code`.
fn margin(line: &str) -> Option<usize> {
    let digits = line.trim_start_matches(' ').find(|c: char| !c.is_ascii_digit()).filter(|digits| *digits > 0)?;
    let bar = line.len() - line.trim_start_matches(' ').len() + digits;
    line[bar..].starts_with(" | ").then_some(bar + 3)
}

/// The column of the first mark in `   |    ^^^ words`.
fn first_mark(line: &str) -> Option<usize> {
    let bar = line.find('|').filter(|bar| line[..*bar].trim().is_empty())?;
    let mark = line[bar + 1..].find(|c| c != ' ')?;
    line[bar + 1 + mark..].starts_with(['^', '-', '|']).then_some(bar + 1 + mark)
}

/// `room` columns of the code from `start` on, with `…` at each end that is cut.
fn shown(code: &str, start: usize, room: usize) -> String {
    let is_cut = code.width() > start + room;
    let until = if is_cut { start + room - 1 } else { usize::MAX };
    let from = if start > 0 { start + 1 } else { 0 };
    let (mut out, mut column) = (if start > 0 { "…".to_owned() } else { String::new() }, 0);
    for c in code.chars() {
        let next = column + c.width().unwrap_or(0);
        if next > until {
            break;
        }
        if column >= from {
            out.push(c);
        } else if next > from {
            // A wide letter cut in half is a space.
            out.push(' ');
        }
        column = next;
    }
    if is_cut { out + "…" } else { out }
}

/// The line of marks with `columns` fewer spaces.
fn without(line: &str, margin: usize, columns: usize) -> String {
    let (head, rest) = line.split_at(margin.min(line.len()));
    let blanks = rest.len() - rest.trim_start_matches(' ').len();
    format!("{head}{}", &rest[columns.min(blanks)..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_cut_to_what_is_marked() {
        let check = |width, text: &str, lines: &str| assert_eq!(windowed(text, width), lines);
        let code = "1 | let first = 1; let second = 2; let third = first + \"a\" + second; third";
        let marked = format!("error: no\n{code}\n  | {}^^^ no\n  = help: x", " ".repeat(51));
        check(40, &marked, "error: no\n1 | …irst + \"a\" + second; third\n  |         ^^^ no\n  = help: x");
        check(30, &marked, "error: no\n1 | …irst + \"a\" + second; thi…\n  |         ^^^ no\n  = help: x");
        check(80, &marked, &marked);
        let early = format!("{code}\n  |     ^^^^^ unused");
        check(30, &early, "1 | let first = 1; let second…\n  |     ^^^^^ unused");
        // Hangul is two columns wide.
        let hangul = |before: &str| {
            format!("1 | {before}가나다라마바사아자차카 = .5;\n  | {}^^ no", " ".repeat(25 + before.len()))
        };
        check(28, &hangul("let "), "1 | …차카 = .5;\n  |         ^^ no");
        check(28, &hangul("let  "), "1 | …차카 = .5;\n  |         ^^ no");
        check(20, "1 | a line of code that nothing marks\n", "1 | a line of code that nothing marks");
    }

    proptest::proptest! {
        /// Any diagnostic can be cut, and keeps its marks.
        #[test]
        fn any_diagnostic_is_cut(code in "[a-z가 |]{0,60}", at in 0usize..60, width in 0usize..70) {
            let text = format!("1 | {code}\n  | {}^ word", " ".repeat(at));
            let cut = windowed(&text, width);
            proptest::prop_assert!(cut.ends_with("^ word") && cut.lines().count() == 2, "{:?}", cut);
        }
    }
}
