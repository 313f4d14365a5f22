//! Checks that each number quoted in prose is in some output, rounded or in full.
//!
//! Only prose tagged `quoted-numbers` is checked, and in it only numbers with a decimal point, an exponent, a percent
//! sign or at least three digits: "2 inputs" and "section 4" are not.

use std::sync::LazyLock;

use regex::Regex;

use super::Finding;
use crate::cli::notebook::course::{Cell, CellKind};
use crate::cli::notebook::ipynb::Notebook;
use crate::cli::outcome::Output;

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[-\u{2212}]?\d[\d,_]*(?:\.\d+)?(?:[eE][-+]?\d+)?( ?%)?").expect("the pattern is valid")
});

pub fn findings(notebook: &Notebook) -> Vec<Finding> {
    let tagged = |cell: &&(usize, &Cell)| {
        cell.1.kind == CellKind::Markdown && cell.1.tags.iter().any(|tag| tag == "quoted-numbers")
    };
    let cells: Vec<(usize, &Cell)> = notebook.cells.iter().enumerate().collect();
    let shown: Vec<f64> = cells.iter().flat_map(|(_, cell)| shown(cell)).collect();
    cells.iter().filter(tagged).flat_map(|(at, cell)| of_cell(notebook, *at, cell, &shown)).collect()
}

fn of_cell(notebook: &Notebook, at: usize, cell: &Cell, shown: &[f64]) -> Vec<Finding> {
    let lines = cell.source.lines().enumerate();
    let quoted = lines.flat_map(|(line, text)| quoted(text).into_iter().map(move |number| (line + 1, number)));
    let missing = quoted.filter(|(_, number)| !shown.iter().any(|shown| number.is_of(*shown)));
    let finding = |(line, number): (usize, Quoted)| Finding {
        lint: "quoted-number",
        cell: Some(cell.id.clone()),
        line: notebook.file_line(at, line),
        message: format!("quotes {}, which is in no output", number.text),
        help: "correct the number, or print it in a cell",
    };
    missing.map(finding).collect()
}

/// A number in prose.
struct Quoted {
    text: String,
    value: f64,
    /// Digits after the decimal point.
    decimals: usize,
    is_percent: bool,
}

impl Quoted {
    /// Whether it is this number, or this number rounded to as many digits.
    fn is_of(&self, shown: f64) -> bool {
        let near = |shown: f64| {
            let unit = 10f64.powi(-(self.decimals as i32));
            (shown - self.value).abs() <= unit / 2.0 + self.value.abs() * 1e-12
        };
        near(shown) || (self.is_percent && near(shown * 100.0))
    }
}

fn quoted(line: &str) -> Vec<Quoted> {
    let mut numbers = Vec::new();
    for found in NUMBER.captures_iter(line) {
        let Some(whole) = found.get(0) else { continue };
        let before = line[..whole.start()].chars().next_back();
        let after = line[whole.end()..].chars().next();
        // Skip parts of words, versions and file names.
        let in_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        if in_word(before) || in_word(after) || before == Some('.') {
            continue;
        }
        let is_percent = found.get(1).is_some();
        let text = whole.as_str().trim_end_matches(['%', ' ', ',']).to_string();
        let plain = text.replace([',', '_'], "").replace('\u{2212}', "-");
        let mantissa = plain.split(['e', 'E']).next().unwrap_or_default();
        let digits = mantissa.chars().filter(char::is_ascii_digit).count();
        if !(is_percent || plain.contains(['.', 'e', 'E']) || digits >= 3) {
            continue;
        }
        let decimals = mantissa.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        let exponent: i32 = plain.split(['e', 'E']).nth(1).and_then(|it| it.parse().ok()).unwrap_or(0);
        let decimals = (decimals as i32 - exponent).max(0) as usize;
        numbers.extend(plain.parse().ok().map(|value| Quoted { text, value, decimals, is_percent }));
    }
    numbers
}

/// All numbers in a cell's outputs.
fn shown(cell: &Cell) -> Vec<f64> {
    let texts = cell.outputs.iter().flat_map(|output| match output {
        Output::Stream { text, .. } => vec![text.as_str()],
        Output::Rich { data, .. } => data.get("text/plain").map(|text| vec![text.as_str()]).unwrap_or_default(),
    });
    static SHOWN: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"-?\d+\.?\d*(?:[eE][-+]?\d+)?").expect("the pattern is valid"));
    texts.flat_map(|text| SHOWN.find_iter(text)).filter_map(|found| found.as_str().parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn only_numbers_that_look_like_results_are_checked() {
        let cases = [
            ("27 %, 73% and 88 % of 3", "27 73 88"),
            ("from 0.5 to 1e-3, 60,000 images, section 4, x2.5", "0.5 1e-3 60,000"),
            ("784 inputs, v1.2.3, f32, \u{2212}0.25.", "784 \u{2212}0.25"),
        ];
        for (text, expected) in cases {
            let found: Vec<String> = quoted(text).into_iter().map(|it| it.text).collect();
            assert_eq!(found.join(" "), expected, "{text}");
        }
    }

    #[test]
    fn a_rounded_number_is_the_number() {
        let is = |quote: &str, shown: f64| quoted(quote)[0].is_of(shown);
        assert!(is("0.73", 0.731058) && !is("0.74", 0.731058));
        assert!(is("73 %", 0.731058) && is("4.5e-05", 4.539e-5) && !is("4.6e-05", 4.539e-5));
        assert!(is("60,000", 60000.0) && !is("60,001", 60000.0));
    }
}
