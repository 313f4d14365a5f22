//! Times, paths of this machine and addresses in text: what can't come again, and should not be stored.
//!
//! It finds them by their form; an author who means them allows `unstable-output`.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use super::compare;
use super::compare::Measure;
use crate::cli::outcome::Output;

/// What is looked for, with its word.
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

/// What the normalisation leaves in place of a temporary folder.
const STABLE_FOLDER: &str = "/tmp/folder";

/// The first unstable thing in a text, in words; `folder` is the notebook's.
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

/// The first unstable thing in what is new of these outputs.
pub fn of_outputs(stored: &[Output], new: &[Output], folder: &Path) -> Option<String> {
    let differences = compare::compare(stored, new, &Measure::default());
    let texts = differences.into_iter().filter(|it| it.words.is_none()).filter_map(|it| it.fresh);
    texts.into_iter().find_map(|text| find(&text, folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_come_again_is_found_and_named() {
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
