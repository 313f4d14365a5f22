//! What a pass of rustc over a cell tries; a failed pass changes the plan of the next one.

use std::collections::{BTreeMap, BTreeSet};

use super::closures::Form;
use super::ended::Why;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Variables to load, in order of name.
    pub load: Vec<String>,
    /// New variables to store at the cell's end.
    pub store: Vec<String>,
    /// How to store those whose own type has no name: the first form is tried, the others may follow.
    pub forms: BTreeMap<String, Vec<Form>>,
    /// New variables that cannot persist, or loaded ones that no longer can.
    pub ended: BTreeMap<String, Why>,
    /// Those that are dropped before the others are stored, in the reverse order of their definitions.
    pub released: Vec<String>,
    /// Loaded variables that become the cell's own, as values of the cell are put into them.
    pub inside: BTreeSet<String>,
    /// The cell's closure captures each loaded variable as a whole, and not only the fields that it uses.
    pub whole: bool,
    /// All names that the cell binds: they shadow loaded variables at the cell's end.
    pub bound: BTreeSet<String>,
    /// Loaded variables that the cell moves, or that can't be put back.
    pub gone: BTreeSet<String>,
    /// Loaded variables whose types are inferred from their recipes, and whether recursively.
    pub like: BTreeMap<String, bool>,
    /// `?` leaves the cell.
    pub question: bool,
    /// Where in the cell a `?` follows an `Option`.
    pub option_at: BTreeSet<usize>,
    pub awaits: bool,
    /// The name under which tokio's runtime is stored, if the cell runs inside it.
    pub runtime: Option<String>,
    pub show: Show,
    /// The format of errors: `{}`, `{:?}`, `{:#?}`.
    pub error_format: String,
    /// The format of a shown value.
    pub value_format: String,
    pub with_type: bool,
}

impl Plan {
    /// The same cell as rustc would see it in a `main`: nothing is stored or put back.
    pub fn as_in_main(&self) -> Plan {
        let inside: BTreeSet<String> = self.load.iter().cloned().collect();
        Plan {
            store: Vec::new(),
            forms: BTreeMap::new(),
            released: Vec::new(),
            gone: inside.clone(),
            inside,
            ..self.clone()
        }
    }

    /// rustc has crashed: tries a form of the same cell with less for it to do; `false` if none is left.
    pub fn simplify(&mut self) -> bool {
        // rustc 1.95 crashes on `..old` in a closure if the type of a field names an associated type.
        let before = (self.whole, self.show);
        if self.whole {
            self.show = Show::Format;
        }
        self.whole = true;
        before != (self.whole, self.show)
    }

    /// Leaves a variable in its cell.
    pub fn end(&mut self, name: &str, why: Why) {
        if self.load.iter().any(|loaded| loaded == name) && !self.bound.contains(name) {
            self.inside.insert(name.to_owned());
            self.gone.insert(name.to_owned());
        } else if let Some(at) = self.store.iter().position(|stored| stored == name) {
            self.store.remove(at);
            self.forms.remove(name);
        } else {
            return;
        }
        self.ended.entry(name.to_owned()).or_insert(why);
    }

    /// The variable cannot be stored in the form that was tried: tries the next one.
    pub fn try_next_form(&mut self, name: &str, is_about_threads: bool) {
        let Some(forms) = self.forms.get_mut(name) else { return };
        let next = forms.iter().skip(1).position(|form| is_about_threads || form.for_threads);
        match next {
            Some(next) => drop(forms.drain(..=next)),
            None => self.end(name, Why::NoForm),
        }
    }
}

/// How the final expression is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// By its own `evcxr_display`, through references and boxes, else by `Debug`: rustc chooses, in one pass.
    #[default]
    Either,
    /// By a plain call of `evcxr_display`.
    Method,
    /// By `Debug` alone.
    Format,
}
