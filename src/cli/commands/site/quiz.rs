//! Exercises that need no compiler, as forms: the code of the stub with a field for each of its values.
//!
//! The page's script sends the values to the library's check, as the check cell does, and remembers what is solved.

use std::fmt::Write;

use serde_json::json;

use super::words::{self, Words};
use crate::cli::lang::Lang;
use crate::cli::notebook::exercise::Exercise;
use crate::cli::page::{code, escaped, fragment};
use crate::cli::terminal::highlight::{self, Kind};

/// A piece of a stub.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    Code(&'a str),
    Number(&'a str),
    Truth(&'a str),
}

/// The stub in pieces; `None` if it has code to write.
fn pieces(stub: &str) -> Option<Vec<Piece<'_>>> {
    let pieces = highlight::pieces(stub);
    let is_code = |word: &str| matches!(word, "fn" | "todo" | "impl" | "struct" | "loop");
    if pieces.iter().any(|(_, text)| is_code(text)) {
        return None;
    }
    let piece = |(kind, text)| match (kind, text) {
        (_, "true" | "false") => Piece::Truth(text),
        (Kind::Number, text) => Piece::Number(text),
        (_, text) => Piece::Code(text),
    };
    let pieces: Vec<Piece> = pieces.into_iter().map(piece).collect();
    pieces.iter().any(|piece| !matches!(piece, Piece::Code(_))).then_some(pieces)
}

/// The form of an exercise that can be solved on a page.
pub fn form(exercise: &Exercise, lang: Lang) -> Option<String> {
    let words = words::of(lang);
    let stub = with_fields(&pieces(&exercise.stub)?, words);
    let hints: Vec<_> = exercise.wrong.iter().map(|it| json!([it.hint.of(Lang::En), it.hint.of(lang)])).collect();
    let (id, hints) = (escaped(&exercise.id), escaped(&json!(hints).to_string()));
    let mut html = format!(
        "<form class=\"quiz\" id=\"{id}-quiz\" data-quiz=\"{id}\" data-hints=\"{hints}\" hidden>\n\
         <pre class=\"fields\"><code>{stub}</code></pre>\n\
         <div class=\"buttons\"><button>{}</button></div>\n\
         <div class=\"verdict\" role=\"status\"></div>\n",
        words.check
    );
    for (at, hint) in exercise.hints.iter().enumerate() {
        let hint = fragment(hint.of(lang));
        let _ = writeln!(html, "<details><summary>{} {}</summary>\n{hint}</details>", words.hint, at + 1);
    }
    let (solution, reason) = (code(&exercise.solution), fragment(exercise.reason.of(lang)));
    let _ = writeln!(
        html,
        "<details class=\"solution\" hidden><summary>{}</summary>\n<pre class=\"rust\"><code>{solution}</code></pre>\n\
         {reason}</details>\n</form>",
        words.solution
    );
    Some(html)
}

/// The code of a stub, with a field in the place of each value.
fn with_fields(pieces: &[Piece], words: &Words) -> String {
    let mut count = 0;
    let mut field = |attributes: &str| {
        count += 1;
        format!("aria-label=\"{} {count}\"{attributes}", words.value)
    };
    let html = pieces.iter().map(|piece| match piece {
        Piece::Code(text) => code(text),
        Piece::Number(text) => {
            format!("<input {} value=\"{}\">", field(" size=\"5\" inputmode=\"decimal\""), escaped(text))
        }
        Piece::Truth(text) => {
            let option = |name: &str| {
                let selected = if name == *text { " selected" } else { "" };
                format!("<option{selected}>{name}</option>")
            };
            format!("<select {}>{}{}</select>", field(""), option("true"), option("false"))
        }
    });
    html.collect()
}

#[cfg(test)]
mod tests {
    use forward_pass::exercise::quiz::{NAMES, judge};

    use super::*;
    use crate::cli::notebook::exercise;

    /// The values in a piece of code, with their signs.
    fn values(code: &str) -> Vec<f64> {
        let mut values = Vec::new();
        let mut sign = 1.0;
        for piece in pieces(code).expect("it has values") {
            match piece {
                Piece::Number(text) => values.push(sign * text.parse::<f64>().expect("a number")),
                Piece::Truth(text) => values.push(f64::from(u8::from(text == "true"))),
                Piece::Code(text) => sign = if text == "-" { -1.0 } else { 1.0 },
            }
        }
        values
    }

    #[test]
    fn a_page_checks_every_exercise_without_code_as_a_notebook_does() {
        let all = exercise::all().unwrap();
        let quizzes: Vec<&Exercise> = all.iter().filter(|it| pieces(&it.stub).is_some()).collect();
        let names: Vec<&str> = quizzes.iter().map(|it| it.id.as_str()).collect();
        assert_eq!(names, NAMES);
        for quiz in quizzes {
            let verdict = |code: &str| judge(&quiz.id, &values(code)).unwrap();
            assert!(!verdict(&quiz.stub).is_solved(), "{}", quiz.id);
            assert!(verdict(&quiz.solution).is_solved(), "{}: {}", quiz.id, verdict(&quiz.solution));
            for wrong in &quiz.wrong {
                let verdict = verdict(&wrong.code).to_string();
                assert!(verdict.contains(wrong.hint.of(Lang::En)), "{}: {verdict}", quiz.id);
            }
        }
    }

    #[test]
    fn values_of_a_stub_are_fields() {
        let html = with_fields(&pieces("let (w, yes) = (0.5, true);").unwrap(), words::of(Lang::En));
        assert!(
            html.contains("<input aria-label=\"value 1\" size=\"5\" inputmode=\"decimal\" value=\"0.5\">"),
            "{html}"
        );
        assert!(html.contains("<select aria-label=\"value 2\"><option selected>true</option>"), "{html}");
        assert!(pieces("fn f() -> i32 {\n    todo!()\n}").is_none() && pieces("let x = y;").is_none());
    }
}
