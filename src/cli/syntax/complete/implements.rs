//! Whether a type has a trait of std, as far as bounds on `impl`s need it: a box is an iterator only around one.

use super::outline::Impl;
use super::ty::{Bindings, Ty};
use super::world::{Frame, World};

/// The traits that are looked up; any other is taken to hold.
const CHECKED: &str = " BufRead Clone Copy Debug Default Display DoubleEndedIterator Eq ExactSizeIterator Future Hash \
                       Hasher Iterator Ord PartialEq PartialOrd Read Seek Write error::Error fmt::Write ";

/// How far bounds of bounds are followed.
const DEEPEST: usize = 2;

impl World {
    /// Whether the bounds of an `impl` hold for what its parameters stand for.
    pub fn holds(&self, one: &Impl, frame: &Frame, bindings: &Bindings, depth: usize) -> bool {
        if depth > DEEPEST || one.generics.params.is_empty() {
            return true;
        }
        self.generic_bounds(&one.generics, frame).iter().all(|(of, bound)| {
            let (actual, Ty::Bounds(bounds)) = (of.with(bindings), bound) else { return true };
            bounds.iter().all(|bound| self.implements(&actual, &bound.name, depth + 1))
        })
    }

    fn implements(&self, ty: &Ty, name: &str, depth: usize) -> bool {
        let Some(last) = name.strip_prefix("std::").filter(|last| CHECKED.contains(&format!(" {last} "))) else {
            return true;
        };
        match ty {
            Ty::Named(own, _) => {
                let derived = self.type_item(own, |item| item.derives.iter().any(|derive| derive == last));
                let mut found = derived.unwrap_or(false);
                self.each_impl(own, |one, home| {
                    let short = last.rsplit("::").next().unwrap_or(last);
                    let named = |path: &&syn::Path| path.segments.last().is_some_and(|one| one.ident == short);
                    let Some(path) = one.of_trait.as_ref().filter(|_| !found).filter(named) else { return };
                    let frame = Frame::new(home.clone());
                    let is_it = self.bound(path, &frame).is_some_and(|bound| bound.name == name);
                    found = is_it && self.fitting_at(one, home, ty, depth).is_some();
                });
                found
            }
            Ty::Ref(_) if matches!(last, "Clone" | "Copy") => true,
            Ty::Ref(inner) => self.implements(inner, name, depth),
            Ty::Fn(..) => matches!(last, "Clone" | "Copy"),
            _ => true,
        }
    }
}
