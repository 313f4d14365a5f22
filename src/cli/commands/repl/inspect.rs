//! Shift-Tab: the type, signature or documentation of the name under the cursor, in a few lines.
//!
//! It looks at the same names as Tab; for others it can ask the language server.

use super::analyzer::{Described, Hover};
use crate::cli::lang::Lang;
use crate::cli::syntax::complete::{Names, help};
use crate::cli::syntax::{library, names};
use crate::cli::terminal::highlight;
use crate::cli::terminal::style::{Look, QUIET};

/// A name in a line, and where it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    pub text: &'a str,
    pub start: usize,
}

/// What the session knows: its names, and the code that has run, input by input.
pub struct Known<'a> {
    pub names: &'a Names,
    pub codes: &'a [String],
    /// Where the cursor is in the line.
    pub position: usize,
}

/// Describes the word: from the session, then the library, then the language server.
pub fn describe(
    line: &str,
    word: Word,
    known: &Known,
    ask_server: impl FnOnce() -> Hover,
    lang: Lang,
    look: &Look,
) -> String {
    let rust = |text: &str| highlight::rust(text, look);
    let is_method = line[..word.start].ends_with('.');
    if !is_method {
        if let Some((name, kind)) = known.names.variables.iter().find(|(name, _)| name == word.text) {
            return rust(&lang.your_variable(name, kind));
        }
        if let Some(head) = known.codes.iter().rev().find_map(|code| names::head_of(code, word.text)) {
            return rust(&head);
        }
    }
    if let Some(page) = help::describe(line, known.position, known.names) {
        let docs = library::for_readers(&page.docs).replace("\n\n", "\n");
        let docs = docs.lines().take(4).collect::<Vec<_>>().join("\n");
        let head = rust(&library::fitted(&page.head, look.width));
        return format!("{head}\n{}", look.paint(QUIET, &look.wrapped(&docs))).trim_end().to_owned();
    }
    let found = library::find(word.text).into_iter().find(|item| item.is_public).map(|found| {
        let docs = library::for_readers(&found.docs);
        Described { head: found.signature(), docs: docs.lines().next().unwrap_or_default().to_owned() }
    });
    // Many types have a method of this name: the server knows which one is meant.
    let hover = if is_method || found.is_none() { ask_server() } else { Hover::Nothing };
    let is_late = hover == Hover::Late;
    let described = if let Hover::Known(described) = hover { Some(described) } else { found };
    let fitted = |head: &str| rust(&library::fitted(head, look.width));
    match described {
        Some(Described { head, docs }) if docs.is_empty() => fitted(&head),
        Some(Described { head, docs }) => format!("{}\n{}", fitted(&head), look.paint(QUIET, &look.wrapped(&docs))),
        None if is_late => lang.nothing_known_yet(word.text),
        None => lang.nothing_known(word.text),
    }
}

/// The name at the cursor: `x` in `sigmoid(&x|)`; after an opening bracket, the function that is called.
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
    fn each_kind_of_name_is_described() {
        let names = Names { variables: vec![("x".into(), "Array1<f64>".into())], ..Names::default() };
        let codes = ["/// Twice.\nfn twice(n: i32) -> i32 {\n    n * 2\n}\nlet mut x = 1;".to_owned()];
        let hovered = |line: &str, hover: Hover| {
            let known = Known { names: &names, codes: &codes, position: line.len() };
            describe(line, word_at(line, line.len()).unwrap(), &known, || hover, Lang::En, &Look::plain(80))
        };
        let described = |line: &str, hover: Option<&str>| {
            let hover = hover.map(|head| Hover::Known(Described { head: head.into(), docs: "Its docs.".into() }));
            hovered(line, hover.unwrap_or(Hover::Nothing))
        };
        assert_eq!(described("let y = x", Some("let x: ?")), "x: Array1<f64> (yours)");
        assert_eq!(described("twice(", Some("fn other()")), "fn twice(n: i32) -> i32");
        assert!(described("String::new(", None).starts_with("const fn new() -> String\nCreates a new"));
        assert!(
            described("sigmoid(", Some("fn other()")).starts_with("pub fn sigmoid"),
            "{}",
            described("sigmoid(", None)
        );
        assert!(described("a.forward(", None).contains("fn forward"), "{}", described("a.forward(", None));
        assert_eq!(described("a.forward(", Some("fn forward()")), "fn forward()\nIts docs.");
        assert_eq!(described("qqq", Some("fn qqq()")), "fn qqq()\nIts docs.");
        assert_eq!(described("qqq", None), "nothing is known about `qqq`");
        let late = "nothing is known about `qqq` yet: rust-analyzer is still loading, try again";
        assert_eq!(hovered("qqq", Hover::Late), late);
        assert!(hovered("a.forward(", Hover::Late).contains("fn forward"));
    }
}
