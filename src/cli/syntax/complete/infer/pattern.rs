//! The names that a pattern binds, with their types.

use syn::{Member as FieldName, Pat};

use super::super::ty::Ty;
use super::super::world::{Frame, Home};
use super::Infer;

impl Infer<'_> {
    /// Adds the names of a pattern that is matched with a value of this type.
    pub fn bind(&mut self, pattern: &Pat, ty: &Ty) {
        match pattern {
            Pat::Ident(it) => {
                let name = it.ident.to_string();
                // An upper-case name is a constant or a variant.
                if !name.starts_with(char::is_uppercase) || it.subpat.is_some() {
                    self.scope.names.push((name, ty.clone()));
                }
                if let Some((_, inner)) = &it.subpat {
                    self.bind(inner, ty);
                }
            }
            Pat::Type(it) => {
                let written = self.world.ty(&it.ty, &self.scope.frame());
                let known = fill(&written, ty);
                self.bind(&it.pat, &known);
            }
            Pat::Paren(it) => self.bind(&it.pat, ty),
            Pat::Guard(it) => self.bind(&it.pat, ty),
            Pat::Reference(it) => {
                let inner = if let Ty::Ref(inner) = ty { (**inner).clone() } else { ty.clone() };
                self.bind(&it.pat, &inner);
            }
            Pat::Or(it) => {
                if let Some(first) = it.cases.first() {
                    self.bind(first, ty);
                }
            }
            Pat::Tuple(it) => self.bind_tuple(it, ty),
            Pat::Slice(it) => {
                let steps = self.world.derefs(ty);
                let of = steps.iter().find(|step| step.is("slice") || step.is("array"));
                let element =
                    of.and_then(|step| if let Ty::Named(_, args) = step { args.first() } else { None }).cloned();
                for one in &it.elems {
                    self.bind_part(one, element.as_ref(), ty);
                }
            }
            Pat::TupleStruct(it) => {
                let fields = self.pattern_fields(&it.path, ty);
                for (at, one) in it.elems.iter().enumerate() {
                    self.bind_part(one, fields.get(at).map(|(_, ty)| ty), ty);
                }
            }
            Pat::Struct(it) => {
                let fields = self.pattern_fields(&it.path, ty);
                for field in &it.fields {
                    let FieldName::Named(name) = &field.member else { continue };
                    let found = fields.iter().find(|(own, _)| name == own).map(|(_, ty)| ty);
                    self.bind_part(&field.pat, found, ty);
                }
            }
            _ => {}
        }
    }

    fn bind_tuple(&mut self, it: &syn::PatTuple, ty: &Ty) {
        let types = if let Ty::Tuple(types) = ty.bare() { types.clone() } else { Vec::new() };
        let rest = it.elems.iter().position(|one| matches!(one, Pat::Rest(_)));
        for (at, one) in it.elems.iter().enumerate() {
            let from_end = rest.filter(|rest| at > *rest).map(|_| it.elems.len() - at);
            let at = from_end.map_or(at, |back| types.len().saturating_sub(back));
            self.bind_part(one, types.get(at), ty);
        }
    }

    /// A part of a value behind a reference is bound by reference.
    fn bind_part(&mut self, pattern: &Pat, part: Option<&Ty>, whole: &Ty) {
        let part = part.cloned().unwrap_or(Ty::Unknown);
        let is_borrowed = matches!(whole, Ty::Ref(_)) && part.is_known();
        self.bind(pattern, &if is_borrowed { Ty::Ref(part.boxed()) } else { part });
    }

    /// The fields of the struct or variant that a pattern names.
    pub fn pattern_fields(&self, path: &syn::Path, ty: &Ty) -> Vec<(String, Ty)> {
        let names: Vec<String> = path.segments.iter().map(|one| one.ident.to_string()).collect();
        self.named_fields(&names, ty.bare())
    }

    /// The fields of a struct or a variant by its path, for a value of this type if it is known.
    pub fn named_fields(&self, names: &[String], ty: &Ty) -> Vec<(String, Ty)> {
        let (Some(last), world) = (names.last(), self.world) else { return Vec::new() };
        let own = self.scope.itself.as_ref().and_then(Ty::name).filter(|_| names[0] == "Self").map(str::to_owned);
        let holder = match names {
            [only] => own.clone().or_else(|| world.resolve(std::slice::from_ref(only), &Home::Own)),
            [.., before, _] if before == "Self" => own.clone(),
            [before @ .., _] => world.resolve(before, &Home::Own),
            [] => None,
        };
        // `Some(x)`: a variant without its enum.
        let holder = holder.or_else(|| ty.name().map(str::to_owned)).unwrap_or_default();
        let args = match ty {
            Ty::Named(name, args) if *name == holder => args.clone(),
            _ => Vec::new(),
        };
        let prelude = ["Some", "None", "Ok", "Err"].contains(&last.as_str());
        let holder = if prelude && holder.is_empty() { of_prelude(last).to_owned() } else { holder };
        let read = |frame: &Frame, fields: &[super::super::outline::Field]| {
            fields.iter().map(|field| (field.name.clone(), world.ty(&field.ty, frame))).collect::<Vec<_>>()
        };
        let found = world.type_item(&holder, |item| {
            let frame = world.frame_of(item, &holder, &args);
            match item.variants.iter().find(|variant| variant.name == *last) {
                Some(variant) => read(&frame, &variant.fields),
                None => read(&frame, &item.fields),
            }
        });
        found.unwrap_or_default()
    }
}

/// The enum of a variant that needs no path.
pub fn of_prelude(variant: &str) -> &'static str {
    if matches!(variant, "Some" | "None") { "std::Option" } else { "std::Result" }
}

/// A written type with what it leaves open taken from another: `Vec<_>`.
pub fn fill(written: &Ty, known: &Ty) -> Ty {
    match (written, known) {
        (Ty::Unknown, _) => known.clone(),
        (Ty::Named(one, args), Ty::Named(other, others)) if one == other => {
            let filled = args.iter().enumerate().map(|(at, arg)| fill(arg, others.get(at).unwrap_or(&Ty::Unknown)));
            Ty::Named(one.clone(), filled.collect())
        }
        _ => written.clone(),
    }
}
