//! Editions of one notebook: code that is the same runs once, and what each of them stores is compared; through the
//! binary.

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Finished, NotebookBuilder, forward_pass};

/// A cell that tells on disk, beside the editions' folders, how often it ran.
const COUNTS: &str = "use std::io::Write;\n\
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(\"../ran\").unwrap();\n\
    writeln!(file, \"ran\").unwrap();\nprintln!(\"{}\", 6 * 7);";

fn edition(prose: &str, stored: &str) -> NotebookBuilder {
    let prose = json!({"cell_type": "markdown", "id": "title", "metadata": {}, "source": [prose]});
    NotebookBuilder::new().cell(prose).code("product", COUNTS, stored).code("next", "println!(\"7\");", "7\n")
}

fn course(editions: &[(&str, NotebookBuilder)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, maker) in editions {
        std::fs::create_dir(folder.path().join(name)).unwrap();
        std::fs::write(folder.path().join(name).join("01.ipynb"), maker.text()).unwrap();
    }
    folder
}

fn test(folder: &Path, arguments: &[&str]) -> Finished {
    forward_pass(folder, &[&["--engine", "own", "test", "."], arguments].concat())
}

fn runs(folder: &Path) -> usize {
    std::fs::read_to_string(folder.join("ran")).unwrap_or_default().lines().count()
}

#[test]
fn shared_code_runs_once_and_both_stored_outputs_are_compared() {
    let folder = course(&[("en", edition("# Product", "42\n")), ("ko", edition("# 곱", "42\n"))]);
    test(folder.path(), &[])
        .exits(0)
        .has("ok en/01.ipynb (2 cells, ")
        .has("ok ko/01.ipynb (2 cells, shared with en/01.ipynb, run once)")
        .has("2 notebooks, 2 cells run, 4 outputs compared, 2 cells shared between editions and run once");
    assert_eq!(runs(folder.path()), 1);
    let report: Value = serde_json::from_str(&test(folder.path(), &["--format", "json"]).stdout).unwrap();
    assert_eq!(report["notebooks"][0]["shared_with"], Value::Null);
    assert_eq!(report["notebooks"][1]["shared_with"], "en/01.ipynb");
    assert_eq!((&report["summary"]["cells_run"], &report["summary"]["cells_shared"]), (&json!(2), &json!(2)));
}

#[test]
fn an_output_that_only_one_edition_has_wrong_is_red_there_alone() {
    let folder = course(&[("en", edition("# Product", "42\n")), ("ko", edition("# 곱", "43\n"))]);
    let told = test(folder.path(), &[]);
    told.exits(1).has("ok en/01.ipynb").has("FAILED ko/01.ipynb").has("`product` does not match").has("43 became 42");
    test(folder.path(), &["--accept"]).exits(0).has("accepted ko/01.ipynb");
    let korean = std::fs::read_to_string(folder.path().join("ko/01.ipynb")).unwrap();
    assert_eq!(korean, edition("# 곱", "42\n").text());
}

/// Whatever could make a second run differ has both run.
#[test]
fn editions_that_differ_run_apart() {
    let english = || edition("# Product", "42\n");
    let other = |from: &str, to: &str| {
        let folder = course(&[("en", english()), ("ko", english())]);
        let path = folder.path().join("ko/01.ipynb");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{text}");
        std::fs::write(path, text.replace(from, to)).unwrap();
        folder
    };
    for (folder, code) in [
        // One edition's code is changed, and its output is no longer what it stores.
        (other("6 * 7", "6 * 8"), 1),
        // The other cell is.
        (other("println!(\\\"7\\\")", "println!(\\\"{}\\\", 7)"), 0),
        (other("\"id\": \"next\"", "\"id\": \"later\""), 0),
        (
            other(
                "\"id\": \"next\",\n   \"metadata\": {}",
                "\"id\": \"next\",\n   \"metadata\": {\"forward_pass\": {\"run_timeout\": \"9\"}}",
            ),
            0,
        ),
        (
            other(
                "\"id\": \"next\",\n   \"metadata\": {}",
                "\"id\": \"next\",\n   \"metadata\": {\"tags\": [\"should_panic\"]}",
            ),
            1,
        ),
    ] {
        let told = test(folder.path(), &[]);
        told.exits(code);
        assert!(!told.stdout.contains("shared"), "{}", told.stdout);
        assert_eq!(runs(folder.path()), 2, "{}", told.stdout);
    }
    // A folder that holds what a cell may read; another name; not side by side.
    for path in ["ko/digits.csv", "en/digits.csv"] {
        let folder = course(&[("en", english()), ("ko", english())]);
        std::fs::write(folder.path().join(path), "1").unwrap();
        test(folder.path(), &[]).exits(0);
        assert_eq!(runs(folder.path()), 2, "{path}");
    }
    let folder = course(&[("en", english()), ("ko", english())]);
    std::fs::rename(folder.path().join("ko/01.ipynb"), folder.path().join("ko/02.ipynb")).unwrap();
    test(folder.path(), &[]).exits(0);
    assert_eq!(runs(folder.path()), 2);
}

#[test]
fn a_setting_that_only_compares_holds_for_its_own_edition() {
    let folder = course(&[("en", edition("# Product", "42\n")), ("ko", edition("# 곱", "[...]\n"))]);
    std::fs::write(folder.path().join("ko/forward-pass.toml"), "ellipsis = \"[...]\"\n").unwrap();
    test(folder.path(), &[]).exits(0).has("shared with en/01.ipynb").has("1 output covered by a gap");
    assert_eq!(runs(folder.path()), 1);
}

/// What kept the first edition from running to its end keeps nothing from the second: it runs by itself.
#[test]
fn an_edition_that_did_not_run_to_its_end_is_not_the_judge_of_another() {
    let made =
        || edition("# P", "42\n").code("dies", "std::process::exit(3);", "").code("last", "println!(\"8\");", "8\n");
    let folder = course(&[("en", made()), ("ko", made())]);
    let told = test(folder.path(), &[]);
    told.exits(1).has("FAILED en/01.ipynb").has("FAILED ko/01.ipynb").has("2 cells not run");
    assert_eq!(runs(folder.path()), 2);
    std::fs::remove_file(folder.path().join("ran")).unwrap();
    test(folder.path(), &["--fail-fast"]).exits(1).has("not run ko/01.ipynb");
    assert_eq!(runs(folder.path()), 1);
}
