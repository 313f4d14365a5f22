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

/// Describes the name at the cursor.
pub fn inspect(code: &str, cursor: usize, names: &Names) -> InspectReply {
    let Some(page) = describe(code, byte_at(code, cursor), names) else { return InspectReply::default() };
    InspectReply { found: true, data: media(shown(&page)), ..InspectReply::default() }
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
            let reply = serde_json::to_value(inspect(code, cursor, &names)).expect("JSON");
            reply["data"][kind].as_str().unwrap_or_default().to_owned()
        };
        assert!(form("값 + 1", 1, "text/plain").starts_with("let 값: i32"));
        assert_eq!(form("neuron", 2, "text/plain"), "fn neuron(x: f64) -> f64 {\n    x\n}\n\nOne *neuron*.");
        assert!(form("neuron", 2, "text/html").contains("<em>neuron</em>"));
        assert!(form("Vec::new()", 1, "text/markdown").contains("// std::vec::Vec\nstruct Vec<T>"));
        assert_eq!(form("no_such_name", 2, "text/plain"), "");
    }
}
