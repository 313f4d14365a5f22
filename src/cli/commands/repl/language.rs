//! `:lang`: the chapter and the REPL's messages in another language, at the same place, with the same session.
//!
//! The messages are in `terminal/messages`.

use super::Repl;
use super::steps::steps;
use crate::cli::lang::Lang;
use crate::cli::notebook::chapter::{self, Chapter, is_prelude};
use crate::cli::notebook::course::{CellKind, Section};

impl Repl {
    /// Changes the language. The place and the session stay if the other edition has the same code. Its setup cell may
    /// choose the language of figures, which then changes with the next section.
    pub(super) fn change_language(&mut self, name: &str) {
        let Some(lang) = Lang::named(name) else {
            return self.screen.fail(&self.screen.lang.no_language(name));
        };
        if self.is_own_chapter {
            match chapter::chapter(lang) {
                Ok(chapter) => self.change_edition(chapter),
                Err(error) => return self.screen.fail(&format!("{error:#}")),
            }
        }
        self.screen.lang = lang;
        self.screen.line(&lang.language_is());
        self.announce();
    }

    fn change_edition(&mut self, chapter: Chapter) {
        let code = |section: &Section| {
            let lines = |source: &str| source.lines().filter(|line| !is_prelude(line)).collect::<Vec<_>>().join("\n");
            let code = section.cells.iter().map(|cell| (cell.id.clone(), lines(&cell.source), cell.kind));
            code.filter(|(_, _, kind)| *kind == CellKind::Code).collect::<Vec<_>>()
        };
        let place = &mut self.place;
        let other = chapter.course.sections.get(place.section);
        let same = other.is_some_and(|other| code(other) == code(place.here()) && steps(other) == place.steps);
        place.chapter = chapter;
        if !same {
            let section = place.section.min(place.sections().len().saturating_sub(1));
            self.enter(section);
        }
    }
}
