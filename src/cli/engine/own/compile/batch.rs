//! Batches: cells that follow each other, compiled by two passes of rustc instead of one for each cell.
//!
//! The first pass checks the statements of all cells in one function, which yields the types of their variables. The
//! second compiles a function for each cell, with these types written out, as when the cell is compiled alone; its
//! types must be the same. A cell that rustc rejects, or whose result could differ, is compiled alone.

mod choice;

use std::collections::{BTreeSet, VecDeque};

use choice::choose;

use super::super::halt::Halt;
use super::super::source::{Source, file_name};
use super::super::state::State;
use super::diagnostics::Locator;
use super::generate::batch::{Part, Pieces, functions, types_of};
use super::generated::Generated;
use super::passes::Types;
use super::plan::Plan;
use super::recipe::recipes;
use super::rustc::{CompileEnd, Compiled, Kind};
use super::types::{TypeText, marked_types};
use super::{Compiler, NewVariables, Ready, loaded_names, pointers};

/// The cells that are expected to run, and those of them that are compiled.
#[derive(Default)]
pub struct Script {
    rest: VecDeque<String>,
    /// Cells that can't be batched.
    alone: BTreeSet<String>,
    /// A cell has set a panic hook, which sees the places of panics.
    has_hook: bool,
    compiled: VecDeque<CompiledCell>,
}

/// A compiled cell, for a session in the state `before`.
struct CompiledCell {
    code: String,
    before: State,
    ready: Box<Ready>,
}

/// A cell of a batch.
struct Member {
    source: Source,
    plan: Plan,
}

/// Why there is no batch.
enum NoBatch {
    /// This member must be compiled alone.
    Without(usize),
    /// These cells can't be batched, or the user stopped the compilation.
    Ended,
    Failed(anyhow::Error),
}

impl From<anyhow::Error> for NoBatch {
    fn from(error: anyhow::Error) -> NoBatch {
        NoBatch::Failed(error)
    }
}

impl Script {
    pub fn set(&mut self, cells: Vec<String>) {
        *self = Script { rest: cells.into(), has_hook: self.has_hook, ..Script::default() };
    }

    /// A cell is about to run: those before it will not.
    pub fn advance_to(&mut self, code: &str) {
        self.has_hook |= code.contains("set_hook");
        if let Some(at) = self.rest.iter().position(|cell| cell == code) {
            self.rest.drain(..=at);
        }
    }

    /// Discards the compiled cells, as what they were compiled with has changed.
    pub fn discard(&mut self) {
        self.compiled.clear();
    }

    /// The cell, if it is compiled for the session's present state.
    pub fn take(&mut self, state: &State, code: &str) -> Option<Box<Ready>> {
        let is_it = |cell: &CompiledCell| cell.code == code && cell.before.is_same(state);
        let found = self.compiled.pop_front().filter(is_it).and_then(|cell| with_own_library(cell.ready));
        if found.is_none() {
            self.compiled.clear();
        }
        found
    }

    /// Compiles this cell and those that follow, as far as they can be batched.
    pub fn prepare(&mut self, compiler: &Compiler, state: &State, code: &str, number: usize) -> anyhow::Result<()> {
        if self.rest.is_empty() || self.has_hook {
            return Ok(());
        }
        let cells = std::iter::once(code).chain(self.rest.iter().map(String::as_str));
        let mut members = choose(state, cells, &self.alone, |cell| compiler.first_plan(cell), number);
        while members.len() > 1 {
            match compiler.compile_batch(state, &members) {
                Ok(compiled) => {
                    self.compiled = compiled;
                    return Ok(());
                }
                Err(NoBatch::Without(at)) => {
                    self.alone.insert(members[at].source.code.clone());
                    members.truncate(at);
                }
                Err(NoBatch::Ended) => break,
                Err(NoBatch::Failed(error)) => return Err(error),
            }
        }
        Ok(())
    }
}

impl Compiler {
    fn compile_batch(&self, state: &State, members: &[Member]) -> Result<VecDeque<CompiledCell>, NoBatch> {
        let states = self.states_with_items(state, members)?;
        let news = self.types_of_batch(&states, members)?;
        let mut cells = VecDeque::new();
        let mut before = state.clone();
        for (at, ((member, with_items), new)) in members.iter().zip(states).zip(news).enumerate() {
            let mut state = with_items;
            state.variables = before.variables.clone();
            if !state.drop_outdated(&self.libraries.fingerprints).is_empty() {
                return Err(NoBatch::Without(at));
            }
            let mut plan = member.plan.clone();
            self.surround(&mut plan, &state, &member.source.cell);
            let notes = pointers::note(&state, &new, &member.source).into_iter().collect();
            let recipes = recipes(&state, &plan, &new, &member.source);
            let ready = Box::new(Ready {
                library: None,
                layers: self.layers(),
                number: member.source.number,
                state,
                plan,
                new,
                recipes,
                dropped: Vec::new(),
                hidden: BTreeSet::new(),
                notes,
                generated: Generated::default(),
                file: members[0].source.file_name(),
            });
            let after = self.state_after(&ready, true);
            let code = member.source.code.clone();
            cells.push_back(CompiledCell { code, before: std::mem::replace(&mut before, after), ready });
        }
        self.compile_functions(members, cells)
    }

    /// The state before each cell, with the cell's items and without the variables of the cells before. An item must
    /// not drop a variable.
    fn states_with_items(&self, state: &State, members: &[Member]) -> Result<Vec<State>, NoBatch> {
        let mut states: Vec<State> = Vec::new();
        for member in members {
            let base = states.last().unwrap_or(state).clone();
            let (next, dropped) = self.with_items(base, &member.source);
            let is_same_crate = states.is_empty() || next.salt == states[0].salt;
            if !dropped.is_empty() || !is_same_crate {
                return Err(NoBatch::Ended);
            }
            states.push(next);
        }
        Ok(states)
    }

    /// The first pass.
    fn types_of_batch(&self, states: &[State], members: &[Member]) -> Result<Vec<NewVariables>, NoBatch> {
        let plan = |(member, state): (&Member, &State)| Plan {
            load: loaded_names(state, &member.source.cell),
            ..member.plan.clone()
        };
        let plans: Vec<Plan> = members.iter().zip(states).map(plan).collect();
        let parts = parts(members, states.iter(), plans.iter());
        let pieces = types_of(&self.crates(&states[0]), &parts);
        let mir = self.batch_pass(members, &pieces, &states[0], Kind::Check)?.read_mir()?;
        let mut news = Vec::new();
        for (at, member) in members.iter().enumerate() {
            let types = marked_types(&mir, member.source.number).unwrap_or_default();
            let is_complete = types.len() == member.plan.store.len();
            let found = match Types::of(types, &member.plan, &member.source) {
                Ok(found) if is_complete && found.unnameable.is_empty() => found,
                Err(Halt::Failed(error)) => return Err(error.into()),
                _ => return Err(NoBatch::Without(at)),
            };
            if !self.unnamed_crates(&states[0], &found.new).is_empty() {
                return Err(NoBatch::Without(at));
            }
            news.push(found.new);
        }
        Ok(news)
    }

    /// The second pass, which compares the types with those of the first.
    fn compile_functions(
        &self,
        members: &[Member],
        mut cells: VecDeque<CompiledCell>,
    ) -> Result<VecDeque<CompiledCell>, NoBatch> {
        let states = cells.iter().map(|cell| &cell.ready.state);
        let parts = parts(members, states, cells.iter().map(|cell| &cell.ready.plan));
        let pieces = functions(&self.crates(&cells[0].ready.state), &parts);
        let compiled = self.batch_pass(members, &pieces, &cells[0].ready.state, Kind::Cell)?;
        let mir = compiled.read_mir()?;
        for (at, (cell, member)) in cells.iter().zip(members).enumerate() {
            let expected: Vec<TypeText> = cell.ready.new.iter().map(|(_, type_text)| type_text.clone()).collect();
            if !expected.is_empty() && marked_types(&mir, member.source.number).as_ref() != Some(&expected) {
                return Err(NoBatch::Without(at));
            }
        }
        for (at, (cell, member)) in cells.iter_mut().zip(members).enumerate() {
            cell.ready.library = member.source.cell.has_statements().then(|| compiled.library.clone());
            cell.ready.generated = pieces.seen_by(at);
        }
        Ok(cells)
    }

    fn batch_pass(&self, members: &[Member], pieces: &Pieces, state: &State, kind: Kind) -> Result<Compiled, NoBatch> {
        let number = members[0].source.number;
        let compiled = self.call(&pieces.seen_by(0), number, state, kind)?;
        match compiled.ended {
            CompileEnd::Succeeded => return Ok(compiled),
            CompileEnd::Failed => {}
            CompileEnd::TimedOut => return Err(NoBatch::Without(0)),
            CompileEnd::Interrupted => return Err(NoBatch::Ended),
        }
        let file = file_name(number);
        let is_its_own = |at: &usize| {
            let generated = &pieces.seen_by(*at);
            let locator = Locator { generated, code: &members[*at].source.code, file: &file };
            locator.is_about(&compiled.messages)
        };
        // If no cell can be blamed, blame the first.
        Err(NoBatch::Without((0..members.len()).find(is_its_own).unwrap_or(0)))
    }
}

fn parts<'a>(
    members: &'a [Member],
    states: impl Iterator<Item = &'a State>,
    plans: impl Iterator<Item = &'a Plan>,
) -> Vec<Part<'a>> {
    let part =
        |((member, state), plan): ((&'a Member, &'a State), &'a Plan)| Part { source: &member.source, state, plan };
    members.iter().zip(states).zip(plans).map(part).collect()
}

/// With a library file of its own, named as if the cell had been compiled alone, so that its statics are its own.
fn with_own_library(mut ready: Box<Ready>) -> Option<Box<Ready>> {
    if let Some(library) = &ready.library {
        let stem = library.file_stem()?.to_string_lossy().into_owned();
        let name = format!("{}-{}{}", stem.rsplit_once('-')?.0, ready.number, std::env::consts::DLL_SUFFIX);
        let own = library.with_file_name(name);
        if own != *library {
            std::fs::copy(library, &own).ok()?;
        }
        ready.library = Some(own);
    }
    Some(ready)
}

#[cfg(test)]
mod tests;
