//! Broken input for property tests: text of this project with random edits.
//!
//! 256 inputs for each property; `PROPTEST_CASES=100000` makes more.

use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;

/// A random change to a text.
#[derive(Clone, Debug)]
pub enum Edit {
    Truncate(Index),
    Remove(Index, usize),
    Repeat(Index, usize),
    Insert(Index, String),
}

/// One to four edits; they insert characters, tokens, and pieces of other texts.
pub fn edits(tokens: &'static [&'static str], others: Vec<String>) -> impl Strategy<Value = Vec<Edit>> {
    let piece = |(text, from, length): (String, Index, usize)| text[near(&text, &from, length)].to_string();
    let tokens = select(tokens).prop_map(str::to_string);
    let others = if others.is_empty() { vec![String::new()] } else { others };
    let inserted = prop_oneof![
        2 => tokens,
        1 => (select(others), any::<Index>(), 0..400_usize).prop_map(piece),
        1 => any::<char>().prop_map(String::from),
        1 => "[ -~]",
    ];
    let edit = prop_oneof![
        1 => any::<Index>().prop_map(Edit::Truncate),
        1 => (any::<Index>(), 0..24_usize).prop_map(|(at, length)| Edit::Remove(at, length)),
        1 => (any::<Index>(), 0..24_usize).prop_map(|(at, length)| Edit::Repeat(at, length)),
        5 => (any::<Index>(), inserted).prop_map(|(at, text)| Edit::Insert(at, text)),
    ];
    vec(edit, 1..=4)
}

/// The text after all edits.
pub fn edited(text: &str, edits: &[Edit]) -> String {
    let mut text = text.to_string();
    for edit in edits {
        match edit {
            Edit::Truncate(at) => text.truncate(near(&text, at, 0).start),
            Edit::Remove(at, length) => text.replace_range(near(&text, at, *length), ""),
            Edit::Repeat(at, length) => {
                let range = near(&text, at, *length);
                let piece = text[range.clone()].to_owned();
                text.insert_str(range.start, &piece);
            }
            Edit::Insert(at, new) => text.insert_str(near(&text, at, 0).start, new),
        }
    }
    text
}

/// About so many bytes from this place on.
fn near(text: &str, at: &Index, length: usize) -> std::ops::Range<usize> {
    let start = text.floor_char_boundary(at.index(text.len() + 1));
    start..text.floor_char_boundary(start + length)
}

/// Up to so many of these pieces in a row.
pub fn pieced(pieces: &'static [&'static str], most: usize) -> impl Strategy<Value = String> {
    vec(select(pieces), 0..=most).prop_map(|pieces| pieces.concat())
}

fn files(folder: &str, ending: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a folder that can be read").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|its| its == ending));
    paths.sort();
    paths.iter().map(|path| std::fs::read_to_string(path).expect("a file of this project")).collect()
}

/// The notebooks of the chapter and of the zoo, as JSON.
pub fn notebooks() -> Vec<Value> {
    let texts = ["notebooks/en", "notebooks/ko", "tests/fixtures/zoo"].map(|folder| files(folder, "ipynb")).concat();
    assert!(texts.len() > 40, "only {} notebooks", texts.len());
    texts.iter().map(|text| serde_json::from_str(text).expect("a notebook is JSON")).collect()
}

/// All code of the notebooks, and of the cells on which the engines are compared.
pub fn snippets() -> Vec<String> {
    let text = |value: &Value| match value {
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        value => value.as_str().unwrap_or_default().to_string(),
    };
    let cells = notebooks().into_iter().flat_map(|notebook| notebook["cells"].as_array().cloned().unwrap_or_default());
    let mut all: Vec<String> =
        cells.filter(|cell| cell["cell_type"] == "code").map(|cell| text(&cell["source"])).collect();
    let is_code = |block: &&str| !block.starts_with("=>") && !block.starts_with("##") && !block.trim().is_empty();
    for suite in files("tests/fixtures/engines", "cells") {
        let blocks = suite.split("\n\n").filter(is_code);
        all.extend(blocks.map(|block| block.split("\n=>").next().unwrap_or(block).to_string()));
    }
    all.sort();
    all.dedup();
    assert!(all.len() > 300, "only {} snippets", all.len());
    all
}
