//! An item of a cell: its names, what it replaces, and what in it affects a value's memory layout.
//!
//! It looks at one item alone; the session's items together are the engine's business.

mod impls;
mod imports;
mod macros;

use std::collections::BTreeSet;

pub use impls::{Layout, Member};
pub use imports::Import;
use imports::imports_of;
pub use macros::call_makes_items;
use proc_macro2::Span;
use syn::Item as Syntax;
use syn::spanned::Spanned;

use super::{plain, words};

/// An item as the session needs to know it.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub kind: ItemKind,
    /// The names it defines, each with its namespace.
    pub names: Vec<(Space, String)>,
    /// Every name it mentions.
    pub words: BTreeSet<String>,
    /// A hash of its tokens, without comments.
    pub hash: u64,
    /// A `macro_rules!` macro that expands to items.
    pub makes_items: bool,
    /// It affects only code that names it.
    pub is_plain: bool,
}

impl Item {
    /// A `macro_rules!` macro: only code after it can use it.
    pub fn is_macro(&self) -> bool {
        self.names.iter().any(|(space, _)| *space == Space::Macro)
    }
}

/// Rust's namespaces; an import may be in any of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Space {
    Type,
    Value,
    Macro,
    Any,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ItemKind {
    /// An item with a name of its own.
    Definition,
    /// `use`, one entry for each name it imports.
    Use(Vec<Import>),
    ExternCrate(String),
    /// `impl Trait for Type`: replaces an earlier one with the same key. Its associated types and constants can affect
    /// the layout of values.
    TraitImpl {
        key: String,
        layout: Layout,
    },
    /// `impl Type`: merged with earlier ones, member by member.
    InherentImpl {
        key: String,
        members: Vec<Member>,
        layout: Layout,
    },
    /// A macro call that makes items, identified by its text.
    Call(String),
    /// An item without a name or key: an `extern` block, `const _`.
    Nameless(String),
}

/// Reads an item whose text begins at `offset` in the cell.
pub fn item_of(item: &Syntax, text: &str, offset: usize) -> Option<Item> {
    let (kind, names) = match item {
        Syntax::Macro(it) if it.ident.is_none() => return item_of_call(&it.mac, text),
        Syntax::ExternCrate(it) => {
            let name = it.rename.as_ref().map_or(&it.ident, |(_, rename)| rename);
            (ItemKind::ExternCrate(it.ident.to_string()), vec![(Space::Type, plain_name(name))])
        }
        Syntax::Use(it) => {
            let imports = imports(it, text);
            let names = imports.iter().filter_map(|import| import.name.clone()).map(|name| (Space::Any, name));
            let names = names.collect();
            (ItemKind::Use(imports), names)
        }
        Syntax::Impl(it) => (impl_kind(it, text, offset)?, Vec::new()),
        item => match names_of(item) {
            names if names.is_empty() => (ItemKind::Nameless(words::plain(text)), names),
            names => (ItemKind::Definition, names),
        },
    };
    let (words, hash) = words::names_and_hash(text)?;
    let makes_items = matches!(item, Syntax::Macro(it) if macros::rules_make_items(&it.mac.tokens));
    Some(Item { kind, names, words, hash, makes_items, is_plain: plain::is_plain_item(item) })
}

/// Reads a macro call that makes items.
pub fn item_of_call(call: &syn::Macro, text: &str) -> Option<Item> {
    let (words, hash) = words::names_and_hash(text)?;
    let names = macros::names_defined(&call.tokens);
    let kind = ItemKind::Call(words::plain(text));
    Some(Item { kind, names, words, hash, makes_items: false, is_plain: false })
}

/// `area` for `fn area() {}`; `None` for an `impl`, a `use` and whatever else defines no name of its own.
pub fn name_of(item: &Syntax) -> Option<String> {
    names_of(item).into_iter().next().map(|(_, name)| name)
}

/// The name that an item defines, in each of its namespaces.
fn names_of(item: &Syntax) -> Vec<(Space, String)> {
    let (spaces, ident): (&[Space], _) = match item {
        Syntax::Enum(it) => (&[Space::Type], &it.ident),
        Syntax::Union(it) => (&[Space::Type], &it.ident),
        Syntax::Trait(it) => (&[Space::Type], &it.ident),
        Syntax::TraitAlias(it) => (&[Space::Type], &it.ident),
        Syntax::Type(it) => (&[Space::Type], &it.ident),
        Syntax::Mod(it) => (&[Space::Type], &it.ident),
        Syntax::Struct(it) if matches!(it.fields, syn::Fields::Named(_)) => (&[Space::Type], &it.ident),
        Syntax::Struct(it) => (&[Space::Type, Space::Value], &it.ident),
        Syntax::Const(it) if it.ident != "_" => (&[Space::Value], &it.ident),
        Syntax::Static(it) => (&[Space::Value], &it.ident),
        Syntax::Fn(it) => (&[Space::Value], &it.sig.ident),
        Syntax::Macro(syn::ItemMacro { ident: Some(ident), .. }) => (&[Space::Macro], ident),
        _ => return Vec::new(),
    };
    spaces.iter().map(|space| (*space, plain_name(ident))).collect()
}

fn imports(item: &syn::ItemUse, text: &str) -> Vec<Import> {
    let base = item.span().byte_range().start;
    let attributes: String = item.attrs.iter().filter_map(|it| slice(it.span(), text, base)).collect();
    let head = format!("{attributes}{} use ", slice(item.vis.span(), text, base).unwrap_or_default());
    let mut imports = Vec::new();
    imports_of(&item.tree, &head, if item.leading_colon.is_some() { "::" } else { "" }, &mut imports);
    imports
}

fn impl_kind(item: &syn::ItemImpl, text: &str, offset: usize) -> Option<ItemKind> {
    let base = item.span().byte_range().start;
    let self_type = words::plain(slice(item.self_ty.span(), text, base)?);
    let layout = impls::layout_of(item, text, base)?;
    Some(match &item.trait_ {
        Some((path, _)) => {
            let key = format!("{} for {self_type}", words::plain(slice(path.span(), text, base)?));
            ItemKind::TraitImpl { key, layout }
        }
        None => {
            let generics = slice(item.generics.params.span(), text, base).unwrap_or_default();
            let key = format!("<{}> {self_type}", words::plain(generics));
            ItemKind::InherentImpl { key, members: impls::members_of(item, text, base, offset)?, layout }
        }
    })
}

/// The text of a span, where the item's own text begins at `base`.
fn slice(span: Span, text: &str, base: usize) -> Option<&str> {
    let range = span.byte_range();
    text.get(range.start.checked_sub(base)?..range.end.checked_sub(base)?)
}

fn plain_name(ident: &syn::Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").unwrap_or(&name).to_owned()
}
