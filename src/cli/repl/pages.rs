//! Pages to look at: help, the sections, code, the library's words, rustc's explanations.
//!
//! Nothing here runs a cell.

use super::{Repl, bare_title};
use crate::cli::command::ENTRIES;
use crate::cli::course::nearest;
use crate::cli::look::{BOLD, FAINT, GOOD};
use crate::cli::{highlight, library, markdown};

impl Repl {
    pub(super) fn list_sections(&mut self) {
        for at in 0..self.shelf.course.sections.len() {
            let section = &self.shelf.course.sections[at];
            let mark = if at == self.section { ">" } else { " " };
            let cells = self.screen.look.paint(FAINT, &format!("{} cells", section.cells.len()));
            let text = format!("{mark} {}  {} ({}, {cells})", section.number, bare_title(section), section.name);
            let text = if at == self.section { self.screen.look.paint(BOLD, &text) } else { text };
            self.screen.line(&text);
        }
    }

    pub(super) fn show_code(&mut self) {
        match self.current_code() {
            Some(at) => self.show_cell(at),
            None => self.fail("no code has been shown yet in this section\nhelp: press Enter"),
        }
    }

    pub(super) fn show_source(&mut self, name: &str) {
        let found = library::find(name);
        if found.is_empty() {
            return self.unknown_name("source", name);
        }
        for item in found {
            self.screen.faint(&format!("// {}:{}", item.file, item.line));
            let code = highlight::rust(&item.code, &self.screen.look);
            self.screen.line(&code);
        }
    }

    /// What the library says of a name: its signature, then its documentation.
    pub(super) fn show_doc(&mut self, name: &str) {
        let found: Vec<library::Found> = library::find(name).into_iter().filter(|item| !item.docs.is_empty()).collect();
        if found.is_empty() {
            return self.unknown_name("doc", name);
        }
        let look = self.screen.look;
        for item in found {
            self.screen.line(&highlight::rust(&item.signature(), &look));
            self.screen.blank();
            self.screen.line(&markdown::render(&library::for_readers(&item.docs), &look));
            self.screen.blank();
        }
    }

    fn unknown_name(&mut self, command: &str, name: &str) {
        let near = nearest(name, &library::public_names());
        let help = match near.first() {
            Some(near) => format!("did you mean `:{command} {near}`?"),
            None => format!("try `:{command} sigmoid`"),
        };
        self.fail(&format!("the library has no `{name}`\nhelp: {help}"));
    }

    /// rustc's own words on an error code.
    pub(super) fn explain(&mut self, code: &str) {
        let code = if code.is_empty() { self.last_error.clone().unwrap_or_default() } else { code.to_uppercase() };
        if code.is_empty() {
            return self.fail("there was no error with a code yet\nhelp: name one: `:explain E0382`");
        }
        let answer = std::process::Command::new("rustc").arg("--explain").arg(&code).output();
        match answer {
            Ok(answer) if answer.status.success() => {
                let text = markdown::render(&String::from_utf8_lossy(&answer.stdout), &self.screen.look);
                self.screen.line(&text);
            }
            Ok(_) => self.fail(&format!("rustc knows no error `{code}`\nhelp: a code looks like `E0382`")),
            Err(error) => self.fail(&format!("rustc cannot be started: {error}")),
        }
    }

    pub(super) fn show_progress(&mut self) {
        for section in &self.shelf.course.sections {
            let count = self.progress.count(&section.name, section.cells.iter().map(|cell| cell.id.as_str()));
            let of = section.cells.len();
            let bar = if self.screen.look.decorated { format!("{} ", bar(count, of)) } else { String::new() };
            self.screen.line(&format!("{:>2}  {bar}{count:>2} of {of:<2}  {}", section.number, bare_title(section)));
        }
    }

    pub(super) fn help(&mut self) {
        let look = self.screen.look;
        for entry in ENTRIES {
            let also = match entry.aliases.first() {
                Some(alias) => format!("  :{alias}"),
                None => String::new(),
            };
            let usage = format!(":{} {}", entry.name, entry.argument);
            if look.width < 60 {
                self.screen.line(&look.paint(GOOD, usage.trim_end()));
                self.screen.line(&markdown::render(&format!("> {}", entry.help), &look));
            } else {
                let text = format!(
                    "  {}{}{}",
                    look.paint(GOOD, &format!("{usage:<15}")),
                    entry.help,
                    look.paint(FAINT, &also)
                );
                self.screen.line(&text);
            }
        }
        self.screen.line(&markdown::render(HELP_END, &look));
    }
}

/// Ten places: how much of it has been seen.
fn bar(count: usize, of: usize) -> String {
    let full = (count * 10).checked_div(of).unwrap_or(0);
    format!("{}{}", "█".repeat(full), "░".repeat(10 - full.min(10)))
}

const HELP_END: &str = "\nAnything else is Rust: `sigmoid(&array![0.0, 2.0])`. \
    Tab completes, Ctrl-R searches what you typed before, Ctrl-C stops a running cell.";
