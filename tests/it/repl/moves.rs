//! An output that moves at a terminal: the arrow keys, what is kept, panics, crashes, keys typed ahead.

use std::path::Path;

use super::terminal::{Person, Setting, USUAL, sit_down, state};
use crate::support::cells::Cells;

/// At a section of the chapter, whose first cell loads the library.
fn with_library(folder: &Path) -> Person {
    let chapter = Path::new(env!("CARGO_MANIFEST_DIR")).join("notebooks/en");
    // Built before somebody sits down who is less patient.
    Cells::start("own", &chapter).run(LIBRARY);
    let course = chapter.join("02-sigmoid.ipynb");
    let setting = Setting { course: course.to_str(), stripped: false, ..USUAL };
    let mut person = sit_down(folder, &setting);
    person.sees("40> ");
    person
}

const LIBRARY: &str = ":dep ndarray = \"0.17\"\n:dep forward-pass = { path = \"../..\", default-features = false }";
const NUMBER: &str = "interact([slider(\"n\", 0.0..=9.0, 1.0, 2.0), switch(\"on\", false)], |[n, on]| { \
                      if n > 8.0 { std::process::abort() } assert!(n < 7.0, \"too large\"); n * 100.0 + on })\r";
const RIGHT: &str = "\x1b[C";
const LEFT: &str = "\x1b[D";
const DOWN: &str = "\x1b[B";

#[test]
fn arrow_keys_move_an_output_and_enter_keeps_it() {
    let state = state();
    let mut person = with_library(state.path());
    person.says("let kept = 41;", "\n");
    person.types(NUMBER);
    person.sees("200.0");
    person.sees("> n   [####----------------] 2");
    person.sees("Enter: keep; Esc: leave");
    person.types(RIGHT);
    person.sees("300.0");
    person.types(DOWN);
    person.sees("> on  [off]");
    person.types(RIGHT);
    person.sees("301.0");
    person.types("r");
    person.sees("200.0");
    // Of several keys at once, the last state is what is drawn.
    person.types(&format!("\x1b[A{RIGHT}{RIGHT}{RIGHT}{LEFT}"));
    person.sees("400.0");
    person.types("\r");
    person.sees("400.0");
    person.sees("40> ");
    person.says("kept + 1", "42");
    // The keys do not remain for the line.
    person.types(NUMBER);
    person.sees("Esc: leave");
    person.types(&format!("{RIGHT}{RIGHT}"));
    person.sees("400.0");
    person.types("q");
    person.sees("200.0");
    person.sees("40> ");
    person.says("kept + 2", "43");
    person.leaves();
}

#[test]
fn a_panic_is_noted_and_a_crash_ends_it_without_loss() {
    let state = state();
    let mut person = with_library(state.path());
    person.says("let kept = 41;", "\n");
    person.types(NUMBER);
    person.sees("Esc: leave");
    person.types(&RIGHT.repeat(5));
    person.sees("panicked at line 1: too large");
    person.types(LEFT);
    person.sees("600.0");
    person.types(&RIGHT.repeat(3));
    person.sees("SIGABRT");
    person.sees("40> ");
    person.says("kept + 1", "42");
    person.types(NUMBER);
    person.sees("Esc: leave");
    person.types("\x03");
    person.sees("200.0");
    person.sees("40> ");
    person.says("kept + 2", "43");
    person.leaves();
}

#[test]
fn an_endless_drag_is_interrupted_and_the_output_moves_on() {
    let state = state();
    let mut person = with_library(state.path());
    person.types("interact([slider(\"n\", 0.0..=2.0, 1.0, 0.0)], |[n]| { while n == 1.0 {} n * 100.0 })\r");
    person.sees("Esc: leave");
    person.types(RIGHT);
    std::thread::sleep(std::time::Duration::from_millis(500));
    person.types("\x03");
    person.sees("was interrupted");
    person.types(RIGHT);
    person.sees("200.0");
    person.types("\r");
    person.sees("40> ");
    person.leaves();
}

#[test]
fn a_line_typed_ahead_is_not_taken_for_keys() {
    let state = state();
    let mut person = with_library(state.path());
    person.types(&format!("std::thread::sleep(std::time::Duration::from_secs(4)); {NUMBER}"));
    std::thread::sleep(std::time::Duration::from_secs(2));
    person.types("20 + 1\r");
    person.sees("200.0");
    person.sees("21");
    person.sees("40> ");
    person.leaves();
}
