//! What the errors of one pass teach the next.

use std::collections::BTreeSet;

use super::super::state::State;
use super::diagnostics::{Fault, Touch};
use super::generate::{Plan, Show};
use super::refuse::{cannot_be_named, cannot_outlive};
use crate::cli::outcome::Diagnostic;
use crate::cli::syntax::split::{Cell, PartKind};

/// What rustc says where a type is asked for before it is known.
const NO_TYPE_YET: [&str; 3] = ["E0282", "E0283", "E0284"];

/// Variables whose types have private names are loaded as what made them, where that is known; those for which this is
/// new.
pub fn by_recipe(faults: &[Fault], state: &State, plan: &mut Plan) -> BTreeSet<String> {
    let private = faults.iter().filter(|fault| fault.code == "E0603").filter_map(|fault| fault.load.clone());
    let mut again: BTreeSet<String> = private.collect();
    again.retain(|name| state.variables.get(name).is_some_and(|kept| kept.recipe.is_some()));
    again.retain(|name| plan.like.get(name) != Some(&true));
    for name in &again {
        plan.like.entry(name.clone()).and_modify(|deep| *deep = true).or_insert(false);
    }
    again
}

/// Changes the plan by what the faults teach; a refusal ends the passes.
pub fn learn(
    faults: &[Fault],
    plan: &mut Plan,
    dropped: &mut BTreeSet<usize>,
    notes: &mut Vec<String>,
    again: &BTreeSet<String>,
    cell: &Cell,
    code: &str,
) -> Option<Vec<Diagnostic>> {
    let shown_from = cell.parts.iter().find(|part| matches!(part.kind, PartKind::Final { .. })).map(|part| part.start);
    let mut refusals = Vec::new();
    let mut refused = 0;
    for fault in faults {
        let message = fault.diagnostic.message.as_str();
        let at_end = fault.touches.iter().find(|touch| touch.is_primary);
        match fault.code.as_str() {
            "E0728" if !plan.awaits => plan.awaits = true,
            "E0277" if message.contains("the `?` operator") => {
                if plan.question {
                    let on_option = message.contains("not `Option`s");
                    plan.option_at.extend(fault.at.iter().filter(|_| on_option));
                } else {
                    plan.question = true;
                }
            }
            "E0080" if message.contains("fp: no display") && plan.show == Show::Either => plan.show = Show::Method,
            "E0382" | "E0381" if at_end.is_some() => {
                if let Some(Touch { name, put_back, .. }) = at_end {
                    if *put_back {
                        plan.gone.insert(name.clone());
                    } else {
                        plan.store.retain(|stored| stored != name);
                    }
                    if message.contains("partially") {
                        notes.push(format!("`{name}` was partly moved in this cell, and lives on no more"));
                    } else if fault.code == "E0381" {
                        notes.push(format!("`{name}` has no value at the end of the cell, and doesn't live on"));
                    }
                }
            }
            "E0428" | "E0119" | "E0592" | "E0201" | "E0255" | "E0252" | "E0254" | "E0260" | "E0034"
                if !fault.earlier.is_empty() && (!fault.at.is_empty() || fault.earlier.len() > 1) =>
            {
                dropped.extend(fault.earlier.first());
            }
            "E0603" if fault.load.as_ref().is_some_and(|name| again.contains(name)) => {}
            "E0603" if fault.load.is_some() => {
                let refusal = cannot_be_named(fault, code);
                if !refusals.contains(&refusal) {
                    refusals.push(refusal);
                }
                refused += 1;
            }
            // What is shown has a type only when all of the cell is seen, too late for a method's name, in time for Debug.
            error
                if NO_TYPE_YET.contains(&error)
                    && plan.show != Show::Format
                    && fault.at.iter().any(|at| shown_from.is_some_and(|from| *at >= from)) =>
            {
                plan.show = Show::Format;
            }
            _ if fault.in_show && plan.show != Show::Format => plan.show = Show::Format,
            _ if !fault.touches.is_empty() => {
                let refusal = cannot_outlive(fault, code);
                if !refusals.iter().any(|other: &Diagnostic| other.message == refusal.message) {
                    refusals.push(refusal);
                }
                refused += 1;
            }
            _ => {}
        }
    }
    // One borrow gives several errors: the one that says what does not live long enough says it best.
    let is_main =
        |diagnostic: &Diagnostic| matches!(diagnostic.code.as_deref(), Some("E0597" | "E0373" | "E0716" | "E0515"));
    if refusals.iter().any(is_main) {
        refusals.retain(is_main);
    }
    (refused > 0 && refused == faults.len()).then_some(refusals)
}
