//! `:diff`: the last cell's output against the stored one.

use similar::{ChangeTag, TextDiff};

use super::output::plain_text;
use super::place::Place;
use super::screen::Screen;
use super::work::Last;
use crate::cli::terminal::style::{BAD, GOOD};

pub fn show(place: &Place, last: &Last, screen: &mut Screen) {
    let (Some(at), Some(outcome)) = (last.cell.or(place.current_code()), &last.outcome) else {
        return screen.fail(&screen.lang.nothing_ran());
    };
    let (stored, live) = (plain_text(&place.cell(at).outputs), plain_text(&outcome.outputs));
    if stored == live {
        return screen.line(&screen.lang.same_as_stored(&place.cell(at).id));
    }
    let look = screen.look;
    let diff = TextDiff::from_lines(stored.as_str(), live.as_str());
    let lines = diff.iter_all_changes().map(|change| match (change.tag(), change.value().trim_end()) {
        (ChangeTag::Equal, text) => format!("  {text}"),
        (ChangeTag::Delete, text) => look.paint(BAD, &format!("- {text}")),
        (ChangeTag::Insert, text) => look.paint(GOOD, &format!("+ {text}")),
    });
    let lines: Vec<String> = lines.collect();
    screen.line(&screen.lang.diff_legend());
    screen.line(&lines.join("\n"));
}
