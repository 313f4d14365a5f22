//! The statements of a cell and its final expression, inside the cell's function.
//!
//! The text is the cell's own, apart from what shows the value.

use std::ops::Range;

use super::super::generated::{Generated, Origin};
use super::super::plan::{Plan, Show};
use crate::cli::engine::own::files::Edit;
use crate::cli::engine::own::source::Source;
use crate::cli::syntax::split::items::Item;
use crate::cli::syntax::split::{Part, PartKind};

/// Is it a macro that may use a variable from before it? Such a macro stands where the cell has it, as in a `main`.
pub fn is_local(source: &Source, plan: &Plan, part: &Part, item: &Item) -> bool {
    let before = source.cell.parts.iter().filter(|other| other.start < part.start);
    let binds = before.flat_map(|other| match &other.kind {
        PartKind::Statement { binds, .. } => binds.as_slice(),
        _ => &[],
    });
    item.is_macro() && binds.map(|bind| &bind.name).chain(&plan.load).any(|name| item.words.contains(name))
}

/// Functions that replace panic hooks: after a call, ours is set again.
const HOOKS: [&str; 4] = ["take_hook", "set_hook", "update_hook", "install"];

pub fn body(out: &mut Generated, source: &Source, plan: &Plan) {
    // After text that is not Rust, rustc must report the end of a block, not a token of generated code.
    out.add(if source.cell.opaque { "let _ = {" } else { "" });
    for part in &source.cell.parts {
        match &part.kind {
            PartKind::Statement { words, .. } => {
                with_files(out, source, part.range.clone(), plan);
                if HOOKS.iter().any(|word| words.names.contains(*word)) {
                    out.add(" ::fp_rt::hook();");
                }
            }
            PartKind::Final { .. } => show(out, source, part, plan),
            PartKind::Item(item) if is_local(source, plan, part, item) => {
                out.cell(&source.code, part.range.clone());
                out.add(" ");
            }
            _ => {}
        }
    }
    // A comment may end the last line; a statement without its semicolon is left for rustc to report.
    if source.cell.opaque {
        out.break_line();
        out.add("}");
    }
    out.add("\n;\n");
}

/// The text with the files that it names; those that are read at compile time have no `?`.
fn with_files(out: &mut Generated, source: &Source, range: Range<usize>, plan: &Plan) {
    let edits = source.edits(range.clone());
    if edits.is_empty() {
        return with_options(out, &source.code, range, plan);
    }
    let mut from = range.start;
    for edit in &edits {
        with_options(out, &source.code, from..range.start + edit.range.start, plan);
        from = range.start + edit.range.end;
        out.cell_with(
            &source.code,
            range.start + edit.range.start..from,
            &[Edit { range: 0..edit.range.len(), ..edit.clone() }],
        );
    }
    with_options(out, &source.code, from..range.end, plan);
}

/// `?` on an `Option` becomes `?` on a `Result`, where rustc reported it.
fn with_options(out: &mut Generated, code: &str, range: Range<usize>, plan: &Plan) {
    let mut from = range.start;
    for at in plan.option_at.range(range.clone()) {
        out.cell(code, from..*at);
        out.add(".ok_or(\"None\")");
        from = *at;
    }
    out.cell(code, from..range.end);
}

fn show(out: &mut Generated, source: &Source, part: &Part, plan: &Plan) {
    let range = part.start..part.range.end;
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
    out.cell(&source.code, part.range.start..part.start);
    out.push(Origin::Show { of: range.clone(), is_before: true }, before);
    with_files(out, source, range.clone(), plan);
    out.push(Origin::Show { of: range, is_before: false }, &after);
}
