//! Types as completion knows them: names with arguments, references, closures, and what cannot be told.

use std::collections::HashMap;

/// A type. Names are those of [`World`](super::world::World): `Point`, `std::Vec`, `ndarray::ArrayBase`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ty {
    Unknown,
    Named(String, Vec<Ty>),
    /// A generic parameter that stands for a type not known yet.
    Param(String),
    Ref(Box<Ty>),
    Tuple(Vec<Ty>),
    /// A function or a closure.
    Fn(Vec<Ty>, Box<Ty>),
    /// Anything with these traits: `impl`, `dyn`, and the parameters of the function that is being written.
    Bounds(Vec<Bound>),
    /// `<Base as Trait>::Name`
    Projection(Box<Ty>, Option<String>, String),
}

/// A trait with its arguments and the types it is tied to: `Iterator<Item = T>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    pub name: String,
    pub args: Vec<Ty>,
    pub types: Vec<(String, Ty)>,
}

/// What generic parameters stand for.
pub type Bindings = HashMap<String, Ty>;

impl Ty {
    pub fn std(name: &str, args: Vec<Ty>) -> Ty {
        Ty::Named(format!("std::{name}"), args)
    }

    pub fn unit() -> Ty {
        Ty::Tuple(Vec::new())
    }

    pub fn boxed(self) -> Box<Ty> {
        Box::new(self)
    }

    /// Without the references around it.
    pub fn bare(&self) -> &Ty {
        match self {
            Ty::Ref(inner) => inner.bare(),
            other => other,
        }
    }

    /// Its name, if it has one.
    pub fn name(&self) -> Option<&str> {
        if let Ty::Named(name, _) = self { Some(name) } else { None }
    }

    pub fn is(&self, name: &str) -> bool {
        self.name().and_then(|own| own.strip_prefix("std::")) == Some(name)
    }

    pub fn is_known(&self) -> bool {
        !matches!(self, Ty::Unknown | Ty::Param(_) | Ty::Projection(..))
    }

    /// Rewrites each part from the inside out.
    pub fn map(&self, change: &mut dyn FnMut(Ty) -> Ty) -> Ty {
        let all = |types: &[Ty], change: &mut dyn FnMut(Ty) -> Ty| -> Vec<Ty> {
            types.iter().map(|one| one.map(change)).collect()
        };
        let whole = match self {
            Ty::Named(name, args) => Ty::Named(name.clone(), all(args, change)),
            Ty::Ref(inner) => Ty::Ref(inner.map(change).boxed()),
            Ty::Tuple(types) => Ty::Tuple(all(types, change)),
            Ty::Fn(inputs, output) => Ty::Fn(all(inputs, change), output.map(change).boxed()),
            Ty::Bounds(bounds) => Ty::Bounds(
                bounds
                    .iter()
                    .map(|bound| Bound {
                        name: bound.name.clone(),
                        args: all(&bound.args, change),
                        types: bound.types.iter().map(|(name, ty)| (name.clone(), ty.map(change))).collect(),
                    })
                    .collect(),
            ),
            Ty::Projection(base, of, name) => Ty::Projection(base.map(change).boxed(), of.clone(), name.clone()),
            Ty::Unknown | Ty::Param(_) => self.clone(),
        };
        change(whole)
    }

    /// With its parameters replaced.
    pub fn with(&self, bindings: &Bindings) -> Ty {
        self.map(&mut |ty| match &ty {
            Ty::Param(name) => bindings.get(name).cloned().unwrap_or(ty),
            _ => ty,
        })
    }

    /// The type that a closure or function gives, if this is one or has such a bound.
    pub fn called(&self) -> Option<(&[Ty], &Ty)> {
        match self {
            Ty::Fn(inputs, output) => Some((inputs, output)),
            Ty::Ref(inner) => inner.called(),
            Ty::Named(name, args) if name == "std::Box" => args.first()?.called(),
            Ty::Bounds(bounds) => bounds.iter().find_map(Bound::called),
            _ => None,
        }
    }
}

impl Bound {
    /// The parameters and the result of `Fn(A) -> B`.
    pub fn called(&self) -> Option<(&[Ty], &Ty)> {
        let [Ty::Tuple(inputs)] = self.args.as_slice() else { return None };
        let is_fn = matches!(self.name.as_str(), "std::Fn" | "std::FnMut" | "std::FnOnce");
        let output = self.types.iter().find(|(name, _)| name == "Output").map(|(_, ty)| ty);
        output.filter(|_| is_fn).map(|output| (inputs.as_slice(), output))
    }
}

/// Whether the type fits the pattern; binds the pattern's parameters.
pub fn unify(pattern: &Ty, actual: &Ty, bindings: &mut Bindings) -> bool {
    match (pattern, actual) {
        (Ty::Param(name), _) => {
            let slot = bindings.entry(name.clone()).or_insert(Ty::Unknown);
            if !slot.is_known() && *actual != *pattern {
                *slot = actual.clone();
            }
            true
        }
        (Ty::Named(one, args), Ty::Named(other, others)) => {
            let is_array = one == "std::slice" && other == "std::array";
            (one == other || is_array) && args.iter().zip(others).all(|(a, b)| unify(a, b, bindings))
        }
        (Ty::Ref(one), Ty::Ref(other)) => unify(one, other, bindings),
        (Ty::Tuple(some), Ty::Tuple(others)) => {
            some.len() == others.len() && some.iter().zip(others).all(|(a, b)| unify(a, b, bindings))
        }
        (Ty::Bounds(_), _) => {
            if let (Some((inputs, output)), Some((given, gives))) = (pattern.called(), actual.called()) {
                for (a, b) in inputs.iter().zip(given) {
                    unify(a, b, bindings);
                }
                unify(output, gives, bindings);
            }
            true
        }
        (Ty::Fn(inputs, output), Ty::Fn(given, gives)) => {
            inputs.iter().zip(given).all(|(a, b)| unify(a, b, bindings)) && unify(output, gives, bindings)
        }
        (Ty::Unknown | Ty::Projection(..), _) | (_, Ty::Unknown | Ty::Param(_) | Ty::Projection(..)) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_binds_its_parameters() {
        let of = |name: &str| Ty::Param(name.to_owned());
        let i32 = Ty::std("i32", Vec::new());
        let mut bindings = Bindings::new();
        let pair = Ty::std("HashMap", vec![of("K"), Ty::Ref(of("V").boxed())]);
        let actual = Ty::std("HashMap", vec![i32.clone(), Ty::Ref(Ty::unit().boxed())]);
        assert!(unify(&pair, &actual, &mut bindings));
        assert_eq!(Ty::Tuple(vec![of("V"), of("K")]).with(&bindings), Ty::Tuple(vec![Ty::unit(), i32.clone()]));
        assert!(!unify(&Ty::std("Vec", vec![of("T")]), &i32, &mut bindings));
        assert!(unify(&Ty::std("slice", vec![of("T")]), &Ty::std("array", vec![i32]), &mut bindings));
    }
}
