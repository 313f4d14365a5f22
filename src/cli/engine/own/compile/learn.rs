//! What the errors of one pass teach the next.

use std::collections::BTreeSet;

use super::super::source::Source;
use super::super::state::State;
use super::diagnostics::{Fault, Touch};
use super::plan::{Plan, Show};
use super::refuse::{cannot_be_named, cannot_outlive};
use crate::cli::outcome::Diagnostic;
use crate::cli::syntax::split::{Part, PartKind};

/// rustc's errors where a type is needed before it is inferred.
const NO_TYPE_YET: [&str; 3] = ["E0282", "E0283", "E0284"];

/// rustc's errors about two definitions of one thing.
const DUPLICATE: [&str; 9] = ["E0428", "E0119", "E0592", "E0201", "E0255", "E0252", "E0254", "E0260", "E0034"];

/// What the passes so far have taught about a cell.
pub struct Lessons {
    pub plan: Plan,
    /// Earlier items that the cell's own replace, by address.
    pub replaced: BTreeSet<usize>,
    /// Transitive dependencies that the cell must be able to name.
    pub transitive: BTreeSet<String>,
    pub notes: Vec<String>,
}

impl Lessons {
    pub fn new(plan: Plan, state: &State) -> Lessons {
        Lessons { plan, replaced: BTreeSet::new(), transitive: state.transitive.clone(), notes: Vec::new() }
    }

    /// Another pass makes sense only if this changes.
    pub fn progress(&self) -> (Plan, usize) {
        (self.plan.clone(), self.replaced.len())
    }

    /// Changes the plan according to the faults; returns refusals if no other pass can help.
    pub fn learn(&mut self, faults: &[Fault], state: &State, source: &Source) -> Option<Vec<Diagnostic>> {
        let again = self.load_by_recipe(faults, state);
        let mut refusals: Vec<Diagnostic> = Vec::new();
        let mut refused = 0;
        for fault in faults {
            if let Some(refusal) = self.learn_from(fault, &again, source) {
                let is_same = |other: &Diagnostic| {
                    if is_unnameable(fault) { *other == refusal } else { other.message == refusal.message }
                };
                if !refusals.iter().any(is_same) {
                    refusals.push(refusal);
                }
                refused += 1;
            }
        }
        // One borrow causes several errors: prefer the one about what does not live long enough.
        let is_main =
            |diagnostic: &Diagnostic| matches!(diagnostic.code.as_deref(), Some("E0597" | "E0373" | "E0716" | "E0515"));
        if refusals.iter().any(is_main) {
            refusals.retain(is_main);
        }
        (refused > 0 && refused == faults.len()).then_some(refusals)
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
    fn learn_from(&mut self, fault: &Fault, again: &BTreeSet<String>, source: &Source) -> Option<Diagnostic> {
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
            _ if !fault.touches.is_empty() => return Some(cannot_outlive(fault, &source.code)),
            _ => {}
        }
        None
    }

    /// The cell has moved a variable that it was to store or put back, or not given it a value.
    fn moved_at_end(&mut self, fault: &Fault, Touch { name, put_back, .. }: &Touch) {
        if *put_back {
            self.plan.gone.insert(name.clone());
        } else {
            self.plan.store.retain(|stored| stored != name);
        }
        if fault.diagnostic.message.contains("partially") {
            self.notes.push(format!("variable `{name}` was dropped: this cell moved a part of it"));
        } else if fault.code == "E0381" {
            self.notes.push(format!("variable `{name}` was dropped: it has no value at the end of the cell"));
        }
    }
}

/// Is the type that a variable is loaded under private?
fn is_unnameable(fault: &Fault) -> bool {
    fault.code == "E0603" && fault.load.is_some()
}

/// Does a definition of the cell meet one of an earlier cell, or two of earlier cells meet?
fn is_redefinition(fault: &Fault) -> bool {
    !fault.earlier.is_empty() && (!fault.at.is_empty() || fault.earlier.len() > 1)
}

/// Is the type of the shown value inferred only from the whole cell? That is too late for a method call, and in time
/// for `Debug`.
fn is_shown_too_early(code: &str, fault: &Fault, source: &Source) -> bool {
    let is_final = |part: &&Part| matches!(part.kind, PartKind::Final { .. });
    let shown_from = source.cell.parts.iter().find(is_final).map(|part| part.start);
    NO_TYPE_YET.contains(&code) && fault.at.iter().any(|at| shown_from.is_some_and(|from| *at >= from))
}
