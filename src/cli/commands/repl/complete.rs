//! What Tab offers at the prompt: commands and their arguments; for anything else, Rust.
//!
//! It never asks the session, so it never blocks.

use super::command::ENTRIES;
use super::place::Place;
use super::work::Work;
use crate::cli::syntax::complete::{self, Names, beginning};

/// The names that Tab can offer; updated between two lines.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    pub rust: Names,
    /// Section names and cell ids.
    pub places: Vec<String>,
    /// The glossary's terms, in both languages.
    pub terms: Vec<String>,
}

/// The languages of the chapter.
const LANGUAGES: [&str; 2] = ["en", "ko"];

/// What completion and help know of the session; nothing while it is busy.
pub fn names(work: &mut Work, place: &Place) -> Names {
    let folder = std::env::current_dir().unwrap_or_default();
    work.definitions().names(|| work.code_so_far(place), &folder)
}

/// Where the word to complete begins, and its completions.
pub fn complete(typed: &str, candidates: &Candidates) -> (usize, Vec<String>) {
    let Candidates { rust, places, terms } = candidates;
    let offer = |word: &str, names: &mut dyn Iterator<Item = &str>| (typed.len() - word.len(), beginning(word, names));
    if let Some(place) = argument(typed, &[":goto ", ":g ", ":cells "]) {
        return offer(place, &mut places.iter().map(String::as_str));
    }
    if let Some(name) = argument(typed, &[":edit ", ":e "]) {
        let names = rust.items.iter().chain(rust.variables.iter().map(|(name, _)| name)).chain(places);
        return offer(name, &mut names.map(String::as_str));
    }
    if let Some(name) = argument(typed, &[":doc ", ":source "]) {
        return offer(name, &mut rust.library.iter().map(String::as_str));
    }
    if let Some(word) = argument(typed, &[":term "]) {
        return offer(word, &mut terms.iter().map(String::as_str));
    }
    if let Some(word) = argument(typed, &[":lang "]) {
        return offer(word, &mut LANGUAGES.into_iter());
    }
    if let Some(word) = argument(typed, &[":help "]) {
        return offer(word, &mut ENTRIES.iter().map(|entry| entry.name));
    }
    if typed.starts_with(':') && !typed.contains(char::is_whitespace) {
        let commands: Vec<String> = ENTRIES.iter().map(|entry| format!(":{}", entry.name)).collect();
        return offer(typed, &mut commands.iter().map(String::as_str));
    }
    let (at, found) = complete::complete(typed, rust);
    (at, found.into_iter().map(|one| one.name).collect())
}

fn argument<'a>(typed: &'a str, commands: &[&str]) -> Option<&'a str> {
    commands.iter().find_map(|command| typed.strip_prefix(command)).map(str::trim_start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_command_has_its_own_names() {
        let text = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let rust = Names {
            variables: vec![("my_value".into(), "Array1<f64>".into())],
            items: text(&["my_step"]),
            library: text(&["Network", "Network::forward", "sigmoid", "softmax"]),
            sources: text(&["fn my_step() {}"]),
            ..Names::default()
        };
        let places = text(&["sigmoid", "softmax", "softmax-overflow"]);
        let candidates = Candidates { rust, places, terms: text(&["bias", "편향"]) };
        let cases: [(&str, usize, &[&str]); 10] = [
            (":edit my_", 6, &["my_step", "my_value"]),
            (":go", 0, &[":goto"]),
            (":goto so", 6, &["softmax", "softmax-overflow"]),
            (":cells sig", 7, &["sigmoid"]),
            (":doc sig", 5, &["sigmoid"]),
            (":source Network::f", 8, &["Network::forward"]),
            (":term 편", 6, &["편향"]),
            (":lang k", 6, &["ko"]),
            (":help go", 6, &["goto"]),
            ("let y = my_", 8, &["my_value", "my_step"]),
        ];
        for (typed, at, offered) in cases {
            assert_eq!(complete(typed, &candidates), (at, text(offered)), "{typed}");
        }
    }
}
