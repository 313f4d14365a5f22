//! Which cells are batched, by their text alone and by what rustc reports.

use std::collections::BTreeSet;

use super::super::runtime;
use super::super::toolchain::Toolchain;
use super::*;
use crate::cli::engine::own::stop::Stop;
use crate::cli::syntax::split::Cell;

/// How many of these cells are batched, by their text.
fn chosen(cells: &[&str]) -> usize {
    let plan = |_: &Cell| Plan::default();
    choose(&State::default(), cells.iter().copied(), &BTreeSet::new(), plan, 1).len()
}

#[test]
fn plain_cells_are_batched() {
    let plain = ["let x = 2;", "x + 1", "// nothing", "fn twice(x: i32) -> i32 { x * 2 }", "twice(x)"];
    assert_eq!(chosen(&plain), 4, "the comment is not a cell");
    assert_eq!(chosen(&["use std::fmt; impl fmt::Debug for P {}", "let x = 2;"]), 2, "in the first, any item");
    let types = ["let x = 2;", "#[derive(Clone, Debug)] struct P { x: i32 }", "enum E { A }", "const N: i32 = 3;"];
    assert_eq!(chosen(&types), 4);
    assert_eq!(chosen(&["fn f() -> i32 { return 1; }", "f()"]), 2, "a `return` of a function's own");
}

#[test]
fn a_cell_that_could_affect_another_begins_a_new_batch() {
    let second = [
        ("x.twice()", "impl Twice for i32 {}"),
        ("let x = 2;", "{ trait T {} impl T for i32 {} }"),
        ("let x = 2;", "fn f() { impl T for i32 {} }"),
        ("let x = 2;", "mod m { impl super::T for i32 {} }"),
        ("let x = 2;", "trait T {}"),
        ("let x = 2;", "use std::fmt::Write;"),
        ("let x = 2;", "macro_rules! m { () => {} }"),
        ("let x = 2;", "#[derive(Serialize)] struct P;"),
        ("let x = 2;", "#[unsafe(no_mangle)] fn f() {}"),
        ("let x = 2;", "thread_local! { static T: i32 = 3; }"),
        ("let x = 2;", "struct Vec;"),
        ("let x = 2;", "#![allow(unused)]\nlet y = 3;"),
        ("let x = 2;", ":dep rand\nlet y = 3;"),
        ("area(2)", "fn area(x: i32) -> i32 { x }"),
        ("let area = 2;", "fn area(x: i32) -> i32 { x }"),
        ("println!(\"{N}\");", "const N: i32 = 3;"),
        ("fn f() -> i32 { area(2) }", "fn area(x: i32) -> i32 { x }"),
        ("fn f() {}", "fn f() {}"),
        ("let x = 2;", "println!(\"{}\", line!());"),
        ("let x = 2;", "fn here() -> u32 { line!() }"),
        ("macro_rules! here { () => { line!() } } macro_rules! there { () => { here!() } }", "there!()"),
        ("macro_rules! here { () => { line!() } }", "here!()"),
        ("use std::line as place;", "place!()"),
        ("macro_rules! make { ($n:ident) => { let y = 3; impl $n {} } }", "make!(P);"),
        ("let x = 2;", "assert!({ impl Drop for P { fn drop(&mut self) {} } true });"),
        ("let x = 2;", "fn f() { #[macro_export] macro_rules! m { () => {} } }"),
        ("let x = 2;", "struct P { #[deny(dead_code)] x: i32 }"),
        ("use std::any::*;", "struct Any;"),
        (r#"println!("\x7bN\x7d")"#, "const N: i32 = 3;"),
        (r#"#[serde(default = "make")] struct P;"#, "fn make() {}"),
        ("let x = 2;", "fn café() {}"),
        ("let x = 2;", "struct u8;"),
        ("let x = 2;", "dbg![x];"),
        ("let x = 2;", "return;"),
        ("let x = 2;", "let y = ready.await;"),
        ("let x = 2;", "let y = ;"),
    ];
    for (first, second) in second {
        assert!(chosen(&[first, second]) < 2, "{first} | {second}");
    }
    let alone = ["line!()", "#[deny(dead_code)] fn f() {}", "{ impl T for i32 {} }", "fn here() -> u32 { line!() }"];
    for first in alone {
        assert_eq!(chosen(&[first, "2"]), 0, "{first}");
    }
}

/// A script of these cells, the first of which is about to run.
fn prepared(cells: &[&str]) -> (Compiler, Script, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let (toolchain, stop) = (Toolchain::find().unwrap(), Stop::new().unwrap());
    let runtime = runtime::library(&toolchain, folder.path(), &stop).unwrap();
    let compiler = Compiler::new(toolchain, folder.path(), runtime, stop);
    let mut script = Script::default();
    script.set(cells.iter().map(|&cell| cell.to_owned()).collect());
    script.advance_to(cells[0]);
    script.prepare(&compiler, &State::default(), cells[0], 1).unwrap();
    (compiler, script, folder)
}

/// The types of the batched cells, and the cells that must be compiled alone.
fn batched(cells: &[&str]) -> (Vec<String>, BTreeSet<String>) {
    let (compiler, mut script, _folder) = prepared(cells);
    let mut state = State::default();
    let mut taken = Vec::new();
    for cell in cells {
        let Some(ready) = script.take(&state, cell) else { break };
        assert!(ready.library.as_ref().is_none_or(|library| library.is_file()));
        state = compiler.state_after(&ready, true);
        let types = ready.new.iter().map(|(new, type_text)| format!("{}: {}", new.name, type_text.shown()));
        taken.push(types.collect::<Vec<_>>().join(", "));
    }
    (taken, script.alone)
}

#[test]
fn each_cell_has_the_types_that_it_has_alone() {
    let (types, alone) =
        batched(&["let n = 5; let s = \"a\";", "fn f(x: i32) -> i32 { x }", "let v = vec![f(n)];", "v.len()"]);
    assert_eq!(types, ["n: i32, s: &str", "", "v: Vec<i32>", ""]);
    assert_eq!(alone, BTreeSet::new());
}

#[test]
fn no_type_leaks_from_a_later_cell() {
    let (types, alone) = batched(&["let n = 5;", "let k: u64 = n;"]);
    assert_eq!((types.len(), alone.len()), (0, 1), "alone, n is an i32: {types:?}");
    let (types, alone) = batched(&["let k = 1;", "let mut v = Vec::new();", "v.push(1u8);"]);
    assert_eq!((types.len(), alone.len()), (0, 1), "alone, v has no type: {types:?}");
}

#[test]
fn a_cell_that_does_not_compile_is_left_out() {
    let cells = ["let a = 1;", "let b = a + 1;", "let c: String = b;", "a + b"];
    let (types, alone) = batched(&cells);
    assert_eq!(types, ["a: i32", "b: i32"]);
    assert_eq!(alone, BTreeSet::from([cells[2].to_owned()]));
}

#[test]
fn a_variable_that_is_moved_or_borrows_is_left_to_its_cell_alone() {
    let moved = ["let v = vec![1];", "v.len()", "let w = v;", "w.len()"];
    assert_eq!(batched(&moved).1, BTreeSet::from([moved[2].to_owned()]));
    let borrowed = ["let v = vec![1];", "v.len()", "let part = &v[..];", "v.len()"];
    assert_eq!(batched(&borrowed).1, BTreeSet::from([borrowed[2].to_owned()]));
}

#[test]
fn after_a_failed_cell_the_rest_of_the_batch_is_discarded() {
    let cells = ["let a = 1;", "let b = 2; panic!(\"stop\");", "a"];
    let (compiler, mut script, _folder) = prepared(&cells);
    let first = script.take(&State::default(), cells[0]).unwrap();
    let state = compiler.state_after(&first, true);
    let second = script.take(&state, cells[1]).unwrap();
    let state = compiler.state_after(&second, false);
    assert!(script.take(&state, cells[2]).is_none(), "there is no b");
}
