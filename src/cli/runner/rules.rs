//! What the author asks for: tags, metadata and settings become the rules of one cell.
//!
//! It reads no files, and only looks whether a data set that a cell requires is there. An unknown setting, or a tag of ours that does not exist, is an error and never a guess.

use std::collections::BTreeMap;
use std::time::Duration;

use forward_pass::error::ErrorKind;
use forward_pass::mnist::find_folder;
use serde_json::Value;

use super::compare::Measure;
use super::compare::numbers::Ulp;
use crate::cli::notebook::course::Cell;
use crate::cli::notebook::normalize::Normaliser;
use crate::cli::suggest::nearest;

/// Settings by name, each value as text; from a project, a notebook or a cell, later ones over earlier ones.
pub type Settings = BTreeMap<String, String>;

/// The rules of one cell.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    pub measure: Measure,
    pub expect: Expect,
    /// The cell runs, but its outputs are not compared.
    pub ignore_output: bool,
    pub skip: Option<Skip>,
    pub compile_timeout: Option<Duration>,
    pub run_timeout: Option<Duration>,
}

/// A cell that does not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skip {
    pub reason: Option<String>,
}

/// How the cell has to end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Expect {
    #[default]
    Success,
    /// Any failure.
    Failure,
    /// A panic, with this text in its message.
    Panic(Option<String>),
    /// The compiler refuses it, with these codes.
    CompileError(Vec<String>),
}

/// Every setting, with what it does.
pub const SETTINGS: &[(&str, &str)] = &[
    ("allow", "a list of what may be green all the same, see below"),
    ("atol", "how far a real number may be off, absolutely"),
    ("compile_fail", "of a cell: true, or the codes with which the compiler has to refuse it"),
    ("compile_timeout", "seconds a cell may compile"),
    ("ellipsis", "the mark that stands for any text in a stored output"),
    ("ignore_output", "true: the cell runs, its outputs are not compared"),
    ("normalisers", "a list of name, pattern, replace and reason"),
    ("pixel_tolerance", "how far a colour channel of a pixel may be off, of 255"),
    ("reason", "why the cell is skipped, or its output not compared"),
    ("requires", "a data set without which it is skipped, aloud: mnist or fashion-mnist"),
    ("rtol", "how far a real number may be off, relative to the stored one"),
    ("run_timeout", "seconds a cell may run"),
    ("should_panic", "of a cell: true, or a text that its panic has to hold"),
    ("ulp", "how many representable numbers apart two reals may be: 4, or 4f32 for single precision"),
    ("unordered", "true: lines may come in any order"),
];

/// What an author can allow.
pub const ALLOWANCES: &[(&str, &str)] = &[
    ("no-code", "a notebook without a code cell"),
    ("nothing-compared", "a notebook of which no output is compared"),
    ("skip-without-reason", "a cell that is skipped without a reason"),
    ("unused-normaliser", "a normaliser that matches nothing"),
    ("greedy-normaliser", "a normaliser that leaves nothing to compare"),
    ("not-portable", "a cell that would be red on the stock kernel, even with `--portable`"),
    ("unstable-output", "times and paths of this machine in what `--accept` stores"),
];

/// Settings that only a cell can have.
const OF_A_CELL: &[&str] = &["compile_fail", "should_panic"];

/// Tags that mean something here.
pub const TAGS: &[&str] = &[
    "skip-execution",
    "nbval-skip",
    "ignore-output",
    "nbval-ignore-output",
    "raises-exception",
    "nbval-raises-exception",
    "should_panic",
    "compile_fail",
    "quoted-numbers",
];

/// Settings of several levels as one: the later ones win, normalisers and allowances add up.
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
        let mut rules = Rules::from_settings(&settings)?;
        for tag in &cell.tags {
            rules.add_tag(tag, settings.get("reason"))?;
        }
        Ok(rules)
    }

    fn from_settings(settings: &Settings) -> Result<Rules, String> {
        let mut rules = Rules::default();
        for (key, value) in settings {
            let tolerance = &mut rules.measure.tolerance;
            match key.as_str() {
                "atol" => tolerance.atol = number(key, value)?,
                "rtol" => tolerance.rtol = number(key, value)?,
                "ulp" => tolerance.ulp = Some(ulp(value)?),
                "unordered" => rules.measure.unordered = truth(key, value)?,
                "ignore_output" => rules.ignore_output = truth(key, value)?,
                "ellipsis" => rules.measure.ellipsis = Some(value.clone()).filter(|mark| !mark.is_empty()),
                "pixel_tolerance" => rules.measure.pixel_tolerance = whole(key, value)?,
                "compile_timeout" => rules.compile_timeout = Some(seconds(key, value)?),
                "run_timeout" => rules.run_timeout = Some(seconds(key, value)?),
                "normalisers" => rules.measure.normalisers = normalisers(value)?,
                "compile_fail" => rules.expect_refusal(Some(value.as_str()).filter(|codes| *codes != "true")),
                "should_panic" => rules.expect = Expect::Panic(Some(value.clone()).filter(|text| text != "true")),
                "allow" => check_allowances(value)?,
                "reason" => {}
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
            ("raises-exception" | "nbval-raises-exception", None) => self.expect = Expect::Failure,
            ("should_panic", text) => self.expect = Expect::Panic(text.map(str::to_string)),
            ("compile_fail", codes) => self.expect_refusal(codes),
            ("quoted-numbers", None) => {}
            (name, _) => return refuse_lookalike(name, tag),
        }
        Ok(())
    }

    fn expect_refusal(&mut self, codes: Option<&str>) {
        let codes = codes.unwrap_or_default().split([',', ' ']).filter(|code| !code.is_empty());
        self.expect = Expect::CompileError(codes.map(str::to_string).collect());
    }
}

/// Why a data set cannot be used, with the command that fetches it; nothing where it is there.
pub fn missing(set: &str) -> Result<Option<String>, String> {
    match find_folder(set) {
        Ok(_) => Ok(None),
        Err(error) if error.kind() == ErrorKind::File => {
            Ok(Some(format!("`{set}` is not here, and `forward-pass data {set}` fetches it")))
        }
        Err(error) => Err(format!("`requires` is `{set}`: {error}")),
    }
}

/// Says what is wrong with the settings of a notebook or a project, before any cell uses them.
pub fn check(settings: &Settings) -> Result<(), String> {
    if let Some(key) = settings.keys().find(|key| OF_A_CELL.contains(&key.as_str())) {
        return Err(format!("`{key}` is a setting of a cell\nhelp: write it into the cell's metadata, or as its tag"));
    }
    Rules::from_settings(settings).map(|_| ())
}

/// Tags of others pass; one that is nearly ours was meant for us.
fn refuse_lookalike(name: &str, tag: &str) -> Result<(), String> {
    let ours = name.starts_with("forward-pass") || name.starts_with("forward_pass") || TAGS.contains(&name);
    let names: Vec<String> = TAGS.iter().map(|tag| tag.to_string()).collect();
    let near =
        nearest(&name.replace(['-', '_'], ""), &names.iter().map(|it| it.replace(['-', '_'], "")).collect::<Vec<_>>());
    if !ours && near.is_empty() {
        return Ok(());
    }
    let hint = names.iter().find(|it| near.contains(&it.replace(['-', '_'], "")));
    let hint =
        hint.map(|it| format!("did you mean `{it}`?")).unwrap_or_else(|| format!("the tags are {}", TAGS.join(", ")));
    Err(format!("the tag `{tag}` is not known\nhelp: {hint}"))
}

/// Whether something that is not green by itself was allowed.
pub fn allows(settings: &Settings, what: &str) -> bool {
    settings.get("allow").is_some_and(|list| words(list).any(|it| it == what))
}

fn words(list: &str) -> impl Iterator<Item = &str> {
    list.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '_').filter(|word| !word.is_empty())
}

fn check_allowances(list: &str) -> Result<(), String> {
    let names: Vec<String> = ALLOWANCES.iter().map(|(name, _)| name.to_string()).collect();
    let Some(unknown) = words(list).find(|word| !names.iter().any(|name| name == word)) else { return Ok(()) };
    let hint = match nearest(unknown, &names).first() {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("what can be allowed is {}", names.join(", ")),
    };
    Err(format!("`allow` names `{unknown}`, which is not known\nhelp: {hint}"))
}

fn unknown_setting(key: &str) -> String {
    let names: Vec<String> = SETTINGS.iter().map(|(name, _)| name.to_string()).collect();
    let hint = match nearest(key, &names).first() {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("the settings are {}", names.join(", ")),
    };
    format!("the setting `{key}` is not known\nhelp: {hint}")
}

fn number(key: &str, value: &str) -> Result<f64, String> {
    let number = value.parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0);
    number.ok_or_else(|| format!("`{key}` is `{value}`, which is no tolerance\nhelp: write a number such as 1e-6"))
}

fn whole(key: &str, value: &str) -> Result<u8, String> {
    value.parse().map_err(|_| format!("`{key}` is `{value}`\nhelp: write a whole number from 0 to 255"))
}

fn truth(key: &str, value: &str) -> Result<bool, String> {
    value.parse().map_err(|_| format!("`{key}` is `{value}`\nhelp: write true or false"))
}

/// Seconds as text to a duration.
pub fn seconds(key: &str, value: &str) -> Result<Duration, String> {
    let seconds = value.trim_end_matches('s').trim().parse::<f64>().ok();
    let duration = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).filter(|it| !it.is_zero());
    duration.ok_or_else(|| format!("`{key}` is `{value}`\nhelp: write seconds such as 30"))
}

fn ulp(value: &str) -> Result<Ulp, String> {
    let single = value.ends_with("f32");
    let count = value.trim_end_matches("f32").trim_end_matches("f64").trim().parse();
    let count = count.map_err(|_| format!("`ulp` is `{value}`\nhelp: write a whole number such as 4, or 4f32"))?;
    Ok(Ulp { count, single })
}

fn normalisers(json: &str) -> Result<Vec<Normaliser>, String> {
    let wrong =
        |what: &str| format!("`normalisers`: {what}\nhelp: each one has a name, a pattern, a replace and a reason");
    let list: Value = serde_json::from_str(json).map_err(|_| wrong("it is no list"))?;
    let items = list.as_array().ok_or_else(|| wrong("it is no list"))?;
    let mut normalisers = Vec::new();
    for item in items {
        let text = |key: &str| item[key].as_str().ok_or_else(|| wrong(&format!("one has no {key}")));
        let (name, reason) = (text("name")?.to_string(), text("reason")?.to_string());
        if reason.trim().is_empty() {
            return Err(wrong(&format!("`{name}` has an empty reason")));
        }
        let pattern = regex::RegexBuilder::new(text("pattern")?).multi_line(true).size_limit(1 << 20).build();
        let pattern = pattern.map_err(|error| wrong(&format!("the pattern of `{name}` is not valid: {error}")))?;
        let normaliser = Normaliser { name, pattern, replace: text("replace")?.to_string(), reason };
        refuse_greedy(&normaliser)?;
        normalisers.push(normaliser);
    }
    Ok(normalisers)
}

/// A normaliser that makes two texts equal which share nothing leaves nothing to compare.
fn refuse_greedy(normaliser: &Normaliser) -> Result<(), String> {
    if normaliser.apply("alpha 1\n") != normaliser.apply("omega 2\n") {
        return Ok(());
    }
    Err(format!(
        "the normaliser `{}` matches everything: it takes `alpha 1` and `omega 2` for the same\n\
         help: write a pattern for what changes from run to run, and for nothing else",
        normaliser.name
    ))
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
    fn tags_say_how_a_cell_ends() {
        let cases = [
            ("raises-exception", Expect::Failure),
            ("nbval-raises-exception", Expect::Failure),
            ("should_panic", Expect::Panic(None)),
            ("should_panic=index out", Expect::Panic(Some("index out".into()))),
            ("compile_fail", Expect::CompileError(vec![])),
            ("compile_fail=E0382,E0505", Expect::CompileError(vec!["E0382".into(), "E0505".into()])),
            ("hide-input", Expect::Success),
            ("remove-cell", Expect::Success),
        ];
        for (tag, expected) in cases {
            assert_eq!(Rules::of(&cell(&[tag], &[]), &Settings::new()).unwrap().expect, expected, "{tag}");
        }
        let skipped = Rules::of(&cell(&["nbval-skip"], &[("reason", "too long")]), &Settings::new()).unwrap();
        assert_eq!(skipped.skip, Some(Skip { reason: Some("too long".into()) }));
    }

    #[test]
    fn what_is_not_known_is_an_error_with_the_next_step() {
        let cases = [
            (
                cell(&["skip-exection"], &[]),
                "the tag `skip-exection` is not known\nhelp: did you mean `skip-execution`?",
            ),
            (cell(&["should-panic"], &[]), "the tag `should-panic` is not known\nhelp: did you mean `should_panic`?"),
            (cell(&[], &[("rtl", "1")]), "the setting `rtl` is not known\nhelp: did you mean `rtol`?"),
            (
                cell(&[], &[("rtol", "small")]),
                "`rtol` is `small`, which is no tolerance\nhelp: write a number such as 1e-6",
            ),
            (
                cell(&[], &[("requires", "mnits")]),
                "`requires` is `mnits`: there is no data set `mnits`\nhelp: the sets are `mnist` and `fashion-mnist`",
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
    fn the_cell_has_the_last_word_and_normalisers_add_up() {
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
