//! The second way to say a type: by the expression that made the value, where the type's own name is private.
//!
//! A later cell repeats the expression in a closure that is never called; its type is what rustc infers. The value is
//! taken only when the name and the size of its type are the same, so a wrong guess costs the variable, never its bytes.

use std::collections::BTreeMap;

use syn::spanned::Spanned;
use syn::visit::Visit;

use super::types::TypeText;
use crate::cli::syntax::split::{Cell, PartKind};

/// What a variable was made by, and the types of the variables that it was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipe {
    expression: String,
    from: Vec<Source>,
}

/// A variable that it was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Source {
    name: String,
    type_text: TypeText,
    recipe: Option<Recipe>,
}

/// What is known of variables: their types, and what made them.
pub type Known = BTreeMap<String, (TypeText, Option<Recipe>)>;

impl Recipe {
    /// That of a variable of this cell, where it was made by one `let name = expression;` from variables whose types are
    /// known.
    pub fn of(name: &str, cell: &Cell, code: &str, known: &Known) -> Option<Recipe> {
        let mut made = None;
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        for part in &cell.parts {
            let PartKind::Statement { binds, words } = &part.kind else { continue };
            for bind in binds {
                *times.entry(&bind.name).or_default() += 1;
            }
            if binds.iter().any(|bind| bind.name == name) {
                made = Some((&code[part.start..part.range.end], &words.names));
            }
        }
        let (text, words) = made?;
        let Ok(syn::Stmt::Local(local)) = syn::parse_str(text) else { return None };
        let syn::Pat::Ident(_) = &local.pat else { return None };
        let init = local.init.filter(|init| init.diverge.is_none())?;
        let mut leaving = Leaving(false);
        leaving.visit_expr(&init.expr);
        if leaving.0 {
            return None;
        }
        // A name that the cell binds twice is two variables.
        let is_one = |name: &str| times.get(name).is_none_or(|&count| count == 1);
        let used = words.iter().filter(|word| word.as_str() != name);
        let mut from = Vec::new();
        for word in used {
            if let Some((type_text, recipe)) = known.get(word) {
                if !is_one(word) || type_text.unnameable().is_some() {
                    return None;
                }
                from.push(Source { name: word.clone(), type_text: type_text.clone(), recipe: recipe.clone() });
            }
        }
        let expression = text.get(init.expr.span().byte_range())?.to_owned();
        is_one(name).then_some(Recipe { expression, from })
    }

    /// The closure, in Rust. `deep` says the types of what it was made from in this way, too.
    pub fn closure(&self, deep: bool) -> String {
        let from = self.from.iter().map(|source| {
            let (name, type_text) = (&source.name, source.type_text.source());
            match source.recipe.as_ref().filter(|_| deep) {
                Some(recipe) => format!("let mut {name} = ::fp_rt::like_made({}); ", recipe.closure(true)),
                None => format!("let mut {name}: {type_text} = ::fp_rt::like::<{type_text}>(); "),
            }
        });
        format!("|| {{ {}{} }}", from.collect::<String>(), self.expression)
    }
}

/// Does the expression leave the cell, or wait? A closure cannot do that in its place.
struct Leaving(bool);

impl Visit<'_> for Leaving {
    fn visit_expr_try(&mut self, _: &syn::ExprTry) {
        self.0 = true;
    }

    fn visit_expr_await(&mut self, _: &syn::ExprAwait) {
        self.0 = true;
    }

    fn visit_expr_return(&mut self, _: &syn::ExprReturn) {
        self.0 = true;
    }

    fn visit_expr_closure(&mut self, _: &syn::ExprClosure) {}

    fn visit_item(&mut self, _: &syn::Item) {}
}
