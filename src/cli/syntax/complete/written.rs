//! An item as it is written in a cell.

use syn::parse::Parser;
use syn::spanned::Spanned;
use syn::{Block, Item, Stmt};

/// The lines of a cell that define this name.
pub fn item_of(cell: &str, name: &str) -> Option<String> {
    let rust: Vec<&str> = cell.lines().map(|line| if line.trim_start().starts_with(':') { "" } else { line }).collect();
    let statements = Block::parse_within.parse_str(&rust.join("\n")).ok()?;
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
