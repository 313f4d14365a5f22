//! What an earlier cell has left, and a later one gives another meaning: the later one wins, and a note says so.

use std::path::Path;

use serde_json::Value;

use crate::support::cells::Cells;

/// Cells of one session, and a part of what the last of them shows.
const SESSIONS: &[(&[&str], &str)] = &[
    (&["let N = 100;", "const N: usize = 3;", "let a = [0; N]; a.len()"], "= 3"),
    (&["let N = 100;", "const N: usize = 3;"], "note variable `N: i32` was dropped: an item has its name now"),
    (&["let Marker = 5;", "struct Marker;", "let _m = Marker; 1"], "= 1"),
    (&["let foo = 1;", "enum Dir { foo } use Dir::*;", "matches!(Dir::foo, foo)"], "= true"),
    (&["let f = 2;", "fn f() -> i32 { 3 }", "f()"], "= 3"),
    (&["mod geo { pub fn a() {} } use geo::a;", "mod geo { pub fn b() -> i32 { 2 } }\ngeo::b()"], "= 2"),
    (
        &["mod geo { pub fn a() {} } use geo::a;", "mod geo { pub fn b() -> i32 { 2 } }\ngeo::b()"],
        "note `use geo::a` was dropped: it names nothing now",
    ),
    (&["macro_rules! outer { ($n:ident) => { macro_rules! $n { () => { 1 } } } } outer!(inner);", "inner!()"], "= 1"),
    (&["#[derive(Debug)] struct E(i32); fn p() -> Result<i32, E> { Err(E(7)) }", "p()?;"], "message: \"E(7)\""),
    (&["\"x\".parse::<i32>()?"], "message: \"invalid digit found in string\""),
];

/// Errors, and the help that they give.
const HELPS: &[(&[&str], &str)] = &[
    (&["let x = 5;", "fn f() -> i32 { x + 1 }"], "`x` is a variable, which functions do not see"),
    (&["use rand::Rng;"], "`:dep rand = \"*\"`"),
    (&["let fixed = 1;", "fixed = 2;"], "make it mutable where it is declared: `let mut fixed`"),
];

#[test]
fn the_later_definition_wins() {
    let mut cells = Cells::start("own", Path::new(env!("CARGO_MANIFEST_DIR")));
    for (session, expected) in SESSIONS {
        cells.run(":clear");
        let lines = session.iter().fold(String::new(), |_, code| cells.lines(code).join("\n"));
        assert!(lines.contains(expected), "{session:?}\nexpected {expected}\nactual   {lines}");
    }
}

#[test]
fn an_error_says_what_helps_in_a_notebook() {
    let mut cells = Cells::start("own", Path::new(env!("CARGO_MANIFEST_DIR")));
    for (session, expected) in HELPS {
        cells.run(":clear");
        let answer = session.iter().fold(Value::Null, |_, code| cells.run(code));
        let text = answer.to_string().replace("\\\"", "\"");
        assert!(text.contains(expected), "{session:?}\nexpected {expected}\nactual   {text}");
    }
}
