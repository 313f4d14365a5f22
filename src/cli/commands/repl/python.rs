//! What a reader of Python types, and Rust's way of saying it: advice where rustc has none that helps.

use regex::Regex;

use crate::cli::lang::Lang;
use crate::cli::outcome::Diagnostic;

/// Advice on a line that did not compile.
pub fn advice(line: &str, diagnostics: &[Diagnostic], lang: Lang) -> Option<String> {
    by_spelling(line, diagnostics, lang).or_else(|| diagnostics.iter().find_map(|it| by_error(it, lang)))
}

/// By how the line is written.
fn by_spelling(line: &str, diagnostics: &[Diagnostic], lang: Lang) -> Option<String> {
    let line = without_texts(line);
    let is_missing = |names: &[&str]| {
        let of_name =
            |it: &Diagnostic| names.iter().any(|name| it.message.contains(&format!("`{name}` in this scope")));
        diagnostics.iter().any(of_name)
    };
    if has(&line, r"^\s*(import\s+\w|from\s+\w+\s+import\b)") {
        return Some(lang.python_import());
    }
    if has(&line, r"\b(np|numpy)\.\w") && is_missing(&["np", "numpy"]) {
        return Some(lang.python_numpy());
    }
    if let Some(names) = assigned(&line)
        .filter(|names| is_missing(&names.iter().map(String::as_str).collect::<Vec<_>>()) || names.len() > 1)
    {
        let name = if let [name] = &names[..] { name.clone() } else { format!("({})", names.join(", ")) };
        return Some(lang.python_let(name));
    }
    if has(&line, r"(^\s*def\s+\w+\s*\(|^\s*fn\s+\w+\(.*\).*:\s*(return\b.*)?$)") {
        return Some(lang.python_def());
    }
    if has(&line, r"\blambda\b[^:]*:") {
        return Some(lang.python_lambda());
    }
    if has(&line, r"\belif\b") {
        return Some(lang.python_elif());
    }
    if has(&line, r"[\w)\]]\s*\*\*\s*[\w(]") {
        return Some(lang.python_power());
    }
    if let Some(word) = ["True", "False"].into_iter().find(|word| is_missing(&[word])) {
        return Some(lang.python_truth(word, word.to_lowercase()));
    }
    let is_split =
        diagnostics.iter().any(|it| it.message.starts_with("expected one of") && it.message.ends_with("`,`"));
    (is_split && has(&line, r"\w\[[^\[\],]+,[^\[\]]+\]") && !line.contains('!')).then(|| lang.python_index())
}

/// By what rustc says.
fn by_error(diagnostic: &Diagnostic, lang: Lang) -> Option<String> {
    let message = diagnostic.message.as_str();
    let function = message.strip_prefix("cannot find function `").and_then(|rest| rest.split('`').next());
    match function {
        Some("log") => return Some(lang.python_log()),
        Some("len") => return Some(lang.python_len()),
        Some("print") => return Some(lang.python_print()),
        _ => {}
    }
    let is_code = |code: &str| diagnostic.code.as_deref() == Some(code);
    if is_code("E0423") && message.contains("`print`") {
        return Some(lang.python_print());
    }
    // rustc's own advice is as good where it gives any.
    let has_advice = diagnostic.rendered.contains("use a float literal");
    let whole = ["{integer}", "integer"].iter().any(|word| message.contains(word));
    let float = ["{float}", "`f64`", "`f32`", "floating-point"].iter().any(|word| diagnostic.rendered.contains(word));
    let is_mixed = is_code("E0277") && message.starts_with("cannot ") && whole && float;
    let is_expected = is_code("E0308") && diagnostic.rendered.contains("expected integer, found floating-point number")
        || is_code("E0308")
            && diagnostic.rendered.contains("floating-point")
            && diagnostic.rendered.contains("found integer")
        || is_code("E0308") && diagnostic.rendered.contains("f64") && diagnostic.rendered.contains("found `[i32;");
    if (is_mixed || is_expected) && !has_advice {
        return Some(lang.python_float());
    }
    if is_code("E0277") && message.contains(": Along<") {
        let name = ["max", "min"].into_iter().find(|name| diagnostic.rendered.contains(&format!("{name}(")));
        return name.map(|name| lang.python_of_two(name));
    }
    if is_code("E0277") && message.contains("Result<") && !message.contains('?') {
        return Some(lang.python_try());
    }
    let is_comparison = ["`>`", "`<`", "`>=`", "`<=`"].iter().any(|sign| message.contains(sign));
    (is_code("E0369") && is_comparison && message.contains("ArrayBase")).then(|| lang.python_compare())
}

/// The names that a line gives values to as Python does: `a = 1`, `w1, w2 = 1, 2`.
fn assigned(line: &str) -> Option<Vec<String>> {
    let assigned = Regex::new(r"^\s*([a-zA-Z_]\w*(?:\s*,\s*[a-zA-Z_]\w*)*)\s*=[^=>]").ok()?;
    let names = assigned.captures(line)?.get(1)?.as_str();
    Some(names.split(',').map(|name| name.trim().to_owned()).collect())
}

/// The line with its texts and its comment left out.
fn without_texts(line: &str) -> String {
    let text = Regex::new(r#""(?:[^"\\]|\\.)*""#).expect("it is a regular expression");
    let line = text.replace_all(line, "\"\"");
    line.split("//").next().unwrap_or_default().to_owned()
}

fn has(line: &str, pattern: &str) -> bool {
    Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: &str, message: &str, rendered: &str) -> Vec<Diagnostic> {
        let code = (!code.is_empty()).then(|| code.to_owned());
        let (message, rendered) = (message.to_owned(), format!("{message}\n{rendered}"));
        vec![Diagnostic { code, message, rendered, ..Diagnostic::default() }]
    }

    fn missing(name: &str) -> Vec<Diagnostic> {
        error("E0425", &format!("cannot find value `{name}` in this scope"), "")
    }

    #[test]
    fn a_line_of_python_gets_rusts_way() {
        let syntax = || error("", "expected one of `!`, `.`, `::`, `;`, `?`, `{`, `}`, or an operator, found `x`", "");
        let comma = || error("", "expected one of `.`, `?`, `]`, or an operator, found `,`", "");
        let cases = [
            ("import numpy as np", syntax(), "nothing is imported"),
            ("np.log(p / (1 - p))", missing("np"), "no `np`"),
            ("a = [1, 2]", missing("a"), "`let a = ...;`"),
            ("w1, w2, b = -1, -1, 1", syntax(), "`let (w1, w2, b) = ...;`"),
            ("def f(x):", syntax(), "`fn name(x: f64)"),
            ("fn border(w1, w2, b, x1): return x1", syntax(), "`fn name(x: f64)"),
            ("let f = lambda x: x + 1;", syntax(), "closure"),
            ("if x < 0.0 { 0.0 } elif x > 6.0 { 6.0 } else { x }", syntax(), "`else if`"),
            ("x ** 2", error("E0614", "type `{integer}` cannot be dereferenced", ""), "powi"),
            ("let y = True;", missing("True"), "`true`"),
            ("a[0, 1]", comma(), "`a[[row, column]]`"),
            ("log(2.0)", error("E0425", "cannot find function `log` in this scope", ""), "`x.ln()`"),
            ("len(x)", error("E0425", "cannot find function `len` in this scope", ""), "`x.len()`"),
            ("2 * 0.5", error("E0277", "cannot multiply `{integer}` by `{float}`", ""), "`2.0` for `2`"),
            ("1 - p", error("E0277", "cannot subtract `f64` from `{integer}`", ""), "`2.0` for `2`"),
            (
                "arange(-5, 5, 0.1)",
                error("E0308", "mismatched types", "expected integer, found floating-point number"),
                "`-5.0` for `-5`",
            ),
            (
                "min(6, max(0, x))",
                error("E0277", "the trait bound `f64: Along<_>` is not satisfied", "1 | max(0, x)"),
                "`a.max(b)`",
            ),
            ("relu(&x)", error("E0277", "the trait bound `&Result<A, E>: Elementwise` is not satisfied", ""), "`?`"),
            (
                "x > 0",
                error("E0369", "binary operation `>` cannot be applied to type `ArrayBase<OwnedRepr<f64>>`", ""),
                "mapv",
            ),
        ];
        for (line, diagnostics, expected) in cases {
            let advice = advice(line, &diagnostics, Lang::En).unwrap_or_default();
            assert!(advice.contains(expected), "{line}: {advice}");
        }
    }

    #[test]
    fn other_lines_get_none() {
        let cases = [
            ("let a = b;", missing("b")),
            ("x = 1;", error("E0384", "cannot assign twice to immutable variable `x`", "")),
            ("x == y", missing("y")),
            ("array![1, 2, 3] // import numpy", missing("z")),
            ("println!(\"a ** b, lambda: elif\")", missing("z")),
            ("f(|x| x)", error("E0277", "the trait bound `X: Clone` is not satisfied", "")),
            (
                "let x: f64 = 1;",
                error("E0308", "mismatched types", "found integer, floating-point\nuse a float literal: `1.0`"),
            ),
        ];
        for (line, diagnostics) in cases {
            assert_eq!(advice(line, &diagnostics, Lang::En), None, "{line}");
        }
    }
}
