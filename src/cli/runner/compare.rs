//! Compares stored outputs with fresh ones: what differs, where, and by how much.
//!
//! It is pure: it runs nothing, reads no files and decides no verdict.

#[cfg(test)]
mod fuzz;
pub mod gaps;
mod json;
pub mod normalised;
pub mod numbers;
pub mod pictures;
mod sets;
mod text;

use numbers::{Moved, Tolerance};

use crate::cli::notebook::normalize::{self, Normaliser};
use crate::cli::outcome::{MimeBundle, Output, Stream, TABLE_OF_VARIABLES};

/// How a cell's outputs are compared.
#[derive(Clone, Debug, Default)]
pub struct Measure {
    pub tolerance: Tolerance,
    /// Lines may be in any order, and so may the items of a map or a set on one line.
    pub unordered: bool,
    /// stderr is not compared.
    pub ignore_stderr: bool,
    /// The mark that stands for any text in a stored output.
    pub ellipsis: Option<String>,
    /// How far a colour channel of a pixel may be off, of 255.
    pub pixel_tolerance: u8,
    pub normalisers: Vec<Normaliser>,
}

/// One part of the outputs that differs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Difference {
    /// `stdout`, `text/plain`, `image/png`; with its number where a cell shows several.
    pub part: String,
    /// `None`: the part is new.
    pub stored: Option<String>,
    /// `None`: the part is missing.
    pub fresh: Option<String>,
    /// The first line that differs, from 1.
    pub line: Option<usize>,
    /// The numbers that moved, when only numbers did.
    pub moved: Vec<Moved>,
    /// A description in place of the texts, for pictures.
    pub description: Option<String>,
    /// A picture of what differs, as PNG.
    pub picture: Option<Vec<u8>>,
}

/// Every difference between stored outputs and fresh ones. The fresh ones are normalised already; the stored ones may
/// be another tool's, and are normalised here.
pub fn compare(stored: &[Output], fresh: &[Output], measure: &Measure) -> Vec<Difference> {
    let several = rich_count(stored).max(rich_count(fresh)) > 1;
    let stored = parts(normalize::outputs(stored.iter().cloned()), measure, several);
    let fresh = parts(fresh.iter().cloned(), measure, several);
    let mut differences = Vec::new();
    for was in stored.iter().filter(|was| !is_copy(was, &stored, &fresh)) {
        match fresh.iter().find(|it| it.same_place(was)) {
            Some(is) => differences.extend(compare_part(was, &is.text, measure)),
            None => differences.push(one_sided(&was.name, Some(&was.text), None)),
        }
    }
    let extra = fresh.iter().filter(|it| !stored.iter().any(|was| it.same_place(was)));
    differences.extend(extra.map(|is| one_sided(&is.name, None, Some(&is.text))));
    differences
}

/// Whether a part is the PNG of a picture that both bundles also have as SVG: then the SVG decides. The PNG is drawn
/// from it, and its smoothed edges may differ with the processor.
fn is_copy(part: &Part, stored: &[Part], fresh: &[Part]) -> bool {
    let has = |parts: &[Part], mime: &str| parts.iter().any(|it| it.output == part.output && it.mime == mime);
    let in_both = |mime: &str| has(stored, mime) && has(fresh, mime);
    part.mime == "image/png" && in_both("image/png") && in_both("image/svg+xml")
}

/// A stream, or one MIME type of a rich output.
struct Part {
    /// As shown in reports: `stdout`, `text/plain`, `image/png (output 2)`.
    name: String,
    /// Which of the rich outputs, from 1; 0 is a stream.
    output: usize,
    /// `stdout` and `stderr` for streams.
    mime: String,
    text: String,
}

impl Part {
    fn same_place(&self, other: &Part) -> bool {
        (self.output, &self.mime) == (other.output, &other.mime)
    }

    fn is_text(&self) -> bool {
        self.output == 0 || is_text(&self.mime)
    }
}

/// How many stored parts there are to compare, and how many consist of nothing but a gap.
pub fn part_counts(stored: &[Output], measure: &Measure) -> (usize, usize) {
    let parts = parts(normalize::outputs(stored.iter().cloned()), measure, false);
    let mark = measure.ellipsis.as_deref();
    let gaps_only = parts.iter().filter(|it| mark.is_some_and(|mark| only_gaps(&it.text, mark))).count();
    (parts.len() - gaps_only, gaps_only)
}

fn only_gaps(text: &str, mark: &str) -> bool {
    text.contains(mark) && text.replace(mark, "").trim().is_empty()
}

/// What each of the author's normalisers does to the texts of fresh outputs.
pub fn normaliser_uses(fresh: &[Output], measure: &Measure) -> Vec<Use> {
    let mut uses = vec![Use::default(); measure.normalisers.len()];
    let plain = Measure::default();
    for Part { mut text, .. } in parts(fresh.iter().cloned(), &plain, false).into_iter().filter(Part::is_text) {
        for (normaliser, its) in measure.normalisers.iter().zip(&mut uses) {
            let without = normaliser.pattern.replace_all(&text, "");
            let matched = normaliser.pattern.is_match(&text);
            its.matched += usize::from(matched);
            its.left_something |= !matched || !without.trim().is_empty();
            text = normaliser.apply(&text);
        }
    }
    uses
}

/// What a normaliser did to the texts that it saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Use {
    /// The number of texts that it matched.
    pub matched: usize,
    /// Some text had more than the match.
    pub left_something: bool,
}

fn rich_count(outputs: &[Output]) -> usize {
    outputs.iter().filter(|output| matches!(output, Output::Rich { .. })).count()
}

/// Whether a MIME type is compared as text: text, SVG, XML, JSON.
pub fn is_text(mime: &str) -> bool {
    matches!(mime, "image/svg+xml" | "application/javascript")
        || mime.starts_with("text/")
        || mime.ends_with("json")
        || mime.ends_with("xml")
}

fn parts(outputs: impl IntoIterator<Item = Output>, measure: &Measure, several: bool) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rich = 0;
    for output in outputs {
        match output {
            Output::Stream { stream: Stream::Stderr, .. } if measure.ignore_stderr => {}
            Output::Stream { stream, text } => {
                let name = if stream == Stream::Stdout { "stdout" } else { "stderr" };
                let normal = measure.normal(text);
                // Where a normaliser leaves nothing, nothing was printed.
                if measure.normalisers.is_empty() || !normal.trim().is_empty() {
                    parts.push(Part { name: name.into(), output: 0, mime: name.into(), text: normal });
                }
            }
            Output::Rich { data, .. } => {
                rich += 1;
                parts.extend(bundle_parts(data).map(|(mime, text)| {
                    let name = if several { format!("{mime} (output {rich})") } else { mime.clone() };
                    let text = if is_text(&mime) { measure.normal(text) } else { text };
                    Part { name, output: rich, mime, text }
                }));
            }
        }
    }
    parts
}

/// The number of a widget that Jupyter has shown in place of the rest of an output; it differs each time.
const WIDGET: &str = "application/vnd.jupyter.widget-view+json";

fn bundle_parts(data: MimeBundle) -> impl Iterator<Item = (String, String)> {
    let is_alone = data.len() == 1;
    let is_extra = |mime: &str, text: &str| mime == WIDGET || text.starts_with(TABLE_OF_VARIABLES);
    data.into_iter().filter(move |(mime, text)| is_alone || !is_extra(mime, text)).map(|(mime, text)| {
        let text = if mime.starts_with("text/") || mime == "image/svg+xml" { trim_end_lines(text) } else { text };
        (mime, text)
    })
}

fn trim_end_lines(mut text: String) -> String {
    text.truncate(text.trim_end_matches(['\n', '\r']).len());
    text
}

impl Measure {
    /// Applies the author's normalisers to a text.
    pub fn normal(&self, text: String) -> String {
        self.normalisers.iter().fold(text, |text, normaliser| normaliser.apply(&text))
    }
}

fn one_sided(name: &str, stored: Option<&String>, fresh: Option<&String>) -> Difference {
    Difference { part: name.to_string(), stored: stored.cloned(), fresh: fresh.cloned(), ..Difference::default() }
}

fn compare_part(part: &Part, fresh: &str, measure: &Measure) -> Option<Difference> {
    let (stored, mime) = (part.text.as_str(), part.mime.as_str());
    if stored == fresh {
        return None;
    }
    let mut difference = one_sided(&part.name, Some(&stored.to_string()), Some(&fresh.to_string()));
    if !part.is_text() {
        let change = pictures::compare(mime, stored, fresh, measure.pixel_tolerance)?;
        difference.description = Some(change.description);
        difference.picture = change.picture;
        return Some(difference);
    }
    if mime.ends_with("json") {
        return if json::same(stored, fresh, &measure.tolerance) { None } else { Some(difference) };
    }
    let (line, moved) = text::first_difference(stored, fresh, measure)?;
    difference.line = Some(line);
    difference.moved = moved;
    Some(difference)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::outcome::RichKind;

    fn rich(data: &[(&str, &str)]) -> Output {
        let data = data.iter().map(|(mime, text)| (mime.to_string(), text.to_string())).collect();
        Output::Rich { kind: RichKind::Result, data }
    }

    fn stdout(text: &str) -> Output {
        Output::Stream { stream: Stream::Stdout, text: text.into() }
    }

    #[test]
    fn each_kind_of_change_is_seen() {
        let plain = |text| rich(&[("text/plain", text)]);
        let json = |text| rich(&[("application/json", text)]);
        let same: &[(Output, Output)] = &[
            (stdout("a\n"), stdout("a")),
            (plain("[0.1]\n"), plain("[0.1]")),
            (rich(&[("text/plain", "a"), ("application/vnd.jupyter.widget-view+json", "{}")]), plain("a")),
            (rich(&[("text/plain", "a"), ("text/html", &format!("{TABLE_OF_VARIABLES}</table>"))]), plain("a")),
            (json(r#"{"a":1,"b":[2.0]}"#), json(r#"{"b":[2.0],"a":1}"#)),
            (
                rich(&[("image/png", "AAAA"), ("image/svg+xml", "<svg/>")]),
                rich(&[("image/png", "AAAB"), ("image/svg+xml", "<svg/>")]),
            ),
        ];
        for (a, b) in same {
            let fresh = normalize::outputs([b.clone()]);
            assert_eq!(compare(std::slice::from_ref(a), &fresh, &Measure::default()), vec![], "{a:?} {b:?}");
        }
        let different: &[(&[Output], &[Output])] = &[
            (&[stdout("a\n")], &[stdout("b\n")]),
            (&[plain("[0.1]")], &[plain("[-0.1]")]),
            (&[plain("(2, 3)")], &[plain("(3, 2)")]),
            (&[plain("a")], &[rich(&[("text/plain", "a"), ("image/svg+xml", "<svg/>")])]),
            (&[rich(&[("text/plain", "a"), ("image/svg+xml", "<svg/>")])], &[plain("a")]),
            (&[rich(&[("text/plain", "a"), ("text/html", "<table></table>")])], &[plain("a")]),
            (&[plain("a"), plain("b")], &[plain("a")]),
            (&[plain("a"), plain("b")], &[plain("b"), plain("a")]),
            (&[rich(&[("image/png", "AAAA")])], &[rich(&[("image/png", "AAAB")])]),
            (
                &[rich(&[("image/png", "AAAA"), ("image/svg+xml", "<svg/>")])],
                &[rich(&[("image/png", "AAAA"), ("image/svg+xml", "<svg></svg>")])],
            ),
            (&[rich(&[("image/svg+xml", "<svg/>")])], &[rich(&[("image/png", "AAAA"), ("image/svg+xml", "<svg/>")])]),
            (&[rich(&[("image/png", "AAAA"), ("image/svg+xml", "<svg/>")])], &[rich(&[("image/svg+xml", "<svg/>")])]),
            (&[], &[stdout("a")]),
            (&[json(r#"{"a":1}"#)], &[json(r#"{"a":2}"#)]),
            (&[json(r#"{"a":1}"#)], &[json(r#"{"a":1,"b":1}"#)]),
        ];
        for (stored, fresh) in different {
            assert_ne!(compare(stored, fresh, &Measure::default()), vec![], "{stored:?} {fresh:?}");
        }
    }

    #[test]
    fn a_difference_names_the_part_the_line_and_the_number() {
        let stored = rich(&[("text/plain", "y\n[0.5 0.25]")]);
        let fresh = rich(&[("text/plain", "y\n[0.5 0.26]")]);
        let difference = &compare(&[stored], &[fresh], &Measure::default())[0];
        assert_eq!((difference.part.as_str(), difference.line), ("text/plain", Some(2)));
        assert_eq!(difference.moved[0].description(), "line 2: 0.25 became 0.26, by 1.0e-2, relative 4.0e-2");
    }
}
