//! Crates that begin anew after a crash, because their threads ended with the process: what that costs.
//!
//! The process has dropped the variables whose types name such a crate. Here, types of the user's own are looked into.

use std::collections::BTreeSet;

use super::super::process::Restarted;
use super::super::state::{Key, State, StoredItem};

/// The variables of the user's own types that may hold a thread of these crates.
pub fn holders(state: &State, crates: &[String]) -> Vec<String> {
    let is_kin = |word: &String| crates.iter().any(|one| is_of_family(word, one));
    let has_glob = state.items.iter().any(|item| item.key == Key::Glob && item.words.iter().any(is_kin));
    let may_hold = |types: BTreeSet<String>| {
        let (reached, is_own) = reached(state, types);
        is_own && (has_glob || reached.iter().any(is_kin))
    };
    let all = state.variables.iter().filter(|(_, variable)| may_hold(variable.type_text.names().0));
    all.map(|(name, _)| name.clone()).collect()
}

/// Everything that these names lead to, and whether a type of the user's own is among it.
fn reached(state: &State, mut names: BTreeSet<String>) -> (BTreeSet<String>, bool) {
    let mut seen = vec![false; state.items.len()];
    loop {
        let before = seen.clone();
        for (item, seen) in state.items.iter().zip(&mut seen) {
            if !*seen && item.names.iter().any(|(_, name)| names.contains(name)) {
                *seen = true;
                names.extend(item.words.iter().cloned());
            }
        }
        if seen == before {
            let is_import = |item: &StoredItem| item.text.trim_start_matches("pub ").starts_with("use ");
            let is_own = state.items.iter().zip(seen).any(|(item, seen)| seen && !is_import(item));
            return (names, is_own);
        }
    }
}

/// `rayon` shows what `rayon_core` makes.
fn is_of_family(word: &str, name: &str) -> bool {
    let begins = |long: &str, short: &str| long.strip_prefix(short).is_some_and(|rest| rest.starts_with('_'));
    word == name || begins(word, name) || begins(name, word)
}

/// What the user has to know.
pub fn note(restarted: &Restarted) -> String {
    let quoted = |names: &[String]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let mut note = format!(
        "the crates start again without their state (loggers, pools, caches): threads of {} ended with the \
         process",
        quoted(&restarted.crates)
    );
    if !restarted.variables.is_empty() {
        note.push_str(&format!("; dropped, as they may wait for such a thread: {}", quoted(&restarted.variables)));
    }
    note
}

/// The note that statics start anew.
pub fn note_statics(names: &BTreeSet<String>, why: &str) -> Option<String> {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match &quoted[..] {
        [] => None,
        [one] => Some(format!("the static {one} starts again with its first value: {why}")),
        all => Some(format!("the statics {} start again with their first values: {why}", all.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_is_of_the_family_of_its_core() {
        for (word, name, expected) in [
            ("rayon", "rayon_core", true),
            ("rayon_core", "rayon_core", true),
            ("tokio_util", "tokio", true),
            ("ray", "rayon_core", false),
            ("ndarray", "rayon_core", false),
        ] {
            assert_eq!(is_of_family(word, name), expected, "{word} {name}");
        }
    }

    #[test]
    fn the_note_names_crates_and_variables() {
        let restarted = Restarted { crates: vec!["rayon_core".into()], variables: vec!["a".into(), "b".into()] };
        let expected = "the crates start again without their state (loggers, pools, caches): threads of `rayon_core` \
                        ended with the process; dropped, as they may wait for such a thread: `a`, `b`";
        assert_eq!(note(&restarted), expected);
    }
}
