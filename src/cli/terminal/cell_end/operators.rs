//! ndarray's own `+`, `-`, `*` and `/` panic without naming the shapes that do not fit: this names them.
//!
//! The shapes are those of the arrays that the failing line mentions and that existed before the cell; the session is
//! asked for them with a cell of its own.

use crate::cli::lang::Lang;
use crate::cli::outcome::{End, Outcome, Output};
use crate::cli::syntax::names;
use crate::cli::terminal::highlight::{self, Kind};

/// Arrays of more names than this are not all asked for.
const MOST: usize = 8;

/// What to ask the session about a panic of an operator.
#[derive(Debug, PartialEq, Eq)]
pub struct Question {
    /// Prints the shapes of the names, a line each; empty if there are none.
    pub code: String,
    names: Vec<String>,
    operators: Vec<String>,
}

/// The question about this end, if it is the panic of an operator on arrays. `variables` are names and types.
pub fn question<'a>(
    end: &End,
    code: &str,
    variables: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Option<Question> {
    let End::Panicked { message, line } = end else { return None };
    if !message.contains("IncompatibleShape") && !message.contains("could not broadcast array from shape") {
        return None;
    }
    let line = line.and_then(|line| code.lines().nth(line.checked_sub(1)?)).unwrap_or_default();
    let mentioned = names::mentioned(line);
    let arrays = variables.into_iter().filter(|(name, kind)| kind.contains("ArrayBase<") && mentioned.contains(*name));
    let names: Vec<String> = arrays.map(|(name, _)| name.to_owned()).take(MOST).collect();
    let prints = names.iter().map(|name| format!("::std::println!(\"{{:?}}\", {name}.shape());"));
    let code = if names.is_empty() { String::new() } else { format!("{{ {} }};", prints.collect::<String>()) };
    Some(Question { code, names, operators: operators(line) })
}

/// The operators of a line, each once.
fn operators(line: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let code = highlight::pieces(line);
    for (at, (kind, text)) in code.iter().enumerate() {
        // A sign has no space after it, and `*x` is no product.
        let is_binary = code.get(at + 1).is_some_and(|(_, next)| next.starts_with([' ', '=']));
        let is_operator = *kind == Kind::Other && ["+", "-", "*", "/"].contains(text);
        if is_operator && is_binary && !found.iter().any(|it| it == text) {
            found.push((*text).to_owned());
        }
    }
    found
}

impl Question {
    /// What to tell the reader, with the session's answer to the question if there is one.
    pub fn advice(&self, answer: Option<&Outcome>, lang: Lang) -> String {
        let operators: Vec<String> = self.operators.iter().map(|it| format!("`{it}`")).collect();
        let which = if operators.is_empty() { "`+ - * /`".to_owned() } else { operators.join(" ") };
        let shapes = answer.map(|outcome| self.shapes(outcome)).unwrap_or_default();
        match shapes.is_empty() {
            true => lang.operator_without_shapes(which),
            false => lang.operator_with_shapes(which, shapes.join(", ")),
        }
    }

    /// `a (2, 3)`, in the order of the names.
    fn shapes(&self, answer: &Outcome) -> Vec<String> {
        let text: String = answer
            .outputs
            .iter()
            .map(|output| match output {
                Output::Stream { text, .. } => text.as_str(),
                Output::Rich { .. } => "",
            })
            .collect();
        let shape = |line: &str| {
            let inside = line.strip_prefix('[')?.strip_suffix(']')?;
            Some(if inside.is_empty() || inside.contains(',') { format!("({inside})") } else { format!("({inside},)") })
        };
        let shapes = self.names.iter().zip(text.lines());
        shapes.filter_map(|(name, line)| Some(format!("`{name}` {}", shape(line.trim())?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::outcome::Stream;

    fn panicked(message: &str, line: usize) -> End {
        End::Panicked { message: message.into(), line: Some(line) }
    }

    const MESSAGE: &str =
        "called `Result::unwrap()` on an `Err` value: ShapeError/IncompatibleShape: incompatible shapes";
    const VARIABLES: [(&str, &str); 3] = [
        ("a", "ndarray::ArrayBase<ndarray::OwnedRepr<f64>, ndarray::Dim<[usize; 1]>>"),
        ("b", "ndarray::ArrayBase<ndarray::OwnedRepr<f64>, ndarray::Dim<[usize; 2]>>"),
        ("n", "f64"),
    ];

    #[test]
    fn the_shapes_of_the_line_are_named() {
        let code = "let n = 2.0;\nlet c = &a * 2.0 + &b;";
        let question = question(&panicked(MESSAGE, 2), code, VARIABLES).expect("it is an operator's panic");
        assert_eq!(question.code, r#"{ ::std::println!("{:?}", a.shape());::std::println!("{:?}", b.shape()); };"#);
        let text = Output::Stream { stream: Stream::Stdout, text: "[3]\n[2, 4]\n".into() };
        let answer = Outcome { outputs: vec![text], ..Outcome::default() };
        let advice = question.advice(Some(&answer), Lang::En);
        assert!(advice.starts_with("`*` `+` met shapes that do not fit: `a` (3,), `b` (2, 4)"), "{advice}");
        assert!(question.advice(None, Lang::En).contains("add(&a, &b)?"));
    }

    #[test]
    fn other_ends_and_other_variables_are_left_alone() {
        assert_eq!(question(&panicked("index out of bounds", 1), "a + b", VARIABLES), None);
        assert_eq!(question(&End::Passed, "a + b", VARIABLES), None);
        let far = question(&panicked(MESSAGE, 1), "x.f(-1.0) - *y", VARIABLES).expect("an operator's panic");
        assert_eq!((far.code.as_str(), far.operators), ("", vec!["-".to_owned()]));
        let nowhere = question(&End::Panicked { message: MESSAGE.into(), line: None }, "a + b", VARIABLES);
        assert!(nowhere.is_some_and(|it| it.names.is_empty()));
    }
}
