//! Our own engine, through the binary: crates, batches, the shell, and errors in the user's own text.

mod cache;
mod crates;
mod files;
mod linker;
mod moves;
mod persist;
mod places;
mod programs;
mod replay;
mod runtime;
mod shared;
mod stale;
mod standby;
mod statics;
mod suites;
mod system;
mod toolchain;
mod zoo;

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::support::command;

/// A folder with packages and cells, and a cache.
struct Place {
    folder: TempDir,
    cache: PathBuf,
}

impl Place {
    /// With a cache of its own.
    fn new(cells: &str) -> Place {
        let folder = tempfile::tempdir().unwrap();
        let place = Place { cache: folder.path().join("cache"), folder };
        place.write("work/cells.txt", cells);
        place
    }

    /// With a cache that outlives the test, where the subject is not the cache: tokio takes a minute to compile.
    fn with_kept_crates(cells: &str) -> Place {
        Place { cache: Path::new(env!("CARGO_TARGET_TMPDIR")).join("crates"), ..Place::new(cells) }
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn package(&self, name: &str, more: &str, source: &str) {
        let manifest =
            format!("[package]\nname = \"{name}\"\nversion = \"1.40.0\"\nedition = \"2024\"\n[workspace]\n{more}");
        self.write(&format!("work/{name}/Cargo.toml"), &manifest);
        self.write(&format!("work/{name}/src/lib.rs"), source);
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(&self.folder.path().join("work"), arguments);
        command.env("FORWARD_PASS_CACHE", self.cache());
        command
    }

    fn cache(&self) -> &Path {
        &self.cache
    }

    fn tells(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    }
}

/// What several tests need, so that it is compiled once for all of them.
const CRATES: &str = r#"
:dep log = "0.4"
:dep tracing = "0.1"
:dep tracing-subscriber = { version = "0.3", default-features = false, features = ["fmt"] }
:dep tokio = { version = "1", features = ["rt", "rt-multi-thread", "time", "net", "sync", "macros"] }
:dep parking_lot = "0.12"
:dep once_cell = "1"
:dep fastrand = "2"
"#;

#[track_caller]
fn has(told: &str, words: &str) {
    assert!(told.contains(words), "`{words}` is missing\n{told}");
}

/// A runtime with as much of tokio's shape as a cell needs; its features must have been asked for.
const TOKIO: &str = r#"
#[cfg(all(feature = "rt", feature = "rt-multi-thread"))]
pub mod runtime {
    use std::{future::Future, io, pin::pin, task::{Context, Poll, Waker}};
    pub struct Runtime;
    impl Runtime {
        pub fn new() -> io::Result<Runtime> { Ok(Runtime) }
        pub fn block_on<F: Future>(&self, future: F) -> F::Output {
            let mut future = pin!(future);
            loop {
                if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                    return output;
                }
            }
        }
    }
}
"#;

#[test]
fn a_cell_that_awaits_gets_a_runtime_with_its_features() {
    let place = Place::new(
        ":dep tokio = { path = \"tokio\" }\n%%\nasync fn three() -> i32 { 3 }\nlet x = three().await;\n%%\n\
         async fn number(text: &str) -> Result<i32, std::num::ParseIntError> { text.parse() }\nx + number(\"4\").await?\n\
         %%\nnumber(\"4x\").await?\n%%\npanic!(\"at {}\", three().await)\n%%\nx",
    );
    place.package("tokio", "[features]\nrt = []\nrt-multi-thread = []\n", TOKIO);
    let told = place.tells(&["cells", "cells.txt"]);
    has(&told, "result {\"text/plain\": \"7\"}");
    has(&told, "ReturnedError { message: \"invalid digit found in string\", line: Some(1) }");
    has(&told, "Panicked { message: \"at 3\", line: Some(1) }");
    has(&told, "result {\"text/plain\": \"3\"}");
}

/// Items, variables, a move, a redefinition that drops a variable, errors, an expression: what a plan depends on.
const STORY: &str = "let x = 5;\n%%\nx + 1\n%%\nstruct P { a: u8 }\nlet p = P { a: 1 };\n%%\nlet q = p;\n%%\np.a\n%%\n\
    struct P { a: String }\n%%\nq.a\n%%\nfn f() -> i32 { 2 }\nf() + x\n%%\n:opt 2\nf()\n%%\nlet s = \"a\".to_string();\n\
    panic!(\"{s}\")\n%%\ns\n%%\n:undo\n%%\nx";

#[test]
fn a_cell_compiled_ahead_does_the_same() {
    let place = Place::new(STORY);
    let (plain, ahead) = (
        place.tells(&["cells", "--variables", "cells.txt"]),
        place.tells(&["cells", "--variables", "--ahead", "cells.txt"]),
    );
    has(&plain, "{\"text/plain\": \"7\"}");
    let stable = |text: &str| {
        let lines = text.lines().map(|line| line.split(" panicked at ").last().unwrap().to_owned());
        lines.collect::<Vec<_>>()
    };
    assert_eq!(stable(&ahead), stable(&plain));
}

/// As in evcxr, variables stay when a crate is added that they do not depend on.
#[test]
fn a_crate_that_is_added_later_drops_no_variable() {
    let place = Place::new(
        "use std::sync::{Arc, Mutex};\nstruct P(i32);\nlet counter = Arc::new(Mutex::new(P(40)));\n%%\n\
         :dep part = { path = \"part\" }\nextern crate part;\nlet two = part::f();\n%%\n\
         counter.lock()?.0 + two",
    );
    place.package("part", "", "pub fn f() -> i32 { 2 }");
    let told = place.tells(&["cells", "cells.txt"]);
    has(&told, "result {\"text/plain\": \"42\"}");
    assert!(!told.contains("was dropped"), "{told}");
}

/// The code after the cell's text is ours, and must not show up in errors.
#[test]
fn the_error_of_an_unfinished_cell_quotes_only_the_cell() {
    let place =
        Place::new("let x = 5 // five\n%%\nstruct A\n%%\nlet q =\n%%\nif true { let y = 5 }\n%%\nuse std::fmt\n");
    let told = place.tells(&["cells", "cells.txt"]);
    has(&told, "error - at 1:10: expected `;`, found the end of the cell");
    has(&told, "expected `where`, `{`, `(`, or `;` after struct name, found the end of the cell");
    has(&told, "error - at 1:8: expected expression, found the end of the cell");
    has(&told, "or an operator, found `}`");
    assert!(told.contains("\nPassed\n") && !told.contains("done"), "{told}");
}

#[test]
fn an_extra_closing_bracket_is_reported_as_one() {
    let place = Place::new("let a = [1];\nlet b = a[0]; }\n%%\n(1 + 2))\n%%\n(1 + 2]\n%%\n{ let a = (1;\n%%\n{ 1\n");
    let told = place.tells(&["cells", "cells.txt"]);
    let first = |told: &str| {
        let lines =
            told.split("--\n").map(|cell| cell.lines().filter(|line| line.starts_with("error - ")).collect::<Vec<_>>());
        lines.map(|lines| lines.join(" / ")).collect::<Vec<_>>().join("\n")
    };
    let expected = "error - at 2:15: unexpected closing delimiter: `}`\n\
        error - at 1:8: unexpected closing delimiter: `)`\n\
        error - at 1:7: unexpected closing delimiter: `]`\n";
    assert!(first(&told).starts_with(expected), "{told}");
    assert_eq!(told.matches("this cell contains an unclosed delimiter").count(), 4, "{told}");
}

#[test]
fn shell_lines_run_only_where_they_are_allowed() {
    let place = Place::new("!echo one; echo two >&2\nlet n = 2;\n%%\n!exit 3\n%%\nn");
    let told = place.tells(&["cells", "--allow-shell", "cells.txt"]);
    has(&told, "one\\ntwo");
    has(&told, "error - at 1:1: the shell command failed, exit status: 3");
    has(&told, "\"2\"");
    let closed = place.tells(&["cells", "cells.txt"]);
    has(&closed, "help: pass `--allow-shell` if you trust the notebook");
    // Nothing of the cell ran.
    has(&closed, "cannot find value `n`");
}

/// A crate returns a type of another crate without re-exporting it, so that cells cannot name it either.
#[test]
fn a_variable_of_an_indirect_dependency_persists() {
    let place = Place::new(
        ":dep outer = { path = \"outer\" }\n%%\nlet p = outer::make(40)?;\nlet q = vec![outer::make(2)?];\n%%\n\
         p.x + q[0].x\n%%\ninner::Point { x: 1 }\n%%\n!cp point.rs inner/src/lib.rs\n:dep part = { path = \"part\" }\n\
         %%\np.x",
    );
    let point = |fields: &str| {
        format!("mod deep {{ #[derive(Default)] pub struct Point {{ {fields} }} }}\npub use deep::Point;")
    };
    place.package("inner", "", &point("pub x: i64"));
    place.write("work/point.rs", &point("pub y: String, pub x: i64"));
    let make = "pub fn make(x: i64) -> Result<inner::Point, String> { Ok(inner::Point { x, ..Default::default() }) }";
    place.package("outer", "[dependencies]\ninner = { path = \"../inner\" }", make);
    place.package("part", "", "");
    let told = place.tells(&["cells", "--allow-shell", "cells.txt"]);
    has(&told, "{\"text/plain\": \"42\"}");
    has(&told, "cannot find module or crate `inner`");
    has(&told, "variable `p` was dropped");
    // The stock kernel asks for the type, which nobody could write.
    let cell = |id: &str, code: &str| {
        let head = r#""cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": []"#;
        format!(r#"{{{head}, "id": "{id}", "source": ["{code}"]}}"#)
    };
    let cells = [cell("dep", r#":dep outer = { path = \"outer\" }"#), cell("make", "let p = outer::make(4).unwrap();")]
        .join(", ");
    let about = r#""metadata": {"kernelspec": {"display_name": "Rust", "language": "rust", "name": "rust"}}"#;
    place.write("work/n.ipynb", &format!(r#"{{"cells": [{cells}], {about}, "nbformat": 4, "nbformat_minor": 5}}"#));
    has(&place.tells(&["test", "n.ipynb"]), "`make` is not portable: the type of `p` comes from the crate `inner`");
}

/// A crate that a build script also uses is built twice.
#[test]
fn a_cell_gets_the_features_that_it_asks_for() {
    let place = Place::new(
        ":dep both = { path = \"both\", features = [\"more\"] }\n:dep helped = { path = \"helped\" }\n%%\n\
         let n = both::more();\nn + helped::f()",
    );
    place.package(
        "both",
        "[features]\nmore = []",
        "#[cfg(feature = \"more\")] pub fn more() -> u8 { 40 }\npub fn less() {}",
    );
    place.package("helped", "[build-dependencies]\nboth = { path = \"../both\" }", "pub fn f() -> u8 { 2 }");
    place.write("work/helped/build.rs", "fn main() { both::less(); }");
    has(&place.tells(&["cells", "cells.txt"]), "{\"text/plain\": \"42\"}");
}

#[test]
fn a_crate_may_have_the_name_of_one_of_ours() {
    let place = Place::new(":dep shared = { path = \"shared\" }\n%%\nlet n = shared::f();\n%%\nn.0 + 1");
    place.package("shared", "", "pub struct N(pub u8);\npub fn f() -> N { N(1) }");
    has(&place.tells(&["cells", "cells.txt"]), "{\"text/plain\": \"2\"}");
}

#[test]
fn another_crate_named_ndarray_is_used_as_it_is() {
    let place = Place::new(":dep ndarray = { path = \"ndarray\" }\n%%\nlet n = ndarray::f();\n%%\nn + 1");
    place.package("ndarray", "", "pub fn f() -> u8 { 1 }");
    has(&place.tells(&["cells", "cells.txt"]), "{\"text/plain\": \"2\"}");
}
