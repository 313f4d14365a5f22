//! The rules of a cell, from its tags, metadata and settings.
//!
//! No files are read, except to check that a required data set is present. An unknown setting, or a tag that is nearly
//! one of ours, is an error and never a guess.

mod value;
pub mod vocabulary;

use std::collections::BTreeMap;
use std::time::Duration;

use forward_pass::error::ErrorKind;
use forward_pass::exercise::SOLVED;
use forward_pass::mnist::find_folder;
use serde_json::Value;
use value::{normalisers, number, seconds, truth, ulp, whole};
pub use vocabulary::allows;
use vocabulary::{OF_A_CELL, check_allowances, refuse_lookalike, unknown_setting};

use super::compare::Measure;
use crate::cli::notebook::course::Cell;

/// Settings by name, each value as text.
pub type Settings = BTreeMap<String, String>;

/// The rules of one cell.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    pub measure: Measure,
    pub expect: Expect,
    /// The cell runs, but its outputs are not compared.
    pub ignore_output: bool,
    /// The cell also passes if its output begins with this: it checks an exercise, and the exercise is solved.
    pub solved: Option<String>,
    pub skip: Option<Skip>,
    pub compile_timeout: Option<Duration>,
    pub run_timeout: Option<Duration>,
}

/// The cell does not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skip {
    pub reason: Option<String>,
}

/// How the cell must end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Expect {
    #[default]
    Success,
    /// Any failure.
    Failure,
    /// A panic whose message contains this text.
    Panic(Option<String>),
    /// A compile error with each of these codes.
    CompileError(Vec<String>),
}

/// Merges settings of several levels: later ones override earlier ones; normalisers and allowances accumulate.
pub fn layered(levels: &[&Settings]) -> Settings {
    let mut all = Settings::new();
    for (key, value) in levels.iter().flat_map(|level| level.iter()) {
        let adds_up = matches!(key.as_str(), "normalisers" | "allow");
        match all.get(key).filter(|_| adds_up) {
            Some(earlier) => all.insert(key.clone(), joined_lists(earlier, value)),
            None => all.insert(key.clone(), value.clone()),
        };
    }
    all
}

fn joined_lists(first: &str, second: &str) -> String {
    let list = |text: &str| match serde_json::from_str(text) {
        Ok(Value::Array(items)) => items,
        _ => vec![Value::String(text.to_string())],
    };
    Value::Array([list(first), list(second)].concat()).to_string()
}

impl Rules {
    /// The rules of a cell under the settings of its notebook and project.
    pub fn of(cell: &Cell, outer: &Settings) -> Result<Rules, String> {
        let settings = layered(&[outer, &cell.settings]);
        let mut rules = Rules::of_notebook(&settings)?;
        for tag in &cell.tags {
            rules.add_tag(tag, settings.get("reason"))?;
        }
        Ok(rules)
    }

    /// The rules that a notebook's settings give to all of its cells.
    pub fn of_notebook(settings: &Settings) -> Result<Rules, String> {
        let mut rules = Rules::default();
        for (key, value) in settings {
            let tolerance = &mut rules.measure.tolerance;
            match key.as_str() {
                "atol" => tolerance.atol = number(key, value)?,
                "rtol" => tolerance.rtol = number(key, value)?,
                "ulp" => tolerance.ulp = Some(ulp(value)?),
                "unordered" => rules.measure.unordered = truth(key, value)?,
                "ignore_stderr" => rules.measure.ignore_stderr = truth(key, value)?,
                "ignore_output" => rules.ignore_output = truth(key, value)?,
                "ellipsis" => rules.measure.ellipsis = Some(value.clone()).filter(|mark| !mark.is_empty()),
                "pixel_tolerance" => rules.measure.pixel_tolerance = whole(key, value)?,
                "compile_timeout" => rules.compile_timeout = Some(seconds(key, value)?),
                "run_timeout" => rules.run_timeout = Some(seconds(key, value)?),
                "normalisers" => rules.measure.normalisers = normalisers(value)?,
                "compile_fail" => rules.expect_compile_error(Some(value.as_str()).filter(|codes| *codes != "true")),
                "should_panic" => rules.expect = Expect::Panic(Some(value.clone()).filter(|text| text != "true")),
                "allow" => check_allowances(value)?,
                "moving" | "reason" => {}
                "requires" => rules.skip = missing(value)?.map(|reason| Skip { reason: Some(reason) }),
                unknown => return Err(unknown_setting(unknown)),
            }
        }
        Ok(rules)
    }

    fn add_tag(&mut self, tag: &str, reason: Option<&String>) -> Result<(), String> {
        let (name, value) = tag.split_once('=').map_or((tag, None), |(name, value)| (name, Some(value.trim())));
        match (name.trim(), value) {
            ("skip-execution" | "nbval-skip", None) => self.skip = Some(Skip { reason: reason.cloned() }),
            ("ignore-output" | "nbval-ignore-output", None) => self.ignore_output = true,
            ("ignore-stderr", None) => self.measure.ignore_stderr = true,
            ("raises-exception" | "nbval-raises-exception", None) => self.expect = Expect::Failure,
            ("should_panic", text) => self.expect = Expect::Panic(text.map(str::to_string)),
            ("compile_fail", codes) => self.expect_compile_error(codes),
            ("exercise-check", text) => self.solved = Some(text.unwrap_or(SOLVED).to_owned()),
            ("quoted-numbers", None) => {}
            (name, _) => return refuse_lookalike(name, tag),
        }
        Ok(())
    }

    fn expect_compile_error(&mut self, codes: Option<&str>) {
        let codes = codes.unwrap_or_default().split([',', ' ']).filter(|code| !code.is_empty());
        self.expect = Expect::CompileError(codes.map(str::to_string).collect());
    }
}

/// Why a data set cannot be used, with the command that fetches it; `None` if it is present.
pub fn missing(set: &str) -> Result<Option<String>, String> {
    match find_folder(set) {
        Ok(_) => Ok(None),
        Err(error) if error.kind() == ErrorKind::File => {
            Ok(Some(format!("`{set}` is missing; fetch it with `forward-pass data {set}`")))
        }
        Err(error) => Err(format!("`requires` is `{set}`: {error}")),
    }
}

/// Checks the settings of a notebook or a project before any cell uses them.
pub fn check(settings: &Settings) -> Result<(), String> {
    if let Some(key) = settings.keys().find(|key| OF_A_CELL.contains(&key.as_str())) {
        return Err(format!("`{key}` is a setting of a cell\nhelp: move it into the cell's metadata, or use the tag"));
    }
    Rules::of_notebook(settings).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(tags: &[&str], settings: &[(&str, &str)]) -> Cell {
        Cell {
            tags: tags.iter().map(|tag| tag.to_string()).collect(),
            settings: settings.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect(),
            ..Cell::default()
        }
    }

    #[test]
    fn tags_say_how_a_cell_must_end() {
        let cases = [
            ("raises-exception", Expect::Failure),
            ("nbval-raises-exception", Expect::Failure),
            ("should_panic", Expect::Panic(None)),
            ("should_panic=index out", Expect::Panic(Some("index out".into()))),
            ("compile_fail", Expect::CompileError(vec![])),
            ("compile_fail=E0382,E0505", Expect::CompileError(vec!["E0382".into(), "E0505".into()])),
            ("hide-input", Expect::Success),
            ("remove-cell", Expect::Success),
            ("remove-output", Expect::Success),
            ("remove_output", Expect::Success),
            ("scroll-output", Expect::Success),
            ("hide_output", Expect::Success),
            ("remove-stderr", Expect::Success),
        ];
        for (tag, expected) in cases {
            assert_eq!(Rules::of(&cell(&[tag], &[]), &Settings::new()).unwrap().expect, expected, "{tag}");
        }
        let skipped = Rules::of(&cell(&["nbval-skip"], &[("reason", "too long")]), &Settings::new()).unwrap();
        assert_eq!(skipped.skip, Some(Skip { reason: Some("too long".into()) }));
    }

    #[test]
    fn unknown_names_and_values_are_errors_with_the_next_step() {
        let cases = [
            (cell(&["skip-exection"], &[]), "unknown tag `skip-exection`\nhelp: did you mean `skip-execution`?"),
            (cell(&["should-panic"], &[]), "unknown tag `should-panic`\nhelp: did you mean `should_panic`?"),
            (cell(&[], &[("rtl", "1")]), "unknown setting `rtl`\nhelp: did you mean `rtol`?"),
            (
                cell(&[], &[("rtol", "small")]),
                "`rtol` is `small`, which is not a tolerance\nhelp: write a number such as 1e-6",
            ),
            (
                cell(&[], &[("requires", "mnits")]),
                "`requires` is `mnits`: unknown data set `mnits`\nhelp: choose `mnist` or `fashion-mnist`",
            ),
            (cell(&[], &[("unordered", "yes")]), "`unordered` is `yes`\nhelp: write true or false"),
            (cell(&[], &[("run_timeout", "0")]), "`run_timeout` is `0`\nhelp: write seconds such as 30"),
            (cell(&[], &[("ulp", "x")]), "`ulp` is `x`\nhelp: write a whole number such as 4, or 4f32"),
            (
                cell(&[], &[("pixel_tolerance", "300")]),
                "`pixel_tolerance` is `300`\nhelp: write a whole number from 0 to 255",
            ),
        ];
        for (cell, expected) in cases {
            assert_eq!(Rules::of(&cell, &Settings::new()).unwrap_err(), expected);
        }
    }

    #[test]
    fn a_cells_settings_win_and_normalisers_accumulate() {
        let outer = Settings::from([("rtol".into(), "1e-3".into()), ("normalisers".into(), normaliser("a"))]);
        let rules = Rules::of(&cell(&[], &[("rtol", "1e-9"), ("normalisers", &normaliser("b"))]), &outer).unwrap();
        assert_eq!(rules.measure.tolerance.rtol, 1e-9);
        let names: Vec<&str> = rules.measure.normalisers.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
    }

    fn normaliser(name: &str) -> String {
        format!(r#"[{{"name":"{name}","pattern":"x","replace":"y","reason":"z"}}]"#)
    }
}
