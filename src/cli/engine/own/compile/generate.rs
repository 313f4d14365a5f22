//! The source of one cell's library: earlier items, the cell's own, and a function around its statements.
//!
//! Every path in generated code is absolute and every name reserved, so that the reader may define `Result`, `Box` or `run`.

pub mod batch;

use std::collections::{BTreeMap, BTreeSet};

use super::super::state::{Key, State};
use super::source::{Origin, Source};
use super::types::{RESERVED, mark};
use crate::cli::syntax::split::{Cell, Part as CellPart, PartKind};

/// What a pass over a cell does; a failed pass teaches the next one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Variables to load, in order of name.
    pub load: Vec<String>,
    /// New variables that the cell may leave behind.
    pub store: Vec<String>,
    /// All names that the cell binds: a loaded variable of such a name is shadowed at the cell's end.
    pub bound: BTreeSet<String>,
    /// Loaded variables that the cell moves away, or that can't be put back.
    pub gone: BTreeSet<String>,
    /// Loaded variables whose types are said by what made them, and whether all the way down.
    pub like: BTreeMap<String, bool>,
    /// `?` leaves the cell.
    pub question: bool,
    /// Where in the cell a `?` follows an Option.
    pub option_at: BTreeSet<usize>,
    pub awaits: bool,
    pub show: Show,
    /// The trait and the format of errors: `{}`, `{:?}`, `{:#?}`.
    pub error_format: String,
    /// The format of a shown value.
    pub value_format: String,
    pub with_type: bool,
}

/// How the final expression is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Show {
    /// By its own `evcxr_display`, through references and boxes, else by Debug: rustc chooses, in one pass.
    #[default]
    Either,
    /// By a plain call of `evcxr_display`.
    Method,
    /// By Debug alone.
    Format,
}

/// The name of the function that runs a cell.
pub fn symbol(number: usize) -> String {
    format!("fp_cell_{number}")
}

/// Writes the source of a cell.
pub fn generate(state: &State, crates: &[String], cell: &Cell, code: &str, number: usize, plan: &Plan) -> Source {
    let mut source = Source::default();
    head(&mut source, state, crates);
    items(&mut source, state, cell, code, number);
    if cell.has_statements() {
        function(&mut source, state, cell, code, number, plan);
    }
    source
}

/// The cell's own attributes are in the state by now; a mistake in one shows without its place.
fn head(source: &mut Source, state: &State, crates: &[String]) {
    source.generated("#![allow(warnings)]\n");
    for attribute in &state.attributes {
        source.generated(attribute);
        source.generated("\n");
    }
    for name in crates {
        let own = if name.starts_with(RESERVED) { String::new() } else { format!(" as {RESERVED}{name}") };
        source.generated(&format!("extern crate {name}{own};\n"));
    }
}

/// Macros by example come first: they are seen only by what follows them.
fn items(source: &mut Source, state: &State, cell: &Cell, code: &str, number: usize) {
    for macros in [true, false] {
        let mut member_of: Option<String> = None;
        for stored in state.stored.iter().filter(|stored| stored.cell != number && stored.is_macro() == macros) {
            let head = match &stored.key {
                Key::Member { head, .. } => Some(head.as_str()),
                _ => None,
            };
            if member_of.as_deref() != head {
                if member_of.is_some() {
                    source.generated("}\n");
                }
                if let Some(head) = head {
                    source.generated(head);
                    source.generated("\n");
                }
                member_of = head.map(str::to_owned);
            }
            source.push(Origin::Earlier(stored.clone(), 0), &stored.text);
            source.generated("\n");
        }
        if member_of.is_some() {
            source.generated("}\n");
        }
        for part in &cell.parts {
            if let PartKind::Item(item) = &part.kind
                && item.is_macro() == macros
            {
                own_item(source, code, part);
            }
        }
    }
}

fn own_item(source: &mut Source, code: &str, part: &CellPart) {
    source.cell(code, part.range.clone());
    source.generated(part.lacks(code));
    source.generated("\n");
}

fn function(source: &mut Source, state: &State, cell: &Cell, code: &str, number: usize, plan: &Plan) {
    if plan.question {
        failure(source, number, &plan.error_format);
    }
    if plan.awaits {
        source.generated(BLOCK_ON);
    }
    let name = symbol(number);
    source.generated(&format!(
        "#[unsafe(no_mangle)]\npub extern \"C\" fn {name}(__fp_api: ::fp_rt::ApiPointer) -> ::fp_rt::Code {{\n::fp_rt::enter(__fp_api);\n"
    ));
    loads(source, state, plan);
    source.generated("let __fp_end = ::fp_rt::run(|__fp_done: &mut ::fp_rt::Done| ");
    let failed = if plan.question { result(number) } else { "()".to_owned() };
    let output = &failed;
    if plan.awaits {
        source.generated(&format!("-> {output} {{ __fp_block_on::<{output}, _>(async {{\n"));
    } else {
        source.generated(&format!("-> {output} {{\n"));
    }
    body(source, cell, code, plan);
    types(source, number, plan);
    stores(source, plan);
    if plan.question {
        source.generated(&format!("::std::result::Result::<(), {}>::Ok(())\n", failure_name(number)));
    }
    source.generated(if plan.awaits { "})})" } else { "})" });
    source.generated(";\n");
    put_back(source, plan);
    source.generated("__fp_end\n}\n");
}

/// What `?` leaves the cell as; `From` for every error tells of it.
fn failure(source: &mut Source, number: usize, format: &str) {
    let bound = if format == "{}" { "::std::fmt::Display" } else { "::std::fmt::Debug" };
    let name = failure_name(number);
    source.generated(&format!(
        "struct {name};\nimpl<T: {bound}> ::std::convert::From<T> for {name} {{ #[track_caller] fn from(error: T) -> Self {{ \
         ::fp_rt::failed(&::std::format!(\"{format}\", error)); {name} }} }}\n"
    ));
}

fn failure_name(number: usize) -> String {
    format!("{RESERVED}Failure_{number}")
}

fn result(number: usize) -> String {
    format!("::std::result::Result<(), {}>", failure_name(number))
}

fn loads(source: &mut Source, state: &State, plan: &Plan) {
    // What is said by an expression comes before variables that the expression could take for its own.
    let (like, plain): (Vec<_>, Vec<_>) = plan.load.iter().partition(|name| plan.like.contains_key(*name));
    for name in like.into_iter().chain(plain) {
        let Some(kept) = state.variables.get(name) else { continue };
        let mutable = if kept.mutable { "mut " } else { "" };
        let variable = identifier(name);
        if let (Some(recipe), Some(&deep)) = (&kept.recipe, plan.like.get(name)) {
            let closure = recipe.closure(deep);
            let load = format!(
                "let {mutable}{variable} = match ::fp_rt::take_like(\"{name}\", {closure}) {{ ::fp_rt::Found::Yes(it) => it, ::fp_rt::Found::No => return ::fp_rt::LOST }};\n"
            );
            source.push(Origin::Load(name.to_owned()), &load);
            continue;
        }
        let type_text = kept.type_text.source();
        let load = format!(
            "let {mutable}{variable}: {type_text} = match ::fp_rt::take::<{type_text}>(\"{name}\") {{ ::fp_rt::Found::Yes(it) => it, ::fp_rt::Found::No => return ::fp_rt::LOST }};\n"
        );
        source.push(Origin::Load(name.to_owned()), &load);
    }
}

fn body(source: &mut Source, cell: &Cell, code: &str, plan: &Plan) {
    // What rustc finds behind a text that is no Rust is the end of a block, and no word of this file.
    source.generated(if cell.opaque { "{" } else { "" });
    for part in &cell.parts {
        match &part.kind {
            PartKind::Statement { .. } => with_options(source, code, part.range.clone(), plan),
            PartKind::Final { .. } => {
                source.cell(code, part.range.start..part.start);
                show(source, code, part.start..part.range.end, plan);
            }
            _ => {}
        }
    }
    // A comment may end the last line; a statement without its semicolon is for rustc to refuse.
    source.generated(if cell.opaque { "\n}\n" } else { "\n;\n" });
}

/// `?` on an Option becomes `?` on a Result, where rustc said so.
fn with_options(source: &mut Source, code: &str, range: std::ops::Range<usize>, plan: &Plan) {
    let mut from = range.start;
    for at in plan.option_at.range(range.clone()) {
        source.cell(code, from..*at);
        source.generated(".ok_or(\"None\")");
        from = *at;
    }
    source.cell(code, from..range.end);
}

fn show(source: &mut Source, code: &str, range: std::ops::Range<usize>, plan: &Plan) {
    let (before, after) = match plan.show {
        Show::Either => ("match &(", "\n) { __fp_value => ::fp_rt::show!(__fp_value) };\n".to_owned()),
        Show::Method => ("(", "\n).evcxr_display();\n".to_owned()),
        Show::Format => {
            let (text, of) = (&plan.value_format, "__fp_value");
            let shown = if plan.with_type {
                format!("::std::format!(\": {{}} = {text}\", ::fp_rt::type_name_of({of}), {of})")
            } else {
                format!("::std::format!(\"{text}\", {of})")
            };
            (
                "match &(",
                format!("\n) {{ __fp_value => {{ ::fp_rt::value_begins(); ::fp_rt::send_plain(&{shown}) }} }};\n"),
            )
        }
    };
    source.push(Origin::Show, before);
    with_options(source, code, range, plan);
    source.push(Origin::Show, &after);
}

/// By value and never run: a borrow would hide what rustc knows of the values from its lints.
fn types(source: &mut Source, number: usize, plan: &Plan) {
    if plan.store.is_empty() {
        return;
    }
    let mark = mark(number);
    source.generated(&format!("if ::fp_rt::never() {{ let {mark} = (::fp_rt::never(), "));
    for name in &plan.store {
        source.push(Origin::Store(name.clone()), &format!("{},", identifier(name)));
    }
    source.generated(&format!(");\n::fp_rt::mark({mark}); }}\n"));
}

fn stores(source: &mut Source, plan: &Plan) {
    for name in &plan.store {
        let variable = identifier(name);
        source.push(Origin::Store(name.clone()), &format!("::fp_rt::put(\"{name}\", {variable});\n"));
    }
    source.generated("__fp_done.set();\n");
}

/// What was loaded goes back, unless the cell moved it, or stored another value under its name.
fn put_back(source: &mut Source, plan: &Plan) {
    for name in plan.load.iter().filter(|name| !plan.gone.contains(*name)) {
        let variable = identifier(name);
        let put = if plan.bound.contains(name) {
            format!("if !::fp_rt::finished(__fp_end) {{ ::fp_rt::put(\"{name}\", {variable}); }}\n")
        } else {
            format!("::fp_rt::put(\"{name}\", {variable});\n")
        };
        source.push(Origin::PutBack(name.clone()), &put);
    }
}

/// A runtime for each cell that awaits: tokio is linked into every cell, and finds its runtime in a thread's variables of
/// its own copy. It stays as long as a task runs or a value was made that may need it.
/// tokio 0.2 wants the runtime mutable, and 1 does not.
const BLOCK_ON: &str =
    "#[allow(unused_mut)] fn __fp_block_on<T, F: ::std::future::Future<Output = T>>(future: F) -> T {
let mut runtime = ::std::result::Result::expect(::tokio::runtime::Runtime::new(), \"tokio's runtime cannot start\");
let output = runtime.block_on(future);
::std::mem::forget(runtime);
output
}
";

const KEYWORDS: [&str; 13] =
    ["async", "await", "dyn", "try", "gen", "abstract", "become", "box", "do", "final", "macro", "override", "priv"];

fn identifier(name: &str) -> String {
    let name = name.strip_prefix("r#").unwrap_or(name);
    let raw = KEYWORDS.contains(&name) || syn::parse_str::<syn::Ident>(name).is_err();
    if raw { format!("r#{name}") } else { name.to_owned() }
}
