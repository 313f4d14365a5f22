//! Code that affects only code that names it: cells of such code alone may be compiled before their turn.
//!
//! An `impl` is not: it affects all code that uses its type or its trait.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::Visit;
use syn::{Attribute, Item, Stmt};

/// Derives of the standard library: they affect only code that names the type.
const DERIVES: [&str; 9] = ["Clone", "Copy", "Debug", "Default", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash"];
const ATTRIBUTES: [&str; 8] = ["doc", "allow", "expect", "warn", "must_use", "inline", "cold", "default"];

/// Words in a macro's input or output that may affect other code.
pub const REACHING: [&str; 6] = ["impl", "extern", "macro_export", "no_mangle", "export_name", "link_section"];

/// An item that adds its own name to the session and nothing else.
pub fn is_plain_item(item: &Item) -> bool {
    let has_name = match item {
        Item::Const(it) => it.ident != "_",
        Item::Enum(_) | Item::Fn(_) | Item::Static(_) | Item::Struct(_) | Item::Type(_) | Item::Union(_) => true,
        _ => false,
    };
    let mut search = Reach(false);
    search.visit_item(item);
    has_name && !search.0
}

/// A statement without an item inside that affects other code.
pub fn is_plain_statement(statement: &Stmt) -> bool {
    let mut search = Reach(false);
    search.visit_stmt(statement);
    !search.0
}

/// Input for a macro without such a word.
pub fn are_plain_tokens(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().all(|token| match token {
        TokenTree::Ident(ident) => !REACHING.iter().any(|word| ident == word),
        TokenTree::Group(group) => are_plain_tokens(&group.stream()),
        _ => true,
    })
}

fn is_plain_attribute(attribute: &Attribute) -> bool {
    let path = attribute.path();
    if path.is_ident("derive") {
        let mut is_known = true;
        let read = attribute.parse_nested_meta(|meta| {
            is_known &= meta.path.get_ident().is_some_and(|name| DERIVES.iter().any(|known| name == known));
            Ok(())
        });
        return read.is_ok() && is_known;
    }
    ATTRIBUTES.iter().any(|known| path.is_ident(known))
}

struct Reach(bool);

impl Visit<'_> for Reach {
    fn visit_item_impl(&mut self, _: &syn::ItemImpl) {
        self.0 = true;
    }

    fn visit_item_mod(&mut self, _: &syn::ItemMod) {
        self.0 = true;
    }

    fn visit_item_foreign_mod(&mut self, _: &syn::ItemForeignMod) {
        self.0 = true;
    }

    fn visit_attribute(&mut self, attribute: &Attribute) {
        self.0 |= !is_plain_attribute(attribute);
    }

    fn visit_macro(&mut self, call: &syn::Macro) {
        self.0 |= !are_plain_tokens(&call.tokens);
    }
}
