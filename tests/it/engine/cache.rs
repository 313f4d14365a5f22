//! What our own engine leaves on the disk and takes from it: builds, compiled cells, and what a killed session left.

use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use super::{Place, has};
use crate::support::{forward_pass, rounds};

/// Creates the file `started` once it uses its build, and waits for the file `go-on`.
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
fn a_session_killed_again_and_again_while_it_builds_starts_the_next_time() {
    let place = Place::new(":dep part = { path = \"part\" }\n%%\npart::f()");
    let kills = u64::from(rounds(20, 100));
    for kill in 0..kills {
        // New content each time: there is always something to build, and a stale build would show.
        place.package("part", "", &format!("pub fn f() -> u64 {{ {kill} }}"));
        let mut command = place.command(&["cells", "cells.txt"]);
        let mut session = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(kill * 37 % 211));
        session.kill().unwrap();
        session.wait().unwrap();
        if kill % 10 == 9 {
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

/// Many people have one build folder for all of their projects.
#[cfg(unix)]
#[test]
fn the_users_own_settings_of_cargo_move_and_break_nothing() {
    let place = Place::new(
        ":dep part = { path = \"part\" }\n%%\npart::f()\n%%\nstd::panic::catch_unwind(|| panic!(\"it\")).is_err()",
    );
    place.package("part", "", "pub fn f() -> u8 { 1 }");
    let elsewhere = place.folder.path().join("elsewhere");
    let moves = format!("target-dir = {elsewhere:?}\nbuild-dir = {elsewhere:?}");
    for build in [&moves, "target = \"wasm32-unknown-unknown\""] {
        let _ = std::fs::remove_dir_all(place.cache());
        let settings = format!("[build]\n{build}\n[profile.dev]\npanic = \"abort\"\n[term]\nquiet = true\n");
        place.write("home/config.toml", &settings);
        let mut command = place.command(&["cells", "cells.txt"]);
        let output = command.env("CARGO_HOME", place.folder.path().join("home")).output().unwrap();
        let told = String::from_utf8_lossy(&output.stdout);
        has(&told, "{\"text/plain\": \"1\"}");
        has(&told, "{\"text/plain\": \"true\"}");
        assert!(!elsewhere.exists());
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The files of this name among the cached cells.
fn cached(place: &Place, name: &str) -> Vec<std::path::PathBuf> {
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
    assert_eq!([cached(&place, "built.json").len(), cached(&place, "library").len()], [3, 2]);
    // The cache is what is used: here it contains something else.
    for file in cached(&place, "built.json") {
        let text = std::fs::read_to_string(&file).unwrap().replace("mismatched types", "taken from the cache");
        std::fs::write(&file, text).unwrap();
    }
    let second = place.tells(&["cells", "cells.txt"]);
    has(&second, "\"42\"");
    has(&second, "taken from the cache");
    // A truncated entry is ignored.
    for file in cached(&place, "library") {
        std::fs::write(file, "cut").unwrap();
    }
    has(&place.tells(&["cells", "cells.txt"]), "\"42\"");
    place.write("work/cells.txt", ":cache 0\n%%\nlet wrong: u8 = \"text\";");
    has(&place.tells(&["cells", "cells.txt"]), "mismatched types");
    has(&place.tells(&["clean"]), "freed");
    assert!(cached(&place, "built.json").is_empty());
}

#[test]
fn a_cached_cell_is_never_stale() {
    let place = Place::new(
        ":dep part = { path = \"part\" }\n%%\npart::f() + 40\n%%\ninclude_str!(concat!(env!(\"CELLS_HERE\"), \"/number.txt\"))",
    );
    let tells = |number: u8| {
        place.package("part", "", &format!("pub fn f() -> u8 {{ {number} }}"));
        place.write("work/number.txt", &format!("file {number}"));
        let folder = place.folder.path().join("work");
        let output = place.command(&["cells", "cells.txt"]).env("CELLS_HERE", folder).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    for number in [1, 2, 1] {
        let told = tells(number);
        has(&told, &format!("\"4{number}\""));
        has(&told, &format!("file {number}"));
    }
    // The one that reads a file and a variable is not cached.
    assert_eq!(cached(&place, "library").len(), 2);
}

/// What rustc reports of files, libraries and variables is not what it says of the code.
#[test]
fn a_failure_whose_cause_is_gone_is_gone() {
    let place = Place::new(
        "#[link(name = \"zzmissing\")] unsafe extern \"C\" { fn zzmissing() -> i32; }\nunsafe { zzmissing() }\n%%\n\
         include_str!(concat!(env!(\"CELLS_HERE\"), \"/later.txt\"))\n%%\n\
         option_env!(\"CARGO_SEED\").unwrap_or(\"none\")\n%%\nlet n: i32 = \"text\";",
    );
    let folder = place.folder.path().join("work");
    let tells = |seed: &str| {
        let mut command = place.command(&["cells", "cells.txt"]);
        command.env("LIBRARY_PATH", &folder).env("LD_LIBRARY_PATH", &folder).env("CELLS_HERE", &folder);
        let output = command.env("CARGO_SEED", seed).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let first = tells("one");
    has(&first, "linking with");
    has(&first, "later.txt");
    has(&first, "\"\\\"one\\\"\"");
    has(&first, "mismatched types");
    // Only the judgement of the code is kept: that of the last cell.
    let is_failure = |file: &std::path::PathBuf| std::fs::read_to_string(file).unwrap().contains("\"succeeded\":false");
    assert_eq!(cached(&place, "built.json").iter().filter(|file| is_failure(file)).count(), 1);
    place.write("work/zz.rs", "#[unsafe(no_mangle)] pub extern \"C\" fn zzmissing() -> i32 { 77 }");
    place.write("work/later.txt", "here");
    let rustc = std::process::Command::new("rustc")
        .args(["--edition=2024", "--crate-type=cdylib", "-o", "libzzmissing.so", "zz.rs"])
        .current_dir(&folder)
        .status();
    assert!(rustc.unwrap().success());
    let second = tells("two");
    has(&second, "{\"text/plain\": \"77\"}");
    has(&second, "\"\\\"here\\\"\"");
    has(&second, "\"\\\"two\\\"\"");
    has(&second, "mismatched types");
}

/// Killed when the test ends, however that ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
    }
}

#[test]
fn a_later_session_removes_what_a_killed_one_left() {
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
    // As if both had started long ago.
    for folder in &both {
        // The second session may be sweeping at this moment.
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

/// The functions that cells share are compiled with the crates that they were written for.
#[test]
fn the_functions_that_cells_share_are_compiled_once() {
    let root = env!("CARGO_MANIFEST_DIR");
    let place = Place::new("");
    place.write(
        "work/cells.txt",
        &format!(
            ":dep ndarray = \"0.17\"\n:dep forward-pass = {{ path = {root:?}, default-features = false }}\n%%\n\
             use forward_pass::prelude::*;\nlet x = array![1.0, 2.0];\n%%\nprintln!(\"{{}}\", show(&sigmoid(&x)));\nx"
        ),
    );
    // In the user's cache: building the crates takes a while.
    has(&forward_pass(&place.folder.path().join("work"), &["cells", "cells.txt"]).stdout, "[0.73105858 0.88079708]");
    let home = || Some(Path::new(&std::env::var_os("HOME")?).join(".cache"));
    let caches = std::env::var_os("XDG_CACHE_HOME").map(Into::into).or_else(home).unwrap().join("forward-pass");
    let cache = std::env::var_os("FORWARD_PASS_CACHE").map_or(caches, Into::into);
    let below = |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let groups: Vec<_> = below(&cache.join("deps")).collect();
    let entries = groups.iter().flat_map(|group| below(group));
    let ours = |entry: &std::path::PathBuf| {
        let text = std::fs::read_to_string(entry.join("built.json")).unwrap_or_default();
        text.contains(root) && text.contains("ndarray = ")
    };
    // Ours is the one used last.
    let used = |entry: &std::path::PathBuf| entry.join("in-use").metadata().and_then(|about| about.modified()).ok();
    let entry = entries.filter(ours).max_by_key(used).unwrap();
    let record = std::fs::read_to_string(entry.join("built.json")).unwrap();
    let record: serde_json::Value = serde_json::from_str(&record).unwrap();
    assert!(record["shared"].is_string(), "the shared functions do not compile: {}", entry.display());
}
