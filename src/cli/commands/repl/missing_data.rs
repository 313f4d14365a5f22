//! A section whose data is not here: its stored outputs are shown, and the data is offered.
//!
//! It fetches nothing itself: that is `forward-pass data`, in a process of its own that Ctrl-C ends.

use std::process::Command;

use super::super::data;
use super::Repl;

impl Repl {
    /// The data set that this section needs and does not have.
    pub(super) fn absent_set(&self) -> Option<String> {
        self.here().requires.clone().filter(|set| data::is_absent(set))
    }

    /// The same of one code cell; the first one only brings the names.
    pub(super) fn absent_for(&self, cell: usize) -> Option<String> {
        let own = self.cell(cell).settings.get("requires").cloned().filter(|set| data::is_absent(set));
        let is_first = self.steps.iter().find_map(|step| step.code) == Some(cell);
        own.or_else(|| if is_first { None } else { self.absent_set() })
    }

    /// Asks a person; tells a program.
    pub(super) fn offer_data(&mut self) {
        self.offered = None;
        let Some(set) = self.absent_set() else { return };
        let lang = self.screen.lang;
        match data::title_and_size(&set).filter(|_| self.interactive) {
            Some((title, size)) => {
                self.screen.say(&lang.offer(title, size));
                self.offered = Some(set);
            }
            None => {
                self.screen.say(&lang.not_fetched(set));
                self.screen.blank();
            }
        }
    }

    /// Takes the line as the answer, if something was asked and it is one.
    pub(super) fn is_answer(&mut self, line: &str) -> bool {
        let Some(set) = self.offered.take() else { return false };
        match line.trim().to_lowercase().as_str() {
            "y" | "yes" | "네" | "예" | "ㅛ" => self.fetch(&set),
            "n" | "no" | "아니요" | "아니오" | "ㅜ" => self.not_fetched(&set),
            _ => {
                self.not_fetched(&set);
                return false;
            }
        }
        true
    }

    fn not_fetched(&mut self, set: &str) {
        let text = self.screen.lang.not_fetched(set);
        self.screen.faint(&text);
        self.screen.blank();
    }

    fn fetch(&mut self, set: &str) {
        let status = std::env::current_exe().and_then(|own| Command::new(own).args(["data", set]).status());
        match status {
            Ok(status) if status.success() => {}
            Ok(_) => self.not_fetched(set),
            Err(error) => self.fail(&error.to_string()),
        }
    }
}
