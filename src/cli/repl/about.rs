//! What is under the cursor: a variable's type, a function's signature, a term's meaning; a few lines at most.
//!
//! It looks at names that are at hand, as Tab does; what they do not tell, somebody else may be asked for.

use super::analyzer::Described;
use super::complete::Names;
use super::origin;
use crate::cli::highlight;
use crate::cli::library;
use crate::cli::look::{FAINT, Look};
use crate::cli::words::Lang;

/// A name in a line, and where it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    pub text: &'a str,
    pub start: usize,
}

/// What is at hand: names, and the code that has run, input by input.
pub struct AtHand<'a> {
    pub names: &'a Names,
    pub codes: &'a [String],
}

/// What is known of the word: of the session first, then of the library, then what `others` say.
pub fn of(
    line: &str,
    word: Word,
    at_hand: &AtHand,
    others: impl FnOnce() -> Option<Described>,
    lang: Lang,
    look: &Look,
) -> String {
    let rust = |text: &str| highlight::rust(text, look);
    let is_method = line[..word.start].ends_with('.');
    if !is_method {
        if let Some((name, kind)) = at_hand.names.variables.iter().find(|(name, _)| name == word.text) {
            return rust(&lang.your_variable(name, kind));
        }
        if let Some(head) = at_hand.codes.iter().rev().find_map(|code| origin::head_of(code, word.text)) {
            return rust(&head);
        }
    }
    let of_library = || {
        let found = library::find(word.text).into_iter().find(|item| item.is_public)?;
        let docs = library::for_readers(&found.docs);
        Some(Described { head: found.signature(), docs: docs.lines().next().unwrap_or_default().to_owned() })
    };
    // A method of this name may be anybody's: who knows the type goes first.
    let described = if is_method { others().or_else(of_library) } else { of_library().or_else(others) };
    let fitted = |head: &str| rust(&library::fitted(head, look.width));
    match described {
        Some(Described { head, docs }) if docs.is_empty() => fitted(&head),
        Some(Described { head, docs }) => format!("{}\n{}", fitted(&head), look.paint(FAINT, &look.wrapped(&docs))),
        None => lang.nothing_known(word.text),
    }
}

/// The name that the cursor stands in or behind; in `sigmoid(&x|)` it is `x`; behind an opening bracket, what is called.
pub fn word_at(line: &str, position: usize) -> Option<Word<'_>> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let before = line.get(..position)?;
    let start_of = |text: &str| {
        text.rfind(|c| !is_part(c)).map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8))
    };
    let start = start_of(before);
    let after = line[position..].find(|c| !is_part(c)).map_or(line.len(), |at| position + at);
    if start < after {
        return Some(Word { text: &line[start..after], start });
    }
    let called = before.trim_end_matches(|c: char| !is_part(c));
    let start = start_of(called);
    (start < called.len()).then(|| Word { text: &called[start..], start })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_found_at_the_cursor_or_before_it() {
        let cases = [
            ("sigmoid(&x)", 3, "sigmoid", 0),
            ("sigmoid(&x)", 10, "x", 9),
            ("sigmoid(", 8, "sigmoid", 0),
            ("값.len", 3, "값", 0),
            ("값.len(", 7, "len", 4),
        ];
        for (line, position, text, start) in cases {
            assert_eq!(word_at(line, position), Some(Word { text, start }), "{line} {position}");
        }
        assert_eq!(word_at("", 0), None);
        assert_eq!(word_at("  ", 2), None);
    }

    #[test]
    fn a_variable_a_function_a_method_and_nothing_are_told_apart() {
        let names = Names { variables: vec![("x".into(), "Array1<f64>".into())], ..Names::default() };
        let codes = ["/// Twice.\nfn twice(n: i32) -> i32 {\n    n * 2\n}\nlet mut x = 1;".to_owned()];
        let at_hand = AtHand { names: &names, codes: &codes };
        let said = |line: &str, known: Option<&str>| {
            let word = word_at(line, line.len()).unwrap();
            let known = known.map(|head| Described { head: head.into(), docs: "Says more.".into() });
            of(line, word, &at_hand, || known, Lang::En, &Look::plain(80))
        };
        assert_eq!(said("let y = x", Some("let x: ?")), "x: Array1<f64> (yours)");
        assert_eq!(said("twice(", Some("fn other()")), "fn twice(n: i32) -> i32");
        assert!(said("sigmoid(", Some("fn other()")).starts_with("pub fn sigmoid"), "{}", said("sigmoid(", None));
        assert!(said("a.forward(", None).contains("fn forward"), "{}", said("a.forward(", None));
        assert_eq!(said("a.forward(", Some("fn forward()")), "fn forward()\nSays more.");
        assert_eq!(said("qqq", Some("fn qqq()")), "fn qqq()\nSays more.");
        assert_eq!(said("qqq", None), "nothing is known of `qqq`");
    }
}
