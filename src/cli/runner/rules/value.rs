//! The values of settings, parsed from text; each error says what to write instead.
//!
//! Which setting takes which kind of value is in `rules`.

use std::time::Duration;

use serde_json::Value;

use crate::cli::notebook::normalize::Normaliser;
use crate::cli::runner::compare::numbers::Ulp;

pub fn number(key: &str, value: &str) -> Result<f64, String> {
    let number = value.parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0);
    number.ok_or_else(|| format!("`{key}` is `{value}`, which is not a tolerance\nhelp: write a number such as 1e-6"))
}

pub fn whole(key: &str, value: &str) -> Result<u8, String> {
    value.parse().map_err(|_| format!("`{key}` is `{value}`\nhelp: write a whole number from 0 to 255"))
}

pub fn truth(key: &str, value: &str) -> Result<bool, String> {
    value.parse().map_err(|_| format!("`{key}` is `{value}`\nhelp: write true or false"))
}

pub fn seconds(key: &str, value: &str) -> Result<Duration, String> {
    let seconds = value.trim_end_matches('s').trim().parse::<f64>().ok();
    let duration = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).filter(|it| !it.is_zero());
    duration.ok_or_else(|| format!("`{key}` is `{value}`\nhelp: write seconds such as 30"))
}

pub fn ulp(value: &str) -> Result<Ulp, String> {
    let single = value.ends_with("f32");
    let count = value.trim_end_matches("f32").trim_end_matches("f64").trim().parse();
    let count = count.map_err(|_| format!("`ulp` is `{value}`\nhelp: write a whole number such as 4, or 4f32"))?;
    Ok(Ulp { count, single })
}

pub fn normalisers(json: &str) -> Result<Vec<Normaliser>, String> {
    let wrong =
        |what: &str| format!("`normalisers`: {what}\nhelp: each entry has a name, a pattern, a replace and a reason");
    let list: Value = serde_json::from_str(json).map_err(|_| wrong("it is not a list"))?;
    let items = list.as_array().ok_or_else(|| wrong("it is not a list"))?;
    let mut normalisers = Vec::new();
    for item in items {
        let text = |key: &str| item[key].as_str().ok_or_else(|| wrong(&format!("an entry has no {key}")));
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

/// Refuses a normaliser that makes two unrelated texts equal: nothing would be left to compare.
fn refuse_greedy(normaliser: &Normaliser) -> Result<(), String> {
    if normaliser.apply("alpha 1\n") != normaliser.apply("omega 2\n") {
        return Ok(());
    }
    Err(format!(
        "the normaliser `{}` matches everything: it makes `alpha 1` and `omega 2` equal\n\
         help: write a pattern that matches only what changes from run to run",
        normaliser.name
    ))
}
