//! A cache that all users of a machine share: filled once, read from any copy of a course, and trusted only if others
//! cannot write to it.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use serde_json::json;

use super::{Place, has};
use crate::support::{Finished, NotebookBuilder, command};

/// A course with a crate of its own, whose notebook also looks at its place and fails.
fn course(place: &Place, folder: &str) {
    let source = "pub fn f() -> u8 { 1 }\npub fn g<T: std::fmt::Debug>(x: T) { panic!(\"no {x:?}\") }";
    place.write(
        &format!("{folder}/part/Cargo.toml"),
        "[package]\nname = \"part\"\nversion = \"1.2.3\"\nedition = \"2024\"\n[workspace]\n",
    );
    place.write(&format!("{folder}/part/src/lib.rs"), source);
    let notebook = NotebookBuilder::new()
        .code("dep", ":dep part = { path = \"../part\" }\nuse part::f;", "")
        .code("run", "std::fs::write(\"ran\", \"\")?;\nlet sum = f() + 41;\nprintln!(\"{sum}\");", "42\n")
        .code("types", "let all = vec![sum; 3];\nprintln!(\"{}\", all.len());", "3\n")
        .code("place", "println!(\"{}\", env!(\"CARGO_MANIFEST_DIR\").ends_with(\"notebooks\"));", "true\n")
        .code("fails", "part::g(3);", "")
        .tags(&["should_panic"])
        .settings(json!({"ignore_output": "true", "allow": "not-portable"}))
        .code("refused", "let n: u8 = \"text\";", "")
        .tags(&["compile_fail=E0308"])
        .code("last", "println!(\"{}\", all[0]);", "42\n");
    place.write(&format!("{folder}/notebooks/one.ipynb"), &notebook.text());
}

/// The names below a folder.
fn files(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| if entry.path().is_dir() { files(&entry.path()) } else { 1 }).sum()
}

fn in_folder(place: &Place, folder: &str, arguments: &[&str]) -> String {
    let mut command = command(&place.folder.path().join(folder), arguments);
    command.env("FORWARD_PASS_CACHE", place.folder.path().join("own"));
    command.env("FORWARD_PASS_CACHE_SHARED", place.folder.path().join("for/all/shared"));
    let output = command.output().unwrap();
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_copy_of_a_warmed_course_compiles_nothing() {
    let place = Place::new("");
    for folder in ["teacher", "deep/er/student"] {
        course(&place, folder);
    }
    let shared = place.folder.path().join("for/all/shared");
    let told = in_folder(&place, "teacher", &["warm", "--to", "../for/all/shared", "notebooks"]);
    has(&told, "notebooks/one.ipynb: 6 of 7 cells compiled");
    assert!(!place.folder.path().join("teacher/notebooks/ran").exists(), "a cell ran");
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!([mode(&shared), mode(&shared.join("deps"))], [0o755; 2]);
    // The folders above are as any other that is made.
    let usual = mode(&place.folder.path().join("teacher"));
    assert_eq!([mode(&shared.join("..")), mode(&shared.join("../.."))], [usual; 2]);
    let before = files(&shared);
    assert!(before > 20);
    for arguments in [&["test", "notebooks/one.ipynb"][..], &["test", "notebooks/one.ipynb", "--one-by-one"]] {
        let told = in_folder(&place, "deep/er/student", arguments);
        has(&told, "ok notebooks/one.ipynb");
        assert_eq!(files(&shared), before);
        // The cell that looks at its place is compiled at each.
        let own = place.folder.path().join("own");
        let compiled = std::fs::read_dir(own.join("cells")).into_iter().flatten().count();
        assert!(files(&own.join("deps")) == 0 && compiled <= 2, "{compiled} cells are compiled");
    }
    // Messages name the student's own sources, whoever built the crate.
    place.write("deep/er/student/bad.txt", ":dep part = { path = \"part\" }\n%%\npart::f(1)\n%%\npart::g(2)");
    let told = in_folder(&place, "deep/er/student", &["cells", "bad.txt"]);
    has(&told, "panicked at part/src/lib.rs:2:");
    assert!(!told.contains("teacher"), "{told}");
    // Edited, it is built again, and only it.
    place.write("deep/er/student/part/src/lib.rs", "pub fn f() -> u8 { 2 }\npub fn g<T>(_: T) {}");
    place.write("deep/er/student/good.txt", ":dep part = { path = \"part\" }\n%%\npart::f()");
    has(&in_folder(&place, "deep/er/student", &["cells", "good.txt"]), "{\"text/plain\": \"2\"}");
    assert_eq!(files(&shared), before);
}

/// Root may write to what nobody may write to; without this capability it is like any other user.
fn as_a_user(command: &std::process::Command, folder: &Path) -> Option<std::process::Command> {
    if folder.metadata().unwrap().uid() != 0 {
        return None;
    }
    let mut limited = std::process::Command::new("setpriv");
    limited.args(["--bounding-set=-dac_override,-dac_read_search", "--"]).arg(command.get_program());
    limited.args(command.get_args()).current_dir(command.get_current_dir().unwrap());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    Some(limited)
}

#[test]
fn a_shared_cache_whose_files_nobody_may_write_to_serves_every_user() {
    let place = Place::new("");
    for folder in ["teacher", "deep/er/student"] {
        course(&place, folder);
    }
    in_folder(&place, "teacher", &["warm", "--to", "../for/all/shared", "notebooks"]);
    let change = |mode: &str| {
        let shared = place.folder.path().join("for/all/shared");
        assert!(std::process::Command::new("chmod").args(["-R", mode]).arg(shared).status().unwrap().success());
    };
    change("a-w");
    let mut test = command(&place.folder.path().join("deep/er/student"), &["test", "notebooks/one.ipynb"]);
    test.env("FORWARD_PASS_CACHE", place.folder.path().join("own"));
    test.env("FORWARD_PASS_CACHE_SHARED", place.folder.path().join("for/all/shared"));
    let mut test = as_a_user(&test, place.folder.path()).unwrap_or(test);
    let told = Finished::of(test.output().unwrap());
    change("u+w");
    told.exits(0).has("ok notebooks/one.ipynb");
    let compiled = std::fs::read_dir(place.folder.path().join("own/cells")).into_iter().flatten().count();
    assert!(compiled <= 2, "{compiled} cells are compiled");
}

#[test]
fn a_shared_cache_that_others_can_write_to_is_passed_over_with_a_word() {
    let place = Place::new("1 + 1");
    course(&place, "teacher");
    let shared = place.folder.path().join("for/all/shared");
    has(&in_folder(&place, "work", &["cells", "cells.txt"]), "shared` is not used: it does not exist");
    in_folder(&place, "teacher", &["warm", "--to", "../for/all/shared", "notebooks"]);
    let told = in_folder(&place, "work", &["cells", "cells.txt"]);
    assert!(!told.contains("not used"), "{told}");
    for (folder, mode) in [("", 0o777), ("cells", 0o775)] {
        let folder = shared.join(folder);
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(mode)).unwrap();
        has(&in_folder(&place, "work", &["cells", "cells.txt"]), "shared` is not used: others than root and you");
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    has(&in_folder(&place, "teacher", &["--engine", "evcxr", "warm", "notebooks"]), "only our own engine");
    has(&in_folder(&place, "teacher", &["warm", "part"]), "nothing to warm");
}
