//! What a text of Rust defines: types with fields and variants, `impl`s, traits, functions, macros, imports.
//!
//! It reads a session's cells, the sources of crates and the index of std, and decides nothing about types.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use syn::parse::Parser;
use syn::{Attribute, Block, Fields, ImplItem, Item, Stmt, TraitItem, UseTree, Visibility};

use super::cursor::statements;
use crate::cli::syntax::split::commands::commands_of;

#[derive(Default)]
pub struct Outline {
    pub types: Vec<TypeItem>,
    pub impls: Vec<Impl>,
    pub functions: Vec<Member>,
    /// Constants and statics.
    pub values: Vec<Member>,
    /// Macros by example with their docs.
    pub macros: Vec<(String, String)>,
    pub modules: Vec<(String, Outline)>,
    pub uses: Vec<Use>,
    /// Modules in files of their own.
    pub declared: Vec<String>,
}

/// A struct, an enum, a trait or an alias.
pub struct TypeItem {
    pub name: String,
    pub kind: Kind,
    pub generics: syn::Generics,
    pub fields: Vec<Field>,
    pub variants: Vec<Variant>,
    /// Of a trait.
    pub members: Vec<Member>,
    pub supers: Vec<syn::Path>,
    pub alias: Option<syn::Type>,
    pub derives: Vec<String>,
    pub docs: String,
    pub is_public: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Struct,
    Enum,
    Trait,
    Alias,
}

pub struct Field {
    /// A number for a field of a tuple.
    pub name: String,
    pub ty: syn::Type,
    pub is_public: bool,
    pub docs: String,
}

pub struct Variant {
    pub name: String,
    pub fields: Vec<Field>,
    pub docs: String,
}

pub struct Impl {
    pub generics: syn::Generics,
    pub self_ty: syn::Type,
    pub of_trait: Option<syn::Path>,
    pub types: Vec<(String, syn::Type)>,
    pub members: Vec<Member>,
}

/// A function, a method or a constant.
#[derive(Clone)]
pub struct Member {
    pub name: String,
    pub what: What,
    pub is_public: bool,
    pub docs: String,
}

#[derive(Clone)]
pub enum What {
    Function(Box<syn::Signature>),
    Constant(Box<syn::Type>),
    /// An associated type of a trait.
    Type,
}

impl Member {
    pub fn signature(&self) -> Option<&syn::Signature> {
        if let What::Function(signature) = &self.what { Some(signature) } else { None }
    }

    /// Whether it is called with a dot.
    pub fn is_method(&self) -> bool {
        self.signature().is_some_and(|signature| signature.receiver().is_some())
    }
}

/// A name that a `use` brings into scope; `*` for all of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    pub path: Vec<String>,
    pub name: String,
    pub is_public: bool,
}

thread_local! {
    /// The outlines of texts read before: cells do not change.
    static READ: RefCell<HashMap<String, Rc<Outline>>> = RefCell::default();
}

/// How many texts are remembered.
const REMEMBERED: usize = 2000;

impl Outline {
    /// The outline of a cell, or of the beginning of one.
    pub fn of(code: &str) -> Rc<Outline> {
        if let Some(known) = READ.with_borrow(|read| read.get(code).cloned()) {
            return known;
        }
        let (_, from) = commands_of(code);
        let outline = Rc::new(Outline::of_rust(&code[from..]));
        READ.with_borrow_mut(|read| {
            if read.len() >= REMEMBERED {
                read.clear();
            }
            read.insert(code.to_owned(), Rc::clone(&outline));
        });
        outline
    }

    /// What can be read of the statements and items of a text; the rest is passed over.
    pub fn of_rust(code: &str) -> Outline {
        let mut outline = Outline::default();
        for piece in statements(code) {
            for statement in Block::parse_within.parse_str(piece).unwrap_or_default() {
                if let Stmt::Item(item) = statement {
                    outline.add(&item);
                }
            }
        }
        outline
    }

    /// The outline of a whole file.
    pub fn of_file(code: &str) -> Outline {
        let mut outline = Outline::default();
        for item in syn::parse_file(code).map(|file| file.items).unwrap_or_default() {
            outline.add(&item);
        }
        outline
    }

    fn add(&mut self, item: &Item) {
        match item {
            Item::Struct(it) => self.types.push(TypeItem {
                fields: fields_of(&it.fields),
                ..TypeItem::new(&it.ident, Kind::Struct, &it.generics, &it.attrs, &it.vis)
            }),
            Item::Enum(it) => self.types.push(TypeItem {
                variants: it.variants.iter().map(variant).collect(),
                ..TypeItem::new(&it.ident, Kind::Enum, &it.generics, &it.attrs, &it.vis)
            }),
            Item::Type(it) => self.types.push(TypeItem {
                alias: Some((*it.ty).clone()),
                ..TypeItem::new(&it.ident, Kind::Alias, &it.generics, &it.attrs, &it.vis)
            }),
            Item::Trait(it) => self.types.push(TypeItem {
                members: it.items.iter().filter_map(of_trait).collect(),
                supers: it.supertraits.iter().filter_map(bound_path).collect(),
                ..TypeItem::new(&it.ident, Kind::Trait, &it.generics, &it.attrs, &it.vis)
            }),
            Item::Impl(it) => self.impls.push(of_impl(it)),
            Item::Fn(it) => self.functions.push(function(&it.sig, &it.vis, &it.attrs)),
            Item::Const(it) => self.values.push(constant(&it.ident, &it.ty, &it.vis, &it.attrs)),
            Item::Static(it) => self.values.push(constant(&it.ident, &it.ty, &it.vis, &it.attrs)),
            Item::Macro(it) => {
                if let Some(name) = &it.ident {
                    self.macros.push((name.to_string(), docs_of(&it.attrs)));
                }
            }
            Item::Mod(it) if it.content.is_none() => self.declared.push(it.ident.to_string()),
            Item::Mod(it) => {
                let mut inside = Outline::default();
                for item in it.content.iter().flat_map(|(_, items)| items) {
                    inside.add(item);
                }
                self.modules.push((it.ident.to_string(), inside));
            }
            Item::Use(it) => imports(&it.tree, &mut Vec::new(), is_public(&it.vis), &mut self.uses),
            _ => {}
        }
    }
}

impl TypeItem {
    fn new(
        name: &syn::Ident,
        kind: Kind,
        generics: &syn::Generics,
        attributes: &[Attribute],
        visibility: &Visibility,
    ) -> TypeItem {
        TypeItem {
            name: name.to_string(),
            kind,
            generics: generics.clone(),
            fields: Vec::new(),
            variants: Vec::new(),
            members: Vec::new(),
            supers: Vec::new(),
            alias: None,
            derives: derives_of(attributes),
            docs: docs_of(attributes),
            is_public: is_public(visibility),
        }
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn function(signature: &syn::Signature, visibility: &Visibility, attributes: &[Attribute]) -> Member {
    Member {
        name: signature.ident.to_string(),
        what: What::Function(Box::new(signature.clone())),
        is_public: is_public(visibility),
        docs: docs_of(attributes),
    }
}

fn constant(name: &syn::Ident, ty: &syn::Type, visibility: &Visibility, attributes: &[Attribute]) -> Member {
    let what = What::Constant(Box::new(ty.clone()));
    Member { name: name.to_string(), what, is_public: is_public(visibility), docs: docs_of(attributes) }
}

fn of_trait(item: &TraitItem) -> Option<Member> {
    // What a trait has is as public as the trait.
    let public = Visibility::Public(syn::token::Pub::default());
    match item {
        TraitItem::Fn(it) => Some(function(&it.sig, &public, &it.attrs)),
        TraitItem::Const(it) => Some(constant(&it.ident, &it.ty, &public, &it.attrs)),
        TraitItem::Type(it) => {
            Some(Member { name: it.ident.to_string(), what: What::Type, is_public: true, docs: docs_of(&it.attrs) })
        }
        _ => None,
    }
}

fn of_impl(it: &syn::ItemImpl) -> Impl {
    let mut types = Vec::new();
    let mut members = Vec::new();
    for item in &it.items {
        match item {
            ImplItem::Fn(it) => members.push(function(&it.sig, &it.vis, &it.attrs)),
            ImplItem::Const(it) => members.push(constant(&it.ident, &it.ty, &it.vis, &it.attrs)),
            ImplItem::Type(it) => types.push((it.ident.to_string(), it.ty.clone())),
            _ => {}
        }
    }
    let of_trait = it.trait_.as_ref().map(|(path, _)| path.clone());
    Impl { generics: it.generics.clone(), self_ty: (*it.self_ty).clone(), of_trait, types, members }
}

fn variant(variant: &syn::Variant) -> Variant {
    Variant { name: variant.ident.to_string(), fields: fields_of(&variant.fields), docs: docs_of(&variant.attrs) }
}

fn fields_of(fields: &Fields) -> Vec<Field> {
    let field = |(at, field): (usize, &syn::Field)| Field {
        name: field.ident.as_ref().map_or_else(|| at.to_string(), ToString::to_string),
        ty: field.ty.clone(),
        is_public: is_public(&field.vis),
        docs: docs_of(&field.attrs),
    };
    fields.iter().enumerate().map(field).collect()
}

pub fn bound_path(bound: &syn::TypeParamBound) -> Option<syn::Path> {
    if let syn::TypeParamBound::Trait(bound) = bound { Some(bound.path.clone()) } else { None }
}

fn derives_of(attributes: &[Attribute]) -> Vec<String> {
    let mut names = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
        // An attribute that cannot be read derives nothing.
        let _ = attribute.parse_nested_meta(|meta| {
            names.extend(meta.path.segments.last().map(|last| last.ident.to_string()));
            Ok(())
        });
    }
    names
}

pub fn docs_of(attributes: &[Attribute]) -> String {
    let line = |attribute: &Attribute| match &attribute.meta {
        syn::Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    };
    let lines: Vec<String> = attributes.iter().filter_map(line).collect();
    lines.iter().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

fn imports(tree: &UseTree, path: &mut Vec<String>, is_public: bool, uses: &mut Vec<Use>) {
    let mut add = |path: &[String], last: Option<String>, name: String| {
        let path = path.iter().cloned().chain(last).collect();
        uses.push(Use { path, name, is_public });
    };
    match tree {
        UseTree::Path(it) => {
            path.push(it.ident.to_string());
            imports(&it.tree, path, is_public, uses);
            path.pop();
        }
        UseTree::Name(it) if it.ident == "self" => add(path, None, path.last().cloned().unwrap_or_default()),
        UseTree::Name(it) => add(path, Some(it.ident.to_string()), it.ident.to_string()),
        UseTree::Rename(it) => add(path, Some(it.ident.to_string()), it.rename.to_string()),
        UseTree::Glob(_) => add(path, None, "*".to_owned()),
        UseTree::Group(it) => it.items.iter().for_each(|tree| imports(tree, path, is_public, uses)),
    }
}
