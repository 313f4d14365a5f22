//! A LaTeX formula as Unicode text: on one line inside a sentence, in two dimensions on its own.
//!
//! [`line`] writes the first; term-maths draws the second, and this module prepares the LaTeX for it.

mod line;

use unicode_width::UnicodeWidthStr;

/// A formula inside a sentence, on one line.
pub fn inline(latex: &str) -> String {
    line::text(latex)
}

/// A display formula as lines of equal width.
pub fn display(latex: &str) -> Vec<String> {
    if let Some(lines) = cases(latex) {
        return lines;
    }
    let text = term_maths::render(&prepare(latex)).to_string();
    let lines: Vec<String> = text.lines().map(|line| line.trim_end().to_owned()).collect();
    if lines.iter().all(String::is_empty) { vec![latex.trim().to_owned()] } else { lines }
}

/// `h(x) = \begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}`: a brace, and the values and conditions in columns.
fn cases(latex: &str) -> Option<Vec<String>> {
    let (before, rest) = latex.split_once(r"\begin{cases}")?;
    let (inside, after) = rest.split_once(r"\end{cases}")?;
    let row = |row: &str| {
        let (value, condition) = row.split_once('&').unwrap_or((row, ""));
        (inline(value), inline(condition))
    };
    let rows: Vec<(String, String)> = inside.split(r"\\").map(row).filter(|(value, _)| !value.is_empty()).collect();
    let wide = rows.iter().map(|(value, _)| value.width()).max()?;
    let before = inline(before);
    let margin = " ".repeat(before.width());
    let line = |(at, (value, condition)): (usize, &(String, String))| {
        let head = if at == (rows.len() - 1) / 2 { &before } else { &margin };
        let pad = " ".repeat(wide - value.width());
        let text = format!("{head} {} {value}{pad}  {condition}", brace(at, rows.len()));
        text.trim_end().to_owned()
    };
    let mut lines: Vec<String> = rows.iter().enumerate().map(line).collect();
    if let Some(last) = lines.last_mut().filter(|_| !after.trim().is_empty()) {
        last.push_str(&format!(" {}", inline(after)));
    }
    Some(lines)
}

fn brace(at: usize, rows: usize) -> char {
    match at {
        _ if rows == 1 => '{',
        0 => '⎧',
        _ if at + 1 == rows => '⎩',
        _ if at == rows / 2 => '⎨',
        _ => '⎪',
    }
}

/// Rewrites what term-maths renders badly.
fn prepare(latex: &str) -> String {
    let latex = latex.trim().replace('\n', " ");
    let latex = latex
        .replace(r"\left", "")
        .replace(r"\right", "")
        .replace(r"\,", " ")
        .replace(r"\;", " ")
        .replace(r"\quad", "  ")
        .replace(r"\cdot", "·")
        .replace(r"\_", "_");
    superscripts(&latex)
}

/// `e^{-x}` -> `e⁻ˣ`, if each character has a superscript form.
fn superscripts(latex: &str) -> String {
    let mut out = String::new();
    let mut rest = latex;
    while let Some(at) = rest.find("^{") {
        let Some(end) = closing(&rest[at + 1..]).map(|end| at + 1 + end) else { break };
        let inside = &rest[at + 2..end];
        // Above a summation sign is its limit, not an exponent.
        let after_a_name = rest[..at].ends_with(|c: char| c.is_alphanumeric() || c == ')');
        match inside.chars().map(line::raised).collect::<Option<String>>() {
            Some(up) if after_a_name && !rest[..at].ends_with(r"\sum") => out.push_str(&(rest[..at].to_owned() + &up)),
            _ => out.push_str(&rest[..=end]),
        }
        rest = &rest[end + 1..];
    }
    out + rest
}

/// The end of the bracket that opens `text`.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return (c == '}').then_some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_in_a_sentence_is_one_line() {
        let cases = [
            (r"\sigma(x)", "σ(x)"),
            (r"\frac{1}{1 + e^{-x}}", "1 / (1 + e⁻ˣ)"),
            (r"e^{-x}", "e⁻ˣ"),
            (r"x > 0", "x > 0"),
            (r"y_k", "yₖ"),
            ("", ""),
        ];
        for (latex, text) in cases {
            assert_eq!(inline(latex), text, "{latex}");
        }
    }

    #[test]
    fn a_fraction_by_itself_is_drawn() {
        assert_eq!(
            display(r"\sigma(x) = \frac{1}{1 + e^{-x}}"),
            ["           1", "σ(x) = ─────────", "        1 + e⁻ˣ"]
        );
    }
}
