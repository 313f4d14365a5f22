//! What our own engine leaves on the disk and takes from it, through the binary: each test has a cache of its own.
//!
//! What cells do is in the tests beside the engine; here it is what a process that runs them does.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::support::{command, forward_pass};

/// A folder with packages and cells, and a cache that nobody else uses.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new(cells: &str) -> Place {
        let place = Place { folder: tempfile::tempdir().unwrap() };
        place.write("work/cells.txt", cells);
        place
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

    fn cache(&self) -> std::path::PathBuf {
        self.folder.path().join("cache")
    }

    fn tells(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    }
}

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

/// Says that it holds its build, and waits for a word.
const WAITS: &str = r#":dep part = { path = "part" }
%%
std::fs::write("started", "")?;
while !std::path::Path::new("go-on").exists() { std::thread::sleep(std::time::Duration::from_millis(5)); }
%%
part::f() + 6"#;

#[test]
fn clean_frees_what_no_session_uses() {
    let place = Place::new(":dep part = { path = \"part\" }\n%%\npart::f()");
    place.package("part", "", "pub fn f() -> u8 { 1 }");
    place.write("work/waits.txt", WAITS);
    has(&place.tells(&["clean"]), "nothing to free");
    has(&place.tells(&["cells", "cells.txt"]), "{\"text/plain\": \"1\"}");
    let waiting = place.command(&["cells", "waits.txt"]).stdout(Stdio::piped()).spawn().unwrap();
    while !place.folder.path().join("work/started").exists() {
        std::thread::sleep(Duration::from_millis(5));
    }
    has(&place.tells(&["clean"]), "kept 2 builds in use by a running session");
    place.write("work/go-on", "");
    has(&String::from_utf8_lossy(&waiting.wait_with_output().unwrap().stdout), "{\"text/plain\": \"7\"}");
    has(&place.tells(&["clean"]), "freed ");
    has(&place.tells(&["clean"]), "nothing to free");
    has(&place.tells(&["cells", "cells.txt"]), "{\"text/plain\": \"1\"}");
}

#[test]
fn a_session_killed_a_hundred_times_while_it_builds_starts_the_next_time() {
    let place = Place::new(":dep part = { path = \"part\" }\n%%\npart::f()");
    for kill in 0..100u64 {
        // New content each time: there is always something to build, and a stale build would show.
        place.package("part", "", &format!("pub fn f() -> u64 {{ {kill} }}"));
        let mut command = place.command(&["cells", "cells.txt"]);
        let mut session = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(kill * 37 % 211));
        session.kill().unwrap();
        session.wait().unwrap();
        if kill % 25 == 24 {
            has(&place.tells(&["cells", "cells.txt"]), &format!("{{\"text/plain\": \"{kill}\"}}"));
        }
    }
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(place.cache()).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn the_current_folder_sets_nothing() {
    let place = Place::new(":dep part = { path = \"part\" }\n%%\npart::f()");
    place.package("part", "", "pub fn f() -> u8 { if cfg!(spoilt) { 2 } else { 1 } }");
    let settings =
        "[build]\nrustc-wrapper = \"/nowhere\"\nrustflags = [\"--cfg\", \"spoilt\"]\ntarget-dir = \"elsewhere\"\n";
    place.write("work/.cargo/config.toml", settings);
    place.write("work/rust-toolchain.toml", "[toolchain]\nchannel = \"1.0.0\"\n");
    place.write("work/evcxr.toml", "[evcxr]\ntoolchain = \"1.0.0\"\n");
    has(&place.tells(&["cells", "cells.txt"]), "{\"text/plain\": \"1\"}");
    let left: Vec<_> = names(&place.folder.path().join("work"));
    assert_eq!(left, [".cargo", "cells.txt", "evcxr.toml", "part", "rust-toolchain.toml"]);
    assert_eq!(names(&place.folder.path().join("work/part")), ["Cargo.toml", "src"]);
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Items, variables, a move, a redefinition that costs a variable, errors, an expression: what a plan hangs on.
const STORY: &str = "let x = 5;\n%%\nx + 1\n%%\nstruct P { a: u8 }\nlet p = P { a: 1 };\n%%\nlet q = p;\n%%\np.a\n%%\n\
    struct P { a: String }\n%%\nq.a\n%%\nfn f() -> i32 { 2 }\nf() + x\n%%\n:opt 2\nf()\n%%\nlet s = \"a\".to_string();\n\
    panic!(\"{s}\")\n%%\ns\n%%\n:undo\n%%\nx";

#[test]
fn a_cell_compiled_ahead_does_what_it_would_have_done() {
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

/// The variables of the session stay when a crate comes that they have nothing to do with, as in evcxr.
#[test]
fn a_crate_that_comes_later_costs_no_variable() {
    let place = Place::new(
        "use std::sync::{Arc, Mutex};\nstruct P(i32);\nlet counter = Arc::new(Mutex::new(P(40)));\n%%\n\
         :dep part = { path = \"part\" }\nextern crate part;\nlet two = part::f();\n%%\n\
         counter.lock()?.0 + two",
    );
    place.package("part", "", "pub fn f() -> i32 { 2 }");
    let told = place.tells(&["cells", "cells.txt"]);
    has(&told, "result {\"text/plain\": \"42\"}");
    assert!(!told.contains("given up"), "{told}");
}

/// What stands behind the cell's text is ours, and no business of the reader's.
#[test]
fn a_cell_that_lacks_its_end_is_told_in_its_own_words() {
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
fn a_bracket_too_many_is_told_as_one_too_many() {
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
fn the_shell_is_open_where_the_caller_says_so() {
    let place = Place::new("!echo one; echo two >&2\nlet n = 2;\n%%\n!exit 3\n%%\nn");
    let told = place.tells(&["cells", "--allow-shell", "cells.txt"]);
    has(&told, "one\\ntwo");
    has(&told, "error - at 1:1: the shell command failed, exit status: 3");
    has(&told, "\"2\"");
    let closed = place.tells(&["cells", "cells.txt"]);
    has(&closed, "help: `--allow-shell`, where you trust the notebook");
    // Nothing of the cell ran.
    has(&closed, "cannot find value `n`");
}

/// The files below the cells that are kept.
fn kept(place: &Place, name: &str) -> Vec<std::path::PathBuf> {
    let below = |folder: &Path| -> Vec<std::path::PathBuf> {
        std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
    };
    let groups = below(&place.cache().join("cells"));
    let entries: Vec<_> = groups.iter().flat_map(|group| below(group)).collect();
    entries.iter().map(|entry| entry.join(name)).filter(|file| file.is_file()).collect()
}

#[test]
fn a_cell_is_compiled_once() {
    let place = Place::new("let x = vec![1, 2];\n%%\nx.len() + 40\n%%\nlet wrong: u8 = \"text\";");
    let first = place.tells(&["cells", "cells.txt"]);
    has(&first, "\"42\"");
    has(&first, "mismatched types");
    assert_eq!([kept(&place, "built.json").len(), kept(&place, "library").len()], [3, 2]);
    // What was kept is what comes: here it says something else.
    for file in kept(&place, "built.json") {
        let text = std::fs::read_to_string(&file).unwrap().replace("mismatched types", "taken from what was kept");
        std::fs::write(&file, text).unwrap();
    }
    let second = place.tells(&["cells", "cells.txt"]);
    has(&second, "\"42\"");
    has(&second, "taken from what was kept");
    // An entry that was cut short counts for nothing.
    for file in kept(&place, "library") {
        std::fs::write(file, "cut").unwrap();
    }
    has(&place.tells(&["cells", "cells.txt"]), "\"42\"");
    place.write("work/cells.txt", ":cache 0\n%%\nlet wrong: u8 = \"text\";");
    has(&place.tells(&["cells", "cells.txt"]), "mismatched types");
    has(&place.tells(&["clean"]), "freed");
    assert!(kept(&place, "built.json").is_empty());
}

#[test]
fn a_cell_that_was_kept_is_never_stale() {
    let place = Place::new(
        ":dep part = { path = \"part\" }\n%%\npart::f() + 40\n%%\ninclude_str!(concat!(env!(\"CELLS_HERE\"), \"/told.txt\"))",
    );
    let tells = |number: u8| {
        place.package("part", "", &format!("pub fn f() -> u8 {{ {number} }}"));
        place.write("work/told.txt", &format!("told {number}"));
        let folder = place.folder.path().join("work");
        let output = place.command(&["cells", "cells.txt"]).env("CELLS_HERE", folder).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    for number in [1, 2, 1] {
        let told = tells(number);
        has(&told, &format!("\"4{number}\""));
        has(&told, &format!("told {number}"));
    }
    // The one that reads a file and a variable is not kept.
    assert_eq!(kept(&place, "library").len(), 2);
}

/// Ends with the test, however that ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
    }
}

#[test]
fn what_a_killed_session_has_left_goes_with_a_later_one() {
    let place = Place::new("1");
    place.write("work/waits.txt", WAITS);
    let temporary = place.folder.path().join("temporary");
    std::fs::create_dir(&temporary).unwrap();
    let session = |cells: &str| {
        let _ = std::fs::remove_file(place.folder.path().join("work/started"));
        let mut command = place.command(&["cells", cells]);
        command.env("TMPDIR", &temporary).stdout(Stdio::null());
        Running(command.spawn().unwrap())
    };
    let started = || {
        while !place.folder.path().join("work/started").exists() {
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    place.package("part", "", "pub fn f() -> u8 { 1 }");
    let mut killed = session("waits.txt");
    started();
    killed.0.kill().unwrap();
    killed.0.wait().unwrap();
    let left = names(&temporary);
    let mut lives = session("waits.txt");
    started();
    let both = names(&temporary);
    assert_eq!((left.len(), both.len()), (1, 2), "{left:?} {both:?}");
    // As if both were begun long ago.
    for folder in &both {
        // The second session may be looking right now.
        if let Ok(mark) = std::fs::File::options().write(true).open(temporary.join(folder).join("in-use")) {
            mark.set_modified(std::time::SystemTime::now() - Duration::from_secs(3600)).unwrap();
        }
    }
    for _ in 0..20 {
        assert!(session("cells.txt").0.wait().unwrap().success());
        if !names(&temporary).contains(&left[0]) {
            break;
        }
    }
    assert_eq!(names(&temporary).len(), 1);
    place.write("work/go-on", "");
    assert!(lives.0.wait().unwrap().success());
    assert!(names(&temporary).is_empty());
}

/// A crate hands out what another crate has made, and does not name it; the cells cannot either.
#[test]
fn a_variable_of_a_crate_that_no_line_asks_for_lives_on() {
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
    has(&told, "`p` was given up");
    // The stock kernel asks for the type, which nobody could write.
    let cell = |id: &str, code: &str| {
        let head = r#""cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": []"#;
        format!(r#"{{{head}, "id": "{id}", "source": ["{code}"]}}"#)
    };
    let cells = [cell("dep", r#":dep outer = { path = \"outer\" }"#), cell("make", "let p = outer::make(4).unwrap();")]
        .join(", ");
    let about = r#""metadata": {"kernelspec": {"display_name": "Rust", "language": "rust", "name": "rust"}}"#;
    place.write("work/n.ipynb", &format!(r#"{{"cells": [{cells}], {about}, "nbformat": 4, "nbformat_minor": 5}}"#));
    has(&place.tells(&["test", "n.ipynb"]), "`make` is not portable: the type of `p` is of the crate `inner`");
}

/// What cells have in common is compiled with the crates, where these are those that it was written for.
#[test]
fn what_cells_have_in_common_is_compiled_once() {
    let root = env!("CARGO_MANIFEST_DIR");
    let place = Place::new("");
    place.write(
        "work/cells.txt",
        &format!(
            ":dep ndarray = \"0.17\"\n:dep forward-pass = {{ path = {root:?}, default-features = false }}\n%%\n\
             use forward_pass::prelude::*;\nlet x = array![1.0, 2.0];\n%%\nprintln!(\"{{}}\", show(&sigmoid(&x)));\nx"
        ),
    );
    // In the cache that everybody uses: the crates take a while.
    has(&forward_pass(&place.folder.path().join("work"), &["cells", "cells.txt"]).stdout, "[0.73105858 0.88079708]");
    let home = || Some(Path::new(&std::env::var_os("HOME")?).join(".cache"));
    let caches = std::env::var_os("XDG_CACHE_HOME").map(Into::into).or_else(home).unwrap().join("forward-pass");
    let cache = std::env::var_os("FORWARD_PASS_CACHE").map_or(caches, Into::into);
    let entries = std::fs::read_dir(cache.join("deps")).unwrap().map(|group| group.unwrap().path().join("0"));
    let ours = |entry: &std::path::PathBuf| {
        let text = std::fs::read_to_string(entry.join("built.json")).unwrap_or_default();
        text.contains(root) && text.contains("ndarray = ")
    };
    // The one that was used last is ours.
    let used = |entry: &std::path::PathBuf| entry.join("in-use").metadata().and_then(|about| about.modified()).ok();
    let entry = entries.filter(ours).max_by_key(used).unwrap();
    let record = std::fs::read_to_string(entry.join("built.json")).unwrap();
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    assert!(record["shared"].is_string(), "the functions in common do not compile: {}", entry.display());
}

/// A crate that a build script uses, too, is built twice.
#[test]
fn a_cell_has_the_features_that_it_asks_for() {
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
fn a_crate_may_be_called_as_ours_are() {
    let place = Place::new(":dep shared = { path = \"shared\" }\n%%\nlet n = shared::f();\n%%\nn.0 + 1");
    place.package("shared", "", "pub struct N(pub u8);\npub fn f() -> N { N(1) }");
    has(&place.tells(&["cells", "cells.txt"]), "{\"text/plain\": \"2\"}");
}

#[test]
fn a_crate_that_only_bears_the_name_is_used_all_the_same() {
    let place = Place::new(":dep ndarray = { path = \"ndarray\" }\n%%\nlet n = ndarray::f();\n%%\nn + 1");
    place.package("ndarray", "", "pub fn f() -> u8 { 1 }");
    has(&place.tells(&["cells", "cells.txt"]), "{\"text/plain\": \"2\"}");
}
