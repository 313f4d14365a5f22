//! The source of one cell's library: earlier items, the cell's own, and a function around its statements.
//!
//! Generated paths are absolute and generated names reserved, so that the user may define `Result`, `Box` or `run`.

pub mod batch;
mod body;

use body::{body, is_local};

use super::super::source::Source;
use super::super::state::{Key, State, StoredItem};
use super::generated::{Generated, Origin};
use super::plan::Plan;
use super::types::{RESERVED, mark};
use crate::cli::syntax::names::identifier;
use crate::cli::syntax::split::items::Item;
use crate::cli::syntax::split::one_line::on_one_line;
use crate::cli::syntax::split::{Part as CellPart, PartKind};

/// The name of the function that runs a cell.
pub fn symbol(number: usize) -> String {
    format!("fp_cell_{number}")
}

/// Generates the source of a cell's library. What a macro needs comes first, and earlier items come last, so that the
/// cell's lines can have their own numbers; items between statements follow these.
pub fn generate(state: &State, crates: &[String], source: &Source, plan: &Plan) -> Generated {
    let mut out = Generated::in_lines();
    head(&mut out, state, crates, source);
    let is_statement = |part: &&CellPart| matches!(part.kind, PartKind::Statement { .. } | PartKind::Final { .. });
    let first = source.cell.parts.iter().find(is_statement).map_or(usize::MAX, |part| part.start);
    let own = |out: &mut Generated, is_wanted: &dyn Fn(&CellPart, &Item) -> bool| {
        let wanted = source.items().filter(|(part, item)| is_wanted(part, item));
        wanted.for_each(|(part, _)| own_item(out, source, part));
    };
    earlier_items(&mut out, state, source.number, Group::Macros);
    let in_items = |item: &Item| {
        let mut others = source.items().filter(|(_, other)| !other.is_macro());
        others.any(|(_, other)| item.names.iter().any(|(_, name)| other.words.contains(name)))
    };
    own(&mut out, &|part, item| item.is_macro() && (in_items(item) || !is_local(source, plan, part, item)));
    earlier_items(&mut out, state, source.number, Group::Calls);
    own(&mut out, &|part, item| !item.is_macro() && part.start < first);
    if source.cell.has_statements() {
        function(&mut out, state, source, plan);
    }
    own(&mut out, &|part, item| !item.is_macro() && part.start > first);
    earlier_items(&mut out, state, source.number, Group::Others);
    out
}

/// The cell's own attributes are already in the state.
fn head(out: &mut Generated, state: &State, crates: &[String], source: &Source) {
    out.add("#![allow(warnings)]\n");
    for attribute in &state.attributes {
        let is_it = |part: &&CellPart| part.kind == PartKind::Attribute && source.text_of(part) == attribute;
        match source.cell.parts.iter().find(is_it) {
            Some(part) => out.cell(&source.code, part.start..part.range.end),
            None => out.add(attribute),
        }
        out.add("\n");
    }
    for name in crates {
        let own = if name.starts_with(RESERVED) { String::new() } else { format!(" as {RESERVED}{name}") };
        out.add(&format!("extern crate {name}{own};\n"));
    }
}

/// All items. Macros by example come first: only what follows them sees them.
fn items(out: &mut Generated, state: &State, source: &Source) {
    for (macros, groups) in [(true, &[Group::Macros][..]), (false, &[Group::Calls, Group::Others])] {
        for group in groups {
            earlier_items(out, state, source.number, *group);
        }
        for (part, item) in source.items() {
            if item.is_macro() == macros {
                own_item(out, source, part);
            }
        }
    }
}

/// Items of earlier cells in the order in which they stand: a call of a macro follows the cell's own macros, which may
/// replace it, and what the call makes may be a macro itself.
#[derive(Clone, Copy, PartialEq)]
enum Group {
    Macros,
    Calls,
    Others,
}

fn group_of(item: &StoredItem) -> Group {
    match item.key {
        _ if item.is_macro() => Group::Macros,
        Key::Text(_) => Group::Calls,
        _ => Group::Others,
    }
}

/// Members of one `impl` that follow each other share a block.
fn earlier_items(out: &mut Generated, state: &State, number: usize, group: Group) {
    let mut open: Option<&str> = None;
    for item in state.items.iter().filter(|item| item.cell != number && group_of(item) == group) {
        let head = match &item.key {
            Key::Member { head, .. } => Some(head.as_str()),
            _ => None,
        };
        if open != head {
            if open.is_some() {
                out.add("}\n");
            }
            if let Some(head) = head {
                out.add(head);
                out.add("\n");
            }
            open = head;
        }
        let line = if group == Group::Others { None } else { on_one_line(&item.text) };
        out.push(Origin::Earlier(item.clone(), 0), line.as_deref().unwrap_or(&item.text));
        out.add("\n");
    }
    if open.is_some() {
        out.add("}\n");
    }
}

fn own_item(out: &mut Generated, source: &Source, part: &CellPart) {
    match source.included(part) {
        Some((name, text)) => out.file(&name, &text, part.start..part.range.end),
        None => out.cell_with(&source.code, part.range.clone(), &source.edits(part.range.clone())),
    }
    out.add(part.lacks(&source.code));
    out.add("\n");
}

fn function(out: &mut Generated, state: &State, source: &Source, plan: &Plan) {
    let name = symbol(source.number);
    out.add(&format!(
        "#[unsafe(no_mangle)]\npub extern \"C\" fn {name}(__fp_api: ::fp_rt::ApiPointer) -> ::fp_rt::Code {{\n\
         ::fp_rt::enter(__fp_api);\n"
    ));
    if let Some(name) = &plan.runtime {
        out.add(&INSIDE.replace("NAME", name));
    }
    loads(out, state, plan);
    out.add(if plan.runtime.is_some() { "let __fp_inside = __fp_enter();\n" } else { "" });
    out.add("let __fp_end = ::fp_rt::run(|__fp_done: &mut ::fp_rt::Done| ");
    let output = if plan.question { result(source.number) } else { "()".to_owned() };
    if plan.awaits {
        out.add(&format!("-> {output} {{ __fp_block_on::<{output}, _>(async {{\n"));
    } else {
        out.add(&format!("-> {output} {{\n"));
    }
    inside(out, state, plan);
    macros_with_variables(out, state, source, plan);
    body(out, source, plan);
    releases(out, plan);
    types(out, source.number, plan);
    stores(out, plan);
    if plan.question {
        out.add(&format!("::std::result::Result::<(), {}>::Ok(())\n", failure_name(source.number)));
    }
    out.add(if plan.awaits { "})})" } else { "})" });
    out.add(";\n");
    put_back(out, plan);
    out.add("__fp_end\n}\n");
    if plan.question {
        failure(out, source.number, &plan.error_format);
    }
    if plan.awaits && plan.runtime.is_none() {
        out.add(BLOCK_ON);
    }
}

/// The error type of a cell with `?`: converting an error into it reports the error.
fn failure(out: &mut Generated, number: usize, format: &str) {
    let bound = if format == "{}" { "::std::fmt::Display" } else { "::std::fmt::Debug" };
    let name = failure_name(number);
    out.add(&format!(
        "struct {name};\nimpl<T: {bound}> ::std::convert::From<T> for {name} {{ \
         #[track_caller] fn from(error: T) -> Self {{ \
         ::fp_rt::failed(&::std::format!(\"{format}\", error)); {name} }} }}\n"
    ));
}

fn failure_name(number: usize) -> String {
    format!("{RESERVED}Failure_{number}")
}

fn result(number: usize) -> String {
    format!("::std::result::Result<(), {}>", failure_name(number))
}

fn loads(out: &mut Generated, state: &State, plan: &Plan) {
    // Types inferred from expressions come first: a variable loaded before could be captured by the expression.
    let (like, plain): (Vec<_>, Vec<_>) = plan.load.iter().partition(|name| plan.like.contains_key(*name));
    for name in like.into_iter().chain(plain) {
        let Some(variable) = state.variables.get(name) else { continue };
        let mutable = if variable.mutable { "mut " } else { "" };
        let (of_type, take) = match (&variable.recipe, plan.like.get(name)) {
            (Some(recipe), Some(&deep)) => (String::new(), format!("take_like(\"{name}\", {})", recipe.closure(deep))),
            _ => {
                let type_text = variable.type_text.source();
                (format!(": {type_text}"), format!("take::<{type_text}>(\"{name}\")"))
            }
        };
        let load = format!(
            "let {mutable}{}{of_type} = match ::fp_rt::{take} \
             {{ ::fp_rt::Found::Yes(it) => it, ::fp_rt::Found::No => return ::fp_rt::LOST }};\n",
            identifier(name)
        );
        out.push(Origin::Load(name.to_owned()), &load);
    }
}

/// Earlier macros that may use loaded variables, where they see these.
fn macros_with_variables(out: &mut Generated, state: &State, source: &Source, plan: &Plan) {
    let uses = |item: &StoredItem| plan.load.iter().any(|name| item.words.contains(name));
    for item in state.items.iter().filter(|item| item.cell != source.number && item.is_macro() && uses(item)) {
        let line = on_one_line(&item.text);
        out.push(Origin::Earlier(item.clone(), 0), line.as_deref().unwrap_or(&item.text));
        out.add("\n");
    }
}

/// Loaded variables into which values of the cell are put become its own.
fn inside(out: &mut Generated, state: &State, plan: &Plan) {
    for name in plan.load.iter().filter(|name| plan.whole && !plan.inside.contains(*name)) {
        out.push(Origin::Load(name.clone()), &format!("let _ = &{};\n", identifier(name)));
    }
    for name in &plan.inside {
        let mutable = if state.variables.get(name).is_some_and(|variable| variable.mutable) { "mut " } else { "" };
        let variable = identifier(name);
        out.push(Origin::Load(name.clone()), &format!("let {mutable}{variable} = {variable};\n"));
    }
}

/// What ends with the cell may borrow from what is stored.
fn releases(out: &mut Generated, plan: &Plan) {
    for name in &plan.released {
        out.push(Origin::Release(name.clone()), &format!("::std::mem::drop({});\n", identifier(name)));
    }
}

/// The value to store: the variable, in its form.
fn stored(name: &str, plan: &Plan) -> String {
    let variable = identifier(name);
    match plan.forms.get(name).and_then(|forms| forms.first()) {
        Some(form) => form.of(&variable),
        None => variable,
    }
}

/// By value, in code that never runs: a borrow would hide the values from rustc's lints.
fn types(out: &mut Generated, number: usize, plan: &Plan) {
    if plan.store.is_empty() {
        return;
    }
    let mark = mark(number);
    out.add(&format!("if ::fp_rt::never() {{ let {mark} = (::fp_rt::never(), "));
    for name in &plan.store {
        out.push(Origin::Store(name.clone()), &format!("{},", stored(name, plan)));
    }
    out.add(&format!(");\n::fp_rt::mark({mark}); }}\n"));
}

fn stores(out: &mut Generated, plan: &Plan) {
    for name in &plan.store {
        out.push(Origin::Store(name.clone()), &format!("::fp_rt::put(\"{name}\", {});\n", stored(name, plan)));
    }
    out.add("__fp_done.set();\n");
}

/// Puts loaded variables back, unless the cell moved them or stored other values under their names.
fn put_back(out: &mut Generated, plan: &Plan) {
    for name in plan.load.iter().filter(|name| !plan.gone.contains(*name)) {
        let variable = identifier(name);
        let put = if plan.bound.contains(name) && !plan.ended.contains_key(name) {
            format!("if !::fp_rt::finished(__fp_end) {{ ::fp_rt::put(\"{name}\", {variable}); }}\n")
        } else {
            format!("::fp_rt::put(\"{name}\", {variable});\n")
        };
        out.push(Origin::PutBack(name.clone()), &put);
    }
}

/// One runtime for the session, made anew after a crash: its tasks run on between cells. Within it, but not within its
/// `block_on`, a cell can start tasks and timers, and a runtime of its own. The trait is for a runtime without `enter`.
const INSIDE: &str = "fn __fp_runtime() -> &'static ::tokio::runtime::Runtime {
let start = || ::std::result::Result::expect(::tokio::runtime::Runtime::new(), \"tokio's runtime cannot start\");
::fp_rt::forever(\"NAME\", start)
}
fn __fp_enter() -> impl ::std::marker::Sized {
trait Enter { fn enter(&self) {} }
impl<T> Enter for T {}
__fp_runtime().enter()
}
#[allow(unused)] fn __fp_block_on<T, F: ::std::future::Future<Output = T>>(future: F) -> T {
__fp_runtime().block_on(future)
}
";

/// With a tokio before 1, a runtime for each cell that awaits. It is leaked, as tasks and values may need it after the
/// cell.
const BLOCK_ON: &str =
    "#[allow(unused_mut)] fn __fp_block_on<T, F: ::std::future::Future<Output = T>>(future: F) -> T {
let mut runtime = ::std::result::Result::expect(::tokio::runtime::Runtime::new(), \"tokio's runtime cannot start\");
let output = runtime.block_on(future);
::std::mem::forget(runtime);
output
}
";
