//! From a cell to a library: passes over rustc, each learning from the errors of the one before.
//!
//! It runs nothing; the session's state changes only when the cell that it belongs to compiled.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::cli::outcome::{Diagnostic, End, Phase};

use super::bindings::Binding;
use super::diagnostics::{Fault, Touch, faults, refusal};
use super::generate::{Plan, Show, generate};
use super::kept::{self, Shelf};
use super::recipe::{Known, Recipe};
use super::rustc::{CHANNEL, CompileEnd, Compiled, Job, Kind, Toolchain, compile};
use super::source::{Source, line_and_column};
use super::split::Cell;
use super::state::{Kept, State};
use super::stop::Stop;
use super::types::{TypeText, Unnameable, marked_types};

/// What all compilations of a session share.
#[derive(Clone)]
pub struct Workshop {
    pub toolchain: Toolchain,
    pub folder: PathBuf,
    pub runtime: PathBuf,
    pub externs: Vec<(String, PathBuf)>,
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
    /// The session with the cell's items, without its variables.
    pub state: State,
    pub plan: Plan,
    /// The new variables, if the cell reaches its end.
    pub new: Vec<(Binding, TypeText)>,
    /// How they were made, by name.
    pub recipes: BTreeMap<String, Recipe>,
    /// Variables whose types changed: to be forgotten before anything runs.
    pub lost: Vec<String>,
    pub notes: Vec<String>,
    pub source: Source,
    pub file: String,
}

/// How the passes ended.
pub enum Attempt {
    Ready(Box<Ready>),
    Ended(End),
    /// `.await` was met, and tokio must be among the crates first.
    NeedsTokio,
}

const MOST_PASSES: usize = 12;

impl Workshop {
    /// Compiles a cell against a state.
    pub fn compile(&self, state: &State, cell: &Cell, code: &str, number: usize) -> Result<Attempt> {
        let mut plan = self.first_plan(cell);
        let mut dropped: BTreeSet<usize> = BTreeSet::new();
        let mut notes = Vec::new();
        for _ in 0..MOST_PASSES {
            if plan.awaits && !self.awaits {
                return Ok(Attempt::NeedsTokio);
            }
            let mut base = state.clone();
            base.stored.retain(|stored| !dropped.contains(&(std::sync::Arc::as_ptr(stored) as usize)));
            let (next, lost) = self.with_items(base, cell, code, number);
            plan.load = load_names(&next, cell);
            let crates: Vec<String> = self.externs.iter().map(|(name, _)| name.clone()).collect();
            let source = generate(&next, &crates, cell, code, number, &plan);
            let compiled = self.call(&source, number, &next, cell.has_statements())?;
            match compiled.ended {
                CompileEnd::TimedOut => {
                    let seconds = self.timeout.unwrap_or_default().as_secs_f64();
                    return Ok(Attempt::Ended(End::TimedOut { phase: Phase::Compile, seconds }));
                }
                CompileEnd::Interrupted => return Ok(Attempt::Ended(End::Interrupted)),
                CompileEnd::Succeeded => {
                    let new = match self.types(&compiled, &plan, cell, code)? {
                        Ok(new) => new,
                        Err(diagnostics) => return Ok(Attempt::Ended(End::CompileError(diagnostics))),
                    };
                    let recipes = recipes(&next, &plan, &new, cell, code);
                    let library = cell.has_statements().then_some(compiled.library);
                    let file = file_name(number);
                    return Ok(Attempt::Ready(Box::new(Ready {
                        library,
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
            if let Some(diagnostics) = learn(&faults, &mut plan, &mut dropped, &mut notes, &again, code) {
                return Ok(Attempt::Ended(End::CompileError(diagnostics)));
            }
            if (plan.clone(), dropped.len()) == before {
                return Ok(Attempt::Ended(End::CompileError(shown(faults, &lost, cell, &plan, code))));
            }
        }
        bail!("the cell was still changing after {MOST_PASSES} passes of rustc")
    }

    fn first_plan(&self, cell: &Cell) -> Plan {
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
    fn with_items(&self, mut state: State, cell: &Cell, code: &str, number: usize) -> (State, Vec<String>) {
        let changed = state.take_items(cell, code, number);
        if !changed.is_empty() {
            state.salt += 1;
        }
        let lost = state.give_up_changed(&self.fingerprints);
        (state, lost)
    }

    fn call(&self, source: &Source, number: usize, state: &State, runs: bool) -> Result<Compiled> {
        let job = self.job(number, state, if runs { Kind::Cell } else { Kind::Check });
        std::fs::write(&job.source, &source.text)
            .with_context(|| format!("cannot write `{}`", job.source.display()))?;
        let Some(shelf) = &self.shelf else { return compile(&self.toolchain, &job, self.timeout, &self.stop) };
        let prints = self.fingerprints.iter().map(|(name, print)| (name.clone(), print.clone()));
        let key = kept::key(&self.toolchain, &job, &source.text, prints);
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
        let mut externs = self.externs.clone();
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
    #[allow(clippy::type_complexity)]
    fn types(
        &self,
        compiled: &Compiled,
        plan: &Plan,
        cell: &Cell,
        code: &str,
    ) -> Result<std::result::Result<Vec<(Binding, TypeText)>, Vec<Diagnostic>>> {
        if plan.store.is_empty() || !cell.has_statements() {
            return Ok(Ok(Vec::new()));
        }
        let mir = std::fs::read_to_string(&compiled.mir).context("cannot read the MIR that rustc wrote")?;
        // A cell that never reaches its end leaves nothing behind.
        let types = marked_types(&mir).unwrap_or_default();
        if types.is_empty() && !mir.contains("mark::<") {
            return Ok(Ok(Vec::new()));
        }
        if types.len() != plan.store.len() {
            bail!(
                "{} writes its MIR in a form not known here\nhelp: rustup toolchain install {CHANNEL}",
                self.toolchain.version
            );
        }
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

fn file_name(number: usize) -> String {
    format!("cell_{number}.rs")
}

/// How the cell made its new variables, from what it loaded and from each other.
fn recipes(
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

/// Variables whose types have private names are loaded as what made them, where that is known; those for which this is
/// new.
fn by_recipe(faults: &[Fault], state: &State, plan: &mut Plan) -> BTreeSet<String> {
    let private = faults.iter().filter(|fault| fault.code == "E0603").filter_map(|fault| fault.load.clone());
    let mut again: BTreeSet<String> = private.collect();
    again.retain(|name| state.variables.get(name).is_some_and(|kept| kept.recipe.is_some()));
    again.retain(|name| plan.like.get(name) != Some(&true));
    for name in &again {
        plan.like.entry(name.clone()).and_modify(|deep| *deep = true).or_insert(false);
    }
    again
}

fn load_names(state: &State, cell: &Cell) -> Vec<String> {
    let words = cell.words().names;
    state.variables.keys().filter(|name| words.contains(*name)).cloned().collect()
}

/// Changes the plan by what the faults teach; a refusal ends the passes.
fn learn(
    faults: &[Fault],
    plan: &mut Plan,
    dropped: &mut BTreeSet<usize>,
    notes: &mut Vec<String>,
    again: &BTreeSet<String>,
    code: &str,
) -> Option<Vec<Diagnostic>> {
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

/// The faults as the reader sees them.
fn shown(faults: Vec<Fault>, lost: &[String], cell: &Cell, plan: &Plan, code: &str) -> Vec<Diagnostic> {
    let words = cell.words().names;
    let has_own_place = faults.iter().any(|fault| !fault.at.is_empty());
    let mut diagnostics = Vec::new();
    for fault in faults {
        // What goes wrong in generated code alone follows from an error that has its place.
        if has_own_place && fault.at.is_empty() && fault.earlier.is_empty() {
            continue;
        }
        let mut diagnostic = fault.diagnostic;
        as_if_never_loaded(&mut diagnostic, plan, code);
        for name in
            lost.iter().filter(|name| words.contains(*name) && diagnostic.message.contains(&format!("`{name}`")))
        {
            let note = format!("note: `{name}` was given up, because a type that it is made of was defined anew");
            diagnostic.rendered.push_str(&format!("  = {note}\n"));
            diagnostic.notes.push(note);
        }
        if !diagnostics.contains(&diagnostic) {
            diagnostics.push(diagnostic);
        }
    }
    diagnostics
}

/// A loaded variable stands outside of the closure that the cell is: rustc words an assignment to it accordingly.
fn as_if_never_loaded(diagnostic: &mut Diagnostic, plan: &Plan, code: &str) {
    let tail = "`, as it is not declared as mutable";
    let name = diagnostic.message.strip_prefix("cannot assign to `").and_then(|rest| rest.strip_suffix(tail));
    if let Some(name) = plan.load.iter().find(|loaded| name == Some(loaded.as_str())) {
        diagnostic.message = format!("cannot assign twice to immutable variable `{name}`");
        diagnostic.code = Some("E0384".to_owned());
        diagnostic.notes.push(format!("help: make it mutable where it is declared: `let mut {name}`"));
        diagnostic.rendered = crate::cli::session::caret::render(diagnostic, code);
    }
}

fn cannot_persist(name: &str, type_text: &TypeText, why: Unnameable, code: &str) -> Diagnostic {
    let (what, help) = match why {
        Unnameable::Closure => (
            "its type holds a closure, which has no name that a later cell could use",
            format!(
                "help: box it, as in `let {name}: Box<dyn Fn(i32) -> i32> = Box::new(...);`, or collect what it yields"
            ),
        ),
        Unnameable::Future => (
            "its type is a future, which has no name that a later cell could use",
            format!(
                "help: `.await` it in this cell, or box it, as in `let {name} = Box::pin(...) as std::pin::Pin<Box<dyn Future<Output = i32>>>;`"
            ),
        ),
        Unnameable::Function => (
            "its type is that of one function",
            format!("help: give it the type of a function pointer, as in `let {name}: fn(i32) -> i32 = ...;`"),
        ),
        Unnameable::Opaque => (
            "its type is hidden behind `impl`",
            format!("help: box it, as in `let {name}: Box<dyn Trait> = Box::new(...);`"),
        ),
    };
    let shown = type_text.shown();
    let shown = shown
        .split("{closure@")
        .next()
        .filter(|head| head.len() < shown.len())
        .map_or(shown.clone(), |head| format!("{head}closure ..."));
    let inside = "help: or put the statements in braces, `{ ... }`, where nothing needs to live on".to_owned();
    let message = format!("the variable `{name}` can't live on after its cell: {what}");
    refusal(message, vec![format!("note: its type is `{shown}`"), help, inside], binding_place(name, code), code)
}

fn cannot_be_named(fault: &Fault, code: &str) -> Diagnostic {
    let name = fault.load.as_deref().unwrap_or_default();
    let message = format!("the variable `{name}` can't be used after its cell: the name of its type is private");
    let why = format!("note: {}", fault.diagnostic.message);
    let help = format!(
        "help: make that module `pub`, or keep `{name}` as a `Box<dyn ...>`, or use it in the cell that makes it"
    );
    refusal(message, vec![why, help], Vec::new(), code)
}

fn cannot_outlive(fault: &Fault, code: &str) -> Diagnostic {
    // What moves is the value that is borrowed from; what is used later is the borrow.
    let borrows = |touch: &&Touch| !(touch.put_back || touch.is_primary && fault.touches.len() > 1);
    let stored = fault.touches.iter().find(borrows).or(fault.touches.first());
    let name = stored.map(|touch| touch.name.as_str()).unwrap_or_default();
    let message = format!("the variable `{name}` can't live on after its cell: it borrows from another value");
    let why = format!("note: {}", fault.diagnostic.message);
    let help = format!(
        "help: keep a copy that owns its data (`.clone()`, `.to_owned()`, `.to_vec()`), or put the statements that use `{name}` in braces"
    );
    let mut diagnostic = refusal(message, vec![why, help], fault.diagnostic.spans.clone(), code);
    diagnostic.code = fault.diagnostic.code.clone();
    diagnostic
}

fn binding_place(name: &str, code: &str) -> Vec<crate::cli::outcome::Span> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let found = code.match_indices(name).map(|(at, _)| at).filter(|at| {
        let before = code[..*at].chars().next_back().is_none_or(|c| !is_word(c));
        let after = code[at + name.len()..].chars().next().is_none_or(|c| !is_word(c));
        let words: Vec<&str> =
            code[..*at].split(|c: char| !is_word(c)).filter(|word| !word.is_empty()).rev().take(2).collect();
        before && after && words.contains(&"let")
    });
    let Some(at) = found.last() else { return Vec::new() };
    let ((line, column), (end_line, end_column)) = (line_and_column(code, at), line_and_column(code, at + name.len()));
    vec![crate::cli::outcome::Span { line, column, end_line, end_column, label: None, is_primary: true }]
}
