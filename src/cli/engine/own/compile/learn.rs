//! What the errors of one pass teach the next.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::source::Source;
use super::super::state::{State, StoredItem};
use super::diagnostics::{Fault, Role, Touch};
use super::ended::Why;
use super::plan::{Plan, Show};
use super::refuse::cannot_be_named;
use super::types::local_type;
use crate::cli::outcome::Diagnostic;
use crate::cli::syntax::split::{Part, PartKind};

/// rustc's errors where a type is needed before it is inferred.
const NO_TYPE_YET: [&str; 3] = ["E0282", "E0283", "E0284"];

/// rustc's errors about borrows and moves.
pub const BORROWS: [&str; 18] = [
    "E0373", "E0381", "E0382", "E0384", "E0499", "E0502", "E0503", "E0505", "E0506", "E0507", "E0515", "E0521",
    "E0594", "E0596", "E0597", "E0621", "E0713", "E0716",
];

/// rustc's errors about two definitions of one thing.
const DUPLICATE: [&str; 9] = ["E0428", "E0119", "E0592", "E0201", "E0255", "E0252", "E0254", "E0260", "E0034"];

/// What the passes so far have taught about a cell.
pub struct Lessons {
    pub plan: Plan,
    /// Earlier items that the cell's own replace, by address.
    pub replaced: BTreeSet<usize>,
    /// Variables whose names mean something else now, such as a variant that a glob imports.
    pub hidden: BTreeSet<String>,
    /// Transitive dependencies that the cell must be able to name.
    pub transitive: BTreeSet<String>,
    pub notes: Vec<String>,
    /// Variables for which the errors of one pass have already chosen another form.
    reformed: BTreeSet<String>,
    /// Variables that cannot be dropped before others are stored.
    unreleased: BTreeSet<String>,
    /// Variables that an error of the pass touches, and which may persist once others do not.
    doubtful: Vec<(String, Why)>,
    /// Variables that the statements bind in which the errors of the pass are.
    bound_there: BTreeSet<String>,
}

impl Lessons {
    pub fn new(plan: Plan, state: &State) -> Lessons {
        Lessons {
            plan,
            replaced: BTreeSet::new(),
            hidden: BTreeSet::new(),
            transitive: state.transitive.clone(),
            notes: Vec::new(),
            reformed: BTreeSet::new(),
            unreleased: BTreeSet::new(),
            doubtful: Vec::new(),
            bound_there: BTreeSet::new(),
        }
    }

    /// Another pass makes sense only if this changes.
    pub fn progress(&self) -> (Plan, usize) {
        (self.plan.clone(), self.replaced.len() + self.hidden.len())
    }

    /// Changes the plan according to the faults; returns refusals if no other pass can help.
    pub fn learn(&mut self, faults: &[Fault], state: &State, source: &Source) -> Option<Vec<Diagnostic>> {
        let before = self.progress();
        self.reformed.clear();
        let again = self.load_by_recipe(faults, state);
        let lent = lent(faults);
        let mut refusals: Vec<Diagnostic> = Vec::new();
        let mut refused = 0;
        for fault in faults {
            if self.drop_stale(fault, state) {
                continue;
            }
            if let Some(refusal) = self.learn_from(fault, &again, &lent, source) {
                if !refusals.contains(&refusal) {
                    refusals.push(refusal);
                }
                refused += 1;
            }
        }
        self.bound_there = bound_at(faults.iter().flat_map(|fault| &fault.at), source);
        // For an error about borrows, the types of the variables will say which of them borrow.
        let are_types_seen = faults.iter().any(|fault| BORROWS.contains(&fault.code.as_str()));
        if self.progress() != before {
            self.doubtful.clear();
        } else if !are_types_seen {
            self.end_doubtful();
        }
        (refused > 0 && refused == faults.len()).then_some(refusals)
    }

    /// The cell compiles only without its wishes to keep variables: drops those that borrow by their types or by the
    /// place of the errors, else those that the errors touch, else all. `mir` is that of the cell without these wishes.
    pub fn keep_less(&mut self, mir: &str, number: usize) {
        let stored = self.plan.store.clone();
        let borrows = |name: &String| local_type(mir, number, name).is_none_or(|type_text| type_text.borrows());
        let touched = std::mem::take(&mut self.doubtful);
        let is_touched = |name: &String| touched.iter().any(|(other, _)| other == name);
        let is_there = |name: &String| self.bound_there.contains(name);
        let chosen =
            |is_it: &dyn Fn(&String) -> bool| -> Vec<&String> { stored.iter().filter(|name| is_it(name)).collect() };
        let choices = [
            chosen(&|name| borrows(name) && is_there(name)),
            chosen(&borrows),
            // A `Box<dyn Fn()>` does not say that it borrows.
            chosen(&|name| is_there(name) && !is_touched(name)),
            chosen(&is_touched),
            chosen(&|_| true),
        ];
        let ended = choices.into_iter().find(|names| !names.is_empty()).unwrap_or_default();
        // What the errors touch is lent, if it does not borrow itself.
        let lender = touched.iter().map(|(name, _)| name).find(|name| !ended.contains(name));
        for name in ended {
            let own = touched.iter().find(|(other, _)| other == name).map(|(_, why)| why.clone());
            self.plan.end(name, own.unwrap_or_else(|| Why::Borrows(lender.cloned())));
        }
        if stored.is_empty() {
            for name in self.plan.load.clone() {
                self.plan.end(&name, Why::Borrows(None));
            }
        }
    }

    fn end_doubtful(&mut self) {
        std::mem::take(&mut self.doubtful).into_iter().for_each(|(name, why)| self.plan.end(&name, why));
    }

    /// Drops what no longer means what it did: a variable whose name is that of a constant or a variant now, an import
    /// from a module that was redefined.
    fn drop_stale(&mut self, fault: &Fault, state: &State) -> bool {
        if let ("E0308" | "E0005" | "E0530" | "E0532", Some(name)) = (fault.code.as_str(), &fault.load) {
            return self.hidden.insert(name.clone());
        }
        if !(fault.at.is_empty() && matches!(fault.code.as_str(), "E0432" | "E0433" | "E0364" | "E0365" | "E0603")) {
            return false;
        }
        let is_stale = |item: &&Arc<StoredItem>| fault.earlier.contains(&(Arc::as_ptr(item) as usize));
        let Some(item) = state.items.iter().filter(is_stale).find(|item| item.is_import()) else { return false };
        self.notes.push(format!("`{}` was dropped: it names nothing now", item.text.trim().trim_end_matches(';')));
        self.replaced.insert(Arc::as_ptr(item) as usize)
    }

    /// Loads variables whose types have private names by their recipes, where these are known; returns those for which
    /// this is new.
    fn load_by_recipe(&mut self, faults: &[Fault], state: &State) -> BTreeSet<String> {
        let private = faults.iter().filter(|fault| fault.code == "E0603").filter_map(|fault| fault.load.clone());
        let mut again: BTreeSet<String> = private.collect();
        again.retain(|name| state.variables.get(name).is_some_and(|variable| variable.recipe.is_some()));
        again.retain(|name| self.plan.like.get(name) != Some(&true));
        for name in &again {
            self.plan.like.entry(name.clone()).and_modify(|deep| *deep = true).or_insert(false);
        }
        again
    }

    /// Changes the plan according to one fault, or refuses the cell.
    fn learn_from(
        &mut self,
        fault: &Fault,
        again: &BTreeSet<String>,
        lent: &BTreeMap<String, String>,
        source: &Source,
    ) -> Option<Diagnostic> {
        let plan = &mut self.plan;
        let message = fault.diagnostic.message.as_str();
        let at_end = fault.touches.iter().find(|touch| touch.is_primary);
        match (fault.code.as_str(), at_end) {
            ("E0728", _) if !plan.awaits => plan.awaits = true,
            ("E0277", _) if message.contains("the `?` operator") => {
                let on_option = plan.question && message.contains("not `Option`s");
                plan.option_at.extend(fault.at.iter().filter(|_| on_option));
                plan.question = true;
            }
            // As in `fn main() -> Result<(), E>`, `Debug` is enough.
            ("E0277", _) if plan.question && plan.error_format == "{}" && lacks_display(fault) => {
                plan.error_format = "{:?}".to_owned();
            }
            ("E0080", _) if message.contains("fp: no display") && plan.show == Show::Either => {
                plan.show = Show::Method;
            }
            ("E0382" | "E0381", Some(touch)) => self.moved_at_end(fault, touch),
            (code, _) if DUPLICATE.contains(&code) && is_redefinition(fault) => {
                self.replaced.extend(fault.earlier.first());
            }
            ("E0603", _) if fault.load.as_ref().is_some_and(|name| again.contains(name)) => {}
            _ if is_unnameable(fault) => return Some(cannot_be_named(fault, &source.code)),
            (code, _) if plan.show != Show::Format && (fault.in_show || is_shown_too_early(code, fault, source)) => {
                plan.show = Show::Format;
            }
            _ => self.keep_less_after(fault, lent, source),
        }
        None
    }

    /// Leaves the variables in the cell that rustc does not let it keep.
    fn keep_less_after(&mut self, fault: &Fault, lent: &BTreeMap<String, String>, source: &Source) {
        let (code, subject) = (fault.code.as_str(), fault.subject());
        let is_borrow = BORROWS.contains(&code);
        if let Some(holder) = fault.holder.as_ref().filter(|_| is_borrow || code == "E0521") {
            return self.plan.end(holder, Why::Borrows(subject));
        }
        let why = || if code == "E0716" { Why::BorrowsTemporary } else { Why::Borrows(subject.clone()) };
        let released = fault.touches.iter().filter(|touch| touch.role == Role::Released);
        released.for_each(|touch| self.cannot_release(&touch.name));
        let stored = |touch: &&Touch| touch.role == Role::Stored;
        let (primary, later): (Vec<&Touch>, Vec<&Touch>) =
            fault.touches.iter().filter(stored).partition(|touch| touch.is_primary);
        let Some(first) = later.first().or(primary.first()) else { return };
        let name = first.name.clone();
        if !is_borrow && self.plan.forms.contains_key(&name) {
            if self.reformed.insert(name.clone()) {
                self.plan.try_next_form(&name, fault.diagnostic.message.contains("between threads"));
            }
        } else if !later.is_empty() {
            later.iter().for_each(|touch| self.plan.end(&touch.name, why()));
        } else if let Some(borrower) = lent.get(&name) {
            self.release(&name, borrower, source);
        } else {
            self.doubtful.push((name.clone(), Why::Borrows(subject.filter(|other| *other != name))));
        }
    }

    /// A variable is dropped only at the cell's end and borrows from one that is to be stored: drops it earlier.
    fn release(&mut self, lender: &str, borrower: &str, source: &Source) {
        if !self.plan.ended.contains_key(borrower) || self.unreleased.contains(borrower) {
            return self.plan.end(lender, Why::Lent(borrower.to_owned()));
        }
        let bindings = source.cell.bindings();
        let place = |name: &str| bindings.iter().rposition(|binding| binding.name == name);
        if !self.plan.released.iter().any(|released| released == borrower) {
            self.plan.released.push(borrower.to_owned());
            self.plan.released.sort_by_key(|name| std::cmp::Reverse(place(name)));
        }
    }

    fn cannot_release(&mut self, name: &str) {
        self.unreleased.insert(name.to_owned());
        self.plan.released.retain(|released| released != name);
    }

    /// The cell has moved a variable that it was to store, drop or put back, or not given it a value.
    fn moved_at_end(&mut self, fault: &Fault, Touch { name, role, .. }: &Touch) {
        match role {
            Role::PutBack => drop(self.plan.gone.insert(name.clone())),
            Role::Stored => self.plan.store.retain(|stored| stored != name),
            Role::Released => self.cannot_release(name),
        }
        if *role == Role::Released {
            return;
        }
        // A new variable of its name persists.
        let is_replaced = *role == Role::PutBack && self.plan.store.iter().any(|stored| stored == name);
        if is_replaced {
            return;
        }
        if fault.diagnostic.message.contains("partially") {
            self.notes.push(format!("variable `{name}` was dropped: this cell moved a part of it"));
        } else if fault.code == "E0381" {
            self.notes.push(format!("variable `{name}` was dropped: it has no value at the end of the cell"));
        }
    }
}

/// The variables that the statements at these places of a cell bind.
fn bound_at<'a>(places: impl Iterator<Item = &'a usize>, source: &Source) -> BTreeSet<String> {
    let part_at = |place: &usize| source.cell.parts.iter().find(|part| part.range.contains(place));
    let binds = places.filter_map(part_at).filter_map(|part| match &part.kind {
        PartKind::Statement { binds, .. } => Some(binds),
        _ => None,
    });
    binds.flatten().map(|binding| binding.name.clone()).collect()
}

/// Variables that cannot be stored because a value that is dropped only at the cell's end borrows from them, with the
/// name of that value.
fn lent(faults: &[Fault]) -> BTreeMap<String, String> {
    let pair = |fault: &Fault| {
        let lender = fault.touches.iter().find(|touch| touch.is_primary && touch.role == Role::Stored)?;
        Some((lender.name.clone(), fault.dropped.clone()?))
    };
    faults.iter().filter_map(pair).collect()
}

/// Is it an error that `?` returns and that cannot be shown to users?
fn lacks_display(fault: &Fault) -> bool {
    let texts = std::iter::once(&fault.diagnostic.message).chain(&fault.diagnostic.notes);
    texts.into_iter().any(|text| text.contains("Display"))
}

/// Is the type that a variable is loaded under private?
fn is_unnameable(fault: &Fault) -> bool {
    fault.code == "E0603" && fault.load.is_some()
}

/// Does a definition of the cell meet one of an earlier cell, or two of earlier cells meet?
fn is_redefinition(fault: &Fault) -> bool {
    // Which of the two comes first in the text does not matter.
    !fault.earlier.is_empty() && (!fault.diagnostic.spans.is_empty() || fault.earlier.len() > 1)
}

/// Is the type of the shown value inferred only from the whole cell? That is too late for a method call, and in time
/// for `Debug`.
fn is_shown_too_early(code: &str, fault: &Fault, source: &Source) -> bool {
    let is_final = |part: &&Part| matches!(part.kind, PartKind::Final { .. });
    let shown_from = source.cell.parts.iter().find(is_final).map(|part| part.start);
    NO_TYPE_YET.contains(&code) && fault.at.iter().any(|at| shown_from.is_some_and(|from| *at >= from))
}
