//! What a session knows between cells: its items, and its variables with their types and what their layouts depend on.
//!
//! It compiles nothing and runs nothing; a cell is tried on a copy, which is kept if the cell compiles.

mod basis;
mod items;
mod statics;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use basis::Basis;
pub use items::{Key, StoredItem};
pub use statics::Statics;

use super::compile::recipe::Recipe;
use super::compile::types::TypeText;
use super::source::Source;
use crate::cli::syntax::split::items::Space;

/// The session after a cell. Cheap to copy: the texts are shared.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// `#![...]` of all cells, in order, each once.
    pub attributes: Vec<String>,
    pub items: Vec<Arc<StoredItem>>,
    pub variables: BTreeMap<String, LiveVariable>,
    /// Counts the redefinitions of types: it is part of the crate's metadata, so that `TypeId`s change with them.
    pub salt: u64,
    /// Names of the macros by example that make items.
    pub item_macros: BTreeSet<String>,
    /// Crates that no `:dep` line names and that the type of a variable, present or past, comes from.
    pub transitive: BTreeSet<String>,
    /// What only running cells teaches: a compiled cell does not depend on it.
    pub statics: Statics,
}

/// A variable that outlives its cell.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveVariable {
    pub type_text: TypeText,
    pub mutable: bool,
    /// For a type whose name is private.
    pub recipe: Option<Recipe>,
    pub basis: Basis,
    /// The crates at the time: one added later cannot be part of the type.
    pub crates: BTreeSet<String>,
}

impl State {
    /// Has nothing happened between the two?
    pub fn is_same(&self, other: &State) -> bool {
        let mut items = self.items.iter().zip(&other.items);
        self.items.len() == other.items.len()
            && items.all(|(one, two)| Arc::ptr_eq(one, two))
            && (&self.attributes, &self.variables, self.salt, &self.item_macros, &self.transitive)
                == (&other.attributes, &other.variables, other.salt, &other.item_macros, &other.transitive)
    }

    /// The process has begun anew.
    pub fn clear_values(&mut self) {
        self.variables.clear();
        self.statics = Statics::default();
    }

    /// The names of items and imports.
    pub fn item_names(&self) -> BTreeSet<String> {
        let names = self.items.iter().flat_map(|item| &item.names);
        names.map(|(_, name)| name.clone()).filter(|name| name != "_").collect()
    }

    /// The type of a variable as the user would write it.
    pub fn type_of(&self, variable: &str) -> Option<String> {
        self.variables.get(variable).map(|variable| variable.type_text.shown())
    }

    /// Drops the variables whose names the cell gives to values of its items; returns their names, in order.
    pub fn drop_replaced(&mut self, source: &Source) -> Vec<String> {
        let defines = |name: &String| {
            let defined = |(space, own): &(Space, String)| *space == Space::Value && own == name;
            source.items().any(|(_, item)| item.names.iter().any(defined))
        };
        let dropped: Vec<String> = self.variables.keys().filter(|name| defines(name)).cloned().collect();
        dropped.iter().for_each(|name| drop(self.variables.remove(name)));
        dropped
    }

    fn basis_now(&self, variable: &LiveVariable, crates: &BTreeMap<String, String>) -> Basis {
        let known = crates.iter().filter(|(name, _)| variable.crates.contains(*name));
        let known = known.map(|(name, print)| (name.clone(), print.clone())).collect();
        self.basis_of_value(&variable.type_text, &known, &variable.basis)
    }

    /// The crates of a variable's type, if one that it depends on is another now; `None` if none is.
    pub fn crates_rebuilt(&self, variable: &str, crates: &BTreeMap<String, String>) -> Option<Vec<String>> {
        let variable = self.variables.get(variable)?;
        let is_other = variable.basis.has_other_crates(&self.basis_now(variable, crates));
        is_other.then(|| variable.type_text.names().1.into_iter().collect())
    }

    /// Drops the variables whose types have changed; returns their names, in order.
    pub fn drop_outdated(&mut self, crates: &BTreeMap<String, String>) -> Vec<String> {
        let outdated = |variable: &LiveVariable| self.basis_now(variable, crates) != variable.basis;
        let all = self.variables.iter().filter(|(_, variable)| outdated(variable));
        let dropped: Vec<String> = all.map(|(name, _)| name.clone()).collect();
        for name in &dropped {
            self.variables.remove(name);
        }
        dropped
    }
}
