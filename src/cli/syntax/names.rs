//! Which names a piece of Rust defines and mentions: to tell a reader where a missing one comes from.
//!
//! It reads text and errs on the side of more; rustc has the last word.

use std::collections::BTreeSet;

use syn::parse::Parser;
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{Block, Item, Stmt};

use super::split::items::name_of;

/// The variables and items that live on after this code, in order.
pub fn defined(code: &str) -> Vec<String> {
    let rust: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with(':')).collect();
    let Ok(statements) = Block::parse_within.parse_str(&rust.join("\n")) else { return Vec::new() };
    statements.iter().flat_map(of_statement).collect()
}

fn of_statement(statement: &Stmt) -> Vec<String> {
    match statement {
        Stmt::Local(local) => {
            let mut names = Names::default();
            names.visit_pat(&local.pat);
            names.0
        }
        Stmt::Item(item) => name_of(item).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// How an item that this code defines begins: a function up to its body, anything else up to its first line's end.
pub fn head_of(code: &str, name: &str) -> Option<String> {
    let rust: Vec<&str> = code.lines().map(|line| if line.trim_start().starts_with(':') { "" } else { line }).collect();
    let rust = rust.join("\n");
    let statements = Block::parse_within.parse_str(&rust).ok()?;
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

#[derive(Default)]
struct Names(Vec<String>);

impl Visit<'_> for Names {
    fn visit_pat_ident(&mut self, pattern: &syn::PatIdent) {
        self.0.push(pattern.ident.to_string());
        syn::visit::visit_pat_ident(self, pattern);
    }
}

/// Every word in the code, also those inside of texts, where `{x}` may stand.
pub fn mentioned(code: &str) -> BTreeSet<String> {
    let words = code.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// The name that an error does not find: the first one in backticks.
pub fn missing(message: &str) -> Option<&str> {
    message.starts_with("cannot find").then(|| message.split('`').nth(1))?.filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_where_they_are_made() {
        let code =
            ":dep x = \"1\"\nlet (a, mut b) = f();\nfn area() {}\nstruct P;\nlet Some(c) = d else { return };\nb";
        assert_eq!(defined(code), ["a", "b", "area", "P", "c"]);
        assert!(defined("let = 1").is_empty() && defined("").is_empty());
    }

    #[test]
    fn an_item_s_head_is_shown_without_its_body() {
        let code = ":dep x = \"1\"\n/// 두 배.\nfn twice(값: i32)\n    -> i32 { 값 * 2 }\n#[derive(Debug)]\nstruct P {\n    x: i32,\n}\nenum E { A }\n1 + 1";
        assert_eq!(head_of(code, "twice").as_deref(), Some("fn twice(값: i32)\n    -> i32"));
        assert_eq!(head_of(code, "P").as_deref(), Some("struct P"));
        assert_eq!(head_of(code, "E").as_deref(), Some("enum E { A }"));
        assert_eq!(head_of(code, "Q"), None);
        assert_eq!(head_of("let = 1", "Q"), None);
    }

    #[test]
    fn words_and_missing_names_are_read_from_text() {
        assert!(mentioned("println!(\"{x:?}\")").contains("x"));
        assert_eq!(missing("cannot find value `v` in this scope"), Some("v"));
        assert_eq!(missing("mismatched types"), None);
    }
}
