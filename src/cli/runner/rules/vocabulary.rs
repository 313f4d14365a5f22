//! The names of settings, tags and allowances, and the errors for names that are not among them.
//!
//! What each of them means is in `rules` and in `docs/testing.md`.

use super::Settings;
use crate::cli::suggest::nearest;

pub const SETTINGS: &[&str] = &[
    "allow",
    "atol",
    "compile_fail",
    "compile_timeout",
    "ellipsis",
    "ignore_output",
    "ignore_stderr",
    "moving",
    "normalisers",
    "pixel_tolerance",
    "reason",
    "requires",
    "rtol",
    "run_timeout",
    "should_panic",
    "ulp",
    "unordered",
];

/// Settings that only a cell can have.
pub const OF_A_CELL: &[&str] = &["compile_fail", "should_panic"];

/// What an author can allow: kinds of problems.
pub const ALLOWANCES: &[&str] = &[
    "no-code",
    "nothing-compared",
    "skip-without-reason",
    "unused-normaliser",
    "greedy-normaliser",
    "not-portable",
    "unstable-output",
];

/// Allows a layout of its own: `fmt` leaves the cell as it is.
pub const UNFORMATTED: &str = "unformatted";

/// The lints that an author can allow in the same way.
pub const LINT_ALLOWANCES: &[&str] = &["execution-order", "used-before", "runs-once", "cell-ids", "quoted-number"];

/// How the tags begin with which other tools hide, fold or remove parts of a cell.
const OF_OTHERS: [&str; 6] = ["remove-", "remove_", "hide-", "hide_", "scroll-", "scroll_"];

pub const TAGS: &[&str] = &[
    "skip-execution",
    "nbval-skip",
    "ignore-output",
    "nbval-ignore-output",
    "ignore-stderr",
    "raises-exception",
    "nbval-raises-exception",
    "should_panic",
    "compile_fail",
    "quoted-numbers",
    "exercise-check",
];

/// Whether a kind of problem is allowed.
pub fn allows(settings: &Settings, kind: &str) -> bool {
    settings.get("allow").is_some_and(|list| names_in(list).any(|it| it == kind))
}

pub fn check_allowances(list: &str) -> Result<(), String> {
    let known = [ALLOWANCES, LINT_ALLOWANCES, &[UNFORMATTED]].concat();
    let unknown = names_in(list).find(|name| !known.contains(name));
    let message = |it: &str| format!("unknown name `{it}` in `allow`\nhelp: {}", hint(it, &known, "the names are"));
    unknown.map_or(Ok(()), |unknown| Err(message(unknown)))
}

fn names_in(list: &str) -> impl Iterator<Item = &str> {
    list.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '_').filter(|name| !name.is_empty())
}

pub fn unknown_setting(key: &str) -> String {
    format!("unknown setting `{key}`\nhelp: {}", hint(key, SETTINGS, "the settings are"))
}

/// Refuses a tag that is nearly one of ours; other tools' tags are accepted.
pub fn refuse_lookalike(name: &str, tag: &str) -> Result<(), String> {
    if OF_OTHERS.iter().any(|begin| name.starts_with(begin)) {
        return Ok(());
    }
    let is_ours = name.starts_with("forward-pass") || name.starts_with("forward_pass") || TAGS.contains(&name);
    let bare = |name: &str| name.replace(['-', '_'], "");
    let near = nearest(&bare(name), &TAGS.iter().map(|tag| bare(tag)).collect::<Vec<_>>());
    if !is_ours && near.is_empty() {
        return Ok(());
    }
    let hint = match TAGS.iter().find(|tag| near.contains(&bare(tag))) {
        Some(tag) => format!("did you mean `{tag}`?"),
        None => format!("the tags are {}", TAGS.join(", ")),
    };
    Err(format!("unknown tag `{tag}`\nhelp: {hint}"))
}

fn hint(name: &str, names: &[&str], all: &str) -> String {
    match nearest(name, &names.iter().map(|it| it.to_string()).collect::<Vec<_>>()).first() {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("{all} {}", names.join(", ")),
    }
}
