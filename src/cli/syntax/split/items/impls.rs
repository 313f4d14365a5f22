//! The members of an `impl`, and what in it can affect a value's memory layout.

use std::collections::BTreeSet;
use std::ops::Range;

use syn::ImplItem;
use syn::spanned::Spanned;

use super::super::words;

/// The associated types and constants of an `impl`, with every name its head mentions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    pub head: BTreeSet<String>,
    pub words: BTreeSet<String>,
    pub hash: u64,
}

/// A member of an inherent `impl` and its place in the cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    pub name: String,
    pub range: Range<usize>,
}

pub fn members_of(item: &syn::ItemImpl, text: &str, base: usize, offset: usize) -> Option<Vec<Member>> {
    let mut end = item.brace_token.span.open().byte_range().end.checked_sub(base)?;
    let mut members = Vec::new();
    for member in &item.items {
        let range = member.span().byte_range();
        let member_end = range.end.checked_sub(base)?;
        text.get(end..member_end)?;
        let name = match member {
            ImplItem::Fn(it) => it.sig.ident.to_string(),
            ImplItem::Const(it) => it.ident.to_string(),
            ImplItem::Type(it) => it.ident.to_string(),
            _ => words::plain(&text[end..member_end]),
        };
        members.push(Member { name, range: offset + end..offset + member_end });
        end = member_end;
    }
    Some(members)
}

pub fn layout_of(item: &syn::ItemImpl, text: &str, base: usize) -> Option<Layout> {
    let open = item.brace_token.span.open().byte_range().start.checked_sub(base)?;
    let head = text.get(..open)?;
    let (mut names, _) = words::names_and_hash(head)?;
    // A path prefix (`std::ops::`) says nothing: many types share it.
    names.retain(|name| !is_only_a_prefix(name, head));
    let mut layout = Layout { head: names, ..Layout::default() };
    let mut text_of_layout = String::new();
    for member in &item.items {
        if matches!(member, ImplItem::Const(_) | ImplItem::Type(_) | ImplItem::Macro(_)) {
            let range = member.span().byte_range();
            text_of_layout.push_str(text.get(range.start.checked_sub(base)?..range.end.checked_sub(base)?)?);
            text_of_layout.push('\n');
        }
    }
    if !text_of_layout.is_empty() {
        (layout.words, layout.hash) = words::names_and_hash(&text_of_layout)?;
    }
    Some(layout)
}

/// Whether every occurrence of a name comes before `::`.
fn is_only_a_prefix(name: &str, text: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let places = text.match_indices(name).map(|(at, _)| (&text[..at], &text[at + name.len()..]));
    let whole = places.filter(|(before, after)| !before.ends_with(is_part) && !after.starts_with(is_part));
    let prefixes: Vec<bool> = whole.map(|(_, after)| after.trim_start().starts_with("::")).collect();
    !prefixes.is_empty() && prefixes.into_iter().all(|is_prefix| is_prefix)
}
