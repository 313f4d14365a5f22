//! The names in a cell: those it uses from elsewhere, those it defines, and those it changes in place.
//!
//! It reads one cell and runs nothing.

mod finder;
mod format;
mod place;

use std::collections::HashSet;

use finder::Finder;
use syn::Block;
use syn::parse::Parser;

use crate::cli::syntax::split::depth::{TooDeep, within_limits};
use crate::cli::syntax::split::without_commands;

/// The names of a cell.
#[derive(Debug, Default)]
pub struct Names {
    /// Defined elsewhere, in order of use.
    pub used: Vec<Use>,
    /// Variables that later cells can use.
    pub variables: HashSet<String>,
    /// Functions, types and other items.
    pub items: HashSet<String>,
    /// Variables of earlier cells that it changes.
    pub changed: Vec<Change>,
    /// It has a `use ...::*`, which may define any name.
    pub has_glob: bool,
}

/// A name that the cell uses before any definition of its own.
#[derive(Debug)]
pub struct Use {
    pub name: String,
    /// In the cell, from 1.
    pub line: usize,
    /// Used as a function or a type, or inside an item, so it cannot be a variable.
    pub is_item: bool,
}

/// A variable that changes each time the cell runs.
#[derive(Debug)]
pub struct Change {
    pub name: String,
    pub line: usize,
    /// `+=`, `.push()`, ...
    pub how: String,
}

/// The names in a cell's code; `None` if it is not valid Rust.
pub fn of(code: &str) -> Result<Option<Names>, TooDeep> {
    let code = without_commands(code);
    within_limits(&code, || Some(Finder::names_of(&Block::parse_within.parse_str(&code).ok()?)))
}

#[cfg(test)]
mod tests {
    use super::of;

    fn used(code: &str) -> String {
        let names = of(code).unwrap().unwrap();
        let used = names.used.iter().filter(|it| !it.is_item).map(|it| format!("{}:{}", it.name, it.line));
        used.collect::<Vec<_>>().join(" ")
    }

    fn changed(code: &str) -> String {
        let changed = of(code).unwrap().unwrap().changed;
        changed.iter().map(|it| format!("{}:{}", it.name, it.line)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn names_from_elsewhere_are_told_apart_from_own_names() {
        let cases = [
            (":dep a = \"1\"\nlet y = x + 1;\ny", "x:2"),
            ("let x = x;", "x:1"),
            ("xs.iter().map(|v| v + k).filter(|w| *w > 0)", "xs:1 k:1"),
            ("for i in 0..n { println!(\"{i} {m:>w$} {}\", q); }", "n:1 m:1 w:1 q:1"),
            ("println!(\"{a} {{b}}\", a = c)", "c:1"),
            ("match r { Ok(v) => v, Err(e) if e > t => u }", "r:1 t:1 u:1"),
            ("if let Some(v) = o { v } else { v }", "o:1 v:1"),
            ("fn f(a: i32) -> i32 { a + B }\nf(1)", ""),
            ("let p = P { x, y: 1 };", "x:1"),
            ("array![a, 1.0]", "a:1"),
        ];
        for (code, expected) in cases {
            assert_eq!(used(code), expected, "{code}");
        }
    }

    #[test]
    fn what_changes_with_each_run_is_found() {
        let cases = [
            ("x += 1;", "x:1"),
            ("let mut x = 0;\nx += 1;", ""),
            ("x = x * 2;\ny = 1;", "x:1"),
            ("v.push(1);\nw.a[0].push(2);", "v:1 w:2"),
            ("f(&mut rng);", "rng:1"),
            ("let x = x + 1;", "x:1"),
            ("let n = v.len();", ""),
            ("let labels = a.labels.clone();", ""),
            ("fn f(mut v: Vec<i32>) { v.push(1); }", ""),
        ];
        for (code, expected) in cases {
            assert_eq!(changed(code), expected, "{code}");
        }
    }
}
