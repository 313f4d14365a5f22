//! The ids of headings, as GitHub makes them from their text.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use regex::Regex;

/// The ids of a page so far.
#[derive(Debug, Default)]
pub struct Anchors {
    used: HashSet<String>,
    /// How often each text came.
    repeats: HashMap<String, usize>,
}

impl Anchors {
    /// The id of the next heading: a second one of the same text ends in `-1`.
    pub fn add(&mut self, heading: &str) -> String {
        let plain = slug(heading);
        let mut id = plain.clone();
        while self.used.contains(&id) {
            let repeats = self.repeats.entry(plain.clone()).or_default();
            *repeats += 1;
            id = format!("{plain}-{repeats}");
        }
        self.used.insert(id.clone());
        id
    }

    pub fn has(&self, id: &str) -> bool {
        self.used.contains(id)
    }

    /// The heading that an anchor of Jupyter means: there, capital letters and punctuation stay.
    pub fn find(&self, anchor: &str) -> Option<String> {
        Some(slug(anchor)).filter(|id| !self.has(anchor) && self.has(id))
    }
}

/// In lower case, with hyphens for spaces, and without punctuation.
pub fn slug(heading: &str) -> String {
    static PUNCTUATION: OnceLock<Regex> = OnceLock::new();
    let punctuation =
        PUNCTUATION.get_or_init(|| Regex::new(r"[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\- ]").expect("the pattern is valid"));
    punctuation.replace_all(&heading.trim().to_lowercase(), "").replace(' ', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_of_github() {
        let mut anchors = Anchors::default();
        let cases = [
            ("The Step Function", "the-step-function"),
            ("The step function", "the-step-function-1"),
            ("the-step-function-1", "the-step-function-1-1"),
            ("The step function!", "the-step-function-2"),
            ("2. Sigmoid: `exp(-x)` & more", "2-sigmoid-exp-x--more"),
            ("한글 제목 — 둘", "한글-제목--둘"),
            ("snake_case, CamelCase?", "snake_case-camelcase"),
            ("Élan Überschrift ½", "élan-überschrift-"),
            ("???", ""),
            ("!!!", "-1"),
            ("日本語 テスト", "日本語-テスト"),
        ];
        for (heading, id) in cases {
            assert_eq!(anchors.add(heading), id, "{heading}");
        }
        assert_eq!(anchors.find("The-Step-Function"), Some("the-step-function".into()));
        assert_eq!(anchors.find("the-step-function"), None);
        assert_eq!(anchors.find("nowhere"), None);
    }
}
