//! From a cell to a library: passes of rustc, each learning from the errors of the one before.
//!
//! It runs nothing; the session's state changes only after the cell has compiled.

pub mod batch;
pub mod cell_cache;
pub mod diagnostics;
pub mod generate;
pub mod generated;
pub mod link;
pub mod linker;
pub mod precompiled;
pub mod recipe;
pub mod runtime;
pub mod rustc;
pub mod standby;
pub mod toolchain;
pub mod types;

mod closures;
mod ended;
mod learn;
mod machine;
mod moved;
mod passes;
mod plan;
mod pointers;
mod refuse;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use cell_cache::{CellCache, Keys};
use generated::Generated;
use link::Layer;
use moved::rename;
use plan::{Plan, Show};
use recipe::Recipe;
use rustc::{CompileEnd, Compiled, Job, Kind, compile, compile_with};
use standby::Standby;
use toolchain::Toolchain;
use types::{RESERVED, TypeText};

use super::deps::{Libraries, variables};
use super::source::{Source, file_name};
use super::state::{Key, LiveVariable, State, StoredItem};
use super::stop::Stop;
use crate::cli::syntax::split::Cell;
use crate::cli::syntax::split::bindings::Binding;

/// What all compilations of a session share.
#[derive(Clone)]
pub struct Compiler {
    pub toolchain: Toolchain,
    pub folder: PathBuf,
    /// The notebook's folder.
    pub notebook: PathBuf,
    pub runtime: PathBuf,
    pub libraries: Libraries,
    /// The crates in shared libraries, the last first.
    pub layers: Vec<Layer>,
    /// The runtime in a shared library; `None` if each cell is linked with its own copies of everything.
    pub runtime_layer: Option<Layer>,
    /// tokio is among the crates, with the features that a runtime needs.
    pub awaits: bool,
    /// That tokio has runtimes that code can enter, as since its version 1.
    pub enters: bool,
    pub opt_level: String,
    pub error_format: String,
    pub value_format: String,
    pub with_type: bool,
    pub timeout: Option<Duration>,
    pub stop: Stop,
    /// `None` if cells are not cached.
    pub cache: Option<CellCache>,
    pub standby: Standby,
}

/// A cell that compiled.
pub struct Ready {
    /// `None` when there is nothing to run.
    pub library: Option<PathBuf>,
    /// What must be loaded before it.
    pub layers: Vec<Layer>,
    /// Of the cell, and of its function.
    pub number: usize,
    /// The session with the cell's items, without its variables.
    pub state: State,
    pub plan: Plan,
    /// The new variables, if the cell reaches its end.
    pub new: NewVariables,
    /// How they were made, by name.
    pub recipes: BTreeMap<String, Recipe>,
    /// Variables whose types changed: they are dropped before anything runs.
    pub dropped: Vec<String>,
    /// Those of them whose names mean something else now.
    pub hidden: BTreeSet<String>,
    pub notes: Vec<String>,
    pub generated: Generated,
    pub file: String,
}

/// The new variables of a cell.
pub type NewVariables = Vec<(Binding, TypeText)>;

/// How the passes ended.
pub enum Attempt {
    Ready(Box<Ready>),
    /// The cell uses `.await`, and tokio must be added first.
    NeedsTokio,
}

impl Compiler {
    /// A session's compiler at its start: no crates, no cache, and the stock kernel's formats.
    pub fn new(toolchain: Toolchain, folder: &Path, runtime: PathBuf, stop: Stop) -> Compiler {
        Compiler {
            toolchain,
            folder: folder.to_owned(),
            notebook: PathBuf::new(),
            runtime,
            libraries: Libraries::default(),
            layers: Vec::new(),
            runtime_layer: None,
            awaits: false,
            enters: false,
            opt_level: "0".to_owned(),
            error_format: "{}".to_owned(),
            value_format: "{:?}".to_owned(),
            with_type: false,
            timeout: None,
            stop,
            cache: None,
            standby: Standby::default(),
        }
    }

    fn first_plan(&self, cell: &Cell) -> Plan {
        let words = cell.words();
        let plain = self.value_format == "{:?}" && !self.with_type;
        let names: Vec<String> = cell.bindings().into_iter().map(|binding| binding.name).collect();
        Plan {
            bound: names.iter().cloned().collect(),
            store: names,
            question: words.question,
            awaits: words.awaits,
            show: if plain { Show::Either } else { Show::Format },
            error_format: self.error_format.clone(),
            value_format: self.value_format.clone(),
            with_type: self.with_type,
            ..Plan::default()
        }
    }

    /// What the cell loads, and whether it runs inside tokio's runtime: it may, if it can reach any crate.
    fn surround(&self, plan: &mut Plan, state: &State, cell: &Cell) {
        plan.load = loaded_names(state, cell);
        let names = cell.words().names;
        let externs: BTreeSet<&String> = self.libraries.externs.iter().map(|(name, _)| name).collect();
        let mentions = |words: &BTreeSet<String>| externs.iter().any(|name| words.contains(*name));
        let in_items = || state.items.iter().any(|item| mentions(&item.words));
        let in_types = || plan.load.iter().any(|name| !state.variables[name].type_text.names().1.is_empty());
        let reaches = self.enters && (plan.awaits || mentions(&names) || in_items() || in_types());
        let print = self.libraries.fingerprints.get("tokio").map_or("", String::as_str);
        plan.runtime = reaches.then(|| format!("\\0tokio {print}"));
    }

    /// The state with the cell's items, and the variables that it drops because their types change.
    fn with_items(&self, mut state: State, source: &Source) -> (State, Vec<String>) {
        let changed = state.add_items(source);
        if !changed.is_empty() {
            state.salt += 1;
        }
        let mut dropped = state.drop_outdated(&self.libraries.fingerprints);
        dropped.extend(state.drop_replaced(source));
        (state, dropped)
    }

    /// The crates that a cell can name, some of them under reserved names only.
    fn crates(&self, state: &State) -> Vec<String> {
        self.externs(state).into_iter().map(|(name, _)| name).collect()
    }

    fn externs(&self, state: &State) -> Vec<(String, PathBuf)> {
        let libraries = &self.libraries;
        let transitive = libraries.transitive.iter().filter(|(name, _)| state.transitive.contains(name));
        let transitive = transitive.map(|(name, file)| (format!("{RESERVED}{name}"), file.clone()));
        // No crate's name begins with a digit, so this cannot be the reserved name of another.
        let prebuilt = libraries.prebuilt.iter().map(|file| (format!("{RESERVED}0shared"), file.clone()));
        libraries.externs.iter().cloned().chain(transitive).chain(prebuilt).collect()
    }

    fn is_transitive(&self, name: &str) -> bool {
        self.libraries.transitive.iter().any(|(transitive, _)| transitive == name)
    }

    /// Why the stock kernel would not keep these variables.
    pub fn beyond_stock(&self, new: &NewVariables) -> Vec<String> {
        let foreign = |type_text: &TypeText| type_text.names().1.into_iter().find(|name| self.is_transitive(name));
        let found = new.iter().filter_map(|(binding, type_text)| Some((&binding.name, foreign(type_text)?)));
        let why = |(variable, name): (&String, String)| {
            format!(
                "the type of `{variable}` comes from the crate `{name}`, which no `:dep` line names: \
                 the stock kernel does not keep it"
            )
        };
        found.map(why).collect()
    }

    /// Why the stock kernel would refuse the cell.
    pub fn refused_by_stock(plan: &Plan) -> Vec<String> {
        let is_closure = |forms: &Vec<closures::Form>| forms.first().is_some_and(closures::Form::is_closure);
        let closures = plan.forms.iter().filter(|(_, forms)| is_closure(forms)).map(|(name, _)| name);
        let kept = closures.map(|name| format!("the closure `{name}` persists: the stock kernel refuses the cell"));
        let ended = plan.ended.keys().map(|name| format!("`{name}` cannot persist: the stock kernel refuses the cell"));
        kept.chain(ended).collect()
    }

    /// The crates of these types that the cell could not name and the next one must.
    fn unnamed_crates(&self, state: &State, new: &NewVariables) -> BTreeSet<String> {
        let mut names: BTreeSet<String> = new.iter().flat_map(|(_, type_text)| type_text.heads()).collect();
        names.retain(|name| !state.transitive.contains(name) && self.is_transitive(name));
        names
    }

    /// One call of rustc, or its cached result.
    fn call(&self, generated: &Generated, number: usize, state: &State, kind: Kind) -> Result<Compiled> {
        let has_statics = self.opt_level != "0" && may_have_statics(&generated.text, state);
        let job = Job { has_statics, ..self.job(number, state, kind) };
        std::fs::write(&job.source, &generated.text)
            .with_context(|| format!("cannot write `{}`", job.source.display()))?;
        let keys = || Keys::of(&self.toolchain, &job, &generated.text, &self.libraries);
        let cache = self.cache.as_ref().map(|cache| (cache, keys()));
        let cached = cache.as_ref().and_then(|(cache, keys)| cache.find(keys, &job));
        let has_compiled = cached.is_none();
        let mut compiled = match cached {
            Some(compiled) => compiled,
            None => {
                let started = self.standby.take(&job, &generated.text);
                let compiled = compile_with(&self.toolchain, &job, started, self.timeout, &self.stop)?;
                if let Some((cache, keys)) = &cache {
                    cache.add(keys, &job, &compiled);
                }
                compiled
            }
        };
        compiled.messages.iter_mut().for_each(|message| rename(message, &self.libraries.moved));
        let is_likely = has_compiled && kind == Kind::Cell && compiled.ended == CompileEnd::Succeeded;
        self.standby.expect_next(&self.toolchain, &job, number, &generated.text, is_likely);
        Ok(compiled)
    }

    /// How long the front end, code generation and the linker take for a cell that has compiled. It is compiled three
    /// more times, up to each of them.
    pub fn time_passes(&self, number: usize, state: &State) -> Result<[Duration; 3]> {
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
        let mut externs = self.externs(state);
        externs.push(("fp_rt".to_owned(), self.runtime.clone()));
        let mut env = variables(&self.notebook);
        env.extend(self.libraries.env.clone());
        env.insert("CARGO_MANIFEST_DIR".to_owned(), self.notebook.display().to_string());
        Job {
            crate_name: "cell".to_owned(),
            source: self.folder.join(file_name(number)),
            folder: self.folder.clone(),
            suffix: format!("-{number}"),
            kind,
            metadata: format!("fp{}", state.salt),
            opt_level: self.opt_level.clone(),
            has_statics: false,
            externs,
            search_paths: self.libraries.search_paths.clone(),
            env,
            layers: self.layers(),
        }
    }

    /// The shared libraries that a cell is linked with, the last first.
    fn layers(&self) -> Vec<Layer> {
        self.runtime_layer.iter().flat_map(|runtime| self.layers.iter().chain([runtime])).cloned().collect()
    }

    /// The state after the cell has run.
    pub fn state_after(&self, ready: &Ready, reached_end: bool) -> State {
        let mut state = ready.state.clone();
        for name in &ready.plan.gone {
            state.variables.remove(name);
        }
        if reached_end {
            let fingerprints = &self.libraries.fingerprints;
            // An earlier value stays if the new one of its name ended with the cell.
            let is_shadowed = |name: &String| ready.plan.bound.contains(name) && !ready.plan.ended.contains_key(name);
            state.variables.retain(|name, _| !is_shadowed(name));
            for (binding, type_text) in &ready.new {
                let variable = LiveVariable {
                    type_text: type_text.clone(),
                    mutable: binding.mutable,
                    recipe: ready.recipes.get(&binding.name).cloned(),
                    basis: state.basis(type_text, fingerprints),
                    crates: fingerprints.keys().cloned().collect(),
                };
                state.variables.insert(binding.name.clone(), variable);
            }
        }
        state
    }
}

/// Without the word, a macro of a crate may define one.
fn may_have_statics(text: &str, state: &State) -> bool {
    text.replace("'static", "").contains("static") || state.items.iter().any(|item| matches!(item.key, Key::Text(_)))
}

/// The variables that a cell mentions, itself or by a macro.
fn loaded_names(state: &State, cell: &Cell) -> Vec<String> {
    let mut words = cell.words().names;
    let is_called = |item: &&Arc<StoredItem>, words: &BTreeSet<String>| {
        item.is_macro() && item.names.iter().any(|(_, name)| words.contains(name))
    };
    let mut before = 0;
    while words.len() > before {
        before = words.len();
        let called: Vec<_> = state.items.iter().filter(|item| is_called(item, &words)).collect();
        called.into_iter().for_each(|item| words.extend(item.words.iter().cloned()));
    }
    state.variables.keys().filter(|name| words.contains(*name)).cloned().collect()
}
