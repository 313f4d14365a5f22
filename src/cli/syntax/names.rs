//! The names that a piece of Rust defines and mentions, to tell the user where a missing one comes from.
//!
//! It knows no scopes: it errs on the side of more, and rustc has the last word. `split::words` collects the names of a
//! cell for the engine, and `lint` resolves the scopes of a cell.

use std::collections::BTreeSet;

use syn::parse::Parser;
use syn::spanned::Spanned;
use syn::{Block, Item, Stmt};

use super::split::{bindings::bindings_of, depth::within_limits, items::name_of, without_commands, words};

/// The variables and items that the code defines for later cells, in order.
pub fn defined(code: &str) -> Vec<String> {
    let code = without_commands(code);
    let statements = || Block::parse_within.parse_str(&code).ok();
    let names = || Some(statements()?.iter().flat_map(of_statement).collect());
    within_limits(&code, names).ok().flatten().unwrap_or_default()
}

fn of_statement(statement: &Stmt) -> Vec<String> {
    match statement {
        Stmt::Local(local) => bindings_of(&local.pat).into_iter().map(|binding| binding.name).collect(),
        Stmt::Item(item) => name_of(item).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// The head of an item that the code defines: a function up to its body, anything else up to the end of its first line.
pub fn head_of(code: &str, name: &str) -> Option<String> {
    let rust = without_commands(code);
    within_limits(&rust, || head_in(&rust, name)).ok()?
}

fn head_in(rust: &str, name: &str) -> Option<String> {
    let statements = Block::parse_within.parse_str(rust).ok()?;
    let mut items =
        statements.iter().filter_map(|statement| if let Stmt::Item(item) = statement { Some(item) } else { None });
    let item = items.rfind(|item| name_of(item).as_deref() == Some(name))?;
    if let Item::Fn(function) = item {
        let span = function.sig.span().byte_range();
        return rust.get(span).map(str::to_owned);
    }
    let lines = rust.get(item.span().byte_range())?.lines().map(str::trim);
    let head = lines.filter(|line| !line.starts_with("///") && !line.starts_with("#[")).find(|line| !line.is_empty());
    head.map(|head| head.trim_end_matches('{').trim_end().to_owned())
}

/// Every word in the code, also in strings, which may contain `{x}`.
pub fn mentioned(code: &str) -> BTreeSet<String> {
    words::by_eye(code).names
}

/// A name that an error could not find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing<'a> {
    pub name: &'a str,
    /// It was called.
    pub is_function: bool,
}

/// The name that an error could not find: the first one in backticks.
pub fn missing(message: &str) -> Option<Missing<'_>> {
    let what = message.strip_prefix("cannot find ")?;
    let name = message.split('`').nth(1).filter(|name| !name.is_empty())?;
    Some(Missing { name, is_function: what.starts_with("function ") })
}

/// Whether the code defines a function of this name.
pub fn defines_function(code: &str, name: &str) -> bool {
    head_of(code, name).is_some_and(|head| head.split_whitespace().any(|word| word == "fn"))
}

/// Keywords that `syn` takes for names, or that are reserved.
const KEYWORDS: [&str; 13] =
    ["async", "await", "dyn", "try", "gen", "abstract", "become", "box", "do", "final", "macro", "override", "priv"];

/// A name as code must write it: `r#type`.
pub fn identifier(name: &str) -> String {
    let name = name.strip_prefix("r#").unwrap_or(name);
    let raw = KEYWORDS.contains(&name) || syn::parse_str::<syn::Ident>(name).is_err();
    if raw { format!("r#{name}") } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defined_names_are_found() {
        let code =
            ":dep x = \"1\"\nlet (a, mut b) = f();\nfn area() {}\nstruct P;\nlet Some(c) = d else { return };\nb";
        assert_eq!(defined(code), ["a", "b", "area", "P", "c"]);
        assert!(defined("let = 1").is_empty() && defined("").is_empty());
    }

    #[test]
    fn an_items_head_has_no_body() {
        let code = ":dep x = \"1\"\n/// 두 배.\nfn twice(값: i32)\n    -> i32 { 값 * 2 }\n\
            #[derive(Debug)]\nstruct P {\n    x: i32,\n}\nenum E { A }\n1 + 1";
        assert_eq!(head_of(code, "twice").as_deref(), Some("fn twice(값: i32)\n    -> i32"));
        assert_eq!(head_of(code, "P").as_deref(), Some("struct P"));
        assert_eq!(head_of(code, "E").as_deref(), Some("enum E { A }"));
        assert_eq!(head_of(code, "Q"), None);
        assert!(defines_function(code, "twice") && !defines_function(code, "P") && !defines_function(code, "x"));
        assert_eq!(head_of("let = 1", "Q"), None);
    }

    #[test]
    fn words_and_missing_names_are_read_from_text() {
        assert!(mentioned("println!(\"{x:?}\")").contains("x"));
        let found = |name, is_function| Some(Missing { name, is_function });
        assert_eq!(missing("cannot find value `v` in this scope"), found("v", false));
        assert_eq!(missing("cannot find function `exp` in this scope"), found("exp", true));
        assert_eq!(missing("mismatched types"), None);
    }
}
