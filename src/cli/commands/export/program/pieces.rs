//! Sorts the cells of a notebook into a program: attributes, items, and the statements of `main`.
//!
//! Order and meaning stay the same: an item that replaces an earlier one, or whose name meant something else before,
//! opens a block for the rest of `main`.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};

use crate::cli::syntax::split;
use crate::cli::syntax::split::bindings::Binding;
use crate::cli::syntax::split::items::{Item, ItemKind};
use crate::cli::syntax::split::words::Words;
use crate::cli::syntax::split::{Part, PartKind};

/// The width of comments, without the indentation of `main`.
const WIDTH: usize = 100;

#[derive(Default)]
pub struct Pieces {
    /// What follows each `:dep`.
    pub dependencies: Vec<String>,
    pub attributes: Vec<String>,
    /// Beside `main`.
    pub items: Vec<String>,
    pub shows: bool,
    pub fails: bool,
    pub awaits: bool,
    /// Inside `main`, in order.
    statements: String,
    /// The number of blocks open at its end.
    blocks: usize,
    /// Every name defined or mentioned so far.
    seen: BTreeSet<String>,
    /// Names defined inside `main` only.
    local: BTreeSet<String>,
    imported: BTreeSet<String>,
    /// The members of each `impl`, to find duplicates.
    implemented: BTreeMap<String, BTreeSet<String>>,
    item_macros: BTreeSet<String>,
}

impl Pieces {
    pub fn prose(&mut self, text: &str) {
        self.comment(&wrapped(text));
    }

    /// A cell that the program leaves out.
    pub fn left_out(&mut self, code: &str, why: &str) {
        self.comment(&format!("({why})\n{code}"));
    }

    /// The statements, with every block closed.
    pub fn body(&self) -> String {
        self.statements.trim_start_matches('\n').to_string() + &"}\n".repeat(self.blocks)
    }

    fn comment(&mut self, text: &str) {
        let lines: Vec<String> =
            text.trim_end().lines().map(|line| format!("// {line}").trim_end().to_string()).collect();
        self.statements += &format!("\n{}\n", lines.join("\n"));
    }

    /// A cell's code. If it `fails`, its variables are local, and the program continues.
    pub fn code(&mut self, code: &str, fails: bool) -> Result<()> {
        let cell = split::split(code, &self.item_macros);
        if cell.opaque {
            bail!("its code cannot be parsed as Rust\nhelp: if it is meant not to compile, tag it `compile_fail`");
        }
        for command in &cell.commands {
            match command.text.strip_prefix(":dep ") {
                Some(line) => self.dependencies.push(line.trim().to_string()),
                None => self.comment(&format!("({} is a command of the notebook)", command.text)),
            }
        }
        let words = cell.words();
        self.awaits |= words.awaits;
        self.fails |= fails;
        let mut statements = String::new();
        for part in &cell.parts {
            let text = code[part.range.clone()].trim_matches('\n');
            match &part.kind {
                PartKind::Attribute => self.attributes.push(text.trim().to_string()),
                PartKind::Item(item) => self.item(item, &format!("{text}{}", part.lacks(code)))?,
                PartKind::Statement { binds, .. } => statements += &typed(code, part, text, binds, &words),
                PartKind::Final { .. } => {
                    let start = part.start - part.range.start;
                    let (before, value) = code[part.range.clone()].split_at(start);
                    statements += before.trim_start_matches('\n');
                    statements += &self.last(value);
                }
                PartKind::Rest => statements += text,
            }
            statements.push('\n');
        }
        self.seen.extend(words.names);
        let statements = statements.trim_matches('\n');
        if statements.is_empty() {
            return Ok(());
        }
        self.statements += &match fails {
            true => format!("\nfails(|| {{\n{statements}\nOk(())\n}});\n"),
            false => format!("\n{statements}\n"),
        };
        Ok(())
    }

    /// The final expression of a cell, printed as the notebook shows it.
    fn last(&mut self, value: &str) -> String {
        const QUIET: [&str; 8] = ["println!", "print!", "eprintln!", "eprint!", "assert", "for ", "while ", "loop "];
        if QUIET.iter().any(|start| value.starts_with(start)) {
            return format!("{value};");
        }
        self.shows = true;
        format!("show!({value});")
    }

    fn item(&mut self, item: &Item, text: &str) -> Result<()> {
        if let ItemKind::Use(imports) = &item.kind {
            let fresh = imports.iter().filter(|import| self.imported.insert(import.text.clone())).count();
            if fresh == 0 {
                return Ok(());
            }
        }
        self.refuse_again(item)?;
        if item.makes_items {
            self.item_macros.extend(item.names.iter().map(|(_, name)| name.clone()));
        }
        let names: BTreeSet<String> = item.names.iter().map(|(_, name)| name.clone()).collect();
        let changes_meaning = names.iter().any(|name| self.seen.contains(name));
        let is_local = changes_meaning || item.words.iter().any(|word| self.local.contains(word));
        if is_local {
            if changes_meaning {
                self.statements += "\n{";
                self.blocks += 1;
            }
            self.statements += &format!("\n{text}\n");
            self.local.extend(names.iter().cloned());
        } else {
            self.items.push(text.to_string());
        }
        self.seen.extend(names);
        self.seen.extend(item.words.iter().cloned());
        Ok(())
    }

    /// In a notebook a second `impl` replaces the first; a program cannot have both.
    fn refuse_again(&mut self, item: &Item) -> Result<()> {
        let (key, members) = match &item.kind {
            ItemKind::TraitImpl { key, .. } => (key, vec![String::new()]),
            ItemKind::InherentImpl { key, members, .. } => (key, members.iter().map(|it| it.name.clone()).collect()),
            _ => return Ok(()),
        };
        let earlier = self.implemented.entry(key.clone()).or_default();
        if let Some(twice) = members.iter().find(|member| earlier.contains(*member)) {
            let what = if twice.is_empty() { key.clone() } else { format!("`{twice}` of {key}") };
            bail!("it implements {what} again, which a program cannot contain\nhelp: give the second one another name");
        }
        earlier.extend(members);
        Ok(())
    }
}

/// Writes out the type of `let x = 2.0;`: a notebook infers it from the cell alone, a program from all of `main`.
fn typed(code: &str, part: &Part, text: &str, binds: &[Binding], cell: &Words) -> String {
    let statement = &code[part.start..part.range.end];
    let settled = || -> Option<String> {
        let [bind] = binds else { return None };
        let (head, value) = statement.split_once('=')?;
        let mutable = if bind.mutable { "mut " } else { "" };
        let is_plain = head.split_whitespace().eq(format!("let {mutable}{}", bind.name).split_whitespace());
        let kind = number_type(value.trim().trim_end_matches(';').trim())?;
        let used = code[part.range.end..].contains(&bind.name) && cell.names.contains(&bind.name);
        let before = &code[part.range.start..part.start];
        (is_plain && !used)
            .then(|| format!("{}let {mutable}{}: {kind} ={value}", before.trim_start_matches('\n'), bind.name))
    };
    settled().unwrap_or_else(|| text.to_string())
}

/// The type of a number without a suffix: `2.0` or `-3`.
fn number_type(value: &str) -> Option<&'static str> {
    let digits = value.strip_prefix('-').unwrap_or(value).trim_start();
    let is_decimal = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '_' | '.' | 'e' | 'E' | '-' | '+'));
    match is_decimal {
        true if digits.contains(['.', 'e', 'E']) => digits.replace('_', "").parse::<f64>().ok().map(|_| "f64"),
        true => digits.replace('_', "").parse::<i32>().ok().map(|_| "i32"),
        false => None,
    }
}

/// Prose wrapped to the width of comments, except for fenced blocks and tables.
fn wrapped(text: &str) -> String {
    let mut in_fence = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        in_fence ^= line.trim_start().starts_with("```");
        let mut current = String::new();
        for word in line.split(' ') {
            let is_free = !in_fence && !line.trim_start().starts_with('|');
            if is_free && !current.trim().is_empty() && current.chars().count() + word.chars().count() >= WIDTH {
                lines.push(std::mem::take(&mut current));
            } else if !current.is_empty() {
                current.push(' ');
            }
            current.push_str(word);
        }
        lines.push(current);
    }
    lines.join("\n")
}
