//! The editions of the chapter hold the same code and outputs, and the glossary tells the truth about both.
//!
//! No cell is run here: `notebooks` does that.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Finished, forward_pass};

fn own_notebooks() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("notebooks")
}

/// The exit code of `forward-pass edition ...` on these notebooks, and what it said.
fn edition(notebooks: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let arguments = [&["edition"], arguments, &["--notebooks", notebooks.to_str().unwrap()]].concat();
    let Finished { stdout, stderr, code } = forward_pass(Path::new("."), &arguments);
    (code, stdout + &stderr)
}

/// A copy of one section in both languages, to be damaged.
fn copy() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for language in ["en", "ko"] {
        std::fs::create_dir(folder.path().join(language)).unwrap();
        let name = Path::new(language).join("03-relu.ipynb");
        std::fs::copy(own_notebooks().join(&name), folder.path().join(&name)).unwrap();
    }
    folder
}

fn replace(folder: &Path, name: &str, from: &str, to: &str) {
    let path = folder.join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{name} has no `{from}`");
    std::fs::write(path, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn the_editions_agree() {
    assert_eq!(edition(&own_notebooks(), &["check"]), (Some(0), "en and ko agree\n".into()));
}

#[test]
fn a_changed_code_cell_of_one_edition_is_red_until_it_is_carried_over() {
    let folder = copy();
    replace(folder.path(), "en/03-relu.ipynb", "v.max(0.0)", "v.max(0.5)");
    let (code, told) = edition(folder.path(), &["check"]);
    assert_eq!(code, Some(1));
    assert!(told.starts_with("ko/03-relu.ipynb: `my-relu` differs\nhelp: "), "{told}");
    let (code, told) = edition(folder.path(), &["sync"]);
    assert_eq!(code, Some(0));
    assert!(told.starts_with("ko/03-relu.ipynb: code and outputs copied from en\n"), "{told}");
    assert_eq!(edition(folder.path(), &["check"]), (Some(0), "en and ko agree\n".into()));
    let korean = std::fs::read_to_string(folder.path().join("ko/03-relu.ipynb")).unwrap();
    assert!(korean.contains("v.max(0.5)") && korean.contains("한 번만 꺾이면"));
    // What chooses the language of figures stays, and so do the figures.
    assert!(korean.contains("prelude::ko::*;") && korean.contains("aria-label=\\\"활성화 함수"));
}

#[test]
fn an_output_that_only_one_edition_stores_is_red() {
    let folder = copy();
    replace(folder.path(), "ko/03-relu.ipynb", "4.9])", "4.8])");
    let (code, told) = edition(folder.path(), &["check"]);
    assert_eq!(code, Some(1));
    assert!(told.starts_with("ko/03-relu.ipynb: `relu-arange` differs\n"), "{told}");
}

#[test]
fn prose_whose_original_changed_is_named_until_somebody_settles_it() {
    let folder = copy();
    replace(folder.path(), "en/03-relu.ipynb", "What is the least bend", "What is the smallest bend");
    let stale = "ko/03-relu.ipynb: `title`: the original has changed\n";
    let (code, told) = edition(folder.path(), &["check"]);
    assert_eq!(code, Some(1));
    assert!(told.starts_with(stale), "{told}");
    assert!(edition(folder.path(), &["sync"]).1.starts_with(stale));
    assert_eq!(edition(folder.path(), &["settle", "title"]), (Some(0), "1 prose cell confirmed\n".into()));
    assert_eq!(edition(folder.path(), &["check"]).0, Some(0));
}

#[test]
fn what_cannot_be_done_is_said() {
    let folder = copy();
    let cases: [(&[&str], &str); 3] = [
        (
            &["settle", "titel"],
            "error: no translated prose cell is called `titel`\nhelp: `edition check` lists the stale ones\n",
        ),
        (
            &["sync", "--to", "en"],
            "error: `en` and `en` are the same edition\nhelp: name two, as in `--from en --to ko`\n",
        ),
        (&["sync", "--from", "fr"], "error: cannot read the folder "),
    ];
    for (arguments, expected) in cases {
        let (code, told) = edition(folder.path(), arguments);
        assert_eq!(code, Some(3), "{told}");
        assert!(told.starts_with(expected), "{told}");
    }
}

/// The prose of each section, in lower case, without code and without the link to the next section.
fn prose(language: &str) -> Vec<String> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(own_notebooks().join(language)).unwrap().map(|it| it.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "ipynb"));
    paths.sort();
    paths.iter().map(|path| prose_of(&std::fs::read_to_string(path).unwrap())).collect()
}

fn prose_of(notebook: &str) -> String {
    let notebook: Value = serde_json::from_str(notebook).unwrap();
    let cells = notebook["cells"].as_array().unwrap().iter().filter(|cell| cell["cell_type"] == "markdown");
    let lines = cells.flat_map(|cell| cell["source"].as_array().unwrap()).map(|line| line.as_str().unwrap());
    let mut fenced = false;
    let mut kept = String::new();
    for line in lines {
        fenced ^= line.starts_with("```");
        if !fenced && !line.starts_with("Next:") && !line.starts_with("다음:") {
            let plain = line.split('`').step_by(2).collect::<Vec<_>>().join(" ");
            kept += &plain.to_lowercase();
            kept.push('\n');
        }
    }
    kept
}

#[test]
fn every_term_of_the_glossary_first_appears_where_it_says_in_both_languages() {
    let glossary = std::fs::read_to_string(own_notebooks().join("glossary.md")).unwrap();
    let rows: Vec<Vec<&str>> = glossary
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| English"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    assert!(rows.len() > 30, "{} terms", rows.len());
    let (english, korean) = (prose("en"), prose("ko"));
    for row in rows {
        let [en, ko, section, what, meaning] = row[..] else { panic!("{row:?} has not five columns") };
        assert!(!what.is_empty() && !meaning.is_empty(), "{en}");
        for (term, sections) in [(en, &english), (ko, &korean)] {
            let first = sections.iter().position(|prose| prose.contains(&term.to_lowercase()));
            assert_eq!(first.map(|at| at + 1), section.parse().ok(), "`{term}` first appears elsewhere");
        }
    }
}

/// What a page tells its reader to type: the lines of its fenced blocks of commands and of its recipe.
fn commands(page: &str) -> Vec<String> {
    let text = std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(page)).unwrap();
    let blocks = text.split("```").skip(1).step_by(2);
    let typed = blocks.filter(|block| block.starts_with("console") || block.starts_with("yaml"));
    let inline = text.split('`').filter(|word| word.starts_with("cargo ") || word.starts_with("forward-pass "));
    typed.flat_map(str::lines).chain(inline).map(str::to_owned).collect()
}

#[test]
fn both_readmes_tell_the_same_commands() {
    assert_eq!(commands("README.md"), commands("README.ko.md"));
    assert!(commands("README.md").iter().any(|line| line == "$ cargo run -- repl"));
}
