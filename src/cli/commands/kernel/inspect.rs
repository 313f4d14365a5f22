//! `inspect_request`: the type of a variable, the signature and documentation of a name, the parameter that is next.
//!
//! It only looks names up: nothing is compiled.

use std::collections::BTreeMap;

use jupyter_protocol::InspectReply;

use super::output::media;
use super::queries::byte_at;
use crate::cli::page::fragment;
use crate::cli::syntax::complete::Names;
use crate::cli::syntax::complete::help::{Page, describe};
use crate::cli::syntax::library;

/// Describes the name at the cursor; of the chapter's library also what the session has not loaded.
pub fn inspect(code: &str, cursor: usize, is_detailed: bool, names: &Names) -> InspectReply {
    let at = byte_at(code, cursor);
    let Some(page) = describe(code, at, names).or_else(|| of_library(word_at(code, at), is_detailed)) else {
        return InspectReply::default();
    };
    InspectReply { found: true, data: media(shown(&page)), ..InspectReply::default() }
}

/// The word at this byte, or before the bracket opened there.
fn word_at(code: &str, at: usize) -> &str {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let before = code[..at].trim_end_matches('(');
    let start = before.trim_end_matches(is_part).len();
    let end =
        if before.len() < at { before.len() } else { at + code[at..].find(|c| !is_part(c)).unwrap_or(code.len() - at) };
    &code[start..end]
}

fn of_library(word: &str, is_detailed: bool) -> Option<Page> {
    if word.is_empty() {
        return None;
    }
    let found = library::find(word).into_iter().find(|found| found.is_public)?;
    let head = if is_detailed { found.code.clone() } else { found.signature() };
    Some(Page { head, path: String::new(), docs: found.docs.clone() })
}

/// A page as text, Markdown and HTML.
fn shown(page: &Page) -> BTreeMap<String, String> {
    let page = Page { docs: library::for_readers(&page.docs), ..page.clone() };
    let markdown = page.markdown();
    let html = fragment(&markdown);
    [("text/plain", page.plain()), ("text/html", html), ("text/markdown", markdown)]
        .into_iter()
        .map(|(kind, text)| (kind.to_owned(), text))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_described_in_three_forms() {
        let names = Names {
            variables: vec![("값".into(), "i32".into())],
            sources: vec!["/// One *neuron*.\nfn neuron(x: f64) -> f64 {\n    x\n}".into()],
            ..Names::default()
        };
        let form = |code: &str, cursor, kind: &str| {
            let reply = serde_json::to_value(inspect(code, cursor, false, &names)).expect("JSON");
            reply["data"][kind].as_str().unwrap_or_default().to_owned()
        };
        assert!(form("값 + 1", 1, "text/plain").starts_with("let 값: i32"));
        assert_eq!(form("neuron", 2, "text/plain"), "fn neuron(x: f64) -> f64 {\n    x\n}\n\nOne *neuron*.");
        assert!(form("neuron", 2, "text/html").contains("<em>neuron</em>"));
        assert!(form("Vec::new()", 1, "text/markdown").contains("// std::vec::Vec\nstruct Vec<T>"));
        assert!(form("sigmoid(", 8, "text/plain").starts_with("pub fn sigmoid"));
        assert_eq!(form("no_such_name", 2, "text/plain"), "");
    }
}
