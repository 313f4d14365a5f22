//! `inspect_request`: the type of a variable, the code of a cell's own item, or the library's documentation.
//!
//! It only looks names up: nothing is compiled.

use std::collections::BTreeMap;

use jupyter_protocol::InspectReply;
use syn::parse::Parser;
use syn::spanned::Spanned;
use syn::{Block, Item, Stmt};

use super::history::History;
use super::output::media;
use super::queries::{byte_at, type_of};
use crate::cli::engine::thread::Definitions;
use crate::cli::syntax::library::Found;
use crate::cli::syntax::split::depth::within_limits;
use crate::cli::syntax::{library, types};

/// Describes the name at the cursor.
pub fn inspect(code: &str, cursor: usize, is_detailed: bool, known: &Definitions, history: &History) -> InspectReply {
    let (owner, word) = word_at(code, byte_at(code, cursor));
    let page = if word.is_empty() { None } else { page(owner, word, is_detailed, known, history) };
    let Some(markdown) = page else { return InspectReply::default() };
    let plain: Vec<&str> = markdown.lines().filter(|line| !line.starts_with("```")).collect();
    let data = BTreeMap::from([("text/plain".to_owned(), plain.join("\n")), ("text/markdown".to_owned(), markdown)]);
    InspectReply { found: true, data: media(data), ..InspectReply::default() }
}

/// The name before the word's `.` or `::`, and the word at this position or before the bracket opened there.
fn word_at(code: &str, at: usize) -> (&str, &str) {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let begin_of = |end: usize| code[..end].trim_end_matches(is_word).len();
    let mut end = at + code[at..].find(|c| !is_word(c)).unwrap_or(code.len() - at);
    if begin_of(end) == end {
        end = code[..at].trim_end_matches(['(', ' ', '&']).len();
    }
    let begin = begin_of(end);
    let before = code[..begin].strip_suffix("::").or_else(|| code[..begin].strip_suffix('.')).unwrap_or_default();
    (&before[before.trim_end_matches(is_word).len()..], &code[begin..end])
}

fn page(owner: &str, word: &str, is_detailed: bool, known: &Definitions, history: &History) -> Option<String> {
    if owner.is_empty()
        && let Some(variable) = known.variables.iter().find(|variable| variable.name == word)
    {
        let head = format!("```rust\nlet {word}: {}\n```\n", types::short(&variable.type_name));
        let docs = type_of(word, known).and_then(|name| library::find(&name).into_iter().find(|it| it.is_public));
        return Some(
            head + &docs.map(|found| format!("\n{}\n", library::for_readers(&found.docs))).unwrap_or_default(),
        );
    }
    if known.items.iter().any(|item| item == word)
        && let Some(code) = history.newest(|input| item_of(input, word).is_some()).and_then(|it| item_of(it, word))
    {
        return Some(format!("```rust\n{code}\n```\n"));
    }
    let owner = type_of(owner, known).unwrap_or_else(|| owner.to_owned());
    let full = if owner.is_empty() { word.to_owned() } else { format!("{owner}::{word}") };
    let found = library::find(&full).into_iter().next().or_else(|| library::find(word).into_iter().next())?;
    Some(of_library(found, is_detailed))
}

fn of_library(found: &Found, is_detailed: bool) -> String {
    let code = if is_detailed { found.code.clone() } else { found.signature() };
    format!("```rust\n{code}\n```\n\n{}\n", library::for_readers(&found.docs))
}

/// The lines of a cell that define this name.
fn item_of(cell: &str, name: &str) -> Option<String> {
    let rust: Vec<&str> = cell.lines().map(|line| if line.trim_start().starts_with(':') { "" } else { line }).collect();
    let code = rust.join("\n");
    within_limits(&code, || item_in(&code, &rust, name)).ok()?
}

fn item_in(code: &str, rust: &[&str], name: &str) -> Option<String> {
    let statements = Block::parse_within.parse_str(code).ok()?;
    let item = statements.iter().find_map(|statement| match statement {
        Stmt::Item(item) if ident(item).is_some_and(|ident| ident == name) => Some(item),
        _ => None,
    })?;
    let span = item.span();
    Some(rust.get(span.start().line - 1..span.end().line)?.join("\n"))
}

fn ident(item: &Item) -> Option<&syn::Ident> {
    Some(match item {
        Item::Fn(it) => &it.sig.ident,
        Item::Struct(it) => &it.ident,
        Item::Enum(it) => &it.ident,
        Item::Trait(it) => &it.ident,
        Item::Type(it) => &it.ident,
        Item::Const(it) => &it.ident,
        Item::Static(it) => &it.ident,
        Item::Mod(it) => &it.ident,
        Item::Union(it) => &it.ident,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::engine::Variable;

    #[test]
    fn the_word_is_found_from_inside_and_from_its_brackets() {
        let cases = [
            ("sigmoid(&x)", 3, ("", "sigmoid")),
            ("sigmoid(&x)", 8, ("", "sigmoid")),
            ("net.forward(", 12, ("net", "forward")),
            ("Network::chapter()", 10, ("Network", "chapter")),
            ("값 + 1", 0, ("", "값")),
            ("  ", 1, ("", "")),
            ("", 0, ("", "")),
        ];
        for (code, cursor, found) in cases {
            assert_eq!(word_at(code, byte_at(code, cursor)), found, "{code} {cursor}");
        }
    }

    #[test]
    fn each_kind_of_name_is_described() {
        let mut history = History::default();
        history.add(1, ":dep a = \"1\"\n/// One neuron.\nfn neuron(x: f64) -> f64 {\n    x\n}\nneuron(1.0)");
        let variable = Variable { name: "net".into(), type_name: "forward_pass::network::Network".into() };
        let known = Definitions { variables: vec![variable], items: vec!["neuron".into()], sources: None };
        let shown = |code: &str, cursor| {
            let reply = serde_json::to_value(inspect(code, cursor, false, &known, &history)).expect("JSON");
            (reply["found"] == true, reply["data"]["text/plain"].as_str().unwrap_or_default().to_owned())
        };
        assert!(shown("net", 1).1.starts_with("let net: Network\n"));
        let (found, sigmoid) = shown("sigmoid(", 8);
        assert!(found && sigmoid.starts_with("pub fn sigmoid") && sigmoid.contains("1 / (1 + e^-x)"), "{sigmoid}");
        assert!(shown("net.forward(&x)", 6).1.starts_with("pub fn forward"));
        assert_eq!(shown("neuron", 2).1, "/// One neuron.\nfn neuron(x: f64) -> f64 {\n    x\n}");
        assert_eq!(shown("no_such_name", 2), (false, String::new()));
    }
}
