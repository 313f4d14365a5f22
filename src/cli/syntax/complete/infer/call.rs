//! Calls: functions, methods, constructors, closures, macros.

use syn::{Expr, GenericArgument, PathArguments};

use super::super::index;
use super::super::members::Found;
use super::super::outline::{Member, What};
use super::super::ty::{Bindings, Ty, unify};
use super::super::world::{Frame, Home};
use super::Infer;
use super::pattern::of_prelude;

/// A function that is called, and where its signature is written.
pub struct Callee {
    pub member: Member,
    pub frame: Frame,
}

impl Callee {
    fn of(found: &Found) -> Callee {
        Callee { member: found.member.clone(), frame: found.frame.clone() }
    }
}

impl Infer<'_> {
    /// The type that a path to a value has.
    pub(super) fn path(&mut self, it: &syn::ExprPath) -> Ty {
        let names: Vec<String> = it.path.segments.iter().map(|one| one.ident.to_string()).collect();
        if let [only] = names.as_slice() {
            if only == "self" {
                return self.scope.get("self").cloned().or_else(|| self.scope.itself.clone()).unwrap_or(Ty::Unknown);
            }
            if let Some(ty) = self.scope.get(only) {
                return ty.clone();
            }
            if only == "None" {
                return Ty::std("Option", vec![Ty::Unknown]);
            }
        }
        if let Some(callee) = self.callee(&it.path) {
            return match &callee.member.what {
                What::Constant(ty) => self.world.normal(&self.world.ty(ty, &callee.frame), 0),
                _ => self.as_value(&callee),
            };
        }
        let whole = self.path_type(&it.path);
        if whole.is_known() {
            return whole;
        }
        self.variant_of(&names).unwrap_or(Ty::Unknown)
    }

    /// The enum of a variant, or a struct.
    fn variant_of(&self, names: &[String]) -> Option<Ty> {
        let (last, before) = names.split_last()?;
        let itself = before.first().filter(|name| *name == "Self").and(self.scope.itself.clone());
        if let Some(itself) = itself {
            return Some(itself);
        }
        let name = self.world.resolve(before, &Home::Own)?;
        let has = self.world.type_item(&name, |item| item.variants.iter().any(|variant| variant.name == *last));
        has.unwrap_or(false).then(|| Ty::Named(name, Vec::new()))
    }

    fn as_value(&self, callee: &Callee) -> Ty {
        let Some(signature) = callee.member.signature() else { return Ty::Unknown };
        let mut frame = callee.frame.clone();
        frame.open(&signature.generics);
        let input = |input: &syn::FnArg| match input {
            syn::FnArg::Typed(it) => self.world.ty(&it.ty, &frame),
            syn::FnArg::Receiver(_) => frame.itself.clone().unwrap_or(Ty::Unknown),
        };
        let inputs = signature.inputs.iter().map(input).collect();
        Ty::Fn(inputs, self.world.normal(&self.world.output(&signature.output, &frame), 0).boxed())
    }

    /// The type that a path names.
    pub fn path_type(&self, path: &syn::Path) -> Ty {
        let ty = syn::Type::Path(syn::TypePath { attrs: Vec::new(), qself: None, path: path.clone() });
        let known = self.world.ty(&ty, &self.scope.frame());
        let names: Vec<String> = path.segments.iter().map(|one| one.ident.to_string()).collect();
        let is_name_only = matches!(known, Ty::Unknown | Ty::Projection(..));
        if is_name_only { self.variant_of(&names).unwrap_or(Ty::Unknown) } else { known }
    }

    /// The function or constant that a path names.
    pub fn callee(&self, path: &syn::Path) -> Option<Callee> {
        let names: Vec<String> = path.segments.iter().map(|one| one.ident.to_string()).collect();
        let (last, before) = names.split_last()?;
        if before.is_empty() {
            let frame = Frame::new(Home::Own);
            if let Some(member) = self.world.function(last) {
                return Some(Callee { member, frame });
            }
            let uses = self.world.uses.iter().rev();
            let named = uses.clone().find(|one| one.name == *last).map(|one| one.path.clone());
            let globs = uses.filter(|one| one.name == "*").map(|one| [&one.path[..], &names[..]].concat());
            return named.into_iter().chain(globs).find_map(|path| self.free(&path));
        }
        let mut holder = path.clone();
        holder.segments.pop();
        holder.segments.pop_punct();
        let ty = self.path_type(&holder);
        if ty.is_known() {
            return self.associated(&ty, last);
        }
        let first = self.world.uses.iter().rev().find(|one| one.name == names[0]);
        let full = first.map(|first| [&first.path[..], &names[1..]].concat());
        full.and_then(|full| self.free(&full)).or_else(|| self.free(&names))
    }

    /// A function of a module.
    fn free(&self, path: &[String]) -> Option<Callee> {
        if let Some(entry) = index::entry(path).filter(|entry| matches!(entry.kind, 'f' | 'c')) {
            let frame = Frame::new(Home::Std);
            let (name, is_public, docs) = (entry.name.to_owned(), true, String::new());
            let what = if entry.kind == 'f' {
                What::Function(Box::new(syn::parse_str(entry.about).ok()?))
            } else {
                What::Constant(Box::new(syn::parse_str(entry.about).ok()?))
            };
            return Some(Callee { member: Member { name, what, is_public, docs }, frame });
        }
        let member = self.world.function_in(path)?;
        let home = if self.world.crates.iter().any(|(of, _)| *of == path[0]) {
            Home::Crate(path[0].clone())
        } else {
            Home::Own
        };
        Some(Callee { member, frame: Frame::new(home) })
    }

    /// A function or constant of a type.
    pub fn associated(&self, ty: &Ty, name: &str) -> Option<Callee> {
        let mut found = None;
        self.world.each_member(ty, false, &mut |one| {
            if found.is_none() && one.member.name == name {
                found = Some(Callee::of(&one));
            }
        });
        found
    }

    /// A method of a value.
    pub fn method(&self, ty: &Ty, name: &str) -> Option<Callee> {
        let mut found: Option<(usize, Callee)> = None;
        self.world.each_member(ty, true, &mut |one| {
            if one.member.name == name && one.member.is_method() && found.as_ref().is_none_or(|(at, _)| one.depth < *at)
            {
                found = Some((one.depth, Callee::of(&one)));
            }
        });
        found.map(|(_, callee)| callee)
    }

    pub(super) fn call(&mut self, it: &syn::ExprCall) -> Ty {
        let Expr::Path(path) = &*it.func else {
            let of = self.ty(&it.func);
            return of.called().map_or(Ty::Unknown, |(_, output)| output.clone());
        };
        let names: Vec<String> = path.path.segments.iter().map(|one| one.ident.to_string()).collect();
        if let [only] = names.as_slice()
            && let Some(of) = self.scope.get(only)
        {
            return of.called().map_or(Ty::Unknown, |(_, output)| output.clone());
        }
        if let [only] = names.as_slice()
            && ["Some", "Ok", "Err"].contains(&only.as_str())
        {
            let inner = it.args.first().map_or(Ty::Unknown, |arg| self.ty(arg));
            let args = if only == "Err" { vec![Ty::Unknown, inner] } else { vec![inner, Ty::Unknown] };
            let count = if only == "Some" { 1 } else { 2 };
            return Ty::Named(of_prelude(only).to_owned(), args.into_iter().take(count).collect());
        }
        let callee = self.callee(&path.path);
        // `Rc::clone(&a)`: a method by its path.
        if let (Some(receiver), true) = (it.args.first(), callee.as_ref().is_some_and(|one| one.member.is_method())) {
            let of = self.ty(receiver);
            if let Some(method) = self.method(of.bare(), &names[names.len() - 1]) {
                return self.result(&method, Some(&of), &it.args.iter().skip(1).collect::<Vec<_>>(), &[]);
            }
        }
        match callee {
            Some(callee) => {
                let turbofish = path.path.segments.last().map(|last| &last.arguments);
                let explicit = match turbofish {
                    Some(PathArguments::AngleBracketed(it)) => self.explicit(it),
                    _ => Vec::new(),
                };
                self.result(&callee, None, &it.args.iter().collect::<Vec<_>>(), &explicit)
            }
            // A tuple struct or variant.
            None => self.path_type(&path.path),
        }
    }

    fn explicit(&self, it: &syn::AngleBracketedGenericArguments) -> Vec<Ty> {
        let types = it.args.iter().filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(self.world.ty(ty, &self.scope.frame())),
            _ => None,
        });
        types.collect()
    }

    pub(super) fn method_call(&mut self, it: &syn::ExprMethodCall) -> Ty {
        let receiver = self.ty(&it.receiver);
        let name = it.method.to_string();
        let Some(callee) = self.method(&receiver, &name) else { return Ty::Unknown };
        let explicit = it.turbofish.as_ref().map(|it| self.explicit(it)).unwrap_or_default();
        let result = self.result(&callee, Some(&receiver), &it.args.iter().collect::<Vec<_>>(), &explicit);
        // `collect::<Vec<_>>()` leaves the element open.
        match (name.as_str(), &result) {
            ("collect", Ty::Named(of, args)) if args.iter().all(|arg| !arg.is_known()) && !args.is_empty() => {
                let element = self.world.element(&receiver);
                let parts = match (&element, args.len()) {
                    (Ty::Tuple(parts), 2) => parts.clone(),
                    _ => vec![element],
                };
                Ty::Named(of.clone(), parts)
            }
            _ => result,
        }
    }

    /// What a call gives: the signature's result, its parameters learned from the arguments.
    fn result(&mut self, callee: &Callee, receiver: Option<&Ty>, args: &[&Expr], explicit: &[Ty]) -> Ty {
        let Some(signature) = callee.member.signature() else { return Ty::Unknown };
        let mut frame = callee.frame.clone();
        frame.open(&signature.generics);
        let mut bindings: Bindings = Bindings::new();
        for (param, ty) in signature.generics.type_params().zip(explicit) {
            bindings.insert(param.ident.to_string(), ty.clone());
        }
        let has_receiver = receiver.is_some() || signature.receiver().is_none();
        let inputs: Vec<&syn::FnArg> =
            signature.inputs.iter().filter(|input| !has_receiver || matches!(input, syn::FnArg::Typed(_))).collect();
        let bounds = self.world.generic_bounds(&signature.generics, &frame);
        for (input, arg) in inputs.iter().zip(args) {
            let syn::FnArg::Typed(input) = input else { continue };
            let expected = self.world.normal(&self.world.ty(&input.ty, &frame), 0);
            let actual = self.argument(arg, &expected, &bounds, &bindings);
            unify(&expected, &actual, &mut bindings);
            for (of, bound) in bounds.iter().filter(|(of, _)| *of == expected) {
                let known = self.world.normal(&bound.with(&bindings), 0);
                unify(&known, &of.with(&bindings), &mut bindings);
            }
        }
        self.world.bind_calls(&signature.generics, &frame, &mut bindings);
        frame.params.extend(bindings.clone());
        let output = self.world.output(&signature.output, &frame);
        let output = self.world.normal(&output.with(&bindings), 0);
        self.world.normal(&output.with(&bindings), 0)
    }

    /// An argument; a closure's parameters are those that the function calls it with.
    fn argument(&mut self, arg: &Expr, expected: &Ty, bounds: &[(Ty, Ty)], bindings: &Bindings) -> Ty {
        let Expr::Closure(closure) = arg else { return self.ty(arg) };
        let inputs = self.closure_inputs(expected, bounds, bindings);
        self.closure(closure, &inputs)
    }

    /// What a function calls this argument with.
    fn closure_inputs(&self, expected: &Ty, bounds: &[(Ty, Ty)], bindings: &Bindings) -> Vec<Ty> {
        let of_bound = bounds.iter().filter(|(of, _)| of == expected).find_map(|(_, bound)| bound.called());
        let inputs = of_bound.or_else(|| expected.called()).map(|(inputs, _)| inputs.to_vec()).unwrap_or_default();
        inputs.iter().map(|ty| self.world.normal(&ty.with(bindings), 0)).collect()
    }

    /// What a method or function calls the argument at this place with.
    pub fn called_with(&mut self, callee: &Callee, at: usize, before: &[&str]) -> Vec<Ty> {
        let Some(signature) = callee.member.signature() else { return Vec::new() };
        let mut frame = callee.frame.clone();
        frame.open(&signature.generics);
        let typed: Vec<&syn::PatType> = signature
            .inputs
            .iter()
            .filter_map(|input| if let syn::FnArg::Typed(input) = input { Some(input) } else { None })
            .collect();
        let mut bindings = Bindings::new();
        for (input, text) in typed.iter().zip(before) {
            let expected = self.world.normal(&self.world.ty(&input.ty, &frame), 0);
            let actual = self.text(text.trim_end().trim_end_matches(','));
            unify(&expected, &actual, &mut bindings);
        }
        let Some(input) = typed.get(at) else { return Vec::new() };
        let bounds = self.world.generic_bounds(&signature.generics, &frame);
        let expected = self.world.normal(&self.world.ty(&input.ty, &frame), 0);
        self.closure_inputs(&expected, &bounds, &bindings)
    }

    pub(super) fn closure(&mut self, it: &syn::ExprClosure, inputs: &[Ty]) -> Ty {
        let before = self.scope.names.len();
        for (at, pattern) in it.inputs.iter().enumerate() {
            let ty = inputs.get(at).cloned().unwrap_or(Ty::Unknown);
            self.bind(pattern, &ty);
        }
        let output = match &it.output {
            syn::ReturnType::Default => self.ty(&it.body),
            written => self.world.output(written, &self.scope.frame()),
        };
        self.scope.names.truncate(before);
        Ty::Fn(inputs.to_vec(), output.boxed())
    }

    pub(super) fn invocation(&mut self, mac: &syn::Macro) -> Ty {
        let name = mac.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        let text = mac.tokens.to_string();
        let of_first = |infer: &mut Self| {
            let first = text.split(';').next().unwrap_or_default();
            syn::parse_str::<syn::ExprArray>(&format!("[{first}]"))
                .ok()
                .and_then(|array| array.elems.first().map(|one| infer.ty(one)))
                .unwrap_or(Ty::Unknown)
        };
        match name.as_str() {
            "vec" => Ty::std("Vec", vec![of_first(self)]),
            "format" | "stringify" | "concat" => Ty::std("String", Vec::new()),
            "matches" => Ty::std("bool", Vec::new()),
            "dbg" => syn::parse_str(&text).map_or(Ty::Unknown, |inner: Expr| self.ty(&inner)),
            "array" => {
                let depth = text.chars().take_while(|c| matches!(c, '[' | ' ')).filter(|c| *c == '[').count();
                let element = self.text(text.split(',').next().unwrap_or_default().trim_matches(['[', ']', ' ']));
                let name = format!("Array{}<()>", (depth + 1).min(6));
                match self.world.parsed(&format!("ndarray::{name}"), Home::Own) {
                    Ty::Named(base, args) => {
                        let parts = args
                            .iter()
                            .map(|arg| arg.map(&mut |ty| if ty == Ty::unit() { element.clone() } else { ty }));
                        Ty::Named(base, parts.collect())
                    }
                    _ => Ty::Unknown,
                }
            }
            _ => Ty::Unknown,
        }
    }
}
