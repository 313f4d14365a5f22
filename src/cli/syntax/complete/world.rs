//! Everything that a cell can name: the session's items, those of this cell, of std and of loaded crates.
//!
//! A type's name says where it is from: `Point` is the session's, `std::Vec` the index's, and `ndarray::ArrayBase` that
//! of a crate.

use std::rc::Rc;

use syn::{GenericArgument, GenericParam, PathArguments, ReturnType, Type};

use super::index;
use super::outline::{Impl, Kind, Outline, TypeItem, Use, bound_path};
use super::ty::{Bindings, Bound, Ty};

pub struct World {
    /// The session's outlines and this cell's, from the oldest to the newest.
    pub own: Vec<Rc<Outline>>,
    pub crates: Vec<(String, Rc<Outline>)>,
    /// The imports of the session and of this cell.
    pub uses: Vec<Use>,
}

/// Where names are looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Home {
    Own,
    Std,
    Crate(String),
}

/// What generic parameters and `Self` mean where a type is written.
#[derive(Clone)]
pub struct Frame {
    pub home: Home,
    pub params: Bindings,
    pub itself: Option<Ty>,
}

impl Frame {
    pub fn new(home: Home) -> Frame {
        Frame { home, params: Bindings::new(), itself: None }
    }

    pub fn with_self(mut self, itself: Ty) -> Frame {
        self.itself = Some(itself);
        self
    }

    /// Adds the parameters, each standing for itself.
    pub fn open(&mut self, generics: &syn::Generics) {
        for param in &generics.params {
            if let GenericParam::Type(param) = param {
                self.params.insert(param.ident.to_string(), Ty::Param(param.ident.to_string()));
            }
        }
    }
}

impl Home {
    pub fn of(name: &str) -> Home {
        match name.split_once("::") {
            Some(("std", _)) => Home::Std,
            Some((of, _)) => Home::Crate(of.to_owned()),
            None => Home::Own,
        }
    }
}

/// The traits whose methods need no `use`.
pub const PRELUDE_TRAITS: &str = "AsMut AsRef Clone Default DoubleEndedIterator Eq ExactSizeIterator Extend From \
                                  FromIterator Into IntoIterator Iterator Ord PartialEq PartialOrd ToOwned ToString \
                                  TryFrom TryInto";

impl World {
    /// The outlines of a home, the newest first.
    fn outlines(&self, home: &Home) -> Vec<&Rc<Outline>> {
        match home {
            Home::Own => self.own.iter().rev().collect(),
            Home::Crate(of) => self.crates.iter().filter(|(name, _)| name == of).map(|(_, outline)| outline).collect(),
            Home::Std => Vec::new(),
        }
    }

    /// Calls `with` for the type of this name.
    pub fn type_item<T>(&self, name: &str, with: impl FnOnce(&TypeItem) -> T) -> Option<T> {
        let home = Home::of(name);
        let last = name.rsplit("::").next()?;
        if home == Home::Std {
            let outline = index::outline(name.strip_prefix("std::")?)?;
            return outline.types.first().map(with);
        }
        let outlines = self.outlines(&home);
        outlines.iter().find_map(|outline| find_type(outline, last)).map(with)
    }

    /// The `impl`s that may be for the type of this name, with the outlines that own them.
    pub fn each_impl(&self, name: &str, mut with: impl FnMut(&Impl, &Home)) {
        let home = Home::of(name);
        let last = name.rsplit("::").next().unwrap_or_default();
        if let Some(outline) = name.strip_prefix("std::").and_then(index::outline) {
            outline.impls.iter().for_each(|one| with(one, &Home::Std));
        }
        let mut others = self.outlines(&Home::Own);
        if let Home::Crate(_) = &home {
            self.outlines(&home).iter().for_each(|outline| all_impls(outline, last, &mut |one| with(one, &home)));
        }
        others.dedup_by(|a, b| Rc::ptr_eq(a, b));
        others.iter().for_each(|outline| all_impls(outline, last, &mut |one| with(one, &Home::Own)));
    }

    /// The name of the type or trait that a path means.
    pub fn resolve(&self, path: &[String], home: &Home) -> Option<String> {
        let (last, before) = path.split_last()?;
        if *home == Home::Std {
            let whole = path.join("::");
            return [whole.as_str(), last].into_iter().find(|name| index::has(name)).map(|name| format!("std::{name}"));
        }
        let prefix = |name: &str| match home {
            Home::Crate(of) => format!("{of}::{name}"),
            _ => name.to_owned(),
        };
        if before.is_empty() || matches!(before, [only] if only == "self" || only == "crate" || only == "super") {
            if self.outlines(home).iter().any(|outline| find_type(outline, last).is_some()) {
                return Some(prefix(last));
            }
            if *home == Home::Own
                && let Some(found) = self.imported(last)
            {
                return Some(found);
            }
            let of_crate = || self.crates.iter().find(|(_, outline)| find_type(outline, last).is_some());
            let of_std = index::has(last).then(|| format!("std::{last}"));
            return of_std.or_else(|| of_crate().map(|(of, _)| format!("{of}::{last}")));
        }
        self.resolve_full(path).or_else(|| {
            let first = &before[0];
            let full = self.uses.iter().rev().find(|one| one.name == *first)?;
            self.resolve_full(&[&full.path[..], &path[1..]].concat())
        })
    }

    /// What an import of this name brings in, or a glob.
    fn imported(&self, name: &str) -> Option<String> {
        let named = self.uses.iter().rev().filter(|one| one.name == name).find_map(|one| self.resolve_full(&one.path));
        named.or_else(|| {
            let globs = self.uses.iter().rev().filter(|one| one.name == "*");
            let mut within = globs.map(|one| [&one.path[..], &[name.to_owned()]].concat());
            within.find_map(|path| self.resolve_full(&path))
        })
    }

    /// A path from its crate, or through the session's modules.
    fn resolve_full(&self, path: &[String]) -> Option<String> {
        let (first, last) = (path.first()?, path.last()?);
        if matches!(first.as_str(), "std" | "core" | "alloc") {
            return index::entry(path).filter(|entry| entry.is_type()).map(|entry| format!("std::{}", entry.about));
        }
        let name = first.replace('-', "_");
        if let Some((of, outline)) = self.crates.iter().find(|(of, _)| *of == name) {
            if find_type(outline, last).is_some() {
                return Some(format!("{of}::{last}"));
            }
            return self.reexported(outline, last);
        }
        let is_own = self.own.iter().any(|outline| find_type(outline, last).is_some());
        (is_own && path.len() > 1).then(|| last.clone())
    }

    /// A name that a crate passes on from another.
    fn reexported(&self, outline: &Outline, name: &str) -> Option<String> {
        let found = find_use(outline, name)?;
        let first = found.path.first()?;
        let of = self.crates.iter().find(|(of, outline)| of == first && find_type(outline, name).is_some())?;
        Some(format!("{}::{name}", of.0))
    }

    /// The type that is written here.
    pub fn ty(&self, ty: &Type, frame: &Frame) -> Ty {
        match ty {
            Type::Path(it) => self.path_ty(it, frame),
            Type::Reference(it) => Ty::Ref(self.ty(&it.elem, frame).boxed()),
            Type::Ptr(it) => Ty::std("pointer", vec![self.ty(&it.elem, frame)]),
            Type::Slice(it) => Ty::std("slice", vec![self.ty(&it.elem, frame)]),
            Type::Array(it) => Ty::std("array", vec![self.ty(&it.elem, frame)]),
            Type::Tuple(it) => Ty::Tuple(it.elems.iter().map(|one| self.ty(one, frame)).collect()),
            Type::Paren(it) => self.ty(&it.elem, frame),
            Type::Group(it) => self.ty(&it.elem, frame),
            Type::ImplTrait(it) => self.bounds(it.bounds.iter(), frame),
            Type::TraitObject(it) => self.bounds(it.bounds.iter(), frame),
            Type::FnPtr(it) => {
                let inputs = it.inputs.iter().map(|one| self.ty(&one.ty, frame)).collect();
                Ty::Fn(inputs, self.output(&it.output, frame).boxed())
            }
            _ => Ty::Unknown,
        }
    }

    pub fn output(&self, output: &ReturnType, frame: &Frame) -> Ty {
        if let ReturnType::Type(_, ty) = output { self.ty(ty, frame) } else { Ty::unit() }
    }

    pub fn bounds<'a>(&self, bounds: impl Iterator<Item = &'a syn::TypeParamBound>, frame: &Frame) -> Ty {
        Ty::Bounds(bounds.filter_map(bound_path).filter_map(|path| self.bound(&path, frame)).collect())
    }

    pub fn bound(&self, path: &syn::Path, frame: &Frame) -> Option<Bound> {
        let names: Vec<String> = path.segments.iter().map(|one| one.ident.to_string()).collect();
        let mut bound = Bound { name: self.resolve(&names, &frame.home)?, args: Vec::new(), types: Vec::new() };
        match &path.segments.last()?.arguments {
            PathArguments::Parenthesized(it) => {
                bound.args = vec![Ty::Tuple(it.inputs.iter().map(|one| self.ty(&one.ty, frame)).collect())];
                bound.types = vec![("Output".to_owned(), self.output(&it.output, frame))];
            }
            PathArguments::AngleBracketed(it) => {
                for argument in &it.args {
                    match argument {
                        GenericArgument::Type(ty) => bound.args.push(self.ty(ty, frame)),
                        GenericArgument::AssocType(it) => {
                            bound.types.push((it.ident.to_string(), self.ty(&it.ty, frame)));
                        }
                        _ => {}
                    }
                }
            }
            PathArguments::None => {}
        }
        Some(bound)
    }

    fn path_ty(&self, it: &syn::TypePath, frame: &Frame) -> Ty {
        let names: Vec<String> = it.path.segments.iter().map(|one| one.ident.to_string()).collect();
        if let Some(qself) = &it.qself {
            let of = names.get(it.path.segments.len().saturating_sub(2)).cloned();
            let base = self.ty(&qself.ty, frame);
            return Ty::Projection(base.boxed(), of, names.last().cloned().unwrap_or_default());
        }
        let first = names[0].as_str();
        let head = match first {
            "Self" => frame.itself.clone(),
            _ => frame.params.get(first).cloned(),
        };
        if let Some(head) = head {
            let rest = names.get(1).cloned();
            return rest.map_or(head.clone(), |name| Ty::Projection(head.boxed(), None, name));
        }
        let Some(name) = self.resolve(&names, &frame.home) else { return Ty::Unknown };
        let arguments = it.path.segments.last().map(|last| &last.arguments);
        let args = match arguments {
            Some(PathArguments::AngleBracketed(it)) => {
                let types = it.args.iter().filter_map(|argument| match argument {
                    GenericArgument::Type(ty) => Some(self.ty(ty, frame)),
                    _ => None,
                });
                types.collect()
            }
            _ => Vec::new(),
        };
        self.unaliased(name, args)
    }

    /// The type behind an alias; any other as it is.
    pub fn unaliased(&self, name: String, args: Vec<Ty>) -> Ty {
        let behind = self.type_item(&name, |item| {
            let alias = item.alias.as_ref().filter(|_| item.kind == Kind::Alias)?;
            let mut frame = Frame::new(Home::of(&name));
            let params = item.generics.type_params();
            for (at, param) in params.enumerate() {
                let default = || param.default.as_ref().map_or(Ty::Unknown, |(_, ty)| self.ty(ty, &frame));
                let arg = args.get(at).cloned().unwrap_or_else(default);
                frame.params.insert(param.ident.to_string(), arg);
            }
            let is_itself = |ty: &Ty| ty.name() == Some(name.as_str());
            Some(self.ty(alias, &frame)).filter(|ty| !is_itself(ty))
        });
        behind.flatten().unwrap_or(Ty::Named(name, args))
    }

    /// The type that the engine or a signature has written as text.
    pub fn parsed(&self, text: &str, home: Home) -> Ty {
        syn::parse_str(text).map_or(Ty::Unknown, |ty| self.ty(&ty, &Frame::new(home)))
    }
}

/// The type of this name in an outline or in its modules.
pub fn find_type<'a>(outline: &'a Outline, name: &str) -> Option<&'a TypeItem> {
    let here = outline.types.iter().rev().find(|item| item.name == name);
    here.or_else(|| outline.modules.iter().find_map(|(_, inside)| find_type(inside, name)))
}

fn find_use<'a>(outline: &'a Outline, name: &str) -> Option<&'a Use> {
    let here = outline.uses.iter().find(|one| one.is_public && one.name == name);
    here.or_else(|| outline.modules.iter().find_map(|(_, inside)| find_use(inside, name)))
}

/// The `impl`s whose type's last name is this one, and those for any type.
fn all_impls(outline: &Outline, name: &str, with: &mut dyn FnMut(&Impl)) {
    for one in &outline.impls {
        let own = match &one.self_ty {
            Type::Path(it) => it.path.segments.last().is_some_and(|last| last.ident == name),
            _ => matches!(name, "slice" | "array" | "str"),
        };
        if own {
            with(one);
        }
    }
    outline.modules.iter().for_each(|(_, inside)| all_impls(inside, name, with));
}
