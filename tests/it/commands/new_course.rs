//! `new` through the binary: the course is green as it stands, and red as soon as something is wrong in it.

use std::path::Path;
use std::process::Command;

use crate::support::{BINARY, forward_pass};

fn replace(file: &Path, old: &str, new: &str) {
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.contains(old), "{old} is not in {}", file.display());
    std::fs::write(file, text.replace(old, new)).unwrap();
}

#[test]
fn a_new_course_is_green_and_turns_red_where_it_says() {
    let parent = tempfile::tempdir().unwrap();
    let told = forward_pass(parent.path(), &["new", "night-hours"]);
    told.exits(0).has("night-hours is a course of one section").has("forward-pass test");
    let course = parent.path().join("night-hours");
    // Without a path, `test` takes the notebooks of the project that one stands in.
    forward_pass(&course, &["test"]).exits(0).has("1 notebook, 5 cells run, 3 outputs compared");
    let cargo = || {
        let mut cargo = Command::new(env!("CARGO"));
        let cargo = cargo.args(["test", "--quiet", "--offline"]).current_dir(&course).env_remove("CARGO_TARGET_DIR");
        cargo.env("FORWARD_PASS", BINARY).output().unwrap()
    };
    let output = cargo();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    replace(&course.join("src/lib.rs"), "sum / numbers.len() as f64", "sum / 2.0");
    forward_pass(&course, &["test"]).exits(1).has("`compare-code`").has("Some(20.0) None");
    assert!(!cargo().status.success(), "`cargo test` of the course does not see what `forward-pass test` sees");
}

#[test]
fn what_cannot_be_a_course_is_refused_and_leaves_nothing() {
    let parent = tempfile::tempdir().unwrap();
    for (name, words) in [
        ("9lives", "error: `9lives` cannot be the name of a crate\nhelp: start with a letter"),
        ("a b", "error: `a b` cannot be the name of a crate"),
        ("self", "error: `self` is reserved by Rust\nhelp: choose another name, such as `self-course`"),
    ] {
        let told = forward_pass(parent.path(), &["new", name]);
        assert!(told.stderr.starts_with(words), "{}", told.stderr);
        assert_eq!(told.code, Some(2));
    }
    std::fs::create_dir(parent.path().join("there")).unwrap();
    let told = forward_pass(parent.path(), &["new", "there"]);
    assert_eq!(told.stderr, "error: `there` already exists\nhelp: choose another name\n");
    assert_eq!(told.code, Some(3));
    assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 1);
}
