//! A section whose data is missing: the data is offered, and until then the stored outputs are shown.
//!
//! It downloads nothing itself: `forward-pass data` does, in its own process, which Ctrl-C ends.

use std::process::Command;

use super::super::data;
use super::Repl;
use super::question::Question;

impl Repl {
    /// Asks a person whether to download the section's data; tells a program how to.
    pub(super) fn offer_data(&mut self) {
        self.question = None;
        let Some(set) = self.place.missing_data() else { return };
        let screen = &mut self.screen;
        match data::title_and_size(&set).filter(|_| screen.interactive) {
            Some((title, size)) => {
                screen.say(&screen.lang.offer(title, size));
                self.question = Some(Question::Download(set));
            }
            None => {
                screen.say(&screen.lang.not_fetched(set));
                screen.blank();
            }
        }
    }

    pub(super) fn decline(&mut self, set: &str) {
        self.screen.faint(&self.screen.lang.not_fetched(set));
        self.screen.blank();
    }

    pub(super) fn fetch(&mut self, set: &str) {
        let status = std::env::current_exe().and_then(|own| Command::new(own).args(["data", set]).status());
        match status {
            Ok(status) if status.success() => {}
            Ok(_) => self.decline(set),
            Err(error) => self.screen.fail(&error.to_string()),
        }
    }
}
