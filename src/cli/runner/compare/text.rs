//! Compares text: lines in order or not, real numbers within a tolerance, gaps.
//!
//! Unless a rule of the author says otherwise, texts are the same only if every character is.

use std::collections::HashMap;

use super::numbers::{Moved, Tolerance};
use super::{Measure, gaps, numbers, sets};

/// The first line that differs, and the numbers that moved; `None` when the texts count as the same.
pub fn first_difference(stored: &str, fresh: &str, measure: &Measure) -> Option<(usize, Vec<Moved>)> {
    let (was, is): (Vec<&str>, Vec<&str>) = (stored.split('\n').collect(), fresh.split('\n').collect());
    if measure.unordered {
        let [was, is] = [was, is].map(|lines| lines.iter().map(|line| sets::sorted(line)).collect::<Vec<_>>());
        let [was, is] = [&was, &is].map(|lines| lines.iter().map(String::as_str).collect::<Vec<_>>());
        return unordered(&was, &is, measure).map(|line| (line, Vec::new()));
    }
    if let Some(mark) = gap_mark(stored, measure) {
        let same = gaps::matches(stored, fresh, mark, &measure.tolerance);
        return (!same).then(|| (gaps::first_line(stored, fresh, mark), Vec::new()));
    }
    let differs = (0..was.len().max(is.len())).find(|at| match (was.get(*at), is.get(*at)) {
        (Some(a), Some(b)) => !lines_same(a, b, measure),
        _ => true,
    })?;
    Some((differs + 1, moved(&was, &is, &measure.tolerance)))
}

fn gap_mark<'a>(stored: &str, measure: &'a Measure) -> Option<&'a str> {
    measure.ellipsis.as_deref().filter(|mark| !mark.is_empty() && stored.contains(mark))
}

fn lines_same(stored: &str, fresh: &str, measure: &Measure) -> bool {
    stored == fresh
        || measure.asks_for_tolerance() && numbers::lines_near(stored, fresh, &measure.tolerance)
        || gap_mark(stored, measure).is_some_and(|mark| gaps::matches(stored, fresh, mark, &measure.tolerance))
}

/// Pairs each stored line with a fresh one: equal lines first, then near ones. Returns the first stored line without
/// a partner, or the line after the last one when fresh lines are left over.
fn unordered(was: &[&str], is: &[&str], measure: &Measure) -> Option<usize> {
    let mut left: Vec<Option<&str>> = is.iter().copied().map(Some).collect();
    let mut by_text: HashMap<&str, Vec<usize>> = HashMap::new();
    is.iter().enumerate().rev().for_each(|(at, line)| by_text.entry(line).or_default().push(at));
    let mut unmatched = Vec::new();
    for (at, line) in was.iter().enumerate() {
        match by_text.get_mut(line).and_then(Vec::pop) {
            Some(found) => left[found] = None,
            None => unmatched.push((at, *line)),
        }
    }
    // A line that is nothing but a gap takes all lines that are left over.
    let mark = measure.ellipsis.as_deref().unwrap_or("\0");
    let takes_the_rest = unmatched.iter().any(|(_, line)| line.trim() == mark);
    for (at, line) in unmatched.into_iter().filter(|(_, line)| line.trim() != mark) {
        let near = left.iter_mut().find(|it| it.is_some_and(|it| lines_same(line, it, measure)));
        match near {
            Some(found) => *found = None,
            None => return Some(at + 1),
        }
    }
    (!takes_the_rest && left.iter().any(Option::is_some)).then_some(was.len() + 1)
}

/// The numbers that moved, if nothing else differs.
fn moved(was: &[&str], is: &[&str], tolerance: &Tolerance) -> Vec<Moved> {
    if was.len() != is.len() {
        return Vec::new();
    }
    let mut all = Vec::new();
    for (at, (a, b)) in was.iter().zip(is).enumerate() {
        let moved = numbers::moved(at + 1, a, b, tolerance);
        if moved.is_empty() && a != b && !numbers::lines_near(a, b, tolerance) {
            return Vec::new();
        }
        all.extend(moved);
    }
    all
}

impl Measure {
    fn asks_for_tolerance(&self) -> bool {
        self.tolerance != Tolerance::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(stored: &str, fresh: &str, measure: &Measure) -> bool {
        first_difference(stored, fresh, measure).is_none()
    }

    #[test]
    fn order_gaps_and_tolerance_only_where_the_author_says_so() {
        let plain = Measure::default();
        let unordered = Measure { unordered: true, ..Measure::default() };
        let gaps = Measure { ellipsis: Some("[...]".into()), ..Measure::default() };
        let near = Measure { tolerance: Tolerance { rtol: 1e-6, ..Tolerance::default() }, ..Measure::default() };
        let unordered_near = Measure { unordered: true, ..near.clone() };
        let unordered_gaps = Measure { unordered: true, ..gaps.clone() };
        let cases = [
            ("a\nb", "b\na", &plain, false),
            ("a\nb", "b\na", &unordered, true),
            ("m {1: {2, 3}}\nx", "x\nm {1: {3, 2}}", &unordered, true),
            ("{1, 2}", "{2, 1}", &plain, false),
            ("{1, 2}", "{2, 3}", &unordered, false),
            ("{1: 1.0, 2: 0.5}", "{2: 0.5, 1: 0.9999999}", &unordered_near, true),
            ("a\na\nb", "a\nb\nb", &unordered, false),
            ("a\nb", "a\nb\nc", &unordered, false),
            ("1.0 b\n0.5 a", "0.5 a\n0.9999999 b", &unordered_near, true),
            ("1.0 b\n0.5 a", "0.5 a\n0.9 b", &unordered_near, false),
            ("end\ntook [...] s", "took 3 s\nend", &unordered_gaps, true),
            ("end\ntook [...] s", "took 3 ms\nend", &unordered_gaps, false),
            ("[...]\nend", "x\nend\ny", &unordered_gaps, true),
            ("a [...] c", "a b c", &plain, false),
            ("a [...] c", "a b c", &gaps, true),
            ("a [...] c", "a b d", &gaps, false),
            ("x = 1.0", "x = 1.0000001", &plain, false),
            ("x = 1.0", "x = 1.0000001", &near, true),
            ("x = 1.0\n", "x = 1.0", &near, false),
            ("n = 1", "n = 2", &near, false),
        ];
        for (stored, fresh, measure, expected) in cases {
            assert_eq!(same(stored, fresh, measure), expected, "{stored:?} against {fresh:?}");
        }
    }
}
