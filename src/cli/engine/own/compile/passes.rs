//! The passes of rustc over one cell.

use std::sync::Arc;

use anyhow::{Context, anyhow};

use super::super::halt::Halt;
use super::super::source::Source;
use super::super::state::State;
use super::closures::forms_of;
use super::diagnostics::{Fault, Locator};
use super::ended::{self, Why};
use super::generate::generate;
use super::generated::Generated;
use super::learn::{BORROWS, Lessons};
use super::machine::failure;
use super::plan::Plan;
use super::recipe::recipes;
use super::refuse::shown;
use super::rustc::{CompileEnd, Compiled, Kind};
use super::toolchain::unreadable;
use super::types::{TypeText, Unnameable, local_type, marked_types};
use super::{Attempt, Compiler, NewVariables, Ready, pointers};
use crate::cli::outcome::{End, Phase};

const MOST_PASSES: usize = 24;

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
                CompileEnd::Failed if pass.compiled.has_crashed() && lessons.plan.simplify() => {}
                CompileEnd::Failed => {
                    if let Some(why) = failure(&pass.compiled, &self.folder, &self.toolchain.version) {
                        return Err(anyhow!(why).into());
                    }
                    self.learn(state, pass, source, &mut lessons)?;
                }
                CompileEnd::TimedOut => return Err(self.timed_out()),
                CompileEnd::Interrupted => return Err(End::Interrupted.into()),
            }
        }
        Err(anyhow!("the cell was still changing after {MOST_PASSES} passes of rustc").into())
    }

    fn pass(&self, state: &State, source: &Source, lessons: &mut Lessons) -> Result<Pass, Halt> {
        let mut base = state.clone();
        base.items.retain(|item| !lessons.replaced.contains(&(Arc::as_ptr(item) as usize)));
        base.transitive.clone_from(&lessons.transitive);
        let (mut state, mut dropped) = self.with_items(base, source);
        for name in &lessons.hidden {
            dropped.extend(state.variables.remove(name).map(|_| name.clone()));
        }
        self.surround(&mut lessons.plan, &state, &source.cell);
        let generated = generate(&state, &self.crates(&state), source, &lessons.plan);
        let kind = if source.cell.has_statements() { Kind::Cell } else { Kind::Check };
        let compiled = self.call(&generated, source.number, &state, kind)?;
        Ok(Pass { state, dropped, generated, compiled })
    }

    /// The compiled cell; `None` if another pass must name crates first, or store variables in another form.
    fn ready(&self, pass: Pass, source: &Source, lessons: &mut Lessons) -> Result<Option<Ready>, Halt> {
        let mir = if source.cell.has_statements() && !lessons.plan.bound.is_empty() {
            pass.compiled.read_mir()?
        } else {
            String::new()
        };
        let Types { new, unnameable } = self.types(&mir, &lessons.plan, source)?;
        if !unnameable.is_empty() {
            for (name, type_text, why) in unnameable {
                let forms = forms_of(&type_text, &mir);
                if forms.is_empty() {
                    lessons.plan.end(&name, Why::Unnameable(why));
                } else {
                    lessons.plan.forms.insert(name, forms);
                }
            }
            return Ok(None);
        }
        let unnamed = self.unnamed_crates(&pass.state, &new);
        if !unnamed.is_empty() {
            lessons.transitive.extend(unnamed);
            return Ok(None);
        }
        let plan = std::mem::take(&mut lessons.plan);
        let type_of = |name: &String| Some((name.clone(), local_type(&mir, source.number, name)?));
        let mut notes = std::mem::take(&mut lessons.notes);
        notes.extend(ended::note(&plan.ended, &plan.ended.keys().filter_map(type_of).collect()));
        notes.extend(pointers::note(&pass.state, &new, source));
        Ok(Some(Ready {
            library: source.cell.has_statements().then_some(pass.compiled.library),
            layers: self.layers(),
            number: source.number,
            recipes: recipes(&pass.state, &plan, &new, source),
            state: pass.state,
            plan,
            new,
            dropped: pass.dropped,
            hidden: std::mem::take(&mut lessons.hidden),
            notes,
            generated: pass.generated,
            file: source.file_name(),
        }))
    }

    /// The new variables with their types.
    fn types(&self, mir: &str, plan: &Plan, source: &Source) -> Result<Types, Halt> {
        if plan.store.is_empty() || !source.cell.has_statements() {
            return Ok(Types::default());
        }
        // A cell that never reaches its end stores nothing.
        let types = marked_types(mir, source.number).unwrap_or_default();
        if types.is_empty() && !mir.contains("mark::<") {
            return Ok(Types::default());
        }
        if types.len() != plan.store.len() {
            return Err(unreadable(&self.toolchain.version).into());
        }
        Types::of(types, plan, source)
    }

    /// Learns from the errors of a pass, or ends the cell with them, in the words of rustc for a `main`.
    fn learn(&self, state: &State, pass: Pass, source: &Source, lessons: &mut Lessons) -> Result<(), Halt> {
        let faults = faults_of(&pass, source)?;
        let before = lessons.progress();
        if let Some(refusals) = lessons.learn(&faults, &pass.state, source) {
            return Err(End::CompileError(refusals).into());
        }
        if lessons.progress() != before {
            return Ok(());
        }
        let keeps = !(lessons.plan.store.is_empty() && lessons.plan.load.is_empty());
        if keeps && faults.iter().any(|fault| BORROWS.contains(&fault.code.as_str())) {
            let kept = lessons.plan.clone();
            lessons.plan = kept.as_in_main();
            let plain = self.pass(state, source, lessons)?;
            let plan = std::mem::replace(&mut lessons.plan, kept);
            match plain.compiled.ended {
                CompileEnd::Succeeded => lessons.keep_less(&plain.compiled.read_mir()?, source.number),
                CompileEnd::Failed => {
                    return Err(End::CompileError(shown(
                        faults_of(&plain, source)?,
                        &plain.state,
                        &plain.dropped,
                        &plan,
                        source,
                    ))
                    .into());
                }
                CompileEnd::TimedOut => return Err(self.timed_out()),
                CompileEnd::Interrupted => return Err(End::Interrupted.into()),
            }
            if lessons.progress() != before {
                return Ok(());
            }
        }
        Err(End::CompileError(shown(faults, &pass.state, &pass.dropped, &lessons.plan, source)).into())
    }

    fn timed_out(&self) -> Halt {
        let seconds = self.timeout.unwrap_or_default().as_secs_f64();
        End::TimedOut { phase: Phase::Compile, seconds }.into()
    }
}

/// The new variables with the types that were marked.
#[derive(Default)]
pub struct Types {
    pub new: NewVariables,
    /// Those whose type a later cell cannot name, and why.
    pub unnameable: Vec<(String, TypeText, Unnameable)>,
}

impl Types {
    pub fn of(types: Vec<TypeText>, plan: &Plan, source: &Source) -> Result<Types, Halt> {
        let bindings = source.cell.bindings();
        let mut found = Types::default();
        for (name, type_text) in plan.store.iter().zip(types) {
            if let Some(why) = type_text.unnameable() {
                found.unnameable.push((name.clone(), type_text, why));
                continue;
            }
            let binding = bindings.iter().find(|binding| binding.name == *name);
            let binding = binding.context("a variable is stored that the cell doesn't bind")?;
            found.new.push((binding.clone(), type_text));
        }
        Ok(found)
    }
}

/// The errors of a pass.
fn faults_of(pass: &Pass, source: &Source) -> Result<Vec<Fault>, Halt> {
    let file = source.file_name();
    let locator = Locator { generated: &pass.generated, code: &source.code, file: &file };
    let faults = locator.faults(&pass.compiled.messages);
    if faults.is_empty() {
        let rest = pass.compiled.rest.trim();
        return Err(anyhow!("rustc failed without an error to show\n{rest}").into());
    }
    Ok(faults)
}
