//! `exercises` and `learn`: every exercise is proven, stands in both editions, and its solution nowhere in the chapter.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use proc_macro2::{TokenStream, TokenTree};
use serde_json::Value;

use crate::support::forward_pass;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// An exercise's file: section, id and text.
fn files() -> Vec<(usize, String, String)> {
    let entries = std::fs::read_dir(root().join("notebooks/exercises")).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let file = |path: &PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let parts: Vec<&str> = name.splitn(3, '-').collect();
        (parts[0].parse().unwrap(), parts[2].to_owned(), std::fs::read_to_string(path).unwrap())
    };
    paths.iter().map(file).collect()
}

/// The prose or the code below a heading.
fn part<'a>(text: &'a str, name: &str) -> &'a str {
    let (_, rest) = text.split_once(&format!("\n## {name}\n")).unwrap();
    let body = rest.split("\n## ").next().unwrap().trim();
    body.strip_prefix("```rust\n").and_then(|code| code.split("\n```").next()).unwrap_or(body)
}

fn source(cell: &Value) -> String {
    match &cell["source"] {
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        text => text.as_str().unwrap_or_default().to_owned(),
    }
}

/// The cells of one notebook of an edition.
fn cells(language: &str, section: usize) -> Vec<Value> {
    let entries = std::fs::read_dir(root().join("notebooks").join(language)).unwrap();
    let mut paths = entries.map(|entry| entry.unwrap().path());
    let name = format!("{section:02}-");
    let path = paths.find(|path| path.file_name().unwrap().to_string_lossy().starts_with(&name)).unwrap();
    let notebook: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    notebook["cells"].as_array().unwrap().clone()
}

#[test]
fn every_exercise_is_proven() {
    let checked = forward_pass(root(), &["exercises", "--check", "--json"]);
    let lines: Vec<Value> = checked.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for line in &lines {
        assert_eq!((&line["stub"], &line["solution"]), (&"fails".into(), &"passes".into()), "{line}");
        assert!(line["wrong_rejected"].as_u64() >= Some(3) && line["problems"].is_null(), "{line}");
    }
    let proven: Vec<(usize, String)> = lines
        .iter()
        .map(|it| (it["section"].as_u64().unwrap() as usize, it["id"].as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(proven, files().into_iter().map(|(section, id, _)| (section, id)).collect::<Vec<_>>());
    checked.exits(0);
}

#[test]
fn every_exercise_stands_in_both_editions_with_the_code_of_its_file() {
    for (section, id, text) in files() {
        for language in ["en", "ko"] {
            let cells = cells(language, section);
            let at = cells.iter().position(|cell| cell["id"] == format!("exercise-{id}"));
            let at = at.unwrap_or_else(|| panic!("{id} is missing in {language}"));
            assert!(source(&cells[at]).contains(part(&text, language)), "{language} {id}");
            let (stub, check) = (&cells[at + 1], &cells[at + 2]);
            assert_eq!(
                (stub["id"].as_str(), source(stub).as_str()),
                (Some(format!("{id}-yours").as_str()), part(&text, "stub"))
            );
            assert_eq!(
                (check["id"].as_str(), source(check).as_str()),
                (Some(format!("{id}-check").as_str()), part(&text, "check"))
            );
            assert_eq!(check["metadata"]["tags"], serde_json::json!(["exercise-check"]), "{id}");
        }
    }
}

/// The tokens of some code, one after the other; of a function only those of its body.
fn tokens(code: &str) -> Vec<String> {
    fn flat(stream: TokenStream, tokens: &mut Vec<String>) {
        for token in stream {
            match token {
                TokenTree::Group(group) => {
                    tokens.push(format!("{:?}", group.delimiter()));
                    flat(group.stream(), tokens);
                    tokens.push("end".to_owned());
                }
                other => tokens.push(other.to_string()),
            }
        }
    }
    let mut all = Vec::new();
    flat(TokenStream::from_str(code).unwrap(), &mut all);
    all
}

fn body(code: &str) -> &str {
    match code.starts_with("fn ") {
        true => code.split_once('{').and_then(|(_, rest)| rest.rsplit_once('}')).unwrap().0,
        false => code,
    }
}

#[test]
fn no_solution_stands_in_a_cell_of_the_chapter() {
    let rust = |cell: &Value| -> String {
        source(cell).lines().filter(|line| !line.starts_with(':')).map(|line| format!("{line}\n")).collect()
    };
    for section in 1..=8 {
        for cell in cells("en", section).iter().filter(|cell| cell["cell_type"] == "code") {
            let chapter = tokens(&rust(cell));
            for (_, id, text) in files() {
                let solution = tokens(body(part(&text, "solution")));
                let stands = chapter.windows(solution.len()).any(|window| window == solution);
                assert!(!stands, "the solution of {id} stands in {}", cell["id"]);
            }
        }
    }
}

#[test]
fn a_working_copy_passes_before_and_after_an_exercise_is_solved() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("mine");
    let shown = copy.display().to_string();
    forward_pass(root(), &["learn", &shown, "--lang", "en"]).exits(0);
    forward_pass(root(), &["learn", &shown]).exits(2).has("already exists");
    let notebook = copy.join("03-relu.ipynb");
    let path = notebook.display().to_string();
    forward_pass(folder.path(), &["test", &path]).exits(0);
    let text = std::fs::read_to_string(&notebook).unwrap();
    let write = |code: &str| std::fs::write(&notebook, text.replacen("todo!()", code, 1)).unwrap();
    write("x.clamp(0.0, 6.0)");
    forward_pass(folder.path(), &["test", &path]).exits(0);
    write("x.max(0.0)");
    let tested = forward_pass(folder.path(), &["test", &path]);
    assert!(tested.stdout.contains("`clipped-check` does not match its stored output"), "{}", tested.stdout);
    tested.exits(1);
}
