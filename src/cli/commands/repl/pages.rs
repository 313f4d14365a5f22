//! Pages to read: help, sections, cells, code, the library's documentation, the glossary, rustc's explanations.
//!
//! Nothing here runs a cell.

use unicode_width::UnicodeWidthStr;

use super::command::{ENTRIES, Entry, Group};
use super::place::Place;
use super::screen::{self, Screen};
use super::walk::find_place;
use super::{command, exercises, prose};
use crate::cli::lang::Lang;
use crate::cli::notebook::course::Cell;
use crate::cli::notebook::glossary;
use crate::cli::notebook::progress::Progress;
use crate::cli::suggest::nearest;
use crate::cli::syntax::complete::{Names, help};
use crate::cli::syntax::library;
use crate::cli::terminal::shown::visible;
use crate::cli::terminal::style::{GOOD, HEADING, Look, QUIET, STRONG};
use crate::cli::terminal::{highlight, markdown};

pub fn list_sections(place: &Place, screen: &mut Screen) {
    let lang = screen.lang;
    for (at, section) in place.sections().iter().enumerate() {
        let mark = if at == place.section { ">" } else { " " };
        let cells = screen.look.paint(QUIET, &lang.cells(section.cells.len()));
        let text = format!("{mark} {}  {} ({}, {cells})", section.number, section.bare_title(), section.name);
        let text = if at == place.section { screen.look.paint(STRONG, &text) } else { text };
        screen.line(&text);
    }
    if screen.interactive {
        screen.faint(&lang.see_cells());
    }
}

/// The cells of a section, each with its position, id and beginning.
pub fn list_cells(place: &Place, screen: &mut Screen, name: &str) {
    let here = place.section;
    let found = if name.is_empty() { Some((here, None)) } else { find_place(place, screen, name, "cells") };
    let Some((section, _)) = found else { return };
    let current = place.current_cell().filter(|_| section == here);
    let look = screen.look;
    let cells = &place.sections()[section].cells;
    let widest = cells.iter().map(|cell| cell.id.width()).max().unwrap_or(0);
    let rows = cells.iter().enumerate().map(|(at, cell)| {
        let is_current = current == Some(at);
        let mark = if is_current { ">" } else { " " };
        let head = format!("{mark} {:>2}  {}", at + 1, cell.id);
        let gap = " ".repeat(2 + widest - cell.id.width());
        let room = look.width.saturating_sub(head.width() + gap.len() + 1);
        let begins = look.paint(QUIET, &screen::shortened(&beginning_of(cell), room));
        format!("{}{gap}{begins}", if is_current { look.paint(STRONG, &head) } else { head }).trim_end().to_owned()
    });
    let rows: Vec<String> = rows.collect();
    screen.page(&rows.join("\n"));
}

pub fn show_code(place: &Place, screen: &mut Screen) {
    match place.current_code() {
        Some(at) => prose::show_code(screen, &place.cell(at).source),
        None => screen.fail(&screen.lang.no_code_yet()),
    }
}

pub fn show_source(screen: &mut Screen, name: &str) {
    let found = library::find(name);
    if found.is_empty() {
        return unknown_name(screen, "source", name);
    }
    let look = screen.look;
    let behind = library::behind(&found);
    let page = found.iter().chain(&behind).map(|item| {
        let place = look.paint(QUIET, &format!("// {}:{}", item.file, item.line));
        format!("{place}\n{}", highlight::rust(&item.code, &look))
    });
    let page: Vec<String> = page.collect();
    screen.page(&page.join("\n"));
}

/// The documentation of a name below its signature: the library's, or that of the session, std and loaded crates.
pub fn show_doc(screen: &mut Screen, name: &str, names: &Names) {
    if help::is_error_code(name) {
        return explain(screen, None, name);
    }
    let mut found = library::find(name);
    found.retain(|item| !item.docs.is_empty());
    let look = screen.look;
    if found.is_empty() {
        let Some(page) = help::look_up(name, names) else { return unknown_name(screen, "doc", name) };
        let path = if page.path.is_empty() { String::new() } else { look.paint(QUIET, &format!("// {}\n", page.path)) };
        let head = highlight::rust(&library::fitted(&page.head, look.width), &look);
        let docs = markdown::render(&library::for_readers(&page.docs), &look);
        screen.page(format!("{path}{head}\n\n{docs}").trim_end());
        return screen.blank();
    }
    let page = found.iter().map(|item| {
        let signature = highlight::rust(&library::fitted(&item.signature(), look.width), &look);
        format!("{signature}\n\n{}", markdown::render(&library::for_readers(&item.docs), &look))
    });
    let page: Vec<String> = page.collect();
    screen.page(&page.join("\n\n"));
    screen.blank();
}

fn unknown_name(screen: &mut Screen, command: &str, name: &str) {
    let lang = screen.lang;
    let help = match nearest(name, &library::public_names()).first() {
        Some(near) => lang.did_you_mean(format!(":{command} {near}")),
        None => lang.try_it(format!(":{command} sigmoid")),
    };
    screen.fail_with_help(&lang.no_name(name), &help);
}

/// rustc's explanation of an error code.
pub fn explain(screen: &mut Screen, last: Option<&str>, code: &str) {
    let lang = screen.lang;
    let code = if code.is_empty() { last.unwrap_or_default().to_owned() } else { code.to_uppercase() };
    if code.is_empty() {
        return screen.fail(&lang.no_error_yet());
    }
    let answer = std::process::Command::new("rustc").arg("--explain").arg(&code).output();
    match answer {
        Ok(answer) if answer.status.success() => {
            let text = markdown::render(&String::from_utf8_lossy(&answer.stdout), &screen.look);
            screen.page(&text);
        }
        Ok(_) => screen.fail(&lang.no_such_error(code)),
        Err(error) => screen.fail(&lang.no_rustc(error)),
    }
}

pub fn show_progress(place: &Place, progress: &Progress, screen: &mut Screen) {
    let lang = screen.lang;
    for section in place.sections() {
        let count = progress.count(&section.name, section.cells.iter().map(|cell| cell.id.as_str()));
        let of = section.cells.len();
        let bar = if screen.look.decorated { format!("{} ", bar(count, of)) } else { String::new() };
        let seen = lang.seen(format!("{count:>2}"), format!("{of:>2}"));
        let solved = exercises::solved_of(section, |id| progress.is_solved(id));
        let solved = solved.map(|(count, of)| lang.exercises_solved(count, of)).unwrap_or_default();
        screen.line(&format!("{:>2}  {bar}{seen}{solved}  {}", section.number, section.bare_title()));
    }
}

/// A term of the glossary in the reader's language, with its name in the other.
pub fn show_term(screen: &mut Screen, word: &str) {
    let lang = screen.lang;
    if word.is_empty() {
        let names: Vec<String> = glossary::terms().iter().map(|term| term.name(lang).to_owned()).collect();
        screen.line(&markdown::render(&names.join(" · "), &screen.look));
        return screen.faint(&lang.terms_are());
    }
    let found = glossary::find(word);
    if found.is_empty() {
        let help = match glossary::near(word) {
            Some(near) => lang.did_you_mean(format!(":term {near}")),
            None => lang.see_terms(),
        };
        return screen.fail_with_help(&lang.no_term(word), &help);
    }
    for term in found {
        let other = if lang == Lang::En { Lang::Ko } else { Lang::En };
        let name = screen.look.paint(STRONG, term.name(lang));
        let other =
            if term.name(other) == term.name(lang) { String::new() } else { format!(" ({})", term.name(other)) };
        let text = markdown::render(&format!("> {}", term.meaning(lang)), &screen.look);
        screen.line(&format!("{name}{other}"));
        screen.line(&text);
        screen.faint(&lang.first_in(&term.section));
    }
}

/// The page of commands, on one screen, or the help on one of them.
pub fn help(screen: &mut Screen, name: &str) {
    let (lang, look) = (screen.lang, screen.look);
    let name = name.trim_start_matches(':');
    if !name.is_empty() {
        return match command::named(name) {
            Some(entry) => help_on(screen, entry),
            None => screen.fail(&command::unknown(name).message(lang)),
        };
    }
    let lines = match look.width {
        // For a screen reader or a program.
        _ if !look.decorated => list(lang),
        PAGE.. => page(lang, &look),
        _ => narrow_page(lang, &look),
    };
    screen.line(&lines.join("\n"));
    let end = format!("{} {}", lang.anything_else(), lang.one_command());
    screen.line(&markdown::render(&end, &look));
}

fn help_on(screen: &mut Screen, entry: &Entry) {
    let (lang, look) = (screen.lang, screen.look);
    screen.line(&look.paint(GOOD, &entry.usage()));
    screen.line(&markdown::render(&format!("> {}", (entry.help)(lang)), &look));
    if !entry.aliases.is_empty() {
        let names: Vec<String> = entry.aliases.iter().map(|alias| format!(":{alias}")).collect();
        screen.faint(&lang.also(names.join(", ")));
    }
}

/// The columns of the page in two halves; each half has room for a command and a few words.
const PAGE: usize = 79;
const HALF: usize = 40;
const USAGE: usize = 16;

type Titled = (Group, fn(Lang) -> String);

const GROUPS: [Titled; 6] = [
    (Group::Walking, Lang::group_walking),
    (Group::Cell, Lang::group_cell),
    (Group::Figures, Lang::group_figure),
    (Group::Rust, Lang::group_rust),
    (Group::Exercises, Lang::group_exercises),
    (Group::Help, Lang::group_help),
];

/// Two halves: walking, cells and figures on the left, code, exercises and help on the right.
fn page(lang: Lang, look: &Look) -> Vec<String> {
    let group = |(group, title): &Titled| {
        let head = (look.paint(HEADING, &title(lang)), title(lang).width());
        let rows = ENTRIES.iter().filter(|entry| entry.group == *group).map(|entry| {
            let (usage, brief) = (entry.usage(), (entry.brief)(lang));
            let gap = " ".repeat(USAGE.saturating_sub(usage.len()).max(1));
            let width = usage.len() + gap.len() + brief.width();
            (format!("{}{gap}{brief}", look.paint(GOOD, &usage)), width)
        });
        std::iter::once(head).chain(rows).collect::<Vec<_>>()
    };
    let half = |groups: &[Titled]| groups.iter().flat_map(group).collect::<Vec<_>>();
    let (left, right) = (half(&GROUPS[..3]), half(&GROUPS[3..]));
    let row = |at: usize| {
        let (text, width) = left.get(at).cloned().unwrap_or_default();
        let other = right.get(at).map_or("", |(text, _)| text);
        format!("{text}{}{other}", " ".repeat(HALF.saturating_sub(width))).trim_end().to_owned()
    };
    (0..left.len().max(right.len())).map(row).collect()
}

/// One line for each command.
fn list(lang: Lang) -> Vec<String> {
    let group = |(group, title): &Titled| {
        let rows = ENTRIES.iter().filter(|entry| entry.group == *group);
        let rows = rows.map(|entry| format!("{}: {}", entry.usage(), (entry.brief)(lang)));
        std::iter::once(title(lang)).chain(rows).collect::<Vec<_>>()
    };
    GROUPS.iter().flat_map(group).collect()
}

/// The first telling line of a cell.
fn beginning_of(cell: &Cell) -> String {
    let mut lines = cell.source.lines().map(str::trim).filter(|line| !line.is_empty());
    let says = |line: &&str| !["#[", "//", ":dep", "use "].iter().any(|head| line.starts_with(head));
    let line = lines.clone().find(says).or_else(|| lines.next()).unwrap_or_default();
    visible(line.trim_start_matches('#').trim_start()).into_owned()
}

/// Only the names, where two halves do not fit.
fn narrow_page(lang: Lang, look: &Look) -> Vec<String> {
    let group = |(group, title): &Titled| {
        let names = ENTRIES.iter().filter(|entry| entry.group == *group).map(|entry| format!("`:{}`", entry.name));
        let names: Vec<String> = names.collect();
        markdown::render(&format!("**{}** {}", title(lang), names.join(" ")), look)
    };
    GROUPS.iter().map(group).collect()
}

/// How much has been seen, in ten steps.
fn bar(count: usize, of: usize) -> String {
    let full = (count * 10).checked_div(of).unwrap_or(0);
    format!("{}{}", "█".repeat(full), "░".repeat(10 - full.min(10)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_commands_fits_one_screen_in_both_languages() {
        for lang in [Lang::En, Lang::Ko] {
            for (width, lines) in [(80, page(lang, &Look::plain(80))), (40, narrow_page(lang, &Look::plain(40)))] {
                let end =
                    markdown::render(&format!("{} {}", lang.anything_else(), lang.one_command()), &Look::plain(width));
                let all: Vec<&str> = lines.iter().flat_map(|line| line.lines()).chain(end.lines()).collect();
                assert!(all.len() <= 23, "{} lines: {all:#?}", all.len());
                for line in &all {
                    assert!(line.width() <= width, "{line}");
                }
                for entry in ENTRIES {
                    assert!(all.iter().any(|line| line.contains(&format!(":{}", entry.name))), "{}", entry.name);
                }
            }
        }
    }

    #[test]
    fn a_screen_reader_gets_a_line_for_each_command() {
        let lines = list(Lang::En);
        assert_eq!(lines.len(), ENTRIES.len() + GROUPS.len());
        assert!(lines.contains(&":goto PLACE: 4, softmax, a cell id".to_owned()), "{lines:#?}");
    }

    #[test]
    fn a_few_words_leave_room_for_the_other_half() {
        for (entry, lang) in ENTRIES.iter().flat_map(|entry| [(entry, Lang::En), (entry, Lang::Ko)]) {
            let brief = (entry.brief)(lang);
            assert!(brief.width() < HALF - USAGE, "{brief}");
            assert!(entry.usage().len() < USAGE, "{}", entry.usage());
        }
    }
}
