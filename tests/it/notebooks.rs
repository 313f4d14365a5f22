//! The chapter's notebooks: every stored output comes again, and the printed results are the book's.
//!
//! The second half needs no engine: a wrong output that was blessed by `--accept` still turns it red.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{forward_pass, rounds, words};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn notebooks() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("notebooks/en")).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "ipynb"));
    paths.sort();
    paths
}

/// All but the Korean section 8, which trains on real digits for as long as the English one.
#[test]
fn every_stored_output_of_the_chapter_comes_again() {
    every_stored_output_comes_again(&[], rounds(7, 8));
}

/// The kernel that people have in Jupyter gives the same, to the character. The Korean edition has the same code, with
/// other words in its figures: one notebook of it, and all of them in a long run.
#[cfg(feature = "evcxr")]
#[test]
fn every_stored_output_of_the_chapter_comes_again_on_evcxr() {
    every_stored_output_comes_again(&["--engine", "evcxr"], rounds(1, 8));
}

/// Of the English edition, and of so many sections of the Korean one.
fn every_stored_output_comes_again(engine: &[&str], korean: u32) {
    let mut paths = notebooks();
    let sections = paths.iter().take(korean as usize);
    let korean: Vec<PathBuf> =
        sections.map(|path| root().join("notebooks/ko").join(path.file_name().unwrap())).collect();
    paths.extend(korean);
    let names: Vec<&str> = paths.iter().map(|path| path.to_str().unwrap()).collect();
    let tested = forward_pass(root(), &[engine, &["test"], &names].concat());
    tested.exits(0);
    let told = tested.stdout;
    assert!(told.contains(&format!("{} notebooks, ", paths.len())), "{told}");
    assert_eq!(told.lines().filter(|line| line.starts_with("ok ")).count(), paths.len(), "{told}");
}

/// All text that a notebook's code cells show, in order.
fn shown(path: &Path) -> String {
    let notebook: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let text = |value: &Value| -> String {
        match value {
            Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
            value => value.as_str().unwrap_or_default().to_string(),
        }
    };
    let mut shown = String::new();
    for cell in notebook["cells"].as_array().unwrap() {
        for output in cell["outputs"].as_array().into_iter().flatten() {
            shown += &text(&output["text"]);
            shown += &text(&output["data"]["text/plain"]);
            shown += "\n";
        }
    }
    shown
}

/// The figures of a notebook, one below the other.
fn figures(path: &Path) -> String {
    let notebook: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let outputs = notebook["cells"].as_array().unwrap().iter().flat_map(|cell| cell["outputs"].as_array()).flatten();
    let lines = outputs.filter_map(|output| output["data"]["image/svg+xml"].as_array()).flatten();
    lines.filter_map(Value::as_str).collect()
}

/// What stays is a formula, a name of the mathematics, or a number.
#[test]
fn the_figures_of_the_korean_edition_have_korean_words() {
    let mut count = 0;
    for english in notebooks() {
        let korean = root().join("notebooks/ko").join(english.file_name().unwrap());
        let svg = figures(&korean);
        let left = words::english_words(&svg);
        assert!(left.is_empty(), "{}: not in the table of `src/korean.rs`: {left:?}", korean.display());
        count += words::texts(&figures(&english)).filter(|text| words::has_word(text)).count();
    }
    assert!(count > 60, "only {count} words are in the figures of the English edition");
}

/// Whether these lines stand in the text, each after the one before.
fn stand_in_order(lines: &[&str], text: &str) -> bool {
    let mut rest = text;
    lines.iter().all(|line| match rest.find(line) {
        Some(at) => {
            rest = &rest[at + line.len()..];
            true
        }
        None => false,
    })
}

#[test]
fn the_chapters_printed_results_stand_in_the_notebooks() {
    let cases = std::fs::read_to_string(root().join("tests/fixtures/chapter-cases.json")).unwrap();
    let cases: Value = serde_json::from_str(&cases).unwrap();
    let texts: Vec<String> = notebooks().iter().map(|path| shown(path)).collect();
    let mut pinned = 0;
    for case in cases.as_array().unwrap() {
        let in_source = case["in_source"] == true && case["name"] != "mnist_tf1_loader";
        if !in_source {
            continue;
        }
        let expected = case["expected_stdout"].as_str().unwrap();
        let lines: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        // Where NumPy's default integer is meant, the notebook may show either of the two forms of the same array.
        let found = texts.iter().any(|text| stand_in_order(&lines, text));
        assert!(found, "no notebook shows the result of {}:\n{expected}", case["name"]);
        pinned += 1;
    }
    assert!(pinned >= 9, "only {pinned} cases are pinned");
}

#[test]
fn a_wrong_digit_in_a_printed_result_would_be_seen() {
    let text = shown(&notebooks()[4]);
    assert!(stand_in_order(&["0.74614674"], &text));
    assert!(!stand_in_order(&["0.74614674"], &text.replace("0.74614674", "0.74614675")));
}

/// Section 3 says in words what `relu` asks; the words change with the code.
#[test]
fn the_prose_on_relu_says_what_the_code_does() {
    let code = std::fs::read_to_string(root().join("src/activation.rs")).unwrap();
    assert!(code.contains("x.each(|x| if x > X::Elem::ZERO || x.is_not_a_number() { x } else { X::Elem::ZERO })"));
    let notebook = std::fs::read_to_string(&notebooks()[2]).unwrap();
    let says = r#"asks two questions, \"is it above zero?\" and \"is it not a number?\", and lets the number through"#;
    assert!(notebook.contains(says));
}
