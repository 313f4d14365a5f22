//! Finds text that differs on the next run or the next machine: times, paths of this machine, addresses.
//!
//! It only reports such text, and an author can allow it with `unstable-output`. Text that is replaced, such as
//! temporary folders, is `normalize`'s; differences from the stock kernel are `portability`'s.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use super::compare::{self, Measure};
use crate::cli::outcome::Output;

/// The patterns, each with its description.
static FORMS: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    let forms = [
        ("a path of this machine", r#"(?:/home|/Users|/root|/tmp|/var/folders|/private)/[^\s"'`)\],;:]+"#),
        ("a path of this machine", r#"\b[A-Z]:\\+Users\\[^\s"'`)\],;]+"#),
        ("a time", r"\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2})?"),
        ("a time", r"\b\d{1,2}:\d{2}:\d{2}(?:\.\d+)?\b"),
        ("a duration", r"\b\d+(?:\.\d+)? ?(?:ns|µs|us|ms)\b"),
        ("a duration", r"\b\d+\.\d+s\b"),
        ("an address", r"\b0x(?:7f|5[56])[0-9a-f]{7,12}\b"),
    ];
    forms.iter().map(|(word, form)| (*word, Regex::new(form).expect("the forms are valid patterns"))).collect()
});

/// What normalisation puts in place of a temporary folder.
const STABLE_FOLDER: &str = "/tmp/folder";

/// Describes the first unstable text; `folder` is the notebook's.
pub fn find(text: &str, folder: &Path) -> Option<String> {
    let folder = folder.display().to_string();
    if folder.len() > 1 && text.contains(&folder) {
        return Some(format!("a path of this machine, `{folder}`"));
    }
    let found = |(word, form): &(&str, Regex)| {
        let mut all = form.find_iter(text).map(|found| found.as_str());
        all.find(|it| !it.starts_with(STABLE_FOLDER)).map(|it| format!("{word}, `{it}`"))
    };
    FORMS.iter().find_map(found)
}

/// Describes the first unstable text in those of the new outputs that differ from the stored ones, apart from what the
/// author's normalisers replace.
pub fn of_outputs(stored: &[Output], new: &[Output], measure: &Measure, folder: &Path) -> Option<String> {
    let measure = Measure { normalisers: measure.normalisers.clone(), ..Measure::default() };
    let differences = compare::compare(stored, new, &measure);
    let texts = differences.into_iter().filter(|it| it.description.is_none()).filter_map(|it| it.fresh);
    texts.into_iter().find_map(|text| find(&text, folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unstable_text_is_found_and_described() {
        let cases = [
            ("see /home/ann/a.txt:3", Some("a path of this machine, `/home/ann/a.txt`")),
            (r"C:\Users\ann\x", Some(r"a path of this machine, `C:\Users\ann\x`")),
            ("/course/data/x.csv", Some("a path of this machine, `/course`")),
            ("at 2026-01-31 12:30", Some("a time, `2026-01-31 12:30`")),
            ("at 12:30:59", Some("a time, `12:30:59`")),
            ("took 12.5ms", Some("a duration, `12.5ms`")),
            ("took 1.25s", Some("a duration, `1.25s`")),
            ("at 0x7ffd1234abcd", Some("an address, `0x7ffd1234abcd`")),
            ("/tmp/folder/x", None),
            ("step 3.5 s, 10 m, 1:2, 2026, 0xff, items 5", None),
        ];
        for (text, expected) in cases {
            assert_eq!(find(text, Path::new("/course")).as_deref(), expected, "{text}");
        }
    }
}
