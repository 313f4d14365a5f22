//! A section as it is read: its title, prose, code, and what follows its end.
//!
//! It runs nothing.

use super::place::Place;
use super::screen::Screen;
use super::steps::Step;
use crate::cli::terminal::shown::visible;
use crate::cli::terminal::style::HEADING;
use crate::cli::terminal::{highlight, markdown};

const INDENT: &str = "    ";

/// `2 of 7 · Sigmoid · 14 cells`
pub fn show_title(place: &Place, screen: &mut Screen) {
    let section = place.here();
    let (count, cells) = (place.sections().len(), section.cells.len());
    let text = screen.lang.opening(place.section + 1, count, section.bare_title(), cells);
    screen.line(&screen.look.paint(HEADING, &text));
    screen.blank();
}

/// The prose of a step and its code.
pub fn show(place: &Place, screen: &mut Screen, step: &Step) {
    for at in &step.prose {
        let source = &place.cell(*at).source;
        // The title line has already named the section.
        let heading = source.lines().next().filter(|line| line.trim_start_matches('#').trim() == place.here().title);
        let prose = heading.map_or(source.as_str(), |heading| &source[heading.len()..]);
        screen.line(&markdown::render(prose, &screen.look));
        screen.blank();
    }
    if let Some(at) = step.code {
        show_code(screen, &place.cell(at).source);
    }
}

pub fn show_code(screen: &mut Screen, code: &str) {
    let code = visible(code.trim_end());
    // A program gets the lines as they are.
    let room = if screen.interactive { screen.look.width.saturating_sub(INDENT.len()) } else { usize::MAX };
    let code = highlight::rust_in(&code, &screen.look, room);
    let indented = |line: &str| if line.is_empty() { String::new() } else { format!("{INDENT}{line}") };
    let lines: Vec<String> = code.lines().map(indented).collect();
    screen.line(&lines.join("\n"));
    screen.blank();
}

/// The end of a section: what Enter does next, and what can be changed.
pub fn show_end(place: &Place, screen: &mut Screen) {
    let last = place.last_prose().map_or("", |at| &place.cell(at).source);
    let last = last.lines().next_back().unwrap_or_default();
    let number = place.here().number;
    let text = match place.next_section().map(|section| place.sections()[section].bare_title()) {
        // The prose has just named it.
        Some(next) if last.contains(next) => screen.lang.closing_briefly(number),
        Some(next) => screen.lang.closing(number, next),
        None => screen.lang.closing_chapter(),
    };
    screen.blank();
    screen.faint(&text);
    if let Some(cell) = place.cell_to_change().filter(|_| screen.interactive) {
        screen.faint(&screen.lang.edit_hint(cell));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::lang::Lang;
    use crate::cli::notebook::course::CellKind;
    use crate::cli::notebook::{chapter, exercise};
    use crate::cli::terminal::style::Look;

    /// Without code, in which such characters are allowed.
    fn prose_only(markdown: &str) -> String {
        let fences: String = markdown.split("```").step_by(2).collect();
        fences.split('`').step_by(2).collect()
    }

    #[test]
    fn no_formula_of_the_chapter_is_shown_as_latex() {
        let mut texts = Vec::new();
        for lang in [Lang::En, Lang::Ko] {
            let course = chapter::chapter(lang).expect("the chapter is part of the program").course;
            let cells = course.sections.into_iter().flat_map(|section| section.cells);
            texts.extend(cells.filter(|cell| cell.kind == CellKind::Markdown).map(|cell| cell.source));
            for exercise in exercise::all().expect("the exercises are part of the program") {
                texts.extend([&exercise.statement, &exercise.reason].map(|text| text.of(lang).to_owned()));
                texts.extend(exercise.hints.iter().map(|hint| hint.of(lang).to_owned()));
            }
        }
        for text in texts {
            for line in markdown::render(&prose_only(&text), &Look::plain(80)).lines() {
                let leaks = ["\\", "^{", "_{"].iter().any(|mark| line.contains(mark));
                assert!(!leaks, "{line}");
            }
        }
    }
}
