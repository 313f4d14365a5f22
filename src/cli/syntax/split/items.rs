//! What an item of a cell is called, what it replaces, and what a value's layout could owe to it.
//!
//! It looks at one item alone; the session's items together are `state`'s business.

use std::collections::BTreeSet;
use std::ops::Range;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::{ImplItem, UseTree};

use super::{plain, words};

/// An item, as the session must know it.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub kind: ItemKind,
    /// The names that it defines, each in its namespace.
    pub names: Vec<(Space, String)>,
    /// Every name that it mentions.
    pub words: BTreeSet<String>,
    /// Of its tokens, without comments.
    pub hash: u64,
    /// A macro by example whose output begins like an item.
    pub makes_items: bool,
    /// It is felt only where its name is written.
    pub is_plain: bool,
}

impl Item {
    /// A macro by example: what follows it can use it, what stands before can't.
    pub fn is_macro(&self) -> bool {
        self.names.iter().any(|(space, _)| *space == Space::Macro)
    }
}

/// Rust's namespaces; an import may stand in all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Space {
    Type,
    Value,
    Macro,
    Any,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ItemKind {
    /// Something with a name of its own.
    Definition,
    /// `use`, one entry for each name that it brings.
    Use(Vec<Import>),
    ExternCrate(String),
    /// `impl Trait for Type`: its key replaces an earlier one. The layout of values can hang on its types and constants.
    TraitImpl {
        key: String,
        layout: Layout,
    },
    /// `impl Type`: merged with earlier ones member by member.
    InherentImpl {
        key: String,
        members: Vec<Member>,
        layout: Layout,
    },
    /// A macro call that makes items, known by its own text.
    Call(String),
    /// No name and no key: an `extern` block, `const _`.
    Nameless(String),
}

/// The associated types and constants of an `impl`, with every name that its head mentions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    pub head: BTreeSet<String>,
    pub words: BTreeSet<String>,
    pub hash: u64,
}

/// A member of an inherent `impl`, placed in the cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    pub name: String,
    pub range: Range<usize>,
}

/// One name of a `use`, written out on its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// `None` for `*` and `as _`.
    pub name: Option<String>,
    pub text: String,
}

/// Reads an item whose text begins at `offset` in the cell.
pub fn item_of(item: &syn::Item, text: &str, offset: usize) -> Option<Item> {
    use syn::Item as I;
    let (all_words, hash) = words::names_and_hash(text)?;
    let base = item.span().byte_range().start;
    let slice = |span: Span| {
        let range = span.byte_range();
        text.get(range.start.checked_sub(base)?..range.end.checked_sub(base)?)
    };
    let type_name = |ident: &syn::Ident| (ItemKind::Definition, vec![(Space::Type, plain_name(ident))]);
    let value_name = |ident: &syn::Ident| (ItemKind::Definition, vec![(Space::Value, plain_name(ident))]);
    let nameless = || (ItemKind::Nameless(words::plain(text)), Vec::new());
    let mut makes_items = false;
    let (kind, names) = match item {
        I::Enum(it) => type_name(&it.ident),
        I::Union(it) => type_name(&it.ident),
        I::Trait(it) => type_name(&it.ident),
        I::TraitAlias(it) => type_name(&it.ident),
        I::Type(it) => type_name(&it.ident),
        I::Mod(it) => type_name(&it.ident),
        I::Struct(it) => {
            let mut names = vec![(Space::Type, plain_name(&it.ident))];
            if !matches!(it.fields, syn::Fields::Named(_)) {
                names.push((Space::Value, plain_name(&it.ident)));
            }
            (ItemKind::Definition, names)
        }
        I::Const(it) if it.ident == "_" => nameless(),
        I::Const(it) => value_name(&it.ident),
        I::Static(it) => value_name(&it.ident),
        I::Fn(it) => value_name(&it.sig.ident),
        I::Macro(it) => match &it.ident {
            Some(ident) => {
                makes_items = rules_make_items(&it.mac.tokens);
                (ItemKind::Definition, vec![(Space::Macro, plain_name(ident))])
            }
            None => return item_of_call(&it.mac, text),
        },
        I::ExternCrate(it) => {
            let name = it.rename.as_ref().map_or(&it.ident, |(_, rename)| rename);
            (ItemKind::ExternCrate(it.ident.to_string()), vec![(Space::Type, plain_name(name))])
        }
        I::Use(it) => {
            let attributes: String = it.attrs.iter().filter_map(|attribute| slice(attribute.span())).collect();
            let head = format!("{attributes}{} use ", slice(it.vis.span()).unwrap_or_default());
            let start = if it.leading_colon.is_some() { "::" } else { "" };
            let mut imports = Vec::new();
            imports_of(&it.tree, &head, start, &mut imports);
            let names =
                imports.iter().filter_map(|import| import.name.clone()).map(|name| (Space::Any, name)).collect();
            (ItemKind::Use(imports), names)
        }
        I::Impl(it) => {
            let self_type = words::plain(slice(it.self_ty.span())?);
            let generics = slice(it.generics.params.span()).unwrap_or_default();
            let layout = layout_of(it, text, base)?;
            let kind = match &it.trait_ {
                Some((path, _)) => {
                    let key = format!("{} for {self_type}", words::plain(slice(path.span())?));
                    ItemKind::TraitImpl { key, layout }
                }
                None => {
                    let key = format!("<{}> {self_type}", words::plain(generics));
                    ItemKind::InherentImpl { key, members: members_of(it, text, base, offset)?, layout }
                }
            };
            (kind, Vec::new())
        }
        _ => nameless(),
    };
    Some(Item { kind, names, words: all_words, hash, makes_items, is_plain: plain::is_plain_item(item) })
}

/// Reads a macro call that makes items.
pub fn item_of_call(call: &syn::Macro, text: &str) -> Option<Item> {
    let (all_words, hash) = words::names_and_hash(text)?;
    let names = names_defined(&call.tokens);
    let kind = ItemKind::Call(words::plain(text));
    Some(Item { kind, names, words: all_words, hash, makes_items: false, is_plain: false })
}

/// Does this macro call stand for items? Known by the macro's own rules, or by what it is given.
pub fn call_makes_items(call: &syn::Macro, item_macros: &BTreeSet<String>) -> bool {
    let name = call.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
    item_macros.contains(&name) || name == "thread_local" || begins_like_item(&call.tokens)
}

/// `area` for `fn area() {}`.
pub fn name_of(item: &syn::Item) -> Option<String> {
    let name = match item {
        syn::Item::Const(it) => &it.ident,
        syn::Item::Enum(it) => &it.ident,
        syn::Item::Fn(it) => &it.sig.ident,
        syn::Item::Mod(it) => &it.ident,
        syn::Item::Static(it) => &it.ident,
        syn::Item::Struct(it) => &it.ident,
        syn::Item::Trait(it) => &it.ident,
        syn::Item::Type(it) => &it.ident,
        syn::Item::Union(it) => &it.ident,
        syn::Item::Macro(it) => it.ident.as_ref()?,
        _ => return None,
    };
    Some(name.to_string())
}

fn plain_name(ident: &syn::Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").unwrap_or(&name).to_owned()
}

/// Does one of the rules of a macro by example give something that begins like an item?
fn rules_make_items(tokens: &TokenStream) -> bool {
    let mut after_arrow = 0;
    for token in tokens.clone() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '=' => after_arrow = 1,
            TokenTree::Punct(punct) if punct.as_char() == '>' && after_arrow == 1 => after_arrow = 2,
            TokenTree::Group(group) if after_arrow == 2 => {
                if begins_like_item(&group.stream()) {
                    return true;
                }
                after_arrow = 0;
            }
            _ => after_arrow = 0,
        }
    }
    false
}

const ITEM_WORDS: [&str; 10] = ["struct", "enum", "fn", "static", "trait", "mod", "impl", "union", "type", "use"];

fn begins_like_item(tokens: &TokenStream) -> bool {
    let mut tokens = tokens.clone().into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            // Attributes, and the repetition `$( ... )*` around the item.
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                tokens.next();
            }
            TokenTree::Punct(punct) if punct.as_char() == '$' => match tokens.next() {
                Some(TokenTree::Group(group)) => {
                    // `$(#[$meta])* struct ...`: attributes repeated, then the item.
                    let only_attributes = group
                        .stream()
                        .into_iter()
                        .next()
                        .is_some_and(|first| matches!(&first, TokenTree::Punct(punct) if punct.as_char() == '#'));
                    if !only_attributes || begins_like_item(&group.stream()) {
                        return begins_like_item(&group.stream());
                    }
                    tokens.next();
                }
                // `$vis struct`
                Some(TokenTree::Ident(_)) if matches!(tokens.peek(), Some(TokenTree::Ident(_))) => {}
                _ => return false,
            },
            TokenTree::Ident(ident) if ident == "pub" => {
                if matches!(tokens.peek(), Some(TokenTree::Group(_))) {
                    tokens.next();
                }
            }
            TokenTree::Ident(ident) if ident == "unsafe" || ident == "extern" || ident == "async" => {
                if !matches!(tokens.peek(), Some(TokenTree::Ident(_))) {
                    return false;
                }
            }
            TokenTree::Ident(ident) if ident == "const" => {
                return matches!(tokens.peek(), Some(TokenTree::Ident(_) | TokenTree::Punct(_)));
            }
            TokenTree::Ident(ident) if ITEM_WORDS.iter().any(|word| ident == word) => {
                return match tokens.peek() {
                    Some(TokenTree::Ident(_)) => true,
                    // `struct $name`, `impl<T>`, `use ::a`
                    Some(TokenTree::Punct(punct)) => "$<:".contains(punct.as_char()),
                    _ => false,
                };
            }
            _ => return false,
        }
    }
    false
}

/// The names after `struct`, `fn`, `static ref`, ... at the first level of a macro's input.
fn names_defined(tokens: &TokenStream) -> Vec<(Space, String)> {
    let mut names = Vec::new();
    let mut space = None;
    for token in tokens.clone() {
        let TokenTree::Ident(ident) = token else {
            space = None;
            continue;
        };
        let word = ident.to_string();
        space = match word.as_str() {
            "struct" | "enum" | "trait" | "mod" | "union" | "type" => Some(Space::Type),
            "fn" | "static" | "const" => Some(Space::Value),
            "ref" | "mut" => space,
            _ => {
                names.extend(space.map(|space| (space, word)));
                None
            }
        };
    }
    names
}

fn members_of(item: &syn::ItemImpl, text: &str, base: usize, offset: usize) -> Option<Vec<Member>> {
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

fn layout_of(item: &syn::ItemImpl, text: &str, base: usize) -> Option<Layout> {
    let open = item.brace_token.span.open().byte_range().start.checked_sub(base)?;
    let head = text.get(..open)?;
    let (mut names, _) = words::names_and_hash(head)?;
    // The way to a name (`std::ops::`) tells nothing: many types come by the same.
    names.retain(|name| !is_only_a_way(name, head));
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

/// Whether a word stands in front of `::` wherever it stands.
fn is_only_a_way(name: &str, text: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let places = text.match_indices(name).map(|(at, _)| (&text[..at], &text[at + name.len()..]));
    let whole = places.filter(|(before, after)| !before.ends_with(is_part) && !after.starts_with(is_part));
    let ways: Vec<bool> = whole.map(|(_, after)| after.trim_start().starts_with("::")).collect();
    !ways.is_empty() && ways.into_iter().all(|is_way| is_way)
}

fn imports_of(tree: &UseTree, head: &str, path: &str, imports: &mut Vec<Import>) {
    match tree {
        UseTree::Path(it) => imports_of(&it.tree, head, &format!("{path}{}::", it.ident), imports),
        UseTree::Group(it) => it.items.iter().for_each(|tree| imports_of(tree, head, path, imports)),
        UseTree::Glob(_) => imports.push(Import { name: None, text: format!("{head}{path}*;") }),
        UseTree::Name(it) if it.ident == "self" => {
            let parent = path.trim_end_matches("::");
            let name = parent.rsplit("::").next().unwrap_or(parent).to_owned();
            imports.push(Import { name: Some(name), text: format!("{head}{path}{{self}};") });
        }
        UseTree::Name(it) => {
            imports.push(Import { name: Some(plain_name(&it.ident)), text: format!("{head}{path}{};", it.ident) });
        }
        UseTree::Rename(it) => {
            let name = (it.rename != "_").then(|| plain_name(&it.rename));
            let text = if it.ident == "self" {
                format!("{head}{path}{{self as {}}};", it.rename)
            } else {
                format!("{head}{path}{} as {};", it.ident, it.rename)
            };
            imports.push(Import { name, text });
        }
    }
}
