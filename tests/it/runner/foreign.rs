//! Notebooks that others wrote: other kernels, old forms, odd cells, crates by path; through the binary.

use serde_json::{Value, json};

use crate::support::{NotebookBuilder, forward_pass, tested};

#[test]
fn a_notebook_in_another_language_fails_or_is_left_out_by_choice() {
    let maker = NotebookBuilder::new().code("it", "println!(\"1\");", "1\n");
    maker.write();
    let python = maker.text().replace("\"language\": \"rust\"", "\"language\": \"python\"");
    std::fs::write(maker.folder.path().join("python.ipynb"), python).unwrap();
    let test = |arguments: &[&str]| forward_pass(maker.folder.path(), &[&["test"], arguments].concat());
    test(&["."]).exits(1).has("its kernel is for python; only Rust is supported").has("--foreign skip");
    test(&[".", "--foreign", "skip"])
        .exits(0)
        .has("left out python.ipynb")
        .has("1 notebook in another language skipped");
    test(&["python.ipynb", "--foreign", "skip"]).exits(4);
    let told = forward_pass(maker.folder.path(), &["run", "python.ipynb"]);
    told.exits(2).has("cannot run python.ipynb: its kernel is for python; only Rust is supported");
    let told = forward_pass(maker.folder.path(), &["export", "python.ipynb", "--to", "rs"]);
    told.exits(2).has("`python` is written in python and cannot become a Rust program");
}

#[test]
fn odd_cells_of_others_are_read_and_kept() {
    let attachment = json!({"cell_type": "markdown", "id": "a", "metadata": {},
        "attachments": {"x.png": {"image/png": "AAAA"}}, "source": ["![x](attachment:x.png)"]});
    let widget = json!({"cell_type": "code", "execution_count": 3, "id": "widget", "metadata": {},
        "source": ["println!(\"2\");"], "outputs": [{"output_type": "display_data", "metadata": {}, "data": {
            "application/vnd.jupyter.widget-view+json": {"model_id": "f00", "version_major": 2, "version_minor": 0}}}]});
    let raw = json!({"cell_type": "raw", "id": "r", "metadata": {"format": "text/latex"}, "source": ["\\LaTeX"]});
    let huge = "0123456789abcdef\n".repeat(200_000);
    let maker = NotebookBuilder::new()
        .cell(attachment)
        .cell(raw)
        .code("twin", "println!(\"1\");", "1\n")
        .code("twin", "println!(\"1\");", "0\n")
        .code("huge", "print!(\"{}\", \"0123456789abcdef\\n\".repeat(200_000));", &huge)
        .cell(widget);
    let told = tested(&maker, &[]);
    told.exits(1).has("`twin#2` does not match").has("`widget` does not match").has("widget-view+json");
    assert!(!told.stdout.contains("`twin` shows") && !told.stdout.contains("`huge`"), "{}", told.stdout);
    forward_pass(maker.folder.path(), &["test", "made.ipynb", "--accept", "--filter", "twin#2"]).exits(0);
    let stored = std::fs::read_to_string(maker.folder.path().join("made.ipynb")).unwrap();
    assert_eq!(stored, maker.text().replace("\"0\\n\"", "\"1\\n\""));
}

#[test]
fn every_minor_form_is_read_and_none_is_changed() {
    let cell = |id: bool| {
        let mut cell = json!({"cell_type": "code", "execution_count": null, "metadata": {}, "source": "println!(\"1\");",
            "outputs": [{"name": "stdout", "output_type": "stream", "text": "1\n"}]});
        if id {
            cell["id"] = json!("it");
        }
        cell
    };
    let folder = tempfile::tempdir().unwrap();
    for minor in 0..=5 {
        let notebook: Value =
            json!({"metadata": {}, "nbformat": 4, "nbformat_minor": minor, "cells": [cell(minor == 5)]});
        std::fs::write(folder.path().join(format!("{minor}.ipynb")), notebook.to_string()).unwrap();
    }
    let read = || (0..=5).map(|minor| std::fs::read(folder.path().join(format!("{minor}.ipynb"))).unwrap());
    let before: Vec<Vec<u8>> = read().collect();
    forward_pass(folder.path(), &["test", ".", "--accept"])
        .exits(0)
        .has("6 notebooks, 6 cells run, 6 outputs compared");
    assert_eq!(before, read().collect::<Vec<_>>());
    for (text, words) in [
        ("{\"nbformat\": 3, \"worksheets\": []}", "help: upgrade it with `jupyter nbconvert"),
        ("{\"nbformat\": 5, \"cells\": []}", "nbformat 5 is not supported, only 4 is"),
        ("{\"cells\": []}", "not a notebook: `nbformat` is missing"),
        ("{\"nbformat\": 4,", "it is not JSON"),
    ] {
        std::fs::write(folder.path().join("bad.ipynb"), text).unwrap();
        forward_pass(folder.path(), &["test", "bad.ipynb"]).exits(1).has(words);
    }
}

#[test]
fn a_crate_by_path_is_found_from_the_notebooks_folder() {
    let maker = NotebookBuilder::new().code(
        "it",
        ":dep answer = { path = \"crates/answer\" }\nprintln!(\"{}\", answer::ANSWER);",
        "42\n",
    );
    let krate = maker.folder.path().join("course/crates/answer");
    std::fs::create_dir_all(krate.join("src")).unwrap();
    std::fs::write(krate.join("Cargo.toml"), "[package]\nname = \"answer\"\nversion = \"0.1.0\"\nedition = \"2024\"\n")
        .unwrap();
    std::fs::write(krate.join("src/lib.rs"), "pub const ANSWER: i32 = 42;\n").unwrap();
    maker.write_as("course/made.ipynb");
    let test = || forward_pass(maker.folder.path(), &["test", "course/made.ipynb"]);
    test().exits(0);
    std::fs::write(krate.join("src/lib.rs"), "pub const ANSWER: i32 = 43;\n").unwrap();
    test().exits(1).has("42 became 43");
}

/// Notebooks as others write them, with what real Jupyter on the stock kernel stored: wherever that kernel shows
/// something, the same comes here, to the character. What it calls *ok* although Rust failed is red, and what it
/// refuses is refused.
#[test]
fn what_real_jupyter_stored_for_notebooks_of_others_comes_here_too() {
    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/foreign");
    let folder = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(&fixtures).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    let told = forward_pass(folder.path(), &["--engine", "own", "test", ".", "--format", "json"]);
    let report: Value = serde_json::from_str(&told.stdout).unwrap_or_else(|_| panic!("{}{}", told.stdout, told.stderr));
    let mut red = Vec::new();
    for notebook in report["notebooks"].as_array().unwrap() {
        for cell in notebook["cells"].as_array().unwrap().iter().filter(|cell| cell["verdict"] != "passed") {
            let name = |value: &Value| value.as_str().unwrap().trim_end_matches(".ipynb").to_owned();
            red.push(format!("{} {} {}", name(&notebook["path"]), name(&cell["id"]), name(&cell["verdict"])));
        }
    }
    let expected = [
        "07-errors cell-6 returned-error",
        "07-errors cell-7 panicked",
        "07-errors cell-9 compile-error",
        // A variable of it borrows: the stock kernel refuses the cell, and stored nothing; so in c3 and c32 below.
        "12-types c11 output-changed",
        // The stock kernel does not compile this one, and should: `catch_unwind` in a `let`.
        "13-output c10 output-changed",
        "13-output c20 panicked",
        "13-output c22 returned-error",
        "14-life c2 compile-error",
        "14-life c3 output-changed",
        // A static of an earlier cell keeps its value here, and starts again there.
        "14-life c29 output-changed",
        "14-life c32 output-changed",
    ];
    assert_eq!(red, expected, "{:#}", report["notebooks"]);
    assert_eq!(report["summary"]["cells_run"], 134);
    assert!(report["summary"]["outputs_compared"].as_u64() > Some(120));
}
