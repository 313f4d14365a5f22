//! The passes of rustc over one cell.

use std::sync::Arc;

use anyhow::{Context, anyhow};

use super::super::halt::Halt;
use super::super::source::Source;
use super::super::state::State;
use super::diagnostics::Locator;
use super::generate::generate;
use super::generated::Generated;
use super::learn::Lessons;
use super::machine::failure;
use super::plan::Plan;
use super::recipe::recipes;
use super::refuse::{cannot_persist, shown};
use super::rustc::{CompileEnd, Compiled, Kind};
use super::toolchain::CHANNEL;
use super::types::{TypeText, marked_types};
use super::{Attempt, Compiler, NewVariables, Ready, loaded_names};
use crate::cli::outcome::{End, Phase};

const MOST_PASSES: usize = 12;

/// A pass that rustc has finished.
struct Pass {
    /// The session with the cell's items.
    state: State,
    /// Variables whose types these items change.
    dropped: Vec<String>,
    generated: Generated,
    compiled: Compiled,
}

impl Compiler {
    /// Compiles a cell against a state.
    pub fn compile(&self, state: &State, source: &Source) -> Result<Attempt, Halt> {
        let mut lessons = Lessons::new(self.first_plan(&source.cell), state);
        for _ in 0..MOST_PASSES {
            if lessons.plan.awaits && !self.awaits {
                return Ok(Attempt::NeedsTokio);
            }
            let pass = self.pass(state, source, &mut lessons)?;
            match pass.compiled.ended {
                CompileEnd::Succeeded => {
                    if let Some(ready) = self.ready(pass, source, &mut lessons)? {
                        return Ok(Attempt::Ready(Box::new(ready)));
                    }
                }
                CompileEnd::Failed => {
                    if let Some(why) = failure(&pass.compiled, &self.folder, &self.toolchain.version) {
                        return Err(anyhow!(why).into());
                    }
                    learn(pass, source, &mut lessons)?;
                }
                CompileEnd::TimedOut => {
                    let seconds = self.timeout.unwrap_or_default().as_secs_f64();
                    return Err(End::TimedOut { phase: Phase::Compile, seconds }.into());
                }
                CompileEnd::Interrupted => return Err(End::Interrupted.into()),
            }
        }
        Err(anyhow!("the cell was still changing after {MOST_PASSES} passes of rustc").into())
    }

    fn pass(&self, state: &State, source: &Source, lessons: &mut Lessons) -> Result<Pass, Halt> {
        let mut base = state.clone();
        base.items.retain(|item| !lessons.replaced.contains(&(Arc::as_ptr(item) as usize)));
        base.transitive.clone_from(&lessons.transitive);
        let (state, dropped) = self.with_items(base, source);
        lessons.plan.load = loaded_names(&state, &source.cell);
        let generated = generate(&state, &self.crates(&state), source, &lessons.plan);
        let kind = if source.cell.has_statements() { Kind::Cell } else { Kind::Check };
        let compiled = self.call(&generated, source.number, &state, kind)?;
        Ok(Pass { state, dropped, generated, compiled })
    }

    /// The compiled cell; `None` if its types come from crates that it must be able to name first.
    fn ready(&self, pass: Pass, source: &Source, lessons: &mut Lessons) -> Result<Option<Ready>, Halt> {
        let new = self.types(&pass.compiled, &lessons.plan, source)?;
        let unnamed = self.unnamed_crates(&pass.state, &new);
        if !unnamed.is_empty() {
            lessons.transitive.extend(unnamed);
            return Ok(None);
        }
        let plan = std::mem::take(&mut lessons.plan);
        Ok(Some(Ready {
            library: source.cell.has_statements().then_some(pass.compiled.library),
            layers: self.layers(),
            number: source.number,
            recipes: recipes(&pass.state, &plan, &new, source),
            state: pass.state,
            plan,
            new,
            dropped: pass.dropped,
            notes: std::mem::take(&mut lessons.notes),
            generated: pass.generated,
            file: source.file_name(),
        }))
    }

    /// The new variables with their types, or why one of them can't outlive the cell.
    fn types(&self, compiled: &Compiled, plan: &Plan, source: &Source) -> Result<NewVariables, Halt> {
        if plan.store.is_empty() || !source.cell.has_statements() {
            return Ok(Vec::new());
        }
        let mir = compiled.read_mir()?;
        // A cell that never reaches its end stores nothing.
        let types = marked_types(&mir, source.number).unwrap_or_default();
        if types.is_empty() && !mir.contains("mark::<") {
            return Ok(Vec::new());
        }
        if types.len() != plan.store.len() {
            let version = &self.toolchain.version;
            let help = format!("help: rustup toolchain install {CHANNEL}");
            return Err(anyhow!("{version} writes its MIR in an unknown form\n{help}").into());
        }
        new_variables(types, plan, source)
    }
}

/// The variables with the types that were marked, if all of these can be written.
pub fn new_variables(types: Vec<TypeText>, plan: &Plan, source: &Source) -> Result<NewVariables, Halt> {
    let bindings = source.cell.bindings();
    let mut new = Vec::new();
    let mut refused = Vec::new();
    for (name, type_text) in plan.store.iter().zip(types) {
        match type_text.unnameable() {
            Some(why) => refused.push(cannot_persist(name, &type_text, why, &source.code)),
            None => {
                let binding = bindings.iter().find(|binding| binding.name == *name);
                let binding = binding.context("a variable is stored that the cell doesn't bind")?;
                new.push((binding.clone(), type_text));
            }
        }
    }
    if refused.is_empty() { Ok(new) } else { Err(End::CompileError(refused).into()) }
}

/// Learns from the errors of a pass, or ends the cell with them.
fn learn(pass: Pass, source: &Source, lessons: &mut Lessons) -> Result<(), Halt> {
    let file = source.file_name();
    let locator = Locator { generated: &pass.generated, code: &source.code, file: &file };
    let faults = locator.faults(&pass.compiled.messages);
    if faults.is_empty() {
        let rest = pass.compiled.rest.trim();
        return Err(anyhow!("rustc failed without an error to show\n{rest}").into());
    }
    let before = lessons.progress();
    if let Some(refusals) = lessons.learn(&faults, &pass.state, source) {
        return Err(End::CompileError(refusals).into());
    }
    if lessons.progress() == before {
        return Err(End::CompileError(shown(faults, &pass.dropped, &lessons.plan, source)).into());
    }
    Ok(())
}
