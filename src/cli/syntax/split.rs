//! Splits a cell into `:commands`, items, statements and the final expression, each with its place in the text.
//!
//! What a part means for a session is the engine's business.

pub mod bindings;
pub mod commands;
pub mod depth;
pub mod items;
pub mod one_line;
pub mod plain;
pub mod words;

use std::collections::BTreeSet;
use std::ops::Range;

use bindings::{Binding, bindings_of};
use commands::{Command, commands_of};
use items::{Item, ItemKind};
use proc_macro2::Span;
use syn::Stmt;
use syn::parse::Parser;
use syn::spanned::Spanned;
use words::Words;

/// A cell in parts; the lines of the commands and the parts together are the cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    pub commands: Vec<Command>,
    pub parts: Vec<Part>,
    /// The text could not be parsed as Rust: it is one part, for rustc to judge.
    pub opaque: bool,
    /// Why it was not even tried: the limit that it exceeds.
    pub too_large: Option<&'static str>,
}

/// A stretch of the cell, from the end of the previous part to its own end, comments included.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub range: Range<usize>,
    /// Where its own code begins, after whitespace and comments.
    pub start: usize,
    pub kind: PartKind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum PartKind {
    /// `#![...]`, which belongs at the head of the crate.
    Attribute,
    Item(Item),
    Statement {
        binds: Vec<Binding>,
        words: Words,
    },
    /// The last expression, without a semicolon: its value is shown.
    Final {
        words: Words,
    },
    /// Whitespace and comments after the last statement.
    Rest,
}

impl Part {
    /// What is missing at the end of its code: the semicolon of a `use`.
    pub fn lacks(&self, code: &str) -> &'static str {
        let is_use = matches!(&self.kind, PartKind::Item(Item { kind: ItemKind::Use(_), .. }));
        if is_use && !code[self.range.clone()].ends_with(';') { ";" } else { "" }
    }
}

/// Splits a cell. `item_macros` are the names of the session's macros that make items.
pub fn split(code: &str, item_macros: &BTreeSet<String>) -> Cell {
    let (commands, start) = commands_of(code);
    let body = &code[start..];
    let (parts, too_large) = match depth::within_limits(body, || parts_of(code, start, item_macros)) {
        Ok(parts) => (parts, None),
        Err(why) => (None, Some(why.0)),
    };
    let opaque = parts.is_none();
    let parts = parts.unwrap_or_else(|| {
        vec![Part {
            range: start..code.len(),
            start,
            kind: PartKind::Statement { binds: Vec::new(), words: words::by_eye(body) },
        }]
    });
    Cell { commands, parts, opaque, too_large }
}

impl Cell {
    /// Whether there is any Rust in it, not only commands and comments.
    pub fn has_code(&self) -> bool {
        self.parts.iter().any(|part| part.kind != PartKind::Rest)
    }

    /// Whether there is anything to run, not only items.
    pub fn has_statements(&self) -> bool {
        self.parts.iter().any(|part| matches!(part.kind, PartKind::Statement { .. } | PartKind::Final { .. }))
    }

    /// The words of all statements and of the final expression.
    pub fn words(&self) -> Words {
        let mut all = Words::default();
        for part in &self.parts {
            if let PartKind::Statement { words, .. } | PartKind::Final { words } = &part.kind {
                all.add(words);
            }
        }
        all
    }

    /// The variables that its statements bind; of several bindings of a name, the last.
    pub fn bindings(&self) -> Vec<Binding> {
        let all = self.parts.iter().rev().filter_map(|part| match &part.kind {
            PartKind::Statement { binds, .. } => Some(binds.iter().rev()),
            _ => None,
        });
        let mut seen = BTreeSet::new();
        let mut last: Vec<Binding> = all.flatten().filter(|bind| seen.insert(&bind.name)).cloned().collect();
        last.reverse();
        last
    }
}

/// The code with its commands blanked out, so that lines keep their numbers. Lines with `:` after Rust are blanked,
/// too: the stock kernel accepts them.
pub fn without_commands(code: &str) -> String {
    let mut text = String::with_capacity(code.len());
    let mut at = if code.starts_with(commands::MARK) { commands::MARK.len_utf8() } else { 0 };
    for command in commands_of(code).0 {
        text.push_str(&code[at..command.range.start]);
        text.extend(code[command.range.clone()].chars().filter(|c| *c == '\n'));
        at = command.range.end;
    }
    text.push_str(&code[at..]);
    let is_command = |line: &str| line.starts_with(':') && !line.starts_with("::");
    let lines = text.split('\n').map(|line| if is_command(line.trim_start()) { "" } else { line });
    lines.collect::<Vec<_>>().join("\n")
}

fn parts_of(code: &str, start: usize, item_macros: &BTreeSet<String>) -> Option<Vec<Part>> {
    let body = &code[start..];
    let parser = |input: syn::parse::ParseStream| {
        let attributes = syn::Attribute::parse_inner(input)?;
        Ok((attributes, syn::Block::parse_within(input)?))
    };
    let (attributes, statements) =
        parser.parse_str(body).or_else(|error| parser.parse_str(&with_uses_closed(body).ok_or(error)?)).ok()?;
    let mut parts = Vec::new();
    let mut macros = item_macros.clone();
    let mut end = start;
    for attribute in &attributes {
        push(&mut parts, code, &mut end, place(start, attribute.span()), PartKind::Attribute)?;
    }
    let last = statements.len();
    for (index, statement) in statements.iter().enumerate() {
        let mut range = place(start, statement.span());
        let is_use = matches!(statement, Stmt::Item(syn::Item::Use(_)));
        if is_use && !code.get(range.clone()).is_some_and(|text| text.ends_with(';')) {
            range.end -= 1;
        }
        let kind = kind_of(statement, index + 1 == last, &code[range.clone()], range.start, &mut macros)?;
        push(&mut parts, code, &mut end, range, kind)?;
    }
    if end < code.len() {
        parts.push(Part { range: end..code.len(), start: code.len(), kind: PartKind::Rest });
    }
    Some(parts)
}

/// The code with a semicolon after each `use` that ends with its line and has none, which the stock kernel accepts;
/// `None` if there is no such `use`. The semicolon replaces the whitespace after it, so that all else keeps its place.
fn with_uses_closed(body: &str) -> Option<String> {
    let mut closed = String::with_capacity(body.len() + 1);
    let mut any = false;
    for line in body.split_inclusive('\n') {
        let code = line.split("//").next().unwrap_or(line).trim_end();
        let is_balanced = code.matches('{').count() == code.matches('}').count();
        let has_room = line[code.len()..].chars().next().is_none_or(|next| next.is_ascii());
        let path = code.trim_start();
        let path = path.strip_prefix("pub ").unwrap_or(path);
        if path.starts_with("use ") && is_balanced && has_room && !code.ends_with([';', ',', ':']) {
            any = true;
            closed.push_str(code);
            closed.push(';');
            closed.push_str(line.get(code.len() + 1..).unwrap_or_default());
        } else {
            closed.push_str(line);
        }
    }
    any.then_some(closed)
}

/// `None` if the spans are not in order: then the text is not what the parser took it for.
fn push(parts: &mut Vec<Part>, code: &str, end: &mut usize, range: Range<usize>, kind: PartKind) -> Option<()> {
    if range.start < *end || range.end <= range.start || code.get(*end..range.end).is_none() {
        return None;
    }
    parts.push(Part { range: *end..range.end, start: range.start, kind });
    *end = range.end;
    Some(())
}

fn place(start: usize, span: Span) -> Range<usize> {
    let range = span.byte_range();
    start + range.start..start + range.end
}

fn kind_of(
    statement: &Stmt,
    is_last: bool,
    text: &str,
    offset: usize,
    macros: &mut BTreeSet<String>,
) -> Option<PartKind> {
    Some(match statement {
        Stmt::Item(item) => {
            let item = items::item_of(item, text, offset)?;
            if item.makes_items {
                macros.extend(item.names.iter().map(|name| name.1.clone()));
            }
            PartKind::Item(item)
        }
        Stmt::Macro(call) if items::call_makes_items(&call.mac, macros) => {
            PartKind::Item(items::item_of_call(&call.mac, text)?)
        }
        Stmt::Macro(call) if call.semi_token.is_none() && is_last => PartKind::Final { words: words::of(text)? },
        Stmt::Expr(syn::Expr::Macro(call), semi)
            if items::call_makes_items(&call.mac, macros) && (semi.is_some() || call.mac.path.is_ident("include")) =>
        {
            PartKind::Item(items::item_of_call(&call.mac, text)?)
        }
        Stmt::Expr(_, None) if is_last => PartKind::Final { words: words::of_statement(statement, text)? },
        Stmt::Local(local) => {
            PartKind::Statement { binds: bindings_of(&local.pat), words: words::of_statement(statement, text)? }
        }
        _ => PartKind::Statement { binds: Vec::new(), words: words::of_statement(statement, text)? },
    })
}

#[cfg(test)]
mod tests;
