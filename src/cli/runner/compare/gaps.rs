//! Gaps: a mark in a stored text that matches any text, in comparisons and when outputs are updated.
//!
//! A mark may also match nothing; the text around it still counts.

use super::numbers;
use super::numbers::{Token, Tolerance};

/// Whether the fresh text matches the stored one, with any text in each gap.
pub fn matches(stored: &str, fresh: &str, mark: &str, tolerance: &Tolerance) -> bool {
    matches_exactly(stored, fresh, mark)
        || *tolerance != Tolerance::default() && matches_nearly(stored, fresh, mark, tolerance)
}

fn matches_exactly(stored: &str, fresh: &str, mark: &str) -> bool {
    let pieces: Vec<&str> = stored.split(mark).collect();
    let [first, middle @ .., last] = pieces.as_slice() else { return stored == fresh };
    let Some(mut rest) = fresh.strip_prefix(first) else { return false };
    for piece in middle {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last)
}

/// Tokens, and `None` for a gap.
type Pieces<'a> = Vec<Option<Token<'a>>>;

/// The same with numbers within the tolerance: token by token, backtracking to the last gap.
fn matches_nearly(stored: &str, fresh: &str, mark: &str, tolerance: &Tolerance) -> bool {
    let mut pattern: Pieces = Vec::new();
    for (at, piece) in stored.split(mark).enumerate() {
        pattern.extend((at > 0).then_some(None));
        pattern.extend(pieces(piece));
    }
    let text: Pieces = pieces(fresh);
    let (mut p, mut t) = (0, 0);
    let mut last_gap: Option<(usize, usize)> = None;
    loop {
        match (pattern.get(p), text.get(t)) {
            (None, None) => return true,
            (Some(None), _) => {
                last_gap = Some((p, t));
                p += 1;
            }
            (Some(a), Some(b)) if same_piece(a, b, tolerance) => (p, t) = (p + 1, t + 1),
            _ => match last_gap {
                Some((gap, from)) if from < text.len() => {
                    last_gap = Some((gap, from + 1));
                    (p, t) = (gap + 1, from + 1);
                }
                _ => return false,
            },
        }
    }
}

/// Words, numbers and line ends; space does not count, because its width changes with the numbers.
fn pieces(text: &str) -> Pieces<'_> {
    let mut all = Vec::new();
    for (at, line) in text.split('\n').enumerate() {
        all.extend((at > 0).then_some(Some(Token::Word("\n"))));
        all.extend(numbers::tokens(line).into_iter().filter(|token| *token != Token::Space).map(Some));
    }
    all
}

fn same_piece(a: &Option<Token>, b: &Option<Token>, tolerance: &Tolerance) -> bool {
    match (a, b) {
        (Some(Token::Number(a)), Some(Token::Number(b))) => numbers::near(a, b, tolerance),
        (a, b) => a == b,
    }
}

/// The first line that differs, as far as lines can be paired.
pub fn first_line(stored: &str, fresh: &str, mark: &str) -> usize {
    let pairs = stored.lines().zip(fresh.lines());
    pairs.take_while(|(a, b)| a == b || matches_exactly(a, b, mark)).count() + 1
}

/// Above this many pairs of lines, only the beginning and the end of the two texts are paired.
const MOST_PAIRS: usize = 1 << 22;

/// The fresh text, with the gaps of the stored one where they still match: a stored line with a gap stays if the fresh
/// line in its place matches it; a line that is nothing but a gap stays in place of the lines it matched.
pub fn merge(stored: &str, fresh: &str, mark: &str) -> String {
    let (was, is): (Vec<&str>, Vec<&str>) = (stored.split('\n').collect(), fresh.split('\n').collect());
    let mut merged: Vec<&str> = Vec::new();
    let (mut i, mut j) = (0, 0);
    for (a, b) in anchors(&was, &is, mark).into_iter().chain([(was.len(), is.len())]) {
        merge_block(&was[i..a], &is[j..b], mark, &mut merged);
        merged.extend(was.get(a));
        (i, j) = (a + 1, b + 1);
    }
    let merged = merged.join("\n");
    // The merged text has to match the fresh one, or the next run fails.
    if matches_exactly(&merged, fresh, mark) { merged } else { fresh.to_string() }
}

/// Merges the lines between two anchors: those before and after a whole-line gap are paired by place, and the gap takes
/// the rest.
fn merge_block<'a>(was: &[&'a str], is: &[&'a str], mark: &str, merged: &mut Vec<&'a str>) {
    let gap = |line: &&&str| line.trim() == mark;
    let (Some(first), Some(last)) = (was.iter().position(|line| gap(&line)), was.iter().rposition(|line| gap(&line)))
    else {
        return merged.extend(is);
    };
    let before = first.min(is.len());
    let after = (was.len() - 1 - last).min(is.len() - before);
    merged.extend(&is[..before]);
    merged.push(was[first]);
    merged.extend(&is[is.len() - after..]);
}

/// Pairs of lines that match, in order: the longest common subsequence, with `fits` as equality. The two ends of the
/// texts are paired first.
fn anchors(was: &[&str], is: &[&str], mark: &str) -> Vec<(usize, usize)> {
    let fits = |a: &str, b: &str| a == b || a.trim() != mark && a.contains(mark) && matches_exactly(a, b, mark);
    let start = was.iter().zip(is).take_while(|(a, b)| fits(a, b)).count();
    let (rest_was, rest_is) = (&was[start..], &is[start..]);
    let end = rest_was.iter().rev().zip(rest_is.iter().rev()).take_while(|(a, b)| fits(a, b)).count();
    let (rest_was, rest_is) = (&rest_was[..rest_was.len() - end], &rest_is[..rest_is.len() - end]);
    let mut pairs: Vec<(usize, usize)> = (0..start).map(|at| (at, at)).collect();
    if rest_was.len().saturating_mul(rest_is.len()) <= MOST_PAIRS {
        pairs.extend(longest(rest_was, rest_is, fits).into_iter().map(|(i, j)| (i + start, j + start)));
    }
    pairs.extend((0..end).rev().map(|at| (was.len() - 1 - at, is.len() - 1 - at)));
    pairs
}

fn longest(was: &[&str], is: &[&str], fits: impl Fn(&str, &str) -> bool) -> Vec<(usize, usize)> {
    let mut best = vec![vec![0u32; is.len() + 1]; was.len() + 1];
    for i in (0..was.len()).rev() {
        for j in (0..is.len()).rev() {
            let along = best[i + 1][j].max(best[i][j + 1]);
            best[i][j] = if fits(was[i], is[j]) { along.max(best[i + 1][j + 1] + 1) } else { along };
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < was.len() && j < is.len() {
        if fits(was[i], is[j]) && best[i][j] == best[i + 1][j + 1] + 1 {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if best[i + 1][j] >= best[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_any_text_and_the_rest_still_counts() {
        let near = Tolerance { rtol: 1e-6, ..Tolerance::default() };
        let exact = Tolerance::default();
        let cases = [
            ("a [...] c", "a b c", &exact, true),
            ("a [...] c", "a  c", &exact, true),
            ("a [...] c", "a b d", &exact, false),
            ("[...]\nend", "x\ny\nend", &exact, true),
            ("[...]\nend", "x\ny\nend!", &exact, false),
            ("x 1.0 [...] y 2.0", "x 1.0 q y 2.0000001", &exact, false),
            ("x 1.0 [...] y 2.0", "x 1.0 q y 2.0000001", &near, true),
            ("x 1.0 [...] y 2.0", "x 1.0 y 3 y 2.0000001", &near, true),
            ("x 1.0 [...] y 2.0", "x 1.0 q y 2.1", &near, false),
            ("n 1 [...] 2.0", "n 2 q 2.0", &near, false),
        ];
        for (stored, fresh, tolerance, expected) in cases {
            assert_eq!(matches(stored, fresh, "[...]", tolerance), expected, "{stored:?} against {fresh:?}");
        }
    }

    #[test]
    fn gaps_are_kept_through_updates() {
        let cases = [
            ("took [...] s\nsum 1\nend", "took 0.3 s\nsum 2\nmore\nend", "took [...] s\nsum 2\nmore\nend"),
            ("a [...]", "b 1", "b 1"),
            ("[...]\nsum 1", "x\ny\nsum 2", "[...]\nsum 2"),
            ("head\n[...]\nend", "head 2\nx\ny\nend", "head 2\n[...]\nend"),
            ("[...]", "x\ny", "[...]"),
            ("[...]\n", "x\ny\n", "[...]\n"),
            ("a\n[...]\nb", "", ""),
            ("a\n[...]\nb", "a b", "a b"),
        ];
        for (stored, fresh, expected) in cases {
            assert_eq!(merge(stored, fresh, "[...]"), expected, "{stored:?} and {fresh:?}");
        }
        let many = |tail: &str| (0..5000).map(|at| format!("{at} {tail}\n")).collect::<String>();
        assert_eq!(merge(&many("a"), &many("b"), "[...]"), many("b"));
    }
}
