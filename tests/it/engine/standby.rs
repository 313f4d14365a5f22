//! The compiler that waits for the next cell: it changes nothing but the time, and ends with its session.

use std::time::{Duration, Instant};

use super::Place;
use crate::support::cells::Cells;

/// The compiler that waits below a session.
fn waiting(session: u32) -> u32 {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(60) {
        for entry in std::fs::read_dir("/proc").unwrap().flatten() {
            let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
            let parent = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse().ok());
            if stat.contains("(rustc)") && parent == Some(session) {
                return entry.file_name().to_str().unwrap().parse().unwrap();
            }
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("no compiler waits")
}

#[test]
fn a_killed_session_leaves_no_compiler() {
    let place = Place::new("");
    let mut cells = Cells::spawn(place.command(&["cells", "--json"]));
    cells.run("let a = 1;");
    let compiler = waiting(cells.child.id());
    cells.child.kill().unwrap();
    cells.child.wait().unwrap();
    let begun = Instant::now();
    let is_there = || {
        let stat = std::fs::read_to_string(format!("/proc/{compiler}/stat")).unwrap_or_default();
        stat.contains("(rustc)") && !stat.contains(") Z ")
    };
    while is_there() {
        assert!(begun.elapsed() < Duration::from_secs(60), "the compiler outlives its session");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_cell_that_is_awaited_has_the_same_places_and_errors() {
    let place = Place::new("");
    let mut cells = Cells::spawn(place.command(&["cells", "--json"]));
    let session = cells.child.id();
    cells.run("let a = 1;");
    for (code, expected) in [
        ("let b = a;\nb + 1", "= 2"),
        ("let c = a;\n  panic!(\"{c}\")", "Panicked { message: \"1\", line: Some(2) }"),
        ("let d = a;\n\nd.missing()", "error E0599 at 3:3"),
        // A path to a macro that comes out of a macro, as everything in an included file does, is an error.
        ("#[macro_export]\nmacro_rules! six { () => { 6 } }\ncrate::six!()", "= 6"),
        ("a + 1", "= 2"),
    ] {
        waiting(session);
        let lines = cells.lines(code).join("\n");
        assert!(lines.contains(expected), "{code}\n{lines}");
    }
}
