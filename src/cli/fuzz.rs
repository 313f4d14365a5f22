//! Broken input for tests: real text of this project, cut, mixed and overwritten by seeded chance.
//!
//! A few thousand rounds each time; `FORWARD_PASS_FUZZ=1000000` makes it a million.

use std::path::Path;

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};
use serde_json::Value;

/// How many inputs a test makes.
pub fn rounds() -> usize {
    std::env::var("FORWARD_PASS_FUZZ").ok().and_then(|count| count.parse().ok()).unwrap_or(3_000)
}

/// Seeded chance: the same inputs every time.
pub struct Chance(Pcg64Mcg);

impl Chance {
    pub fn new(seed: u64) -> Chance {
        Chance(Pcg64Mcg::seed_from_u64(seed))
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.0.next_u64() % limit.max(1) as u64) as usize
    }

    pub fn byte(&mut self) -> u8 {
        self.0.next_u64() as u8
    }

    pub fn of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// A place between two characters.
    pub fn place(&mut self, text: &str) -> usize {
        let mut at = self.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    /// One to four changes: a piece goes, comes twice, comes from elsewhere, or a character becomes another.
    pub fn broken(&mut self, text: &str, others: &[String], tokens: &[&str]) -> String {
        let mut text = text.to_string();
        for _ in 0..=self.below(4) {
            let (a, b) = (self.place(&text), self.place(&text));
            let (from, to) = (a.min(b), a.max(b));
            match self.below(8) {
                0 => text.truncate(from),
                1 => text.replace_range(from..to.min(self.near(&text, from)), ""),
                2 => {
                    let piece = text[from..self.near(&text, from)].to_string();
                    text.insert_str(from, &piece);
                }
                3 if !others.is_empty() => {
                    let other = self.of(others);
                    let (a, b) = (self.place(other), self.place(other));
                    text.insert_str(from, &other[a.min(b)..a.max(b)]);
                }
                4 => text.insert(from, char::from_u32(self.below(0x3000) as u32).unwrap_or('\u{feff}')),
                5 => text.insert(from, char::from(32 + self.below(95) as u8)),
                _ => text.insert_str(from, self.of::<&str>(tokens)),
            }
        }
        text
    }

    /// The end of a short piece that begins here.
    fn near(&mut self, text: &str, from: usize) -> usize {
        let mut to = (from + self.below(24)).min(text.len());
        while !text.is_char_boundary(to) {
            to -= 1;
        }
        to.max(from)
    }
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
    let suites = files("tests/fixtures/engines", "cells").into_iter();
    all.extend(suites.flat_map(|file| {
        let blocks: Vec<String> = file.split("\n\n").filter(is_code).map(before_the_answer).collect();
        blocks
    }));
    all.sort();
    all.dedup();
    assert!(all.len() > 300, "only {} snippets", all.len());
    all
}

fn before_the_answer(block: &str) -> String {
    block.split("\n=>").next().unwrap_or(block).to_string()
}
