//! Places and words: where errors, panics and notes point, and what suggestions, commands and hooks say.

use crate::support::cells::{Cells, lines};

/// Runs each cell in one session of our engine; its outcome must have each of these lines or pieces of lines.
#[track_caller]
pub fn check(cells: &[(&str, &[&str])]) {
    let folder = tempfile::tempdir().unwrap();
    let mut session = Cells::start("own", folder.path());
    check_in(&mut session, cells);
}

#[track_caller]
pub fn check_in(session: &mut Cells, cells: &[(&str, &[&str])]) {
    let mut wrong = String::new();
    for (code, expected) in cells {
        let answer = session.run(code);
        let rendered = answer["end"].as_array().into_iter().flatten();
        let rendered: String = rendered.filter_map(|error| error["rendered"].as_str()).collect();
        let told = format!("{}\n{rendered}", lines(&answer).join("\n"));
        for words in *expected {
            let is_there = match words.strip_prefix("not ") {
                Some(words) => !told.contains(words),
                None => told.contains(words),
            };
            if !is_there {
                wrong.push_str(&format!("\n{code}\n--- lacks\n{words}\n--- actual\n{told}\n"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn an_error_of_the_last_expression_marks_it_as_a_whole() {
    check(&[
        ("10 / 0", &["at 1:1", "^^^^^^ attempt to divide `10_i32` by zero"]),
        ("let a = [1, 2, 3];\n  a[5]", &["at 2:3", "^^^^ index out of bounds"]),
        ("struct Silent;\nSilent", &["at 2:1", "2 | Silent\n  | ^^^^^^ `Silent` cannot be formatted"]),
        ("Silent", &["at 1:1", "not formatting parameter", "not &Silent"]),
        ("async { 1 }", &["at 1:1: `{async block@cell:1:1: 1:6}` doesn't implement `Debug`"]),
        ("// c\n|x: i32| x + 1", &["at 2:1: `{closure@cell:2:1: 2:9}`", "^^^^^^^^^^^^^^ "]),
        ("fn twice(x: i32) -> i32 { x * 2 }\ntwice // f", &["at 2:1", "^^^^^ ", "`twice(/* i32 */)`"]),
        ("if 1 > 2 { \"a\" }", &["error E0317 at 1:1", "^^^^^^^^^^^^^^^^ expected `&str`, found `()`"]),
        ("let q = vec![1]; let r = q; q", &["E0382 at 1:29", "^ value borrowed here after move"]),
        ("let z = 1; z = 2", &["E0384 at 1:12", "^^^^^ cannot assign twice"]),
        ("let z = 1; z = 2; 5", &["E0384 at 1:12"]),
        ("None", &["E0282 at 1:1", "cannot infer type"]),
        ("break", &["error E0268 at 1:1: `break` outside of a loop or labeled block"]),
        ("let a: i32 = \"x\"; if true { 1 }", &["E0308 at 1:14", "not E0317"]),
        ("let a = 1\na", &["at 1:10: expected `;`", "not E0308", "`let a = 1;`"]),
        ("#![allow(unused_variables)]\n#![feature(test)]\nlet a = 1;", &["E0554 at 2:1", "^^^^^^^^^^^^^^^^^"]),
        (":nonsense i32", &["at 1:1: unrecognised command `:nonsense`", "| ^^^^^^^^^\n"]),
    ]);
}

#[test]
fn a_suggestion_is_shown_as_the_line_that_it_makes() {
    check(&[
        ("if 1 = 1 { 2 }", &["compare for equality: `if 1 == 1 { 2 }`"]),
        ("println(\"hi\")", &["invoke the macro: `println!(\"hi\")`"]),
        ("let z = 1; z = 2;", &["`let mut z = 1; z = 2;`"]),
        ("fn g(x) { x }", &["give it a type: `fn g(x: TypeName) { x }`"]),
        ("def f(x): return x", &["`fn f(x): return x`"]),
        (
            "let s = String::from(\"a\");\n  s.push('b');",
            &["`let mut s = String::from(\"a\");`", "not   s.push('b');`"],
        ),
        ("let m = HashMap::<i32, i32>::new();", &["importing this struct: `use std::collections::HashMap;`"]),
        ("struct S { field: i32 }\nlet s = S { field: 1 };\ns.feild", &["`s.field`"]),
        ("fn two(a: i32) {}\ntwo(1, 2);", &["remove the extra argument: `two(1);`"]),
        ("struct Plain;\nprintln!(\"{:?}\", Plain);", &["#[derive(Debug)]\n        struct Plain;"]),
        (
            "match Some(1) {\n    Some(x) => x,\n}",
            &["at 1:7", "as shown:", "        Some(x) => x,\n        None => todo!(),\n"],
        ),
    ]);
}

#[test]
fn notes_have_their_labels() {
    check(&[
        (
            "let n: i32 = 1;\nvec![1, 2][n]",
            &["at 2:12", "implement trait `SliceIndex<T>`:\n        `usize` implements `SliceIndex<ByteStr>`\n"],
        ),
        ("let v: Vec<f64> = vec![1.0]; v.iter().map(|v| v * 2);", &["`f64` implements `Mul`\n"]),
        (
            "fn add<T: std::ops::Add>(a: T) {}\nadd(\"a\");",
            &["by a bound in `add`: `fn add<T: std::ops::Add>(a: T) {}`"],
        ),
        ("fn whole(a: i32) {}", &["ok"]),
        ("whole(\"a\")", &["function defined here: `fn whole(a: i32) {}`"]),
        ("match Some(1) { Some(x) => x }", &["`Option<i32>` defined here (not covered)"]),
    ]);
}

#[test]
fn hooks_and_macros_see_the_lines_of_the_cell() {
    check(&[
        ("let _ = std::panic::take_hook();", &["ok"]),
        ("let c = 1;\n\npanic!(\"still {c}\");", &["Panicked { message: \"still 1\", line: Some(3) }"]),
        ("let r = std::panic::catch_unwind(|| panic!(\"caught\")); panic!(\"later\")", &["line: Some(1)"]),
        ("std::panic::set_hook(Box::new(|at| println!(\"mine {}\", at.location().unwrap().line())));", &["ok"]),
        ("// one\n// two\nNone::<i32>.unwrap()", &["| mine 3", "line: Some(3)"]),
        (
            "let old = std::panic::take_hook();\nstd::panic::set_hook(Box::new(move |at| { print!(\"more \"); old(at) }));\n\
             panic!(\"here\")",
            &["| more mine 3", "line: Some(3)"],
        ),
        ("panic!(\"again\")", &["| more mine 1", "line: Some(1)"]),
        ("line!()", &["= 1"]),
        ("use std::fmt;\nstruct Q;\n/* a\nb */\nline!()", &["= 5"]),
        ("// a\n// b\ndbg\u{21}(2);\nfile!()", &["rs:3:1] 2 = 2", "= \"cell_"]),
        ("fn at() -> u32 {\n    line!()\n}\n(at(), line!())", &["= (2, 4)"]),
        ("let x = 1;\nlet s = \"a\nb\";\n(line!(), x)", &["= (4, 1)"]),
        ("macro_rules! two {\n    () => { (line!(),\n // c\n 2) } }\ntwo!()", &["= (5, 2)"]),
        ("let y = 1;\ntwo!()", &["= (2, 2)"]),
        (
            "#[track_caller]\nfn caller() -> u32 { std::panic::Location::caller().line() }\nlet a = caller();\n\n(a, caller())",
            &["= (3, 5)"],
        ),
        ("let first = 1;\nfn between() -> i32 { 2 }\n\n(first, between(), line!())", &["= (1, 2, 4)"]),
    ]);
}

#[test]
fn commands_stand_at_the_top_with_comments_between_them() {
    check(&[
        ("let q = 1;\n:vars", &["at 2:1: a command such as `:vars` stands at the top of a cell", "^^^^^\n", "not ::"]),
        ("// note\n/* block */\n\n:type r // its type\nlet r = 2;", &["variable does not exist: `r`"]),
        ("let r = 2;", &["ok"]),
        ("/* two\n lines */ :type r /* its type */\nr + 1", &["= r: i32", "= 3"]),
        ("let r = 3;\n!ls", &["a shell command such as `!ls` stands at the top"]),
        (":dep nothing = { version = \"1\",\nlet r = 4;", &["at 1:6", "unclosed inline table"]),
        ("\u{feff}let bom = 1;\nprintln(\"{bom}\")", &["E0423 at 2:1"]),
        ("\u{feff}println(1)", &["E0423 at 1:1", "1 | println(1)"]),
        ("\u{feff}// c\n:type r", &["= r: i32"]),
        ("#!/usr/bin/env forward-pass\nlet shebang = 1; shebang", &["= 1"]),
    ]);
}

#[test]
fn the_compiler_s_crash_is_avoided() {
    let crash = "let q = P { a: Some(3.0), ..p };";
    check(&[
        (
            "trait Raw { type Elem; }\nimpl<T> Raw for Vec<T> { type Elem = T; }\n\
             struct Arr<S, A = <S as Raw>::Elem>(S, std::marker::PhantomData<A>) where S: Raw;",
            &["ok"],
        ),
        ("struct P { a: Option<f64>, b: Arr<Vec<f64>> }", &["ok"]),
        ("let p = P { a: None, b: Arr(vec![1.0], std::marker::PhantomData) };", &["ok"]),
        (crash, &["note variable `p` was dropped: this cell moved a part of it", "not crashed"]),
        ("let q = P { a: None, ..q };", &["ok", "not note"]),
        ("q.b.0[0]", &["= 1.0"]),
    ]);
}

#[test]
fn a_macro_may_use_a_variable_of_its_cell() {
    check(&[
        ("let x = 1;\nmacro_rules! add { ($e:expr) => { x + $e } }\n(add!(2), line!())", &["= (3, 3)"]),
        ("add!(5)", &["= 6"]),
        ("let x = 10;", &["ok"]),
        ("add!(1)", &["= 11"]),
        ("let mut log = vec![0];\nmacro_rules! push { ($v:expr) => { log.push($v) } }\npush!(1);", &["ok"]),
        ("push!(2); log", &["= [0, 1, 2]"]),
        ("macro_rules! own { () => { { let x = 100; x } } }\nown!() + x", &["= 110"]),
        ("fn f() -> i32 { plain!() }\nmacro_rules! plain { () => { 4 } }\nf() + plain!()", &["= 8"]),
    ]);
}

#[test]
fn a_raw_pointer_to_a_variable_gets_a_note() {
    check(&[
        ("let mut x = 5; let p = &mut x as *mut i32;", &["note `p` points to `x`, and a variable has another address"]),
        ("let b = Box::new(1); let q = &*b as *const i32;", &["ok", "not points to"]),
    ]);
}
