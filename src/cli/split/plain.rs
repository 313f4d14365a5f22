//! Code that is felt only where it is named: cells made of such code alone may be compiled before their turn.
//!
//! An `impl` is felt by all code that names its type or its trait, wherever it stands.

use syn::visit::Visit;
use syn::{Attribute, Item, Stmt};

/// Derives of the standard library: what they add is felt only by code that names the type.
const DERIVES: [&str; 9] = ["Clone", "Copy", "Debug", "Default", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash"];
const ATTRIBUTES: [&str; 8] = ["doc", "allow", "expect", "warn", "must_use", "inline", "cold", "default"];

/// An item that adds its own name to the session and nothing else.
pub fn is_plain_item(item: &Item) -> bool {
    let attributes = match item {
        Item::Const(it) if it.ident != "_" => &it.attrs,
        Item::Enum(it) => &it.attrs,
        Item::Fn(it) => &it.attrs,
        Item::Static(it) => &it.attrs,
        Item::Struct(it) => &it.attrs,
        Item::Type(it) => &it.attrs,
        Item::Union(it) => &it.attrs,
        _ => return false,
    };
    let mut felt = Felt(false);
    felt.visit_item(item);
    attributes.iter().all(is_plain_attribute) && !felt.0
}

/// A statement without an item inside that is felt elsewhere.
pub fn is_plain_statement(statement: &Stmt) -> bool {
    let mut felt = Felt(false);
    felt.visit_stmt(statement);
    !felt.0
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

struct Felt(bool);

impl Visit<'_> for Felt {
    fn visit_item_impl(&mut self, _: &syn::ItemImpl) {
        self.0 = true;
    }

    fn visit_item_mod(&mut self, _: &syn::ItemMod) {
        self.0 = true;
    }

    fn visit_item_macro(&mut self, item: &syn::ItemMacro) {
        self.0 |= item.ident.is_none();
    }

    fn visit_item_foreign_mod(&mut self, _: &syn::ItemForeignMod) {
        self.0 = true;
    }
}
