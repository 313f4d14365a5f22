//! A section whose data is missing: the data is offered, and until then the stored outputs are shown.
//!
//! It downloads nothing itself: `forward-pass data` does, in its own process, which Ctrl-C ends.

use std::process::Command;

use super::super::data;
use super::Repl;

impl Repl {
    /// Asks a person whether to download the section's data; tells a program how to.
    pub(super) fn offer_data(&mut self) {
        self.offered = None;
        let Some(set) = self.place.missing_data() else { return };
        let screen = &mut self.screen;
        match data::title_and_size(&set).filter(|_| screen.interactive) {
            Some((title, size)) => {
                screen.say(&screen.lang.offer(title, size));
                self.offered = Some(set);
            }
            None => {
                screen.say(&screen.lang.not_fetched(set));
                screen.blank();
            }
        }
    }

    /// Takes the line as the answer to an offer, if there is one and it is an answer.
    pub(super) fn is_answer(&mut self, line: &str) -> bool {
        let Some(set) = self.offered.take() else { return false };
        match line.trim().to_lowercase().as_str() {
            "y" | "yes" | "네" | "예" | "ㅛ" => self.fetch(&set),
            "n" | "no" | "아니요" | "아니오" | "ㅜ" => self.decline(&set),
            _ => {
                self.decline(&set);
                return false;
            }
        }
        true
    }

    fn decline(&mut self, set: &str) {
        self.screen.faint(&self.screen.lang.not_fetched(set));
        self.screen.blank();
    }

    fn fetch(&mut self, set: &str) {
        let status = std::env::current_exe().and_then(|own| Command::new(own).args(["data", set]).status());
        match status {
            Ok(status) if status.success() => {}
            Ok(_) => self.decline(set),
            Err(error) => self.screen.fail(&error.to_string()),
        }
    }
}
