//! Two texts as a diff, `-` stored and `+` fresh: both sides of every change, and nothing in them that cannot be seen.
//!
//! Long texts and long lines are cut to what is around a difference; the report says how much was left out.

use std::time::Duration;

use similar::{DiffOp, TextDiff};

use crate::cli::terminal::plural::count;
use crate::cli::terminal::shown::{marked, visible};
use crate::cli::terminal::style::{BAD, GOOD, QUIET};

/// Lines around a change.
const CONTEXT: usize = 3;
/// Longer texts are cut before they are compared, after the lines with which both begin.
const MOST_DIFFED: usize = 1 << 20;
/// Longer lines are cut to the part around their first difference.
const WIDEST: usize = 200;

/// The diff, in about `most` lines.
pub fn diff(stored: &str, fresh: &str, most: usize) -> String {
    let skipped = common_lines(stored, fresh);
    let (stored, fresh) = (after_lines(stored, skipped), after_lines(fresh, skipped));
    let (stored, fresh) = (beginning(stored), beginning(fresh));
    let (was, is): (Vec<&str>, Vec<&str>) =
        (stored.split_inclusive('\n').collect(), fresh.split_inclusive('\n').collect());
    let diff = TextDiff::configure().timeout(Duration::from_secs(1)).diff_slices(&was, &is);
    let lines = Lines { was: &was, is: &is };
    let mut out = Vec::new();
    if skipped > 0 {
        out.push(quiet(&format!("({} before this are the same)", count(skipped, "line"))));
    }
    let groups = diff.grouped_ops(CONTEXT);
    let mut ops = groups.iter().enumerate().flat_map(|(at, group)| group.iter().enumerate().map(move |op| (at, op)));
    let mut left = most;
    while let Some((group, (at, op))) = ops.next() {
        if left == 0 {
            let is_change = |op: &DiffOp| !matches!(op, DiffOp::Equal { .. });
            let changes = usize::from(is_change(op)) + ops.filter(|(_, (_, op))| is_change(op)).count();
            out.extend((changes > 0).then(|| quiet(&format!("({} more)", count(changes, "change")))));
            break;
        }
        if group > 0 && at == 0 {
            out.push(quiet("..."));
        }
        let shown = lines.of_op(op, (left / 2).clamp(CONTEXT, most / 2));
        left = left.saturating_sub(shown.len());
        out.extend(shown);
    }
    out.join("\n")
}

/// How many lines to leave out at the beginning, so that a difference is within the part that is compared.
fn common_lines(stored: &str, fresh: &str) -> usize {
    if stored.len().max(fresh.len()) <= MOST_DIFFED {
        return 0;
    }
    let same = stored.split('\n').zip(fresh.split('\n')).take_while(|(a, b)| a == b).count();
    same.saturating_sub(CONTEXT)
}

fn after_lines(text: &str, lines: usize) -> &str {
    let end = lines.checked_sub(1).and_then(|last| text.match_indices('\n').nth(last));
    end.map_or(text, |(at, _)| &text[at + 1..])
}

fn beginning(text: &str) -> &str {
    &text[..text.floor_char_boundary(MOST_DIFFED)]
}

fn quiet(text: &str) -> String {
    format!("    {QUIET}{text}{QUIET:#}")
}

/// The lines of both texts.
struct Lines<'a> {
    was: &'a [&'a str],
    is: &'a [&'a str],
}

impl Lines<'_> {
    fn of_op(&self, op: &DiffOp, most: usize) -> Vec<String> {
        let (was, is) = (&self.was[op.old_range()], &self.is[op.new_range()]);
        if let DiffOp::Equal { .. } = op {
            let line = |line: &&str| quiet(&format!("  {}", visible(&around(line, 0))));
            return was.iter().map(line).collect();
        }
        // A line is cut around where it begins to differ from the one in its place.
        let from = |at: usize| match (was.get(at), is.get(at)) {
            (Some(was), Some(is)) => same_characters(was, is),
            _ => 0,
        };
        let side = |lines: &[&str], sign: char| {
            let style = if sign == '-' { BAD } else { GOOD };
            let shown = lines.iter().take(most).enumerate();
            let mut side: Vec<String> =
                shown.map(|(at, line)| format!("    {style}{sign} {}{style:#}", changed(line, from(at)))).collect();
            if lines.len() > most {
                let rest = count(lines.len() - most, "line");
                side.push(format!("    {style}{sign}{style:#} {QUIET}({rest} more){QUIET:#}"));
            }
            side
        };
        let mut all = side(was, '-');
        all.extend(side(is, '+'));
        if let ([was], [is]) = (was, is) {
            all.extend(looks_the_same(was, is));
        }
        all
    }
}

/// A changed line; one that is empty has a sign for its end.
fn changed(line: &str, from: usize) -> String {
    let line = line.trim_end_matches('\n');
    if line.is_empty() { "␤".into() } else { marked(&around(line, from)) }
}

/// A difference between letters that look alike is named by their numbers.
fn looks_the_same(was: &str, is: &str) -> Option<String> {
    let at = same_characters(was, is);
    let (a, b) = (was.chars().nth(at)?, is.chars().nth(at)?);
    let is_plain = |c: char| c.is_ascii() && !c.is_control();
    (!is_plain(a) || !is_plain(b)).then(|| {
        let [a, b] = [a, b].map(u32::from);
        quiet(&format!("  (character {}: U+{a:04X} became U+{b:04X})", at + 1))
    })
}

/// How many characters two texts have in common at their beginning.
pub fn same_characters(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count()
}

/// A long line cut to the part around a character: one of an SVG can be a page long.
pub fn around(line: &str, character: usize) -> String {
    window(line.trim_end_matches('\n'), character, WIDEST)
}

/// As many characters of a line, around this one.
pub fn window(line: &str, character: usize, most: usize) -> String {
    let length = line.chars().count();
    if length <= most {
        return line.to_owned();
    }
    let start = if character < most * 3 / 4 { 0 } else { (character - most / 2).min(length - most) };
    let part: String = line.chars().skip(start).take(most).collect();
    let before = if start > 0 { "..." } else { "" };
    let after = if start + most < length { "..." } else { "" };
    let place = if start > 0 { format!(", from {}", start + 1) } else { String::new() };
    format!("{before}{part}{after} ({length} characters{place})")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(stored: &str, fresh: &str) -> String {
        anstream::adapter::strip_str(&diff(stored, fresh, 60)).to_string()
    }

    /// The first lines of both sides, without their signs.
    fn sides(text: &str) -> (Vec<&str>, Vec<&str>) {
        let side = |sign: &str| text.lines().filter_map(|line| line.trim_start().strip_prefix(sign)).collect();
        (side("- "), side("+ "))
    }

    #[test]
    fn both_sides_of_a_change_are_shown_however_long() {
        let rows = |tail: &str, count: usize| (0..count).map(|at| format!("row {at} {tail}\n")).collect::<String>();
        let text = plain(&rows("old", 70), &rows("new", 70));
        assert!(text.contains("- row 0 old") && text.contains("+ row 0 new"), "{text}");
        assert!(text.contains("- (40 lines more)") && text.contains("+ (40 lines more)"), "{text}");
        let many = rows("same", 200_000);
        let text = plain(&many, &many.replace("row 199000 same", "row 199000 other"));
        assert!(text.contains("- row 199000 same") && text.contains("+ row 199000 other"), "{text}");
        assert!(text.contains("(198997 lines before this are the same)"), "{text}");
        let long = |mode: &str| format!("Config {{ items: {:?}, mode: {mode:?} }}\n", ["item"; 40]);
        let text = plain(&long("slow"), &long("fast"));
        assert!(text.contains("slow") && text.contains("fast") && text.contains("characters, from"), "{text}");
    }

    #[test]
    fn a_difference_that_cannot_be_seen_is_marked() {
        let cases = [
            ("total 5", "total 5 ", "+ total 5␠"),
            ("a b", "a\u{a0}b", "+ a\\u{a0}b"),
            ("a b", "a\tb", "+ a␉b"),
            ("caf\u{e9}", "cafe\u{301}", "+ cafe\\u{301}"),
            ("red", "\x1b[31mred\x1b[0m", "+ ␛[31mred␛[0m"),
            ("a", "\u{430}", "(character 1: U+0061 became U+0430)"),
            ("a\nb", "a\n\nb", "+ ␤"),
        ];
        for (stored, fresh, expected) in cases {
            let text = plain(stored, fresh);
            assert!(text.contains(expected), "{stored:?} {fresh:?}\n{text}");
        }
    }

    fn line() -> impl Strategy<Value = String> {
        let word = proptest::sample::select(&[
            "alpha ", "b", " ", "\t", "\u{a0}", "é", "e\u{301}", "\x1b[1m", "\u{200b}", "가", "7",
        ]);
        prop_oneof![
            4 => proptest::collection::vec(word.clone(), 0..6).prop_map(|words| words.concat()),
            1 => proptest::collection::vec(word, 200..400).prop_map(|words| words.concat()),
        ]
    }

    proptest! {
        /// Whatever differs, the report shows two sides that differ.
        #[test]
        fn no_change_looks_like_none(
            lines in proptest::collection::vec(line(), 1..90), from in any::<prop::sample::Index>(), new in line(),
            count in 1usize..80,
        ) {
            let at = from.index(lines.len());
            let mut fresh = lines.clone();
            for it in fresh.iter_mut().skip(at).take(count) {
                it.push_str(&new);
            }
            let text = plain(&lines.join("\n"), &fresh.join("\n"));
            if lines != fresh {
                let (was, is) = sides(&text);
                prop_assert!(was != is, "{text}");
            }
            prop_assert!(text.lines().count() < 100, "{text}");
        }
    }
}
