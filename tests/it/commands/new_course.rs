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

/// The shell commands of the course's workflow, without the one that installs Rust on GitHub's machine.
fn workflow(course: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(course.join(".github/workflows/notebooks.yml")).unwrap();
    let steps = text.split("\n      - ").filter_map(|step| step.strip_prefix("run: "));
    steps.map(|step| step.trim_start_matches("|\n").to_owned()).filter(|step| !step.starts_with("rustup ")).collect()
}

#[test]
fn the_workflow_of_a_new_course_is_green_at_its_first_push() {
    let parent = tempfile::tempdir().unwrap();
    forward_pass(parent.path(), &["new", "course"]).exits(0);
    let course = parent.path().join("course");
    let path = std::env::var("PATH").unwrap();
    for (path, words) in [
        // As the text stands: nothing says where the program comes from.
        ("/usr/bin:/bin".to_owned(), "::warning title=notebooks not tested::set FORWARD_PASS_SOURCE"),
        // As it is where the program was installed.
        (
            format!("{}:{path}", Path::new(BINARY).parent().unwrap().display()),
            "1 notebook, 5 cells run, 3 outputs compared",
        ),
    ] {
        let mut shown = String::new();
        for step in workflow(&course) {
            let mut bash = Command::new("bash");
            bash.args(["-e", "-c", &step]).current_dir(&course).env("PATH", &path).env("FORWARD_PASS_SOURCE", "");
            let output = bash.env("CI", "true").output().unwrap();
            assert!(output.status.success(), "{step}\n{}", String::from_utf8_lossy(&output.stderr));
            shown += &String::from_utf8_lossy(&output.stdout);
        }
        assert!(shown.contains(words), "{shown}");
    }
    assert!(course.join("notebooks.xml").is_file());
}

#[test]
fn what_cannot_be_a_course_is_refused_and_leaves_nothing() {
    let parent = tempfile::tempdir().unwrap();
    for (name, words) in [
        ("9lives", "error: `9lives` cannot be the name of a crate\nhelp: start with a letter"),
        ("a b", "error: `a b` cannot be the name of a crate"),
        ("self", "error: `self` is reserved by Rust\nhelp: choose another name, such as `self-course`"),
        (
            "aux",
            "error: `aux` cannot be the name of a folder on Windows\nhelp: choose another name, such as `aux-course`",
        ),
        ("Com7", "error: `Com7` cannot be the name of a folder on Windows"),
    ] {
        let told = forward_pass(parent.path(), &["new", name]);
        assert!(told.stderr.starts_with(words), "{}", told.stderr);
        assert_eq!(told.code, Some(2));
    }
    std::fs::create_dir(parent.path().join("there")).unwrap();
    let told = forward_pass(parent.path(), &["new", "there"]);
    assert_eq!(told.stderr, "error: `there` already exists\nhelp: choose another name\n");
    assert_eq!(told.code, Some(2));
    assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 1);
}
