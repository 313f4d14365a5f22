//! Text against text: lines in order or not, real numbers within a tolerance, parts the author gave up on.
//!
//! Without a rule of the author's, text is the same only when every character is.

use super::Measure;
use super::numbers::{self, Moved, Tolerance};

/// The first line that differs and the numbers that moved; None when the measure takes the texts for the same.
pub fn first_difference(stored: &str, fresh: &str, measure: &Measure) -> Option<(usize, Vec<Moved>)> {
    let (mut was, mut is): (Vec<&str>, Vec<&str>) = (stored.split('\n').collect(), fresh.split('\n').collect());
    if measure.unordered {
        was.sort_unstable();
        is.sort_unstable();
    }
    if let Some(mark) = measure.ellipsis.as_deref().filter(|mark| !mark.is_empty() && stored.contains(mark)) {
        let (was, is) = (was.join("\n"), is.join("\n"));
        return if matches_with_gaps(&was, &is, mark, &measure.tolerance) {
            None
        } else {
            Some((first_line(&was, &is, mark), Vec::new()))
        };
    }
    let same =
        |a: &str, b: &str| a == b || measure.asks_for_tolerance() && numbers::lines_near(a, b, &measure.tolerance);
    let differs = (0..was.len().max(is.len())).find(|at| match (was.get(*at), is.get(*at)) {
        (Some(a), Some(b)) => !same(a, b),
        _ => true,
    })?;
    Some((differs + 1, moved(&was, &is, &measure.tolerance)))
}

/// The numbers that moved, when nothing but numbers did.
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

/// Whether the fresh text is the stored one with any text in each gap.
fn matches_with_gaps(stored: &str, fresh: &str, mark: &str, tolerance: &Tolerance) -> bool {
    let pieces: Vec<&str> = stored.split(mark).collect();
    let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else { return stored == fresh };
    let Some(mut rest) = strip_near(fresh, first, tolerance) else { return false };
    for piece in &pieces[1..pieces.len() - 1] {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last)
}

fn strip_near<'a>(text: &'a str, piece: &str, tolerance: &Tolerance) -> Option<&'a str> {
    if let Some(rest) = text.strip_prefix(piece) {
        return Some(rest);
    }
    // Whole lines before the gap may be near.
    let lines = piece.matches('\n').count();
    let end = text.match_indices('\n').nth(lines.checked_sub(1)?)?.0 + 1;
    let tail = &piece[piece.rfind('\n')? + 1..];
    let near = piece.lines().zip(text[..end].lines()).take(lines).all(|(a, b)| numbers::lines_near(a, b, tolerance));
    if near { text[end..].strip_prefix(tail) } else { None }
}

fn first_line(stored: &str, fresh: &str, mark: &str) -> usize {
    let pairs = stored.lines().zip(fresh.lines());
    pairs.take_while(|(a, b)| a == b || matches_with_gaps(a, b, mark, &Tolerance::default())).count() + 1
}

/// Fresh text in which the author's gaps stand where they still hold: a stored line with a gap stays wherever the
/// fresh line in its place matches it.
pub fn merge_ellipsis(stored: &str, fresh: &str, mark: &str) -> String {
    let (was, is): (Vec<&str>, Vec<&str>) = (stored.split('\n').collect(), fresh.split('\n').collect());
    let fits = |a: &str, b: &str| a == b || a.contains(mark) && matches_with_gaps(a, b, mark, &Tolerance::default());
    // The longest common subsequence, with "fits" for "equal".
    let mut best = vec![vec![0usize; is.len() + 1]; was.len() + 1];
    for i in (0..was.len()).rev() {
        for j in (0..is.len()).rev() {
            let along = best[i + 1][j].max(best[i][j + 1]);
            best[i][j] = if fits(was[i], is[j]) { along.max(best[i + 1][j + 1] + 1) } else { along };
        }
    }
    let (mut i, mut merged) = (0, Vec::new());
    for (j, line) in is.iter().enumerate() {
        while i < was.len()
            && best[i + 1][j] == best[i][j]
            && !(fits(was[i], line) && best[i][j] == best[i + 1][j + 1] + 1)
        {
            i += 1;
        }
        if i < was.len() && fits(was[i], line) && best[i][j] == best[i + 1][j + 1] + 1 {
            merged.push(was[i]);
            i += 1;
        } else {
            merged.push(line);
        }
    }
    merged.join("\n")
}

impl Measure {
    fn asks_for_tolerance(&self) -> bool {
        self.tolerance != Tolerance::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::compare::numbers::Ulp;

    fn same(stored: &str, fresh: &str, measure: &Measure) -> bool {
        first_difference(stored, fresh, measure).is_none()
    }

    #[test]
    fn order_gaps_and_tolerance_only_where_the_author_says_so() {
        let plain = Measure::default();
        let unordered = Measure { unordered: true, ..Measure::default() };
        let gaps = Measure { ellipsis: Some("[...]".into()), ..Measure::default() };
        let near = Measure { tolerance: Tolerance { rtol: 1e-6, ..Tolerance::default() }, ..Measure::default() };
        let cases = [
            ("a\nb", "b\na", &plain, false),
            ("a\nb", "b\na", &unordered, true),
            ("a\na\nb", "a\nb\nb", &unordered, false),
            ("a [...] c", "a b c", &plain, false),
            ("a [...] c", "a b c", &gaps, true),
            ("a [...] c", "a b d", &gaps, false),
            ("[...]\nend", "x\ny\nend", &gaps, true),
            ("x = 1.0", "x = 1.0000001", &plain, false),
            ("x = 1.0", "x = 1.0000001", &near, true),
            ("x = 1.0\n", "x = 1.0", &near, false),
            ("n = 1", "n = 2", &near, false),
        ];
        for (stored, fresh, measure, expected) in cases {
            assert_eq!(same(stored, fresh, measure), expected, "{stored:?} against {fresh:?}");
        }
        assert!(
            !Measure {
                tolerance: Tolerance { ulp: Some(Ulp { count: 1, single: true }), ..Tolerance::default() },
                ..plain
            }
            .tolerance
            .eq(&Tolerance::default())
        );
    }

    #[test]
    fn gaps_are_kept_through_updates() {
        let merged = merge_ellipsis("took [...] s\nsum 1\nend", "took 0.3 s\nsum 2\nmore\nend", "[...]");
        assert_eq!(merged, "took [...] s\nsum 2\nmore\nend");
        assert_eq!(merge_ellipsis("a [...]", "b 1", "[...]"), "b 1");
    }
}
