//! A second way to denote a type, when its own name is private: the expression that made the value.
//!
//! A later cell repeats the expression in a closure that is never called, and rustc infers its type. The value is
//! loaded only if the name and the size of its type match, so a wrong guess costs the variable and never misreads its
//! bytes.

use std::collections::{BTreeMap, BTreeSet};

use syn::spanned::Spanned;
use syn::visit::Visit;

use super::super::source::Source;
use super::super::state::State;
use super::plan::Plan;
use super::types::TypeText;
use crate::cli::syntax::split::PartKind;
use crate::cli::syntax::split::bindings::Binding;

/// The expression that made a variable, and the types of the variables in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipe {
    expression: String,
    from: Vec<Input>,
}

/// A variable in the expression.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Input {
    name: String,
    type_text: TypeText,
    recipe: Option<Recipe>,
}

/// Variables with their types and recipes.
type Known = BTreeMap<String, (TypeText, Option<Recipe>)>;

impl Recipe {
    /// The recipe of a variable of this cell, if one `let name = expression;` made it from variables of known types.
    fn of(name: &str, source: &Source, known: &Known) -> Option<Recipe> {
        let mut made = None;
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        for part in &source.cell.parts {
            let PartKind::Statement { binds, words } = &part.kind else { continue };
            for bind in binds {
                *times.entry(&bind.name).or_default() += 1;
            }
            if binds.iter().any(|bind| bind.name == name) {
                made = Some((source.text_of(part), &words.names));
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
        // A name that the cell binds twice means two variables.
        let is_one = |name: &str| times.get(name).is_none_or(|&count| count == 1);
        let used = words.iter().filter(|word| word.as_str() != name);
        let mut from = Vec::new();
        for word in used {
            if let Some((type_text, recipe)) = known.get(word) {
                if !is_one(word) || type_text.unnameable().is_some() {
                    return None;
                }
                from.push(Input { name: word.clone(), type_text: type_text.clone(), recipe: recipe.clone() });
            }
        }
        let expression = text.get(init.expr.span().byte_range())?.to_owned();
        is_one(name).then_some(Recipe { expression, from })
    }

    /// The closure, in Rust. With `deep`, the types of its inputs are inferred in the same way.
    pub fn closure(&self, deep: bool) -> String {
        let from = self.from.iter().map(|input| {
            let (name, type_text) = (&input.name, input.type_text.source());
            match input.recipe.as_ref().filter(|_| deep) {
                Some(recipe) => format!("let mut {name} = ::fp_rt::like_made({}); ", recipe.closure(true)),
                None => format!("let mut {name}: {type_text} = ::fp_rt::like::<{type_text}>(); "),
            }
        });
        format!("|| {{ {}{} }}", from.collect::<String>(), self.expression)
    }
}

/// The recipes of a cell's new variables.
pub fn recipes(state: &State, plan: &Plan, new: &[(Binding, TypeText)], source: &Source) -> BTreeMap<String, Recipe> {
    let loaded = |name: &String| {
        let variable = state.variables.get(name)?;
        Some((name.clone(), (variable.type_text.clone(), variable.recipe.clone())))
    };
    let mut known: Known = plan.load.iter().filter_map(loaded).collect();
    let mut recipes = BTreeMap::new();
    // If a new variable has the name of a loaded one, an expression could mean either.
    let names = new.iter().map(|(binding, _)| &binding.name);
    let ambiguous: BTreeSet<String> = names.filter(|&name| known.contains_key(name)).cloned().collect();
    known.retain(|name, _| !ambiguous.contains(name));
    for (binding, type_text) in new.iter().filter(|(binding, _)| !ambiguous.contains(&binding.name)) {
        // What is stored in another form is not what the expression makes.
        let is_as_made = !plan.forms.contains_key(&binding.name);
        let recipe = is_as_made.then(|| Recipe::of(&binding.name, source, &known)).flatten();
        known.insert(binding.name.clone(), (type_text.clone(), recipe.clone()));
        recipes.extend(recipe.map(|recipe| (binding.name.clone(), recipe)));
    }
    recipes
}

/// Does the expression leave the cell or await? In a closure it cannot.
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
