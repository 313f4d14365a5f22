//! What is under the cursor: a variable's type, a function's signature, a term's meaning; a few lines at most.
//!
//! It looks only at names that are at hand, as Tab does.

use super::complete::Names;
use crate::cli::highlight;
use crate::cli::library;
use crate::cli::look::{FAINT, Look};
use crate::cli::words::Lang;

/// The name that the cursor stands in or behind, and what is known of it; `None` where there is no name.
pub fn under(line: &str, position: usize, names: &Names, lang: Lang, look: &Look) -> Option<String> {
    let word = word_at(line, position)?;
    Some(of(&word, names, lang, look).unwrap_or_else(|| lang.nothing_known(&word)))
}

fn of(word: &str, names: &Names, lang: Lang, look: &Look) -> Option<String> {
    if let Some((name, kind)) = names.variables.iter().find(|(name, _)| name == word) {
        return Some(highlight::rust(&lang.your_variable(name, kind), look));
    }
    let found = library::find(word).into_iter().find(|item| item.is_public)?;
    let signature = highlight::rust(&found.signature(), look);
    let docs = library::for_readers(&found.docs);
    let first = docs.lines().next().unwrap_or_default();
    Some(if first.is_empty() { signature } else { format!("{signature}\n{}", look.paint(FAINT, first)) })
}

/// In `sigmoid(&x|)` it is `x`; behind an opening bracket, what is called.
fn word_at(line: &str, position: usize) -> Option<String> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let before = line.get(..position)?;
    let start =
        before.rfind(|c| !is_part(c)).map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let after = line[position..].find(|c| !is_part(c)).map_or(line.len(), |at| position + at);
    let word = &line[start..after];
    if !word.is_empty() {
        return Some(word.to_owned());
    }
    let called = before.trim_end_matches(|c: char| !is_part(c));
    let start =
        called.rfind(|c| !is_part(c)).map_or(0, |at| at + called[at..].chars().next().map_or(1, char::len_utf8));
    (start < called.len()).then(|| called[start..].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_found_at_the_cursor_or_before_it() {
        let cases =
            [("sigmoid(&x)", 3, "sigmoid"), ("sigmoid(&x)", 10, "x"), ("sigmoid(", 8, "sigmoid"), ("값.len", 3, "값")];
        for (line, position, word) in cases {
            assert_eq!(word_at(line, position).as_deref(), Some(word), "{line} {position}");
        }
        assert_eq!(word_at("", 0), None);
        assert_eq!(word_at("  ", 2), None);
    }

    #[test]
    fn a_variable_a_function_and_nothing_are_told_apart() {
        let names = Names { variables: vec![("x".into(), "Array1<f64>".into())], ..Names::default() };
        let under = |line: &str| under(line, line.len(), &names, Lang::En, &Look::plain(80));
        assert_eq!(under("let y = x").as_deref(), Some("x: Array1<f64> (yours)"));
        assert!(under("sigmoid(").unwrap().starts_with("pub fn sigmoid"), "{:?}", under("sigmoid("));
        assert_eq!(under("qqq").as_deref(), Some("nothing is known of `qqq`"));
    }
}
