//! Cells that follow each other, compiled together: two passes of rustc in place of one for each cell.
//!
//! The first pass checks all their statements in one function, and so tells the types of the variables. The second
//! compiles a function for each cell, with these types written out, as the cell is compiled alone; it tells the types
//! again, and they must be the same. Whatever rustc complains of, and whatever could come out otherwise than from cells
//! compiled one by one, is left to be compiled alone.

mod choice;

use std::collections::{BTreeSet, VecDeque};

use anyhow::{Context, Result};
use choice::choose;

use super::super::state::State;
use super::diagnostics::is_about;
use super::generate::Plan;
use super::generate::batch::{Part, Pieces, functions, types_of};
use super::rustc::{CompileEnd, Compiled, Kind};
use super::source::Source;
use super::types::{TypeText, marked_types};
use super::{New, Ready, Workshop, file_name, load_names, recipes};
use crate::cli::syntax::split::Cell;

/// The cells that are to come, as far as that is known, and those of them that are compiled.
#[derive(Default)]
pub struct Script {
    rest: VecDeque<String>,
    /// Cells that can't be compiled with others.
    alone: BTreeSet<String>,
    /// A cell has set a hook for panics, which learns their places.
    is_watched: bool,
    ready: VecDeque<Waiting>,
}

/// A compiled cell, for a session that will be as it is written here.
struct Waiting {
    code: String,
    before: State,
    ready: Box<Ready>,
}

/// A cell on its way.
struct Member {
    code: String,
    cell: Cell,
    number: usize,
    plan: Plan,
}

/// How a pass over several cells ended.
enum Pass {
    Done(Compiled),
    /// This one is to be compiled alone.
    Without(usize),
    /// Somebody stopped it.
    Ended,
}

impl Script {
    pub fn set(&mut self, cells: Vec<String>) {
        *self = Script { rest: cells.into(), is_watched: self.is_watched, ..Script::default() };
    }

    /// A cell is run: those before it won't come any more.
    pub fn arrive(&mut self, code: &str) {
        self.is_watched |= code.contains("set_hook");
        if let Some(at) = self.rest.iter().position(|cell| cell == code) {
            self.rest.drain(..=at);
        }
    }

    /// What the cells are compiled with has changed.
    pub fn give_up(&mut self) {
        self.ready.clear();
    }

    /// The cell, if it has been compiled for a session that is as it is now.
    pub fn take(&mut self, state: &State, code: &str) -> Option<Box<Ready>> {
        let is_it = |it: &Waiting| it.code == code && it.before.is_same(state);
        let found = self.ready.pop_front().filter(is_it).and_then(|it| with_own_library(it.ready));
        if found.is_none() {
            self.ready.clear();
        }
        found
    }

    /// Compiles this cell and those that follow, as far as they can be compiled together.
    pub fn prepare(&mut self, workshop: &Workshop, state: &State, code: &str, number: usize) -> Result<()> {
        if self.rest.is_empty() || self.is_watched {
            return Ok(());
        }
        let cells = std::iter::once(code).chain(self.rest.iter().map(String::as_str));
        let mut members = choose(state, cells, &self.alone, |cell| workshop.first_plan(cell), number);
        while members.len() > 1 {
            match workshop.together(state, &members)? {
                Together::Ready(ready) => {
                    self.ready = ready;
                    return Ok(());
                }
                Together::Without(at) => {
                    self.alone.insert(members[at].code.clone());
                    members.truncate(at);
                }
                Together::Ended => break,
            }
        }
        Ok(())
    }
}

/// How an attempt on several cells ended.
enum Together {
    Ready(VecDeque<Waiting>),
    Without(usize),
    Ended,
}

impl Workshop {
    fn together(&self, state: &State, members: &[Member]) -> Result<Together> {
        let Some(items) = self.states_of_items(state, members) else { return Ok(Together::Ended) };
        let news = match self.types_together(&items, members)? {
            Ok(news) => news,
            Err(ended) => return Ok(ended),
        };
        let mut waiting = VecDeque::new();
        let mut before = state.clone();
        for (at, ((member, items), new)) in members.iter().zip(items).zip(news).enumerate() {
            let mut state = items;
            state.variables = before.variables.clone();
            if !state.give_up_changed(&self.fingerprints).is_empty() {
                return Ok(Together::Without(at));
            }
            let plan = Plan { load: load_names(&state, &member.cell), ..member.plan.clone() };
            let recipes = recipes(&state, &plan, &new, &member.cell, &member.code);
            let ready = Box::new(Ready {
                library: None,
                number: member.number,
                state,
                plan,
                new,
                recipes,
                lost: Vec::new(),
                notes: Vec::new(),
                source: Source::default(),
                file: file_name(members[0].number),
            });
            let after = self.keep(&ready, true);
            let code = member.code.clone();
            waiting.push_back(Waiting { code, before: std::mem::replace(&mut before, after), ready });
        }
        self.functions_together(members, waiting)
    }

    /// The session before each cell, with the cell's items and without the variables of the cells before; `None` where an
    /// item costs a variable.
    fn states_of_items(&self, state: &State, members: &[Member]) -> Option<Vec<State>> {
        let mut states: Vec<State> = Vec::new();
        for member in members {
            let base = states.last().unwrap_or(state).clone();
            let (next, lost) = self.with_items(base, &member.cell, &member.code, member.number);
            let is_same_crate = states.is_empty() || next.salt == states[0].salt;
            if !lost.is_empty() || !is_same_crate {
                return None;
            }
            states.push(next);
        }
        Some(states)
    }

    /// The first pass.
    fn types_together(&self, items: &[State], members: &[Member]) -> Result<std::result::Result<Vec<New>, Together>> {
        let plan =
            |(member, state): (&Member, &State)| Plan { load: load_names(state, &member.cell), ..member.plan.clone() };
        let plans: Vec<Plan> = members.iter().zip(items).map(plan).collect();
        let parts = parts(members, items.iter(), plans.iter());
        let pieces = types_of(&self.crates(&items[0]), &parts);
        let compiled = match self.pass(members, &pieces, &items[0], Kind::Check)? {
            Pass::Done(compiled) => compiled,
            Pass::Without(at) => return Ok(Err(Together::Without(at))),
            Pass::Ended => return Ok(Err(Together::Ended)),
        };
        let mir = mir(&compiled)?;
        let mut news = Vec::new();
        for (at, member) in members.iter().enumerate() {
            let types = marked_types(&mir, member.number).unwrap_or_default();
            let is_complete = types.len() == member.plan.store.len();
            match self.new_variables(types, &member.plan, &member.cell, &member.code)? {
                Ok(new) if is_complete && self.unnamed(&items[0], &new).is_empty() => news.push(new),
                _ => return Ok(Err(Together::Without(at))),
            }
        }
        Ok(Ok(news))
    }

    /// The second pass, which holds the types against those of the first.
    fn functions_together(&self, members: &[Member], mut waiting: VecDeque<Waiting>) -> Result<Together> {
        let states = waiting.iter().map(|it| &it.ready.state);
        let parts = parts(members, states, waiting.iter().map(|it| &it.ready.plan));
        let pieces = functions(&self.crates(&waiting[0].ready.state), &parts);
        let compiled = match self.pass(members, &pieces, &waiting[0].ready.state, Kind::Cell)? {
            Pass::Done(compiled) => compiled,
            Pass::Without(at) => return Ok(Together::Without(at)),
            Pass::Ended => return Ok(Together::Ended),
        };
        let mir = mir(&compiled)?;
        for (at, (waiting, member)) in waiting.iter().zip(members).enumerate() {
            let said: Vec<TypeText> = waiting.ready.new.iter().map(|(_, type_text)| type_text.clone()).collect();
            if !said.is_empty() && marked_types(&mir, member.number).as_ref() != Some(&said) {
                return Ok(Together::Without(at));
            }
        }
        for (at, (waiting, member)) in waiting.iter_mut().zip(members).enumerate() {
            waiting.ready.library = member.cell.has_statements().then(|| compiled.library.clone());
            waiting.ready.source = pieces.seen_by(at);
        }
        Ok(Together::Ready(waiting))
    }

    fn pass(&self, members: &[Member], pieces: &Pieces, state: &State, kind: Kind) -> Result<Pass> {
        let number = members[0].number;
        let compiled = self.call(&pieces.seen_by(0), number, state, kind)?;
        match compiled.ended {
            CompileEnd::Succeeded => return Ok(Pass::Done(compiled)),
            CompileEnd::Failed => {}
            CompileEnd::TimedOut => return Ok(Pass::Without(0)),
            CompileEnd::Interrupted => return Ok(Pass::Ended),
        }
        let file = file_name(number);
        let is_its_own = |at: &usize| is_about(&compiled.messages, &pieces.seen_by(*at), &members[*at].code, &file);
        // Where nobody can tell, the first is the one.
        Ok(Pass::Without((0..members.len()).find(is_its_own).unwrap_or(0)))
    }
}

fn parts<'a>(
    members: &'a [Member],
    states: impl Iterator<Item = &'a State>,
    plans: impl Iterator<Item = &'a Plan>,
) -> Vec<Part<'a>> {
    let part = |((member, state), plan): ((&'a Member, &'a State), &'a Plan)| Part {
        cell: &member.cell,
        code: &member.code,
        number: member.number,
        state,
        plan,
    };
    members.iter().zip(states).zip(plans).map(part).collect()
}

fn mir(compiled: &Compiled) -> Result<String> {
    std::fs::read_to_string(&compiled.mir).context("cannot read the MIR that rustc wrote")
}

/// With a file of its own, under the name that it has when the cell is compiled alone: its statics are those of no other.
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
