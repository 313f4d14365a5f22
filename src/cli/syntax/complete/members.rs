//! What a type has: fields, methods, associated items; what it dereferences to; its associated types.

use super::index;
use super::outline::{Impl, Kind, Member, TypeItem, What};
use super::ty::{Bindings, Ty, unify};
use super::world::{Frame, Home, PRELUDE_TRAITS, World};

/// A function, method or constant of a type, as that type has it.
pub struct Found<'a> {
    pub member: &'a Member,
    /// Where its signature is written: the generic parameters of the `impl` are replaced.
    pub frame: Frame,
    /// The trait that it is of.
    pub of_trait: Option<&'a str>,
    /// How often the receiver was dereferenced.
    pub depth: usize,
}

/// How far types are followed: an `impl` may refer to itself.
const DEEPEST: usize = 8;

impl World {
    /// The type, and what it dereferences to.
    pub fn derefs(&self, ty: &Ty) -> Vec<Ty> {
        let mut steps = vec![ty.clone()];
        while steps.len() < DEEPEST {
            let next = match &steps[steps.len() - 1] {
                Ty::Ref(inner) => Some((**inner).clone()),
                Ty::Named(name, args) if name == "std::array" => Some(Ty::std("slice", args.clone())),
                named @ Ty::Named(..) => self.assoc(named, Some("Deref"), "Target", 0).filter(Ty::is_known),
                _ => None,
            };
            match next {
                Some(next) if !steps.contains(&next) => steps.push(next),
                _ => break,
            }
        }
        steps
    }

    /// The fields that a value of this type has, with their types.
    pub fn fields(&self, ty: &Ty) -> Vec<(String, Ty, String)> {
        let mut fields = Vec::new();
        for step in self.derefs(ty) {
            match &step {
                Ty::Tuple(types) => {
                    fields.extend(types.iter().enumerate().map(|(at, ty)| (at.to_string(), ty.clone(), String::new())));
                }
                Ty::Named(name, args) => {
                    self.type_item(name, |item| fields.extend(self.fields_of(item, name, args)));
                }
                _ => {}
            }
        }
        fields
    }

    fn fields_of(&self, item: &TypeItem, name: &str, args: &[Ty]) -> Vec<(String, Ty, String)> {
        let home = Home::of(name);
        let frame = self.frame_of(item, name, args);
        let visible = item.fields.iter().filter(|field| home != Home::Own && field.is_public || home == Home::Own);
        visible.map(|field| (field.name.clone(), self.ty(&field.ty, &frame), field.docs.clone())).collect()
    }

    /// What the type's parameters stand for in its declaration.
    pub fn frame_of(&self, item: &TypeItem, name: &str, args: &[Ty]) -> Frame {
        let mut frame = Frame::new(Home::of(name)).with_self(Ty::Named(name.to_owned(), args.to_vec()));
        frame.open(&item.generics);
        for (param, arg) in item.generics.type_params().zip(args) {
            frame.params.insert(param.ident.to_string(), arg.clone());
        }
        frame
    }

    /// Calls `with` for each function and constant that a value of this type, or the type itself, has.
    pub fn each_member(&self, ty: &Ty, is_value: bool, with: &mut dyn FnMut(Found)) {
        let steps = if is_value { self.derefs(ty) } else { vec![ty.clone()] };
        for (depth, step) in steps.iter().enumerate() {
            match step {
                Ty::Named(name, args) => self.each_of_named(name, args, step, depth, with),
                Ty::Bounds(bounds) => {
                    for bound in bounds {
                        self.each_of_trait(&bound.name, &bound.args, step, depth, 0, with);
                    }
                }
                _ => {}
            }
        }
    }

    fn each_of_named(&self, name: &str, args: &[Ty], step: &Ty, depth: usize, with: &mut dyn FnMut(Found)) {
        let mut traits: Vec<(String, Vec<Ty>)> = Vec::new();
        self.each_impl(name, |one, home| {
            let Some(frame) = self.fitting(one, home, step) else { return };
            if let Some(path) = &one.of_trait {
                let bound = self.bound(path, &frame);
                // What an `impl` defines itself is in the trait as well.
                traits.extend(bound.map(|bound| (bound.name, bound.args)));
                return;
            }
            let is_shown = |member: &&Member| *home != Home::Crate(String::new()) && self.is_shown(member, home);
            for member in one.members.iter().filter(is_shown) {
                with(Found { member, frame: frame.clone(), of_trait: None, depth });
            }
        });
        self.type_item(name, |item| {
            if item.kind == Kind::Trait {
                traits.push((name.to_owned(), args.to_vec()));
            }
            traits.extend(item.derives.iter().map(|derive| (format!("std::{derive}"), Vec::new())));
        });
        let has = |of: &str| traits.iter().any(|(name, _)| name.strip_prefix("std::") == Some(of));
        let blanket = [
            ("ToString", has("Display") || name == "std::str"),
            ("ToOwned", has("Clone")),
            ("IntoIterator", has("Iterator")),
            ("Into", true),
            ("TryInto", true),
        ];
        traits.extend(blanket.iter().filter(|(_, holds)| *holds).map(|(of, _)| (format!("std::{of}"), Vec::new())));
        let mut seen = Vec::new();
        for (of, args) in traits {
            if !seen.contains(&of) {
                self.each_of_trait(&of, &args, step, depth, 0, with);
                seen.push(of);
            }
        }
    }

    fn is_shown(&self, member: &Member, home: &Home) -> bool {
        !matches!(home, Home::Crate(_)) || member.is_public
    }

    /// Whether the methods of a trait may be called without more imports.
    pub fn is_in_scope(&self, name: &str) -> bool {
        let Some(of) = name.strip_prefix("std::") else { return true };
        let last = of.rsplit("::").next().unwrap_or(of);
        if PRELUDE_TRAITS.split_whitespace().any(|one| one == last) {
            return true;
        }
        let path = index::path_of(of).unwrap_or_default();
        let module = path.rsplit_once("::").map_or("", |(module, _)| module);
        self.uses.iter().any(|one| {
            let whole = one.path.join("::");
            whole == path
                || one.name == "*" && (whole == module || index::module(&whole).iter().any(|it| it.about == of))
        })
    }

    fn each_of_trait(
        &self,
        name: &str,
        args: &[Ty],
        step: &Ty,
        depth: usize,
        above: usize,
        with: &mut dyn FnMut(Found),
    ) {
        if above > DEEPEST {
            return;
        }
        let mut supers = Vec::new();
        self.type_item(name, |item| {
            let mut frame = self.frame_of(item, name, args);
            frame.itself = Some(step.clone());
            for param in item.generics.type_params().skip(args.len()) {
                frame.params.insert(param.ident.to_string(), step.clone());
            }
            for member in item.members.iter().filter(|member| !matches!(member.what, What::Type)) {
                with(Found { member, frame: frame.clone(), of_trait: Some(name), depth });
            }
            supers.extend(item.supers.iter().filter_map(|path| self.bound(path, &frame)));
        });
        if matches!(step, Ty::Bounds(_)) {
            for bound in supers {
                self.each_of_trait(&bound.name, &bound.args, step, depth, above + 1, with);
            }
        }
    }

    /// The frame of an `impl` if it is for this type.
    pub fn fitting(&self, one: &Impl, home: &Home, ty: &Ty) -> Option<Frame> {
        self.fitting_at(one, home, ty, 0)
    }

    /// The same within the bounds of others.
    pub fn fitting_at(&self, one: &Impl, home: &Home, ty: &Ty, depth: usize) -> Option<Frame> {
        let mut frame = Frame::new(home.clone());
        frame.open(&one.generics);
        let pattern = self.ty(&one.self_ty, &frame);
        let mut bindings = Bindings::new();
        if !pattern.is_known() || !unify(&pattern, ty, &mut bindings) {
            return None;
        }
        if !self.holds(one, &frame, &bindings, depth) {
            return None;
        }
        // `Box::new`: without its arguments, the type has those of the `impl`.
        let is_bare = matches!(ty, Ty::Named(_, args) if args.is_empty());
        frame.itself = Some(if is_bare { pattern.with(&bindings) } else { ty.clone() });
        self.bind_calls(&one.generics, &frame, &mut bindings);
        frame.params.extend(bindings);
        Some(frame)
    }

    /// Learns from bounds like `F: FnMut(A) -> B` what the parameters in them stand for.
    pub fn bind_calls(&self, generics: &syn::Generics, frame: &Frame, bindings: &mut Bindings) {
        for (of, bound) in self.generic_bounds(generics, frame) {
            let actual = of.with(bindings);
            if let (Some((inputs, output)), Some((given, gives))) = (bound.called(), actual.called()) {
                for (a, b) in inputs.iter().zip(given) {
                    unify(a, b, bindings);
                }
                unify(output, gives, bindings);
            }
        }
    }

    /// The bounds of generic parameters, in their list and behind `where`.
    pub fn generic_bounds(&self, generics: &syn::Generics, frame: &Frame) -> Vec<(Ty, Ty)> {
        let mut bounds: Vec<(Ty, Ty)> = Vec::new();
        for param in generics.type_params().filter(|param| !param.bounds.is_empty()) {
            let of = frame.params.get(&param.ident.to_string()).cloned();
            bounds.push((of.unwrap_or(Ty::Unknown), self.bounds(param.bounds.iter(), frame)));
        }
        for one in generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
            if let syn::WherePredicate::Type(one) = one {
                bounds.push((self.ty(&one.bounded_ty, frame), self.bounds(one.bounds.iter(), frame)));
            }
        }
        bounds
    }

    /// An associated type: `Item` of an iterator.
    pub fn assoc(&self, ty: &Ty, of_trait: Option<&str>, name: &str, depth: usize) -> Option<Ty> {
        if depth > DEEPEST {
            return None;
        }
        match ty {
            Ty::Named(own, _) => {
                let mut found = None;
                self.each_impl(own, |one, home| {
                    let last = one.of_trait.as_ref().and_then(|path| path.segments.last());
                    let is_it = last.is_some_and(|last| of_trait.is_none_or(|of| last.ident == of));
                    let Some((_, written)) = one.types.iter().find(|(of, _)| of == name && is_it) else { return };
                    if found.is_none()
                        && let Some(frame) = self.fitting(one, home, ty)
                    {
                        found = Some(self.normal(&self.ty(written, &frame).with(&frame.params), depth + 1));
                    }
                });
                let is_iterator = name == "IntoIter" && self.assoc(ty, Some("Iterator"), "Item", depth + 1).is_some();
                found.or_else(|| is_iterator.then(|| ty.clone()))
            }
            Ty::Bounds(bounds) => {
                let of = bounds.iter().flat_map(|bound| &bound.types);
                of.filter(|(own, _)| own == name)
                    .map(|(_, ty)| ty.clone())
                    .next()
                    .or_else(|| (name == "IntoIter").then(|| ty.clone()))
            }
            Ty::Ref(inner) if matches!(name, "Item" | "IntoIter") => self.borrowed(inner, name, depth),
            Ty::Ref(inner) => self.assoc(inner, of_trait, name, depth + 1),
            _ => None,
        }
    }

    /// The associated types of a type's traits.
    pub fn assoc_names(&self, ty: &Ty) -> Vec<String> {
        let mut names = Vec::new();
        match ty {
            Ty::Named(name, _) => {
                self.each_impl(name, |one, _| names.extend(one.types.iter().map(|(name, _)| name.clone())));
            }
            Ty::Bounds(bounds) => {
                for bound in bounds {
                    self.type_item(&bound.name, |item| {
                        let types = item.members.iter().filter(|member| matches!(member.what, What::Type));
                        names.extend(types.map(|member| member.name.clone()));
                    });
                }
            }
            _ => {}
        }
        names
    }

    /// What a reference to a collection gives in a loop.
    fn borrowed(&self, inner: &Ty, name: &str, depth: usize) -> Option<Ty> {
        let iter = self.returned(inner, "iter", depth + 1);
        let Some(iter) = iter else { return self.assoc(inner, None, name, depth + 1) };
        if name == "IntoIter" { Some(iter) } else { self.assoc(&iter, Some("Iterator"), "Item", depth + 1) }
    }

    /// What a method without arguments returns.
    fn returned(&self, ty: &Ty, method: &str, depth: usize) -> Option<Ty> {
        let mut found = None;
        self.each_member(ty, true, &mut |one| {
            if found.is_none() && one.member.name == method {
                let output = one.member.signature().map(|signature| self.output(&signature.output, &one.frame));
                found = output.map(|output| self.normal(&output.with(&one.frame.params), depth + 1));
            }
        });
        found
    }

    /// What the elements of a loop over this type are.
    pub fn element(&self, ty: &Ty) -> Ty {
        self.assoc(ty, Some("Iterator"), "Item", 0).or_else(|| self.assoc(ty, None, "Item", 0)).unwrap_or(Ty::Unknown)
    }

    /// With each associated type replaced by what it is.
    pub fn normal(&self, ty: &Ty, depth: usize) -> Ty {
        ty.map(&mut |ty| match &ty {
            Ty::Projection(base, of, name) if base.is_known() => {
                self.assoc(base, of.as_deref(), name, depth + 1).unwrap_or(Ty::Unknown)
            }
            _ => ty,
        })
    }
}
