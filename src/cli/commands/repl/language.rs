//! `:lang`: the chapter and the REPL's words in another language, at the same place, with the same session.
//!
//! The words themselves are in `cli/words`.

use super::{Repl, steps};
use crate::cli::lang::Lang;
use crate::cli::notebook::chapter;
use crate::cli::notebook::chapter::Chapter;
use crate::cli::notebook::course::{CellKind, Section};

impl Repl {
    /// `:lang ko`: from here on in this language; the place and the session stay, as the cells are the same.
    pub(super) fn speak(&mut self, name: &str) {
        let Some(lang) = Lang::named(name) else {
            return self.fail(&self.screen.lang.no_language(name));
        };
        if self.own_chapter {
            match chapter::chapter(lang) {
                Ok(shelf) => self.turn_to(shelf),
                Err(error) => return self.fail(&format!("{error:#}")),
            }
        }
        self.screen.lang = lang;
        let text = lang.language_is();
        self.screen.line(&text);
        self.announce();
    }

    /// Another edition of the same cells.
    fn turn_to(&mut self, shelf: Chapter) {
        let code = |section: &Section| {
            let code = section.cells.iter().map(|cell| (cell.id.clone(), cell.source.clone(), cell.kind));
            code.filter(|(_, _, kind)| *kind == CellKind::Code).collect::<Vec<_>>()
        };
        let same = shelf
            .course
            .sections
            .get(self.section)
            .is_some_and(|other| code(other) == code(self.here()) && steps::steps(other) == self.steps);
        self.shelf = shelf;
        if !same {
            let section = self.section.min(self.shelf.course.sections.len().saturating_sub(1));
            self.enter(section);
        }
    }
}
