//! From a cell to a library: passes over rustc, each learning from the errors of the one before.
//!
//! It runs nothing; the session's state changes only when the cell that it belongs to compiled.

pub mod ahead;
pub mod batch;
pub mod cell_cache;
pub mod diagnostics;
pub mod generate;
pub mod runtime;
pub mod rustc;
pub mod source;
pub mod type_recipe;
pub mod types;

mod learn;
mod refuse;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use cell_cache::Shelf;
use diagnostics::faults;
use generate::{Plan, Show, generate};
use learn::{by_recipe, learn};
use refuse::{cannot_persist, shown};
use rustc::{CHANNEL, CompileEnd, Compiled, Job, Kind, Toolchain, compile};
use source::Source;
use type_recipe::{Known, Recipe};
use types::{RESERVED, TypeText, marked_types};

use super::state::{Kept, State};
use super::stop::Stop;
use crate::cli::outcome::{Diagnostic, End, Phase};
use crate::cli::syntax::split::Cell;
use crate::cli::syntax::split::bindings::Binding;

/// What all compilations of a session share.
#[derive(Clone)]
pub struct Workshop {
    pub toolchain: Toolchain,
    pub folder: PathBuf,
    pub runtime: PathBuf,
    pub externs: Vec<(String, PathBuf)>,
    /// The libraries that those are built on.
    pub inner: Vec<(String, PathBuf)>,
    /// What cells have in common.
    pub shared: Option<PathBuf>,
    pub search_paths: Vec<String>,
    pub env: BTreeMap<String, String>,
    /// tokio is among the crates, with what a runtime needs.
    pub awaits: bool,
    pub fingerprints: BTreeMap<String, String>,
    pub opt_level: String,
    pub error_format: String,
    pub value_format: String,
    pub with_type: bool,
    pub timeout: Option<Duration>,
    pub stop: Stop,
    /// Cells that were compiled before; none where that is not wanted.
    pub shelf: Option<Shelf>,
}

/// A cell that compiled.
pub struct Ready {
    /// `None` when there is nothing to run.
    pub library: Option<PathBuf>,
    /// Of the cell, and of its function.
    pub number: usize,
    /// The session with the cell's items, without its variables.
    pub state: State,
    pub plan: Plan,
    /// The new variables, if the cell reaches its end.
    pub new: New,
    /// How they were made, by name.
    pub recipes: BTreeMap<String, Recipe>,
    /// Variables whose types changed: to be forgotten before anything runs.
    pub lost: Vec<String>,
    pub notes: Vec<String>,
    pub source: Source,
    pub file: String,
}

/// The new variables of a cell.
pub type New = Vec<(Binding, TypeText)>;

/// How the passes ended.
pub enum Attempt {
    Ready(Box<Ready>),
    Ended(End),
    /// `.await` was met, and tokio must be among the crates first.
    NeedsTokio,
}

const MOST_PASSES: usize = 12;

impl Workshop {
    /// As a session begins: no crates, nothing kept, and what commands can set as the stock kernel has it.
    pub fn new(toolchain: Toolchain, folder: &Path, runtime: PathBuf, stop: Stop) -> Workshop {
        Workshop {
            toolchain,
            folder: folder.to_owned(),
            runtime,
            externs: Vec::new(),
            inner: Vec::new(),
            shared: None,
            search_paths: Vec::new(),
            env: BTreeMap::new(),
            awaits: false,
            fingerprints: BTreeMap::new(),
            opt_level: "0".to_owned(),
            error_format: "{}".to_owned(),
            value_format: "{:?}".to_owned(),
            with_type: false,
            timeout: None,
            stop,
            shelf: None,
        }
    }

    /// Compiles a cell against a state.
    pub fn compile(&self, state: &State, cell: &Cell, code: &str, number: usize) -> Result<Attempt> {
        let mut plan = self.first_plan(cell);
        let mut dropped: BTreeSet<usize> = BTreeSet::new();
        let mut notes = Vec::new();
        let mut inner = state.inner.clone();
        for _ in 0..MOST_PASSES {
            if plan.awaits && !self.awaits {
                return Ok(Attempt::NeedsTokio);
            }
            let mut base = state.clone();
            base.stored.retain(|stored| !dropped.contains(&(std::sync::Arc::as_ptr(stored) as usize)));
            base.inner.clone_from(&inner);
            let (next, lost) = self.with_items(base, cell, code, number);
            plan.load = load_names(&next, cell);
            let source = generate(&next, &self.crates(&next), cell, code, number, &plan);
            let kind = if cell.has_statements() { Kind::Cell } else { Kind::Check };
            let compiled = self.call(&source, number, &next, kind)?;
            match compiled.ended {
                CompileEnd::TimedOut => {
                    let seconds = self.timeout.unwrap_or_default().as_secs_f64();
                    return Ok(Attempt::Ended(End::TimedOut { phase: Phase::Compile, seconds }));
                }
                CompileEnd::Interrupted => return Ok(Attempt::Ended(End::Interrupted)),
                CompileEnd::Succeeded => {
                    let new = match self.types(&compiled, &plan, cell, code, number)? {
                        Ok(new) => new,
                        Err(diagnostics) => return Ok(Attempt::Ended(End::CompileError(diagnostics))),
                    };
                    let unnamed = self.unnamed(&next, &new);
                    if !unnamed.is_empty() {
                        inner.extend(unnamed);
                        continue;
                    }
                    let recipes = recipes(&next, &plan, &new, cell, code);
                    let library = cell.has_statements().then_some(compiled.library);
                    let file = file_name(number);
                    return Ok(Attempt::Ready(Box::new(Ready {
                        library,
                        number,
                        state: next,
                        plan,
                        new,
                        recipes,
                        lost,
                        notes,
                        source,
                        file,
                    })));
                }
                CompileEnd::Failed => {}
            }
            let faults = faults(&compiled.messages, &source, code, &file_name(number));
            if faults.is_empty() {
                bail!("rustc failed without an error to show\n{}", compiled.rest.trim());
            }
            let before = (plan.clone(), dropped.len());
            let again = by_recipe(&faults, &next, &mut plan);
            if let Some(diagnostics) = learn(&faults, &mut plan, &mut dropped, &mut notes, &again, cell, code) {
                return Ok(Attempt::Ended(End::CompileError(diagnostics)));
            }
            if (plan.clone(), dropped.len()) == before {
                return Ok(Attempt::Ended(End::CompileError(shown(faults, &lost, cell, &plan, code))));
            }
        }
        bail!("the cell was still changing after {MOST_PASSES} passes of rustc")
    }

    pub fn first_plan(&self, cell: &Cell) -> Plan {
        let words = cell.words();
        let plain = self.value_format == "{:?}" && !self.with_type;
        Plan {
            store: cell.bindings().into_iter().map(|binding| binding.name).collect(),
            bound: cell.bindings().into_iter().map(|binding| binding.name).collect(),
            question: words.question,
            awaits: words.awaits,
            show: if plain { Show::Either } else { Show::Format },
            error_format: self.error_format.clone(),
            value_format: self.value_format.clone(),
            with_type: self.with_type,
            ..Plan::default()
        }
    }

    /// The state with the cell's items in place, and the variables that their types' change costs.
    pub fn with_items(&self, mut state: State, cell: &Cell, code: &str, number: usize) -> (State, Vec<String>) {
        let changed = state.take_items(cell, code, number);
        if !changed.is_empty() {
            state.salt += 1;
        }
        let lost = state.give_up_changed(&self.fingerprints);
        (state, lost)
    }

    /// The crates that a cell can name, some of them under reserved names only.
    pub fn crates(&self, state: &State) -> Vec<String> {
        self.externs_for(state).into_iter().map(|(name, _)| name).collect()
    }

    /// Why the stock kernel would not keep these variables.
    pub fn of_inner_crates(&self, new: &New) -> Vec<String> {
        let crates = |type_text: &TypeText| type_text.names().1;
        let inner = |name: &String| self.inner.iter().any(|(inner, _)| inner == name);
        let found =
            new.iter().filter_map(|(binding, type_text)| Some((binding, crates(type_text).into_iter().find(inner)?)));
        let why = |(binding, name): (&Binding, String)| {
            let variable = &binding.name;
            format!(
                "the type of `{variable}` is of the crate `{name}`, which no `:dep` line names: the stock kernel does not keep it"
            )
        };
        found.map(why).collect()
    }

    fn externs_for(&self, state: &State) -> Vec<(String, PathBuf)> {
        let inner = self.inner.iter().filter(|(name, _)| state.inner.contains(name));
        let inner = inner.map(|(name, file)| (format!("{RESERVED}{name}"), file.clone()));
        // No crate's name begins with a digit: this is not the reserved name of one.
        let shared = self.shared.iter().map(|file| (format!("{RESERVED}0shared"), file.clone()));
        self.externs.iter().cloned().chain(inner).chain(shared).collect()
    }

    /// The crates of these types that the cell could not name and the next one must.
    pub fn unnamed(&self, state: &State, new: &New) -> BTreeSet<String> {
        let mut names: BTreeSet<String> = new.iter().flat_map(|(_, type_text)| type_text.heads()).collect();
        names.retain(|name| !state.inner.contains(name) && self.inner.iter().any(|(inner, _)| inner == name));
        names
    }

    /// One pass of rustc, unless its result is kept.
    pub fn call(&self, source: &Source, number: usize, state: &State, kind: Kind) -> Result<Compiled> {
        let job = self.job(number, state, kind);
        std::fs::write(&job.source, &source.text)
            .with_context(|| format!("cannot write `{}`", job.source.display()))?;
        let Some(shelf) = &self.shelf else { return compile(&self.toolchain, &job, self.timeout, &self.stop) };
        let prints = self.fingerprints.iter().map(|(name, print)| (name.clone(), print.clone()));
        let key = cell_cache::key(&self.toolchain, &job, &source.text, prints);
        if let Some(compiled) = shelf.find(&key, &job) {
            return Ok(compiled);
        }
        let compiled = compile(&self.toolchain, &job, self.timeout, &self.stop)?;
        shelf.keep(&key, &job, &compiled);
        Ok(compiled)
    }

    /// How long the front end, the code generation and the linker take for a cell that has been compiled: it is compiled
    /// three times more, up to each of them.
    pub fn passes(&self, number: usize, state: &State) -> Result<[Duration; 3]> {
        let mut until = [Duration::ZERO; 3];
        for (kind, time) in [Kind::Front, Kind::Object, Kind::Cell].into_iter().zip(&mut until) {
            let begun = Instant::now();
            compile(&self.toolchain, &self.job(number, state, kind), self.timeout, &self.stop)?;
            *time = begun.elapsed();
        }
        let [front, object, whole] = until;
        Ok([front, object.saturating_sub(front), whole.saturating_sub(object)])
    }

    fn job(&self, number: usize, state: &State, kind: Kind) -> Job {
        let mut externs = self.externs_for(state);
        externs.push(("fp_rt".to_owned(), self.runtime.clone()));
        Job {
            crate_name: "cell".to_owned(),
            source: self.folder.join(file_name(number)),
            folder: self.folder.clone(),
            suffix: format!("-{number}"),
            kind,
            metadata: format!("fp{}", state.salt),
            opt_level: self.opt_level.clone(),
            externs,
            search_paths: self.search_paths.clone(),
            env: self.env.clone(),
        }
    }

    /// The new variables with their types, or why one of them can't live on.
    fn types(
        &self,
        compiled: &Compiled,
        plan: &Plan,
        cell: &Cell,
        code: &str,
        number: usize,
    ) -> Result<std::result::Result<New, Vec<Diagnostic>>> {
        if plan.store.is_empty() || !cell.has_statements() {
            return Ok(Ok(Vec::new()));
        }
        let mir = std::fs::read_to_string(&compiled.mir).context("cannot read the MIR that rustc wrote")?;
        // A cell that never reaches its end leaves nothing behind.
        let types = marked_types(&mir, number).unwrap_or_default();
        if types.is_empty() && !mir.contains("mark::<") {
            return Ok(Ok(Vec::new()));
        }
        if types.len() != plan.store.len() {
            bail!(
                "{} writes its MIR in a form not known here\nhelp: rustup toolchain install {CHANNEL}",
                self.toolchain.version
            );
        }
        self.new_variables(types, plan, cell, code)
    }

    /// The variables with the types that were marked, as far as those can be written down.
    pub fn new_variables(
        &self,
        types: Vec<TypeText>,
        plan: &Plan,
        cell: &Cell,
        code: &str,
    ) -> Result<std::result::Result<New, Vec<Diagnostic>>> {
        let bindings = cell.bindings();
        let mut new = Vec::new();
        let mut refused = Vec::new();
        for (name, type_text) in plan.store.iter().zip(types) {
            match type_text.unnameable() {
                Some(why) => refused.push(cannot_persist(name, &type_text, why, code)),
                None => {
                    let binding = bindings.iter().find(|binding| binding.name == *name);
                    let binding = binding.context("a variable is stored that the cell doesn't bind")?;
                    new.push((binding.clone(), type_text));
                }
            }
        }
        Ok(if refused.is_empty() { Ok(new) } else { Err(refused) })
    }

    /// The variables after a cell that ended with these.
    pub fn keep(&self, ready: &Ready, reached_end: bool) -> State {
        let mut state = ready.state.clone();
        for name in &ready.plan.gone {
            state.variables.remove(name);
        }
        if reached_end {
            state.variables.retain(|name, _| !ready.plan.bound.contains(name));
            for (binding, type_text) in &ready.new {
                let basis = state.basis(type_text, &self.fingerprints);
                let crates = self.fingerprints.keys().cloned().collect();
                let recipe = ready.recipes.get(&binding.name).cloned();
                let kept = Kept { type_text: type_text.clone(), mutable: binding.mutable, recipe, basis, crates };
                state.variables.insert(binding.name.clone(), kept);
            }
        }
        state
    }
}

pub fn file_name(number: usize) -> String {
    format!("cell_{number}.rs")
}

/// How the cell made its new variables, from what it loaded and from each other.
pub fn recipes(
    state: &State,
    plan: &Plan,
    new: &[(Binding, TypeText)],
    cell: &Cell,
    code: &str,
) -> BTreeMap<String, Recipe> {
    let variable = |name: &String| {
        let kept = state.variables.get(name)?;
        Some((name.clone(), (kept.type_text.clone(), kept.recipe.clone())))
    };
    let mut known: Known = plan.load.iter().filter_map(variable).collect();
    let mut recipes = BTreeMap::new();
    // One name for two variables: nobody knows which is meant.
    let twice: Vec<&String> =
        new.iter().map(|(binding, _)| &binding.name).filter(|&name| known.contains_key(name)).collect();
    let twice: BTreeSet<String> = twice.into_iter().cloned().collect();
    known.retain(|name, _| !twice.contains(name));
    for (binding, type_text) in new.iter().filter(|(binding, _)| !twice.contains(&binding.name)) {
        let recipe = Recipe::of(&binding.name, cell, code, &known);
        known.insert(binding.name.clone(), (type_text.clone(), recipe.clone()));
        recipes.extend(recipe.map(|recipe| (binding.name.clone(), recipe)));
    }
    recipes
}

pub fn load_names(state: &State, cell: &Cell) -> Vec<String> {
    let words = cell.words().names;
    state.variables.keys().filter(|name| words.contains(*name)).cloned().collect()
}
